"""Batch norm: values, the state, invariances, three oracles for value and gradient, the error in ulp."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.autograd import Tensor, gradcheck, value
from reference.normalization import ChannelGradients, Running, batch_norm, batch_norm_backward
from tests.needs import need
from tests.properties import given, st
from tests.samples import opinfo_samples

torch: Any = need("torch")
jax: Any = need("jax")
strict: Any = need("array_api_strict")
shapes: Any = need("hypothesis.extra.numpy", "hypothesis")

SHAPES = [(5, 3), (2, 3), (4, 2, 3), (2, 3, 4, 5), (1, 2, 2, 2), (3, 1, 2, 1, 2)]
MATRIX = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).normal(size=(6, 4)))
FACTOR = st.floats(0.1, 10)


def arrays(shape: tuple[int, ...], seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """An input, a gradient of its shape, a weight and a bias."""
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(2, *shape))
    return 3 * x + 1, g, rng.normal(size=shape[1]), rng.normal(size=shape[1])


def state(channels: int) -> Running:
    rng = np.random.default_rng(9)
    return Running(rng.normal(size=channels), rng.uniform(0.5, 2, size=channels), batches=3)


# The definition and its known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[1.0, 10.0], [3.0, 30.0]], dtype=xp.float32)
    weight, bias = xp.asarray([2.0, 1.0], dtype=xp.float32), xp.asarray([0.0, 5.0], dtype=xp.float32)
    y, running = batch_norm(x, weight=weight, bias=bias, eps=0.0)
    np.testing.assert_array_equal(np.asarray(y), [[-2, 4], [2, 6]])
    np.testing.assert_allclose(np.asarray(running.mean), [0.2, 2.0], rtol=1e-6)
    np.testing.assert_allclose(np.asarray(running.variance), [0.9 + 0.1 * 2, 0.9 + 0.1 * 200], rtol=1e-6)
    assert running.batches == 1
    alone, same = batch_norm(x[:1, ...], running, training=False, eps=0.0)
    np.testing.assert_allclose(np.asarray(alone), [[0.8 / 1.1**0.5, 8 / 20.9**0.5]], rtol=1e-6)
    assert same is running


def test_channels_stand_on_axis_1_at_every_rank(xp: Any) -> None:
    x = xp.reshape(xp.arange(48, dtype=xp.float32), (2, 3, 4, 2)) ** 2
    flat = xp.reshape(xp.moveaxis(x, 1, -1), (16, 3))
    by_rows = np.asarray(batch_norm(flat)[0]).reshape(2, 4, 2, 3)
    np.testing.assert_allclose(np.moveaxis(np.asarray(batch_norm(x)[0]), 1, -1), by_rows, rtol=1e-6, atol=1e-6)


def test_the_state_moves_as_the_formula_says_and_the_old_one_is_untouched() -> None:
    x, before = arrays((5, 3))[0], state(3)
    copies = [np.array(values) for values in before[:2]]
    after = batch_norm(x, before, momentum=0.25)[1]
    np.testing.assert_allclose(after.mean, 0.75 * before.mean + 0.25 * x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(after.variance, 0.75 * before.variance + 0.25 * x.var(axis=0, ddof=1), rtol=1e-14)
    assert after.batches == 4
    np.testing.assert_array_equal(before[:2], copies)


def test_without_momentum_all_batches_count_the_same() -> None:
    batches, running = [arrays((5, 3), seed)[0] for seed in range(4)], None
    for x in batches:
        running = batch_norm(x, running, momentum=None)[1]
    assert running is not None
    np.testing.assert_allclose(running.mean, np.mean(batches, axis=(0, 1)), rtol=1e-13)
    np.testing.assert_allclose(running.variance, np.mean(np.var(batches, axis=1, ddof=1), axis=0), rtol=1e-13)


def test_a_channel_of_equal_numbers_gives_exactly_its_bias(xp: Any) -> None:
    x = xp.asarray([[12345.678, 0.1], [12345.678, 0.2], [12345.678, 0.3]], dtype=xp.float32)
    y = batch_norm(x, bias=xp.asarray([7.0, 0.0], dtype=xp.float32))[0]
    np.testing.assert_array_equal(np.asarray(y)[:, 0], 7)
    by_x = batch_norm_backward(xp.asarray([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]], dtype=xp.float32), x).x
    np.testing.assert_allclose(np.asarray(by_x)[:, 0], np.asarray([2, -1, -1]) / 3 / 1e-5**0.5, rtol=1e-5)


def test_a_channel_of_two_numbers_forgets_how_far_apart_they_are() -> None:
    x = np.asarray([[1.0, 5.0], [1.5, -900.0]])
    np.testing.assert_array_equal(batch_norm(x, eps=0.0)[0], [[-1, 1], [1, -1]])
    by_x = batch_norm_backward(np.asarray([[1.0, 2.0], [3.0, -4.0]]), x, eps=0.0).x
    np.testing.assert_array_equal(by_x, 0)


def test_nan_and_infinity_make_their_channel_nan_and_no_other() -> None:
    for bad in (np.nan, np.inf):
        x = np.asarray([[bad, 1.0], [1.0, 2.0], [2.0, 4.0]])
        with np.errstate(invalid="ignore"):
            y, running = batch_norm(x)
            by_x = batch_norm_backward(np.ones_like(x), x).x
        np.testing.assert_array_equal(np.isnan(y), [[True, False]] * 3)
        np.testing.assert_array_equal(np.isnan(by_x), [[True, False]] * 3)
        assert np.isnan(running.variance).tolist() == [True, False]


def test_every_float_keeps_its_type_and_the_state_is_wide() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        x = np.asarray([[1, 2], [3, 5]], dtype=dtype)
        y, running = batch_norm(x, weight=np.ones(2, dtype), bias=np.ones(2, dtype))
        assert (y.dtype, running.mean.dtype, running.variance.dtype) == (dtype, np.float64, np.float64)
        assert {part.dtype for part in batch_norm_backward(x, x)} == {np.dtype(dtype)}
    assert batch_norm(np.asarray([[1, 2], [3, 5]]))[0].dtype == np.float64
    assert batch_norm(torch.asarray([[1, 2], [3, 5]]))[0].dtype == torch.float32


# What must not be


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1), (0, 3), (2, 3, 0)])
def test_a_batch_of_one_in_training_raises_with_the_remedy(shape: tuple[int, ...]) -> None:
    x = np.ones(shape)
    for function in (batch_norm, lambda x: batch_norm_backward(x, x)):
        with pytest.raises(ValueError, match=r"two numbers per channel, got [01] in the shape .*training=False"):
            function(x)
    y, _ = batch_norm(x, state(3), training=False)
    assert y.shape == shape


def test_a_picture_alone_is_a_batch_of_its_places() -> None:
    x = arrays((1, 2, 3, 4))[0]
    y, _ = batch_norm(x, eps=0.0)
    np.testing.assert_allclose(y.std(axis=(2, 3)), 1, rtol=1e-14)


def test_what_is_missing_or_has_another_shape_raises() -> None:
    x = np.ones((4, 3))
    with pytest.raises(ValueError, match=r"in evaluation needs the state of a training, got None; pass running"):
        batch_norm(x, training=False)
    with pytest.raises(ValueError, match=r"expected \(batch, channels, ...\), got the shape \(4,\)"):
        batch_norm(x[:, 0])
    for wrong in (np.ones(4), np.ones((1, 3)), np.ones(1)):
        with pytest.raises(ValueError, match=r"\(3,\), got"):
            batch_norm(x, weight=wrong)
        with pytest.raises(ValueError, match=r"\(3,\), got"):
            batch_norm(x, Running(wrong, wrong), training=False)
    with pytest.raises(TypeError, match="of one library"):
        batch_norm(torch.ones((4, 3)), Running(np.zeros(3), np.ones(3)), training=False)


# Properties


@given(shapes.array_shapes(min_dims=2, max_dims=4, min_side=2, max_side=4), st.integers(0, 99))
def test_each_channel_has_mean_0_and_variance_1(shape: tuple[int, ...], seed: int) -> None:
    y = np.moveaxis(batch_norm(arrays(shape, seed)[0], eps=0.0)[0], 1, 0).reshape(shape[1], -1)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(y.var(axis=1), 1, rtol=1e-13)


@given(MATRIX, MATRIX, FACTOR, st.lists(FACTOR, min_size=4, max_size=4), st.floats(-10, 10))
def test_what_batch_norm_of_a_layer_does_not_see(data: Any, w: Any, factor: float, each: list[float], b: float) -> None:
    weights = w[:4]

    def layer(data: Any, weights: Any) -> Any:
        return batch_norm(data @ weights, eps=0.0)[0]

    y = layer(data, weights)
    np.testing.assert_allclose(layer(data, factor * weights), y, rtol=1e-9, atol=1e-11)  # scale of the weights
    np.testing.assert_allclose(layer(data, weights * np.asarray(each)), y, rtol=1e-9, atol=1e-11)  # of each column
    np.testing.assert_allclose(layer(factor * data, weights), y, rtol=1e-9, atol=1e-11)  # scale of the data
    np.testing.assert_allclose(layer(data + b, weights), y, rtol=1e-8, atol=1e-10)  # shift of the data
    assert np.abs(layer(data, weights + 1) - y).max() > 1e-4  # it does see a shift of the weights
    one = np.where(np.arange(6) == 0, 1 + factor, 1)[:, None]
    assert np.abs(layer(one * data, weights) - y).max() > 1e-4  # and the scale of one example


@given(MATRIX, MATRIX, st.integers(-20, 20))
def test_the_gradient_by_the_weights_falls_as_the_weights_grow(data: Any, w: Any, exponent: int) -> None:
    def gradient(weights: Any) -> Any:
        return data.T @ batch_norm_backward(np.sin(w), data @ weights, eps=0.0).x

    weights = w[:4]
    np.testing.assert_array_equal(gradient(2.0**exponent * weights), gradient(weights) / 2.0**exponent)
    np.testing.assert_allclose(gradient(10 * weights), gradient(weights) / 10, rtol=1e-9, atol=1e-12)
    # no step along the gradient changes the length of a column to first order
    np.testing.assert_allclose(np.sum(weights * gradient(weights), axis=0), 0, atol=1e-10)


@given(MATRIX, MATRIX)
def test_the_gradient_neither_shifts_nor_stretches_a_channel(x: Any, g: Any) -> None:
    by_x = batch_norm_backward(g, x, eps=0.0).x
    np.testing.assert_allclose(by_x.sum(axis=0), 0, atol=1e-11)
    np.testing.assert_allclose(np.sum(by_x * x, axis=0), 0, atol=1e-10)


@given(st.floats(0, 1), st.integers(1, 30))
def test_the_state_forgets_its_start_by_the_share_of_the_old(momentum: float, steps: int) -> None:
    x, running = np.asarray([[3.0], [5.0]]), Running(np.zeros(1), np.ones(1))
    for _ in range(steps):
        running = batch_norm(x, running, momentum=momentum)[1]
    left = (1 - momentum) ** steps
    assert running.mean[0] == pytest.approx(4 * (1 - left), abs=1e-12)
    assert running.variance[0] == pytest.approx(2 - left, abs=1e-12)


# Oracles


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradients_by_hand_are_those_of_the_tensor_of_differences_and_of_pytorch(
    shape: tuple[int, ...], training: bool
) -> None:
    x, g, weight, bias = arrays(shape)
    running = state(shape[1])

    def layer(x: Any, weight: Any, bias: Any) -> Any:
        return batch_norm(x, running, weight=weight, bias=bias, training=training)[0]

    def vjp(x: Any, weight: Any, bias: Any, grad: Any) -> ChannelGradients:
        return batch_norm_backward(grad, x, running, weight=weight, training=training)

    assert (check := gradcheck(layer, x, weight, bias, vjp=vjp)), check
    assert (check := gradcheck(layer, x, weight, bias)), check
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    mean, variance = (torch.tensor(values) for values in running[:2])
    theirs = torch.nn.functional.batch_norm(tensors[0], mean, variance, *tensors[1:], training=training)
    np.testing.assert_allclose(layer(x, weight, bias), theirs.detach(), rtol=1e-12, atol=1e-13)
    theirs.backward(torch.tensor(g))
    for ours, tensor in zip(batch_norm_backward(g, x, running, weight=weight, training=training), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.1, 0.7, None])
def test_the_state_is_that_of_pytorchs_layer_over_many_batches(momentum: float | None) -> None:
    layer, running = torch.nn.BatchNorm2d(3, momentum=momentum, dtype=torch.float64), None
    for seed in range(5):
        x = arrays((4, 3, 2, 2), seed)[0]
        y, running = batch_norm(x, running, momentum=momentum)
        np.testing.assert_allclose(y, layer(torch.tensor(x)).detach(), rtol=1e-12, atol=1e-13)
    assert running is not None
    np.testing.assert_allclose(running.mean, layer.running_mean, rtol=1e-13)
    np.testing.assert_allclose(running.variance, layer.running_var, rtol=1e-13)
    assert running.batches == int(layer.num_batches_tracked)
    layer.eval()
    y, _ = batch_norm(x[:1], running, training=False)
    np.testing.assert_allclose(y, layer(torch.tensor(x[:1])).detach(), rtol=1e-12, atol=1e-13)


def test_the_gradients_agree_on_every_library_and_under_jit(xp: Any) -> None:
    x, g, weight, _ = arrays((4, 3, 2))
    expected = batch_norm_backward(g, x, weight=weight)
    ours = batch_norm_backward(*(xp.asarray(a, dtype=xp.float32) for a in (g, x)), weight=xp.asarray(weight))
    for part, by in zip(ours, expected, strict=True):
        np.testing.assert_allclose(np.asarray(part), by, rtol=1e-5, atol=1e-6)


def test_jax_differentiates_and_compiles_the_text_and_the_state_gets_no_gradient() -> None:
    x, g, weight, bias = (a.astype(np.float32) for a in arrays((4, 3, 2)))

    def loss(x: Any, weight: Any, bias: Any) -> Any:
        y, running = batch_norm(x, Running(0 * weight, 0 * weight + 1), weight=weight, bias=bias)
        return jax.numpy.sum(g * y) + jax.numpy.sum(jax.lax.stop_gradient(running.mean))

    by_jax = jax.jit(jax.grad(loss, argnums=(0, 1, 2)))(x, weight, bias)
    for theirs, ours in zip(by_jax, batch_norm_backward(g, x, weight=weight), strict=True):
        np.testing.assert_allclose(np.asarray(theirs), ours, rtol=2e-5, atol=1e-5)
    running = jax.jit(lambda x: batch_norm(x, momentum=None)[1])(x)
    np.testing.assert_allclose(np.asarray(running.mean), x.mean(axis=(0, 2)), rtol=1e-5)


def test_the_state_is_a_constant_for_the_tensor_and_for_pytorch() -> None:
    x = Tensor(arrays((4, 3))[0])
    assert not any(isinstance(values, Tensor) for values in batch_norm(x)[1][:2])
    assert not batch_norm(torch.ones((4, 3), requires_grad=True) * 2)[1].mean.requires_grad
    y, _ = batch_norm(x.data, weight=Tensor(np.ones(3)))  # data are no Tensor, the weight is
    y.backward(np.ones((4, 3)))
    assert isinstance(y, Tensor)


def test_pytorchs_own_samples() -> None:
    applied = 0
    for sample, theirs, gradients, g in opinfo_samples("nn.functional.batch_norm"):
        x, (mean, variance, weight, bias) = sample.input, sample.args
        if x.ndim < 2:
            continue  # PyTorch takes an empty vector for a batch of no channels
        kwargs = {"training": False, **sample.kwargs}
        running = None if mean is None else Running(mean.numpy(force=True), variance.numpy(force=True))
        leaves: list[Any] = [None if t is None else Tensor(t.numpy(force=True)) for t in (x, weight, bias)]
        y, _ = batch_norm(leaves[0], running, weight=leaves[1], bias=leaves[2], **kwargs)
        np.testing.assert_allclose(value(y), theirs, rtol=1e-9, atol=1e-9)
        y.backward(g)
        kwargs.pop("momentum", None)
        by_hand = batch_norm_backward(
            g, value(leaves[0]), running, weight=None if weight is None else weight.numpy(force=True), **kwargs
        )
        for leaf, by, tensor in zip(leaves, by_hand, (x, weight, bias), strict=True):
            if leaf is not None and tensor.requires_grad:
                np.testing.assert_allclose(leaf.grad, gradients[id(tensor)], rtol=1e-9, atol=1e-9)
                np.testing.assert_allclose(by, gradients[id(tensor)], rtol=1e-9, atol=1e-9)
        applied += 1
    assert applied == 10


# Error in ulp


def exact(column: Any, eps: Any) -> Any:
    """Batch norm of one float32 column, with the mean and variance as fractions."""
    values = [Fraction(float(v)) for v in column]
    mu = sum(values) / len(values)
    variance = sum((v - mu) ** 2 for v in values) / len(values)
    scale = 1 / np.sqrt(float(variance) + eps)
    return np.asarray([float(v - mu) * scale for v in values])


@pytest.mark.parametrize("center", [0.0, 10.0, 1e3, 1e4, 1e6])
def test_float32_is_rounded_once_wherever_the_data_lie(center: float) -> None:
    x = (np.random.default_rng(0).normal(size=(1024, 2)) + center).astype(np.float32)
    y = batch_norm(x)[0]
    for j in range(2):
        expected = exact(x[:, j], 1e-5)
        assert np.max(np.abs(y[:, j] - expected) / np.spacing(np.abs(expected).astype(np.float32))) <= 0.51


def test_huge_and_tiny_numbers_stay_right(xp: Any) -> None:
    x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    expected = batch_norm(x.astype(np.float64), eps=0.0)[0]
    for size in (1e20, 1e-20):
        y = np.asarray(batch_norm(xp.asarray(x * np.float32(size)), eps=0.0)[0])
        np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)


def test_float16_is_computed_wide() -> None:
    x = (np.random.default_rng(0).normal(size=(512, 1)) * 100 + 1000).astype(np.float16)
    expected = batch_norm(x.astype(np.float64))[0]
    np.testing.assert_array_equal(batch_norm(x)[0], expected.astype(np.float16))


def test_a_negative_eps_and_a_state_of_another_shape_are_refused() -> None:
    x = np.arange(12.0).reshape(4, 3)
    with pytest.raises(ValueError, match=r"eps must be at least 0, got -2\.0"):
        batch_norm(x, Running(np.zeros(3), np.ones(3)), training=False, eps=-2.0)
    for state in (Running(np.zeros(1), np.ones(1)), Running(0.0, 1.0), Running(np.zeros(2), np.ones(2))):
        with pytest.raises(ValueError, match=r"the state needs one number per channel, \(3,\), got the shape"):
            batch_norm(x, state)
