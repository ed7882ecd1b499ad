r"""How much rounding to a few values costs: the signal-to-noise ratio, and the values for which it is best.

A quantizer's error is measured against the numbers themselves, as the ratio of their powers in decibels: 20 dB is an
error of a hundredth of the power, a tenth of the size. It is the SQNR, the signal-to-quantization-noise ratio.

For numbers of a normal distribution the mean squared error is an integral in closed form, and Lloyd's algorithm finds
the values for which it is least. The ratio of these is a bound that no codebook of that size passes.

Notation: `v` is a value of a codebook, `b` a bound: the midpoint of two neighboring values, in order of size.

Explained on the page `docs/quantization/distortion.md`.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from reference.quantization.codebooks import Codebook

__all__ = ["gaussian_sqnr", "lloyd_max", "sqnr"]


def sqnr(x: ArrayLike, y: ArrayLike) -> float:
    r"""Return the signal-to-quantization-noise ratio in dB, $10 \log_{10} \frac{\sum x^2}{\sum (x - y)^2}$.

    Args:
        x: (...), the numbers.
        y: (...), what quantizing and dequantizing made of them.

    Returns:
        The ratio in dB, computed in float64.

    Raises:
        ValueError: If x and y have different shapes.

    Source: Widrow and Kollar, Quantization Noise, 2008. Hard cases: infinity if nothing was lost, 0 dB if all of it
    was, negative where the error is larger than the numbers, NaN for zeros alone and for NaN.

    Example:
        >>> from reference.quantization import sqnr
        >>> print(f"{sqnr([3.0, 4.0], [3.0, 4.5]):.1f} dB")
        20.0 dB
    """
    wide = np.asarray(x, np.float64)
    if wide.shape != np.shape(y):
        raise ValueError(f"x and y need the same shape, got {wide.shape} and {np.shape(y)}")
    signal, noise = float(np.sum(wide**2)), float(np.sum((wide - np.asarray(y, np.float64)) ** 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(10 * np.log10(np.divide(signal, noise)))


def gaussian_sqnr(codebook: Codebook, *, scale: float = 1.0) -> float:
    r"""Return the signal-to-noise ratio in dB that a codebook has for a normal distribution of standard deviation 1.

    With the values $v_i$ times the scale and the bounds $b_i$ between them, the error is a sum of integrals,
    $\sum_i \int_{b_{i-1}}^{b_i} (x - v_i)^2 \varphi(x)\, dx = \sum_i \left[(1 + v_i^2)\, \Phi(x) + (2 v_i - x)\,
    \varphi(x)\right]_{b_{i-1}}^{b_i}$, and the ratio is $-10 \log_{10}$ of it. There is no sampling.

    Args:
        codebook: The codebook.
        scale: What its values are multiplied by: the number of standard deviations that the value 1 stands for.

    Returns:
        The ratio in dB.

    Raises:
        ValueError: If scale is not positive.

    Source: Max 1960, equation 1. Hard cases: the best of 16 values reaches 20.22 dB, of 2 values 4.40 dB.

    Example:
        >>> from reference.quantization import Codebook, gaussian_sqnr
        >>> print(f"{gaussian_sqnr(Codebook('a sign', (-1.0, 1.0)), scale=0.8):.2f} dB")
        4.40 dB
    """
    if not scale > 0:
        raise ValueError(f"a scale is positive, got {scale}")
    v = np.unique(np.array(codebook.values)) * scale
    b = (v[1:] + v[:-1]) / 2
    phi = np.exp(-b * b / 2) / math.sqrt(2 * math.pi)
    Phi = np.array([math.erfc(-x / math.sqrt(2)) / 2 for x in b])
    below = (1 + v[:-1] ** 2) * Phi + (2 * v[:-1] - b) * phi
    above = (1 + v[1:] ** 2) * Phi + (2 * v[1:] - b) * phi
    error = 1 + v[-1] ** 2 + float(np.sum(below - above))
    return -10 * math.log10(error)


def lloyd_max(x: ArrayLike, levels: int, *, density: ArrayLike | None = None) -> Codebook:
    r"""Return the codebook with the least mean squared error for given numbers, by Lloyd's algorithm.

    Two conditions hold at the best: a bound lies half-way between its values, and a value is the mean of the numbers
    between its bounds. Each round makes the one true, then the other, and neither step can raise the error.

    Args:
        x: (n,), the numbers.
        levels: How many values, 2 to 16.
        density: (n,), the density of a distribution where x is a rising, evenly spaced grid; the codebook is that of
            the distribution, and its bounds may lie between the points of the grid.

    Returns:
        The values in rising order.

    Raises:
        ValueError: If there are fewer different numbers than levels, or one is not finite.

    Source: Lloyd 1957, published 1982; Max 1960, whose table I has the values for the normal distribution. Hard case:
    the least error is a local one; where the density is log-concave, as the normal one is, there is no other
    (Fleischer 1964).

    Example:
        >>> import numpy as np
        >>> from reference.quantization import lloyd_max
        >>> x = np.linspace(-6, 6, 1201)
        >>> np.round(lloyd_max(x, 4, density=np.exp(-x * x / 2)).values, 4).tolist()
        [-1.5104, -0.4528, 0.4528, 1.5104]
    """
    numbers, counts = np.unique(np.asarray(x, np.float64), return_counts=True)
    if len(numbers) < levels or not np.isfinite(numbers).all():
        raise ValueError(f"{levels} levels need as many different finite numbers, got {len(numbers)} different ones")
    weights = counts if density is None else np.asarray(density, np.float64)
    steps = np.diff(np.asarray(x, np.float64).reshape(-1))
    if density is not None and not (weights.shape == np.shape(x) and steps.min() > 0 and np.allclose(steps, steps[0])):
        raise ValueError("a density needs a rising, evenly spaced grid x of the same shape; np.linspace makes one")
    edges = np.arange(len(numbers) + 1)
    mass, moment = (np.append(0.0, np.cumsum(part)) for part in (weights, weights * numbers))
    values, before = numbers[(2 * np.arange(levels) + 1) * len(numbers) // (2 * levels)], np.full(levels, np.inf)
    while np.abs(values - before).max() > 1e-9 * np.abs(numbers).max():
        before, bounds = values, (values[1:] + values[:-1]) / 2
        cuts = np.searchsorted(numbers, bounds) if density is None else np.interp(bounds, numbers, edges[:-1] + 0.5)
        cuts = np.concatenate([[0], cuts, [len(numbers)]])
        cell, total = np.diff(np.interp(cuts, edges, mass)), np.diff(np.interp(cuts, edges, moment))
        values = np.where(cell > 0, total / np.where(cell > 0, cell, 1), values)
    return Codebook("lloyd-max", tuple(values.tolist()))
