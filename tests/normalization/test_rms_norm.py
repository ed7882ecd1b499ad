"""RMS norm: known values, invariances, hard rows, gradients by four judges, PyTorch's own samples, the error in ulp."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autograd import Tensor, gradcheck, value
from reference.normalization.rms_norm import RMSNormGradients, along_axis, rms_norm, rms_norm_backward, sum_of_rows
from tests.needs import need
from tests.properties import given, st
from tests.rows import LAYOUTS, row_error, shape_of

torch: Any = need("torch")
jax: Any = need("jax")

functional: Any = torch.nn.functional
INF, NAN = np.inf, np.nan


def exact(x: Any, eps: float = 1e-5) -> Any:
    """RMS norm of rows in extended precision."""
    w = x.astype(np.longdouble)
    return w / np.sqrt(np.mean(w * w, axis=-1, keepdims=True) + np.longdouble(eps))


# The definition and its known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[1.0, 7.0], [-3.0, 3.0]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(rms_norm(x, eps=0.0)), [[0.2, 1.4], [-1.0, 1.0]], rtol=4e-7)
    with_eps: Any = [[1 / 13, 7 / 13], [-3 / 153**0.5, 3 / 153**0.5]]
    np.testing.assert_allclose(np.asarray(rms_norm(x, eps=144.0)), with_eps, rtol=4e-7)
    weighted = rms_norm(x, weight=xp.asarray([10.0, 0.0], dtype=xp.float32), eps=0.0)
    np.testing.assert_allclose(np.asarray(weighted), [[2, 0], [-10, 0]], rtol=4e-7)


@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_the_axes_of_a_row(xp: Any, shape: tuple[int, ...], axis: Any) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    weight = np.random.default_rng(1).normal(size=shape_of(values, axis)).astype(np.float32)
    got = np.asarray(rms_norm(xp.asarray(values), axis=axis, weight=xp.asarray(weight)))
    flat = values / np.sqrt(np.mean(values * values, axis=axis, keepdims=True) + 1e-5)
    names = "abc"[: values.ndim]
    row = "".join(n for i, n in enumerate(names) if i in {a % values.ndim for a in np.atleast_1d(axis)})
    np.testing.assert_allclose(got, np.einsum(f"{names},{row}->{names}", flat, weight), rtol=1e-6)
    assert got.dtype == np.float32


def test_a_weight_of_another_shape_is_refused() -> None:
    x = np.ones((2, 3, 4))
    for weight, axis in ((np.ones(3), -1), (np.ones((4, 3)), (1, 2)), (np.ones((1, 4)), -1), (np.float64(2.0), -1)):
        with pytest.raises(ValueError, match="weight and bias need the shape of x along axis"):
            rms_norm(x, axis=axis, weight=weight)
        with pytest.raises(ValueError, match="weight and bias need the shape"):
            rms_norm_backward(x, x, axis=axis, weight=weight)


def test_a_negative_eps_is_refused() -> None:
    with pytest.raises(ValueError, match=r"eps|nonnegative|math domain"):
        rms_norm(np.ones(3), eps=-1e-5)


def test_hard_rows(xp: Any) -> None:
    x = xp.asarray([[0.0, 0.0, 0.0], [NAN, 1.0, 2.0], [1.0, INF, -2.0]], dtype=xp.float32)
    with np.errstate(invalid="ignore"):
        got = np.asarray(rms_norm(x))
        np.testing.assert_array_equal(got, [[0, 0, 0], [NAN, NAN, NAN], [0, NAN, 0]])
        assert np.all(np.isnan(np.asarray(rms_norm(x[:1, :], eps=0.0))))


def test_no_rows_are_fine_and_an_empty_row_raises() -> None:
    assert rms_norm(np.ones((0, 3))).shape == (0, 3)
    assert rms_norm_backward(np.ones((0, 3)), np.ones((0, 3))).weight.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="zero-size array"):
        rms_norm(np.ones((3, 0)))


def test_every_float_keeps_its_type_and_integers_become_the_default_float() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        x = np.asarray([[1, 2]], dtype=dtype)
        assert rms_norm(x, weight=np.ones(2)).dtype == dtype
        assert all(gradient.dtype == dtype for gradient in rms_norm_backward(x, x))
    assert rms_norm(np.asarray([[1, 2]])).dtype == np.float64
    assert rms_norm(torch.asarray([[1, 2]])).dtype == torch.float32


# Properties

rows = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8).map(np.asarray)


@given(rows, st.floats(1e-150, 1e150))
def test_a_positive_factor_of_the_row_changes_nothing_without_eps(x: Any, factor: float) -> None:
    x = np.where(np.abs(x) < 1e-3, 1.0, x)
    np.testing.assert_allclose(rms_norm(factor * x, eps=0.0), rms_norm(x, eps=0.0), rtol=1e-14)


@given(rows)
def test_a_row_has_length_root_n_and_the_direction_of_x(x: Any) -> None:
    x = np.where(np.abs(x) < 1e-3, 1.0, x)
    y = rms_norm(x, eps=0.0)
    assert np.linalg.norm(y) == pytest.approx(np.sqrt(x.size), rel=1e-14)
    assert y @ x == pytest.approx(np.linalg.norm(y) * np.linalg.norm(x), rel=1e-14)


@given(rows, st.integers(0, 2**32 - 1))
def test_the_gradient_is_orthogonal_to_the_row(x: Any, seed: int) -> None:
    x = np.where(np.abs(x) < 1e-3, 1.0, x)
    g = np.random.default_rng(seed).normal(size=x.shape)
    by_x = rms_norm_backward(g, x, eps=0.0).x
    assert abs(by_x @ x) <= 1e-13 * np.linalg.norm(g) * x.size


@given(st.integers(0, 2**32 - 1))
def test_a_row_does_not_depend_on_the_others(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(3, 4))
    moved = x.copy()
    moved[1] *= 100
    np.testing.assert_array_equal(rms_norm(x)[[0, 2]], rms_norm(moved)[[0, 2]])


# Gradients


@pytest.mark.parametrize("eps", [0.0, 1e-5, 0.5])
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_the_gradients_are_those_of_the_tensor_and_of_central_differences(shape: Any, axis: Any, eps: float) -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, *shape))
    weight = rng.normal(size=shape_of(x, axis))
    found = rms_norm_backward(g, x, axis=axis, weight=weight, eps=eps)
    leaves: list[Any] = [Tensor(x), Tensor(weight)]
    rms_norm(leaves[0], axis=axis, weight=leaves[1], eps=eps).backward(g)
    for gradient, leaf in zip(found, leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-11, atol=1e-13)
    check = gradcheck(
        lambda x, w: rms_norm(x, axis=axis, weight=w, eps=eps),
        x,
        weight,
        vjp=lambda x, w, g: tuple(rms_norm_backward(g, x, axis=axis, weight=w, eps=eps)),
    )
    assert check, check


def test_without_a_weight_its_gradient_is_that_of_ones() -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 3))
    plain, ones = rms_norm_backward(g, x), rms_norm_backward(g, x, weight=np.ones(3))
    for a, b in zip(plain, ones, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_gradients_run_on_every_library(xp: Any) -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    weight = np.asarray([1.0, -2.0, 0.5], dtype=np.float32)
    expected = rms_norm_backward(g, x, weight=weight)
    for got, true in zip(
        rms_norm_backward(xp.asarray(g), xp.asarray(x), weight=xp.asarray(weight)), expected, strict=True
    ):
        np.testing.assert_allclose(np.asarray(got), true, rtol=1e-4, atol=1e-6)


def test_a_weight_may_be_the_only_tensor_and_the_type_stays() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    weight: Any = Tensor(np.ones(3))
    y = rms_norm(x, weight=weight)
    assert isinstance(y, Tensor)
    assert y.dtype == np.float32
    y.backward(np.ones((4, 3)))
    np.testing.assert_allclose(weight.grad, rms_norm(x).sum(axis=0), rtol=1e-6)


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_the_gradients_stay_right_where_squares_leave_the_range(scale: float) -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 6))
    small, large = rms_norm_backward(g, x, eps=0.0), rms_norm_backward(g, x * scale, eps=0.0)
    np.testing.assert_allclose(large.x * scale, small.x, rtol=1e-12)
    np.testing.assert_allclose(large.weight, small.weight, rtol=1e-12)
    leaf: Any = Tensor(x * scale)
    rms_norm(leaf, eps=0.0).backward(g)
    np.testing.assert_allclose(np.asarray(leaf.grad) * scale, small.x, rtol=1e-11)


# Other libraries


def test_values_and_gradients_agree_with_pytorch() -> None:
    rng = np.random.default_rng(0)
    for shape, last in (((5, 7), 1), ((2, 3, 4), 2), ((2, 3, 4), 3)):
        x, g = rng.normal(size=(2, *shape))
        weight = rng.normal(size=shape[-last:])
        axis = tuple(range(-last, 0))
        t, w = (torch.tensor(v, requires_grad=True) for v in (x, weight))
        expected = functional.rms_norm(t, weight.shape, w, eps=1e-5)
        np.testing.assert_allclose(rms_norm(x, axis=axis, weight=weight), expected.detach(), rtol=1e-12)
        expected.backward(torch.tensor(g))
        by_x, by_weight = rms_norm_backward(g, x, axis=axis, weight=weight)
        np.testing.assert_allclose(by_x, t.grad, rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(by_weight, w.grad, rtol=1e-11, atol=1e-14)


def test_pytorchs_own_samples() -> None:
    samples: Any = need("torch.testing._internal.common_methods_invocations", "expecttest")
    operator = next(op for op in samples.op_db if op.name == "nn.functional.rms_norm")
    torch.manual_seed(0)
    count = 0
    for sample in operator.sample_inputs("cpu", torch.float64, requires_grad=True):
        shape, weight, eps = [*sample.args, None, None][:3]
        weight, eps = sample.kwargs.get("weight", weight), sample.kwargs.get("eps", eps)
        eps = float(np.finfo(np.float64).eps) if eps is None else eps  # PyTorch's default
        if eps < 0:  # PyTorch lets a negative eps pass where the mean square is larger
            continue
        leaves: list[Any] = [Tensor(t.detach().numpy()) for t in (sample.input, weight) if t is not None]
        axis = tuple(range(-len(shape), 0))
        ours = rms_norm(leaves[0], axis=axis, weight=[*leaves, None][1], eps=eps)
        theirs = operator.op(sample.input, *sample.args, **sample.kwargs)
        np.testing.assert_allclose(value(ours), theirs.detach(), rtol=1e-9, atol=1e-9)
        g = np.random.default_rng(0).normal(size=tuple(theirs.shape))
        tensors = [t for t in (sample.input, weight) if t is not None]
        found = rms_norm_backward(g, leaves[0].data, axis=axis, weight=value([*leaves, None][1]), eps=eps)
        for by_us, by in zip(found, torch.autograd.grad(theirs, tensors, torch.tensor(g)), strict=False):
            np.testing.assert_allclose(by_us, by, rtol=1e-9, atol=1e-9)
        count += 1
    assert count >= 5


def test_automatic_differentiation_and_jit_agree() -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    expected = rms_norm_backward(g, x).x
    by_jax = jax.grad(lambda x: (rms_norm(x) * g).sum())(x)
    np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.asarray(jax.jit(rms_norm)(x)), rms_norm(x), rtol=1e-6)
    t = torch.tensor(x, requires_grad=True)
    rms_norm(t).backward(torch.tensor(g))
    np.testing.assert_allclose(t.grad, expected, rtol=1e-5, atol=1e-7)


# Error in ulp


@pytest.mark.parametrize(
    ("scale", "eps"), [(1.0, 1e-5), (1e20, 1e-5), (1e38, 1e-5), (1e-25, 0.0), (1e-25, 1e-5), (1e-44, 0.0)]
)
def test_the_error_stays_below_its_bar(scale: float, eps: float, record_error: Callable[[str, object], None]) -> None:
    x = (np.random.default_rng(0).uniform(-1, 1, size=(200, 1024)) * scale).astype(np.float32)
    error = row_error(rms_norm(x, eps=eps), exact(x, eps))
    record_error(f"rms_norm, rows of {scale:g}, eps {eps:g}", f"{error:12.4g} ulp of the row's largest")
    assert error <= 1


@pytest.mark.parametrize("scale", [1e20, 1e-25])
def test_float32_alone_also_survives_both_ends(scale: float) -> None:
    x = (np.random.default_rng(0).uniform(-1, 1, size=(50, 1024)) * scale).astype(np.float32)
    assert row_error(np.asarray(rms_norm(jax.numpy.asarray(x), eps=0.0)), exact(x, 0.0)) <= 4  # JAX without x64


def test_float16_is_computed_wider() -> None:
    for scale in (1.0, 300.0, 6e4):
        x = (np.random.default_rng(0).uniform(-1, 1, size=(50, 1024)) * scale).astype(np.float16)
        assert row_error(rms_norm(x), exact(x)) <= 0.501


# The helpers


def test_a_weight_lies_along_its_axes() -> None:
    x = np.ones((2, 3, 4))
    assert along_axis(np.ones(4), x, axis=-1).shape == (1, 1, 4)
    assert along_axis(np.ones((2, 4)), x, axis=(2, 0)).shape == (2, 1, 4)


def test_the_sum_of_rows_leaves_one_row() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(sum_of_rows(x, axis=-1), x.sum(axis=(0, 1)))
    np.testing.assert_array_equal(sum_of_rows(x, axis=(0, 2)), x.sum(axis=1))
    np.testing.assert_array_equal(sum_of_rows(x, axis=(0, 1, 2)), x)


def test_the_gradients_have_names() -> None:
    assert RMSNormGradients._fields == ("x", "weight")


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(IndexError):
        sum_of_rows(np.ones((2, 3)), axis=5)


def test_the_gradient_of_a_weight_has_the_type_of_the_weight() -> None:
    """In float16 the sum over many rows would overflow."""
    x, weight = np.ones((100_000, 2), np.float16), np.ones(2, np.float32)
    by_weight = rms_norm_backward(x, x, weight=weight).weight
    assert by_weight.dtype == np.float32
    np.testing.assert_allclose(by_weight, 1e5, rtol=1e-3)
