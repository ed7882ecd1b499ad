"""Design a format of 8 bits that grants three wishes; one of them costs infinity."""

from collections.abc import Iterator
from fractions import Fraction

from docs._site.exercises.check import Names, Wrong, function
from reference.numbers import FloatFormat, breakdown

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.numbers import FloatFormat, breakdown

def design():
    """Return a format that grants the three wishes."""
    return FloatFormat("mine", exponent_bits=5, fraction_bits=2)

mine = design()
print(mine.bits, "bits, up to", mine.max, "NaN has code", mine.nan_code)
print(breakdown("0.3333333333", mine))
'''

ANSWER = '''\
import numpy as np
from reference.numbers import FloatFormat, breakdown

def design():
    """Return a format that grants the three wishes."""
    # Four fraction bits for 2 %, three are left for the exponent: infinity has to go.
    return FloatFormat("mine", 3, 4, infinities=False, nan="all_ones")

print(breakdown("0.3333333333", design()))
'''

THIRD = Fraction(1, 3)


def check(names: Names) -> Iterator[str]:
    """The width, then the wishes one by one."""
    mine = function(names, "design()")()
    if not isinstance(mine, FloatFormat):
        raise Wrong(f"`design()` returns a {type(mine).__name__}: it must be a FloatFormat.")
    if mine.bits > 8:
        raise Wrong(f"Your format has {mine.bits} bits: sign, exponent and fraction together may have 8.")
    yield "It has at most 8 bits."
    _thirds(mine)
    yield "It holds 1/3 and −1/3 within 2 %."
    if mine.max < 30:
        raise Wrong(f"Your format ends at {float(mine.max):g}, and should reach 30. {_remedy(mine)}")
    yield "It reaches 30."
    if mine.nan_code is None:
        raise Wrong("Your format has no NaN: nan='all_ones' or nan='negative_zero' costs the fewest codes.")
    yield "It has a NaN."


def _thirds(mine: FloatFormat) -> None:
    if not mine.signed:
        raise Wrong("Your format has no sign, so it has no −1/3: a bit has to pay for it.")
    value = breakdown(THIRD, mine, saturate=True)
    error = abs(Fraction(value.value) / THIRD - 1)
    if error <= Fraction(2, 100):
        return
    said = f"Your format stores 1/3 as {float(value):.4g}, which is {float(error):.1%} off. "
    if value.kind == "normal":
        raise Wrong(f"{said}Its fraction has {mine.fraction_bits} bits: how many does 2 % need?")
    raise Wrong(f"{said}There it is {value.kind}, so it lacks digits: 1/3 must lie among the normal numbers.")


def _remedy(mine: FloatFormat) -> str:
    if mine.infinities:
        return "Its highest codes are infinity and NaN: which of them can you do without?"
    return "Its bias moves the whole range: a smaller one moves it up, but 1/3 must stay normal."
