"""Compute the widget of the edge of chaos: signal and gradient by layer, predicted for infinite width, then measured.

The measured network is narrow, so that a browser draws it while a control is dragged: it scatters about the lines.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from reference.activations import (
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    selu,
    selu_derivative,
    sigmoid,
    sigmoid_derivative,
    silu,
    silu_derivative,
    tanh,
    tanh_derivative,
)
from reference.arrays import Array
from reference.stability.depth import DepthCurves, gaussian_moments, predict_depth

__all__ = ["DEFAULTS", "compute"]

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": tanh,
    "relu": relu,
    "leaky": leaky_relu,
    "sigmoid": sigmoid,
    "silu": silu,
    "selu": selu,
    "line": lambda x: 1.0 * x,
}
SLOPES: dict[str, Callable[[Array], Array]] = {
    "tanh": tanh_derivative,
    "relu": relu_derivative,
    "leaky": leaky_relu_derivative,
    "sigmoid": sigmoid_derivative,
    "silu": silu_derivative,
    "selu": selu_derivative,
    "line": np.ones_like,
}
NAMES = {"relu": "ReLU", "leaky": "leaky ReLU", "silu": "SiLU", "selu": "SELU", "line": "no activation"}
NORMS = {"none": "none", "batch": "batch norm", "layer": "layer norm", "rms": "RMS norm"}
LISTS: dict[str, Any] = {"activation": ACTIVATIONS, "normalization": NORMS}
LIMITS: dict[str, tuple[float, float]] = {"gain": (0.5, 5.0), "depth": (5, 60), "seed": (0, 99)}
WIDTH, BATCH = 24, 12
CHUNK = 20
"""Layers whose slopes are computed at once."""
_OVER_UNITS, _OVER_BATCH = np.full((WIDTH, 1), 1 / WIDTH), np.full((1, BATCH), 1 / BATCH)
MEANS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "batch": lambda h: _OVER_BATCH @ h,
    "layer": lambda h: h @ _OVER_UNITS,
    "rms": lambda h: h @ _OVER_UNITS,
}
"""The mean that a norm takes, as a product of matrices: fast for small ones."""
LOW, STEP, COUNT = -9.0, 0.25, 72
"""The logarithms of the deviations in the table of Gaussian moments."""
RANGES = (2, 4, 8, 16, 32)
"""Powers of ten that the vertical axis may show, to both sides of 1."""

DEFAULTS: dict[str, Any] = {
    "activation": "tanh",
    "normalization": "none",
    "gain": 1.67,
    "depth": 40,
    "measured": True,
    "seed": 0,
}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    setting = s["activation"], s["normalization"], float(s["gain"]), s["depth"]
    curves = {"predicted": _levels(_predicted(*setting))}
    if s["measured"]:
        curves["measured"] = _levels(_measured(*setting, s["seed"]))
    most = max(abs(level) for pair in curves.values() for levels in pair for level in levels)
    return {
        "names": {name: NAMES.get(name, name) for name in ACTIVATIONS},
        "norms": NORMS,
        "limits": LIMITS,
        "range": next((r for r in RANGES if most < 0.97 * r), RANGES[-1]),
        "curves": curves,
        "shown": [[f"{part} {kind}", _times(levels)] for kind, pair in curves.items() for part, levels in _named(pair)],
        "text": _words(s, curves),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for name, value in state.items():
        if name not in DEFAULTS:
            raise ValueError(f"the widget has no setting {name!r}; its settings are {', '.join(DEFAULTS)}")
        if name in LISTS:
            if not isinstance(value, str) or value not in LISTS[name]:
                raise ValueError(f"{name} must be one of {', '.join(LISTS[name])}, got {value!r}")
        elif name == "measured":
            if not isinstance(value, bool):
                raise ValueError(f"measured must be true or false, got {value!r}")
        elif type(value) is bool or not isinstance(value, int | float) or not _within(value, *LIMITS[name]):
            raise ValueError(f"{name} must lie between {LIMITS[name][0]} and {LIMITS[name][1]}, got {value!r}")
        elif name != "gain" and type(value) is not int:
            raise ValueError(f"{name} must be a whole number, got {value!r}")
    return DEFAULTS | state


def _within(value: float, low: float, high: float) -> bool:
    return low <= value <= high


@lru_cache(maxsize=32)
def _predicted(activation: str, normalization: str, gain: float, depth: int) -> DepthCurves:
    """Return what `predict_depth` does; without a norm, where each layer has averages of its own, from a table."""
    if normalization != "none":
        return predict_depth(ACTIVATIONS[activation], depth, gain=gain, normalization=normalization)
    table, step = _averages(activation), math.log(gain)
    signals, factors = [0.0], []  # logarithms; those of the factors are of squares
    for _ in range(depth):
        square, slope_square = _between(table, step + signals[-1])
        signals.append(square / 2)
        factors.append(step + slope_square / 2)
    gradients = np.cumsum([0.0, *reversed(factors)])[::-1]
    return DepthCurves(np.exp(signals), np.exp(gradients))


@lru_cache
def _averages(activation: str) -> list[tuple[float, float]]:
    """Return the logarithms of two Gaussian moments at even steps of the logarithm of the deviation."""
    found = [gaussian_moments(ACTIVATIONS[activation], std=math.exp(LOW + STEP * i)) for i in range(COUNT)]
    return [(math.log(moments.square), math.log(moments.slope_square)) for moments in found]


def _between(table: list[tuple[float, float]], level: float) -> list[float]:
    """Return a table's entries at a place, by the cubic through four; outside the table all are powers by now."""
    place = (level - LOW) / STEP
    if 1 <= place < COUNT - 2:
        first = int(place) - 1
        t = place - first
        u, v, w = t - 1, t - 2, t - 3
        shares = (-u * v * w / 6, t * v * w / 2, -t * u * w / 2, t * u * v / 6)
        columns = zip(*table[first : first + 4], strict=True)
        return [sum(share * entry for share, entry in zip(shares, column, strict=True)) for column in columns]
    end, next_to_it = (0, 1) if place < 1 else (COUNT - 1, COUNT - 2)
    return [
        last + (place - end) * STEP * round((before - last) / (next_to_it - end) / STEP)
        for last, before in zip(table[end], table[next_to_it], strict=True)
    ]


def _measured(activation: str, normalization: str, gain: float, depth: int, seed: int) -> DepthCurves:
    """Return what `measure_depth` does, by the chain rule written out: without graphs, and each norm's factors kept."""
    function, slope = ACTIVATIONS[activation], SLOPES[activation]
    drawn, x, gradient = _drawn(seed)
    weights = gain * drawn[:depth]
    signals, normals, sizes = [x], [], []
    for weight in weights:
        normal, size = _normalized(signals[-1] @ weight, normalization)
        signals.append(function(normal))
        normals.append(normal)
        sizes.append(size)
    slopes = [each for i in range(0, depth, CHUNK) for each in slope(np.stack(normals[i : i + CHUNK]))]
    gradients = [gradient]
    for layer in reversed(range(depth)):
        behind = gradients[-1] * slopes[layer]
        gradients.append(_norm_backward(behind, normals[layer], sizes[layer], normalization) @ weights[layer].T)
    return DepthCurves(_rms(signals), _rms(gradients[::-1]))


def _normalized(h: np.ndarray, normalization: str) -> tuple[np.ndarray, Any]:
    """Return h behind its norm, and what that divides by.

    These are the package's norms without its care for extreme numbers, which do not occur behind one layer. A test
    holds both against each other.
    """
    if normalization == "none":
        return h, 1.0
    mean = MEANS[normalization]
    if normalization != "rms":
        h = h - mean(h)
    size = np.sqrt(mean(h * h) + 1e-5)
    return h / size, size


def _norm_backward(g: np.ndarray, y: np.ndarray, size: Any, normalization: str) -> np.ndarray:
    """Return the gradient in front of a norm whose result is y, by the formula of `layer_norm_backward`."""
    if normalization == "none":
        return g
    mean = MEANS[normalization]
    along = y * mean(g * y)
    back: np.ndarray = (g - along if normalization == "rms" else g - along - mean(g)) / size
    return back


def _rms(arrays: list[np.ndarray]) -> np.ndarray:
    stacked = np.stack(arrays)
    return np.asarray(np.sqrt(np.einsum("lij,lij->l", stacked, stacked) / arrays[0].size))


@lru_cache(maxsize=2)
def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weights of the deepest network, inputs, and a gradient; the same ones while a control is dragged."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(scale=WIDTH**-0.5, size=(int(LIMITS["depth"][1]), WIDTH, WIDTH))
    x, gradient = rng.normal(size=(2, BATCH, WIDTH))
    return weights, x / np.sqrt(np.mean(x * x)), gradient / np.sqrt(np.mean(gradient * gradient))


def _levels(curves: DepthCurves) -> list[list[float]]:
    """Return powers of ten, cut where the axis ends."""
    floor = 10.0 ** -RANGES[-1]
    return [np.log10(np.clip(curve, floor, 1 / floor)).round(2).tolist() for curve in curves]


def _named(pair: list[list[float]]) -> list[tuple[str, list[float]]]:
    """Return what a curve has become where it ends: the signal behind the last layer, the gradient at the first."""
    return [("signal,", pair[0]), ("gradient,", pair[1][::-1])]


def _times(levels: list[float]) -> str:
    mantissa, _, power = f"{10 ** levels[-1]:.1e}".partition("e")
    return (f"{10 ** levels[-1]:.2g}" if abs(levels[-1]) < 3 else f"{mantissa}e{int(power)}").replace("-", "−")


def _words(s: dict[str, Any], curves: dict[str, Any]) -> str:
    """Return the picture in two sentences."""
    name, norm = NAMES.get(s["activation"], s["activation"]), NORMS[s["normalization"]]
    norm = "" if norm == "none" else f" behind {norm}"
    told = [f"the {part[:-1]} {_fate(levels)}" for part, levels in _named(curves["predicted"])]
    text = f"{name}{norm}, gain {s['gain']:.2f}, {s['depth']} layers: by the prediction {told[0]} and {told[1]}."
    if "measured" in curves:
        found = [f"{part} {_times(levels)}" for part, levels in _named(curves["measured"])]
        text += f" A network of {WIDTH} units a layer has {found[0].replace(',', '')} and {found[1].replace(',', '')}."
    return text[0].upper() + text[1:]


def _fate(levels: list[float]) -> str:
    if abs(levels[-1]) < math.log10(5):
        return f"stays near its size (× {_times(levels)})"
    return f"{'explodes' if levels[-1] > 0 else 'vanishes'} (× {_times(levels)})"
