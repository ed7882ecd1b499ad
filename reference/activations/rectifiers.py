r"""ReLU and its relatives: functions that are the identity on the right and something small on the left.

A linear unit passes its input on. A rectified one does so for positive inputs only, and that one kink at 0 is all
the non-linearity a network needs. The relatives differ in what they do on the left: a slope (leaky ReLU, PReLU), an
exponential that levels off (ELU, CELU, SELU), or a ceiling on the right as well (ReLU6).

Every function reads `where(on the left, one thing, x)`. NaN is neither left nor right, so it falls through to `x`.
A branch that is not taken is still computed, so it must stay finite: `exp` is only given the left half of `x`.
Integers go by the library's own promotion: `relu` and `relu6` keep them, the others turn them into floats where the
library mixes the two (array-api-strict refuses).

Notation: `x` is an array of any shape, and the result has its shape and, for floats, its dtype. `alpha` and
`negative_slope` are Python numbers. A derivative is with respect to `x`.

Explained on the page `docs/activations/rectifiers.md`.
"""

from reference.arrays import Array, array_namespace

__all__ = [
    "SELU_ALPHA",
    "SELU_SCALE",
    "celu",
    "celu_derivative",
    "elu",
    "elu_derivative",
    "leaky_relu",
    "leaky_relu_derivative",
    "prelu",
    "prelu_derivative",
    "relu",
    "relu6",
    "relu6_derivative",
    "relu_derivative",
    "selu",
    "selu_derivative",
]

SELU_ALPHA = 1.6732632423543772
r"""$\alpha = \varphi(0) / (1/2 - e^{1/2}\, \Phi(-1))$: makes the mean of SELU 0 for a standard normal input."""

SELU_SCALE = 1.0507009873554805
r"""$\lambda$: makes the variance 1, $\lambda^{-2} = 1/2 + \alpha^2 (e^2 \Phi(-2) - 2 e^{1/2} \Phi(-1) + 1/2)$."""


def relu(x: Array) -> Array:
    """Return the rectified linear unit: x where it is positive, else 0.

    Two reasons against the shorter `maximum(x, 0)`. At 0 its two arguments tie, and automatic differentiation
    splits the gradient between them: the derivative comes out as 0.5, not 0. And `0` is written first here, so
    that a NaN, for which every comparison is false, is passed on.

    Source: Nair and Hinton 2010. Hard cases: relu(-0.0) is +0.0, relu(inf) = inf, relu(NaN) = NaN.

    Example:
        >>> import numpy as np
        >>> from reference.activations import relu
        >>> relu(np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 3.])
    """
    xp = array_namespace(x)
    return xp.where(x <= 0, 0, x)


def relu_derivative(x: Array) -> Array:
    """Return the derivative of ReLU: 1 where x is positive, else 0, and 0 at the kink as in PyTorch and JAX.

    Hard case: NaN stays NaN (PyTorch's own backward pass returns 1 there).

    Example:
        >>> import numpy as np
        >>> from reference.activations import relu_derivative
        >>> relu_derivative(np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 1.])
    """
    xp = array_namespace(x)
    return xp.where(x <= 0, 0, xp.where(x > 0, 1, x))


def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> Array:
    """Return the leaky ReLU: x where it is positive, else negative_slope * x, so that no input has derivative 0.

    Source: Maas, Hannun and Ng 2013. Hard case: a slope of 0 gives 0 * -inf = NaN at -inf; use `relu`.

    Example:
        >>> import numpy as np
        >>> from reference.activations import leaky_relu
        >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
        array([-0.02,  0.  ,  3.  ])
    """
    xp = array_namespace(x)
    return xp.where(x <= 0, negative_slope * x, x)


def leaky_relu_derivative(x: Array, *, negative_slope: float = 0.01) -> Array:
    """Return the derivative of leaky ReLU: 1 where x is positive, else negative_slope, also at the kink.

    Example:
        >>> import numpy as np
        >>> from reference.activations import leaky_relu_derivative
        >>> leaky_relu_derivative(np.array([-2.0, 0.0, 3.0]))
        array([0.01, 0.01, 1.  ])
    """
    xp = array_namespace(x)
    return xp.where(x <= 0, negative_slope, xp.where(x > 0, 1, x))


def prelu(x: Array, weight: Array) -> Array:
    """Return the parametric ReLU: a leaky ReLU whose slope is a learned weight.

    Args:
        x: Any shape.
        weight: The slope on the left, a number or an array that broadcasts against x: for one slope per channel of
            an image (batch, channels, height, width), shape (channels, 1, 1).

    Source: He et al. 2015, arXiv:1502.01852, equation 1.

    Example:
        >>> import numpy as np
        >>> from reference.activations import prelu
        >>> prelu(np.array([[-2.0, -2.0, 3.0]]), np.array([0.25, 0.5, 0.5]))
        array([[-0.5, -1. ,  3. ]])
    """
    xp = array_namespace(x, weight)
    return xp.where(x <= 0, weight * x, x)


def prelu_derivative(x: Array, weight: Array) -> Array:
    """Return the derivative of PReLU by x: 1 where x is positive, else the weight, also at the kink.

    The derivative by the weight, which training needs as well, is x on the left and 0 on the right: `-relu(-x)`.

    Example:
        >>> import numpy as np
        >>> from reference.activations import prelu_derivative
        >>> prelu_derivative(np.array([[-2.0, 0.0, 3.0]]), np.array([0.25, 0.5, 0.5]))
        array([[0.25, 0.5 , 1.  ]])
    """
    xp = array_namespace(x, weight)
    return xp.where(x <= 0, weight, xp.where(x > 0, 1, x))


def elu(x: Array, *, alpha: float = 1.0) -> Array:
    r"""Return the exponential linear unit: $x$ where it is positive, else $\alpha (e^x - 1)$.

    It levels off at $-\alpha$. `expm1` keeps the digits that `exp(x) - 1` loses near 0. The inner `where` sets the
    right half to 0, because the exponential is computed for every x, also where its result is not taken: it must
    not overflow, and its infinite slope must not meet a gradient of 0. `minimum(x, 0)` would halve the slope at 0.

    Source: Clevert, Unterthiner and Hochreiter 2016, arXiv:1511.07289, section 3.

    Example:
        >>> import numpy as np
        >>> from reference.activations import elu
        >>> elu(np.array([-np.inf, -1.0, 0.0, 99.0])).round(4)
        array([-1.    , -0.6321,  0.    , 99.    ])
    """
    xp = array_namespace(x)
    return xp.where(x > 0, x, alpha * xp.expm1(xp.where(x > 0, 0, x)))


def elu_derivative(x: Array, *, alpha: float = 1.0) -> Array:
    r"""Return the derivative of ELU: 1 where $x$ is positive, else $\alpha e^x$; at 0 it is $\alpha$.

    Example:
        >>> import numpy as np
        >>> from reference.activations import elu_derivative
        >>> elu_derivative(np.array([-1.0, 0.0, 1000.0]), alpha=2.0).round(4)
        array([0.7358, 2.    , 1.    ])
    """
    xp = array_namespace(x)
    return xp.where(x > 0, 1, alpha * xp.exp(xp.where(x > 0, 0, x)))


def celu(x: Array, *, alpha: float = 1.0) -> Array:
    r"""Return the ELU without its kink: $x$ where it is positive, else $\alpha (e^{x / \alpha} - 1)$, for $\alpha > 0$.

    Dividing inside the exponential makes the slope at 0 equal to 1 from both sides, for every $\alpha$.

    Source: Barron 2017, arXiv:1704.07483, equation 3. Hard case: for alpha < 1 the quotient of the most negative
    floats overflows; the value, -alpha, is still right, but NumPy warns.

    Example:
        >>> import numpy as np
        >>> from reference.activations import celu
        >>> celu(np.array([-np.inf, -1.0, 0.0, 99.0]), alpha=2.0).round(4)
        array([-2.    , -0.7869,  0.    , 99.    ])
    """
    xp = array_namespace(x)
    return xp.where(x > 0, x, alpha * xp.expm1(xp.where(x > 0, 0, x) / alpha))


def celu_derivative(x: Array, *, alpha: float = 1.0) -> Array:
    r"""Return the derivative of CELU: 1 where $x$ is positive, else $e^{x / \alpha}$; both are 1 at 0.

    Example:
        >>> import numpy as np
        >>> from reference.activations import celu_derivative
        >>> celu_derivative(np.array([-1.0, 0.0, 1000.0]), alpha=2.0).round(4)
        array([0.6065, 1.    , 1.    ])
    """
    xp = array_namespace(x)
    return xp.where(x > 0, 1, xp.exp(xp.where(x > 0, 0, x) / alpha))


def selu(x: Array) -> Array:
    r"""Return the scaled ELU, $\lambda\, \mathrm{elu}(x, \alpha)$: standard normal input keeps mean 0 and variance 1.

    Source: Klambauer et al. 2017, arXiv:1706.02515, equation 2. Hard case: $\lambda > 1$, so the largest
    floats of a format, from 0.952 of its maximum on, overflow to inf, as they must.

    Example:
        >>> import numpy as np
        >>> from reference.activations import selu
        >>> selu(np.array([-np.inf, -1.0, 0.0, 1.0])).round(4)
        array([-1.7581, -1.1113,  0.    ,  1.0507])
    """
    return SELU_SCALE * elu(x, alpha=SELU_ALPHA)


def selu_derivative(x: Array) -> Array:
    r"""Return the derivative of SELU: $\lambda$ where $x$ is positive, else $\lambda \alpha e^x$, also at 0.

    Example:
        >>> import numpy as np
        >>> from reference.activations import selu_derivative
        >>> selu_derivative(np.array([-1.0, 0.0, 1.0])).round(4)
        array([0.6468, 1.7581, 1.0507])
    """
    return SELU_SCALE * elu_derivative(x, alpha=SELU_ALPHA)


def relu6(x: Array) -> Array:
    """Return the ReLU with a ceiling: x between 0 and 6, else the nearer of the two.

    The ceiling was put there for sparse features; it also bounds the range that a format of few bits must cover.

    Source: Krizhevsky 2010, "Convolutional Deep Belief Networks on CIFAR-10"; for low precision Sandler et al. 2018
    (MobileNetV2), arXiv:1801.04381.

    Example:
        >>> import numpy as np
        >>> from reference.activations import relu6
        >>> relu6(np.array([-2.0, 3.0, 8.0]))
        array([0., 3., 6.])
    """
    xp = array_namespace(x)
    return xp.where(x <= 0, 0, xp.where(x >= 6, 6, x))


def relu6_derivative(x: Array) -> Array:
    """Return the derivative of ReLU6: 1 strictly between 0 and 6, else 0, and 0 at both kinks as in PyTorch.

    Example:
        >>> import numpy as np
        >>> from reference.activations import relu6_derivative
        >>> relu6_derivative(np.array([-2.0, 0.0, 3.0, 6.0]))
        array([0., 0., 1., 0.])
    """
    xp = array_namespace(x)
    return xp.where((x <= 0) | (x >= 6), 0, xp.where(x > 0, 1, x))
