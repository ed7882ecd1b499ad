"""Compute the widget that stores shifted logits in four formats and shows what softmax makes of them.

Each format stores x + c, rounded. The package's softmax, or the textbook's, then works on what was stored, and its
result is rounded to the format again. Both are compared with the softmax of the logits themselves in float64.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docs._site.widgets._formats import FORMATS, Format, Store
from reference.activations.softmax import softmax

__all__ = ["DEFAULTS", "compute", "textbook_softmax"]

Values = NDArray[Any]

DEFAULTS: dict[str, Any] = {"logits": [2.0, 1.0, 0.5, 0.0], "c": 300, "T": 1.0, "form": "shifted"}
LIMITS = {"logits": (-5, 5), "c": (-100_000, 100_000), "T": (0.05, 20)}
FORMS = ("shifted", "textbook")

VISIBLE = 5e-4
"""From this distance on the probabilities differ in the three decimals that are shown."""
FLOOR = 1e-17
"""Errors from here down are drawn as 0: the axis is logarithmic, and float64's own last digit is 1e-16."""
CELL = 4
SHIFTS = np.round(np.logspace(0, math.log10(1 + LIMITS["c"][1]), 34 * CELL)) - 1
"""The shifts of the curves, four to a point: the worst of them is drawn, since the error jumps from c to c + 1."""


def textbook_softmax(x: Values, temperature: float, store: Store) -> Values:
    """Return exp(x / T) / sum(exp(x / T)) with every step rounded to the format."""
    e = store(np.exp(store(x / temperature)))
    return np.asarray(store(e / store(np.sum(e, axis=-1, keepdims=True))))


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the drawing shows: for each format the stored logits, the probabilities and the error."""
    s = _checked(state)
    x, c, t, form = np.array(s["logits"], dtype=np.float64), float(s["c"]), float(s["T"]), s["form"]
    exact = softmax(x, temperature=t)
    curves = _curves(tuple(x.tolist()), math.copysign(1.0, c), t, form)
    with np.errstate(all="ignore"):  # overflow and 0/0 are what is shown
        formats = [
            _card(one, x, c, t, form, exact) | {"curve": curve} for one, curve in zip(FORMATS, curves, strict=True)
        ]
    return {
        "exact": [_row(_number(v), p) for v, p in zip(x, exact, strict=True)],
        "formats": formats,
        "shifts": [round(float(shift), 1) for shift in SHIFTS.reshape(-1, CELL).mean(axis=1)],
        "text": f"{'Softmax' if form == 'shifted' else 'The textbook softmax'} of the logits plus c = {_number(c)} "
        f"at temperature {t:g}: {'; '.join(map(_said, formats))}.",
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for name, value in state.items():
        if name not in DEFAULTS:
            raise ValueError(f"the widget has no setting {name!r}; its settings are {', '.join(DEFAULTS)}")
        if name == "form":
            if value not in FORMS:
                raise ValueError(f"form must be one of {', '.join(FORMS)}, got {value!r}")
        elif name == "logits" and not (isinstance(value, list) and len(value) == len(DEFAULTS["logits"])):
            raise ValueError(f"logits must be a list of {len(DEFAULTS['logits'])} numbers, got {value!r}")
        elif not all(_within(one, *LIMITS[name]) for one in (value if name == "logits" else [value])):
            raise ValueError(f"{name} must lie between {LIMITS[name][0]} and {LIMITS[name][1]}, got {value!r}")
    return DEFAULTS | state


def _within(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _probabilities(stored: Values, t: float, form: str, store: Store) -> Values:
    p = textbook_softmax(stored, t, store) if form == "textbook" else store(softmax(stored, temperature=t))
    return np.asarray(p, dtype=np.float64)


def _distance(p: Values, exact: Values) -> Values:
    """Return how much of the whole lies at the wrong place: half the sum of the differences."""
    return np.asarray(np.sum(np.abs(p - exact), axis=-1) / 2)


def _card(one: Format, x: Values, c: float, t: float, form: str, exact: Values) -> dict[str, Any]:
    stored = one.store(x + c)
    p = _probabilities(stored, t, form, one.store)
    distance = float(_distance(p, exact))
    moved = distance >= _from_rounding(one)
    return {
        "name": one.name,
        "state": "broken" if math.isnan(distance) else "moved" if moved else "holds",
        "why": _why(stored, x, c, t, form, one.store),
        "rows": [_row(_beside(float(v), c), q) for v, q in zip(stored, p, strict=True)],
        "stored": [_number(v) for v in stored],
        "moved": f"{distance:.1%}" if moved else _size(distance),
        "sum": _number(float(np.sum(p)), ".4f"),
        "level": _level(distance),
    }


def _from_rounding(one: Format) -> float:
    """Return the distance that rounding the probabilities may cause: once moves 2^-bits / 2 at most."""
    return max(VISIBLE, 2.0**-one.bits)


@lru_cache(maxsize=8)  # while only c is dragged, the curves stay
def _curves(logits: tuple[float, ...], sign: float, t: float, form: str) -> list[list[float | None]]:
    x = np.array(logits)
    shifted, exact = x + sign * SHIFTS[:, None], softmax(x, temperature=t)
    with np.errstate(all="ignore"):
        errors = [_distance(_probabilities(one.store(shifted), t, form, one.store), exact) for one in FORMATS]
    return [[_level(float(worst)) for worst in error.reshape(-1, CELL).max(axis=1)] for error in errors]


def _level(error: float) -> float | None:
    """Return the error's power of ten, and none for NaN."""
    return None if math.isnan(error) else round(math.log10(max(error, FLOOR)), 2)


def _row(logit: str, p: float) -> dict[str, Any]:
    """Return one line of a card: the logit, its probability, and the length of the bar in percent."""
    return {"logit": logit, "p": _number(p, ".3f"), "bar": None if math.isnan(p) else round(100 * float(p), 1)}


def _number(value: float, digits: str = ".8g") -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return "NaN" if math.isnan(value) else f"{value + 0.0:{digits}}".replace("-", "−")  # + 0.0: no negative zero


def _beside(stored: float, c: float) -> str:
    """Write a stored logit as c and what is left of the logit beside it."""
    left = stored - c
    if c == 0 or math.isinf(stored):
        return _number(left, ".4g")
    return f"c {'−' if left < 0 else '+'} {abs(left):.4g}"


def _size(distance: float) -> str:
    """Write a distance that nobody sees: one digit, since the next depends on the machine's exp."""
    if math.isnan(distance) or distance < 1e-15:
        return "NaN" if math.isnan(distance) else "<1e−15"
    mantissa, power = f"{distance:.0e}".split("e")
    return f"{mantissa}e{int(power)}".replace("-", "−")


def _why(stored: Values, x: Values, c: float, t: float, form: str, store: Store) -> str:
    if not np.all(np.isfinite(stored)):
        return "x + c is stored as ∞"
    if form == "textbook":
        e = store(np.exp(store(stored / t)))
        total = store(np.sum(e))
        if np.isinf(total) or total == 0:
            return "exp overflows: ∞/∞" if total else "every exp is 0: 0/0"
        if np.any((e > 0) & (e < np.finfo(e.dtype).smallest_normal)):
            return "exp is subnormal: few digits"
    apart, distinct = len(np.unique(stored)), len(np.unique(x))
    if apart < distinct:
        return f"{apart} of {distinct} logits left apart"
    if form == "textbook":
        return "every step is rounded"
    return "x + c is stored exactly" if np.all(stored.astype(np.float64) - c == x) else "x + c is rounded"


def _said(card: dict[str, Any]) -> str:
    if card["state"] == "holds":
        return f"{card['name']} holds"
    if card["state"] == "moved":
        return f"{card['name']} stores {', '.join(card['stored'])} and moves {card['moved']} of the probability"
    return f"{card['name']} has no answer, because {card['why'].split(':')[0]}"
