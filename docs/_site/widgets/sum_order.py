"""Compute the widget of the sum that goes wrong: some numbers, an order, a method and a format, one addition at a time.

At step k a method is asked for the sum of the first k numbers. The methods are the package's own, and so is their
exact counterpart, which is compared with each. NumPy has no bfloat16; `Stored` adds as if it had.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from docs._site.widgets._formats import to_bfloat16
from reference.numbers.formats import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FloatFormat
from reference.numbers.lookup import round_to
from reference.numbers.rounding import ulp
from reference.numbers.sums import kahan_sum, naive_sum, neumaier_sum, pairwise_sum

__all__ = ["DEFAULTS", "MOST", "Stored", "compute"]

MOST = 32
MOVES = 40
DEFAULTS: dict[str, Any] = {
    "numbers": "large",
    "n": 24,
    "order": "given",
    "seed": 0,
    "item": 1,
    "moves": "",
    "method": "naive",
    "format": "float32",
}
FORMATS = {format.name: format for format in (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)}
LARGE = {"float64": 1e17, "float32": 1e8, "float16": 1e4, "bfloat16": 1e3}
"""A number of each format to which adding 1 changes nothing."""
NUMBERS = {
    "large": "one large, then ones",
    "cancel": "large, ones, minus large",
    "alternating": "1 − 1/2 + 1/3 − …",
    "harmonic": "1 + 1/2 + 1/3 + …",
    "random": "random in [−1, 1)",
}
ORDERS = {
    "given": "as given",
    "ascending": "ascending",
    "descending": "descending",
    "small": "small magnitudes first",
    "big": "large magnitudes first",
    "shuffled": "shuffled by the seed",
}
METHODS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "naive": ("naive", naive_sum),
    "pairwise": ("pairwise", pairwise_sum),
    "kahan": ("Kahan", kahan_sum),
    "neumaier": ("Neumaier", neumaier_sum),
    "fsum": ("fsum, rounded once", lambda x: math.fsum(map(float, x))),
}
CHOICES: dict[str, Any] = {"numbers": NUMBERS, "order": ORDERS, "method": METHODS, "format": FORMATS}
RANGES = {"n": (2, MOST), "seed": (0, 99), "item": (1, MOST)}
CONTROLS = {
    "choices": {
        "numbers": NUMBERS,
        "order": ORDERS,
        "method": {name: words for name, (words, _) in METHODS.items()},
        "format": {name: name for name in FORMATS},
    },
    "ranges": RANGES,
}


@dataclass(frozen=True)
class Stored:
    """A number of bfloat16: sums and differences are rounded to it."""

    value: float

    def __float__(self) -> float:
        """Return its value."""
        return self.value

    def __abs__(self) -> float:
        """Return its magnitude."""
        return abs(self.value)

    def __add__(self, other: Any) -> "Stored":
        """Return the rounded sum."""
        return _stored(self.value + float(other))

    def __sub__(self, other: Any) -> "Stored":
        """Return the rounded difference."""
        return _stored(self.value - float(other))

    def __rsub__(self, other: Any) -> "Stored":
        """Return the rounded difference, taken from a number that is no `Stored`."""
        return _stored(float(other) - self.value)

    __radd__ = __add__


@lru_cache(maxsize=2**14)
def _stored(value: float) -> Stored:
    return Stored(float(to_bfloat16(value)))


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    format, method = FORMATS[s["format"]], METHODS[s["method"]][1]
    values, spots = _moved(_ordered(s, _numbers(s, format)), s)
    x = _array(values, format)
    sums = [_store(method(x[: k + 1]), format) for k in range(len(x))]
    others = [_store(function(x), format) for _, function in METHODS.values()]
    exact = list(accumulate(map(_scaled, values)))
    found = _errors([*sums, *others], [*exact, *[exact[-1]] * len(others)], format)
    errors = found[: len(x)]
    told = [value / SCALE for value in exact]
    rows = [_row(*row, format) for row in zip(values, sums, told, errors, strict=True)]
    chosen = min(s["item"], len(x))
    return {
        **CONTROLS,
        "rows": rows,
        "errors": [None if error is None else _level(error) for error in errors],
        "bars": _bars(values),
        "chosen": chosen,
        "moved": spots,
        "full": s["moves"].count(",") + 1 >= MOVES,
        "shown": [[words, _told(error)] for (words, _), error in zip(METHODS.values(), found[len(x) :], strict=True)],
        "text": _words(s, rows, errors),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    for key, allowed in CHOICES.items():
        if not isinstance(state[key], str) or state[key] not in allowed:
            raise ValueError(f"{key} must be one of {', '.join(allowed)}, got {state[key]!r}")
    for key, (low, high) in RANGES.items():
        if type(state[key]) is not int or not low <= state[key] <= high:
            raise ValueError(f"{key} must be a whole number from {low} to {high}, got {state[key]!r}")
    _moves(state["moves"])
    return state


def _moves(text: Any) -> list[tuple[int, int]]:
    """Return the moves of a text like "24-1,3-2": the number at place 24 goes to place 1, then that at 3 to 2."""
    try:
        moves = [(int(a), int(b)) for a, b in (move.split("-") for move in text.split(","))] if text != "" else []
    except (AttributeError, ValueError):
        raise ValueError(f'moves must be places like "24-1,3-2", got {text!r}') from None
    if len(moves) > MOVES or not all(1 <= place <= MOST for move in moves for place in move):
        raise ValueError(f"moves must be at most {MOVES} pairs of places from 1 to {MOST}, got {text!r}")
    return moves


def _numbers(s: dict[str, Any], format: FloatFormat) -> list[float]:
    """Return the numbers as the format stores them."""
    large, n = LARGE[format.name], s["n"]
    match s["numbers"]:
        case "large":
            return [large] + [1.0] * (n - 1)
        case "cancel":
            return [large] + [1.0] * (n - 2) + [-large]
    return _series(s["numbers"], s["seed"], format)[:n]


@lru_cache(maxsize=64)  # while only their count is dragged, the numbers stay
def _series(kind: str, seed: int, format: FloatFormat) -> list[float]:
    k = np.arange(1.0, MOST + 1)
    if kind == "random":
        numbers = 2 * np.random.default_rng(seed).random(MOST) - 1
    else:
        numbers = (2 * (k % 2) - 1 if kind == "alternating" else 1) / k
    stored: list[float] = round_to(numbers, format).tolist()
    return stored


def _ordered(s: dict[str, Any], values: list[float]) -> list[float]:
    match s["order"]:
        case "ascending":
            return sorted(values)
        case "descending":
            return sorted(values, reverse=True)
        case "small":
            return sorted(values, key=abs)
        case "big":
            return sorted(values, key=abs, reverse=True)
        case "shuffled":
            return [values[i] for i in np.random.default_rng(s["seed"]).permutation(len(values))]
    return values


def _moved(values: list[float], s: dict[str, Any]) -> tuple[list[float], list[int]]:
    """Return the numbers after the moves by hand, and which places hold one that was moved; others are left out."""
    places = list(range(len(values)))
    touched = set()
    for a, b in _moves(s["moves"]):
        if max(a, b) <= len(values):
            place = places.pop(a - 1)
            places.insert(b - 1, place)
            touched.add(place)
    return [values[place] for place in places], [i + 1 for i, place in enumerate(places) if place in touched]


def _array(values: list[float], format: FloatFormat) -> Any:
    if format is BFLOAT16:
        x = np.empty(len(values), dtype=object)
        x[:] = [Stored(value) for value in values]
        return x
    return np.asarray(values, dtype=format.name)


def _store(total: Any, format: FloatFormat) -> float:
    return float(_stored(float(total)) if format is BFLOAT16 else np.dtype(format.name).type(total))


SCALE = 2**1074
"""Every double is a whole number of steps of this size, and whole numbers are added without any error."""


def _scaled(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * (SCALE // denominator)


def _errors(totals: list[float], exact: list[int], format: FloatFormat) -> list[float | None]:
    """Return errors in ulp of the exact sums; none where that is 0, but the computed one is not."""
    units = ulp(np.asarray([wanted / SCALE for wanted in exact]), format).tolist()
    found: list[float | None] = []
    for total, wanted, unit in zip(totals, exact, units, strict=True):
        apart = abs(_scaled(total) - wanted)
        found.append(apart / SCALE / unit if wanted or not apart else None)
    return found


def _row(value: float, total: float, exact: float, error: float | None, format: FloatFormat) -> list[str]:
    return [*(_digits(number, format) for number in (value, total, exact)), _told(error)]


def _digits(value: float, format: FloatFormat) -> str:
    """Write as many digits as tell neighbors apart, also those of the exact sum."""
    count = {"float64": 17, "float32": 9}.get(format.name, 6)
    text = f"{value:,.0f}" if value == int(value) and abs(value) < 1e18 else f"{value:.{count}g}"
    return text.replace("-", "−")


def _told(error: float | None) -> str:
    if error is None:
        return "exact is 0"
    return f"{error:.2g}" if error < 10 else f"{error:,.0f}" if error < 1e7 else f"{error:.1e}"


FLOOR = 0.01


def _level(error: float) -> float:
    """Return where an error stands: its power of ten, and one below the smallest for none."""
    return round(math.log10(max(error, FLOOR)), 3)


def _bars(values: list[float]) -> list[float]:
    """Return bars from −1 to 1 with the signs of the numbers, and the logarithms of their magnitudes as lengths."""
    sizes = [math.log2(abs(value)) for value in values if value]
    low = min(sizes)
    span = max(max(sizes) - low, 1)
    return [round(math.copysign(0.2 + 0.8 * (math.log2(abs(v)) - low) / span, v), 3) if v else 0.0 for v in values]


def _words(s: dict[str, Any], rows: list[list[str]], errors: list[float | None]) -> str:
    _, total, exact, error = rows[-1]
    how = f"{ORDERS[s['order']]}{' and then moved by hand' if s['moves'] else ''}"
    by = f"{METHODS[s['method']][0].partition(',')[0]}, {s['format']}"
    end = f"{len(rows)} numbers, {how}, add up to {total} ({by}); exact is {exact}"
    first = next((k for k, found in enumerate(errors, 1) if found is None or found > 0.5), None)
    missed = f", {error} ulp away" if errors[-1] else ", no error" if errors[-1] == 0 else ""
    if first is None:
        return f"{end}{missed}. No step is more than half an ulp away."
    return f"{end}{missed}. The first step more than half an ulp away is number {first}."
