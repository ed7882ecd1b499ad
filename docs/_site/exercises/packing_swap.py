"""Exchange the two halves of every byte."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def swap(packed):
    """Return the bytes with their two 4-bit halves exchanged."""
    return packed

print(swap(np.array([0x12, 0xF0], dtype=np.uint8)))
'''

ANSWER = '''\
import numpy as np

def swap(packed):
    """Return the bytes with their two 4-bit halves exchanged."""
    return packed << 4 | packed >> 4
'''


def check(names: Names) -> Iterator[str]:
    """All bytes, twice, and a matrix."""
    every = np.arange(256, dtype=np.uint8)
    got = _call(names, every)
    mistakes = {
        "Your code returns the bytes as they were.": every,
        "Your code only moves the low halves up: the high ones must come down, too.": every << 4,
        "Your code only moves the high halves down: the low ones must go up, too.": every >> 4,
        "Your code turns the order of all eight bits around: within a half they must stay in order.": np.array(
            [int(f"{byte:08b}"[::-1], 2) for byte in range(256)]
        ),
        "Your code inverts the bits: exchange the halves, and change no bit.": 255 - every,
        "Your code exchanges neighboring bytes: exchange the halves of each byte.": every.reshape(-1, 2)[
            :, ::-1
        ].ravel(),
    }
    wanted = every << 4 | every >> 4
    if not np.array_equal(got, wanted):
        recognize(got, mistakes)
        place = int(np.flatnonzero(got != wanted)[0])
        raise Wrong(f"Your code makes {int(got[place]):#04x} of {place:#04x}, expected {int(wanted[place]):#04x}.")
    yield "All 256 bytes are right."
    if not np.array_equal(_call(names, _call(names, every)), every):
        raise Wrong("Done twice, it must give the bytes back.")
    yield "Done twice, it gives them back."
    _call(names, every.reshape(16, 16))
    yield "It takes a matrix."


def _call(names: Names, packed: np.ndarray) -> np.ndarray:
    given = packed.copy()
    got = function(names, "swap(packed)")(given)
    array = numbers(got, packed.shape, "swap(packed)")
    if np.asarray(got).dtype != np.uint8:
        raise Wrong(f"`swap(packed)` is of type {np.asarray(got).dtype}: expected uint8, as it came.")
    if not np.array_equal(given, packed):
        raise Wrong("Your function changes the array that it is given: return a new one.")
    return array
