"""Decode two 4-bit numbers at a time from a table with an entry for each byte."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, calls, function, number, numbers
from reference.numbers.formats import FLOAT4_E2M1FN
from reference.numbers.lookup import from_codes

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.numbers.formats import FLOAT4_E2M1FN
from reference.numbers.lookup import from_codes

table = np.zeros((256, 2), dtype=np.float32)  # for each byte its two numbers

def unpack(packed):
    """Return the numbers of an array of bytes, the low 4 bits of each byte first."""
    return table[packed].reshape(-1)

print(unpack(np.array([0x21, 0xF0], dtype=np.uint8)))  # 0.5 1 0 -6

# A table for two bytes at a time: how many kilobytes (of 1024) with float32?
kilobytes = None
'''

ANSWER = '''\
import numpy as np
from reference.numbers.formats import FLOAT4_E2M1FN
from reference.numbers.lookup import from_codes

byte = np.arange(256, dtype=np.uint8)
both = np.stack([byte & 15, byte >> 4], axis=1)
table = from_codes(both, FLOAT4_E2M1FN)  # for each byte its two numbers

def unpack(packed):
    """Return the numbers of an array of bytes, the low 4 bits of each byte first."""
    return table[packed].reshape(-1)

kilobytes = 2**16 * 4 * 4 // 1024  # entries, numbers in each, bytes of a float32
'''


def check(names: Names) -> Iterator[str]:
    """One number, its neighbor, every byte, any length, the table alone, then the number."""
    unpack = function(names, "unpack(packed)")
    _first(unpack)
    yield "It finds both numbers of a byte, the low 4 bits first."
    _every(unpack)
    yield "It does so for all bytes, also with −0, and for none."
    found = calls(names, "from_codes", lambda: unpack(np.arange(256, dtype=np.uint8)))
    if found:
        raise Wrong("The numbers are right, but `unpack` itself calls `from_codes`: fill the table once, before.")
    yield "It looks up and computes nothing."
    _kilobytes(number(names, "kilobytes"))
    yield "You know what the larger table would cost."


def _of(unpack: Callable[..., Any], packed: list[int]) -> np.ndarray:
    array = np.array(packed, dtype=np.uint8)
    return numbers(unpack(array.copy()), (2 * array.size,), f"unpack of {array.size} bytes")


def _first(unpack: Callable[..., Any]) -> None:
    got = _of(unpack, [0x21])
    if not got.any():
        raise Wrong("`unpack([0x21])` is 0 and 0: the table is still empty.")
    if got.tolist() == [1, 0.5]:
        raise Wrong("`unpack([0x21])` is 1 and 0.5: the low 4 bits, here 1, come first.")
    if got.tolist() == [1, 2]:
        raise Wrong("`unpack([0x21])` is 1 and 2: those are the codes. The numbers of E2M1 are 0.5 and 1.")
    if got.tolist() != [0.5, 1]:
        raise Wrong(f"`unpack([0x21])` is {got.tolist()}: expected 0.5, code 1, and then 1, code 2.")


def _every(unpack: Callable[..., Any]) -> None:
    packed = np.arange(256)
    got = _of(unpack, packed.tolist()).reshape(-1, 2)
    right = np.stack([from_codes(packed % 16, FLOAT4_E2M1FN), from_codes(packed // 16, FLOAT4_E2M1FN)], axis=1)
    wrong = np.flatnonzero((got != right).any(axis=1))
    if wrong.size:
        byte = int(wrong[0])
        seen = f"For the byte 0x{byte:02X} your numbers are {got[byte].tolist()}"
        raise Wrong(f"{seen}, expected {right[byte].tolist()}.")
    if (np.signbit(got) != np.signbit(right)).any():
        raise Wrong("All numbers are right but for a sign: the code 8 is −0, and the table should keep that.")
    _of(unpack, [])


def _kilobytes(got: float) -> None:
    if got == 2**16 * 4 * 4:
        raise Wrong("`kilobytes` is in bytes: divide by 1024.")
    if got in (256, 64):
        raise Wrong(f"`kilobytes` is {got:g}: an entry holds the numbers of two bytes, four of them, of 4 bytes each.")
    if got != 1024:
        raise Wrong(f"`kilobytes` is {got:g}: count the entries for 16 bits, the numbers in an entry, and their bytes.")
