"""Ask an array which library it belongs to, so that one text serves NumPy, PyTorch and JAX.

The Python array API standard gives every array the method `__array_namespace__`. It returns a module with the
standard's functions, by convention called `xp`. A function that takes all its operations from `xp` runs on
whichever library its input came from.

The standard leaves out what some functions need: a way to compute with more precision than the input has
(`wider`, and back again with `narrow`), a way to keep a gradient out (`stop_gradient`), and the complementary error
function (`erfc`).

Notation: `xp` is the array namespace, `x` an array.

Explained on the page `docs/notation.md`.
"""

import sys
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "array_namespace", "erfc", "narrow", "stop_gradient", "wider"]

Array: TypeAlias = Any
"""An array of any library that follows the array API standard. No shared base class exists to name instead."""


def array_namespace(*arrays: Array) -> Any:
    """Return the array namespace `xp` that all the arrays share; Python numbers count as constants.

    Args:
        *arrays: Arrays of one library. PyTorch tensors need the package `array-api-compat`. Beside a Tensor of
            `reference.autograd` NumPy arrays count as constants too.

    Returns:
        The module that holds the standard's functions for these arrays.

    Raises:
        TypeError: If an argument is no array, if none is, or if two libraries are mixed.
        ImportError: If a PyTorch tensor comes without `array-api-compat`.

    Source: Python array API standard, 2024.12, "array object", `__array_namespace__`.

    Example:
        >>> import numpy as np
        >>> from reference.arrays import array_namespace
        >>> array_namespace(np.ones(3), 2.0) is np
        True
    """
    spaces = {_namespace(x) for x in arrays if isinstance(x, np.generic) or not isinstance(x, int | float)}
    if any(getattr(xp, "numpy_is_constant", False) for xp in spaces):  # only this package's Tensor says so
        spaces.discard(np)
    if len(spaces) == 1:
        return spaces.pop()
    if spaces:
        names = " and ".join(sorted(xp.__name__ for xp in spaces))
        raise TypeError(f"the arrays must be of one library, got {names}; convert all of them to one of these")
    raise TypeError("expected at least one array, got numbers only; wrap one with np.asarray(x)")


def _namespace(x: Array) -> Any:
    if isinstance(x, np.generic):  # NumPy 2.0 gives the method to its arrays only, not to the scalars they reduce to
        return np
    if hasattr(x, "__array_namespace__"):
        return x.__array_namespace__()
    if (torch := sys.modules.get("torch")) and isinstance(x, torch.Tensor):
        try:
            from array_api_compat import torch as xp
        except ImportError:
            raise ImportError(
                "PyTorch tensors need array-api-compat; pip install 'bits-to-backprop[torch]' brings it"
            ) from None
        return xp
    raise TypeError(f"expected an array, got {type(x).__name__}; wrap it with np.asarray(x)")


def wider(x: Array) -> Array:
    """Return x in the widest real floating type of its library: float64, or float32 in JAX without x64.

    A function that computes in `wider(x)` and rounds once at the end, with `narrow`, has nearly no rounding error
    of its own when x is float32 or float16. Where nothing wider exists it still runs, with the error of its formula.

    Source: Python array API standard, 2024.12, "inspection", `dtypes`. Hard case: integers become floats.

    Example:
        >>> import numpy as np
        >>> from reference.arrays import wider
        >>> wider(np.asarray([0.1], dtype=np.float32)).dtype
        dtype('float64')
    """
    xp = array_namespace(x)
    info = getattr(xp, "__array_namespace_info__", None)  # NumPy 2.0 lacks it
    name = "float64" if info is None or "float64" in info().dtypes() else "float32"
    return xp.astype(x[...], getattr(xp, name))  # [...] makes an array of a NumPy scalar


def narrow(y: Array, x: Array) -> Array:
    """Return y rounded to the floating type that x has, or that x * 1.0 has when x holds integers.

    Hard case: integers become the library's default type (float64 in NumPy, float32 in PyTorch), and
    array-api-strict, which mixes integers with no float, raises its TypeError.

    Example:
        >>> import numpy as np
        >>> from reference.arrays import narrow, wider
        >>> x = np.asarray([0.1], dtype=np.float32)
        >>> narrow(wider(x) / 3, x).dtype
        dtype('float32')
    """
    xp = array_namespace(x)
    return xp.astype(y[...], xp.result_type(x, 1.0))


def stop_gradient(x: Array) -> Array:
    """Return x as a constant: the same numbers, through which no gradient goes back.

    It is `detach` of PyTorch's tensor and of this package's (which gives a NumPy array), and JAX's
    `lax.stop_gradient`. Hard case: what has no gradient, as a NumPy array or a number, is returned as it is.

    Example:
        >>> from reference.arrays import stop_gradient
        >>> from reference.autograd import Tensor
        >>> x = Tensor(3.0)
        >>> (x * stop_gradient(x)).backward()
        >>> x.grad
        array(3.)
    """
    if hasattr(x, "detach"):
        return x.detach()
    jax = sys.modules.get("jax")
    return jax.lax.stop_gradient(x) if jax and isinstance(x, jax.Array) else x


# Horner coefficients of Q, highest power first, from a Chebyshev fit in 40 digits that a test repeats.
_ERFC = (
    -7.04171929163221e-09,
    2.450882593939453e-09,
    9.769577479982624e-08,
    -5.2367012868088524e-08,
    -7.70541926936148e-07,
    1.0962232385003756e-06,
    4.619257449165174e-06,
    -1.5861344833558348e-05,
    -8.544252350100216e-06,
    0.00015917369208276846,
    -0.0003584273098365017,
    -0.00039934785427123343,
    0.005431317012310954,
    -0.021629050792791923,
    0.05879656645408587,
    -0.12512693229001803,
    0.21885976727840503,
    -0.31989883331366603,
    0.3879958875687204,
    -0.37261623546611894,
    0.23299511862555256,
)


def erfc(x: Array) -> Array:
    r"""Return the complementary error function, 1 - erf(x), without the loss that this subtraction has for large x.

    $\mathrm{erfc}(x) = \frac{2}{\sqrt\pi} \int_x^\infty e^{-s^2} ds$, computed for $t = |x|$ as
    $e^{-t^2} \frac{F(t)}{1 + 2t}$, where $F$ only moves between 1 and 1.3 and is written
    $1 + (1 + y)\, Q(y)$ with a polynomial $Q$ in $y = (t - 4)/(t + 4)$, so that erfc(0) is exactly 1.
    On the left, $\mathrm{erfc}(-t) = 2 - \mathrm{erfc}(t)$.

    The argument of exp decides the accuracy: an error of one ulp in $t^2 = 700$ is a relative error of 1e-13 in
    the result. So t is cut at a multiple of 1/64, whose square is exact: $t^2 = h^2 + (t - h)(t + h)$.

    It is computed in the type of x, accurate to 6 ulp in float64 and 7 in float32 while the result is a normal number.

    Source: the substitution is Shepherd and Laframboise 1981, the coefficients are this package's own.
    Hard cases: erfc(0) = 1, erfc(-inf) = 2, erfc(inf) = 0 (float64 is 0 from 27.3 on), NaN stays NaN.

    Example:
        >>> import numpy as np
        >>> from reference.arrays import erfc
        >>> np.round(erfc(np.asarray([-np.inf, 0.0, 1.0])), 6)
        array([2.      , 1.      , 0.157299])
    """
    xp = array_namespace(x)
    t = xp.minimum(xp.where(x < 0, -1.0 * x, x), 30.0)  # abs has slope 0 at 0 in PyTorch
    h = xp.floor(64 * t) / 64
    y = (t - 4) / (t + 4)
    q = 0 * y
    for coefficient in _ERFC:
        q = q * y + coefficient
    tail = xp.exp(-h * h) * (xp.exp((h - t) * (h + t)) * (1 + (1 + y) * q) / (1 + 2 * t))
    return xp.where(x < 0, 2 - tail, tail)
