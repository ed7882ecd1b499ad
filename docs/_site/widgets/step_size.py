"""Compute the widget of the step: a function, a point and a step h, three estimates of the slope, and their errors.

The steps are powers of two and x has few digits, so x + h is exact as the prediction supposes. An error is the largest
of eight points that lie by x, since a single one may have luck with its rounding. The function is computed in the
chosen format, the true slope in float64.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from reference.autograd import (
    best_step,
    central_difference,
    complex_step,
    difference_error,
    error_curve,
    forward_difference,
)

__all__ = ["DEFAULTS", "compute"]

Values = Any
Functions = tuple[Callable[[Values], Values], ...]


class Choice(NamedTuple):
    """A function by name, with its first three derivatives."""

    name: str
    derivatives: Functions


CHOICES = {
    "reciprocal": Choice("1 / x", (lambda x: 1 / x, lambda x: -(x**-2), lambda x: 2 * x**-3, lambda x: -6 * x**-4)),
    "exp": Choice("eˣ", (np.exp, np.exp, np.exp, np.exp)),
    "sin": Choice("sin x", (np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))),
    "wave": Choice(
        "sin 40x",
        (
            lambda x: np.sin(40 * x),
            lambda x: 40 * np.cos(40 * x),
            lambda x: -1600 * np.sin(40 * x),
            lambda x: -64000 * np.cos(40 * x),
        ),
    ),
    "high": Choice("1000 + sin x", (lambda x: 1000 + np.sin(x), np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))),
    "softsign": Choice(
        "x / (1 + |x|)",  # for x > 0 alone
        (
            lambda x: x / (1 + np.abs(x)),
            lambda x: (1 + x) ** -2,
            lambda x: -2 * (1 + x) ** -3,
            lambda x: 6 * (1 + x) ** -4,
        ),
    ),
}
FORMATS: dict[str, Any] = {"float64": np.float64, "float32": np.float32}
ORDERS = {"forward": 1, "central": 2}
LIMITS = {"h": (-56, -2), "x": (0.75, 3.0)}
POWERS = np.arange(LIMITS["h"][0], LIMITS["h"][1] + 1)
NEAR = np.array([0, 1, 3, 7, 12, 21, 34, 50]) * 2.0**-20
SHOWN = {"wave": np.linspace(0.5, 3.25, 265)}
SMOOTH = np.linspace(0.5, 3.25, 56)
FLOOR = -18.0
"""Where an error of 0 is drawn on the logarithmic axis; float64's own last digit is 1e-16."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DEFAULTS: dict[str, Any] = {"function": "reciprocal", "format": "float64", "method": "forward", "x": 1.0, "h": -3}
LISTS: dict[str, Any] = {"function": CHOICES, "format": FORMATS, "method": ORDERS}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    chosen, method, h = CHOICES[s["function"]], s["method"], 2.0 ** s["h"]
    x, step = FORMATS[s["format"]](s["x"]), FORMATS[s["format"]](h)
    f, exact = chosen.derivatives[0], float(chosen.derivatives[1](np.float64(x)))
    rules: dict[str, Any] = {"forward": forward_difference, "central": central_difference, "complex": complex_step}
    slopes = {name: float(rule(f, x, h=step)) for name, rule in rules.items()}
    curves, at = _curves(s["function"], s["format"], s["x"]), s["h"] - LIMITS["h"][0]
    errors = {name: found[at] for name, found in curves.items()}
    sizes = _sizes(s["function"], s["format"], s["x"], method)
    split = difference_error(h, **sizes)
    best = best_step(**sizes)
    return {
        "names": {name: choice.name for name, choice in CHOICES.items()},
        "curve": _shown(s["function"]),
        "points": _points(f, s["x"], h, method),
        "slope": slopes[method],
        "tangent": exact,
        "errors": _levels(s["function"], s["format"], s["x"]),
        "predicted": {name: _predicted(s["function"], s["format"], s["x"], name) for name in ORDERS},
        "now": {name: _level(error) for name, error in errors.items()},
        "split": [_level(split.truncation), _level(split.rounding)],
        "best": round(math.log10(best), 3),
        "shown": [
            ["slope, true", _digits(exact)],
            *([_named(name), f"{_digits(slopes[name])}, off by {_short(errors[name])}"] for name in rules),
            [f"{method}, predicted", f"{_short(split.truncation)} + {_short(split.rounding)}"],
            ["truncation + rounding", f"{_short(sum(split))} at most"],
            ["best step, predicted", _short(best)],
        ],
        "text": _words(chosen.name, s, h, split, best),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for name, value in state.items():
        if name not in DEFAULTS:
            raise ValueError(f"the widget has no setting {name!r}; its settings are {', '.join(DEFAULTS)}")
        if name in LISTS:
            if not isinstance(value, str) or value not in LISTS[name]:
                raise ValueError(f"{name} must be one of {', '.join(LISTS[name])}, got {value!r}")
        elif not _within(value, *LIMITS[name]):
            raise ValueError(f"{name} must lie between {LIMITS[name][0]} and {LIMITS[name][1]}, got {value!r}")
    s = DEFAULTS | state
    if s["x"] * 8 % 1 or s["h"] % 1:
        raise ValueError(f"x must be a multiple of 1/8 and h a whole power of two, got {s['x']!r} and {s['h']!r}")
    return s


def _within(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _sizes(function: str, form: str, x: float, method: str) -> dict[str, Any]:
    """Return what the prediction is made from: the sizes of f and of its second or third derivative at x."""
    derivatives, order = CHOICES[function].derivatives, ORDERS[method]
    at = np.float64(x)
    sizes = {"value": float(derivatives[0](at)), "derivative": float(derivatives[order + 1](at))}
    return {"order": order, "eps": float(np.finfo(FORMATS[form]).eps), **sizes}


@lru_cache(maxsize=8)
def _shown(function: str) -> list[list[float]]:
    x = SHOWN.get(function, SMOOTH)
    pairs: list[list[float]] = np.stack([x, CHOICES[function].derivatives[0](x)], axis=1).round(4).tolist()
    return pairs


def _points(f: Callable[[Values], Values], x: float, h: float, method: str) -> list[list[float]]:
    """Return the two points of the curve that the difference is taken between."""
    places = (x, x + h) if method == "forward" else (x - h, x + h)
    return [[round(at, 6), round(float(f(np.float64(at))), 6)] for at in places]


@lru_cache(maxsize=32)  # while only h is dragged, the curves stay
def _curves(function: str, form: str, x: float) -> dict[str, list[float]]:
    """Return each method's largest error for every step."""
    f, slope = CHOICES[function].derivatives[:2]
    points, steps = (x + NEAR).astype(FORMATS[form]), (2.0**POWERS).astype(FORMATS[form])
    curve = error_curve(f, lambda at: slope(at.astype(np.float64)), points, h=steps)
    return {
        "forward": curve.forward.tolist(),
        "central": curve.central.tolist(),
        "complex": curve.complex_step.tolist(),
    }


@lru_cache(maxsize=32)
def _levels(function: str, form: str, x: float) -> dict[str, list[float]]:
    return {name: list(map(_level, errors)) for name, errors in _curves(function, form, x).items()}


@lru_cache(maxsize=32)
def _predicted(function: str, form: str, x: float, method: str) -> list[float]:
    sizes = _sizes(function, form, x, method)
    return [_level(sum(difference_error(2.0**power, **sizes))) for power in POWERS.tolist()]


def _level(error: float) -> float:
    return round(math.log10(max(error, 10.0**FLOOR)), 2)


def _named(method: str) -> str:
    return "complex step" if method == "complex" else method


def _digits(value: float) -> str:
    return f"{value:.10g}".replace("-", "−")


def _short(value: float) -> str:
    mantissa, _, power = f"{value:.1e}".partition("e")
    return "0" if value == 0 else f"{mantissa}e{int(power)}".replace("-", "−")


def _words(name: str, s: dict[str, Any], h: float, split: Any, best: float) -> str:
    larger, other = ("truncation", "smaller") if split.truncation > split.rounding else ("rounding", "larger")
    near = 0.35 < h / best < 2.9
    verdict = "near the best step" if near else f"{larger} is the larger part: take a {other} step"
    power = "2" + str(s["h"]).translate(RAISED)
    return (
        f"{name} in {s['format']} at x = {s['x']:g} with h = {power}, {_short(h)}: the {s['method']} difference is "
        f"predicted to be off by {_short(split.truncation)} for the bend and by at most {_short(split.rounding)} for "
        f"rounding; {verdict}."
    )
