"""How many bits a rate flips in a child, and how likely it is that a set of codes survives."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def flips(weights, rate):
    """Return the mean number of flipped bits in a child of so many 4-bit weights."""
    return rate  # your code here

def kept(codes, rate):
    """Return the probability that not one of so many codes has a flipped bit."""
    return rate  # your code here

for weights in (49, 2410):
    print(weights, flips(weights, 0.015), kept(weights // 10, 0.015))
'''

ANSWER = '''\
import numpy as np

def flips(weights, rate):
    """Return the mean number of flipped bits in a child of so many 4-bit weights."""
    return 4 * weights * rate

def kept(codes, rate):
    """Return the probability that not one of so many codes has a flipped bit."""
    return np.exp(4 * codes * np.log1p(-rate))

for weights in (49, 2410):
    print(weights, flips(weights, 0.015), kept(weights // 10, 0.015))
'''

CASES = [(1, 0.015), (5, 0.015), (241, 0.015), (241, 5 / 9640), (3, 0.0), (40, 0.3)]


def check(names: Names) -> Iterator[str]:
    """Ask for the mean number, then for the probability of one code, of many, and of none."""
    for weights, rate in [(49, 0.015), (2410, 0.015), (100_000, 1e-4), (7, 0.0)]:
        _look(names, "flips(weights, rate)", weights, rate, _mean_mistakes(weights, rate), 4 * weights * rate)
    yield "A child of 49 weights has 2.9 flips on average at 1.5 %, one of 2,410 weights has 145."
    for codes, rate in CASES:
        _look(names, "kept(codes, rate)", codes, rate, _kept_mistakes(codes, rate), (1 - rate) ** (4 * codes))
    yield "One code survives with 94 %, 241 of them, a tenth of 2,410, with less than one in a million."
    if _number(names, "kept(codes, rate)", 0, 0.015) != 1:
        raise Wrong("`kept(0, 0.015)` must be 1: of no codes none is hit.")
    yield "At 5 flips in 9,640 bits the same tenth survives in 61 of 100 children."


def _mean_mistakes(weights: int, rate: float) -> dict[str, float]:
    return {
        "that is the rate itself: multiply it by the number of bits": rate,
        "that counts one bit to a weight: a code has 4": weights * rate,
        "that counts the weights that are hit, not the bits": weights * (1 - (1 - rate) ** 4),
        "that counts whole words of 16 codes, as a genome has them; here only the weights' own bits count": (
            64 * -(-weights // 16) * rate
        ),
        "that is the variance of the number, not its mean": 4 * weights * rate * (1 - rate),
    }


def _kept_mistakes(codes: int, rate: float) -> dict[str, float]:
    return {
        "that is the rate itself": rate,
        "that lets a code have one bit: it has 4, and each must stay": (1 - rate) ** codes,
        "that is one code's probability: all of them must survive": (1 - rate) ** 4,
        "that is the probability that at least one is hit: take it from 1": 1 - (1 - rate) ** (4 * codes),
        "that subtracts the mean number of flips from 1, which is right for a small number only": 1 - 4 * codes * rate,
        "that is the probability that all bits are flipped": rate ** (4 * codes),
        "that is the approximation by e to the minus mean: near, but the bits are independent, so it can be exact": (
            float(np.exp(-4 * codes * rate))
        ),
    }


def _number(names: Names, call: str, count: int, rate: float) -> float:
    said = f"{call.partition('(')[0]}({count}, {rate:.4g})"
    value: Any = function(names, call)(count, rate)
    if value is None:
        raise Wrong(f"`{said}` returns None: does your function end with a `return`?")
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.size != 1:
        raise Wrong(f"`{said}` is of type {type(value).__name__}: it must be one number.")
    return float(array.reshape(()))


def _look(names: Names, call: str, count: int, rate: float, mistakes: dict[str, float], true: float) -> None:
    found = _number(names, call, count, rate)
    if np.isclose(found, true, rtol=1e-9, atol=0):
        return
    seen = (said for said, value in mistakes.items() if np.isclose(found, value, rtol=1e-9, atol=0))
    said = f"`{call.partition('(')[0]}({count}, {rate:.4g})` is {found:.4g}"
    raise Wrong(f"{said}: {next(seen, f'expected {true:.4g}')}.")
