r"""Layer norm: take its mean from each row, then divide what is left by its root mean square.

The result is what RMS norm makes of the deviations from the mean, and the code says so. Both steps have a picture:
subtracting the mean is the projection P of a row onto the plane of all rows whose sum is 0, and dividing brings what
arrives there to the length $\sqrt n$. So each row depends on itself alone, in training and after it, and neither a
shift nor a positive factor of the whole row changes the result.

Backward is the same two steps in the other order: what RMS norm hands back, projected by P, which is symmetric.

The accuracy hangs on the deviations, since a large mean cancels in them: `centered` takes care of that. All is computed
in `wider(x)` and rounded once.

Notation: `x` is an array, `axis` the axis of its rows, or several axes whose n numbers make a row together; `eps` is
added to the variance, under the root; `weight` and `bias` have one number for each place in a row; g is the gradient of
a final number by the result. NaN makes its whole row NaN, and so does an infinity. The result has the dtype of `x`.

Explained on the page `docs/normalization/layer_norm.md`.
"""

from typing import NamedTuple

from reference.arrays import Array, array_namespace, narrow, wider
from reference.normalization.moments import centered
from reference.normalization.norms import Axis
from reference.normalization.rms_norm import along_axis, rms_norm, rms_norm_backward, sum_of_rows

__all__ = ["LayerNormGradients", "layer_norm", "layer_norm_backward"]


class LayerNormGradients(NamedTuple):
    """The gradient by each input of layer norm, each of that input's shape.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import LayerNormGradients
        >>> LayerNormGradients(x=np.zeros((2, 3)), weight=np.ones(3), bias=np.ones(3)).bias.shape
        (3,)
    """

    x: Array
    weight: Array
    bias: Array


def layer_norm(
    x: Array,
    *,
    axis: Axis = -1,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    r"""Return $y_i = w_i \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}} + b_i$ with each row's own mean and variance.

    $\mu = \frac1n \sum_j x_j$ and $\sigma^2 = \frac1n \sum_j (x_j - \mu)^2$: divided by n, not by n - 1.

    Args:
        x: (..., n, ...).
        axis: The axis of a row, or several axes, whose numbers are then one row.
        weight: w, of the shape that x has along the axes, in the order of x; None stands for ones.
        bias: b, of the same shape; None stands for zeros.
        eps: At least 0. Rows that vary much less than its root are hardly stretched.

    Raises:
        ValueError: If eps is negative, or the weight or the bias has another shape.

    Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450, equations 3 and 4; eps as in PyTorch.
    Hard cases: as the module says; a row of equal numbers gives exactly 0 (plus the bias), and NaN where eps is 0; so
    does a row of one number.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import layer_norm
        >>> layer_norm(np.array([[1.0, 3.0, 5.0, 7.0], [7.0, 7.0, 7.0, 7.0]])).round(4)
        array([[-1.3416, -0.4472,  0.4472,  1.3416],
               [ 0.    ,  0.    ,  0.    ,  0.    ]])
    """
    y = rms_norm(centered(x, axis=axis), axis=axis, weight=weight, eps=eps)
    shift = 0.0 if bias is None else along_axis(bias, x, axis=axis)
    xp = array_namespace(y, shift)
    # Not narrow: weight and bias may be Tensors where x is none.
    return xp.astype(y if bias is None else y + shift, xp.result_type(x, 1.0))


def layer_norm_backward(
    grad: Array,
    x: Array,
    *,
    axis: Axis = -1,
    weight: Array | None = None,
    eps: float = 1e-5,
) -> LayerNormGradients:
    r"""Return the gradients by x, weight and bias, given the gradient g by the result of `layer_norm`.

    With $\hat x = (x - \mu) / s$, where $s = \sqrt{\sigma^2 + \varepsilon}$, and $h = g \odot w$:
    $\frac{\partial}{\partial x} = \frac1s \left(h - \bar h - \hat x\, \frac1n \sum_j h_j \hat x_j\right)$,
    $\frac{\partial}{\partial w} = \sum_\text{rows} g \odot \hat x$ and
    $\frac{\partial}{\partial b} = \sum_\text{rows} g$.

    What the bracket takes out of h are its mean, since a shift of the row changes nothing, and its part along
    $\hat x$, since a factor changes nothing.

    Args:
        grad: g, of the shape of x.
        x: (..., n, ...), what `layer_norm` was given.
        axis: The same axes.
        weight: The same weight; the bias does not matter.
        eps: The same eps.

    Returns:
        The gradients `x`, `weight` and `bias`; without a weight that of a weight of ones.

    Source: the chain rule through the formula. Hard cases: as for `layer_norm`.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import layer_norm_backward
        >>> by_x, by_weight, by_bias = layer_norm_backward(np.eye(4)[:1], np.array([[1.0, 3.0, 5.0, 7.0]]))
        >>> print(by_x.round(4), by_weight.round(4), by_bias)
        [[ 0.1342 -0.1789 -0.0447  0.0894]] [-1.3416  0.      0.      0.    ] [1. 0. 0. 0.]
    """
    d, g = centered(x, axis=axis), wider(grad)
    by_d, by_weight = rms_norm_backward(g, d, axis=axis, weight=weight, eps=eps)
    by_x, by_bias = centered(by_d, axis=axis), sum_of_rows(g, axis=axis)
    like = x if weight is None else weight
    return LayerNormGradients(narrow(by_x, x), narrow(by_weight, like), narrow(by_bias, like))
