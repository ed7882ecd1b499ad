r"""Errors in ulp, and the sum that goes wrong: five ways to add, and how far each is from the exact sum.

A single addition is rounded correctly, by at most half an ulp. A sum of n numbers is n - 1 additions, each of which is
rounded at the size that the sum has *by then*: what is small next to it loses its last bits, or all of them.

| way | bound of the error, relative to the sum of all abs(x) |
|---|---|
| `naive_sum`, one after the other | (n - 1) u |
| `pairwise_sum`, halves first | ceil(log2(n)) u |
| `kahan_sum`, with a second number that keeps what was lost | 2 u |
| `neumaier_sum`, which keeps it for large numbers too | n^2 u^2, and u relative to the sum itself |
| `math.fsum` | rounded once: half an ulp of the sum itself |

Notation: u is half the distance from 1 to the next number, `eps / 2`. Bounds leave out terms of n u^2.

Explained on the page `docs/numbers/sums.md`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.numbers.formats import FloatFormat
from reference.numbers.lookup import round_to, to_codes
from reference.numbers.rounding import Floats, format_of, ulp

__all__ = ["kahan_sum", "naive_sum", "neumaier_sum", "pairwise_sum", "spacing", "sum_error", "ulp_distance"]


def spacing(x: ArrayLike, format: FloatFormat) -> NDArray[np.float64]:
    """Return the distance from the number of a format that x rounds to, to the next one away from zero.

    It is `ulp` of the rounded number, so the two differ where x rounds up to a power of two. For float32 and float64 it
    is the absolute value of `numpy.spacing`.

    Args:
        x: (...), float32 or float64.
        format: The format.

    Returns:
        (...), float64. At the largest number it is the distance that the next one would have.

    Hard cases: 0 gives the smallest positive number; what rounds to infinity or NaN gives NaN.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import BFLOAT16, FLOAT32, spacing
        >>> print(spacing(np.array([255.0, 255.9, 256.0]), BFLOAT16), spacing(np.array([2.0**24]), FLOAT32))
        [1. 2. 2.] [2.]
    """
    return ulp(round_to(x, format), format)


def ulp_distance(a: ArrayLike, b: ArrayLike, *, format: FloatFormat | None = None) -> Any:
    """Return how many steps from number to number lead from a to b: 0 for equal numbers, 1 for neighbors.

    Codes are in the order of the numbers, so this is a subtraction: of the magnitudes where the signs are equal, and a
    sum of the magnitudes where zero lies between.

    Args:
        a: (...), float32 or float64.
        b: (...), of the same type.
        format: The format whose numbers are counted, after rounding a and b to it; that of the arrays unless given.

    Returns:
        (...), float64, which is exact up to 2**53.

    Raises:
        TypeError: If a and b are not both float32 or both float64.
        ValueError: If the format has no zero.

    Hard cases: 0.0 and -0.0 are 0 apart. Infinity is one step from the largest number. A NaN, or what becomes NaN in
    the format, is NaN steps from anything, also from NaN.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT8_E4M3FN, ulp_distance
        >>> print(ulp_distance(np.float64(0.1) + np.float64(0.2), np.float64(0.3)))
        1.0
        >>> print(ulp_distance(np.array([0.0, -0.5]), np.array([1.0, -1.0]), format=FLOAT8_E4M3FN))
        [56.  8.]
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype != b.dtype:
        raise TypeError(f"a and b must be of one type, got {a.dtype} and {b.dtype}; convert one of them")
    chosen = format or format_of(a.dtype)
    if not chosen.subnormals:
        raise ValueError(f"{chosen.name} has no zero to count from; subtract the codes")
    (low, minus), (high, other) = _signed(a, chosen), _signed(b, chosen)
    apart = np.where(minus == other, np.maximum(low, high) - np.minimum(low, high), low + high)
    return np.where(_is_nan(a, chosen) | _is_nan(b, chosen), np.nan, apart)[()]


def _signed(x: Floats, format: FloatFormat) -> tuple[Any, Any]:
    codes = to_codes(x, format).astype(np.uint64)
    return codes & np.uint64(format.magnitudes - 1), codes >= format.magnitudes


def _is_nan(x: Floats, format: FloatFormat) -> Any:
    return np.isnan(round_to(x, format))


def naive_sum(x: Floats) -> Any:
    """Return the sum in the type of x, added from the first number to the last.

    Args:
        x: (n,), float32 or float64.

    Returns:
        A scalar of the type of x.

    Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 4.2. Hard case: the sum of none is 0.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import naive_sum
        >>> print(float(naive_sum(np.array([2.0**24, 1.0, 1.0], dtype=np.float32))))
        16777216.0
        >>> print(float(naive_sum(np.array([1.0, 1.0, 2.0**24], dtype=np.float32))))
        16777218.0
    """
    return np.cumsum(x)[-1] if x.size else x.dtype.type(0)  # np.sum adds in pairs of blocks


def pairwise_sum(x: Floats) -> Any:
    """Return the sum in the type of x, of the sums of its two halves: no number goes through more than log2(n)
    sums, rounded up.

    Args:
        x: (n,), float32 or float64.

    Returns:
        A scalar of the type of x.

    Source: Higham 1993, "The Accuracy of Floating Point Summation", section 3. `numpy.sum` does this with blocks of
    128 numbers. Hard case: the sum of none is 0.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import pairwise_sum
        >>> print(float(pairwise_sum(np.array([2.0**24, 1.0, 1.0, 1.0], dtype=np.float32))))
        16777218.0
    """
    if x.size <= 1:
        return x.sum()
    half = x.size // 2
    return pairwise_sum(x[:half]) + pairwise_sum(x[half:])


def kahan_sum(x: Floats) -> Any:
    """Return the sum in the type of x, with a second number that keeps what each addition loses, for the next one.

    Args:
        x: (n,), float32 or float64, finite.

    Returns:
        A scalar of the type of x.

    Source: Kahan 1965, "Further Remarks on Reducing Truncation Errors". Hard cases: where a number is larger than the
    sum so far, what the sum loses is not kept, see `neumaier_sum`; the sum of -0.0 is 0.0; with an
    infinity, what was lost is inf - inf, so NaN.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import kahan_sum
        >>> print(float(kahan_sum(np.array([2.0**24, 1.0, 1.0, 1.0], dtype=np.float32))))
        16777220.0
        >>> print(float(kahan_sum(np.array([1.0, 1e100, 1.0, -1e100]))))
        0.0
    """
    total = lost = x.dtype.type(0)
    for number in x:
        wanted = number - lost
        grown = total + wanted
        lost = (grown - total) - wanted
        total = grown
    return total


def neumaier_sum(x: Floats) -> Any:
    """Return the sum in the type of x, plus all that its additions lost, added at the end.

    Args:
        x: (n,), float32 or float64, finite.

    Returns:
        A scalar of the type of x.

    Source: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen". Python's own `sum`
    adds floats this way since 3.12. Hard case: with an infinity, what was lost is inf - inf, so NaN.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import neumaier_sum
        >>> print(float(neumaier_sum(np.array([1.0, 1e100, 1.0, -1e100]))))
        2.0
    """
    total = lost = x.dtype.type(0)
    for number in x:
        grown = total + number
        large, small = (total, number) if abs(total) >= abs(number) else (number, total)
        lost += (large - grown) + small
        total = grown
    return total + lost


def sum_error(total: Any, x: Floats) -> float:
    """Return how far a sum of numbers is from their exact sum, in ulp of the type of x at the exact sum.

    Args:
        total: The computed sum.
        x: (n,), float32 or float64, finite: what was summed.

    Returns:
        abs(total - exact) in ulp: at most 1/2 for a sum that is rounded once.

    Source: `math.fsum` gives the exact sum, correctly rounded to float64; so a float64 total is compared exactly, by
    adding its negative to the sum.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import naive_sum, sum_error
        >>> x = np.array([1e8] + [1.0] * 100, dtype=np.float32)
        >>> print(float(naive_sum(x)), sum_error(naive_sum(x), x))
        100000000.0 12.5
    """
    numbers = [float(number) for number in x]
    unit = ulp(np.asarray(math.fsum(numbers)), format_of(x.dtype))
    return abs(math.fsum([*numbers, -float(total)])) / float(unit)
