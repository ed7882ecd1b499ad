"""Group norm and instance norm: values, the two ends, invariances, three oracles for value and gradient."""

from typing import Any

import numpy as np
import pytest

from reference.autograd import Tensor, gradcheck, value
from reference.normalization import (
    ChannelGradients,
    batch_norm,
    group_norm,
    group_norm_backward,
    instance_norm,
    instance_norm_backward,
    layer_norm,
)
from tests.needs import need
from tests.properties import given, st
from tests.samples import opinfo_samples

torch: Any = need("torch")
jax: Any = need("jax")

CASES = [((5, 4), 2), ((1, 6, 3), 3), ((2, 4, 3, 2), 4), ((3, 2, 2, 1, 2), 1), ((1, 2), 1)]
SEEDS = st.integers(0, 2**32 - 1)


def arrays(shape: tuple[int, ...], seed: int = 0) -> tuple[Any, Any, Any, Any]:
    """An input, a gradient of its shape, a weight and a bias."""
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(2, *shape))
    return 3 * x + 1, g, rng.normal(size=shape[1]), rng.normal(size=shape[1])


# The definitions and their known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[1.0, 3.0, -40.0, 40.0]], dtype=xp.float32)
    weight, bias = xp.asarray([1.0, 2, 3, 4], dtype=xp.float32), xp.asarray([0.0, 0, 0, 9], dtype=xp.float32)
    np.testing.assert_array_equal(np.asarray(group_norm(x, 2, eps=0.0)), [[-1, 1, -1, 1]])
    np.testing.assert_array_equal(np.asarray(group_norm(x, 2, weight=weight, bias=bias, eps=0.0)), [[-1, 2, -3, 13]])
    places = xp.reshape(x, (1, 2, 2))
    np.testing.assert_array_equal(np.asarray(instance_norm(places, eps=0.0)), [[[-1, 1], [-1, 1]]])
    scaled = instance_norm(places, weight=weight[:2], bias=bias[2:], eps=0.0)
    np.testing.assert_array_equal(np.asarray(scaled), [[[-1, 1], [7, 11]]])


@pytest.mark.parametrize("shape", [(5, 4), (2, 4, 3), (2, 4, 3, 2)])
def test_one_group_is_layer_norm_and_as_many_as_channels_is_instance_norm(shape: tuple[int, ...]) -> None:
    x = arrays(shape)[0]
    np.testing.assert_allclose(group_norm(x, 1), layer_norm(x, axis=tuple(range(1, x.ndim))), rtol=1e-14, atol=1e-14)
    if len(shape) > 2:
        np.testing.assert_array_equal(group_norm(x, 4), instance_norm(x))


def test_instance_norm_is_batch_norm_of_one_example() -> None:
    x = arrays((3, 4, 5))[0]
    for example, y in zip(x, instance_norm(x), strict=True):
        np.testing.assert_allclose(batch_norm(example[None])[0][0], y, rtol=1e-14, atol=1e-14)


def test_groups_are_of_neighbors() -> None:
    x = arrays((2, 6, 3))[0]
    apart = np.concatenate([group_norm(x[:, i : i + 2], 1) for i in (0, 2, 4)], axis=1)
    np.testing.assert_array_equal(group_norm(x, 3), apart)


def test_nan_and_infinity_make_their_group_nan_and_no_other() -> None:
    for bad in (np.nan, -np.inf):
        x = np.asarray([[bad, 1.0, 2.0, 4.0], [1.0, 2.0, 3.0, 5.0]])
        with np.errstate(invalid="ignore"):
            assert np.isnan(group_norm(x, 2)).tolist() == [[True, True, False, False], [False] * 4]
            assert np.isnan(group_norm_backward(x, x, 2).x).tolist() == [[True, True, False, False], [False] * 4]


def test_equal_numbers_give_exactly_the_bias() -> None:
    x = np.full((2, 4, 3), 12345.678, dtype=np.float32)
    np.testing.assert_array_equal(group_norm(x, 2, bias=np.arange(4.0)), np.arange(4)[:, None] + 0 * x)
    np.testing.assert_array_equal(instance_norm(x), 0)


def test_every_float_keeps_its_type_and_an_empty_batch_its_shape() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        x = np.arange(12, dtype=dtype).reshape(2, 2, 3)
        assert group_norm(x, 1, weight=np.ones(2)).dtype == instance_norm(x).dtype == dtype
        assert {part.dtype for part in group_norm_backward(x, x, 2)} == {np.dtype(dtype)}
    assert group_norm(torch.ones((2, 2), dtype=torch.int64), 1).dtype == torch.float32
    assert group_norm(np.ones((0, 4, 3)), 2).shape == (0, 4, 3)


# What must not be


@pytest.mark.parametrize("groups", [4, 0, -2, 12])
def test_a_number_of_groups_that_does_not_divide_raises_with_those_that_do(groups: int) -> None:
    x = np.ones((2, 6, 3))
    for call in (lambda: group_norm(x, groups), lambda: group_norm_backward(x, x, groups)):
        with pytest.raises(ValueError, match=rf"must divide the channels, got {groups} for 6; take one of 1, 2, 3, 6"):
            call()


def test_groups_of_one_number_raise_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"a group needs two numbers, got 1 with 3 groups in the shape \(4, 3\)"):
        group_norm(np.ones((4, 3)), 3)
    for shape in ((4, 3), (4, 3, 1), (4, 3, 0)):
        with pytest.raises(ValueError, match=r"take fewer groups, or keep the axes behind the channels"):
            instance_norm(np.ones(shape))


def test_no_channels_and_another_shape_of_the_weight_raise() -> None:
    for call in (lambda x: group_norm(x, 1), instance_norm, lambda x: instance_norm_backward(x, x)):
        with pytest.raises(ValueError, match=r"expected \(batch, channels, ...\), got the shape \(4,\)"):
            call(np.ones(4))
    for wrong in (np.ones(2), np.ones((4, 1)), np.ones(1)):  # one number per group is a mistake that libraries made
        with pytest.raises(ValueError, match=r"\(4,\), got"):
            group_norm(np.ones((3, 4, 2)), 2, weight=wrong)


# Properties


@given(st.sampled_from(CASES), SEEDS)
def test_each_group_of_each_example_has_mean_0_and_variance_1(case: Any, seed: int) -> None:
    shape, groups = case
    rows = group_norm(arrays(shape, seed)[0], groups, eps=0.0).reshape(shape[0], groups, -1)
    np.testing.assert_allclose(rows.mean(axis=-1), 0, atol=1e-15)
    np.testing.assert_allclose(rows.var(axis=-1), 1, rtol=1e-13)


@given(SEEDS, st.floats(0.1, 10), st.floats(-10, 10))
def test_examples_and_groups_do_not_see_each_other_nor_their_scale_and_shift(seed: int, a: float, b: float) -> None:
    x = arrays((3, 4, 2), seed)[0]
    y = group_norm(x, 2, eps=0.0)
    other = np.array(x)
    other[0, :2] = a * x[0, :2] + b
    np.testing.assert_allclose(group_norm(other, 2, eps=0.0), y, rtol=1e-9, atol=1e-11)
    np.testing.assert_array_equal(group_norm(other, 2, eps=0.0)[1:], y[1:])
    np.testing.assert_array_equal(group_norm(x[1:2], 2, eps=0.0), y[1:2])  # a batch of one
    other[0, 0] = a * x[0, 0] + b + 20
    assert np.abs(group_norm(other, 2, eps=0.0)[0, :2] - y[0, :2]).max() > 1e-3  # one channel of the two, it sees
    channels = np.asarray([1, 2 + a, 1, 2 + a])[:, None]
    np.testing.assert_allclose(
        instance_norm(channels * x + b, eps=0.0), instance_norm(x, eps=0.0), rtol=1e-8, atol=1e-9
    )


@given(SEEDS)
def test_the_gradient_neither_shifts_nor_stretches_a_group(seed: int) -> None:
    x, g, weight, _ = arrays((3, 4, 2), seed)
    by_x = group_norm_backward(g, x, 2, weight=weight, eps=0.0).x
    np.testing.assert_allclose(by_x.reshape(3, 2, 4).sum(axis=-1), 0, atol=1e-11)
    np.testing.assert_allclose((by_x * x).reshape(3, 2, 4).sum(axis=-1), 0, atol=1e-10)


# Oracles


@pytest.mark.parametrize(("shape", "groups"), CASES)
def test_the_gradients_by_hand_are_those_of_the_tensor_of_differences_and_of_pytorch(
    shape: tuple[int, ...], groups: int
) -> None:
    x, g, weight, bias = arrays(shape)

    def layer(x: Any, weight: Any, bias: Any) -> Any:
        return group_norm(x, groups, weight=weight, bias=bias)

    def vjp(x: Any, weight: Any, bias: Any, grad: Any) -> ChannelGradients:
        return group_norm_backward(grad, x, groups, weight=weight)

    assert (check := gradcheck(layer, x, weight, bias, vjp=vjp)), check
    assert (check := gradcheck(layer, x, weight, bias)), check
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    theirs = torch.nn.functional.group_norm(tensors[0], groups, *tensors[1:])
    np.testing.assert_allclose(layer(x, weight, bias), theirs.detach(), rtol=1e-12, atol=1e-13)
    theirs.backward(torch.tensor(g))
    for ours, tensor in zip(group_norm_backward(g, x, groups, weight=weight), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("shape", [(2, 3, 4), (1, 2, 2, 3)])
def test_instance_norm_agrees_with_differences_and_pytorch(shape: tuple[int, ...]) -> None:
    x, g, weight, bias = arrays(shape)

    def layer(x: Any, weight: Any, bias: Any) -> Any:
        return instance_norm(x, weight=weight, bias=bias)

    def vjp(x: Any, weight: Any, bias: Any, grad: Any) -> ChannelGradients:
        return instance_norm_backward(grad, x, weight=weight)

    assert (check := gradcheck(layer, x, weight, bias, vjp=vjp)), check
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    theirs = torch.nn.functional.instance_norm(tensors[0], weight=tensors[1], bias=tensors[2])
    np.testing.assert_allclose(layer(x, weight, bias), theirs.detach(), rtol=1e-12, atol=1e-13)
    theirs.backward(torch.tensor(g))
    for ours, tensor in zip(instance_norm_backward(g, x, weight=weight), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-12)


def test_the_gradients_agree_on_every_library(xp: Any) -> None:
    x, g, weight, _ = arrays((4, 4, 2))
    expected = group_norm_backward(g, x, 2, weight=weight)
    grad, data = (xp.asarray(a, dtype=xp.float32) for a in (g, x))
    ours = group_norm_backward(grad, data, 2, weight=xp.asarray(weight))
    for part, by in zip(ours, expected, strict=True):
        np.testing.assert_allclose(np.asarray(part), by, rtol=1e-5, atol=1e-6)


def test_jax_differentiates_and_compiles_the_text() -> None:
    x, g, weight, bias = (a.astype(np.float32) for a in arrays((3, 4, 2)))

    def loss(x: Any, weight: Any, bias: Any) -> Any:
        return jax.numpy.sum(g * group_norm(x, 2, weight=weight, bias=bias))

    by_jax = jax.jit(jax.grad(loss, argnums=(0, 1, 2)))(x, weight, bias)
    for theirs, ours in zip(by_jax, group_norm_backward(g, x, 2, weight=weight), strict=True):
        np.testing.assert_allclose(np.asarray(theirs), ours, rtol=2e-5, atol=1e-5)


def compare(ours: Any, by_hand: ChannelGradients, leaves: list[Any], tensors: list[Any], theirs: Any, by: Any) -> None:
    """Hold a sample's value and its gradients, by the Tensor and by hand, against PyTorch's."""
    np.testing.assert_allclose(value(ours), theirs, rtol=1e-9, atol=1e-9)
    for leaf, hand, tensor in zip(leaves, by_hand, tensors, strict=True):
        if leaf is not None and tensor.requires_grad:
            np.testing.assert_allclose(
                np.zeros(hand.shape) if leaf.grad is None else leaf.grad, by[id(tensor)], 1e-9, 1e-9
            )
            np.testing.assert_allclose(hand, by[id(tensor)], rtol=1e-9, atol=1e-9)


def test_pytorchs_own_samples_of_group_norm() -> None:
    applied = 0
    for sample, theirs, gradients, g in opinfo_samples("nn.functional.group_norm"):
        groups, eps = sample.args[0], sample.kwargs.get("eps", 1e-5)
        if eps < 0:
            continue  # a root of the variance less something, which only PyTorch takes
        tensors = [sample.input, sample.kwargs.get("weight"), sample.kwargs.get("bias")]
        leaves = [None if t is None else Tensor(t.numpy(force=True)) for t in tensors]
        ours = group_norm(leaves[0], groups, weight=leaves[1], bias=leaves[2], eps=eps)
        if sample.input.numel():  # the Tensor has no gradient of a mean of nothing
            ours.backward(g)
        arguments = [None if t is None else t.numpy(force=True) for t in tensors]
        by_hand = group_norm_backward(g, arguments[0], groups, weight=arguments[1], eps=eps)
        compare(ours, by_hand, leaves, tensors, theirs, gradients)
        applied += 1
    assert applied == 17


def test_pytorchs_own_samples_of_instance_norm() -> None:
    applied = 0
    for sample, theirs, gradients, g in opinfo_samples("nn.functional.instance_norm"):
        tensors = [sample.input, sample.kwargs.get("weight"), sample.kwargs.get("bias")]
        leaves = [None if t is None else Tensor(t.numpy(force=True)) for t in tensors]
        eps = sample.kwargs.get("eps", 1e-5)
        ours = instance_norm(leaves[0], weight=leaves[1], bias=leaves[2], eps=eps)
        ours.backward(g)
        arguments = [None if t is None else t.numpy(force=True) for t in tensors]
        by_hand = instance_norm_backward(g, arguments[0], weight=arguments[1], eps=eps)
        compare(ours, by_hand, leaves, tensors, theirs, gradients)
        applied += 1
    assert applied == 9


# Error in ulp


@pytest.mark.parametrize("center", [0.0, 10.0, 1e3, 1e4, 1e6])
def test_float32_is_rounded_once_wherever_the_data_lie(center: float) -> None:
    x = (np.random.default_rng(0).normal(size=(2, 8, 256)) + center).astype(np.float32)
    y, expected = group_norm(x, 4), group_norm(x.astype(np.float64) - center, 4)  # the difference is exact
    ulp = np.spacing(np.abs(expected).max().astype(np.float32))
    assert np.max(np.abs(y - expected)) / ulp <= 0.51


def test_float16_is_computed_wide() -> None:
    x = (np.random.default_rng(0).normal(size=(2, 4, 64)) * 100 + 1000).astype(np.float16)
    np.testing.assert_array_equal(group_norm(x, 2), group_norm(x.astype(np.float64), 2).astype(np.float16))
