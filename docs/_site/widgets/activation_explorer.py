"""The activation explorer: one or two functions and their slopes, read at a point that the reader drags.

The functions are all of the package that have a derivative beside them. The error of float32 is that of the package's
float32 result against its own float64 result at the same input, which is exact to far below a thousandth of an ulp
(a test compares it with 40 digits).
"""

import inspect
from functools import lru_cache, partial
from typing import Any

import numpy as np

from docs._site.ulp import ulp_error
from docs._site.widgets._slopes import CLOSE, Function, extreme, grid
from reference import activations

__all__ = ["DEFAULTS", "FUNCTIONS", "compute"]

Points = list[list[float]]
Knobs = tuple[tuple[str, float], ...]

DEFAULTS: dict[str, Any] = {
    "first": "gelu",
    "second": "silu",
    "x": -1.0,
    "span": 4,
    "alpha": 1.0,
    "slope": 0.01,
}
NONE = "none"
SPANS = (2, 4, 8)
LIMITS = {"x": (-100.0, 100.0), "alpha": (0.1, 3.0), "slope": (0.0, 0.9)}
KNOBS = {"alpha": "alpha", "negative_slope": "slope", "weight": "slope"}  # a function's parameter: the state's key


def _functions() -> dict[str, tuple[Function, Function]]:
    names = [name for name in activations.__all__ if f"{name}_derivative" in activations.__all__]
    found = {name: (getattr(activations, name), getattr(activations, f"{name}_derivative")) for name in names}
    value, derivative = found["gelu"]
    found["gelu_tanh"] = (partial(value, approximate="tanh"), partial(derivative, approximate="tanh"))
    return dict(sorted(found.items()))


FUNCTIONS = _functions()
"""Each function with its derivative, by the package's name; `gelu_tanh` is GELU's tanh form."""

PARAMETERS = {
    name: {parameter: KNOBS[parameter] for parameter in inspect.signature(function).parameters if parameter in KNOBS}
    for name, (function, _) in FUNCTIONS.items()
}
"""Each function's parameters, with the key of the state that holds the value."""


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return the curves of the chosen functions, what is read at x, and their extreme slopes.

    Raises:
        ValueError: If the state has an unknown key or an impossible value.
    """
    state = _checked(state)
    x, span = float(np.float32(state["x"])), state["span"]
    series = []
    for name in dict.fromkeys([state["first"], state["second"]]):
        if name != NONE:
            knobs = _knobs(name, state)
            series.append({**_shape(name, knobs, span), **_read(name, knobs, x)})
    return {
        "functions": {name: list(parameters.values()) for name, parameters in PARAMETERS.items()},
        "none": NONE,
        "spans": SPANS,
        "x": x,
        "span": span,
        "series": series,
        "text": " ".join(_sentence(one, x, span) for one in series),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the explorer has no setting {key!r}; it has {', '.join(DEFAULTS)}")
    state = {**DEFAULTS, **state}
    choices: dict[str, list[Any]] = {"first": list(FUNCTIONS), "second": [*FUNCTIONS, NONE], "span": list(SPANS)}
    for key, known in choices.items():
        if state[key] not in known:
            raise ValueError(f"{key} is one of {', '.join(map(str, known))}; got {state[key]!r}")
    for key, (low, high) in LIMITS.items():
        value = state[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{key} is a number from {low:g} to {high:g}; got {value!r}")
    return state


def _knobs(name: str, state: dict[str, Any]) -> Knobs:
    return tuple((parameter, float(state[key])) for parameter, key in PARAMETERS[name].items())


def _read(name: str, knobs: Knobs, x: float) -> dict[str, str]:
    """What is read at x: value and slope in float64, the float32 result and its error."""
    value, slope = (partial(function, **dict(knobs)) for function in FUNCTIONS[name])
    exact = value(np.asarray([x]))
    rounded = value(np.asarray([x], dtype=np.float32))
    error = ulp_error(rounded, exact)[0]
    return {
        "value": f"{exact[0]:.9g}",
        "slope": f"{slope(np.asarray([x]))[0]:.7g}",
        "float32": f"{rounded[0]:.9g}",
        "error": "exact" if error == 0 else f"{error:.2g} ulp",
    }


@lru_cache(maxsize=128)
def _shape(name: str, knobs: Knobs, span: int) -> dict[str, Any]:
    """What does not depend on x: the label, the two curves, and the least and the largest slope with their places."""
    value, slope = (partial(function, **dict(knobs)) for function in FUNCTIONS[name])
    options = ", ".join(f"{KNOBS[parameter]} {number:g}" for parameter, number in knobs)
    low, high = (extreme(slope, sign, span) for sign in (-1, 1))
    return {
        "label": f"{name} ({options})" if options else name,
        "values": _curve(value, span, 0.001 * span),
        "slopes": _curve(slope, span, 0.002),
        "low": low,
        "high": high,
    }


def _curve(function: Function, span: int, tolerance: float) -> list[list[float] | None]:
    """Points of the curve that a line joins; None interrupts it at a jump."""
    x = grid(span)
    before, after = function(x - CLOSE * span), function(x + CLOSE * span)
    curve: list[list[float] | None] = []
    run: Points = []
    for place, left, right in zip(x.tolist(), before.tolist(), after.tolist(), strict=True):
        run.append([place, left])
        if abs(right - left) > 1e-3:
            curve += [*_thinned(run, tolerance), None]
            run = [[place, right]]
    curve += _thinned(run, tolerance)
    return [point and [round(point[0], 4), round(point[1], 4)] for point in curve]


def _thinned(points: Points, tolerance: float) -> Points:
    """Drop the points that lie on the line between kept ones, after Ramer, Douglas and Peucker."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    away = [abs(y - y0 - (y1 - y0) * (x - x0) / (x1 - x0)) for x, y in points[1:-1]]
    if not away or max(away) <= tolerance:
        return [points[0], points[-1]]
    far = 1 + away.index(max(away))
    return _thinned(points[: far + 1], tolerance)[:-1] + _thinned(points[far:], tolerance)


def _sentence(one: dict[str, Any], x: float, span: int) -> str:
    low, high = one["low"], one["high"]
    return (
        f"{one['label']} at {x:.4g} is {float(one['value']):.4g} with slope {float(one['slope']):.4g}; between -{span} "
        f"and {span} its slope goes from {low['slope']} ({low['where']}) to {high['slope']} ({high['where']})."
    ).replace("-", "\N{MINUS SIGN}")
