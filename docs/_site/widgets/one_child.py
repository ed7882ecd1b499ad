"""Compute the widget of one child: two parents of 32 weights, a coin for each weight, and the bits that flip.

Parents and coins depend on the seed alone, so they stand still while the rate is moved.
"""

from typing import Any

import numpy as np

from reference.quantization import LOG4, unpack_words
from reference.training import WORD_BITS, coin_mask, cross, flip_mask, random_genomes, twin

__all__ = ["DEFAULTS", "WORDS", "compute"]

WORDS, CODES = 2, 32
BITS = WORDS * WORD_BITS
DEFAULTS: dict[str, Any] = {"rate": 0.015, "code": 3, "crossover": True, "twins": False, "seed": 10}
MOST: dict[str, Any] = {"rate": 0.25, "code": CODES, "seed": 9999}
VALUES = [f"{value:.0f}" if value % 1 == 0 else f"1/{1 / value:.0f}" for value in LOG4.values[:8]]


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    rng = np.random.default_rng(s["seed"])
    a, b = random_genomes(2, WORDS, rng=rng)
    coins = coin_mask(1, WORDS, rng=rng)[0] if s["crossover"] else np.full(WORDS, 2**64 - 1, np.uint64)
    flips = flip_mask((2, WORDS), rate=s["rate"], rng=np.random.default_rng((s["seed"], 1)))
    mother = unpack_words(coins) > 0
    rows = [_row("child", cross(a, b, coins), flips[0], mother)]
    if s["twins"]:
        rows.append(_row("twin", twin(a, b, coins), flips[1], ~mother))
    parents = {"mother": unpack_words(a).tolist(), "father": unpack_words(b).tolist()}
    place = s["code"] - 1
    return {
        "most": MOST,
        "parents": parents,
        "coins": mother.tolist(),
        "children": rows,
        "chosen": place,
        "shown": [
            ["from the mother", f"{np.count_nonzero(mother)} of {CODES}"],
            *([f"flips, {row['name']}", f"{_flipped(row)} of {BITS} bits"] for row in rows),
            ["flips expected", f"{s['rate'] * BITS:.3g}"],
            ["children without a flip", f"{(1 - s['rate']) ** BITS:.1%}"],
            [f"weight {s['code']}: mother, father", ", ".join(_value(codes[place]) for codes in parents.values())],
            *([row["name"], _became(row, place)] for row in rows),
        ],
        "text": _words(s, rows, parents, place),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    s = DEFAULTS | state
    if type(s["rate"]) not in (int, float) or not 0 <= s["rate"] <= MOST["rate"]:
        raise ValueError(f"rate must be a number from 0 to {MOST['rate']}, got {s['rate']!r}")
    for key in ("code", "seed"):
        if type(s[key]) is not int or not 1 <= s[key] <= MOST[key]:
            raise ValueError(f"{key} must be a whole number from 1 to {MOST[key]}, got {s[key]!r}")
    for key in ("crossover", "twins"):
        if type(s[key]) is not bool:
            raise ValueError(f"{key} must be true or false, got {s[key]!r}")
    return s


def _row(name: str, born: Any, flips: Any, mother: Any) -> dict[str, Any]:
    """Return a child's codes before and after the flips, and where they come from."""
    return {
        "name": name,
        "born": unpack_words(born).tolist(),
        "codes": unpack_words(born ^ flips).tolist(),
        "mother": mother.tolist(),
    }


def _flipped(row: dict[str, Any]) -> int:
    return sum((born ^ code).bit_count() for born, code in zip(row["born"], row["codes"], strict=True))


def _value(code: int) -> str:
    return ("−" if code >= 8 else "") + VALUES[code % 8]


def _became(row: dict[str, Any], place: int) -> str:
    born, code = row["born"][place], row["codes"][place]
    return _value(code) if born == code else f"{_value(born)}, flipped to {_value(code)}"


def _words(s: dict[str, Any], rows: list[dict[str, Any]], parents: dict[str, list[int]], place: int) -> str:
    values = {**{name: codes[place] for name, codes in parents.items()}, **{r["name"]: r["codes"][place] for r in rows}}
    *others, last = [f"{_value(code)} in the {name}" for name, code in values.items()]
    weight = f"Weight {s['code']} is {', '.join(others)} and {last}."
    expected = f"In {BITS} bits {s['rate'] * BITS:.3g} flips are expected."
    return " ".join([*(f"{_came(row, s['crossover'])} {_changed(row)}" for row in rows), expected, weight])


def _came(row: dict[str, Any], crossover: bool) -> str:
    count = sum(row["mother"])
    if not crossover:
        return f"The {row['name']} copies the {'mother' if count else 'father'}."
    return f"The {row['name']} takes {count} of {CODES} weights from the mother and {CODES - count} from the father."


def _changed(row: dict[str, Any]) -> str:
    moved = [place for place in range(CODES) if row["born"][place] != row["codes"][place]]
    if not moved:
        return "No bit flips."
    born, code = (_value(row[which][moved[0]]) for which in ("born", "codes"))
    one = f"weight {moved[0] + 1}, which is {code} instead of {born}"
    flips, many = _flipped(row), f"{len(moved)} weights, the first of them "
    return f"{flips} bit{'s' * (flips > 1)} flip{'s' * (flips == 1)} in {many if len(moved) > 1 else ''}{one}."
