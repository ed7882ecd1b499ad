"""The least and the largest slope of a function on an interval, and where: sought on a grid, then ever closer."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLOSE", "Function", "extreme", "grid"]

Numbers = NDArray[np.floating[Any]]
Function = Callable[..., Numbers]

HALF = 200  # steps of the grid on each side of 0, so that the kinks of the package's functions lie on it
CLOSE = 1e-9  # of the span: where the two sides of a jump are looked at


def grid(span: int) -> Numbers:
    """Return the places from -span to span."""
    x: Numbers = np.arange(-HALF, HALF + 1) * span / HALF
    return x


def extreme(slope: Function, sign: int, span: int) -> dict[str, str]:
    """The least (sign -1) or largest slope on [-span, span], and a phrase that says where."""
    places = grid(span)
    sides = np.asarray([-1, 0, 1]) * CLOSE * span  # a slope may be taken on one side of a kink alone
    seen = sign * slope(np.clip(places[:, None] + sides, -span, span))
    best = float(seen.max())
    at = np.flatnonzero((seen == best).any(axis=1))
    if len(at) == 1:
        place, best = _closest(slope, sign, span, float(places[at[0]]), best)
        place = round(place, 4) + 0.0  # no -0
        where = f"{_side(slope, place, sign * best, span)}{place:g}"
    else:
        where = _where(at, span)
    return {"slope": f"{sign * best:.5g}", "where": where}


def _closest(slope: Function, sign: int, span: int, place: float, best: float) -> tuple[float, float]:
    """Look ever closer around a place for a slope that is more extreme still."""
    step = span / HALF
    while step > CLOSE * span:
        x = np.clip(np.linspace(place - step, place + step, 41), -span, span)
        seen = sign * slope(x)
        if seen.max() > best:
            place, best = float(x[np.argmax(seen)]), float(seen.max())
        step /= 10
    return place, best


def _side(slope: Function, place: float, best: float, span: int) -> str:
    """Say whether a slope is taken at a place itself, or on which side of a jump there."""
    there, above = slope(place + np.asarray([0, CLOSE]) * span)
    if abs(there - best) <= 1e-3:
        return "at "
    return "just above " if abs(above - best) <= 1e-3 else "just below "


def _where(at: NDArray[np.intp], span: int) -> str:
    """Say where on the grid a slope is taken: at two mirrored places, or along stretches."""
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    ends = [((run[0] - HALF) * span / HALF, (run[-1] - HALF) * span / HALF) for run in runs]
    if ends == [(-span, -span), (span, span)]:
        return f"at ±{span}"
    return " and ".join(_stretch(low, high, span) for low, high in ends)


def _stretch(low: float, high: float, span: int) -> str:
    if low == -span:
        return "everywhere" if high == span else f"up to {high:g}"
    return f"from {low:g} on" if high == span else f"from {low:g} to {high:g}"
