r"""Mean and variance: six ways to compute them, how far each is off, and the steps that normalization is built from.

The variance is the mean of the squared deviations from the mean. Multiplied out it is $E[x^2] - E[x]^2$, which needs
the data only once and fails where the mean is large next to the deviations: two large numbers are subtracted, and
their rounding errors stay.

| way | its error, relative to the variance | reads the data |
|---|---|---|
| `one_pass_variance`, $E[x^2] - E[x]^2$ | grows like u k^2 | once |
| `welford`, one number after the other | grows like u k | once |
| `merge`, halves first (Chan) | grows like u k | once |
| `two_pass_variance`, mean first | u, and (u k)^2 | twice |
| `corrected_variance`, less the mean deviation | u | twice |
| `shifted_variance`, one pass over x - x_1 | u, if x_1 is near the mean | once |

Notation: k is the condition number, $\sqrt{1 + \mu^2 / \sigma^2}$, about the mean in standard deviations; u is half the
distance from 1 to the next float; factors that grow with the count n are left out. These six compute in the dtype of
their input, to show what it does; the variances take x: (..., n). What layers use, the rest, computes in `wider(x)` and
rounds once; there `axis` is one axis or a tuple of axes, with n entries together. Integers become the library's default
float (array-api-strict refuses them). NaN or an infinity in a row makes its moments NaN (NumPy warns: inf - inf), but
an infinity makes the root mean square infinite. What an empty row gives is the library's own warning or error.

Explained on the page `docs/normalization/moments.md`.
"""

import math
from dataclasses import dataclass

from reference.arrays import Array, array_namespace, narrow, wider
from reference.normalization.norms import Axis, safe_scale

__all__ = [
    "Moments",
    "centered",
    "corrected_variance",
    "mean",
    "merge",
    "one_pass_variance",
    "root_mean_square",
    "shifted_variance",
    "two_pass_variance",
    "variance",
    "welford",
]


def mean(x: Array, *, axis: Axis = -1, keepdims: bool = False) -> Array:
    r"""Return the mean, $\mu = \frac{1}{n} \sum_i x_i$; options as in `variance`.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import mean
        >>> mean(np.array([[1.0, 2.0, 6.0]]))
        array([3.])
    """
    xp = array_namespace(x)
    return narrow(xp.mean(wider(x), axis=axis, keepdims=keepdims), x)


def centered(x: Array, *, axis: Axis = -1) -> Array:
    r"""Return the deviations from the mean, $d_i = x_i - \mu$, in `wider(x)`: round with `narrow` after the last step.

    Computed as $d = x - \mathrm{mean}(x)$, then $d - \mathrm{mean}(d)$. The first mean is off by its rounding error,
    little next to the mean, but not next to the deviations. What d averages to is that error, so it is subtracted too.
    A constant row gives exactly 0. In that type (float64, or float32 in JAX without x64) the sum must not overflow.

    Args:
        x: (..., n, ...).
        axis: The axis or axes.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import centered
        >>> centered(np.array([1e6, 1e6 + 1, 1e6 + 5], dtype=np.float32))
        array([-2., -1.,  3.])
    """
    xp = array_namespace(x)
    w = wider(x)
    d = w - xp.mean(w, axis=axis, keepdims=True)
    return d - xp.mean(d, axis=axis, keepdims=True)


def variance(x: Array, *, axis: Axis = -1, correction: float = 0, keepdims: bool = False) -> Array:
    r"""Return the variance, $\sigma^2 = \frac{1}{n - c} \sum_i (x_i - \mu)^2$, of the `centered` numbers.

    Args:
        x: (..., n, ...).
        axis: The axis or axes.
        correction: c: 0 for the variance of these numbers, which layers divide by, or 1 for an estimate, without bias,
            of the variance of what they were drawn from.
        keepdims: Whether to keep the axes, with size 1.

    Raises:
        ValueError: If n is not above c.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import variance
        >>> x = np.array([1.0, 2.0, 6.0])
        >>> print(variance(x).round(6), variance(x, correction=1).round(6))
        4.666667 7.0
    """
    xp = array_namespace(x)
    d = centered(x, axis=axis)
    n = math.prod(d.shape[i] for i in ((axis,) if isinstance(axis, int) else axis))
    if n <= correction:
        raise ValueError(f"a variance needs more numbers than its correction, got n={n} and correction={correction}")
    s = safe_scale(d, axis=axis)
    y = s * (s * (xp.sum((d / s) ** 2, axis=axis, keepdims=True) / (n - correction)))
    return narrow(y if keepdims else xp.squeeze(y, axis=axis), x)


def root_mean_square(x: Array, *, axis: Axis = -1, eps: float = 0.0, keepdims: bool = False) -> Array:
    r"""Return $\sqrt{\frac{1}{n} \sum_i x_i^2 + \varepsilon}$, what a normalization layer divides by.

    Of `centered` numbers it is their standard deviation, so layer norm is `d / root_mean_square(d, eps=eps)`. No square
    overflows or vanishes on the way, see `safe_scale`.

    Args:
        x: (..., n, ...).
        axis: The axis or axes.
        eps: Added to the mean of squares. It keeps a row of zeros from 0 / 0, and its gradient finite.
        keepdims: Whether to keep the axes, with size 1.

    Raises:
        ValueError: If eps is below 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import root_mean_square
        >>> root_mean_square(np.array([[1e200, -7e200], [0.0, 0.0]]), eps=1e-4)
        array([5.e+200, 1.e-002])
    """
    if not eps >= 0:
        raise ValueError(f"eps must be at least 0, got {eps}; layers use 1e-5")
    xp = array_namespace(x)
    w, root = wider(x), math.sqrt(eps)
    s = safe_scale(w, axis=axis, least=root)
    y = s * xp.sqrt(xp.mean((w / s) ** 2, axis=axis, keepdims=True) + (root / s) ** 2)
    return narrow(y if keepdims else xp.squeeze(y, axis=axis), x)


def one_pass_variance(x: Array) -> Array:
    r"""Return the variance as $E[x^2] - E[x]^2$, which can come out negative.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import one_pass_variance
        >>> x = np.array([1.0, 2.0, 3.0], dtype=np.float32)
        >>> print(one_pass_variance(x).round(4), one_pass_variance(x + 10000))
        0.6667 -8.0
    """
    xp = array_namespace(x)
    x = 1.0 * x  # squares of integers would wrap
    return xp.mean(x * x, axis=-1) - xp.mean(x, axis=-1) ** 2


def two_pass_variance(x: Array) -> Array:
    r"""Return the variance as the mean of $(x - m)^2$, where m is the rounded mean.

    The rounding error e of m adds $e^2$: next to nothing, until the mean is thousands of standard deviations.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import two_pass_variance
        >>> print(two_pass_variance(np.array([30000.0, 30001.0, 30002.0, 30005.0], dtype=np.float32)))
        3.5
    """
    xp = array_namespace(x)
    d = x - xp.mean(1.0 * x, axis=-1, keepdims=True)
    return xp.mean(d * d, axis=-1)


def corrected_variance(x: Array) -> Array:
    r"""Return the variance as the mean of $d^2$ less the squared mean of d, where d is x minus its rounded mean.

    The mean of d is 0 on paper. In floats it is the error of the mean, whose square two passes add too much.
    Source: Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance: Analysis and Recommendations".

    Example:
        >>> import numpy as np
        >>> from reference.normalization import corrected_variance
        >>> print(corrected_variance(np.array([30000.0, 30001.0, 30002.0, 30005.0], dtype=np.float32)))
        3.5
    """
    xp = array_namespace(x)
    return one_pass_variance(x - xp.mean(1.0 * x, axis=-1, keepdims=True))


def shifted_variance(x: Array) -> Array:
    r"""Return the variance of x - x_1, in one pass: a shift by the first number changes no variance.

    It helps as far as the first number lies near the mean, and hurts where it is an outlier.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import shifted_variance
        >>> print(shifted_variance(np.array([30000.0, 30001.0, 30002.0, 30005.0], dtype=np.float32)))
        3.5
    """
    xp = array_namespace(x)
    x = xp.multiply(x, 1.0)  # differences of unsigned integers would wrap
    return one_pass_variance(x - x[..., :1])


@dataclass(frozen=True)
class Moments:
    """How many numbers there were, their mean, and the sum of their squared deviations: all that must be remembered.

    `Moments()` are those of no number. The mean and the sum can be arrays of one shape: an entry per feature.

    Example:
        >>> from reference.normalization import Moments
        >>> Moments(count=4, mean=3.0, squares=10.0).variance
        2.5
    """

    count: int = 0
    mean: Array = 0.0
    squares: Array = 0.0

    @property
    def variance(self) -> Array:
        """The squared deviations' mean; without numbers Python's ZeroDivisionError."""
        return self.squares / self.count


def welford(moments: Moments, x: Array) -> Moments:
    r"""Return the moments after one more number: $\mu' = \mu + \frac{x - \mu}{n}$, $S' = S + (x - \mu)(x - \mu')$.

    Source: Welford 1962, "Note on a Method for Calculating Corrected Sums of Squares and Products".

    Example:
        >>> from functools import reduce
        >>> from reference.normalization import Moments, welford
        >>> reduce(welford, [1.0, 2.0, 6.0], Moments())
        Moments(count=3, mean=3.0, squares=14.0)
    """
    count = moments.count + 1
    d = x - moments.mean
    new = moments.mean + d / count
    return Moments(count, new, moments.squares + d * (x - new))


def merge(a: Moments, b: Moments) -> Moments:
    r"""Return the moments of two sets of numbers as one, $S = S_a + S_b + (\mu_b - \mu_a)^2 \frac{n_a n_b}{n_a + n_b}$.

    Threads or machines can compute the parts apart. Hard case: two sets without numbers have the moments of none.
    Source: Chan, Golub and LeVeque 1979, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances".

    Example:
        >>> from reference.normalization import Moments, merge
        >>> merge(Moments(2, 1.5, 0.5), Moments(1, 6.0, 0.0))
        Moments(count=3, mean=3.0, squares=14.0)
    """
    count = a.count + b.count
    if count == 0:
        return a
    d, share = b.mean - a.mean, b.count / count
    return Moments(count, a.mean + d * share, a.squares + b.squares + d * d * (a.count * share))
