"""An integer product of codes that have a zero point, corrected after the sum."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def matmul(q, z, s, r, t):
    """Return the product of (q - z) * s and r * t; q is uint8, r is int8, z, s, t are
    numbers. Multiply the codes as they are, in int32, and correct by z afterwards."""
    total = np.matmul(q, r, dtype=np.int32)
    return total * (s * t)  # your code here: correct the total

q, r = np.array([[10, 20]], dtype=np.uint8), np.array([[1], [-3]], dtype=np.int8)
print(matmul(q, 10, 0.5, r, 0.1))
'''

ANSWER = '''\
import numpy as np

def matmul(q, z, s, r, t):
    """Return the product of (q - z) * s and r * t; q is uint8, r is int8, z, s, t are
    numbers. Multiply the codes as they are, in int32, and correct by z afterwards."""
    total = np.matmul(q, r, dtype=np.int32)
    total -= z * r.sum(axis=0, dtype=np.int32)
    return total * (s * t)

q, r = np.array([[10, 20]], dtype=np.uint8), np.array([[1], [-3]], dtype=np.int8)
print(matmul(q, 10, 0.5, r, 0.1))
'''

CALL = "matmul(q, z, s, r, t)"


def check(names: Names) -> Iterator[str]:
    """Without a zero point, with one, over many terms, and with scales."""
    rng = np.random.default_rng(0)
    q, r = rng.integers(0, 9, size=(3, 4)).astype(np.uint8), rng.integers(-9, 9, size=(4, 2)).astype(np.int8)
    _look(names, q, 0, 1.0, r, 1.0, "a zero point of 0")
    yield "With a zero point of 0 it is the product of the codes."
    _look(names, q, 3, 1.0, r, 1.0, "a zero point of 3")
    yield "A zero point is taken out of the sum."
    q, r = rng.integers(0, 256, size=(5, 700)).astype(np.uint8), rng.integers(-127, 128, size=(700, 6)).astype(np.int8)
    _look(names, q, 128, 1.0, r, 1.0, "700 terms of large codes")
    yield "Long sums of large codes do not wrap."
    _look(names, q, 200, 0.25, r, 0.5, "scales of 0.25 and 0.5")
    yield "Both scales stand before the sum."


def _look(names: Names, q: np.ndarray, z: int, s: float, r: np.ndarray, t: float, case: str) -> None:
    given = q.copy(), r.copy()
    with np.errstate(all="ignore"):
        found = numbers(function(names, CALL)(*given[:1], z, s, given[1], t), (len(q), r.shape[1]), CALL)
    if not (np.array_equal(given[0], q) and np.array_equal(given[1], r)):
        raise Wrong(f"For {case}: your function changes the codes that it is given. Work on the total.")
    wide, other = q.astype(np.int64), r.astype(np.int64)
    scale, total, low = s * t, wide @ other, other.sum(axis=0)
    if np.allclose(found, (total - z * low) * scale, rtol=1e-5, atol=1e-6):
        return
    recognize(
        found,
        {
            f"For {case}: the zero point is still in the sum.": total * scale,
            f"For {case}: you take z away once, and it is in every one of the {q.shape[1]} terms.": (total - z) * scale,
            f"For {case}: z counts once for each term, but each term multiplies it by its r.": (
                (total - z * q.shape[1]) * scale
            ),
            f"For {case}: you add what has to be taken away.": (total + z * low) * scale,
            f"For {case}: the sum of r must run down each column: one number for each output.": (
                (total - z * other.sum()) * scale
            ),
            f"For {case}: a scale is missing: both numbers have one.": (total - z * low) * s,
            f"For {case}: the scales are missing.": total - z * low,
            f"For {case}: the sum wraps in 16 bits: ask `np.matmul` for `dtype=np.int32`.": (
                (np.matmul(q, r) - z * low) * scale
            ),
        },
    )
    row, column = (int(place[0]) for place in np.nonzero(~np.isclose(found, (total - z * low) * scale)))
    wanted = float((total - z * low)[row, column] * scale)
    raise Wrong(f"For {case}: output {column} of row {row} is {found[row, column]:.6g}, expected {wanted:.6g}.")
