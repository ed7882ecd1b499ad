r"""Linear networks: what a network without an activation can compute, and how to tell that it does no more.

A stack of layers without an activation, $y = x W_1 W_2 \cdots W_l$, is one matrix in disguise. It is linear in $x$.
It is also linear in each single $W_i$, but not in all of them together: there it is multilinear, of degree $l$.
Differences decide such questions without any calculus, because along a straight line a polynomial of degree $k$
has equal $k$-th differences and no higher ones.

Strictly, $y = m x + c$ is affine: linear plus a constant.

Notation: `x: (n, d_0)` holds n samples as rows, `weights` is a sequence of matrices `W_i: (d_{i-1}, d_i)`, and
`f` is any function of one array.

Explained on the page `docs/activations/linearity.md`.
"""

from collections.abc import Callable, Sequence
from math import comb

from reference.arrays import Array, array_namespace

__all__ = ["affine_residual", "collapse", "difference", "linear_network", "second_difference"]


def linear_network(x: Array, weights: Sequence[Array]) -> Array:
    r"""Return the output of layers without activations, $x W_1 W_2 \cdots W_l$, one layer after the other.

    Args:
        x: `(..., d_0)`.
        weights: Matrices, `W_i: (d_{i-1}, d_i)`; a stack `(l, d, d)` serves where the library can iterate over it.

    Source: Goodfellow, Bengio and Courville 2016, section 6.1.

    Example:
        >>> import numpy as np
        >>> from reference.activations import linear_network
        >>> linear_network(np.array([[1.0, 2.0]]), [np.eye(2), np.array([[3.0], [1.0]])])
        array([[5.]])
    """
    xp = array_namespace(x, *weights)
    for weight in weights:
        x = xp.matmul(x, weight)
    return x


def collapse(weights: Sequence[Array]) -> Array:
    r"""Return the one matrix $W_1 W_2 \cdots W_l$ that does the work of the whole linear network.

    The outputs agree up to rounding, whose order differs; the gradients by the $W_i$ have no such twin.

    Args:
        weights: At least one matrix, `W_i: (d_{i-1}, d_i)`.

    Raises:
        ValueError: If there is no matrix.

    Example:
        >>> import numpy as np
        >>> from reference.activations import collapse
        >>> collapse([np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3.0], [1.0]])])
        array([[5.],
               [1.]])
    """
    if len(weights) == 0:
        raise ValueError("expected at least one weight matrix, got none; pass [np.eye(d)] for the identity")
    return linear_network(weights[0], weights[1:])


def affine_residual(x: Array, y: Array) -> Array:
    """Return the root-mean-square error of the best affine fit of y by x: 0 where x -> y is affine on this data.

    Subtracting the means makes the best affine fit a linear one: the pseudoinverse of the centered x gives it.
    "On this data" matters: a ReLU network is affine on samples that leave every ReLU on its side of the kink.
    `y` decides the scale: compare the result with the standard deviation of y.

    Args:
        x: `(n, d)`, n samples.
        y: `(n,)` or `(n, k)`, their values. With n <= d + 1 samples in general position every fit is perfect.

    The library must offer the standard's extension `linalg`, as NumPy, PyTorch and JAX do.

    Example:
        >>> import numpy as np
        >>> from reference.activations import affine_residual
        >>> x = np.array([[-1.0], [0.0], [1.0]])
        >>> bool(affine_residual(x, 3 * x + 2) < 1e-12), affine_residual(x, np.abs(x)).round(4)
        (True, np.float64(0.4714))
    """
    xp = array_namespace(x, y)
    x, y = x - xp.mean(x, axis=0), y - xp.mean(y, axis=0)
    noise = max(x.shape) * xp.finfo(x.dtype).eps
    error = y - xp.matmul(x, xp.matmul(xp.linalg.pinv(x, rtol=noise), y))
    return xp.sqrt(xp.mean(error * error))


def difference(f: Callable[[Array], Array], at: Array, direction: Array, *, order: int = 1) -> Array:
    r"""Return the m-th forward difference of f, $\sum_{k=0}^m (-1)^{m-k} \binom{m}{k} f(a + k d)$.

    Here a is `at`, d is `direction` and m is `order`; the first difference is f(a + d) - f(a).

    If f is a polynomial of degree m along the direction, the m-th difference is the same wherever it is taken and
    the next one is 0: the first order that gives 0 is one more than the degree.

    Args:
        f: A function of one array.
        at: Where to start, an array.
        direction: One step, an array that broadcasts against `at`, or a number.
        order: How often to take the difference, at least 0.

    Raises:
        ValueError: If the order is negative.

    Example:
        >>> import numpy as np
        >>> from reference.activations import difference
        >>> start, step = np.array(2.0), np.array(1.0)
        >>> [float(difference(lambda x: x * x, start, step, order=m)) for m in (1, 2, 3)]
        [5.0, 2.0, 0.0]
    """
    if order < 0:
        raise ValueError(f"order counts differences and must be at least 0, got {order}; pass 1 for f(a + d) - f(a)")
    array_namespace(at, direction)  # refuses a list, which the product would repeat and not scale
    points = [at + k * direction for k in range(order + 1)]
    return sum((-1) ** (order - k) * comb(order, k) * f(point) for k, point in enumerate(points))


def second_difference(f: Callable[[Array], Array], at: Array, direction: Array) -> Array:
    """Return f(at + direction) - 2 f(at) + f(at - direction), which is 0 where f is affine along the direction.

    Args:
        f: A function of one array.
        at: The middle point, an array.
        direction: One step, an array that broadcasts against `at`, or a number.

    Example:
        >>> import numpy as np
        >>> from reference.activations import second_difference
        >>> network = lambda weights: 5 * weights[0] * weights[1]
        >>> weights, one, both = np.array([2.0, 3.0]), np.array([1.0, 0.0]), np.array([1.0, 1.0])
        >>> float(second_difference(network, weights, one)), float(second_difference(network, weights, both))
        (0.0, 10.0)
    """
    array_namespace(at, direction)
    return f(at + direction) - 2 * f(at) + f(at - direction)
