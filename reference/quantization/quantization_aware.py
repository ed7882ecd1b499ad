r"""Train with the rounding inside: the straight-through estimator, and ternary weights.

Rounding has slope 0 wherever it has one, so a network with rounding inside gets no gradient. The straight-through
estimator rounds on the way forward and pretends on the way back that nothing was rounded. The weights that are trained
stay precise; the network only ever sees them rounded, and learns to make do with that.

All functions are written over the Python array API: they run on PyTorch tensors and on this package's Tensor, whose
gradient they are about, and on NumPy arrays, where nothing flows back.

Example:
    >>> from reference.autograd import Tensor
    >>> from reference.quantization import fake_quantize
    >>> x = Tensor([0.2, 0.9, -5.0])
    >>> y = fake_quantize(x, 0.5, bits=3)
    >>> (y @ y).backward()
    >>> y, x.grad
    (Tensor([ 0. ,  1. , -1.5]), array([0., 2., 0.]))

Notation: x are the precise numbers, y the rounded ones, w weights, s a scale, z a zero point, b the number of bits.

Explained on the page `docs/quantization/quantization_aware.md`.
"""

from typing import NamedTuple

from reference.arrays import Array, array_namespace, stop_gradient

__all__ = ["Ternary", "absmean_ternary", "fake_quantize", "fake_ternary", "straight_through"]


def straight_through(x: Array, y: Array) -> Array:
    r"""Return y, with the gradient of x: the straight-through estimator.

    It is $y + (x - x)$, where the gradient only goes through the first x. The usual way to write it, $x + (y - x)$ with
    no gradient through the bracket, is the same gradient, but not quite y where it rounds.

    Args:
        x: (...), what is trained, finite.
        y: (...), what the network shall see instead, of the same library; also a NumPy array where x is a Tensor.

    Source: Bengio, Léonard and Courville 2013, arXiv:1308.3432, section 3.1. Hard case: an infinite x gives NaN.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import straight_through
        >>> straight_through(np.array([0.2, 0.7]), np.array([0.0, 1.0]))
        array([0., 1.])
    """
    return stop_gradient(y) + (x - stop_gradient(x))


def fake_quantize(x: Array, scale: Array, *, bits: int = 8, zero_point: Array | None = None) -> Array:
    r"""Return x rounded to what its codes stand for, with the gradient of x inside the range and 0 beyond it.

    $y = (\mathrm{clip}(\mathrm{round}(x / s) + z, l, h) - z)\, s$. Without a zero point the codes are those of
    `absmax_quantize`, from $-(2^{b-1} - 1)$ to $2^{b-1} - 1$; with one those of `affine_quantize`, from 0 to $2^b - 1$.
    Beyond the range y is constant: moving x would change nothing, so its gradient is 0.

    Args:
        x: (...).
        scale: Positive, of a shape that broadcasts with x; a constant.
        bits: How many bits a code has.
        zero_point: The code of 0, of a shape that broadcasts with x.

    Source: Jacob et al. 2018, arXiv:1712.05877, section 3; the gradient as in PyTorch's
    `fake_quantize_per_tensor_affine`. Hard cases: half-way the even integer is taken; what is beyond the range by less
    than half a step still passes its gradient; NaN stays NaN and passes none.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import fake_quantize
        >>> fake_quantize(np.array([0.2, 0.9, -5.0]), 0.5, bits=3)
        array([ 0. ,  1. , -1.5])
    """
    xp = array_namespace(x)
    top = 2 ** (bits - 1) - 1
    z, low, high = (0, -top, top) if zero_point is None else (zero_point, 0, 2**bits - 1)
    code = xp.round(stop_gradient(x) / stop_gradient(scale)) + z
    inside = (code >= low) & (code <= high)
    return straight_through(xp.where(inside, x, 0.0), (xp.clip(code, low, high) - z) * scale)


class Ternary(NamedTuple):
    """Weights of three values: codes -1, 0 and 1, and the scale that they all share.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Ternary
        >>> Ternary(codes=np.array([1.0, 0.0, -1.0]), scale=0.5).values
        array([ 0.5,  0. , -0.5])
    """

    codes: Array
    scale: Array

    @property
    def values(self) -> Array:
        """The numbers that the codes stand for."""
        return self.codes * self.scale


def absmean_ternary(w: Array, *, eps: float = 1e-5) -> Ternary:
    r"""Return each number of w as -1, 0 or 1 times the mean magnitude of them all.

    $q = \mathrm{clip}(\mathrm{round}(w / (\gamma + \epsilon)), -1, 1)$ with $\gamma = \overline{|w|}$. So what is below
    half the mean magnitude becomes 0. The results are constants; `fake_ternary` is the form that trains.

    Args:
        w: (...).
        eps: $\epsilon$, which keeps an array of zeros from 0 / 0.

    Source: Ma et al. 2024, arXiv:2402.17764, equations 1 to 3 ("BitNet b1.58"; log2(3) is 1.58). The paper gives no
    $\epsilon$; 1e-5 is from its authors' code, which does not add it but takes it as the least $\gamma$. Hard cases:
    zeros have codes 0; NaN anywhere makes all NaN.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import absmean_ternary
        >>> codes, scale = absmean_ternary(np.array([0.1, -0.5, 0.4, -2.0]))
        >>> codes, round(float(scale), 2)
        (array([ 0., -1.,  1., -1.]), 0.75)
    """
    xp = array_namespace(w)
    w = stop_gradient(w)
    scale = xp.mean(xp.abs(w)) + eps
    return Ternary(xp.clip(xp.round(w / scale), -1, 1), scale)


def fake_ternary(w: Array, *, eps: float = 1e-5) -> Array:
    """Return what the ternary codes of w stand for, with the gradient of w everywhere.

    Args:
        w: (...), finite.
        eps: As in `absmean_ternary`.

    Source: Ma et al. 2024, arXiv:2402.17764. Hard case: unlike `fake_quantize` it passes the gradient of numbers beyond
    the range too, as in the authors' code.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import fake_ternary
        >>> fake_ternary(np.array([0.1, -0.5, 0.4, -2.0]), eps=0.0)
        array([ 0.  , -0.75,  0.75, -0.75])
    """
    return straight_through(w, absmean_ternary(w, eps=eps).values)
