"""Tell by integer arithmetic alone which integers a float format has."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.numbers import FloatFormat, breakdown

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def survives(n, bits):
    """Whether a format with so many significant bits has the integer n."""
    return True

found = [n for n in range(40) if survives(n, 4)]
print(np.array(found))  # 16, then 18, 20, ..., 32, 36
'''

ANSWER = '''\
import numpy as np

def survives(n, bits):
    """Whether a format with so many significant bits has the integer n."""
    n = abs(n)
    lowest = n & -n
    return n < lowest << bits or n == 0

print([n for n in range(40) if survives(n, 4)])  # 16, then 18, 20, ..., 32, 36
'''


def check(names: Names) -> Iterator[str]:
    """Small ones, each of a few thousand, both signs, and huge ones, against the exact code."""
    _each(names, range(17), 4)
    yield "It lets all integers of four bits, and 16, survive."
    for bits in (1, 2, 4, 11):
        _each(names, range(5000), bits)
    yield "It is right for every integer up to 4999, with 1, 2, 4 and 11 bits."
    _each(names, range(-300, 1), 4)
    yield "It is right for negative integers and for 0."
    _each(names, [2**24 - 1, 2**24, 2**24 + 1, 2**24 + 2, 2**31 - 1, 2**31, -(2**31)], 24)
    yield "It knows what float32 keeps at the end of int32."
    rng = np.random.default_rng(0)
    for bits in (4, 24, 53):
        shifts = rng.integers(0, 300, size=60).tolist()
        odd = (2 * rng.integers(2 ** (bits - 2), 2 ** (bits + 1), size=60) + 1).tolist()
        _each(names, [number << shift for number, shift in zip(odd, shifts, strict=True)], bits)
    yield "It is right for integers of three hundred bits."


def _has(n: int, bits: int) -> bool:
    format = FloatFormat("wide", exponent_bits=12, fraction_bits=bits - 1, infinities=False, nan="none")
    return breakdown(n, format).value == n


def _each(names: Names, integers: Any, bits: int) -> None:
    survives = function(names, "survives(n, bits)")
    for n in integers:
        try:
            got = bool(survives(n, bits))
        except OverflowError:
            raise Wrong(
                f"`survives({n:.3g}, {bits})` needs a float that is too small for it: integers alone suffice."
            ) from None
        if got != _has(n, bits):
            raise Wrong(f"`survives({_short(n)}, {bits})` is {got}: {_why(n, bits)}")


def _short(n: int) -> str:
    return str(n) if abs(n) < 10**12 else f"a number of {abs(n).bit_length()} bits"


def _why(n: int, bits: int) -> str:
    size = abs(n)
    if size == 0:
        return "0 is a number of every such format."
    needed = size.bit_length() - (size & -size).bit_length() + 1
    said = f"from its highest 1 to its lowest it has {needed} bit{'s' * (needed > 1)}, and {bits} fit."
    return f"it is negative, which changes nothing: {said}" if n < 0 else said
