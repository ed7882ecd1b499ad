r"""A derivative says how much the result moves when the input moves a little, and this module measures it by moving it.

The derivative $f'(x)$ is the limit of $(f(x + h) - f(x)) / h$ for $h \to 0$. A computer cannot go to the limit: for
large h the curve bends away from its tangent (truncation, a power of h), for small h the subtraction keeps nothing
but the rounding of f (a power of 1/h). Their sum, drawn over h, is a V, and its lowest point is the best step.
Only the complex step subtracts nothing, so its curve has no second arm.

Notation: `f` is a function of one array, `x` an array of any shape, `h` the step, a number. In forward_difference,
central_difference, complex_step and error_curve, f is elementwise; in directional_derivative and numerical_jacobian
it is any function. A step x + h that rounds to x gives 0, without a warning. NaN stays NaN.

The defaults suit float64 and functions whose values and derivatives are about 1. They are powers of two, so for an x of
moderate size x + h is usually exact. In float32 take about 2^-11 forward and 2^-7 central, and expect three and four
digits.

Explained on the page `docs/autograd/derivative.md`.
"""

from collections.abc import Callable
from math import factorial
from typing import NamedTuple

import numpy as np

from reference.arrays import Array, array_namespace

__all__ = [
    "DifferenceError",
    "ErrorCurve",
    "best_step",
    "central_difference",
    "complex_step",
    "difference_error",
    "directional_derivative",
    "error_curve",
    "forward_difference",
    "numerical_jacobian",
]


class DifferenceError(NamedTuple):
    """The two parts of a difference's error: truncation grows with h, rounding with 1/h, and their sum bounds it.

    Example:
        >>> from reference.autograd import DifferenceError
        >>> sum(DifferenceError(truncation=0.25, rounding=0.5))
        0.75
    """

    truncation: float
    rounding: float


class ErrorCurve(NamedTuple):
    """The steps h, and for each the worst absolute error of three methods over some points; all of shape (n,).

    Example:
        >>> import numpy as np
        >>> from reference.autograd import error_curve
        >>> error_curve(np.exp, np.exp, np.array([0.0]), h=np.array([0.5]))._fields
        ('h', 'forward', 'central', 'complex_step')
    """

    h: Array
    forward: Array
    central: Array
    complex_step: Array


def forward_difference(f: Callable[[Array], Array], x: Array, *, h: float = 2.0**-26) -> Array:
    r"""Return the slope from x to the next point, $\frac{f(x + h) - f(x)}{h} = f'(x) + \frac{h}{2} f''(x) + \dots$

    A negative h gives the backward difference.

    Source: the definition of the derivative, without its limit. Hard case: h = 0 gives 0/0, NaN.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import forward_difference
        >>> forward_difference(lambda x: x * x, np.array([1.0, 3.0]), h=0.5)
        array([2.5, 6.5])
    """
    return (f(x + h) - f(x)) / h


def central_difference(f: Callable[[Array], Array], x: Array, *, h: float = 2.0**-17) -> Array:
    r"""Return the slope across x, $\frac{f(x + h) - f(x - h)}{2h} = f'(x) + \frac{h^2}{6} f'''(x) + \dots$

    The two sides' errors of first order have opposite signs and cancel. Across a kink it returns the mean of both
    slopes, so it never sees which one a derivative chose.

    Source: the formula. Hard case: h = 0 gives 0/0, NaN.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import central_difference
        >>> central_difference(lambda x: x * x, np.array([1.0, 3.0]), h=0.5)
        array([2., 6.])
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def complex_step(f: Callable[[Array], Array], x: Array, *, h: float = 1e-100) -> Array:
    r"""Return $\frac{\mathrm{Im} f(x + ih)}{h} = f'(x) - \frac{h^2}{6} f'''(x) + \dots$, which subtracts nothing.

    With h = 1e-100 the truncation is far below one ulp, so the result is as accurate as f itself.

    It needs a function that is written for complex numbers and is analytic: sums, products, quotients, powers, exp,
    log, sqrt, sin, tanh. NumPy orders complex numbers by their real parts first, so `where(x < 0, ...)`, maximum and
    clip work there. Not so abs and a conversion to float, which return real numbers: as the last step they are
    refused here, but inside f they give a wrong derivative without a word (x / (1 + abs(x)) does). floor, cbrt,
    arctan2 and SciPy's real functions raise their own TypeError.

    Raises:
        TypeError: If f returns real numbers.

    Source: Squire and Trapp 1998, "Using complex variables to estimate derivatives of real functions". Hard case: an h
    below 2.2e-308 is subnormal and loses its own digits.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import complex_step
        >>> np.round(complex_step(np.exp, np.array([0.0, 1.0])) - np.exp([0.0, 1.0]), 15)
        array([0., 0.])
    """
    y = f(np.asarray(x) + 1j * h)
    if not np.iscomplexobj(y):
        raise TypeError(
            "the complex step needs a function that returns complex numbers for complex ones, got real ones (abs and "
            "conversions to float do that); write abs(x) as where(x < 0, -x, x), or use central_difference"
        )
    return np.imag(y) / h


def directional_derivative(f: Callable[[Array], Array], x: Array, direction: Array, *, h: float = 2.0**-17) -> Array:
    r"""Return the derivative of f at x along d, $\frac{f(x + hd) - f(x - hd)}{2h} \approx J(x)\, d$.

    It is the central difference of $t \mapsto f(x + td)$ at 0: two evaluations, however many elements x has. The
    direction is not scaled to length 1, so twice the direction gives twice the derivative.

    Args:
        f: Any function of one array, with a result of any shape.
        x: The point, any shape.
        direction: The direction d, an array that broadcasts against x, or a number.
        h: The step.

    Source: the definition. Hard case: the direction 0 gives 0.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import directional_derivative
        >>> point, direction = np.array([1.0, 2.0]), np.array([3.0, -1.0])
        >>> directional_derivative(lambda x: np.sum(x * x), point, direction, h=0.5)
        np.float64(2.0)
    """
    array_namespace(x, direction)  # refuses a list, which the product would repeat and not scale
    return central_difference(lambda t: f(x + t * direction), 0.0, h=h)


def numerical_jacobian(f: Callable[[Array], Array], x: Array, *, h: float = 2.0**-17) -> Array:
    r"""Return all $\frac{\partial f_i}{\partial x_j}$ by central differences, one element of x after the other.

    For x of shape (*in,) and f(x) of shape (*out,) the result is (*out, *in), so it is the gradient, in the shape of x,
    if f returns a number. Every element costs two evaluations.

    Source: the definition. Hard case: an empty x evaluates f once, for the shape.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import numerical_jacobian
        >>> numerical_jacobian(lambda x: x[0] * x, np.array([1.0, 3.0]), h=0.5)
        array([[2., 0.],
               [3., 1.]])
    """
    xp = array_namespace(x)
    size = int(np.prod(x.shape))
    if not size:
        return xp.zeros((*xp.asarray(f(x)).shape, *x.shape), dtype=x.dtype)
    index = xp.reshape(xp.arange(size), x.shape)
    units = (xp.astype(index == j, x.dtype) for j in range(size))
    columns = [xp.asarray(directional_derivative(f, x, unit, h=h)) for unit in units]
    return xp.reshape(xp.stack(columns, axis=-1), (*columns[0].shape, *x.shape))


def difference_error(
    h: float, *, order: int, value: float = 1.0, derivative: float = 1.0, eps: float = 2.0**-52
) -> DifferenceError:
    r"""Return the predicted error of a difference, $\frac{h^p}{(p + 1)!} |f^{(p+1)}(x)| + \frac{\epsilon |f(x)|}{p h}$.

    The first part is the first term of the Taylor series that does not cancel. The second: two values of f, each
    rounded by at most half an ulp, $\epsilon |f| / 2$, are divided by the distance $p h$ between their points.
    The complex step has the first part of p = 2 and no second one.

    Args:
        h: The step, positive.
        order: p, 1 for forward_difference and 2 for central_difference.
        value: The size of f(x).
        derivative: The size of f''(x) for p = 1, of f'''(x) for p = 2.
        eps: The spacing of the dtype at 1.

    Source: Taylor's theorem. Hard case: it supposes that x + h is exact and that f is rounded correctly.

    Example:
        >>> from reference.autograd import difference_error
        >>> [f"{sum(difference_error(h, order=1)):.0e}" for h in (1e-4, 1e-8, 1e-12)]
        ['5e-05', '3e-08', '2e-04']
    """
    truncation = h**order / factorial(order + 1) * abs(derivative)
    return DifferenceError(truncation, eps * abs(value) / (order * h))


def best_step(*, order: int, value: float = 1.0, derivative: float = 1.0, eps: float = 2.0**-52) -> float:
    r"""Return the step with the smallest predicted error.

    $h = \left(\frac{(p + 1)!}{p^2}\, \epsilon \left|\frac{f(x)}{f^{(p+1)}(x)}\right|\right)^{1 / (p + 1)}$ is where
    the derivative of difference_error is 0: there the rounding is p times the truncation. The forward difference's
    goes with the square root of eps, which keeps half of the digits, the central one's with the cube root, which keeps
    two thirds.

    Args:
        order: p, 1 for forward_difference and 2 for central_difference.
        value: The size of f(x).
        derivative: The size of f''(x) for p = 1, of f'''(x) for p = 2, and not 0: without it no step is too large.
        eps: The spacing of the dtype at 1.

    Source: the formula. Hard case: derivative = 0 raises Python's ZeroDivisionError.

    Example:
        >>> from reference.autograd import best_step
        >>> f"{best_step(order=1):.1e}", f"{best_step(order=2):.1e}"
        ('2.1e-08', '6.9e-06')
    """
    ratio = eps * abs(value) / abs(derivative)
    return float((factorial(order + 1) / order**2 * ratio) ** (1 / (order + 1)))


def error_curve(f: Callable[[Array], Array], derivative: Callable[[Array], Array], x: Array, *, h: Array) -> ErrorCurve:
    r"""Return the largest $|\text{difference} - f'(x)|$ over the points x, for each method and each step: the V-curve.

    Args:
        f: An elementwise function that takes complex NumPy arrays.
        derivative: Its derivative.
        x: The points, a float64 NumPy array that is not empty.
        h: (n,), the steps.

    Raises:
        TypeError: If f returns real numbers for complex ones.

    Source: the definition.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import error_curve
        >>> curve = error_curve(np.sin, np.cos, np.array([1.0]), h=10.0 ** -np.arange(1, 4))
        >>> [f"{error:.0e}" for error in curve.forward], [f"{error:.0e}" for error in curve.central]
        (['4e-02', '4e-03', '4e-04'], ['9e-04', '9e-06', '9e-08'])
    """
    exact, methods = derivative(x), (forward_difference, central_difference, complex_step)
    errors = [[np.max(np.abs(method(f, x, h=step) - exact)) for step in h] for method in methods]
    return ErrorCurve(h, *map(np.asarray, errors))
