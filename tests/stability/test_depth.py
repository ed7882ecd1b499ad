"""Depth: averages worked out by hand, predictions against measurements over five seeds, and the chain rule's oracle."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.activations import (
    elu,
    gelu,
    hard_sigmoid,
    leaky_relu,
    relu,
    selu,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from reference.arrays import array_namespace
from reference.stability import (
    DepthCurves,
    gaussian_moments,
    measure_depth,
    predict_depth,
    product_growth,
)
from reference.training import initialize
from tests.needs import need
from tests.properties import given, st

scipy_integrate: Any = need("scipy.integrate")
scipy_special: Any = need("scipy.special")
torch: Any = need("torch")

Function = Callable[[Any], Any]
SMOOTH: dict[str, Function] = {"tanh": tanh, "sigmoid": sigmoid, "gelu": gelu, "silu": silu, "softplus": softplus}
KINKED: dict[str, Function] = {"relu": relu, "leaky": leaky_relu, "elu": elu, "selu": selu}
SEEDS = range(5)


def identity(x: Any) -> Any:
    return 1.0 * x


def measured(
    activation: Function,
    seed: int,
    *,
    gain: float,
    norm: str = "none",
    depth: int = 20,
    width: int = 256,
    batch: int = 8,
) -> DepthCurves:
    """Measure a network drawn from a seed."""
    rng = np.random.default_rng(seed)
    weights = [layer.weight for layer in initialize((width,) * (depth + 1), rng=rng, gain=gain)]
    x, gradient = rng.normal(size=(2, batch, width))
    return measure_depth(x, weights, gradient, activation=activation, normalization=norm)


# Examples


def test_relu_keeps_half_of_both_averages_and_has_a_mean() -> None:
    mean, square, slope_square = gaussian_moments(relu, std=3.0)
    assert mean == pytest.approx(3 / np.sqrt(2 * np.pi), rel=1e-11)
    assert square == pytest.approx(9 / 2, rel=1e-11)
    assert slope_square == pytest.approx(1 / 2, rel=1e-11)


def test_selu_keeps_mean_0_and_variance_1_and_not_the_gradient() -> None:
    mean, square, slope_square = gaussian_moments(selu)
    assert mean == pytest.approx(0, abs=1e-11)
    assert square == pytest.approx(1, rel=1e-11)
    assert slope_square == pytest.approx(1.0716, abs=1e-4)


def test_batch_norm_multiplies_the_gradient_of_relu_by_the_root_of_pi_over_pi_minus_1() -> None:
    curves = predict_depth(relu, 9, gain=0.3, normalization="batch")
    np.testing.assert_allclose(curves.gradient[1:-1] / curves.gradient[2:], (np.pi / (np.pi - 1)) ** 0.5, rtol=1e-9)
    assert curves.gradient[1] / curves.gradient[2] == pytest.approx(1.2112, abs=5e-5)


def test_three_nets_are_calm_forward_only_and_the_control_both_ways() -> None:
    for activation, gain, norm, forward, backward in (
        (tanh, 5 / 3, "none", 0.651, 87.7),
        (relu, 1.0, "batch", 0.707, 8445),
        (sigmoid, 4.0, "none", 0.605, 8.19e-11),
        (relu, 2**0.5, "none", 1.0, 1.0),
    ):
        curves = predict_depth(activation, 50, gain=gain, normalization=norm)
        assert curves.signal[-1] == pytest.approx(forward, rel=1e-3)
        assert curves.gradient[0] == pytest.approx(backward, rel=2e-3)
        assert curves.gradient[-1] == 1


def test_pytorchs_default_makes_relu_vanish_both_ways_by_the_root_of_6_a_layer() -> None:
    curves = predict_depth(relu, 50, gain=3**-0.5)
    np.testing.assert_allclose(curves.signal, 6.0 ** (-np.arange(51) / 2), rtol=1e-9)
    np.testing.assert_allclose(curves.gradient, 6.0 ** (np.arange(-50, 1) / 2), rtol=1e-9)


def test_a_gain_takes_back_what_a_factor_takes() -> None:
    shrinking = predict_depth(lambda x: 0.8 * x, 50)
    np.testing.assert_allclose([shrinking.signal[-1], shrinking.gradient[0]], 0.8**50, rtol=1e-9)
    scaled = predict_depth(lambda x: 0.8 * x, 50, gain=1.25)
    np.testing.assert_allclose(scaled, 1, rtol=1e-9)
    assert round(0.8**5, 4) == 0.3277


def test_no_layers_leave_everything_as_it_is() -> None:
    x = np.asarray([[3.0, -4.0]])
    for curves in (predict_depth(relu, 0, signal=2.0), measure_depth(x, [], x, activation=relu)):
        assert curves.signal.shape == curves.gradient.shape == (1,)


def test_hand_made_layers_give_hand_made_curves() -> None:
    weights = [np.diag([2.0, 0.5]), np.diag([1.0, -1.0])]
    curves = measure_depth(np.asarray([[3.0, 4.0]]), weights, np.asarray([[1.0, 1.0]]), activation=relu)
    np.testing.assert_allclose(curves.signal**2 * 2, [25, 40, 36])
    np.testing.assert_allclose(curves.gradient**2 * 2, [4, 1, 2])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gaussian_moments(relu, std=-1.0), ValueError, "standard deviation is at least 0, got -1.0"),
        (lambda: gaussian_moments(lambda x: x.data), TypeError, "must give a Tensor for a Tensor, got ndarray; use"),
        (lambda: predict_depth(relu, -1), ValueError, "depth must be at least 0, got -1"),
        (lambda: predict_depth(relu, 3, normalization="l2"), ValueError, "one of none, batch, layer, rms, got 'l2'"),
        (
            lambda: measure_depth(np.ones((1, 1)), [], np.ones((1, 1)), activation=relu, normalization="?"),
            ValueError,
            "one of none, batch, layer, rms",
        ),
        (lambda: product_growth(0, 3), ValueError, "size must be at least 1 and count at least 0, got 0 and 3"),
        (lambda: product_growth(3, -1), ValueError, "got 3 and -1"),
    ],
)
def test_bad_input_gets_one_sentence(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# Properties


@given(st.floats(0, 20))
def test_a_slope_of_1_everywhere_gives_the_deviation_itself(std: float) -> None:
    mean, square, slope_square = gaussian_moments(identity, std=std)
    assert mean == pytest.approx(0, abs=1e-9)
    assert square == pytest.approx(std**2, rel=1e-11)
    assert slope_square == pytest.approx(1, rel=1e-11)


@given(st.floats(0.01, 20))
@pytest.mark.parametrize("name", [*SMOOTH, *KINKED])
def test_the_variance_of_an_activation_is_at_most_its_mean_squared_slope(name: str, std: float) -> None:
    # The Gaussian Poincaré inequality, equal only for a straight line: batch norm explodes gradients for all others.
    mean, square, slope_square = gaussian_moments((SMOOTH | KINKED)[name], std=std)
    assert square - mean**2 <= std**2 * slope_square * (1 + 1e-9) + 1e-11


@given(st.floats(0.1, 10), st.floats(0.1, 10))
@pytest.mark.parametrize("norm", ["batch", "layer", "rms"])
def test_behind_a_norm_the_gain_cancels(norm: str, gain: float, other: float) -> None:
    one, two = (predict_depth(gelu, 4, gain=g, normalization=norm) for g in (gain, other))
    np.testing.assert_allclose(one, two, rtol=1e-12)


@given(st.floats(0.1, 3), st.integers(0, 60))
def test_relu_multiplies_signal_and_gradient_by_gain_over_root_2(gain: float, depth: int) -> None:
    curves = predict_depth(relu, depth, gain=gain)
    np.testing.assert_allclose(curves.signal, curves.gradient[::-1], rtol=1e-9)
    assert curves.signal[-1] == pytest.approx((gain**2 / 2) ** (depth / 2), rel=1e-9)


@given(st.floats(0.1, 10))
def test_a_gradient_that_is_twice_as_large_stays_so(scale: float) -> None:
    rng = np.random.default_rng(0)
    weights, x = list(rng.normal(size=(3, 5, 5))), rng.normal(size=(4, 5))
    one, other = (measure_depth(x, weights, s * x, activation=tanh, normalization="layer") for s in (1.0, scale))
    np.testing.assert_allclose(other.gradient, scale * one.gradient, rtol=1e-12)
    np.testing.assert_array_equal(other.signal, one.signal)


def test_nan_stays_nan() -> None:
    curves = measure_depth(np.full((1, 2), np.nan), [np.eye(2)], np.ones((1, 2)), activation=tanh)
    assert np.isnan(curves.signal).all()
    assert np.isnan(curves.gradient[0])


# Predictions against measurements, five seeds each; the tolerance stands beside each


@pytest.mark.parametrize(
    ("activation", "gain", "norm"),
    [
        (tanh, 5 / 3, "none"),
        (sigmoid, 4.0, "none"),
        (softplus, 0.6, "none"),
        (tanh, 1.0, "layer"),
        (gelu, 1.0, "layer"),
        (relu, 1.0, "layer"),
    ],
)
def test_20_layers_of_width_128_follow_the_prediction(activation: Function, gain: float, norm: str) -> None:
    predicted = predict_depth(activation, 20, gain=gain, normalization=norm)
    curves = [measured(activation, seed, gain=gain, norm=norm) for seed in SEEDS]
    for curve in curves:
        np.testing.assert_allclose(curve.signal, predicted.signal, rtol=0.2)
        assert np.max(np.abs(np.log2(curve.gradient / predicted.gradient))) < 1  # less than a factor of 2
    middle = np.median([curve.gradient[0] for curve in curves])
    assert middle == pytest.approx(predicted.gradient[0], rel=0.4)


def test_batch_norm_multiplies_the_gradient_of_relu_by_1_21_a_layer() -> None:
    predicted = predict_depth(relu, 12, normalization="batch")
    factors = []
    for seed in SEEDS:
        curves = measured(relu, seed, gain=1.0, norm="batch", depth=12, batch=128)
        np.testing.assert_allclose(curves.signal, predicted.signal, rtol=0.06)
        factors.append((curves.gradient[1] / curves.gradient[11]) ** 0.1)
    np.testing.assert_allclose(factors, (np.pi / (np.pi - 1)) ** 0.5, rtol=0.012)


@pytest.mark.parametrize(("size", "count"), [(1, 20), (2, 30), (3, 30), (4, 101)])
def test_the_growth_of_a_product_has_the_predicted_mean_and_deviation(size: int, count: int) -> None:
    rng = np.random.default_rng(0)
    rows = np.eye(1, size) * np.ones((2000, 1, 1))
    for _ in range(count):
        rows = rows @ rng.normal(size=(2000, size, size))
    logs = np.log(np.linalg.norm(rows, axis=(1, 2)))
    mean, deviation = product_growth(size, count)
    assert logs.mean() == pytest.approx(mean, abs=4 * deviation / 2000**0.5)
    assert logs.std() == pytest.approx(deviation, rel=0.08)


# Oracles


@pytest.mark.parametrize("name", [*SMOOTH, *KINKED])
@pytest.mark.parametrize("std", [0.3, 1.0, 5.0])
def test_averages_agree_with_scipys_quadrature(name: str, std: float) -> None:
    activation = (SMOOTH | KINKED)[name]

    def average(power: int) -> float:
        def integrand(z: float) -> float:
            return float(activation(np.asarray(std * z)) ** power * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))

        pieces = [(-12, -1), (-1, 0), (0, 1), (1, 12)]
        return float(sum(scipy_integrate.quad(integrand, *ends, epsabs=1e-13, epsrel=1e-12)[0] for ends in pieces))

    mean, square, _ = gaussian_moments(activation, std=std)
    assert mean == pytest.approx(average(1), rel=1e-9, abs=1e-10)
    assert square == pytest.approx(average(2), rel=1e-9)


def test_the_mean_squared_slope_of_sigmoid_agrees_with_scipy() -> None:
    def integrand(z: float) -> float:
        s = scipy_special.expit(2 * z)
        return float((s * (1 - s)) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))

    expected = 2 * scipy_integrate.quad(integrand, 0, 12, epsrel=1e-12)[0]
    assert gaussian_moments(sigmoid, std=2.0).slope_square == pytest.approx(expected, rel=1e-10)


def test_a_jump_of_the_slope_away_from_0_costs_at_most_what_the_docstring_says() -> None:
    inside = scipy_special.erf(3 / 2**0.5)
    assert gaussian_moments(hard_sigmoid).slope_square == pytest.approx(inside / 36, rel=1e-3)


@pytest.mark.parametrize("norm", ["none", "layer"])
def test_the_gradient_is_pytorchs(norm: str) -> None:
    rng = np.random.default_rng(3)
    weights, (x, gradient) = list(rng.normal(size=(4, 6, 6))), rng.normal(size=(2, 5, 6))
    h = leaf = torch.tensor(x, requires_grad=True)
    for weight in weights:
        h = h @ torch.tensor(weight)
        h = torch.tanh(torch.nn.functional.layer_norm(h, (6,)) if norm == "layer" else h)
    h.backward(torch.tensor(gradient))
    curves = measure_depth(x, weights, gradient, activation=tanh, normalization=norm)
    assert curves.gradient[0] == pytest.approx(float((leaf.grad**2).mean() ** 0.5), rel=1e-10)
    assert curves.signal[-1] == pytest.approx(float((h.detach() ** 2).mean() ** 0.5), rel=1e-10)


@pytest.mark.parametrize("size", range(1, 12))
def test_growth_agrees_with_scipys_digamma_and_trigamma(size: int) -> None:
    mean, deviation = product_growth(size, 7)
    assert mean == pytest.approx(7 * (np.log(2) + scipy_special.digamma(size / 2)) / 2, rel=1e-13)
    assert deviation == pytest.approx((7 * scipy_special.polygamma(1, size / 2)) ** 0.5 / 2, rel=1e-13)


def test_an_activation_of_the_readers_own_needs_no_derivative() -> None:
    def bump(x: Any) -> Any:
        xp = array_namespace(x)
        return x * xp.exp(-x * x)

    assert gaussian_moments(bump).square == pytest.approx(5**-1.5, rel=1e-10)


@pytest.mark.parametrize(("gain", "signal"), [(-1.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
def test_a_gain_or_a_signal_that_is_no_size_is_refused(gain: float, signal: float) -> None:
    with pytest.raises(ValueError, match="gain and signal must be above 0"):
        predict_depth(relu, depth=3, gain=gain, signal=signal)
