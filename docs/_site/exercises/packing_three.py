"""Eight 3-bit codes in three bytes."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def pack3(codes):
    """Return three bytes for each eight codes from 0 to 7."""
    eights = codes.reshape(-1, 8).astype(np.uint32)
    return eights.astype(np.uint8).reshape(-1)[: codes.size * 3 // 8]

print(pack3(np.array([1, 2, 3, 4, 5, 6, 7, 0], dtype=np.uint8)))
'''

ANSWER = '''\
import numpy as np

def pack3(codes):
    """Return three bytes for each eight codes from 0 to 7."""
    eights = codes.reshape(-1, 8).astype(np.uint32)
    moved = eights << np.arange(0, 24, 3, dtype=np.uint32)
    number = moved.sum(axis=1, dtype=np.uint32)[:, None]
    places = np.array([0, 8, 16], dtype=np.uint32)
    return (number >> places & 255).astype(np.uint8).reshape(-1)
'''


def check(names: Names) -> Iterator[str]:
    """One code at a time, all together, and many."""
    for place in range(8):
        codes = np.zeros(8, np.uint8)
        codes[place] = 7
        _same(names, codes, f"With a 7 as code number {place} and zeros else")
    yield "Each code has its three bits."
    _same(names, np.array([1, 2, 3, 4, 5, 6, 7, 0], np.uint8), "For the codes 1 to 7 and 0")
    yield "Eight codes go together."
    _same(names, np.random.default_rng(0).integers(0, 8, 800, dtype=np.uint8), "For 800 random codes")
    yield "Eight hundred codes are 300 bytes."


def _packed(codes: np.ndarray) -> np.ndarray:
    bits = codes[:, np.newaxis] >> np.arange(3) & 1
    return np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little")


def _same(names: Names, codes: np.ndarray, when: str) -> None:
    got = function(names, "pack3(codes)")(codes.copy())
    array = numbers(got, (codes.size * 3 // 8,), "pack3(codes)")
    if np.asarray(got).dtype != np.uint8:
        raise Wrong(f"`pack3(codes)` is of type {np.asarray(got).dtype}: expected uint8.")
    wanted = _packed(codes)
    if np.array_equal(array, wanted):
        return
    turned = wanted.reshape(-1, 3)[:, ::-1].reshape(-1)
    first = _packed(codes.reshape(-1, 8)[:, ::-1].reshape(-1))
    recognize(
        array,
        {
            "Your highest byte comes first: the lowest byte of the 24-bit number must.": turned,
            "Your first code takes the highest bits: it must take the lowest three.": first,
            "Your first code takes the highest bits, and the highest byte comes first: turn both around.": (
                first.reshape(-1, 3)[:, ::-1].reshape(-1)
            ),
        },
    )
    place = int(np.flatnonzero(array != wanted)[0])
    raise Wrong(f"{when} byte {place} is {int(array[place]):08b}, expected {int(wanted[place]):08b}.")
