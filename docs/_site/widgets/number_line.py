"""Compute the number line: which numbers of one or two formats lie around a point, near enough to count or to see each.

The codes of a format are in the order of its numbers. So the numbers of a piece of the line are a range of places, the
codes with their sign, and counting them takes two look-ups, however many they are.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.numbers import FORMATS, FloatFormat, FloatValue, RoundingMode, breakdown, next_down, next_up
from reference.numbers.rounding import codes_by_steps, values_by_fields

__all__ = ["DEFAULTS", "FEW", "LARGEST", "NONE", "compute", "interval"]

NONE = "none"
DEFAULTS: dict[str, Any] = {
    "first": "float8_e4m3fn",
    "second": "float8_e5m2",
    "scale": "linear",
    "x": 1.0,
    "zoom": 15,
}
CHOICES = {"first": tuple(FORMATS), "second": (*FORMATS, NONE), "scale": ("linear", "log")}
LARGEST = {"x": 2.0**96, "zoom": 66}

FEW = 200
"""Up to so many numbers are drawn one by one, more as the density of 80 columns."""
COLUMNS = 80


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    state = _checked(state)
    x, log = float(state["x"]), state["scale"] == "log"
    names = [state["first"]] + ([state["second"]] if state["second"] != NONE else [])
    low, high = interval(x, state["zoom"], log=log)
    edges = np.linspace(low, high, COLUMNS + 1)
    rows = [_row(FORMATS[name], edges, x, log) for name in names]
    before, after = _neighbors(breakdown(x, FORMATS[names[0]]), x)
    return {
        "formats": list(FORMATS),
        "none": NONE,
        "most": LARGEST["zoom"],
        "view": [low, high],
        "log": log,
        "at": math.log2(abs(x)) if log and x else None if log else x,
        "before": before,
        "after": after,
        "rows": rows,
        "text": _words(rows, x, low, high, log),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    for key, allowed in CHOICES.items():
        if not isinstance(state[key], str) or state[key] not in allowed:
            raise ValueError(f"{key} must be one of {', '.join(allowed)}, got {state[key]!r}")
    x, zoom = state["x"], state["zoom"]
    if isinstance(x, bool) or not isinstance(x, int | float) or not abs(x) <= LARGEST["x"]:
        raise ValueError(f"x must be a number between -2**96 and 2**96, got {x!r}")
    if type(zoom) is not int or not 0 <= zoom <= LARGEST["zoom"]:
        raise ValueError(f"zoom must be a whole number from 0 to {LARGEST['zoom']}, got {zoom!r}")
    return state


def interval(x: float, zoom: int, *, log: bool) -> tuple[float, float]:
    """Return the ends of what is seen around x: numbers, or on a logarithmic line the exponents of their sizes."""
    if log:
        middle, half = math.log2(abs(x)) if x else 0.0, 1100 * 2 ** (-zoom / 6)
        return max(middle - half, -1074.0), min(middle + half, 1023.5)
    half = max(2.0 ** (17 - zoom), abs(x) * 2.0**-49)  # a double has no finer steps
    return x - half, x + half


def _places(x: NDArray[np.float64], format: FloatFormat) -> list[int]:
    """Return how many numbers of a format lie below each x, counted from zero: negative on its left."""
    codes = codes_by_steps(x, format, mode=RoundingMode.UP, saturate=True)
    beyond = values_by_fields(codes, format) < x
    return [_order(int(code), format) + int(more) for code, more in zip(codes, beyond, strict=True)]


def _order(code: int, format: FloatFormat) -> int:
    return code if code < format.magnitudes else format.magnitudes - code


def _values(first: int, end: int, format: FloatFormat) -> NDArray[np.float64]:
    codes = [place if place >= 0 else format.magnitudes - place for place in range(first, end)]
    return values_by_fields(np.array(codes, dtype=np.uint64), format)


def _row(format: FloatFormat, edges: NDArray[np.float64], x: float, log: bool) -> dict[str, Any]:
    """Return one format's part of the drawing: its numbers or their density, and what it makes of x."""
    places = _places(np.exp2(edges) if log else edges, format)
    count = places[-1] - places[0]
    near = breakdown(x, format)
    shown = _values(places[0], places[-1], format).tolist() if count <= FEW else []
    finite = near.kind not in ("infinity", "nan")
    return {
        "name": format.name,
        "count": count,
        "values": shown,
        "density": [] if count <= FEW else [round(math.log2(1 + n), 2) for n in np.diff(np.array(places, object))],
        "near": float(near) if finite else None,
        "value": _said(float(near)),
        "bits": near.pattern,
        "step": _said(float(near.ulp)) if near.ulp is not None else "none",
        "kind": {"nan": "NaN"}.get(near.kind, near.kind),
    }


def _neighbors(near: FloatValue, x: float) -> tuple[float | None, float | None]:
    """Return the numbers of a format next to x on both sides, or None where there is none."""
    if near.kind == "nan":
        return None, None
    value = float(near)
    below = near if value < x else next_down(near)
    above = near if value > x else next_up(near)
    ends = [float(end) if end is not None and abs(float(end)) <= LARGEST["x"] else None for end in (below, above)]
    return ends[0], ends[1]


def _said(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{value:.9g}".replace("-", "−")


def _words(rows: list[dict[str, Any]], x: float, low: float, high: float, log: bool) -> str:
    where = f"Between {_short(low)} and {_short(high)}"
    if log:
        where = f"Between 2^{_short(low)} and 2^{_short(high)}"
    elif high - low < abs(x) / 500:
        where = f"Within {_short((high - low) / 2)} of {_said(x)}"
    first, *others = rows
    counts = " and ".join(
        [f"{_counted(first['count'])} of {first['name']}"] + [f"{r['count']:,} of {r['name']}" for r in others]
    )
    verb = "lies" if len(rows) == 1 and first["count"] == 1 else "lie"
    stored = " and ".join(f"as {row['value']} in {row['name']}" for row in rows)
    return f"{where} {verb} {counts}. The number {_said(x)} is stored {stored}."


def _counted(count: int) -> str:
    return "1 number" if count == 1 else f"{count:,} numbers"


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
