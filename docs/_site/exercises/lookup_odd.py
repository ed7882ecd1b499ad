"""Round float32 bit patterns to odd, and find how many fraction bits that must leave."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def to_odd(u, dropped):
    """Return the bit patterns u, an array of uint32, with the last `dropped` bits 0.

    If any of those bits was 1, the last bit that stays becomes 1."""
    return u  # your code here

print([bin(v) for v in to_odd(np.array([0b101000, 0b101001], dtype=np.uint32), 3)])

# How many fraction bits must stay at least, so that rounding the result to
# the nearest E5M2, which has 2 fraction bits, is always right?
enough = None
'''

ANSWER = '''\
import numpy as np

def to_odd(u, dropped):
    """Return the bit patterns u, an array of uint32, with the last `dropped` bits 0.

    If any of those bits was 1, the last bit that stays becomes 1."""
    rest = 2**dropped - 1
    return (u | ((u & rest) + rest)) >> dropped << dropped

enough = 4  # the two of E5M2, one that tells the half, and one for all that follows
'''


def check(names: Names) -> Iterator[str]:
    """By hand, all widths at random bits, one bit alone, then the number."""
    to_odd = function(names, "to_odd(u, dropped)")
    _by_hand(to_odd)
    yield "It rounds 101.000 to 101, 100.001 to 101 and 100.111 to 101."
    _random(to_odd)
    yield "It does so for random bits and every width, for each number on its own."
    _enough(number(names, "enough"))
    yield "You know how many bits a rounding must leave to the next one."


def _of(to_odd: Callable[..., Any], u: np.ndarray, dropped: int) -> np.ndarray:
    got = numbers(to_odd(u.copy(), dropped), u.shape, f"to_odd(u, {dropped})")
    if got.dtype.kind == "f":
        raise Wrong("`to_odd` gives floats: bit patterns are integers, and so are the results.")
    whole: np.ndarray = got.astype(np.int64)
    return whole


def _right(u: np.ndarray, dropped: int) -> np.ndarray:
    wide = u.astype(np.int64)
    odd: np.ndarray = (wide >> dropped | (wide % 2**dropped > 0)) << dropped
    return odd


def _by_hand(to_odd: Callable[..., Any]) -> None:
    u = np.array([0b101000, 0b100000, 0b100001, 0b100111, 0b101001, 0b111111], dtype=np.uint32)
    got, right = _of(to_odd, u, 3), _right(u, 3)
    if np.array_equal(got, right >> 3):
        raise Wrong("Your results are shifted to the right: the dropped bits become 0, but keep their places.")
    if np.array_equal(got, u.astype(np.int64) >> 3 << 3):
        raise Wrong("`to_odd` cuts off: 100.001 becomes 100, and nothing tells it from an exact 100.")
    for before, after, wanted in zip(u.tolist(), got.tolist(), right.tolist(), strict=True):
        if after == wanted:
            continue
        seen = f"With 3 bits dropped, {before:06b} becomes {after:06b}, expected {wanted:06b}"
        if before % 8 == 0:
            raise Wrong(f"{seen}: nothing is cut off, so nothing changes.")
        if after == wanted + 8:
            raise Wrong(f"{seen}: to odd never goes up past the odd number; 1 is set, not added.")
        if after % 8:
            raise Wrong(f"{seen}: the dropped bits must be 0.")
        raise Wrong(f"{seen}: every bit that is dropped counts, not the first alone.")


def _random(to_odd: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    for dropped in range(1, 23):
        u = rng.integers(0, 2**32, size=200, dtype=np.uint32)
        u[:100] = (u[:100] >> dropped << dropped) | np.uint32(2) ** rng.integers(0, dropped, size=100, dtype=np.uint32)
        u[100:120] = u[100:120] >> dropped << dropped
        wrong = np.flatnonzero(_of(to_odd, u, dropped) != _right(u, dropped))
        if wrong.size:
            at = u[wrong[0]]
            raise Wrong(f"With dropped = {dropped}, {at:032b} comes out wrong: does your code know `dropped`?")


def _enough(got: float) -> None:
    if got == 3:
        raise Wrong(f"`enough` is {got:g}: with 3 bits the odd numbers are the midpoints of E5M2 themselves.")
    if got > 4:
        raise Wrong(f"`enough` is {got:g}: that is enough, and fewer are.")
    if got != 4:
        raise Wrong(f"`enough` is {got:g}: E5M2 keeps 2. What else does a nearest rounding ask for?")
