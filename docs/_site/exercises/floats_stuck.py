"""The smallest x with x + 1 == x in any format, and the first whole number that float32 lacks."""

from collections.abc import Iterator
from fractions import Fraction

from docs._site.exercises.check import Names, Wrong, function, number, numbers
from reference.numbers import (
    BFLOAT16,
    FLOAT8_E4M3FN,
    FLOAT8_E5M2,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FloatFormat,
    decode,
    encode,
)

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
from fractions import Fraction
import numpy as np
from reference.numbers import FLOAT16, FLOAT32, decode, encode

def stuck(form):
    """Return the smallest positive x of a format with x + 1 == x, when the
    sum is rounded to the format."""
    x = Fraction(1)
    return x  # your code here

print(stuck(FLOAT16))

missing = None  # the smallest positive whole n with np.float32(n) != n
'''

ANSWER = '''\
from fractions import Fraction
import numpy as np
from reference.numbers import FLOAT16, FLOAT32, decode, encode

def stuck(form):
    """Return the smallest positive x of a format with x + 1 == x, when the
    sum is rounded to the format."""
    x = Fraction(1)
    while decode(encode(x + 1, form), form).value != x:
        x *= 2  # steps change at powers of two alone
    return x

print(stuck(FLOAT16))

missing = int(stuck(FLOAT32)) + 1
print(missing, int(np.float32(missing)))
'''

MINE = FloatFormat("mine", exponent_bits=4, fraction_bits=2)
KNOWN = [FLOAT16, BFLOAT16, FLOAT8_E4M3FN, FLOAT8_E5M2, FLOAT32, FLOAT64, MINE]


def check(names: Names) -> Iterator[str]:
    """Look at float16 with its typical mistakes, at other formats, and at the number."""
    _one(names, FLOAT16)
    yield "In float16 it is 2,048: the sum is a tie, and 2,048 is even."
    for form in KNOWN[1:]:
        _one(names, form)
    yield "It is right for bfloat16, both FP8 formats, float32, float64 and a format that nobody uses."
    _missing(number(names, "missing"))
    yield "You know the first whole number that no float32 holds."


def _true(form: FloatFormat) -> int:
    return int(2 ** (form.fraction_bits + 1))


def _one(names: Names, form: FloatFormat) -> None:
    call = f"stuck({form.name})"
    returned = function(names, "stuck(form)")(form)
    found = returned if isinstance(returned, int | Fraction) else Fraction(float(numbers(returned, (), call)))
    true = _true(form)
    if found == true:
        return
    said = f"`{call}` is {float(found):.10g}"
    if found <= 0:
        raise Wrong(f"{said}: expected a positive number.")
    if decode(encode(found, form), form).value != found:
        raise Wrong(f"{said}, and that is no number of the format: only its own numbers count.")
    after = decode(encode(found + 1, form), form).value
    if after != found:
        more = " There the steps are still 1, so the sum is a number of the format." if 2 * found == true else ""
        raise Wrong(f"{said}, but plus 1 it is {float(after):.10g}.{more}")
    if found == 2 * true:
        raise Wrong(f"{said}. One binade earlier the sum is a tie already, and a tie goes to the even neighbor.")
    raise Wrong(f"{said}: there plus 1 changes nothing, but at a smaller number neither.")


def _missing(found: float) -> None:
    first = _true(FLOAT32) + 1
    if found == first:
        return
    if found == _true(FLOAT32):
        raise Wrong(f"`missing` is {found:.0f}, which is a power of two and a float32. Is the next one?")
    if found == first + 1:
        raise Wrong(f"`missing` is {found:.0f}, which is even, and at that size the steps are 2: a float32 has it.")
    if found != round(found) or found < 1:
        raise Wrong(f"`missing` is {found:g}: expected a positive whole number.")
    if decode(encode(int(found), FLOAT32), FLOAT32).value == int(found):
        raise Wrong(f"`missing` is {found:.0f}, which is a float32.")
    raise Wrong(f"`missing` is {found:.0f}: no float32 has it, but a smaller one is missing too.")
