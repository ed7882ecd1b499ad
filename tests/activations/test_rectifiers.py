"""ReLU and its relatives: values at the kinks, the SELU constants, PyTorch and JAX as oracles, all of float16."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.activations import (
    SELU_ALPHA,
    SELU_SCALE,
    celu,
    celu_derivative,
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    prelu,
    prelu_derivative,
    relu,
    relu6,
    relu6_derivative,
    relu_derivative,
    selu,
    selu_derivative,
)
from tests.needs import need
from tests.properties import given, st

Function = Callable[..., Any]

mpmath: Any = need("mpmath")
torch: Any = need("torch")
jax: Any = need("jax")

PAIRS: list[tuple[Function, Function, dict[str, float], str]] = [
    (relu, relu_derivative, {}, "relu"),
    (leaky_relu, leaky_relu_derivative, {}, "leaky_relu"),
    (leaky_relu, leaky_relu_derivative, {"negative_slope": 0.3}, "leaky_relu"),
    (elu, elu_derivative, {}, "elu"),
    (elu, elu_derivative, {"alpha": 1.7}, "elu"),
    (celu, celu_derivative, {}, "celu"),
    (celu, celu_derivative, {"alpha": 0.5}, "celu"),
    (selu, selu_derivative, {}, "selu"),
    (relu6, relu6_derivative, {}, "relu6"),
]
CASES = pytest.mark.parametrize(("function", "derivative", "options", "name"), PAIRS)
TELLING = [-np.inf, -100.0, -6.0, -1.0, -1e-3, -1e-9, -0.0, 0.0, 1e-9, 1e-3, 1.0, 5.999, 6.0, 6.001, 100.0, np.inf]
FLOAT16 = np.arange(2**16, dtype=np.uint16).view(np.float16)


def floats(low: float = -1e6, high: float = 1e6) -> Any:
    """Arrays of one float64, so that the properties read like formulas."""
    return st.floats(low, high).map(np.asarray)


# Examples from the sources


def test_selu_constants_are_the_fixed_point_of_mean_0_and_variance_1() -> None:
    with mpmath.workdps(40):
        half, root = mpmath.mpf(1) / 2, mpmath.exp(mpmath.mpf(1) / 2)
        alpha = mpmath.npdf(0) / (half - root * mpmath.ncdf(-1))
        squares = half + alpha**2 * (mpmath.exp(2) * mpmath.ncdf(-2) - 2 * root * mpmath.ncdf(-1) + half)
        scale = 1 / mpmath.sqrt(squares)
        assert float(alpha) == SELU_ALPHA
        assert float(scale) == SELU_SCALE
        # the digits printed in Klambauer et al. 2017
        assert mpmath.nstr(alpha, 5) == "1.6733"
        assert mpmath.nstr(scale, 5) == "1.0507"


def test_selu_keeps_a_standard_normal_input_at_mean_0_and_variance_1() -> None:
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = np.concatenate([6 * nodes - 6, 6 * nodes + 6])  # the two sides of the kink, to 12 standard deviations
    density = np.concatenate([weights, weights]) * 6 * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    assert abs(np.sum(density * selu(x))) < 1e-13
    assert abs(np.sum(density * selu(x) ** 2) - 1) < 1e-13


@pytest.mark.parametrize(
    ("function", "options", "levels_off_at"),
    [(elu, {}, -1.0), (elu, {"alpha": 2.5}, -2.5), (celu, {"alpha": 2.5}, -2.5), (selu, {}, -SELU_ALPHA * SELU_SCALE)],
)
def test_the_exponential_ones_level_off(function: Function, options: dict[str, float], levels_off_at: float) -> None:
    assert function(np.asarray(-np.inf), **options) == levels_off_at
    assert function(np.asarray(-1e4), **options) == levels_off_at


@pytest.mark.parametrize(
    ("derivative", "options", "at_zero"),
    [
        (relu_derivative, {}, 0.0),
        (relu6_derivative, {}, 0.0),
        (leaky_relu_derivative, {"negative_slope": 0.3}, 0.3),
        (elu_derivative, {"alpha": 1.7}, 1.7),
        (celu_derivative, {"alpha": 1.7}, 1.0),
        (selu_derivative, {}, SELU_ALPHA * SELU_SCALE),
    ],
)
def test_the_derivative_at_the_kink_is_the_documented_one(
    xp: Any, derivative: Function, options: dict[str, float], at_zero: float
) -> None:
    for zero in (0.0, -0.0):
        got = float(derivative(xp.asarray([zero], dtype=xp.float32), **options)[0])
        assert got == pytest.approx(at_zero, rel=1e-6)


def test_relu_of_negative_zero_is_positive_zero() -> None:
    assert not np.signbit(relu(np.asarray(-0.0)))


def test_maximum_would_split_the_gradient_at_the_kink() -> None:
    assert jax.grad(lambda x: jax.numpy.maximum(x, 0.0))(0.0) == 0.5
    assert jax.grad(relu)(jax.numpy.asarray(0.0)) == 0.0
    x = torch.zeros((), requires_grad=True)
    torch.maximum(x, torch.zeros(())).backward()
    assert x.grad == 0.5


def test_prelu_takes_one_slope_per_channel() -> None:
    x = np.full((2, 3, 4, 4), -1.0)
    slopes = np.asarray([0.1, 0.2, 0.3])[:, None, None]
    assert np.array_equal(prelu(x, slopes)[0, :, 0, 0], [-0.1, -0.2, -0.3])
    assert np.array_equal(prelu_derivative(x, slopes)[1, :, 2, 3], [0.1, 0.2, 0.3])


def test_the_gradient_by_the_weight_is_minus_relu_of_minus_x() -> None:
    x, weight = torch.randn(50, dtype=torch.float64), torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
    prelu(x, weight).sum().backward()
    assert float(weight.grad) == pytest.approx(float(-relu(-x).sum()), rel=1e-14)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint8])
def test_relu_and_relu6_keep_integers(dtype: Any) -> None:
    x = np.asarray([0, 3, 9], dtype=dtype)
    assert relu(x).dtype == relu6(x).dtype == relu_derivative(x).dtype == relu6_derivative(x).dtype == dtype
    assert relu6(x).tolist() == [0, 3, 6]


def test_the_others_turn_integers_into_floats() -> None:
    x = np.asarray([-2, 0, 3])
    for function, derivative, options, name in PAIRS:
        if name not in ("relu", "relu6"):
            assert function(x, **options).dtype == derivative(x, **options).dtype == np.float64


# Properties


@given(floats())
def test_relu_splits_x_into_its_two_halves(x: Any) -> None:
    assert relu(x) - relu(-x) == x
    assert relu(x) + relu(-x) == abs(x)
    assert relu(relu(x)) == relu(x)


@given(floats(), st.floats(0, 1e3))
def test_relu_is_positively_homogeneous(x: Any, scale: float) -> None:
    assert relu(scale * x) == scale * relu(x)


@given(floats(), st.floats(-2, 2))
def test_leaky_relu_is_prelu_with_a_fixed_weight(x: Any, slope: float) -> None:
    assert leaky_relu(x, negative_slope=slope) == prelu(x, slope) == prelu(x, np.asarray(slope))
    assert leaky_relu(x, negative_slope=1.0) == x
    assert leaky_relu(x, negative_slope=0.0) == relu(x)


@given(floats())
def test_relu6_is_the_difference_of_two_relus(x: Any) -> None:
    assert relu6(x) == pytest.approx(relu(x) - relu(x - 6), abs=1e-9)


@given(floats(), st.floats(0.1, 10), st.floats(0.1, 10))
def test_celu_scales_with_its_alpha(x: Any, alpha: float, factor: float) -> None:
    scaled = celu(factor * x, alpha=factor * alpha)
    assert scaled == pytest.approx(factor * celu(x, alpha=alpha), rel=1e-12, abs=1e-300)


@given(floats(), floats())
def test_all_are_monotone(x: Any, y: Any) -> None:
    low, high = np.minimum(x, y), np.maximum(x, y)
    for function, _, options, _ in PAIRS:
        assert function(low, **options) <= function(high, **options)


@given(floats())
def test_elu_and_celu_agree_for_alpha_1(x: Any) -> None:
    assert elu(x) == celu(x)
    assert elu_derivative(x) == celu_derivative(x)


# Oracles


@CASES
def test_values_agree_with_pytorch(
    function: Function, derivative: Function, options: dict[str, float], name: str
) -> None:
    x = torch.tensor([*TELLING, *np.linspace(-20, 20, 997)], dtype=torch.float64)
    theirs = getattr(torch.nn.functional, name)(x, **options)
    torch.testing.assert_close(function(x, **options), theirs, rtol=1e-14, atol=0)
    np.testing.assert_allclose(function(x.numpy(), **options), theirs.numpy(), rtol=1e-14, atol=0)


@CASES
def test_derivatives_agree_with_pytorch_also_at_the_kinks(
    function: Function, derivative: Function, options: dict[str, float], name: str
) -> None:
    x = torch.tensor(TELLING, dtype=torch.float64, requires_grad=True)
    (theirs,) = torch.autograd.grad(getattr(torch.nn.functional, name)(x, **options).sum(), x)
    np.testing.assert_allclose(derivative(x.detach().numpy(), **options), theirs.numpy(), rtol=1e-14, atol=0)


@CASES
def test_automatic_differentiation_of_our_own_text_gives_our_derivative(
    function: Function, derivative: Function, options: dict[str, float], name: str
) -> None:
    x = torch.tensor(TELLING, dtype=torch.float32, requires_grad=True)
    (by_torch,) = torch.autograd.grad(function(x, **options).sum(), x)
    expected = derivative(x.detach().numpy(), **options)
    # both differentiate expm1 as its result + 1, which has no digits left where the result is near -1
    np.testing.assert_allclose(by_torch.numpy(), expected, rtol=1e-6, atol=1e-7)
    by_jax = jax.vmap(jax.grad(lambda t: function(t, **options)))(jax.numpy.asarray(TELLING, dtype="float32"))
    np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=1e-6, atol=1e-7)


def test_prelu_agrees_with_pytorch() -> None:
    x = torch.randn(4, 3, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.tensor([0.1, -0.5, 2.0], dtype=torch.float64)
    theirs = torch.nn.functional.prelu(x, weight)
    torch.testing.assert_close(prelu(x, weight[:, None]), theirs, rtol=0, atol=0)
    (gradient,) = torch.autograd.grad(theirs.sum(), x)
    torch.testing.assert_close(prelu_derivative(x.detach(), weight[:, None]), gradient, rtol=0, atol=0)


def test_pytorchs_celu_gradient_in_float64_has_the_precision_of_a_float32_alpha() -> None:
    points = [-1e-9, -1.0, -6.0]
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    (theirs,) = torch.autograd.grad(torch.nn.functional.celu(x, alpha=0.6).sum(), x)
    ours = celu_derivative(np.asarray(points), alpha=0.6)
    np.testing.assert_allclose(ours, [float(mpmath.exp(point / mpmath.mpf(0.6))) for point in points], rtol=1e-15)
    off = np.abs(theirs.numpy() / ours - 1)
    assert np.all((off > 1e-8) & (off < 1e-6))  # 1 / alpha is taken in float32 there, so alpha = 0.5 is exact


@pytest.mark.parametrize("x", [-1e-12, -1e-5, -0.3, -3.0, -40.0])
def test_the_exponential_ones_keep_all_digits(x: float) -> None:
    with mpmath.workdps(40):
        exact = mpmath.expm1(mpmath.mpf(x))
        assert elu(np.asarray(x)) == pytest.approx(float(exact), rel=2.3e-16)
        assert celu(np.asarray(x), alpha=0.5) == pytest.approx(float(mpmath.expm1(2 * mpmath.mpf(x)) / 2), rel=2.3e-16)
        assert selu(np.asarray(x)) == pytest.approx(float(SELU_SCALE * mpmath.mpf(SELU_ALPHA) * exact), rel=7e-16)


@CASES
def test_every_library_gives_the_same(
    xp: Any, function: Function, derivative: Function, options: dict[str, float], name: str
) -> None:
    points = np.asarray(TELLING, dtype=np.float32)
    for part in (function, derivative):
        got = np.asarray(part(xp.asarray(TELLING, dtype=xp.float32), **options))
        np.testing.assert_allclose(got, part(points, **options), rtol=1e-6, atol=1e-37)


# Exhaustive


@pytest.mark.parametrize(("function", "name"), [(relu, "relu"), (relu6, "relu6")])
def test_every_float16_agrees_with_pytorch_bit_for_bit_but_for_the_sign_of_0(function: Function, name: str) -> None:
    theirs = getattr(torch.nn.functional, name)(torch.from_numpy(FLOAT16.copy())).numpy()
    ours = function(FLOAT16)
    assert ours.dtype == np.float16
    np.testing.assert_array_equal(ours, theirs)


@CASES
def test_every_float16_is_within_3_ulp_of_float64(
    function: Function, derivative: Function, options: dict[str, float], name: str
) -> None:
    x = FLOAT16[np.isfinite(FLOAT16)]
    x = x[x < 62000]  # beyond, SELU leaves the format
    for part in (function, derivative):
        exact = part(x.astype(np.float64), **options)
        with np.errstate(over="ignore"):  # celu with alpha < 1 divides the most negative ones beyond the format
            got = part(x, **options)
        assert got.dtype == np.float16
        ulp = np.spacing(np.maximum(np.abs(exact), 2.0**-14).astype(np.float16)).astype(np.float64)
        assert np.max(np.abs(got.astype(np.float64) - exact) / ulp) <= 3
