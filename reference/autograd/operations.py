r"""The table of derivatives: what each operation computes, and how it turns the gradient of its result back.

This module is an array namespace: `array_namespace(x)` of a Tensor returns it, and its names are those of the Python
array API standard. What is written over that standard, such as the activations, therefore runs on a Tensor as it is.
With no Tensor among its arguments an operation computes and records nothing.

A row reads: name, function, then the rule of each argument. A rule gets the gradient g by the result y, and all that
the function got; it returns g times the derivative, here the whole calculus of the package.

Where a function has no derivative, the rules are those of PyTorch 2.13: abs has the slope 0 at 0, equal numbers share
the gradient of `max`, `min` (`amax`, `amin` there), `maximum` and `minimum` evenly, `clip` passes it at its bounds, the
square root has slope inf at 0, and `std` has slope 0 where nothing varies. What only steps (comparisons, argmax,
integers) gives constants; `sign`, `floor` and their like have slope 0.

Notation: x, a, b are arguments, y the result, g the gradient of the final number by y, c a condition.

Explained on the page `docs/autograd/operations.md`.
"""

import builtins
import math
from collections.abc import Callable, Sequence
from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np

from reference import arrays
from reference.arrays import Array
from reference.autograd.tensor import Operation, Tensor, value

__all__ = ["asarray", "astype", "concat", "stack"]

numpy_is_constant = True  # array_namespace lets NumPy arrays stand beside a Tensor

bool, int8, int16, int32, int64 = np.bool, np.int8, np.int16, np.int32, np.int64
uint8, uint16, uint32, uint64 = np.uint8, np.uint16, np.uint32, np.uint64
float16, float32, float64 = np.float16, np.float32, np.float64
finfo, iinfo, isdtype = np.finfo, np.iinfo, np.isdtype
arange, empty, eye, full, linspace, ones, zeros = np.arange, np.empty, np.eye, np.full, np.linspace, np.ones, np.zeros
e, inf, nan, newaxis, pi = math.e, math.inf, math.nan, None, math.pi

# Two arguments

add = Operation("add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = Operation("subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = Operation("multiply", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = Operation("divide", np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
pow = Operation("pow", np.power, lambda g, y, a, b: g * _by_base(a, b), lambda g, y, a, b: g * _by_exponent(y, a, b))
matmul = Operation("matmul", np.matmul, lambda g, y, a, b: _by_left(g, a, b), lambda g, y, a, b: _by_right(g, a, b))
maximum = Operation("maximum", np.maximum, lambda g, y, a, b: _larger(g, a, b), lambda g, y, a, b: _larger(g, b, a))
minimum = Operation("minimum", np.minimum, lambda g, y, a, b: _larger(g, b, a), lambda g, y, a, b: _larger(g, a, b))
logaddexp = Operation(
    "logaddexp", np.logaddexp, lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y)
)
hypot = Operation("hypot", np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)
atan2 = Operation(
    "atan2",
    np.arctan2,
    lambda g, y, a, b: g * (b / np.hypot(a, b) / np.hypot(a, b)),  # a * a would overflow
    lambda g, y, a, b: g * (-a / np.hypot(a, b) / np.hypot(a, b)),
)

# Element by element

negative = Operation("negative", np.negative, lambda g, y, x: -g)
positive = Operation("positive", np.positive, lambda g, y, x: g)
reciprocal = Operation("reciprocal", np.reciprocal, lambda g, y, x: -g * y * y)
square = Operation("square", np.square, lambda g, y, x: g * (2 * x))
sqrt = Operation("sqrt", np.sqrt, lambda g, y, x: g / (2 * y))
exp = Operation("exp", np.exp, lambda g, y, x: g * y)
expm1 = Operation("expm1", np.expm1, lambda g, y, x: g * np.exp(x))  # y + 1 has lost the digits of a small exponential
log = Operation("log", np.log, lambda g, y, x: g / x)
log1p = Operation("log1p", np.log1p, lambda g, y, x: g / (1 + x))
log2 = Operation("log2", np.log2, lambda g, y, x: g / (x * math.log(2)))
log10 = Operation("log10", np.log10, lambda g, y, x: g / (x * math.log(10)))
sin = Operation("sin", np.sin, lambda g, y, x: g * np.cos(x))
cos = Operation("cos", np.cos, lambda g, y, x: -g * np.sin(x))
tan = Operation("tan", np.tan, lambda g, y, x: g * (1 + y * y))
asin = Operation("asin", np.arcsin, lambda g, y, x: g / np.sqrt((1 - x) * (1 + x)))
acos = Operation("acos", np.arccos, lambda g, y, x: -g / np.sqrt((1 - x) * (1 + x)))
atan = Operation("atan", np.arctan, lambda g, y, x: g / (1 + x * x))
sinh = Operation("sinh", np.sinh, lambda g, y, x: g * np.cosh(x))
cosh = Operation("cosh", np.cosh, lambda g, y, x: g * np.sinh(x))
tanh = Operation("tanh", np.tanh, lambda g, y, x: g * _by_tanh(x))
asinh = Operation("asinh", np.arcsinh, lambda g, y, x: g / np.hypot(x, 1))
acosh = Operation("acosh", np.arccosh, lambda g, y, x: g / np.sqrt((x - 1) * (x + 1)))
atanh = Operation("atanh", np.arctanh, lambda g, y, x: g / ((1 - x) * (1 + x)))
erf = Operation("erf", lambda x: _erf(x), lambda g, y, x: g * (2 / math.sqrt(pi)) * np.exp(-x * x))
erfc = Operation("erfc", arrays.erfc, lambda g, y, x: -g * (2 / math.sqrt(pi)) * np.exp(-x * x))
abs = Operation("abs", np.abs, lambda g, y, x: g * np.sign(x))
sign = Operation("sign", np.sign, lambda g, y, x: np.zeros_like(g))
floor = Operation("floor", np.floor, lambda g, y, x: np.zeros_like(g))
ceil = Operation("ceil", np.ceil, lambda g, y, x: np.zeros_like(g))
round = Operation("round", np.round, lambda g, y, x: np.zeros_like(g))
trunc = Operation("trunc", np.trunc, lambda g, y, x: np.zeros_like(g))

# By a condition, and between bounds

where = Operation(
    "where", np.where, None, lambda g, y, c, a, b: np.where(c, g, 0), lambda g, y, c, a, b: np.where(c, 0, g)
)
clip = Operation(
    "clip",
    lambda x, min=None, max=None: np.clip(x, min, max),
    lambda g, y, x, min=None, max=None: np.where(((y == x) | (x != x)) & ~_crossed(min, max), g, 0),
    lambda g, y, x, min=None, max=None: np.where((x < min) & (y == min), g, 0),
    lambda g, y, x, min=None, max=None: np.where((x > max) | _crossed(min, max), g, 0),
)

# Many numbers to one

sum = Operation("sum", lambda x, **how: _reduce(np.add, x, **how), lambda g, y, x, **how: _spread(g, x, **how))
prod = Operation("prod", lambda x, **how: _reduce(np.multiply, x, **how), lambda g, y, x, **how: _by_prod(g, x, **how))
max = Operation("max", lambda x, **how: _reduce(np.maximum, x, **how), lambda g, y, x, **how: _by_top(g, y, x, **how))
min = Operation("min", lambda x, **how: _reduce(np.minimum, x, **how), lambda g, y, x, **how: _by_top(g, y, x, **how))
mean = Operation(
    "mean",
    np.mean,
    lambda g, y, x, **how: _spread(g / _together(x, y), x, **how),
)
var = Operation(
    "var",
    lambda x, *, correction=0, **how: np.var(x, ddof=correction, **how),
    lambda g, y, x, *, correction=0, **how: _by_var(2 * g, y, x, correction, **how),
)
std = Operation(
    "std",
    lambda x, *, correction=0, **how: np.std(x, ddof=correction, **how),
    lambda g, y, x, *, correction=0, **how: _by_var(g / np.where(y == 0, inf, y), y, x, correction, **how),
)
cumulative_sum = Operation(
    "cumulative_sum",
    lambda x, *, axis=None: np.cumsum(x, axis=_line(x, axis)),
    lambda g, y, x, *, axis=None: np.flip(np.cumsum(np.flip(g, axis), axis=_line(x, axis)), axis),
)

# The same numbers elsewhere

reshape = Operation("reshape", lambda x, shape: np.reshape(x, shape), lambda g, y, x, shape: g.reshape(x.shape))
squeeze = Operation("squeeze", lambda x, axis: np.squeeze(x, axis), lambda g, y, x, axis: g.reshape(x.shape))
expand_dims = Operation(
    "expand_dims", lambda x, *, axis=0: np.expand_dims(x, axis), lambda g, y, x, *, axis=0: g.reshape(x.shape)
)
broadcast_to = Operation("broadcast_to", lambda x, shape: np.broadcast_to(x, shape), lambda g, y, x, shape: g)
permute_dims = Operation(
    "permute_dims", np.transpose, lambda g, y, x, axes: np.transpose(g, np.argsort(np.mod(axes, x.ndim)))
)
matrix_transpose = Operation(
    "matrix_transpose", lambda x: np.swapaxes(x, -1, -2), lambda g, y, x: np.swapaxes(g, -1, -2)
)
moveaxis = Operation("moveaxis", np.moveaxis, lambda g, y, x, source, to: np.moveaxis(g, to, source))
flip = Operation("flip", lambda x, *, axis=None: np.flip(x, axis), lambda g, y, x, *, axis=None: np.flip(g, axis))
roll = Operation(
    "roll",
    lambda x, shift, *, axis=None: np.roll(x, shift, axis),
    lambda g, y, x, shift, *, axis=None: np.roll(g, np.negative(shift), axis),
)
tril = Operation("tril", lambda x, *, k=0: np.tril(x, k), lambda g, y, x, *, k=0: np.tril(g, k))
triu = Operation("triu", lambda x, *, k=0: np.triu(x, k), lambda g, y, x, *, k=0: np.triu(g, k))
getitem = Operation("getitem", lambda x, index: x[index], lambda g, y, x, index: _put(g, x, index))
take = Operation(
    "take",
    lambda x, indices, *, axis=0: np.take(x, indices, axis),
    lambda g, y, x, indices, *, axis=0: _put(g, x, (slice(None),) * (axis % x.ndim) + (indices,)),
)
take_along_axis = Operation(
    "take_along_axis",
    lambda x, indices, *, axis=-1: np.take_along_axis(x, indices, axis),
    lambda g, y, x, indices, *, axis=-1: _put(g, x, _along(x, y, indices, axis)),
)
_cast = Operation("astype", lambda x, dtype: x.astype(dtype), lambda g, y, x, dtype: g)  # a gradient is cast anyway


def astype(x: Array, dtype: Any, *, copy: Any = True) -> Array:
    """Return x in another type; integers and truth values are constants.

    Args:
        x: A Tensor or an array.
        dtype: The type.
        copy: For constants, whether to copy also where the type is the same; a Tensor never changes.

    Example:
        >>> from reference.autograd import Tensor, operations
        >>> operations.astype(Tensor(2.5), operations.float32), operations.astype(Tensor(2.5), operations.int64).item()
        (Tensor(2.5, dtype=float32), 2)
    """
    if isinstance(x, Tensor) and x.dtype == dtype:
        return x
    if isinstance(x, Tensor) and np.issubdtype(dtype, np.floating):
        return _cast(x, dtype)
    return value(x).astype(dtype, copy=copy)


def asarray(x: Any, *, dtype: Any = None) -> Array:
    """Return a Tensor as it is, or in another type, and anything else as a constant.

    Example:
        >>> from reference.autograd import Tensor, operations
        >>> operations.asarray(Tensor(2.0)), operations.asarray([2.0])
        (Tensor(2.), array([2.]))
    """
    if isinstance(x, Tensor):
        return x if dtype is None else astype(x, dtype)
    return np.asarray(x, dtype=dtype)


def concat(arrays: Sequence[Array], *, axis: int | None = 0) -> Array:
    """Return arrays joined along an axis; each gets its own piece of the gradient.

    Args:
        arrays: Of one shape but for that axis.
        axis: The axis; None flattens them first.

    Example:
        >>> from reference.autograd import Tensor, operations
        >>> operations.concat([Tensor([1.0]), Tensor([2.0, 3.0])])
        Tensor([1., 2., 3.])
    """
    if axis is None:
        return concat([reshape(x, (-1,)) for x in arrays])
    ends = np.cumsum([x.shape[axis] for x in arrays])
    pieces = [
        (slice(None),) * (axis % x.ndim) + (slice(end - x.shape[axis], end),)
        for x, end in zip(arrays, ends, strict=True)
    ]
    rules = [lambda g, y, *parts, piece=piece: g[piece] for piece in pieces]
    return Operation("concat", lambda *parts: np.concatenate(parts, axis=axis), *rules)(*arrays)


def stack(arrays: Sequence[Array], *, axis: int = 0) -> Array:
    """Return arrays of one shape joined along a new axis.

    Args:
        arrays: At least one.
        axis: Where the new axis stands in the result.

    Example:
        >>> from reference.autograd import Tensor, operations
        >>> operations.stack([Tensor(1.0), Tensor(2.0)])
        Tensor([1., 2.])
    """
    return concat([expand_dims(x, axis=axis) for x in arrays], axis=axis)


# Constants


def _constants(*functions: Any) -> list[Callable[..., Any]]:
    def of_values(function: Any) -> Callable[..., Any]:
        return wraps(function)(lambda *inputs, **options: function(*map(value, inputs), **options))

    return [of_values(function) for function in functions]


all, any, count_nonzero, nonzero = _constants(np.all, np.any, np.count_nonzero, np.nonzero)
argmax, argmin, argsort = _constants(np.argmax, np.argmin, np.argsort)
equal, not_equal, less, less_equal = _constants(np.equal, np.not_equal, np.less, np.less_equal)
greater, greater_equal, signbit = _constants(np.greater, np.greater_equal, np.signbit)
isfinite, isinf, isnan = _constants(np.isfinite, np.isinf, np.isnan)
logical_and, logical_or = _constants(np.logical_and, np.logical_or)
logical_not, logical_xor = _constants(np.logical_not, np.logical_xor)
empty_like, zeros_like, ones_like = _constants(np.empty_like, np.zeros_like, np.ones_like)
full_like, result_type = _constants(np.full_like, np.result_type)


_KINDS = {"bool": bool, "int64": int64, "float32": float32, "float64": float64}
_DEFAULT = {"real floating": float64, "integral": int64, "indexing": int64}
_INFO = SimpleNamespace(dtypes=lambda **_: _KINDS, default_dtypes=lambda **_: _DEFAULT, devices=lambda: ["cpu"])


def __array_namespace_info__() -> Any:
    """Return the standard's inspection; NumPy 2.0 has none to ask."""
    return _INFO


# What the rules of the table need


def _by_base(a: Any, b: Any) -> Any:
    return np.where(b == 0, 0, b * a ** np.where(b == 0, 1, b - 1))  # 0 ** -1 would give inf * 0


def _by_exponent(y: Any, a: Any, b: Any) -> Any:
    return np.where((a == 0) & (b >= 0), 0, y * np.log(np.where((a == 0) & (b >= 0), 1, a)))


def _crossed(low: Any, high: Any) -> Any:
    return np.asarray(False if low is None or high is None else low > high)  # then the upper bound is the result


def _larger(g: Any, a: Any, b: Any) -> Any:
    return np.where(a == b, g / 2, np.where(a < b, 0, g))


def _by_left(g: Any, a: Any, b: Any) -> Any:
    return _matrix(g, a, b) @ (b if b.ndim > 1 else b[:, None]).mT


def _by_right(g: Any, a: Any, b: Any) -> Any:
    by_b = (a if a.ndim > 1 else a[None]).mT @ _matrix(g, a, b)
    return by_b if b.ndim > 1 else by_b[..., 0]


def _matrix(g: Any, a: Any, b: Any) -> Any:
    """Return g with the axes that matmul dropped: it takes a vector on the left as a row, on the right as a column."""
    g = g if b.ndim > 1 else g[..., None]
    return g if a.ndim > 1 else g[..., None, :]


def _by_tanh(x: Any) -> Any:
    decay = np.exp(-np.abs(x))  # 1 - y * y is 0 as soon as tanh has rounded to 1
    return (2 * decay / (1 + decay * decay)) ** 2


def _reduce(function: Any, x: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
    return function.reduce(x, axis=axis, keepdims=keepdims)  # what np.sum and np.max come to


def _spread(g: Any, x: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
    """Return g, one number per row that was reduced, for each number of the row."""
    spread = np.empty_like(x)
    spread[...] = g if keepdims or axis is None else np.expand_dims(g, axis)
    return spread


def _together(x: Any, y: Any) -> float:
    """Return how many numbers of x became one of y; with no rows at all that does not matter."""
    return float(x.size / (y.size or 1))


def _by_var(g: Any, y: Any, x: Any, correction: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
    g = g / (_together(x, y) - correction)
    return _spread(g, x, axis=axis, keepdims=keepdims) * (x - np.mean(x, axis=axis, keepdims=True))


def _by_top(g: Any, y: Any, x: Any, **how: Any) -> Any:
    top = (x == _spread(y, x, **how)) | (x != x)  # NaN wins
    return top * _spread(g / np.sum(top, **how), x, **how)


def _by_prod(g: Any, x: Any, *, axis: Any = None, keepdims: Any = False) -> Any:
    """Return g times the product of the others of each row, which y / x would be if no x were 0."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    order = [*(i for i in range(x.ndim) if i not in axes), *axes]
    moved = np.transpose(x, order)
    rows = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
    ones = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    others = np.transpose((before * after).reshape(moved.shape), np.argsort(order))
    return _spread(g, x, axis=axis, keepdims=keepdims) * others


def _line(x: Any, axis: Any) -> Any:
    if axis is None and x.ndim != 1:
        raise ValueError(f"cumulative_sum needs an axis for an array of shape {x.shape}; pass axis=-1 for rows")
    return 0 if axis is None else axis


def _put(g: Any, x: Any, index: Any) -> Any:
    out = np.zeros_like(x)
    if builtins.any(isinstance(i, np.ndarray | list) for i in (index if isinstance(index, tuple) else (index,))):
        np.add.at(out, index, g)  # out[index] += g would count an index that comes twice only once
    else:
        out[index] = g
    return out


def _along(x: Any, y: Any, indices: Any, axis: int) -> Any:
    grid = np.ogrid[tuple(map(slice, y.shape))]
    index = [i if n > 1 else np.zeros_like(i) for i, n in zip(grid, x.shape, strict=True)]  # x may be broadcast
    index[axis] = indices
    return tuple(index)


_ERF = [2 / math.sqrt(pi) * (-1) ** n / (math.factorial(n) * (2 * n + 1)) for n in reversed(range(18))]


def _erf(x: Any) -> Any:
    """Return erf by its power series up to 1, where 1 - erfc(x) would lose digits, and by 1 - erfc(x) beyond."""
    w = arrays.wider(x)
    square, series = np.minimum(w * w, 1), 0.0
    for coefficient in _ERF:
        series = series * square + coefficient
    far = np.copysign(1 - arrays.erfc(np.abs(w)), w)
    return arrays.narrow(np.where(np.abs(w) < 1, w * series, far), x)
