"""A cast from float32 to int8 that rounds, clips and has an answer for NaN."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def to_int8(x):
    """Return int8 for x: float32, rounded, kept in the range, and 0 for NaN."""
    return x.astype(np.int8)  # wraps, cuts off, and worse

print(to_int8(np.array([1.5, -2.5, 100.7], dtype=np.float32)))
'''

ANSWER = '''\
import numpy as np

def to_int8(x):
    """Return int8 for x: float32, rounded, kept in the range, and 0 for NaN."""
    rounded = np.where(np.isnan(x), 0, np.clip(np.rint(x), -128, 127))
    return rounded.astype(np.int8)
'''


def check(names: Names) -> Iterator[str]:
    """Inside the range, half-way, beyond it, NaN, and the shape."""
    _same(names, [0.0, 1.2, -3.3, 99.6, -0.4, 126.8], "Inside the range it must round to the nearest integer.")
    yield "It rounds to the nearest integer."
    halves = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5]
    _same(names, halves, "From half-way it must go to the even integer: `np.rint` does so, adding 0.5 does not.")
    yield "From half-way it goes to the even integer."
    _same(names, [127.4, 127.5, 128.0, 300.0, 1e20, np.inf], "What is too large must become 127: clip before the cast.")
    low = [-127.4, -128.4, -129.0, -300.0, -1e20, -np.inf]
    _same(names, low, "What is too small must become −128: clip before the cast, and do not forget −128 itself.")
    yield "It keeps what is out of range, and infinities, at the nearer end."
    _same(names, [np.nan, 1.0, np.nan], "NaN must become 0: `np.clip` lets it through.")
    yield "It turns NaN into 0."
    for shape in ((), (0,), (2, 3)):
        _call(names, np.full(shape, 2.6, dtype=np.float32))
    yield "It takes a number, an empty array and a matrix."


def _expected(x: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(x), 0, np.clip(np.rint(x), -128, 127)).astype(np.int8)


def _call(names: Names, x: np.ndarray) -> np.ndarray:
    given = x.copy()
    with np.errstate(all="ignore"):
        got = function(names, "to_int8(x)")(given)
    if got is None:
        raise Wrong("`to_int8(x)` returns None: does your function end with a `return`?")
    array = np.asarray(got)
    if array.dtype != np.int8:
        raise Wrong(f"`to_int8(x)` is of type {array.dtype}: expected int8.")
    if array.shape != x.shape:
        raise Wrong(f"`to_int8(x)` has shape {array.shape} for x of shape {x.shape}: expected the same.")
    if not np.array_equal(given, x, equal_nan=True):
        raise Wrong("Your function changes the array that it is given: work on a copy.")
    return array


def _same(names: Names, numbers: list[float], said: str) -> None:
    x = np.array(numbers, dtype=np.float32)
    got, wanted = _call(names, x), _expected(x)
    wrong = np.flatnonzero(got != wanted)
    if wrong.size:
        place = int(wrong[0])
        raise Wrong(f"`to_int8` makes {got[place]} of {x[place]:g}, expected {wanted[place]}. {said}")
