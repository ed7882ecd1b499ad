"""Fake quantization, the straight-through estimator and ternary weights: values, slopes, PyTorch, all of float16."""

from typing import Any

import numpy as np
import pytest

from reference.arrays import array_namespace, stop_gradient
from reference.autograd import Tensor, operations
from reference.quantization import (
    Ternary,
    absmax_quantize,
    absmean_ternary,
    affine_quantize,
    dequantize,
    fake_quantize,
    fake_ternary,
    straight_through,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
jax: Any = need("jax")

FLOAT16 = np.arange(2**16, dtype=np.uint16).view(np.float16)
rows = st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=20).map(lambda x: np.asarray(x, np.float32))
bits_of_codes = st.integers(2, 8)


def slope(function: Any, x: np.ndarray) -> np.ndarray:
    """The gradient of the sum of a function's results, by the package's Tensor."""
    leaf = Tensor(x)
    operations.sum(function(leaf)).backward()
    assert leaf.grad is not None
    return leaf.grad


# Values by the definitions


def test_known_values_in_every_library(xp: Any) -> None:
    x = xp.asarray([-np.inf, -1.3, -0.25, 0.0, 0.25, 0.75, 1.5, 9.0, np.inf], dtype=xp.float32)
    y = np.asarray(fake_quantize(x, 0.5, bits=3))
    np.testing.assert_array_equal(y, [-1.5, -1.5, 0, 0, 0, 1, 1.5, 1.5, 1.5])
    y = np.asarray(fake_quantize(x, 0.5, bits=3, zero_point=2))
    np.testing.assert_array_equal(y, [-1, -1, 0, 0, 0, 1, 1.5, 2.5, 2.5])
    assert fake_quantize(x, 0.5).dtype == x.dtype
    assert np.isnan(np.asarray(fake_quantize(xp.asarray([np.nan], dtype=xp.float32), 0.5))).all()


def test_known_ternary_values_in_every_library(xp: Any) -> None:
    x = xp.asarray([0.1, -0.5, 0.4, -2.0], dtype=xp.float32)  # the mean magnitude is 0.75
    ternary = absmean_ternary(x)
    np.testing.assert_array_equal(np.asarray(ternary.codes), [0, -1, 1, -1])
    assert float(ternary.scale) == pytest.approx(0.75001)
    np.testing.assert_allclose(np.asarray(ternary.values), [0, -0.75001, 0.75001, -0.75001], rtol=1e-6)


def test_ternary_of_zeros_is_zeros_and_nan_spreads() -> None:
    np.testing.assert_array_equal(absmean_ternary(np.zeros(3)).values, np.zeros(3))
    assert np.isnan(absmean_ternary(np.array([1.0, np.nan])).values).all()
    assert Ternary(np.array([1.0]), 2.0).values == [2.0]


def test_below_half_the_mean_magnitude_is_0() -> None:
    x = np.array([0.49, 0.51, 2.0])  # of mean 1
    np.testing.assert_array_equal(absmean_ternary(x, eps=0.0).codes, [0, 1, 1])


# What must hold


@given(rows, bits_of_codes)
def test_it_is_what_the_codes_of_the_quantizers_stand_for(x: np.ndarray, bits: int) -> None:
    q = absmax_quantize(x, bits=bits)
    np.testing.assert_array_equal(fake_quantize(x, q.scale, bits=bits), dequantize(q))
    q = affine_quantize(x, bits=bits)
    assert q.zero_point is not None
    zero_point = q.zero_point.astype(np.float32)
    np.testing.assert_array_equal(fake_quantize(x, q.scale, bits=bits, zero_point=zero_point), dequantize(q))


@given(rows, bits_of_codes, st.sampled_from([0.125, 1.0, 4.0]))
def test_twice_is_once_and_near(x: np.ndarray, bits: int, scale: float) -> None:
    y = fake_quantize(x, scale, bits=bits)
    np.testing.assert_array_equal(fake_quantize(y, scale, bits=bits), y)
    reach = (2 ** (bits - 1) - 1) * scale
    assert np.all(np.abs(np.clip(x, -reach, reach) - y) <= scale / 2)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_straight_through_gives_y_to_the_last_bit(x: float, y: float) -> None:
    assert straight_through(np.asarray(x), np.asarray(y)) == y


def test_the_usual_form_does_not() -> None:
    x, y = np.float32(100.1), np.float32(0.1)
    assert x + (y - x) != y
    assert straight_through(np.asarray(x), np.asarray(y)) == y


@given(rows)
def test_ternary_has_three_values_and_the_order_of_x(x: np.ndarray) -> None:
    codes, scale = absmean_ternary(np.sort(x))
    assert set(np.unique(codes)) <= {-1, 0, 1}
    assert np.all(np.diff(codes) >= 0)
    assert scale == pytest.approx(np.abs(x.astype(float)).mean() + 1e-5, rel=1e-5)
    np.testing.assert_array_equal(absmean_ternary(-x).codes, -absmean_ternary(x).codes)


# Slopes


def test_the_gradient_is_1_inside_and_0_beyond_the_range() -> None:
    x = np.array([-np.inf, -1.76, -1.74, -0.3, 0.0, 1.5, 1.74, 1.76, 8.0, np.nan])
    np.testing.assert_array_equal(slope(lambda t: fake_quantize(t, 0.5, bits=3), x), [0, 0, 1, 1, 1, 1, 1, 0, 0, 0])


def test_straight_through_hands_back_what_comes() -> None:
    x = np.array([0.2, 0.7, -1.4])
    np.testing.assert_array_equal(
        slope(lambda t: straight_through(t, np.rint(x)) * np.array([2.0, 3, 4]), x), [2, 3, 4]
    )
    np.testing.assert_array_equal(slope(fake_ternary, x), np.ones(3))
    np.testing.assert_array_equal(fake_ternary(x), absmean_ternary(x).values)


def test_rounding_without_it_has_no_gradient() -> None:
    x = np.array([0.2, 0.7, -1.4])
    np.testing.assert_array_equal(slope(operations.round, x), np.zeros(3))


def test_scale_and_zero_point_get_no_gradient() -> None:
    x, scale = Tensor([0.2, 0.7]), Tensor(0.5)
    operations.sum(fake_quantize(x, scale)).backward()
    assert scale.grad is None
    np.testing.assert_array_equal(np.asarray(x.grad), np.ones(2))


def test_jax_differentiates_and_compiles_it() -> None:
    x = jax.numpy.asarray([0.2, 0.9, -5.0])
    function = jax.jit(jax.grad(lambda x: jax.numpy.sum(fake_quantize(x, 0.5, bits=3) ** 2)))
    np.testing.assert_array_equal(function(x), [0, 2, 0])


def test_a_network_learns_with_its_weight_rounded() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 8))
    y = x @ absmean_ternary(rng.normal(size=8)).values
    weight, losses = rng.normal(size=8), []
    for _ in range(300):
        leaf = Tensor(weight)
        error = x @ fake_ternary(leaf) - y
        loss = operations.mean(error * error)
        loss.backward()
        losses.append(loss.item())
        assert leaf.grad is not None
        weight = weight - 0.05 * leaf.grad
    assert min(losses) < 0.05 * losses[0]


# PyTorch


@given(rows, bits_of_codes, st.integers(-4, 4), st.booleans())
def test_values_and_gradients_are_pytorchs(x: np.ndarray, bits: int, exponent: int, shifted: bool) -> None:
    scale, zero = 2.0**exponent, 2 ** (bits - 1) + 1 if shifted else 0  # dividing by a power of two is exact
    top = 2 ** (bits - 1) - 1
    low, high = (0, 2**bits - 1) if shifted else (-top, top)
    ours, theirs = (torch.tensor(x, requires_grad=True) for _ in range(2))
    if shifted:  # PyTorch adds the zero point before it rounds: half-way cases may differ where it is odd
        keep = torch.frac(torch.abs(ours.detach() / scale)) != 0.5
        ours, theirs = (part.detach()[keep].requires_grad_() for part in (ours, theirs))
    mine = fake_quantize(ours, scale, bits=bits, zero_point=zero if shifted else None)
    other = torch.fake_quantize_per_tensor_affine(theirs, scale, zero, low, high)
    assert torch.equal(mine, other)
    (mine * torch.arange(1, len(mine) + 1)).sum().backward()
    (other * torch.arange(1, len(mine) + 1)).sum().backward()
    assert torch.equal(ours.grad, theirs.grad)
    by_tensor = slope(
        lambda t: (
            fake_quantize(t, scale, bits=bits, zero_point=zero if shifted else None) * np.arange(1.0, len(mine) + 1)
        ),
        ours.detach().numpy(),
    )
    np.testing.assert_array_equal(by_tensor, theirs.grad)


def test_a_scale_for_each_channel_is_pytorchs() -> None:
    x = np.random.default_rng(0).normal(size=(4, 50)).astype(np.float32)
    q = absmax_quantize(x, bits=4, axis=0)
    zeros = torch.zeros(4, dtype=torch.int32)
    theirs = torch.fake_quantize_per_channel_affine(torch.tensor(x), torch.tensor(q.scale[:, 0]), zeros, 0, -7, 7)
    np.testing.assert_allclose(fake_quantize(x, q.scale, bits=4), theirs, rtol=1e-6)


def test_ternary_values_are_those_of_the_authors_formula() -> None:
    w = torch.tensor(np.random.default_rng(0).normal(size=(20, 30)))
    scale = 1.0 / w.abs().mean().clamp_(min=1e-5)
    theirs = (w * scale).round().clamp_(-1, 1) / scale
    torch.testing.assert_close(absmean_ternary(w, eps=0.0).values, theirs)


# All of float16


def test_every_float16_is_rounded_as_in_float64() -> None:
    with np.errstate(all="ignore"):
        got = fake_quantize(FLOAT16, np.float16(0.25))
        wanted = np.clip(np.rint(FLOAT16.astype(np.float64) / 0.25), -127, 127) * 0.25
    assert got.dtype == np.float16
    np.testing.assert_array_equal(got, wanted)


# Bad input


def test_what_is_no_array_is_told_so() -> None:
    with pytest.raises(TypeError, match=r"wrap it with np\.asarray\(x\)"):
        fake_quantize([1.0], 0.5)
    with pytest.raises(TypeError, match=r"wrap it with np\.asarray\(x\)"):
        absmean_ternary([1.0])


def test_a_tensor_may_stand_beside_numpys_constants() -> None:
    x = Tensor(np.ones((2, 3), np.float32))
    y = fake_quantize(x, np.full((2, 1), 0.5, np.float32), bits=4)
    assert array_namespace(y) is operations
    assert y.dtype == np.float32
    np.testing.assert_array_equal(stop_gradient(y), np.ones((2, 3)))
