"""The formulas of the chapters on stability and normalization."""

from typing import Any

import mpmath
import numpy as np

from docs._site.twins.twin import Inputs, Twin, Twins

__all__ = ["INPUTS", "TWINS"]

Row = list[Any]


def _mean(x: Row) -> Any:
    return sum(x) / len(x)


def _variance(x: Row) -> Any:
    return _mean([(x_i - _mean(x)) ** 2 for x_i in x])


def _rms_norm(x: Row) -> Row:
    root = mpmath.sqrt(_mean([x_j * x_j for x_j in x]) + mpmath.mpf(1e-5))
    return [x_i / root for x_i in x]


def _layer_norm(x: Row) -> Row:
    return _rms_norm([x_i - _mean(x) for x_i in x])


def _exact(x: Any) -> Row:
    return list(map(mpmath.mpf, x))


def _batch_norm(x: Any) -> Any:
    return [_layer_norm(_exact(channel)) for channel in x]


def _batch_norm_backward(grad: Any, x: Any) -> Any:
    by_x = []
    for g, channel in zip(grad, x[0].tolist(), strict=True):
        hat, size = _layer_norm(_exact(channel)), mpmath.sqrt(_variance(_exact(channel)) + mpmath.mpf(1e-5))
        along = _mean([a * b for a, b in zip(g, hat, strict=True)])
        by_x.append([(a - _mean(g) - b * along) / size for a, b in zip(g, hat, strict=True)])
    return by_x


def _group_norm(x: Any, groups: Any) -> Any:
    size = len(x) // int(groups)
    rows = [[v for channel in x[i : i + size] for v in _exact(channel)] for i in range(0, len(x), size)]
    normed = [v for row in rows for v in _layer_norm(row)]
    return [normed[i : i + len(x[0])] for i in range(0, len(normed), len(x[0]))]


def _rate_for_drop(w: Row) -> Any:
    gradient = [mpmath.fprod(w_j for j, w_j in enumerate(w) if j != i) for i in range(len(w))]
    return mpmath.mpf("0.1") / sum(g * g for g in gradient)


_CHANNELS: list[Any] = [  # (channels, numbers)
    [[1.0, 2.0, 4.0], [10.0, -3.0, 7.5], [0.25, 0.5, -0.125], [1e6, 1e6 + 1, 1e6 + 8]],
    [[3.0, 3.0, 3.25, 2.0, -7.0], [1e-3, 2e-3, -1e-3, 5e-3, 0.0]],
]

INPUTS: Inputs = {
    "reference.stability.steps.largest_rate": [
        (c, mu) for c in (1e-3, 0.5, 1.0, 10.0, 3e5) for mu in (0.0, 0.3, 0.9, 1.0)
    ],
    "reference.normalization.norms.p_norm": [
        (x, p) for x in ([3.0, -4.0], [0.5, 0.0, -2.0, 7.0]) for p in (0.5, 1.0, 2.0, 3.5, 40.0)
    ],
    "reference.normalization.batch_norm.batch_norm": [(x,) for x in _CHANNELS],
    "reference.normalization.batch_norm.batch_norm_backward": [
        (np.cos(np.asarray(x)).tolist(), np.asarray([x])) for x in _CHANNELS
    ],
    "reference.normalization.group_norm.group_norm": [(x, g) for x in _CHANNELS for g in (1, 2, 4) if len(x) % g == 0],
}

TWINS: Twins = {
    "4dc2a36f1678": Twin(lambda eta, c: abs(1 - eta * c)),  # step_factor, without momentum
    "ee7a042c2576": Twin(mpmath.fprod, rows=True),  # chain
    "f8d6611076d5": Twin(_rate_for_drop, rows=True),
    "7479b61dc598": Twin(_mean, rows=True),
    "e894a35da970": Twin(_variance, rows=True),
    "84a18580e2f3": Twin(lambda x, p: sum(mpmath.mpf(abs(x_i)) ** p for x_i in x) ** (1 / p)),  # p_norm
    "57d9ed1c45a0": Twin(lambda x: sum(map(abs, x)), rows=True),  # l1_norm
    "e5e0e89d494b": Twin(lambda x: mpmath.sqrt(sum(x_i * x_i for x_i in x)), rows=True),  # l2_norm
    "8b98e85296d4": Twin(lambda x, by: mpmath.sign(x) * max(abs(x) - by, 0)),  # soft_threshold
    "b7973aa93634": Twin(_layer_norm, rows=True),
    "1a43fd402986": Twin(_rms_norm, rows=True),
    "0dd49488332e": Twin(_batch_norm),
    "c8ed497ad04a": Twin(_batch_norm_backward),
    "77b586ba830e": Twin(_group_norm),
}
