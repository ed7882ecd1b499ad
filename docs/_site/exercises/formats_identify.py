"""Find an IEEE format from its largest and its smallest positive number."""

from collections.abc import Iterator

from docs._site.exercises.check import Names, Wrong, function
from reference.numbers import BFLOAT16, FLOAT8_E3M4, FLOAT8_E5M2, FLOAT16, FLOAT32, FLOAT64, TF32, FloatFormat

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import math
import numpy as np

def identify(largest, smallest):
    """Return (exponent_bits, fraction_bits) of the format with these two."""
    return 5, 10

info = np.finfo(np.float32)
print(identify(float(info.max), float(info.smallest_subnormal)))  # (8, 23)
'''

ANSWER = '''\
import math
import numpy as np

def identify(largest, smallest):
    """Return (exponent_bits, fraction_bits) of the format with these two."""
    bias = math.frexp(largest)[1] - 1  # frexp gives 1/2 to 1, and an exponent
    exponent_bits = (bias + 1).bit_length()
    return exponent_bits, 1 - bias - (math.frexp(smallest)[1] - 1)

info = np.finfo(np.float32)
print(identify(float(info.max), float(info.smallest_subnormal)))  # (8, 23)
'''


def check(names: Names) -> Iterator[str]:
    """A known one, the other known ones, and then all that a float64 can describe."""
    _one(names, FLOAT16)
    yield "It knows float16."
    for format in (FLOAT32, BFLOAT16, TF32):
        _one(names, format)
    yield "It tells float32, bfloat16 and TF32 apart."
    for format in (FLOAT8_E5M2, FLOAT8_E3M4, FLOAT64):
        _one(names, format)
    yield "It knows two formats of 8 bits, and float64."
    for exponent_bits in range(2, 11):
        for fraction_bits in range(1, 40):
            _one(names, FloatFormat(f"E{exponent_bits}M{fraction_bits}", exponent_bits, fraction_bits))
    yield "It knows every split of up to ten exponent and 39 fraction bits."


def _one(names: Names, format: FloatFormat) -> None:
    largest, smallest = float(format.max), float(format.smallest_subnormal)
    call = f"identify({largest:.6g}, {smallest:.6g})"
    try:
        exponent_bits, fraction_bits = function(names, "identify(largest, smallest)")(largest, smallest)
    except (TypeError, ValueError) as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
            raise  # it comes from the reader's code
        raise Wrong(f"`{call}` must return two numbers, the widths of exponent and fraction.") from None
    wanted = format.exponent_bits, format.fraction_bits
    got = exponent_bits, fraction_bits
    if got == wanted:
        return
    said = f"`{call}` returns {tuple(map(_plain, got))}, expected {wanted} ({format.name})."
    if got == wanted[::-1]:
        raise Wrong(f"{said} The exponent comes first.")
    if exponent_bits == wanted[0] + 1 or exponent_bits == wanted[0] - 1:
        raise Wrong(f"{said} For e exponent bits the bias is 2^(e − 1) − 1, one less than a power of two.")
    if exponent_bits == wanted[0] and fraction_bits == wanted[1] - 1:
        raise Wrong(f"{said} One bit is missing: the exponent of subnormal numbers is 1 − bias.")
    raise Wrong(f"{said} Does every step work without rounding, and is the bias taken from the octave of the largest?")


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value
