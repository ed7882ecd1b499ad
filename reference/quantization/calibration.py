r"""Which range to cover: all of it, most of it, or the one with the smallest error.

Weights are known when they are quantized; activations are not. So a few batches are run, and from what is seen a range
is chosen once: the codes are spread over it, and what falls outside later becomes one of its ends. A wide range makes
the steps coarse for all numbers, a narrow one cuts some of them. The four ways differ in what they weigh.

Each takes any array and returns a `Range`; `affine_quantize(x, limits=...)` and `absmax_quantize(x, limit=...)` use it.

Notation: `x` holds the observed numbers, all finite; b is the number of bits of a code.

Explained on the page `docs/quantization/calibration.md`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.quantization.affine import affine_parameters, affine_quantize, dequantize
from reference.quantization.groups import absmax, to_groups

__all__ = ["Range", "kl_divergences", "kl_range", "min_max_range", "mse_range", "percentile_range", "range_error"]


class Range(NamedTuple):
    """The lowest and the highest number to cover.

    Example:
        >>> from reference.quantization import Range
        >>> low, high = Range(-1.0, 2.0)
        >>> low, high
        (-1.0, 2.0)
    """

    low: float
    high: float


def min_max_range(x: ArrayLike) -> Range:
    """Return the smallest and the largest number seen: nothing is cut, and one outlier sets the steps of all.

    Args:
        x: (...), at least one number.

    Raises:
        ValueError: If x is empty, or a number is NaN or infinite.

    Source: Wu et al. 2020, arXiv:2004.09602, "calibration". Hard case: a constant gives a range of width 0.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import min_max_range
        >>> min_max_range(np.array([0.5, -1.0, 30.0]))
        Range(low=-1.0, high=30.0)
    """
    x = _checked(x)
    return Range(float(x.min()), float(x.max()))


def percentile_range(x: ArrayLike, *, percentile: float = 99.9) -> Range:
    """Return the range that holds so many percent of the numbers, with as many cut below as above.

    Args:
        x: (...), at least one number.
        percentile: How many percent to keep, above 0 and up to 100, which is `min_max_range`.

    Raises:
        ValueError: As `min_max_range`, or if percentile is out of range.

    Source: Wu et al. 2020, arXiv:2004.09602, "calibration", there for magnitudes. Hard case: between two numbers the
    end of the range is interpolated.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import percentile_range
        >>> percentile_range(np.arange(1001.0), percentile=90)
        Range(low=50.0, high=950.0)
    """
    x = _checked(x)
    if not 0 < percentile <= 100:
        raise ValueError(f"a percentile is above 0 and at most 100, got {percentile}; 99.9 keeps 999 of 1000 numbers")
    cut = (100 - percentile) / 2
    low, high = np.percentile(x.astype(np.float64), [cut, 100 - cut])  # in float32 a difference could overflow
    return Range(float(low), float(high))


def range_error(x: ArrayLike, limits: tuple[float, float], *, bits: int = 8) -> float:
    """Return the mean squared error of `affine_quantize` over a range: what rounding and what cutting cost, together.

    Args:
        x: (...), at least one number.
        limits: The range.
        bits: 2 to 8.

    Raises:
        ValueError: As `min_max_range`, or if bits is out of range, or the limits are no finite range.

    Source: the definition.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import range_error
        >>> range_error(np.array([0.0, 1.0, 2.0, 5.0]), (0.0, 3.0), bits=2)
        1.0
    """
    x = _checked(x)
    if not -np.inf < limits[0] <= limits[1] < np.inf:
        raise ValueError(f"a range goes from a finite low to a finite high, got {limits}; swap or compute its ends")
    error = x - dequantize(affine_quantize(x, bits=bits, limits=limits))
    return float(np.mean(np.square(error, dtype=np.float64)))


def mse_range(x: ArrayLike, *, bits: int = 8, steps: int = 100) -> Range:
    """Return the range with the smallest mean squared error, among the full one and its shrunken copies.

    The full range is that of `min_max_range`, widened to hold 0; both ends are multiplied by 1, 1 - 1/steps, and so on.

    Args:
        x: (...), at least one number.
        bits: 2 to 8.
        steps: How many ranges to try.

    Raises:
        ValueError: As `range_error`, or if steps is not positive.

    Source: Choukroun et al. 2019, arXiv:1902.06822, section 3. Hard case: of equal errors the widest range is taken.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import mse_range
        >>> mse_range(np.append(np.arange(101) / 100, 8.0), bits=2, steps=10)
        Range(low=0.0, high=3.2)
    """
    low, high = min_max_range(x)
    if steps < 1:
        raise ValueError(f"at least one range must be tried, got steps={steps}; 100 is usual")
    low, high = min(low, 0.0), max(high, 0.0)
    tried = [Range(low * (1 - i / steps), high * (1 - i / steps)) for i in range(steps)]
    return min(tried, key=lambda limits: range_error(x, limits, bits=bits))


def kl_range(x: ArrayLike, *, bits: int = 8, bins: int = 2048) -> Range:
    r"""Return the range in which the distribution of magnitudes changes least, by its KL divergence, when quantized.

    The threshold with the smallest of the `kl_divergences` is t; the range is from -t to t, or from 0 to t where no
    number is negative. The first bin takes the count of the second: zeros, of which ReLU makes many, are always exact.

    Args:
        x: (...), at least one number.
        bits: 2 to 8.
        bins: How many bins the histogram of magnitudes has, at least as many as there are levels.

    Raises:
        ValueError: As `min_max_range`, or as `kl_divergences`.

    Source: Migacz 2017, "8-bit Inference with TensorRT", GTC, pseudocode of the entropy calibration, where t is half a
    bin larger; the first bin as in NVIDIA's pytorch-quantization. Hard cases: for zeros
    alone t is 0; with one outlier more than bins / levels times the rest, t can only be that outlier, as in min-max.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import kl_range
        >>> x = np.append(np.random.default_rng(0).normal(size=10_000), 40.0)
        >>> print(np.round(kl_range(x), 1), np.round(kl_range(x, bits=4), 1))
        [-3.4  3.4] [-3.3  3.3]
    """
    x = _checked(x)
    affine_parameters(0, 1, bits=bits)  # refuses what is no width
    signed, magnitudes = bool(x.min() < 0), np.abs(x)
    counts, edges = np.histogram(magnitudes, bins=bins, range=(0, float(magnitudes.max())))
    counts[0] = counts[min(1, bins - 1)]
    if not magnitudes.any() or not counts.any():
        return Range(0.0, 0.0)
    kept, divergences = kl_divergences(counts, levels=2 ** (bits - signed))
    t = float(edges[kept[np.argmin(divergences)]])
    return Range(-t if signed else 0.0, t)


def kl_divergences(counts: ArrayLike, *, levels: int = 128) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    r"""Return, for each number of bins that could be kept, how much a histogram changes when they become few levels.

    For n bins, P is the counts of the first n, with all others added to the last: what is cut becomes the largest
    number. Q is the same n counts (without the others) in `levels` groups of neighbors, each spread evenly over its
    bins that are not empty. Both are divided by their sums, and the divergence is $\sum_i P_i \log(P_i / Q_i)$.

    Args:
        counts: (bins,), of the magnitudes, from 0 up.
        levels: How many groups.

    Returns:
        The numbers of bins, from levels to bins, and the divergence of each, infinite where Q lacks a bin of P.

    Raises:
        ValueError: If there are fewer bins than levels, or no count.

    Source: as for `kl_range`; the logarithm is the natural one.

    Example:
        >>> from reference.quantization import kl_divergences
        >>> kept, divergences = kl_divergences([4, 4, 2, 2, 0, 1], levels=2)
        >>> kept, divergences.round(3)
        (array([2, 3, 4, 5, 6]), array([0.076, 0.023, 0.014,   inf, 0.047]))
    """
    h = np.asarray(counts, dtype=np.float64)
    if not 1 <= levels <= h.size or not h.any():
        raise ValueError(
            f"{levels} levels need at least {levels} bins, not all empty, got {h.size} with {h.sum():g} counts"
        )
    kept = np.arange(levels, h.size + 1)
    divergences = np.full(kept.size, np.inf)
    for i, n in enumerate(kept):
        p, filled = h[:n].copy(), h[:n] > 0
        starts = np.arange(levels) * n // levels
        means = np.add.reduceat(p, starts) / np.maximum(np.add.reduceat(filled, starts, dtype=np.float64), 1)
        q = np.repeat(means, np.diff(starts, append=n)) * filled
        p[-1] += h[n:].sum()
        seen = p > 0
        if q[seen].all():
            divergences[i] = np.sum(p[seen] * np.log(p[seen] / q[seen])) / p.sum() + np.log(q.sum() / p.sum())
    return kept, divergences


def _checked(x: ArrayLike) -> NDArray[np.float32]:
    flat = to_groups(x)
    if not flat.size:
        raise ValueError(f"a range needs at least one number, got shape {np.shape(x)}; collect some activations first")
    absmax(flat)  # refuses NaN and infinity
    return flat.reshape(-1)
