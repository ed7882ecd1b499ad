"""Write an L2 norm whose squares neither overflow nor vanish."""

import math
from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def length(x):
    """Return the L2 norm of a row of float64 numbers."""
    return np.sqrt(np.sum(x * x))  # your code here

with np.errstate(over="ignore"):
    for size in (1.0, 1e200, 1e-200):
        print(length(size * np.array([3.0, -4.0])))

k = None  # the smallest whole k for which the square of np.float32(2.0**k) is infinite
'''

ANSWER = '''\
import numpy as np

def length(x):
    """Return the L2 norm of a row of float64 numbers."""
    largest = np.max(np.abs(x))
    if largest == 0 or np.isinf(largest):
        return largest
    return largest * np.sqrt(np.sum((x / largest) ** 2))

for size in (1.0, 1e200, 1e-200):
    print(length(size * np.array([3.0, -4.0])))

k = 64  # the square is 2**128, and the largest power of two in a float32 is 2**127
'''

CALL = "length(x)"


def check(names: Names) -> Iterator[str]:
    """Plain rows, large and small ones, zeros, infinities and NaN, then the number."""
    rng = np.random.default_rng(0)
    _rows(names, [np.array([3.0, -4.0]), *rng.normal(size=(20, 5))], "")
    yield "Rows of ordinary numbers have the right length."
    _rows(names, list(1e200 * rng.normal(size=(5, 4))), " Their squares overflow: divide by the largest first.")
    yield "So have rows of 1e200, whose squares overflow."
    _rows(names, list(1e-200 * rng.normal(size=(5, 4))), " Their squares vanish: divide by the largest first.")
    yield "So have rows of 1e-200, whose squares vanish."
    _rows(names, [np.array([1e200, 1.0, -1e-200])], " Sizes far apart in one row: scale by the largest of them.")
    _corners(names)
    yield "Zeros have length 0, an infinity makes it infinite, and NaN makes it NaN."
    _k(number(names, "k"))
    yield "You know where a square leaves float32."


def _of(names: Names, x: np.ndarray) -> float:
    return float(numbers(function(names, CALL)(x.copy()), (), CALL))


def _rows(names: Names, rows: list[np.ndarray], hint: str) -> None:
    for x in rows:
        found, true = _of(names, x), math.hypot(*x)
        if abs(found - true) <= 1e-12 * true:
            continue
        shown = ", ".join(f"{v:.4g}" for v in x)
        if found == np.sum(np.abs(x)):
            raise Wrong(f"For [{shown}] you get {found:.6g}: that is the L1 norm, the sum of the sizes.")
        if not hint and abs(found - true**2) <= 1e-9 * true**2:
            raise Wrong(f"For [{shown}] you get {found:.6g}, the sum of squares: the root is missing.")
        if not hint and abs(found - true / np.max(np.abs(x))) <= 1e-9:
            raise Wrong(f"For [{shown}] you get {found:.6g}: multiply by the largest again, in the end.")
        raise Wrong(f"For [{shown}] you get {found:.6g}, the length is {true:.13g}.{hint}")


def _corners(names: Names) -> None:
    found = _of(names, np.zeros(3))
    if found != 0:
        raise Wrong(f"The length of three zeros is {found}: expected 0. 0 / 0 is NaN, so do not divide there.")
    for row in ([1.0, np.inf], [-np.inf, np.inf, 0.0]):
        if _of(names, np.array(row)) != np.inf:
            raise Wrong(f"The length of {row} is {_of(names, np.array(row))}: expected inf. inf / inf is NaN.")
    found = _of(names, np.array([0.0, np.nan]))
    if not np.isnan(found):
        raise Wrong(f"The length of [0, NaN] is {found}: expected NaN, nobody knows how long it is.")


def _k(got: float) -> None:
    typical = {
        128.0: "`k` is 128: 2**128 itself is no float32 any more. Its square overflows long before.",
        63.0: "`k` is 63: the square is 2**126, which a float32 still holds.",
        65.0: "`k` is 65: already the square before it overflows.",
        512.0: "`k` is 512, the answer for float64.",
    }
    if got != 64:
        raise Wrong(
            typical.get(got, f"`k` is {got:g}: squaring doubles the exponent. Which is the largest in float32?")
        )
