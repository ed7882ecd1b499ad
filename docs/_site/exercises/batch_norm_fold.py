"""Fold batch norm in evaluation into the linear layer before it."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.normalization import Running, batch_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def fold(weight, bias, running, gamma, beta, eps):
    """Return the weight and bias of one linear layer instead of two layers.

    The two: z = x @ weight + bias, then batch norm in evaluation with this state.
    weight: (inputs, channels); the others, running.mean and .variance too: (channels,).
    """
    return weight, bias  # as if batch norm did nothing
'''

ANSWER = '''\
import numpy as np

def fold(weight, bias, running, gamma, beta, eps):
    """Return the weight and bias of one linear layer instead of two layers.

    The two: z = x @ weight + bias, then batch norm in evaluation with this state.
    weight: (inputs, channels); the others, running.mean and .variance too: (channels,).
    """
    scale = gamma / np.sqrt(running.variance + eps)
    return weight * scale, (bias - running.mean) * scale + beta
'''

CALL = "fold(weight, bias, running, gamma, beta, eps)"


def check(names: Names) -> Iterator[str]:
    """Look at the form, the weight, the bias, the outputs for new data, as many inputs as channels, and the inputs."""
    given = _layer(3, 2)
    weight, bias = _folded(names, given)
    _weight(weight, given)
    yield "Each column of the weight has its channel's scale."
    _bias(bias, given)
    yield "The bias is right."
    for shape in ((5, 4), (4, 4), (1, 3)):
        _same(names, _layer(*shape))
    yield "One layer gives what the two gave, for other sizes too."


def _layer(inputs: int, channels: int) -> dict[str, Any]:
    rng = np.random.default_rng(inputs)
    state = Running(rng.normal(size=channels), rng.uniform(0.5, 3, size=channels))
    bias, gamma, beta = rng.normal(size=(3, channels))
    return {
        "weight": rng.normal(size=(inputs, channels)),
        "bias": bias,
        "running": state,
        "gamma": gamma,
        "beta": beta,
        "eps": 0.1,
    }


def _folded(names: Names, given: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    before = copy.deepcopy(given)
    found = function(names, CALL)(*given.values())
    if any(not np.array_equal(_flat(before[key]), _flat(value)) for key, value in given.items()):
        raise Wrong("Your code changes what it was given: make new arrays instead of `*=` and `-=`.")
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Wrong(f"`{CALL}` returns {type(found).__name__}: return two arrays, the weight and the bias.")
    return (
        numbers(found[0], given["weight"].shape, "the weight of fold(...)"),
        numbers(found[1], given["bias"].shape, "the bias of fold(...)"),
    )


def _flat(value: Any) -> np.ndarray:
    return np.concatenate(value[:2] if isinstance(value, Running) else [np.ravel(value)])


def _weight(weight: np.ndarray, given: dict[str, Any]) -> None:
    w, r, gamma, eps = given["weight"], given["running"].variance, given["gamma"], given["eps"]
    size = np.sqrt(r + eps)
    wrong = {
        "The weight is as it was: batch norm multiplies each channel by a scale.": w,
        "The scale of the weight has no gamma.": w / size,
        "The scale divides by the variance: the root is missing.": w * gamma / (r + eps),
        "eps is missing under the root.": w * gamma / np.sqrt(r),
        "eps stands outside the root.": w * gamma / (np.sqrt(r) + eps),
        "The weight is divided by gamma: batch norm multiplies by it.": w / (gamma * size),
    }
    for said, value in wrong.items():
        if np.allclose(weight, value):
            raise Wrong(said)
    if not np.allclose(weight, w * gamma / size, rtol=1e-12):
        raise Wrong(f"The weight's first row is {np.round(weight[0], 4)}: expected {np.round(w * gamma / size, 4)[0]}.")


def _bias(bias: np.ndarray, given: dict[str, Any]) -> None:
    b, state, gamma, beta = given["bias"], given["running"], given["gamma"], given["beta"]
    scale = gamma / np.sqrt(state.variance + given["eps"])
    true = (b - state.mean) * scale + beta
    wrong = {
        "The bias is as it was.": b,
        "The bias of the first layer is lost: it is normalized as well.": beta - state.mean * scale,
        "The bias of the first layer is not scaled: it passes through batch norm too.": b - state.mean * scale + beta,
        "The running mean is not subtracted.": b * scale + beta,
        "The running mean is not scaled: it is subtracted before the division.": b * scale - state.mean + beta,
        "beta is missing: it is added last.": true - beta,
        "beta is scaled: it is added after the scale.": (b - state.mean + beta) * scale,
        "The running mean is added: it is subtracted.": (b + state.mean) * scale + beta,
    }
    for said, value in wrong.items():
        if np.allclose(bias, value):
            raise Wrong(said)
    if not np.allclose(bias, true, rtol=1e-12):
        raise Wrong(f"The weight is right. The bias is {np.round(bias, 4)}: expected {np.round(true, 4)}.")


def _same(names: Names, given: dict[str, Any]) -> None:
    weight, bias = _folded(names, given)
    x = np.random.default_rng(7).normal(size=(6, len(weight)))
    options = {"weight": given["gamma"], "bias": given["beta"], "eps": given["eps"]}
    two, _ = batch_norm(x @ given["weight"] + given["bias"], given["running"], training=False, **options)
    if not np.allclose(x @ weight + bias, two, rtol=1e-9, atol=1e-12):
        raise Wrong(
            f"Right before. For a weight of shape {weight.shape} one layer and the two differ: scale the columns, "
            "not the rows."
        )
