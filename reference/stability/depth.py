r"""Signal and gradient through many layers: what each layer multiplies them by, predicted by integrals and measured.

A layer is $x_l = \phi(N(x_{l-1} W_l))$ with independent weights of mean 0 and variance gain^2 / fan-in, N a
normalization or nothing. In a wide layer each entry of $x_{l-1} W_l$ is a sum of many terms, so nearly normal with mean
0, and its standard deviation tells all: mean field theory. Forward a layer averages $\phi^2$ over this distribution,
back it averages $\phi'^2$. These are two integrals, so a signal can stay calm while its gradient explodes or vanishes.

Notation: `signal` is the root mean square (RMS) of the entries of $x_l$, `gradient` that of a later number's
derivatives by them, for l = 0 (the input) to L, the `depth`. z is a standard normal number.

Explained on the page `docs/stability/depth.md`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reference.arrays import Array
from reference.autograd import Tensor
from reference.normalization.batch_norm import batch_norm
from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

__all__ = ["DepthCurves", "GaussianMoments", "Growth", "gaussian_moments"]
__all__ += ["measure_depth", "predict_depth", "product_growth"]

_NORMALIZE: dict[str, Callable[[Array], Array]] = {
    "none": lambda h: h,
    "batch": lambda h: batch_norm(h)[0],
    "layer": layer_norm,
    "rms": rms_norm,
}


class GaussianMoments(NamedTuple):
    r"""What an activation makes of normal numbers: $E[\phi]$, $E[\phi^2]$ and $E[\phi'^2]$.

    Example:
        >>> from reference.stability import GaussianMoments
        >>> GaussianMoments(mean=0.0, square=1.0, slope_square=1.0).square
        1.0
    """

    mean: float
    square: float
    slope_square: float


class DepthCurves(NamedTuple):
    """The RMS of signal and gradient in front of every layer and behind the last one, each of shape (depth + 1,).

    Example:
        >>> import numpy as np
        >>> from reference.stability import DepthCurves
        >>> curves = DepthCurves(signal=np.array([1.0, 0.5]), gradient=np.array([2.0, 1.0]))
        >>> float(curves.gradient[0] / curves.gradient[-1])
        2.0
    """

    signal: np.ndarray
    gradient: np.ndarray


class Growth(NamedTuple):
    """The logarithm of how much longer a vector becomes: nearly a normal number of this mean and deviation.

    Example:
        >>> from reference.stability import Growth
        >>> Growth(mean=0.5, deviation=0.25).mean
        0.5
    """

    mean: float
    deviation: float


def gaussian_moments(activation: Callable[[Array], Array], *, std: float = 1.0) -> GaussianMoments:
    r"""Return the three averages of an activation over normal numbers of mean 0 and the standard deviation s.

    $E[f(s z)] = \int f(s z)\, e^{-z^2/2} / \sqrt{2\pi}\; dz$ for f = $\phi$, $\phi^2$ and $\phi'^2$. Each half of the
    line is summed at 112 points that crowd towards 0, $z = e^{t - e^{-t}}$ with even steps of t. So a kink at 0 costs
    nothing and a smooth activation is right to 1e-10; a jump of $\phi'$ elsewhere costs its square up to 1e-2.

    Args:
        activation: An elementwise function that runs on `Tensor`, which finds its slope.
        std: s, at least 0.

    Raises:
        ValueError: If the standard deviation is negative.
        TypeError: If the activation gives no Tensor for a Tensor.

    Source: Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232. For s = 0 all is taken at 0.

    Example:
        >>> from reference.activations import relu
        >>> from reference.stability import gaussian_moments
        >>> [round(average, 6) for average in gaussian_moments(relu)]
        [0.398942, 0.5, 0.5]
    """
    if std < 0:
        raise ValueError(f"a standard deviation is at least 0, got {std}; pass its absolute value")
    z, share = _normal_points()
    x = Tensor(std * z)
    y = activation(x)
    if not isinstance(y, Tensor):
        raise TypeError(
            f"the activation must give a Tensor for a Tensor, got {type(y).__name__}; use array_namespace(x)"
        )
    y.backward(np.ones_like(z))
    return GaussianMoments(float(share @ y.data), float(share @ y.data**2), float(share @ np.asarray(x.grad) ** 2))


def predict_depth(
    activation: Callable[[Array], Array],
    depth: int,
    *,
    gain: float = 1.0,
    normalization: str = "none",
    signal: float = 1.0,
) -> DepthCurves:
    r"""Return the curves of an infinitely wide network, from the averages of its activation.

    With the signal $r_{l-1}$ the numbers in front of the norm have the deviation $s = g\, r_{l-1}$, which a norm makes
    1. Forward, $r_l^2 = E[\phi(s z)^2]$. Back, a layer multiplies the square of the gradient by
    $g^2 E[\phi'(s z)^2] / d^2$, where d is what the norm divides by: 1 without one, $g\, r_{l-1}$ for layer and RMS
    norm. Batch norm takes away each unit's mean over the batch, so there d is g times the deviation
    $\sqrt{E[\phi^2] - E[\phi]^2}$ of the layer before. Behind a norm the gain cancels.

    Args:
        activation: See `gaussian_moments`.
        depth: L, at least 0.
        gain: g, the standard deviation of the weights times the root of fan-in; fan-in and fan-out are alike.
        normalization: "none", "batch", "layer" or "rms", between the weights and the activation.
        signal: The RMS of the input, whose entries have mean 0.

    Returns:
        The curves; the gradient is 1 behind the last layer.

    Raises:
        ValueError: If the depth is negative, the gain or the signal not above 0, or the normalization another.

    Source: Schoenholz et al. 2017, arXiv:1611.01232, $\chi_1$; for large batches Yang et al. 2019, arXiv:1902.08129.
    Hard case: a finite network has a signal of its own, the further off the deeper it is for its width.

    Example:
        >>> from reference.activations import relu
        >>> from reference.stability import predict_depth
        >>> predict_depth(relu, 2, gain=2**0.5).signal.round(6)
        array([1., 1., 1.])
        >>> predict_depth(relu, 2, normalization="batch").gradient.round(4)
        array([0.8564, 1.2112, 1.    ])
    """
    _checked(depth, normalization)
    if gain <= 0 or signal <= 0:
        raise ValueError(f"gain and signal must be above 0, got {gain} and {signal}; both are sizes")
    signals, spread, factors, std = [signal], signal, [], float("nan")
    for _ in range(depth):
        scale = gain * signals[-1]
        divisor = {"none": 1.0, "batch": gain * spread}.get(normalization, scale)
        if std != (std := scale if normalization == "none" else 1.0):  # at a fixed point all layers are alike
            mean, square, slope_square = gaussian_moments(activation, std=std)
        signals.append(square**0.5)
        spread = max(square - mean * mean, 0.0) ** 0.5
        factors.append(gain / divisor * slope_square**0.5)
    gradients = np.cumprod([1.0, *reversed(factors)])[::-1]
    return DepthCurves(np.asarray(signals), gradients)


def measure_depth(
    x: np.ndarray,
    weights: Sequence[np.ndarray],
    gradient: np.ndarray,
    *,
    activation: Callable[[Array], Array],
    normalization: str = "none",
) -> DepthCurves:
    r"""Return the curves of a given network: send x forward, then a gradient back, one layer's graph at a time.

    Args:
        x: (batch, inputs).
        weights: One matrix (fan-in, fan-out) for each layer; there are no biases.
        gradient: (batch, outputs), the derivative of some number by the network's output.
        activation: See `gaussian_moments`.
        normalization: "none", "batch", "layer" or "rms".

    Raises:
        ValueError: If the normalization is another.

    Example:
        >>> import numpy as np
        >>> from reference.activations import relu
        >>> from reference.stability import measure_depth
        >>> halves = [np.eye(2) / 2] * 3
        >>> measure_depth(np.ones((1, 2)), halves, np.ones((1, 2)), activation=relu).signal
        array([1.   , 0.5  , 0.25 , 0.125])
    """
    _checked(len(weights), normalization)
    layers = []
    for weight in weights:
        entry = Tensor(x)
        result = activation(_NORMALIZE[normalization](entry @ weight))
        layers.append((entry, result))
        x = result.data
    gradients = [gradient]
    for entry, result in reversed(layers):
        result.backward(gradients[-1])
        gradients.append(np.asarray(entry.grad))
    signals = [entry.data for entry, _ in layers] + [x]
    return DepthCurves(_rms(signals), _rms(gradients[::-1]))


def product_growth(size: int, count: int) -> Growth:
    r"""Return how a vector's length grows in a product of square matrices of independent standard normal entries.

    A matrix turns a vector of length r into r times n standard normal numbers. So the logarithm of the length takes
    independent steps $\frac12 \log \chi_n^2$, of mean $\frac12 (\log 2 + \psi(n/2))$ and variance
    $\frac14 \psi'(n/2)$, with the digamma function $\psi$.

    Args:
        size: n, at least 1.
        count: How many matrices, at least 0.

    Raises:
        ValueError: If one is below that.

    Source: Newman 1986, "The distribution of Lyapunov exponents: exact results for random matrices".

    Example:
        >>> from reference.stability import product_growth
        >>> round(product_growth(4, 101).mean / 2.302585, 2)  # powers of ten
        24.47
    """
    if size < 1 or count < 0:
        raise ValueError(f"size must be at least 1 and count at least 0, got {size} and {count}; pass larger ones")
    odd, below = size % 2, np.arange(1 - size % 2 / 2, size / 2)  # both functions climb by steps of 1 from 1/2 or 1
    digamma = -np.euler_gamma - 2 * np.log(2) * odd + np.sum(1 / below)
    trigamma = np.pi**2 / (2 if odd else 6) - np.sum(below**-2.0)
    return Growth(float(count * (np.log(2) + digamma) / 2), float((count * trigamma) ** 0.5 / 2))


def _normal_points() -> tuple[np.ndarray, np.ndarray]:
    """Return points, and the share of standard normal numbers that each stands for."""
    t = np.arange(-64, 48) / 20
    z = np.exp(t - np.exp(-t))
    share = z * (1 + np.exp(-t)) / 20 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return np.concatenate([-z, z]), np.concatenate([share, share])


def _rms(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.asarray([np.mean(array * array) ** 0.5 for array in arrays])


def _checked(depth: int, normalization: str) -> None:
    if depth < 0:
        raise ValueError(f"depth must be at least 0, got {depth}; pass a number of layers")
    if normalization not in _NORMALIZE:
        raise ValueError(f"normalization must be one of {', '.join(_NORMALIZE)}, got {normalization!r}")
