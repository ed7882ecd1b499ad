"""Float32 to bfloat16 by integer operations on the bits: nearest, ties to even, NaN kept."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.numbers import BFLOAT16
from reference.numbers.lookup import to_codes

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def to_bfloat16(x):
    """Return the uint16 codes of the nearest bfloat16 numbers for float32 x."""
    u = x.view(np.uint32)
    return (u >> 16).astype(np.uint16)  # your code here

x = np.array([1.0, 1.005, -1.005, np.inf], dtype=np.float32)
print([hex(code) for code in to_bfloat16(x)])
'''

ANSWER = '''\
import numpy as np

def to_bfloat16(x):
    """Return the uint16 codes of the nearest bfloat16 numbers for float32 x."""
    u = x.view(np.uint32)
    last = (u >> 16) & 1
    codes = (u + 0x7FFF + last) >> 16
    return np.where(np.isnan(x), 0x7FC0, codes).astype(np.uint16)

x = np.array([1.0, 1.005, -1.005, np.inf], dtype=np.float32)
print([hex(code) for code in to_bfloat16(x)])
'''

CALL = "to_bfloat16(x)"


def check(names: Names) -> Iterator[str]:
    """Look at exact numbers, at numbers near one of two neighbors, at ties, at both ends, and at NaN."""
    _codes(names, np.arange(0, 0x7F80, 37) << 16, "what bfloat16 has must stay as it is")
    yield "A number that bfloat16 has stays as it is."
    _near(names)
    yield "The nearer neighbor is taken, on both sides of zero."
    _ties(names)
    yield "A tie goes to the code whose last bit is 0."
    _ends(names)
    yield "Too large becomes infinity, and the smallest numbers come out right."
    _nan(names)
    yield "NaN stays NaN, whatever its bits."


def _of(names: Names, bits: np.ndarray) -> np.ndarray:
    x = bits.astype(np.uint32).view(np.float32)
    found = numbers(function(names, CALL)(x.copy()), x.shape, f"{CALL} for x of shape {x.shape}")
    if found.dtype.kind == "f":
        raise Wrong(f"`{CALL}` gives {found.dtype}: expected the codes, integers of 16 bits.")
    if found.size and (found.min() < 0 or found.max() > 0xFFFF):
        raise Wrong(f"`{CALL}` gives {int(found.max()):#x}: a code has 16 bits, so shift the upper half down.")
    return found.astype(np.uint16)


def _codes(names: Names, bits: np.ndarray, said: str) -> None:
    found, true = _of(names, bits), to_codes(bits.astype(np.uint32).view(np.float32), BFLOAT16)
    wrong = np.flatnonzero(found != true)
    if wrong.size:
        at = wrong[0]
        seen = f"The float32 with the bits {int(bits[at]):#010x} becomes {int(found[at]):#06x}"
        raise Wrong(f"{seen}, expected {int(true[at]):#06x}: {said}.")


def _near(names: Names) -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0x00800000, 0x7F000000, 400)
    bits = np.append(bits[(bits & 0xFFFF) != 0x8000], bits | 0x80000000)
    bits = bits[(bits & 0xFFFF) != 0x8000]
    found, true = _of(names, bits), to_codes(bits.astype(np.uint32).view(np.float32), BFLOAT16)
    if (found == bits >> 16).all():
        raise Wrong(
            "You cut the lower half off, which rounds toward zero: 1.005 becomes 1, and its nearest is 1.0078125."
        )
    if (found == (bits + 0xFFFF) >> 16).all():
        raise Wrong("Whatever is not exact goes up: adding 0xFFFF rounds away from zero. Add about half of that.")
    if (found[bits < 0x80000000] == true[bits < 0x80000000]).all() and (found != true).any():
        raise Wrong(
            "Right for positive numbers, wrong below zero: the sign bit is no part of the size, so leave it be."
        )
    _codes(names, bits, "take the nearer of the two codes around it")


def _ties(names: Names) -> None:
    upper = np.arange(0x3F80, 0x3FA0)
    found, even = _of(names, (upper << 16) | 0x8000), upper + (upper & 1)
    if (found == upper + 1).all():
        raise Wrong("Every tie goes up: adding 0x8000 does that. Where the last bit that stays is 0, add one less.")
    if (found == upper).all():
        raise Wrong("Every tie goes down: adding 0x7FFF does that. Where the last bit that stays is 1, add one more.")
    if (found == upper + 1 - (upper & 1)).all():
        raise Wrong("Every tie goes to the odd code: you look at the right bit, but with the wrong sign.")
    if (found != even).any():
        raise Wrong("Some ties do not go to the even code: the bit that decides is bit 16, `(u >> 16) & 1`.")


def _ends(names: Names) -> None:
    _codes(
        names, np.array([0x7F7FFFFF, 0x7F7F8000, 0x7F7F7FFF]), "beyond the largest number and half an ulp is infinity"
    )
    _codes(names, np.array([0x7F800000, 0xFF800000]), "infinity stays infinity")
    _codes(names, np.array([0x00000001, 0x00008001, 0x80008000, 0x80000000]), "subnormal numbers round like the others")


def _nan(names: Names) -> None:
    bits = np.array([0x7FC00000, 0x7F800001, 0x7FFFFFFF, 0xFFFFFFFF, 0xFF800001])
    found = _of(names, bits)
    for bit, code in zip(bits, found, strict=True):
        seen, field = f"The NaN with the bits {int(bit):#010x} becomes {int(code):#06x}", int(code) & 0x7FFF
        if field == 0x7F80:
            raise Wrong(f"{seen}, which is infinity: its ones were cut off.")
        if field < 0x7F80:
            raise Wrong(f"{seen}, a number: the sum ran over into the sign.")
