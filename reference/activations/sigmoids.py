r"""The S-shaped functions and their relatives: sigmoid, tanh, softplus, softsign.

A sigmoid turns any number into one between two levels, and it does so smoothly: it has a slope everywhere, so a
network can learn through it. Softplus is the sigmoid's integral, log_sigmoid its logarithm, softsign and hard_sigmoid
are cheaper curves of the same shape.

The exponential only ever sees negative arguments here, -|x|. It may then underflow to 0, which is harmless, but
never overflow.

Notation: `x` is an array of any shape, and the result has its shape and, for floats, its dtype, in which it is also
computed (softsign apart), so that float16 costs up to 2.5 ulp. Integers become the library's default float
(array-api-strict refuses them; NumPy's own tanh gives int8 a float16). A derivative is with respect to `x`. NaN stays
NaN.

Explained on the page `docs/activations/sigmoids.md`.
"""

from reference.arrays import Array, array_namespace, narrow, wider

__all__ = [
    "hard_sigmoid",
    "hard_sigmoid_derivative",
    "log_sigmoid",
    "log_sigmoid_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softplus",
    "softplus_derivative",
    "softsign",
    "softsign_derivative",
    "tanh",
    "tanh_derivative",
]


def sigmoid(x: Array) -> Array:
    r"""Return the logistic sigmoid, $\sigma(x) = \frac{1}{1 + e^{-x}}$, between 0 and 1.

    On the left it is computed as $e^x / (1 + e^x)$, the same value, so that exp never overflows.

    Source: Verhulst 1845. Hard cases: sigmoid(-inf) = 0, sigmoid(inf) = 1; float32 is subnormal below -87.3.

    Example:
        >>> import numpy as np
        >>> from reference.activations import sigmoid
        >>> np.round(sigmoid(np.array([-1000.0, 0.0, 1.0])), 6)
        array([0.      , 0.5     , 0.731059])
    """
    xp = array_namespace(x)
    e = _decay(x)
    return xp.where(x < 0, e, 1.0) / (1 + e)


def sigmoid_derivative(x: Array) -> Array:
    r"""Return the derivative of the sigmoid, $\sigma(x)\, \sigma(-x)$, at most 1/4.

    The textbook's $\sigma (1 - \sigma)$ is the same number, but the subtraction gives 0 from x = 17 on in float32.

    Example:
        >>> import numpy as np
        >>> from reference.activations import sigmoid_derivative
        >>> np.round(sigmoid_derivative(np.array([-1.0, 0.0, 1.0])), 6)
        array([0.196612, 0.25    , 0.196612])
    """
    return sigmoid(x) * sigmoid(-1.0 * x)


def log_sigmoid(x: Array) -> Array:
    r"""Return the logarithm of the sigmoid, $\log \sigma(x) = -\mathrm{softplus}(-x)$.

    Computed as $\min(x, 0) - \log(1 + e^{-|x|})$. Taking the log of sigmoid(x) instead gives -inf below -104 in
    float32, and 0 from 17 on.

    Source: the formula. Hard cases: log_sigmoid(-inf) = -inf, log_sigmoid(inf) = 0.

    Example:
        >>> import numpy as np
        >>> from reference.activations import log_sigmoid
        >>> np.round(log_sigmoid(np.array([-1000.0, 0.0, 1.0])), 6)
        array([-1.00000e+03, -6.93147e-01, -3.13262e-01])
    """
    xp = array_namespace(x)
    return xp.where(x < 0, x, 0.0) - xp.log1p(_decay(x))


def log_sigmoid_derivative(x: Array) -> Array:
    r"""Return the derivative of log_sigmoid, $\sigma(-x)$.

    Example:
        >>> import numpy as np
        >>> from reference.activations import log_sigmoid_derivative
        >>> np.round(log_sigmoid_derivative(np.array([-1000.0, 0.0, 1.0])), 6)
        array([1.      , 0.5     , 0.268941])
    """
    xp = array_namespace(x)
    return sigmoid(xp.multiply(x, -1.0))


def tanh(x: Array) -> Array:
    r"""Return the hyperbolic tangent, $\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} = 2\sigma(2x) - 1$.

    The library's own function: written out, the numerator loses all digits near 0, and both parts overflow from
    x = 88.73 on in float32, which makes their quotient NaN.

    Source: the formula. Hard cases: tanh(-inf) = -1, tanh(inf) = 1, tanh(-0.0) = -0.0.

    Example:
        >>> import numpy as np
        >>> from reference.activations import tanh
        >>> np.round(tanh(np.array([-1000.0, 0.0, 1.0])), 6)
        array([-1.      ,  0.      ,  0.761594])
    """
    xp = array_namespace(x)
    return xp.tanh(x)


def tanh_derivative(x: Array) -> Array:
    r"""Return the derivative of tanh, $1 - \tanh^2(x) = \left(\frac{2e}{1 + e^2}\right)^2$ with $e = e^{-|x|}$.

    The second form is 1 / cosh(x)^2. It keeps its digits where tanh(x) has rounded to 1 and the first form is 0, in
    float32 for example at x = 12.

    Example:
        >>> import numpy as np
        >>> from reference.activations import tanh_derivative
        >>> np.round(tanh_derivative(np.array([-1.0, 0.0, 1.0])), 6)
        array([0.419974, 1.      , 0.419974])
    """
    e = _decay(x)
    sech = 2 * e / (1 + e * e)
    return sech * sech


def softplus(x: Array) -> Array:
    r"""Return softplus, $\log(1 + e^x)$, a smooth ReLU: its derivative is the sigmoid.

    Computed as $\max(x, 0) + \log(1 + e^{-|x|})$, in which nothing overflows and log1p keeps a small exponential.

    Source: Dugas et al. 2000. Hard cases: softplus(-inf) = 0, softplus(inf) = inf.

    Example:
        >>> import numpy as np
        >>> from reference.activations import softplus
        >>> np.round(softplus(np.array([-1000.0, 0.0, 10.0])), 6)
        array([ 0.      ,  0.693147, 10.000045])
    """
    xp = array_namespace(x)
    return xp.where(x < 0, 0.0, x) + xp.log1p(_decay(x))


def softplus_derivative(x: Array) -> Array:
    r"""Return the derivative of softplus, $\sigma(x)$.

    Example:
        >>> import numpy as np
        >>> from reference.activations import softplus_derivative
        >>> np.round(softplus_derivative(np.array([-1.0, 0.0, 1.0])), 6)
        array([0.268941, 0.5     , 0.731059])
    """
    return sigmoid(x)


def softsign(x: Array) -> Array:
    r"""Return softsign, $\frac{x}{1 + |x|}$, between -1 and 1; it reaches its levels far more slowly than tanh.

    Source: Bergstra et al. 2009. Hard cases: softsign(-inf) = -1, softsign(inf) = 1, where the formula itself gives
    inf / inf. So x is cut at 1e30, where the quotient has long been 1, in a type that can hold 1e30.

    Example:
        >>> import numpy as np
        >>> from reference.activations import softsign
        >>> softsign(np.array([-np.inf, -1.0, 0.0, 3.0]))
        array([-1.  , -0.5 ,  0.  ,  0.75])
    """
    xp = array_namespace(x)
    cut = xp.clip(wider(x), -1e30, 1e30)
    return narrow(cut / (1 + xp.abs(cut)), x)


def softsign_derivative(x: Array) -> Array:
    r"""Return the derivative of softsign, $\frac{1}{(1 + |x|)^2}$.

    The reciprocal is squared, not the sum, which would overflow.

    Example:
        >>> import numpy as np
        >>> from reference.activations import softsign_derivative
        >>> softsign_derivative(np.array([-1.0, 0.0, 3.0]))
        array([0.25  , 1.    , 0.0625])
    """
    xp = array_namespace(x)
    r = 1 / (1 + xp.abs(1.0 * x))
    return r * r


def hard_sigmoid(x: Array) -> Array:
    r"""Return hard sigmoid, the straight line $\frac{x + 3}{6}$ cut at 0 and 1, which is $\mathrm{relu6}(x + 3)/6$.

    Source: Howard et al. 2019, arXiv:1905.02244, section 5.2 (an older one has the slope 1/5).
    Hard cases: hard_sigmoid(-inf) = 0, hard_sigmoid(inf) = 1.

    Example:
        >>> import numpy as np
        >>> from reference.activations import hard_sigmoid
        >>> hard_sigmoid(np.array([-4.0, 0.0, 1.5, 4.0]))
        array([0.  , 0.5 , 0.75, 1.  ])
    """
    xp = array_namespace(x)
    return xp.where(x <= -3, 0.0, xp.where(x >= 3, 1.0, (x + 3.0) / 6))


def hard_sigmoid_derivative(x: Array) -> Array:
    r"""Return the derivative of hard sigmoid: 1/6 between -3 and 3, else 0, and 0 at both kinks as in PyTorch.

    Example:
        >>> import numpy as np
        >>> from reference.activations import hard_sigmoid_derivative
        >>> np.round(hard_sigmoid_derivative(np.array([-3.0, 0.0, 3.0])), 6)
        array([0.      , 0.166667, 0.      ])
    """
    xp = array_namespace(x)
    return xp.where(xp.abs(1.0 * x) < 3, 1 / 6, xp.where(xp.isnan(1.0 * x), x, 0.0))


def _decay(x: Array) -> Array:
    r"""Return $e^{-|x|}$, a float also for integers.

    Not by abs, whose slope at 0 is 0 in PyTorch and 1 in JAX: what is built on `where(x < 0, ...)` alone keeps to one
    side of 0, and its automatic derivative at 0 is the true one. And -1.0 * x, since unsigned integers wrap under -x.
    """
    xp = array_namespace(x)
    return xp.exp(xp.where(x < 0, x, -1.0 * x))
