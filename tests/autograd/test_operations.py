"""The table of derivatives: kinks, every activation, linear operations, and PyTorch's own samples of each operator."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference.activations as activations
from reference.activations import log_softmax, logsumexp, softmax, softmax_jacobian
from reference.arrays import erfc
from reference.autograd import Operation, Tensor, operations, value
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
torch: Any = need("torch")
strict: Any = need("array_api_strict")
shapes: Any = need("hypothesis.extra.numpy", "hypothesis")

xp: Any = operations


def vjp(function: Callable[..., Any], *inputs: Any, seed: Any = None) -> list[Any]:
    """Return the value of a function and the gradient by each input."""
    tensors: list[Any] = [Tensor(x) for x in inputs]
    y = function(*tensors)
    y.backward(np.ones(y.shape) if seed is None else seed)
    return [y.data, *(np.zeros(x.shape) if x.grad is None else x.grad for x in tensors)]


# Where a function has no derivative


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (xp.abs, torch.abs),
        (xp.sign, torch.sign),
        (xp.max, torch.amax),
        (xp.min, torch.amin),
        (lambda x: xp.max(x, axis=-1), lambda x: torch.amax(x, -1)),
        (lambda x: xp.maximum(x, 0.0), lambda x: torch.maximum(x, torch.zeros(6, dtype=torch.float64))),
        (lambda x: xp.minimum(0.0, x), lambda x: torch.minimum(torch.zeros(6, dtype=torch.float64), x)),
        (lambda x: xp.clip(x, -1.0, 2.0), lambda x: torch.clamp(x, -1.0, 2.0)),
        (lambda x: xp.clip(x, 2.0, -1.0), lambda x: torch.clamp(x, 2.0, -1.0) + 0 * x),
        (lambda x: xp.clip(x, max=0.0), lambda x: torch.clamp(x, max=0.0)),
        (lambda x: xp.std(0 * x), lambda x: torch.std(0 * x, correction=0)),
        (xp.prod, torch.prod),
        (lambda x: x**0, lambda x: x**0),
        (lambda x: x**2, lambda x: x**2),
        (lambda x: 0.0 ** xp.abs(x), lambda x: 0.0 ** torch.abs(x)),
        (xp.floor, torch.floor),
    ],
)
def test_the_rule_at_kinks_ties_and_zeros_is_that_of_pytorch(ours: Any, theirs: Any) -> None:
    x = np.asarray([-1.0, 0.0, -0.0, 2.0, 2.0, -1.0])
    t = torch.tensor(x, requires_grad=True)
    expected = theirs(t)
    expected.backward(torch.ones_like(expected))
    y, gradient = vjp(ours, x)
    np.testing.assert_array_equal(y, expected.detach().numpy())
    np.testing.assert_array_equal(gradient, t.grad.numpy())


@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0, 3.0])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 2.0), (2.0, -1.0), (1.0, 1.0)])
def test_clip_hands_the_gradient_to_the_one_that_counts(x: float, low: float, high: float) -> None:
    shares = vjp(xp.clip, x, low, high)[1:]
    assert sum(shares) == 1
    if x not in {low, high}:
        assert [x, low, high][int(np.argmax(shares))] == min(max(x, low), high)


def test_the_square_root_is_vertical_at_0() -> None:
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert vjp(xp.sqrt, 0.0)[1] == np.inf


def test_nan_in_the_branch_not_taken_stays_out() -> None:
    x = np.asarray([-1.0, 4.0])
    with np.errstate(invalid="ignore"):
        assert vjp(lambda x: xp.where(x > 0, x, xp.nan * 1.0), x)[1].tolist() == [0, 1]
        leaked = vjp(lambda x: xp.where(x > 0, xp.sqrt(x), 0.0), x)[1]
    t = torch.tensor(x, requires_grad=True)
    torch.where(t > 0, torch.sqrt(t), 0.0).sum().backward()
    np.testing.assert_array_equal(leaked, t.grad.numpy())  # 0 * nan: hence the double where of the activations


def test_the_slope_of_an_angle_neither_overflows_nor_vanishes() -> None:
    """Its size is 1 over the length, also where the square of the length is no double."""
    _, by_y, by_x = vjp(xp.atan2, np.array([3e200, 3e-200]), np.array([4e200, 4e-200]))
    np.testing.assert_allclose(by_y, [0.16e-200, 0.16e200], rtol=1e-14)
    np.testing.assert_allclose(by_x, [-0.12e-200, -0.12e200], rtol=1e-14)


@pytest.mark.parametrize("reduce", [xp.mean, xp.var, xp.sum])
def test_no_rows_have_no_gradient(reduce: Any) -> None:
    assert vjp(lambda x: reduce(x, axis=-1), np.empty((0, 3)))[1].shape == (0, 3)


def test_the_largest_of_a_row_with_nan_is_the_nan() -> None:
    y, gradient = vjp(lambda x: xp.max(x, axis=-1), [[1.0, np.nan, 3.0], [1.0, 3.0, 3.0]])
    np.testing.assert_array_equal(y, [np.nan, 3])
    np.testing.assert_array_equal(gradient, [[0, 1, 0], [0, 0.5, 0.5]])


def test_an_index_that_comes_twice_gets_both_shares() -> None:
    index = np.asarray([2, 0, 2])
    assert vjp(lambda x: x[index], [1.0, 2.0, 3.0])[1].tolist() == [1, 0, 2]
    assert vjp(lambda x: xp.take(x, index), [1.0, 2.0, 3.0])[1].tolist() == [1, 0, 2]
    assert vjp(lambda x: xp.take_along_axis(x, index), [1.0, 2.0, 3.0])[1].tolist() == [1, 0, 2]


# The accuracy of the rules


def test_tanh_keeps_the_digits_of_its_slope_where_it_has_rounded_to_1() -> None:
    x = np.asarray([0.0, 1.0, 12.0, 25.0, 300.0])
    with mpmath.workdps(40):
        exact = [float(mpmath.sech(mpmath.mpf(v)) ** 2) for v in x]
    np.testing.assert_allclose(vjp(xp.tanh, x)[1], exact, rtol=1e-15)
    np.testing.assert_allclose(vjp(xp.expm1, -x)[1], np.exp(-x), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_erf_is_within_2_ulp_of_mpmath(dtype: Any) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-6, 6, 1500), 10 ** rng.uniform(-30, 0, 500), [1, np.nextafter(1, 0)]]).astype(
        dtype
    )
    y = xp.erf(x)
    assert y.dtype == dtype
    with mpmath.workdps(40):
        exact = [mpmath.erf(mpmath.mpf(float(v))) for v in x]
        errors = [abs(mpmath.mpf(float(v)) - e) / np.spacing(dtype(abs(e))) for v, e in zip(y, exact, strict=True)]
    assert max(errors) <= 2


def test_erf_at_the_ends() -> None:
    x = np.asarray([-np.inf, -0.0, 0.0, np.inf, np.nan])
    np.testing.assert_array_equal(xp.erf(x), [-1, -0.0, 0, 1, np.nan])
    assert math.copysign(1, xp.erf(np.float64(-0.0))) == -1


def test_the_slope_of_erf_is_the_density_and_erfc_falls_as_erf_rises() -> None:
    x = np.linspace(-8, 8, 401)
    density = 2 / np.sqrt(np.pi) * np.exp(-x * x)
    np.testing.assert_allclose(vjp(xp.erf, x)[1], density, rtol=1e-15)
    np.testing.assert_allclose(vjp(xp.erfc, x)[1], -density, rtol=1e-15)
    np.testing.assert_allclose(vjp(erfc, x)[1], -density, rtol=1e-11)  # the text, one operation at a time


# Every activation through the Tensor

PAIRS = sorted(name.removesuffix("_derivative") for name in activations.__all__ if name.endswith("_derivative"))
TELLING = [0.0, 1e-9, 1e-3, 0.5, 1.0, 1.5, 2.4, 3.0, 6.0, 7.0, 17.0, 40.0, 100.0, 750.0, 1e5, 1e30]


def telling(dtype: Any) -> Any:
    """Both signs of small, moderate and large numbers, with the kinks of all activations."""
    return np.concatenate([np.asarray(TELLING), -np.asarray(TELLING)]).astype(dtype)


def activation(name: str) -> Callable[[Any], Any]:
    """An activation of one array; PReLU alone needs a weight."""
    function: Any = getattr(activations, name)
    return (lambda x: function(x, 0.25)) if name.startswith("prelu") else function


@pytest.mark.parametrize("name", PAIRS)
def test_the_slope_of_an_activation_is_its_closed_form(name: str) -> None:
    x = telling(np.float64)
    expected = activation(f"{name}_derivative")(x)
    with np.errstate(all="raise", under="ignore"):
        gradient = vjp(activation(name), x)[1]
    np.testing.assert_allclose(gradient, expected, rtol=2e-12, atol=1e-60 if name == "softsign" else 1e-300)
    narrow = vjp(activation(name), telling(np.float32))[1]
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, expected, rtol=3e-5, atol=2e-38)


def test_the_slopes_of_gelu_by_tanh_are_the_closed_form_too() -> None:
    x = np.linspace(-6, 6, 121)
    gradient = vjp(lambda x: activations.gelu(x, approximate="tanh"), x)[1]
    np.testing.assert_allclose(gradient, activations.gelu_derivative(x, approximate="tanh"), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*PAIRS, *(f"{name}_derivative" for name in PAIRS)])
def test_an_activation_of_a_tensor_has_numpys_value_bit_for_bit(name: str, dtype: Any) -> None:
    x = np.concatenate([telling(dtype), np.asarray([np.inf, -np.inf, np.nan], dtype=dtype)])
    y, expected = activation(name)(Tensor(x)), activation(name)(x)
    assert y.dtype == expected.dtype == dtype
    np.testing.assert_array_equal(operations.asarray(y).data, expected)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "softmax_jacobian", "glu", "swiglu"])
def test_a_function_of_rows_has_numpys_value_bit_for_bit(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4, 6), scale=5).astype(np.float32)
    function: Any = getattr(activations, name)
    y = function(Tensor(x))
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y.data, function(x))


@pytest.mark.parametrize("x", [[0.3, -1.2, 2.0, 0.0], [5.0, 5.0, 5.0, 5.0], [900.0, -900.0, 0.0, 899.0]])
def test_the_gradients_of_the_softmax_family_are_their_closed_forms(x: list[float]) -> None:
    jacobian, p, g = softmax_jacobian(np.asarray(x)), softmax(np.asarray(x)), np.asarray([1.0, -2.0, 0.5, 3.0])
    np.testing.assert_allclose(vjp(softmax, x, seed=g)[1], g @ jacobian, rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(vjp(logsumexp, x)[1], p, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(vjp(log_softmax, x, seed=g)[1], g - g.sum() * p, rtol=1e-12, atol=1e-15)


# Linear operations: the rule is the adjoint, <g, f(x)> = <rule(g), x>

LINEAR: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: xp.sum(x, axis=1),
    "sum-all": xp.sum,
    "sum-two": lambda x: xp.sum(x, axis=(0, -1), keepdims=True),
    "mean": lambda x: xp.mean(x, axis=-1),
    "cumulative_sum": lambda x: xp.cumulative_sum(x, axis=1),
    "cumulative_sum-line": lambda x: xp.cumulative_sum(xp.reshape(x, (-1,))),
    "reshape": lambda x: xp.reshape(x, (3, -1)),
    "squeeze": lambda x: xp.squeeze(xp.expand_dims(x, axis=1), axis=1),
    "broadcast_to": lambda x: xp.broadcast_to(x[:, :1], (5, *x.shape)),
    "permute_dims": lambda x: xp.permute_dims(x, (2, 0, 1)),
    "matrix_transpose": xp.matrix_transpose,
    "moveaxis": lambda x: xp.moveaxis(x, 0, -1),
    "flip": lambda x: xp.flip(x, axis=(0, 2)),
    "flip-all": xp.flip,
    "roll": lambda x: xp.roll(x, (1, -2), axis=(0, 1)),
    "roll-flat": lambda x: xp.roll(x, 5),
    "tril": lambda x: xp.tril(x, k=-1),
    "triu": xp.triu,
    "concat": lambda x: (
        xp.concat([x, 2.0 * x, np.ones((4, 3, 2))], axis=0) - np.concatenate([np.zeros((8, 3, 2)), np.ones((4, 3, 2))])
    ),
    "concat-flat": lambda x: xp.concat([x[0], x], axis=None),
    "stack": lambda x: xp.stack([x, -x], axis=-2),
    "getitem": lambda x: x[1:, None, ::-2, 0],
    "getitem-integers": lambda x: x[np.asarray([0, 0, 3]), :, np.asarray([1, 1, 0])],
    "getitem-truth": lambda x: x[np.arange(24).reshape(4, 3, 2) % 3 == 0],
    "take": lambda x: xp.take(x, np.asarray([2, 2, 0]), axis=1),
    "take_along_axis": lambda x: xp.take_along_axis(x, np.asarray([[[1], [0], [1]]]), axis=-1),
    "astype": lambda x: xp.astype(xp.astype(x, xp.float32), xp.float64),
    "matmul": lambda x: x @ np.arange(6.0).reshape(2, 3),
    "negative": lambda x: -xp.positive(x) / 3.0 - x * 2.0,
    "where": lambda x: xp.where(np.arange(2) == 0, x, 0.0),
}


@pytest.mark.parametrize("name", LINEAR)
def test_the_rule_of_a_linear_operation_is_its_adjoint(name: str) -> None:
    function, rng = LINEAR[name], np.random.default_rng(0)
    x = rng.integers(-8, 9, size=(4, 3, 2)).astype(float)
    g = rng.integers(-8, 9, size=function(x).shape).astype(float)
    y, gradient = vjp(function, x, seed=g)
    np.testing.assert_array_equal(y, function(x))
    assert np.sum(g * y) == pytest.approx(np.sum(gradient * x), rel=1e-12, abs=1e-9)


@given(shapes.array_shapes(min_dims=1, max_dims=3, max_side=4), st.data())
def test_reductions_over_any_axes_agree_with_pytorch(shape: Any, data: Any) -> None:
    axis = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    keepdims = data.draw(st.booleans())
    x = np.random.default_rng(len(shape)).integers(-2, 3, size=shape).astype(float)
    for name in ("sum", "mean", "prod", "amax", "amin", "var", "std"):
        t = torch.tensor(x, requires_grad=True)
        dim = {"dim": tuple(range(len(shape))) if axis is None else axis, "keepdim": keepdims}
        flat = {} if name == "prod" and axis is None else dim
        expected = getattr(torch, name)(t, **flat, **({"correction": 0} if name in {"var", "std"} else {}))
        expected.backward(torch.ones_like(expected))
        own = getattr(xp, {"amax": "max", "amin": "min"}.get(name, name))
        gradient = vjp(lambda x, own=own: own(x, axis=axis, keepdims=keepdims), x)[1]
        np.testing.assert_allclose(gradient, t.grad.numpy(), rtol=1e-12, atol=1e-12, err_msg=name)


# The namespace


def test_the_names_are_those_of_the_standard_but_for_a_few() -> None:
    ours = {name for name, rule in vars(operations).items() if isinstance(rule, Operation) and name[0] != "_"}
    assert ours - set(dir(strict)) == {"erf", "erfc", "getitem"}


def test_what_has_no_slope_gives_what_numpy_gives() -> None:
    x = np.asarray([[1.0, np.nan, -np.inf]], dtype=np.float32)
    for name in ("isnan", "isinf", "isfinite", "signbit", "argmax", "argsort", "any", "zeros_like", "ones_like"):
        np.testing.assert_array_equal(getattr(xp, name)(Tensor(x)), getattr(np, name)(x))
    assert xp.result_type(Tensor(x), 1.0) == np.float32
    assert xp.full_like(Tensor(x), 2.0).dtype == np.float32
    assert xp.finfo(xp.float32).max == np.finfo(np.float32).max
    assert xp.__array_namespace_info__().dtypes()["float64"] == np.float64
    assert xp.__array_namespace_info__().default_dtypes()["real floating"] == np.float64
    assert xp.__array_namespace_info__().devices() == ["cpu"]


def test_a_type_that_stays_needs_no_node() -> None:
    x = Tensor([1.0])
    assert xp.astype(x, xp.float64) is x
    assert xp.asarray(x) is x
    assert xp.asarray(x, dtype=xp.float32).operation == "astype"
    assert type(xp.astype(np.ones(2), xp.float32)) is np.ndarray


def test_a_running_sum_of_several_axes_needs_one() -> None:
    with pytest.raises(ValueError, match=r"needs an axis for an array of shape \(2, 3\); pass axis=-1"):
        xp.cumulative_sum(Tensor(np.ones((2, 3))))


# PyTorch checks the engine by differences


def attention(q: Any, k: Any, v: Any) -> Any:
    """One head with a causal mask."""
    scores = q @ xp.matrix_transpose(k) / math.sqrt(q.shape[-1])
    return softmax(xp.where(np.tril(np.ones((4, 4))) > 0, scores, -1e9)) @ v


def layer_norm(x: Any, weight: Any, bias: Any) -> Any:
    """Rows of mean 0 and variance 1, then scaled and shifted."""
    centered = x - xp.mean(x, axis=-1, keepdims=True)
    return weight * centered / xp.sqrt(xp.var(x, axis=-1, keepdims=True) + 1e-5) + bias


CHECKED: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "attention": (attention, [(4, 3), (4, 3), (4, 3)]),
    "layer_norm": (layer_norm, [(4, 3), (3,), (3,)]),
    "perceptron": (lambda x, w, b: xp.tanh(x @ w + b) @ w[0], [(2, 3), (3, 4), (4,)]),
    "gelu": (activations.gelu, [(4, 3)]),
    "softplus_derivative": (activations.softplus_derivative, [(4, 3)]),
    "quotient": (lambda a, b: a / (1 + b * b) + xp.pow(xp.exp(a), b), [(4, 1), (3,)]),
    "statistics": (lambda x: xp.std(x, axis=0) * xp.prod(x, axis=0) + xp.max(x) - xp.min(x, axis=0), [(4, 3)]),
}


@pytest.mark.parametrize("name", CHECKED)
def test_pytorchs_gradcheck_accepts_the_engine(name: str) -> None:
    function, sizes = CHECKED[name]

    def forward(context: Any, *inputs: Any) -> Any:
        context.inputs = [Tensor(x.numpy()) for x in inputs]
        context.result = function(*context.inputs)
        return torch.tensor(context.result.data)

    def backward(context: Any, g: Any) -> Any:
        for x in context.inputs:
            x.zero_grad()
        context.result.backward(g.numpy())
        return tuple(torch.tensor(x.grad) for x in context.inputs)

    engine: Any = type(
        "Engine",
        (torch.autograd.Function,),
        {"forward": staticmethod(forward), "backward": staticmethod(backward)},
    )
    rng = np.random.default_rng(0)
    inputs = [torch.tensor(rng.normal(size=size), requires_grad=True) for size in sizes]
    assert torch.autograd.gradcheck(engine.apply, inputs)


# PyTorch's own samples


class NotApplicableError(Exception):
    """A sample asks for what the standard, or the activation, has not."""


def need_that(holds: bool, reason: str) -> None:
    """Leave a sample out for a reason."""
    if not holds:
        raise NotApplicableError(reason)


def axes(x: Any, dim: Any) -> Any:
    """The axes that PyTorch's `dim` names: an empty list names all."""
    need_that(x.ndim > 0 or dim in {None, ()}, "PyTorch gives a single number an axis 0")
    return None if dim is None or dim == () else dim


def reduction(function: Any) -> Any:
    """A reduction with PyTorch's names of the options."""
    return lambda x, dim=None, keepdim=False: function(x, axis=axes(x, dim), keepdims=keepdim)


def variance(function: Any) -> Any:
    """Variance and standard deviation: PyTorch divides by n - 1 unless told otherwise."""

    def adapted(x: Any, dim: Any = None, unbiased: Any = True, *, keepdim: Any = False, correction: Any = 1) -> Any:
        dim, unbiased = (None, dim) if isinstance(dim, bool) else (dim, unbiased)
        correction = 1 if correction is None else correction
        return function(x, axis=axes(x, dim), keepdims=keepdim, correction=correction if unbiased else 0)

    return adapted


def squeeze(x: Any, dim: Any = None) -> Any:
    """Squeeze axes of size 1; the standard refuses others and wants them named."""
    chosen = tuple(range(x.ndim)) if dim is None else (axes(x, dim),) if isinstance(dim, int) else dim
    need_that(x.ndim > 0 or not chosen, "PyTorch gives a single number an axis 0")
    need_that(dim is None or all(x.shape[i] == 1 for i in chosen), "the standard squeezes only axes of size 1")
    return xp.squeeze(x, axis=tuple(i for i in chosen if x.shape[i] == 1))


def expand(x: Any, *shape: Any) -> Any:
    """Broadcast; -1 keeps the size of an axis."""
    sizes = shape[0] if isinstance(shape[0], tuple) else shape
    old = (1,) * (len(sizes) - x.ndim) + x.shape
    return xp.broadcast_to(x, tuple(old[i] if n == -1 else n for i, n in enumerate(sizes)))


def transpose(x: Any, one: int, other: int) -> Any:
    """Swap two axes."""
    order = list(range(x.ndim))
    if order:
        order[one], order[other] = order[other], order[one]
    return xp.permute_dims(x, tuple(order))


def cat(arrays: Any, dim: int = 0) -> Any:
    """Join arrays."""
    need_that(len({x.ndim for x in arrays}) == 1, "PyTorch lets an empty vector stand beside matrices")
    return xp.concat(list(arrays), axis=dim)


def gather(x: Any, dim: int, index: Any) -> Any:
    """Take along an axis."""
    need_that(x.ndim > 0, "PyTorch gives a single number an axis 0")
    need_that(x.ndim == index.ndim, "PyTorch lets an empty index have any axes")
    others = [i for i in range(x.ndim) if i != dim % x.ndim]
    need_that(all(x.shape[i] == index.shape[i] for i in others), "NumPy wants as many indices as rows")
    return xp.take_along_axis(x, index, axis=dim)


def take_along_dim(x: Any, index: Any, dim: Any = None) -> Any:
    """Take along an axis, or from all numbers in a line."""
    if dim is None:
        return xp.take_along_axis(xp.reshape(x, (-1,)), index.reshape(-1), axis=0)
    return xp.take_along_axis(x, index, axis=dim)


def index_select(x: Any, dim: int, index: Any) -> Any:
    """Take along an axis."""
    need_that(x.ndim > 0, "PyTorch gives a single number an axis 0")
    return xp.take(x, index, axis=dim)


def along(function: Any) -> Any:
    """A function of rows with PyTorch's name of the axis."""

    def adapted(x: Any, dim: int) -> Any:
        need_that(x.size > 0, "an empty row has no largest element to subtract")
        return function(x, axis=axes(x, dim))

    return adapted


def logsumexp_of(x: Any, dim: Any, keepdim: bool = False) -> Any:
    """Log-sum-exp along one axis or several."""
    need_that(x.ndim > 0, "PyTorch gives a single number an axis 0")
    return logsumexp(x, axis=dim, keepdims=keepdim)


def flat(x: Any) -> Any:
    """All numbers in a line."""
    return xp.reshape(x, (-1,))


SAME = """
    exp expm1 log log1p log2 log10 sqrt square sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc
    abs sign floor ceil round trunc reciprocal positive maximum minimum matmul logaddexp hypot atan2 pow isnan
"""
ACTIVATIONS = "celu elu gelu leaky_relu mish relu relu6 selu silu softsign"
ADAPTED: dict[str, Callable[..., Any]] = {
    **{name: getattr(xp, name) for name in SAME.split()},
    **{f"nn.functional.{name}": getattr(activations, name) for name in ACTIVATIONS.split()},
    "eq": xp.equal,
    "nn.functional.hardswish": activations.hard_swish,
    "nn.functional.logsigmoid": activations.log_sigmoid,
    "nn.functional.glu": lambda x, dim=-1: activations.glu(x, axis=dim),
    "sigmoid": activations.sigmoid,
    "softmax": along(softmax),
    "log_softmax": along(log_softmax),
    "logsumexp": logsumexp_of,
    "add": lambda a, b, alpha=1: a + alpha * b,
    "sub": lambda a, b, alpha=1: a - alpha * b,
    "rsub": lambda a, b, alpha=1: b - alpha * a,
    "mul": lambda a, b: a * b,
    "div.no_rounding_mode": lambda a, b: a / b,
    "true_divide": xp.divide,
    "neg": lambda x: -x,
    "sgn": xp.sign,
    "rsqrt": lambda x: 1 / xp.sqrt(x),
    "__radd__": lambda a, b: b + a,
    "__rsub__": lambda a, b: b - a,
    "__rmul__": lambda a, b: b * a,
    "__rdiv__": lambda a, b: b / a,
    "__rpow__": lambda a, b: b**a,
    "__rmatmul__": lambda a, b: b @ a,
    "mm": xp.matmul,
    "bmm": xp.matmul,
    "mv": xp.matmul,
    "dot": xp.matmul,
    "outer": lambda a, b: a[:, None] * b,
    "addmm": lambda c, a, b, alpha=1, beta=1: beta * c + alpha * (a @ b),
    "where": lambda a, c, b: xp.where(c, a, b),
    "masked_fill": lambda x, mask, fill: xp.where(mask, fill, x),
    "clamp": xp.clip,
    "clamp_min": lambda x, low: xp.clip(x, low, None),
    "clamp_max": lambda x, high: xp.clip(x, None, high),
    "sum": reduction(xp.sum),
    "mean": reduction(xp.mean),
    "prod": lambda x, dim=None, keepdim=False, dtype=None: reduction(xp.prod)(x, dim, keepdim),
    "amax": reduction(xp.max),
    "amin": reduction(xp.min),
    "max.reduction_no_dim": xp.max,
    "min.reduction_no_dim": xp.min,
    "max.binary": xp.maximum,
    "min.binary": xp.minimum,
    "argmax": reduction(xp.argmax),
    "var": variance(xp.var),
    "std": variance(xp.std),
    "var.unbiased": variance(xp.var),
    "std.unbiased": variance(xp.std),
    "cumsum": lambda x, dim, dtype=None: xp.cumulative_sum(x, axis=axes(x, dim)),
    "reshape": xp.reshape,
    "view": xp.reshape,
    "ravel": flat,
    "squeeze": squeeze,
    "squeeze.multiple": squeeze,
    "unsqueeze": lambda x, dim: xp.expand_dims(x, axis=dim),
    "expand": expand,
    "broadcast_to": xp.broadcast_to,
    "permute": xp.permute_dims,
    "transpose": transpose,
    "mT": xp.matrix_transpose,
    "movedim": xp.moveaxis,
    "flip": lambda x, dims: xp.flip(x, axis=tuple(dims)),
    "roll": lambda x, shifts, dims=None: xp.roll(x, shifts, axis=dims),
    "tril": lambda x, k=0: xp.tril(x, k=k),
    "triu": lambda x, k=0: xp.triu(x, k=k),
    "cat": cat,
    "stack": lambda arrays, dim=0: xp.stack(list(arrays), axis=dim),
    "__getitem__": lambda x, index: x[index],
    "select": lambda x, dim, i: xp.take(x, np.asarray(i), axis=dim),
    "take": lambda x, index: xp.take(flat(x), index),
    "index_select": index_select,
    "gather": gather,
    "take_along_dim": take_along_dim,
}


def convert(x: Any, leaves: dict[int, tuple[Any, Any]]) -> Any:
    """Turn PyTorch's tensors into Tensors where they ask for a gradient, and into constants where not."""
    if isinstance(x, torch.Tensor):
        if not x.requires_grad:
            return x.numpy()
        return leaves.setdefault(id(x), (x, Tensor(x.detach().numpy())))[1]
    if isinstance(x, tuple | list):
        return type(x)(convert(part, leaves) for part in x)
    return x


def agree(operator: Any, adapted: Callable[..., Any], sample: Any) -> None:
    """Compare the value of one sample and the gradients by all its inputs."""
    leaves: dict[int, tuple[Any, Any]] = {}
    inputs = convert((sample.input, *sample.args), leaves)
    with np.errstate(all="ignore"):
        ours = adapted(*inputs, **sample.kwargs)
    theirs = operator.op(sample.input, *sample.args, **sample.kwargs)
    np.testing.assert_allclose(value(ours), theirs.detach().numpy(force=True), rtol=1e-9, atol=1e-9)
    if not theirs.requires_grad:
        assert not isinstance(ours, Tensor)
        return
    g = np.random.default_rng(0).normal(size=tuple(theirs.shape))
    expected = torch.autograd.grad(theirs, [t for t, _ in leaves.values()], torch.tensor(g), allow_unused=True)
    with np.errstate(all="ignore"):
        ours.backward(g)
    for (_, x), by_x in zip(leaves.values(), expected, strict=True):
        got = np.zeros(x.shape) if x.grad is None else x.grad
        np.testing.assert_allclose(got, 0 if by_x is None else by_x.numpy(force=True), rtol=1e-9, atol=1e-9)


@pytest.fixture(scope="module")
def operators() -> dict[str, Any]:
    """PyTorch's own list of operators, by name and variant."""
    found: Any = need("torch.testing._internal.common_methods_invocations", "expecttest")
    return {f"{op.name}.{op.variant_test_name}".strip("."): op for op in found.op_db}


@pytest.mark.parametrize("name", ADAPTED)
def test_pytorchs_own_samples(name: str, operators: dict[str, Any], samples: dict[str, Counter[str]]) -> None:
    torch.manual_seed(0)
    counts = samples[name] = Counter()
    for sample in operators[name].sample_inputs("cpu", torch.float64, requires_grad=True):
        try:
            agree(operators[name], ADAPTED[name], sample)
        except NotApplicableError as reason:
            counts[str(reason)] += 1
        except Exception:
            counts["differing"] += 1
            raise
        else:
            counts["equal"] += 1
    assert counts["equal"] > 0
