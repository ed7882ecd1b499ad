"""Layer norm: known values, the table of invariances, hard rows, gradients by four judges, the error in ulp."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autograd import Tensor, gradcheck, value
from reference.normalization.batch_norm import batch_norm
from reference.normalization.layer_norm import LayerNormGradients, layer_norm, layer_norm_backward
from reference.normalization.rms_norm import rms_norm
from tests.needs import need
from tests.properties import given, st
from tests.rows import LAYOUTS, row_error, shape_of

torch: Any = need("torch")
jax: Any = need("jax")

functional: Any = torch.nn.functional
INF, NAN = np.inf, np.nan


def exact(x: Any, eps: float = 1e-5) -> Any:
    """Layer norm of rows in extended precision."""
    w = x.astype(np.longdouble)
    d = w - np.mean(w, axis=-1, keepdims=True)
    d -= np.mean(d, axis=-1, keepdims=True)
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + np.longdouble(eps))


# The definition and its known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[1.0, 3.0, 5.0, 7.0], [-6.0, -6.0, 2.0, 2.0]], dtype=xp.float32)
    expected = np.asarray([[-3, -1, 1, 3], [-1, -1, 1, 1]]) / [[5**0.5], [1]]
    np.testing.assert_allclose(np.asarray(layer_norm(x, eps=0.0)), expected, rtol=4e-7)
    np.testing.assert_allclose(np.asarray(layer_norm(x, eps=9.0))[1], [-0.8, -0.8, 0.8, 0.8], rtol=4e-7)
    weight, bias = (xp.asarray(v, dtype=xp.float32) for v in ([2.0, 0.0, 1.0, -1.0], [0.0, 5.0, 0.0, 1.0]))
    got = np.asarray(layer_norm(x, weight=weight, bias=bias, eps=0.0))[1]
    np.testing.assert_allclose(got, [-2, 5, 1, 0], rtol=4e-7, atol=4e-7)


def test_the_example_of_a_user_of_the_annotated_transformer() -> None:
    # github.com/codertimo/BERT-pytorch/issues/30: the standard deviation over n - 1 gives 1.5 and -0.5 instead.
    np.testing.assert_allclose(layer_norm(np.asarray([1.0, 0.0, 0.0, 0.0])), [1.7320, *3 * [-0.5773]], atol=1e-4)


@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_the_axes_of_a_row(xp: Any, shape: tuple[int, ...], axis: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype(np.float32)
    weight, bias = rng.normal(size=(2, *shape_of(x, axis))).astype(np.float32)
    got = layer_norm(xp.asarray(x), axis=axis, weight=xp.asarray(weight), bias=xp.asarray(bias))
    d = x - np.mean(x, axis=axis, keepdims=True)
    d /= np.sqrt(np.mean(d * d, axis=axis, keepdims=True) + 1e-5)
    kept = tuple(n if i in {a % x.ndim for a in np.atleast_1d(axis)} else 1 for i, n in enumerate(shape))
    np.testing.assert_allclose(np.asarray(got), d * weight.reshape(kept) + bias.reshape(kept), rtol=1e-5, atol=1e-6)
    assert np.asarray(got).dtype == np.float32


def test_a_weight_or_bias_of_another_shape_is_refused() -> None:
    x = np.ones((2, 3, 4))
    cases: list[dict[str, Any]] = [{"weight": np.ones(3)}, {"bias": np.ones((3, 4))}, {"bias": np.ones(1)}]
    for wrong in cases:
        with pytest.raises(ValueError, match=r"weight and bias need the shape of x along axis -1, \(4,\), got"):
            layer_norm(x, **wrong)
    with pytest.raises(ValueError, match="weight and bias need the shape"):
        layer_norm_backward(x, x, weight=np.ones((4, 1)))


def test_a_negative_eps_is_refused() -> None:
    with pytest.raises(ValueError, match=r"eps|nonnegative|math domain"):
        layer_norm(np.ones(3), eps=-1e-5)


@pytest.mark.parametrize("constant", [0.0, 12345.678, 1e-30])
def test_a_row_of_equal_numbers_gives_exactly_0(xp: Any, constant: float) -> None:
    x = xp.full((2, 1000), constant, dtype=xp.float32)
    bias = xp.full((1000,), 0.25, dtype=xp.float32)
    assert not np.any(np.asarray(layer_norm(x)))
    np.testing.assert_array_equal(np.asarray(layer_norm(x, bias=bias)), 0.25)
    with np.errstate(invalid="ignore"):
        assert np.all(np.isnan(np.asarray(layer_norm(x, eps=0.0))))


def test_hard_rows(xp: Any) -> None:
    x = xp.asarray([[NAN, 1.0, 2.0], [1.0, INF, -2.0], [3.0, 4.0, 5.0]], dtype=xp.float32)
    with np.errstate(invalid="ignore"):
        got = np.asarray(layer_norm(x))
    np.testing.assert_array_equal(np.isnan(got), [[True] * 3, [True] * 3, [False] * 3])


def test_no_rows_are_fine_and_an_empty_row_raises() -> None:
    assert layer_norm(np.ones((0, 3))).shape == (0, 3)
    by_x, by_weight, by_bias = layer_norm_backward(np.ones((0, 3)), np.ones((0, 3)))
    assert (by_x.shape, by_weight.tolist(), by_bias.tolist()) == ((0, 3), [0, 0, 0], [0, 0, 0])
    with (
        np.errstate(invalid="ignore"),
        pytest.warns(RuntimeWarning, match="empty slice"),
        pytest.raises(ValueError, match="zero-size"),
    ):
        layer_norm(np.ones((3, 0)))


def test_every_float_keeps_its_type_and_integers_become_the_default_float() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        x = np.asarray([[1, 2]], dtype=dtype)
        assert layer_norm(x, weight=np.ones(2), bias=np.ones(2)).dtype == dtype
        assert all(gradient.dtype == dtype for gradient in layer_norm_backward(x, x))
    assert layer_norm(np.asarray([[1, 2]])).dtype == np.float64
    assert layer_norm(torch.asarray([[1, 2]])).dtype == torch.float32


# Properties

rows = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8).map(lambda v: np.asarray(v) + np.arange(len(v)) * 2e3)


@given(rows, st.floats(1e-100, 1e100), st.floats(-1e3, 1e3))
def test_a_positive_factor_and_a_shift_of_the_row_change_nothing_without_eps(
    x: Any, factor: float, shift: float
) -> None:
    expected = layer_norm(x, eps=0.0)
    np.testing.assert_allclose(layer_norm(factor * x, eps=0.0), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer_norm(x + shift, eps=0.0), expected, rtol=1e-12, atol=1e-12)


@given(st.floats(-1e300, 1e300), st.integers(1, 5000))
def test_a_row_of_any_equal_numbers_gives_exactly_0(constant: float, n: int) -> None:
    assert not np.any(layer_norm(np.full(n, constant)))


@given(rows)
def test_a_row_has_mean_0_and_length_root_n_and_twice_is_once(x: Any) -> None:
    y = layer_norm(x, eps=0.0)
    assert abs(y.mean()) <= 1e-15
    assert np.linalg.norm(y) == pytest.approx(np.sqrt(x.size), rel=1e-14)
    np.testing.assert_allclose(layer_norm(y, eps=0.0), y, rtol=1e-13, atol=1e-14)


@given(rows)
def test_rms_norm_of_what_is_left_of_the_mean_is_layer_norm(x: Any) -> None:
    np.testing.assert_allclose(rms_norm(x - x.mean(), eps=0.0), layer_norm(x, eps=0.0), rtol=1e-11, atol=1e-12)


def test_of_two_numbers_only_their_order_is_left() -> None:
    for a, b in ((0.0, 1.0), (-7.0, 900.0), (1e-3, 2e-3)):
        np.testing.assert_allclose(layer_norm(np.asarray([a, b]), eps=0.0), [-1, 1], rtol=1e-15)


@given(rows, st.integers(0, 2**32 - 1))
def test_the_gradient_is_orthogonal_to_ones_and_to_the_row(x: Any, seed: int) -> None:
    g = np.random.default_rng(seed).normal(size=x.shape)
    by_x = layer_norm_backward(g, x, eps=0.0).x
    size = np.linalg.norm(g) / x.std()
    assert abs(by_x.sum()) <= 1e-13 * size
    assert abs(by_x @ (x - x.mean())) <= 1e-12 * size * x.std()


# What each layer does not see: inputs X (batch, in), weights W (in, out), features X W, normalized

NORMS: dict[str, Callable[[Any], Any]] = {
    "batch": lambda z: batch_norm(z, eps=0.0)[0],
    "layer": lambda z: layer_norm(z, eps=0.0),
    "rms": lambda z: rms_norm(z, eps=0.0),
}
CHANGES: dict[str, Callable[[Any, Any, Any, float], tuple[Any, Any]]] = {
    "scale of all weights": lambda x, w, rng, c: (x, c * w),
    "shift of the weights": lambda x, w, rng, c: (x, w + rng.normal(size=(w.shape[0], 1))),
    "scale of a weight column": lambda x, w, rng, c: (x, w * np.asarray([c, *np.ones(w.shape[1] - 1)])),
    "scale of the data": lambda x, w, rng, c: (c * x, w),
    "shift of the data": lambda x, w, rng, c: (x + rng.normal(size=x.shape[1]), w),
    "scale of one row": lambda x, w, rng, c: (x * np.asarray([[c], *np.ones((len(x) - 1, 1))]), w),
}
INVARIANT = {
    "scale of all weights": "batch layer rms",
    "shift of the weights": "layer",
    "scale of a weight column": "batch",
    "scale of the data": "batch layer rms",
    "shift of the data": "batch",
    "scale of one row": "layer rms",
}


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("change", CHANGES)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(3, 6),
    st.integers(2, 5),
    st.integers(3, 6),
    st.sampled_from([0.125, 3.0, 40.0]),
)
def test_the_table_of_invariances(
    change: str, norm: str, seed: int, batch: int, fan_in: int, fan_out: int, c: float
) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(batch, fan_in)), rng.normal(size=(fan_in, fan_out))
    moved, weights = CHANGES[change](x, w, rng, c)
    difference = np.max(np.abs(NORMS[norm](moved @ weights) - NORMS[norm](x @ w)))
    if norm in INVARIANT[change].split():
        assert difference < 1e-9
    else:
        assert difference > 1e-6


@pytest.mark.parametrize("norm", ["batch", "layer", "rms"])
def test_eps_ends_the_invariance_for_short_rows(norm: str) -> None:
    z = np.random.default_rng(0).normal(size=(50, 60))
    norms: dict[str, Callable[[Any], Any]] = {"batch": lambda z: batch_norm(z)[0], "layer": layer_norm, "rms": rms_norm}
    with_eps = norms[norm]
    assert np.max(np.abs(with_eps(z) - with_eps(1e3 * z))) < 1e-4
    assert np.max(np.abs(with_eps(1e-3 * z) - with_eps(z))) > 0.5


# Gradients


@pytest.mark.parametrize("eps", [0.0, 1e-5, 0.5])
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS)
def test_the_gradients_are_those_of_the_tensor_and_of_central_differences(shape: Any, axis: Any, eps: float) -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, *shape))
    weight, bias = rng.normal(size=(2, *shape_of(x, axis)))
    found = layer_norm_backward(g, x, axis=axis, weight=weight, eps=eps)
    leaves: list[Any] = [Tensor(x), Tensor(weight), Tensor(bias)]
    layer_norm(leaves[0], axis=axis, weight=leaves[1], bias=leaves[2], eps=eps).backward(g)
    for gradient, leaf in zip(found, leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-11, atol=1e-13)
    check = gradcheck(
        lambda x, w, b: layer_norm(x, axis=axis, weight=w, bias=b, eps=eps),
        x,
        weight,
        bias,
        vjp=lambda x, w, b, g: tuple(layer_norm_backward(g, x, axis=axis, weight=w, eps=eps)),
    )
    assert check, check


def test_the_formula_of_the_gradient() -> None:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, 4, 7))
    w = rng.normal(size=7)
    s = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    y, h = (x - x.mean(axis=-1, keepdims=True)) / s, g * w
    expected = (h - h.mean(axis=-1, keepdims=True) - y * (h * y).mean(axis=-1, keepdims=True)) / s
    np.testing.assert_allclose(layer_norm_backward(g, x, weight=w).x, expected, rtol=1e-11, atol=1e-14)


def test_the_gradients_run_on_every_library(xp: Any) -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    weight = np.asarray([1.0, -2.0, 0.5], dtype=np.float32)
    expected = layer_norm_backward(g, x, weight=weight)
    found = layer_norm_backward(xp.asarray(g), xp.asarray(x), weight=xp.asarray(weight))
    for got, true in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(got), true, rtol=1e-4, atol=1e-5)


def test_weight_and_bias_may_be_the_only_tensors_and_the_type_stays() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    weight: Any = Tensor(np.ones(3))
    bias: Any = Tensor(np.zeros(3))
    every: list[dict[str, Any]] = [{"weight": weight}, {"bias": bias}, {"weight": weight, "bias": bias}]
    for options in every:
        y = layer_norm(x, **options)
        assert isinstance(y, Tensor)
        assert y.dtype == np.float32
    y.backward(np.ones((4, 3)))
    np.testing.assert_allclose(weight.grad, layer_norm(x).sum(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(bias.grad, [4, 4, 4])


def test_the_gradient_of_a_constant_row_is_finite() -> None:
    g = np.asarray([[1.0, 0.0, 0.0, 0.0]])
    by_x = layer_norm_backward(g, np.full((1, 4), 7.0)).x
    np.testing.assert_allclose(by_x, np.asarray([[0.75, -0.25, -0.25, -0.25]]) / 1e-5**0.5, rtol=1e-12)
    leaf: Any = Tensor(np.full((1, 4), 7.0))
    layer_norm(leaf).backward(g)
    np.testing.assert_allclose(leaf.grad, by_x, rtol=1e-12)


# Other libraries


def test_values_and_gradients_agree_with_pytorch() -> None:
    rng = np.random.default_rng(0)
    for shape, last in (((5, 7), 1), ((2, 3, 4), 2), ((2, 3, 4), 3)):
        x, g = rng.normal(size=(2, *shape))
        weight, bias = rng.normal(size=(2, *shape[-last:]))
        axis = tuple(range(-last, 0))
        t, w, b = (torch.tensor(v, requires_grad=True) for v in (x, weight, bias))
        expected = functional.layer_norm(t, weight.shape, w, b)
        np.testing.assert_allclose(layer_norm(x, axis=axis, weight=weight, bias=bias), expected.detach(), rtol=1e-11)
        expected.backward(torch.tensor(g))
        for ours, theirs in zip(layer_norm_backward(g, x, axis=axis, weight=weight), (t, w, b), strict=True):
            np.testing.assert_allclose(ours, theirs.grad, rtol=1e-10, atol=1e-13)


def test_pytorchs_own_samples() -> None:
    samples: Any = need("torch.testing._internal.common_methods_invocations", "expecttest")
    operator = next(op for op in samples.op_db if op.name == "nn.functional.layer_norm")
    torch.manual_seed(0)
    count = 0
    for sample in operator.sample_inputs("cpu", torch.float64, requires_grad=True):
        shape, *affine = sample.args
        eps = sample.kwargs.get("eps", 1e-5)
        tensors = [sample.input, *affine]
        leaves: list[Any] = [Tensor(t.detach().numpy()) for t in tensors]
        options = dict(zip(("weight", "bias"), leaves[1:], strict=False))
        if eps < 0:  # PyTorch lets a negative eps pass where the variance is larger
            continue
        axis = tuple(range(-len(shape), 0))
        ours = layer_norm(leaves[0], axis=axis, **options, eps=eps)
        theirs = operator.op(sample.input, *sample.args, **sample.kwargs)
        np.testing.assert_allclose(value(ours), theirs.detach(), rtol=1e-9, atol=1e-9)
        g = np.random.default_rng(0).normal(size=tuple(theirs.shape))
        found = layer_norm_backward(g, leaves[0].data, axis=axis, weight=value(options.get("weight")), eps=eps)
        by_torch = torch.autograd.grad(theirs, tensors, torch.tensor(g))
        for ours, by in zip(found, by_torch, strict=False):
            np.testing.assert_allclose(ours, by, rtol=1e-9, atol=1e-9)
        count += 1
    assert count >= 5


def test_automatic_differentiation_and_jit_agree() -> None:
    x, g = np.random.default_rng(0).normal(size=(2, 4, 5)).astype(np.float32)
    expected = layer_norm_backward(g, x).x
    by_jax = jax.grad(lambda x: (layer_norm(x) * g).sum())(x)
    np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.asarray(jax.jit(layer_norm)(x)), layer_norm(x), rtol=1e-5, atol=1e-6)
    t = torch.tensor(x, requires_grad=True)
    layer_norm(t).backward(torch.tensor(g))
    np.testing.assert_allclose(t.grad, expected, rtol=1e-5, atol=1e-7)


# Error in ulp


@pytest.mark.parametrize("case", ["mean 0", "mean 10", "mean 1e3", "mean 1e4", "mean 1e6", "1e20 times", "1e-20 times"])
def test_the_error_stays_below_its_bar(case: str, record_error: Callable[[str, object], None]) -> None:
    noise = np.random.default_rng(0).normal(size=(200, 1024))
    kind, number = case.split(" ")
    x = (noise + float(number) if kind == "mean" else noise * float(kind)).astype(np.float32)
    eps = 0.0 if kind == "1e-20" else 1e-5
    error = row_error(layer_norm(x, eps=eps), exact(x, eps))
    record_error(f"layer_norm, 1024 numbers, {case}", f"{error:12.4g} ulp of the row's largest")
    assert error <= 1


@pytest.mark.parametrize("mean", [0.0, 10.0, 1e3, 1e4, 1e6])
def test_float32_alone_also_stays_near(mean: float) -> None:
    x = (np.random.default_rng(0).normal(size=(50, 1024)) + mean).astype(np.float32)
    assert row_error(np.asarray(layer_norm(jax.numpy.asarray(x))), exact(x)) <= 4  # JAX without x64


def test_float16_is_computed_wider() -> None:
    for mean, scale in ((0.0, 1.0), (100.0, 1.0), (0.0, 2e4)):
        x = (np.random.default_rng(0).normal(size=(50, 1024)).clip(-3, 3) * scale + mean).astype(np.float16)
        assert row_error(layer_norm(x), exact(x)) <= 0.501


def test_the_gradients_have_names() -> None:
    assert LayerNormGradients._fields == ("x", "weight", "bias")


def test_the_gradients_of_weight_and_bias_have_the_type_of_the_weight() -> None:
    x = np.tile(np.array([1, -1], np.float16), (100_000, 1))
    found = layer_norm_backward(abs(x), x, weight=np.ones(2, np.float32))
    assert found.bias.dtype == found.weight.dtype == np.float32
    np.testing.assert_array_equal(found.bias, 1e5)
