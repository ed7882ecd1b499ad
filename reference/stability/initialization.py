r"""Initial weights: Glorot, He, LeCun, orthogonal and PyTorch's own, and the gain that an activation asks for.

A sum of fan-in terms has fan-in times their variance, so weights of variance 1 / fan-in keep the size of a signal
through a linear layer. An activation then makes the signal smaller or larger by a factor that an integral tells; the
gain is its inverse. Going back the sum has fan-out terms and another integral, so one gain seldom serves both ways.

Notation: weights are (fan-in, fan-out), a layer is x W, as in `reference.training.mlp`; PyTorch keeps them transposed.
std is the standard deviation of the weights. A uniform number between -b and b has the standard deviation
$b / \sqrt 3$. Every function takes a NumPy generator, `rng`, and draws from it.

Explained on the page `docs/stability/initialization.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reference.arrays import Array
from reference.stability.depth import gaussian_moments
from reference.training.mlp import Layer

__all__ = ["Gains", "activation_gains", "glorot", "he", "leaky_gain", "lecun", "orthogonal", "torch_linear"]


class Gains(NamedTuple):
    """The gain that keeps a signal on its way forward, and the one that keeps a gradient on its way back.

    Example:
        >>> from reference.stability import Gains
        >>> Gains(forward=1.5, backward=1.25).backward
        1.25
    """

    forward: float
    backward: float


def activation_gains(activation: Callable[[Array], Array], *, std: float = 1.0) -> Gains:
    r"""Return the two gains of an activation whose inputs have the standard deviation s.

    $g = s / \sqrt{E[\phi(s z)^2]}$ makes s a fixed point: the next layer's inputs have it again. And
    $g = 1 / \sqrt{E[\phi'(s z)^2]}$ makes the gradient as large in front of the layer as behind it. They are the same
    number if $\phi$ is homogeneous, $\phi(sz) = s\phi(z)$ for s > 0, as ReLU and leaky ReLU are.

    Args:
        activation: See `gaussian_moments`.
        std: s, above 0.

    Raises:
        ValueError: If the standard deviation is not above 0.

    Source: Poole et al. 2016, arXiv:1606.05340, equation 3 (the fixed point); Schoenholz et al. 2017, arXiv:1611.01232
    ($\chi_1 = 1$). Hard case: an activation that is 0 for all inputs has the gain inf.

    Example:
        >>> from reference.activations import relu, tanh
        >>> from reference.stability import activation_gains
        >>> [round(gain, 3) for gain in activation_gains(relu)]
        [1.414, 1.414]
        >>> [round(gain, 3) for gain in activation_gains(tanh)]
        [1.593, 1.467]
    """
    if not std > 0:
        raise ValueError(f"the standard deviation must be above 0, got {std}; at 0 no gain matters")
    _, square, slope_square = gaussian_moments(activation, std=std)
    with np.errstate(divide="ignore"):
        forward, backward = np.asarray([std, 1.0]) / np.sqrt([square, slope_square])
    return Gains(float(forward), float(backward))


def leaky_gain(negative_slope: float = 0.0) -> float:
    r"""Return the gain of leaky ReLU with the slope a on the left, $\sqrt{2 / (1 + a^2)}$.

    Half of the inputs are kept and half multiplied by a, so the mean square is (1 + a^2) / 2 times what it was.

    Source: He et al. 2015, arXiv:1502.01852, equation 15.

    Example:
        >>> from reference.stability import leaky_gain
        >>> round(leaky_gain(), 6), round(leaky_gain(1.0), 6)
        (1.414214, 1.0)
    """
    return float((2 / (1 + negative_slope**2)) ** 0.5)


def glorot(
    fan_in: int, fan_out: int, *, rng: np.random.Generator, gain: float = 1.0, uniform: bool = True
) -> np.ndarray:
    r"""Return Glorot's weights (also called Xavier's), of variance $g^2 \cdot 2 / (\text{fan-in} + \text{fan-out})$.

    Forward one wants 1 / fan-in, backward 1 / fan-out: this is one over their mean, a compromise.

    Args:
        fan_in: Inputs of the layer, at least 1.
        fan_out: Outputs of the layer, at least 1.
        rng: The source of the numbers.
        gain: g; 1 for a linear layer, and for tanh while its inputs are small.
        uniform: Uniform, as in the paper, or normal.

    Returns:
        (fan_in, fan_out).

    Raises:
        ValueError: If a fan is below 1.

    Source: Glorot and Bengio 2010, equations 12 and 16.

    Example:
        >>> import numpy as np
        >>> from reference.stability import glorot
        >>> bool(np.abs(glorot(200, 100, rng=np.random.default_rng(0))).max() <= (6 / 300) ** 0.5)
        True
    """
    return _draw(fan_in, fan_out, gain * (2 / _positive(fan_in, fan_out)) ** 0.5, rng, uniform)


def he(
    fan_in: int, fan_out: int, *, rng: np.random.Generator, negative_slope: float = 0.0, uniform: bool = False
) -> np.ndarray:
    r"""Return He's weights (also called Kaiming's), of standard deviation `leaky_gain` $/ \sqrt{\text{fan-in}}$.

    Args:
        fan_in: Inputs of the layer, at least 1.
        fan_out: Outputs of the layer, at least 1.
        rng: The source of the numbers.
        negative_slope: a, the slope on the left of the leaky ReLU that follows; 0 for ReLU.
        uniform: Normal, as in the paper, or uniform.

    Returns:
        (fan_in, fan_out).

    Raises:
        ValueError: If a fan is below 1.

    Source: He et al. 2015, arXiv:1502.01852, equations 10 and 15.

    Example:
        >>> import numpy as np
        >>> from reference.stability import he
        >>> round(float(he(512, 512, rng=np.random.default_rng(0)).std() * 256**0.5), 2)
        1.0
    """
    _positive(fan_in, fan_out)
    return _draw(fan_in, fan_out, leaky_gain(negative_slope) / fan_in**0.5, rng, uniform)


def lecun(fan_in: int, fan_out: int, *, rng: np.random.Generator, uniform: bool = False) -> np.ndarray:
    r"""Return LeCun's weights, of variance 1 / fan-in: for linear layers and SELU.

    Args:
        fan_in: Inputs of the layer, at least 1.
        fan_out: Outputs of the layer, at least 1.
        rng: The source of the numbers.
        uniform: Normal or uniform.

    Returns:
        (fan_in, fan_out).

    Raises:
        ValueError: If a fan is below 1.

    Source: LeCun, Bottou, Orr and Müller 1998, "Efficient BackProp", section 4.6.

    Example:
        >>> import numpy as np
        >>> from reference.stability import lecun
        >>> round(float(lecun(512, 512, rng=np.random.default_rng(0)).std() * 512**0.5), 2)
        1.0
    """
    _positive(fan_in, fan_out)
    return _draw(fan_in, fan_out, fan_in**-0.5, rng, uniform)


def orthogonal(fan_in: int, fan_out: int, *, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    r"""Return a random matrix whose rows, or columns if there are fewer of them, are orthogonal and of length gain.

    A square one turns or mirrors a vector and does not stretch it (to fewer outputs a part is lost), while a matrix of
    independent numbers stretches some directions and shrinks others, and a product of such matrices does so ever more.

    QR of a normal matrix gives a Q whose signs depend on the algorithm. With the signs of R's diagonal moved into Q,
    every orthogonal matrix is as likely as any other.

    Args:
        fan_in: Inputs of the layer, at least 1.
        fan_out: Outputs of the layer, at least 1.
        rng: The source of the numbers.
        gain: The singular values, all of them.

    Returns:
        (fan_in, fan_out).

    Raises:
        ValueError: If a fan is below 1.

    Source: Saxe, McClelland and Ganguli 2014, arXiv:1312.6120; the signs: Mezzadri 2007, arXiv:math-ph/0609050.

    Example:
        >>> import numpy as np
        >>> from reference.stability import orthogonal
        >>> w = orthogonal(4, 3, rng=np.random.default_rng(0))
        >>> bool(np.allclose(w.T @ w, np.eye(3)))
        True
    """
    _positive(fan_in, fan_out)
    q, r = np.linalg.qr(rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out))))
    q = gain * q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return q if fan_in >= fan_out else q.T


def torch_linear(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> Layer:
    r"""Return the layer that `torch.nn.Linear` starts with: weights and biases uniform within $1/\sqrt{\text{fan-in}}$.

    Its code says He with a negative slope of $\sqrt 5$: $\sqrt 3 \cdot \sqrt{2 / (1 + 5)} = 1$. As a leaky ReLU
    with such a slope it makes no sense; it is a way to write the older rule. The gain is $1 / \sqrt 3$, while ReLU
    asks for $\sqrt 2$.

    Args:
        fan_in: Inputs of the layer, at least 1.
        fan_out: Outputs of the layer, at least 1.
        rng: The source of the numbers.

    Returns:
        The weight (fan_in, fan_out) and the bias (fan_out,).

    Raises:
        ValueError: If a fan is below 1.

    Source: PyTorch 2.13, `torch.nn.Linear.reset_parameters`.

    Example:
        >>> import numpy as np
        >>> from reference.stability import torch_linear
        >>> layer = torch_linear(16, 100, rng=np.random.default_rng(0))
        >>> round(float(np.abs(layer.weight).max()), 2), layer.bias.shape
        (0.25, (100,))
    """
    weight = he(fan_in, fan_out, rng=rng, negative_slope=5**0.5, uniform=True)
    return Layer(weight, rng.uniform(-(fan_in**-0.5), fan_in**-0.5, size=fan_out))


def _draw(fan_in: int, fan_out: int, std: float, rng: np.random.Generator, uniform: bool) -> np.ndarray:
    if uniform:
        return rng.uniform(-(3**0.5) * std, 3**0.5 * std, size=(fan_in, fan_out))
    return rng.normal(scale=std, size=(fan_in, fan_out))


def _positive(fan_in: int, fan_out: int) -> int:
    """Return the sum of the fans.

    Raises:
        ValueError: If one is below 1.
    """
    if min(fan_in, fan_out) < 1:
        raise ValueError(f"fan_in and fan_out must be at least 1, got {fan_in} and {fan_out}; pass a layer's sizes")
    return fan_in + fan_out
