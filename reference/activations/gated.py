r"""Functions that multiply a number by a gate: GELU, SiLU, Mish, hard swish, GLU, SwiGLU.

A ReLU is a gate that is open or shut: x times 1 or 0. The functions of one number open it gradually, from 0 to 1, so
they dip below 0 on the left and have a slope above 1 on the right. All but hard swish, whose gate is a straight line
with two kinks, are smooth. GLU and SwiGLU gate one half of the input by the other; SwiGLU's gate is SiLU, unbounded.

All but hard swish compute in `wider(x)` and round once: on the left the result is a product of a large and a vanishing
number, and float32 would lose it. There the functions of one number also cut x, far below the point where the gate has
become 0, because -inf * 0 is NaN: they give -0.0 at -inf, their limit.

Notation: `x` is an array of any shape; the result has its shape (GLU and SwiGLU: half of it along `axis`) and, for
floats, its dtype. Integers become the library's default float (array-api-strict refuses them). A derivative is with
respect to `x`. NaN stays NaN. $\Phi$ is the standard normal distribution function, $\varphi$ its density.

Explained on the page `docs/activations/gated.md`.
"""

import math

from reference.activations.sigmoids import hard_sigmoid, sigmoid, softplus, tanh, tanh_derivative
from reference.arrays import Array, array_namespace, erfc, narrow, wider

__all__ = [
    "gelu",
    "gelu_derivative",
    "glu",
    "hard_swish",
    "hard_swish_derivative",
    "mish",
    "mish_derivative",
    "silu",
    "silu_derivative",
    "swiglu",
]


def gelu(x: Array, *, approximate: str = "none") -> Array:
    r"""Return the Gaussian error linear unit, $x\, \Phi(x) = \frac{x}{2}\, \mathrm{erfc}(-x / \sqrt 2)$.

    With `approximate="tanh"`, $\frac{x}{2} (1 + \tanh u) = x\, \sigma(2u)$ where
    $u = \sqrt{2 / \pi}\, (x + 0.044715\, x^3)$, within 4.8e-4 of it. The right-hand forms do not subtract, so they
    keep the negative tail, which 1 + erf and 1 + tanh round to 0.

    Args:
        x: Any shape.
        approximate: "none" or "tanh".

    Raises:
        ValueError: If `approximate` is neither.

    Source: Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
    Hard cases: gelu(-inf) = -0.0, gelu(inf) = inf; float64 inputs lose up to 11 ulp by -3 and 1,600 at -37, where one
    rounding of x / sqrt(2) counts that much.

    Example:
        >>> import numpy as np
        >>> from reference.activations import gelu
        >>> x = np.array([-10.0, -1.0, 0.0, 1.0])
        >>> print([float(f"{y:.5g}") for y in gelu(x)])
        [-7.6199e-23, -0.15866, 0.0, 0.84134]
        >>> print([float(f"{y:.5g}") for y in gelu(x, approximate="tanh")])
        [-1.2041e-37, -0.15881, 0.0, 0.84119]
    """
    xp = array_namespace(x)
    w = wider(x)
    return narrow(xp.maximum(w, -40.0) * _gelu_gate(w, approximate), x)


def gelu_derivative(x: Array, *, approximate: str = "none") -> Array:
    r"""Return the derivative of GELU, $\Phi(x) + x\, \varphi(x)$.

    With `approximate="tanh"`, $\sigma(2u) + 2 x u'\, \sigma(2u)\, \sigma(-2u)$ where
    $u' = \sqrt{2 / \pi}\, (1 + 3 \cdot 0.044715\, x^2)$.

    Args:
        x: Any shape.
        approximate: "none" or "tanh".

    Example:
        >>> import numpy as np
        >>> from reference.activations import gelu_derivative
        >>> np.round(gelu_derivative(np.array([-np.inf, 0.0, 1.0, np.inf])), 6)
        array([0.      , 0.5     , 1.083315, 1.      ])
    """
    xp = array_namespace(x)
    w = xp.clip(wider(x), -40.0, 40.0)
    gate = _gelu_gate(w, approximate)
    if approximate == "none":
        return narrow(gate + w * xp.exp(-w * w / 2) / math.sqrt(2 * math.pi), x)
    slope = 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * w * w)
    return narrow(gate + w * slope * gate * _gelu_gate(-w, approximate), x)


def _gelu_gate(w: Array, approximate: str) -> Array:
    xp = array_namespace(w)
    if approximate == "none":
        return erfc(-w / math.sqrt(2)) / 2
    if approximate == "tanh":
        w = xp.clip(w, -40.0, 40.0)  # the gate is 0 or 1 long before, and a cube would overflow
        return sigmoid(2 * math.sqrt(2 / math.pi) * (w + 0.044715 * w * w * w))
    raise ValueError(f'approximate must be "none" or "tanh", got {approximate!r}')


def silu(x: Array) -> Array:
    r"""Return the sigmoid linear unit, also called swish, $x\, \sigma(x)$.

    Source: named by Hendrycks and Gimpel 2016, arXiv:1606.08415; studied by Elfwing, Uchibe and Doya 2017,
    arXiv:1702.03118; found again, as swish, by Ramachandran, Zoph and Le 2017, arXiv:1710.05941.
    Hard cases: silu(-inf) = -0.0, silu(inf) = inf.

    Example:
        >>> import numpy as np
        >>> from reference.activations import silu
        >>> np.round(silu(np.array([-1.0, 0.0, 1.0])), 6)
        array([-0.268941,  0.      ,  0.731059])
    """
    xp = array_namespace(x)
    w = wider(x)
    return narrow(xp.maximum(w, -800.0) * sigmoid(w), x)


def silu_derivative(x: Array) -> Array:
    r"""Return the derivative of SiLU, $\sigma(x)\, (1 + x\, \sigma(-x))$.

    Example:
        >>> import numpy as np
        >>> from reference.activations import silu_derivative
        >>> np.round(silu_derivative(np.array([-1.0, 0.0, 1.0, np.inf])), 6)
        array([0.072329, 0.5     , 0.927671, 1.      ])
    """
    xp = array_namespace(x)
    w = xp.clip(wider(x), -800.0, 800.0)
    return narrow(sigmoid(w) * (1 + w * sigmoid(-w)), x)


def mish(x: Array) -> Array:
    r"""Return Mish, $x \tanh(\mathrm{softplus}(x))$.

    Source: Misra 2019, arXiv:1908.08681, equation 1. Hard cases: mish(-inf) = -0.0, mish(inf) = inf.

    Example:
        >>> import numpy as np
        >>> from reference.activations import mish
        >>> np.round(mish(np.array([-1.0, 0.0, 1.0])), 6)
        array([-0.303401,  0.      ,  0.865098])
    """
    xp = array_namespace(x)
    w = wider(x)
    return narrow(xp.maximum(w, -800.0) * tanh(softplus(w)), x)


def mish_derivative(x: Array) -> Array:
    r"""Return the derivative of Mish, $\tanh s + x\, (1 - \tanh^2 s)\, \sigma(x)$ with $s = \mathrm{softplus}(x)$.

    Example:
        >>> import numpy as np
        >>> from reference.activations import mish_derivative
        >>> np.round(mish_derivative(np.array([-np.inf, 0.0, 1.0, np.inf])), 6)
        array([0.      , 0.6     , 1.049036, 1.      ])
    """
    xp = array_namespace(x)
    w = xp.clip(wider(x), -800.0, 800.0)
    s = softplus(w)
    return narrow(tanh(s) + w * tanh_derivative(s) * sigmoid(w), x)


def hard_swish(x: Array) -> Array:
    r"""Return hard swish, $x\, \mathrm{hard\_sigmoid}(x)$: exactly 0 up to -3, exactly x from 3 on.

    Source: Howard et al. 2019, arXiv:1905.02244, section 5.2. Hard cases: hard_swish(-inf) = -0.0,
    hard_swish(inf) = inf; the order $x \cdot \mathrm{relu6}(x + 3) / 6$ would overflow for the largest inputs.

    Example:
        >>> import numpy as np
        >>> from reference.activations import hard_swish
        >>> hard_swish(np.array([-4.0, -1.5, 0.0, 4.0]))
        array([-0.   , -0.375,  0.   ,  4.   ])
    """
    xp = array_namespace(x)
    return xp.maximum(x, -3.0) * hard_sigmoid(x)


def hard_swish_derivative(x: Array) -> Array:
    r"""Return the derivative of hard swish: 0 up to -3, $\frac{x}{3} + \frac12$ between, 1 from 3 on.

    At the kinks these are PyTorch's values.

    Example:
        >>> import numpy as np
        >>> from reference.activations import hard_swish_derivative
        >>> hard_swish_derivative(np.array([-3.0, 0.0, 1.5, 3.0]))
        array([0. , 0.5, 1. , 1. ])
    """
    xp = array_namespace(x)
    return xp.where(x <= -3, 0.0, xp.where(x >= 3, 1.0, x / 3 + 0.5))


def glu(x: Array, *, axis: int = -1) -> Array:
    r"""Return the gated linear unit, $a\, \sigma(b)$, where a and b are the two halves of x along an axis.

    The second half is the gate. The product is rounded once: a large a still counts where $\sigma(b)$ alone would be
    0 in the type of x.

    Args:
        x: (..., 2n, ...), the axis of even size.
        axis: The axis to halve.

    Returns:
        (..., n, ...).

    Source: Dauphin et al. 2016, arXiv:1612.08083, equation 1. Hard case: a infinite, b = -inf gives NaN.

    Example:
        >>> import numpy as np
        >>> from reference.activations import glu
        >>> glu(np.array([[3.0, 5.0, 0.0, -np.inf]]))
        array([[1.5, 0. ]])
    """
    a, b = _halves(wider(x), axis)
    return narrow(a * sigmoid(b), x)


def swiglu(x: Array, *, axis: int = -1) -> Array:
    r"""Return the SwiGLU gate, $\mathrm{silu}(a)\, b$, where a and b are the two halves of x along an axis.

    Here stands the elementwise part. Shazeer's layer has weights around it,
    $(\mathrm{silu}(x W) \odot x V)\, W_2$. With W and V side by side in one matrix that is
    `swiglu(x @ concat([W, V], axis=-1)) @ W2`: one product for both. Unlike in `glu`, the first half is the gate, and
    the gate is not kept below 1. The product is rounded once.

    Args:
        x: (..., 2n, ...), the axis of even size.
        axis: The axis to halve.

    Returns:
        (..., n, ...).

    Source: Shazeer 2020, arXiv:2002.05202, equations 5 and 6. Hard cases: a = -inf, b infinite gives NaN; two moderate
    numbers overflow, in float16 a = b = 256 does.

    Example:
        >>> import numpy as np
        >>> from reference.activations import swiglu
        >>> np.round(swiglu(np.array([[0.0, 1.0, 10.0, 2.0]])), 6)
        array([[0.      , 1.462117]])
    """
    a, b = _halves(wider(x), axis)
    return narrow(silu(a) * b, x)


def _halves(x: Array, axis: int) -> tuple[Array, Array]:
    xp = array_namespace(x)
    last = xp.moveaxis(x, axis, -1)
    n, odd = divmod(last.shape[-1], 2)
    if odd:
        raise ValueError(f"axis {axis} must have an even size to be halved, got shape {x.shape}; pad or drop one entry")
    return xp.moveaxis(last[..., :n], -1, axis), xp.moveaxis(last[..., n:], -1, axis)
