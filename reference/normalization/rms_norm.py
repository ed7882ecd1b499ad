r"""RMS norm: divide each row by its root mean square, so that every row has the same length and keeps its direction.

The root mean square of a row of n numbers is its length over $\sqrt n$. Divided by it a row of any length ends on the
sphere of radius $\sqrt n$. Nothing is subtracted: the mean stays what it was, in proportion.

All is computed in `wider(x)` and rounded once. Squares leave the range of a type long before the numbers do (in
float32 above 1.8e19 and below 1e-23), so `root_mean_square` measures a row in units of its largest number.

Notation: `x` is an array, `axis` the axis of its rows, or several axes whose n numbers make a row together; `eps` is
added under the root; `weight` has one number for each place in a row; g is the gradient of a final number by the
result. NaN makes its whole row NaN; an infinity becomes NaN and the numbers beside it 0. The result has the dtype of x.

Explained on the page `docs/normalization/rms_norm.md`.
"""

from typing import NamedTuple

from reference.arrays import Array, array_namespace, narrow, wider
from reference.normalization.moments import root_mean_square
from reference.normalization.norms import Axis

__all__ = ["RMSNormGradients", "along_axis", "rms_norm", "rms_norm_backward", "sum_of_rows"]


class RMSNormGradients(NamedTuple):
    """The gradient by each input of RMS norm, each of that input's shape.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import RMSNormGradients
        >>> RMSNormGradients(x=np.zeros((2, 3)), weight=np.ones(3)).weight.shape
        (3,)
    """

    x: Array
    weight: Array


def rms_norm(
    x: Array,
    *,
    axis: Axis = -1,
    weight: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    r"""Return $y_i = w_i \frac{x_i}{\sqrt{\frac1n \sum_j x_j^2 + \varepsilon}}$: rows of one length.

    Args:
        x: (..., n, ...).
        axis: The axis of a row, or several axes, whose numbers are then one row.
        weight: w, of the shape that x has along the axes, in the order of x; None stands for ones.
        eps: At least 0. Rows much shorter than its root are hardly stretched; it keeps a row of zeros at 0.

    Raises:
        ValueError: If eps is negative, or the weight has another shape.

    Source: Zhang and Sennrich 2019, arXiv:1910.07467, equation 4; eps stands under the root, as in PyTorch.
    Hard cases: as the module says; a row of zeros gives zeros, and NaN where eps is 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import rms_norm
        >>> rms_norm(np.array([[1.0, 7.0], [-2e30, 14e30]]), eps=0.0).round(6)
        array([[ 0.2,  1.4],
               [-0.2,  1.4]])
    """
    scale = 1.0 if weight is None else along_axis(weight, x, axis=axis)
    xp = array_namespace(x, scale)
    w = wider(x)
    y = w / root_mean_square(w, axis=axis, eps=eps, keepdims=True)
    # Not narrow: the weight may be a Tensor where x is none.
    return xp.astype(y if weight is None else y * scale, xp.result_type(x, 1.0))


def rms_norm_backward(
    grad: Array,
    x: Array,
    *,
    axis: Axis = -1,
    weight: Array | None = None,
    eps: float = 1e-5,
) -> RMSNormGradients:
    r"""Return the gradients by x and by the weight, given the gradient g by the result of `rms_norm`.

    With $\hat x = x / r$, where r is the root mean square (with eps), and $h = g \odot w$:
    $\frac{\partial}{\partial x} = \frac1r \left(h - \hat x\, \frac1n \sum_j h_j \hat x_j\right)$, and
    $\frac{\partial}{\partial w} = \sum_\text{rows} g \odot \hat x$.

    What the bracket takes out of h is its part along $\hat x$: a longer row gives the same result.

    Args:
        grad: g, of the shape of x.
        x: (..., n, ...), what `rms_norm` was given.
        axis: The same axes.
        weight: The same weight.
        eps: The same eps.

    Returns:
        The gradients `x` and `weight`; without a weight that of a weight of ones.

    Source: the chain rule through the formula. Hard cases: as for `rms_norm`.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import rms_norm_backward
        >>> x, g = np.array([[1.0, 7.0]]), np.array([[5.0, 0.0]])
        >>> by_x, by_weight = rms_norm_backward(g, x, eps=0.0)
        >>> by_x.round(6), (by_x @ x[0]).round(6), by_weight.round(6)
        (array([[ 0.98, -0.14]]), array([0.]), array([1., 0.]))
    """
    scale = 1.0 if weight is None else along_axis(weight, x, axis=axis)
    xp = array_namespace(grad, x, scale)
    w, g = wider(x), wider(grad)
    r = root_mean_square(w, axis=axis, eps=eps, keepdims=True)
    y, h = w / r, g * scale
    by_x = (h - y * xp.mean(h * y, axis=axis, keepdims=True)) / r
    by_weight = sum_of_rows(g * y, axis=axis)
    return RMSNormGradients(narrow(by_x, x), narrow(by_weight, x if weight is None else weight))


def along_axis(weight: Array, x: Array, *, axis: Axis) -> Array:
    """Return a weight or bias of a row, with axes of size 1 added so that it lies along the rows of x.

    Args:
        weight: Of the shape that x has along the axes, in the order of x.
        x: The array that it shall meet.
        axis: The axis of its rows, or several axes.

    Raises:
        ValueError: If it has another shape.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import along_axis
        >>> along_axis(np.ones(3), np.ones((2, 3, 4)), axis=1).shape
        (1, 3, 1)
    """
    xp = array_namespace(weight)
    axes = _axes(x, axis)
    shape = tuple(n if i in axes else 1 for i, n in enumerate(x.shape))
    row = tuple(x.shape[i] for i in axes)
    if tuple(weight.shape) != row:
        raise ValueError(
            f"weight and bias need the shape of x along axis {axis}, {row}, got {tuple(weight.shape)}; for a layout of "
            "another kind normalize without them, then multiply and add"
        )
    return xp.reshape(weight, shape)


def sum_of_rows(x: Array, *, axis: Axis) -> Array:
    """Return the sum over all axes but those of the rows: the shape of one row is left.

    This is how a gradient comes back to a weight, which all rows share.

    Args:
        x: (..., n, ...).
        axis: The axis of its rows, or several axes.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import sum_of_rows
        >>> sum_of_rows(np.ones((2, 3, 4)), axis=1)
        array([8., 8., 8.])
    """
    xp = array_namespace(x)
    others = tuple(i for i in range(x.ndim) if i not in _axes(x, axis))
    return xp.sum(x, axis=others) if others else x


def _axes(x: Array, axis: Axis) -> list[int]:
    return sorted(range(x.ndim)[i] for i in (axis if isinstance(axis, tuple) else (axis,)))
