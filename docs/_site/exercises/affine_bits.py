"""The smallest number of bits for a given error."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def bits_needed(limit, tolerance):
    """Return the smallest number of bits whose largest error is at most tolerance."""
    return 8

print(bits_needed(1.0, 0.004))
'''

ANSWER = '''\
import numpy as np

def bits_needed(limit, tolerance):
    """Return the smallest number of bits whose largest error is at most tolerance."""
    bits = 2
    while limit / (2 ** (bits - 1) - 1) / 2 > tolerance:
        bits += 1
    return bits
'''


def check(names: Names) -> Iterator[str]:
    """The case of 8 bits, its border, small and large numbers."""
    _same(names, 1.0, 0.004)
    yield "Eight bits are enough for 0.004 of 1."
    for bits in range(2, 17):
        step = 1.0 / (2 ** (bits - 1) - 1)
        for tolerance in (0.49 * step, 0.51 * step):
            _same(names, 1.0, tolerance)
    yield "From 2 to 17 bits the borders are right."
    for limit in (1e-3, 0.3, 7.0, 448.0):
        for part in (0.4, 0.1, 0.011, 1e-4):
            _same(names, limit, limit * part)
    yield "It depends on the ratio of limit and tolerance alone."


def _needed(limit: float, tolerance: float, share: float = 0.5) -> int:
    return next(bits for bits in range(2, 60) if share * limit / (2 ** (bits - 1) - 1) <= tolerance)


def _same(names: Names, limit: float, tolerance: float) -> None:
    call = f"bits_needed({limit:g}, {tolerance:.4g})"
    got = float(numbers(function(names, "bits_needed(limit, tolerance)")(limit, tolerance), (), call))
    wanted = _needed(limit, tolerance)
    if got == wanted:
        return
    if got != np.floor(got):
        raise Wrong(f"`{call}` is {got:g}: bits are whole, so round up.")
    if got == _needed(limit, tolerance, 1.0):
        raise Wrong(f"`{call}` is {got:g}, expected {wanted}: the largest error is half a step, not a whole one.")
    said = "too few: the error would be larger" if got < wanted else "one bit less would do"
    raise Wrong(f"`{call}` is {got:g}, expected {wanted}: {said}. There are $2^{{b-1}} - 1$ steps from 0 to the limit.")
