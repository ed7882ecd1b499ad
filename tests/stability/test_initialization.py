"""Initialization: gains in closed form, weights' moments, and PyTorch's own ranges, gains and default layer."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from reference.activations import elu, gelu, leaky_relu, relu, selu, sigmoid, silu, tanh
from reference.stability import (
    activation_gains,
    gaussian_moments,
    glorot,
    he,
    leaky_gain,
    lecun,
    measure_depth,
    orthogonal,
    predict_depth,
    torch_linear,
)
from tests.needs import need
from tests.properties import given, st

scipy_optimize: Any = need("scipy.optimize")
torch: Any = need("torch")

Function = Callable[[Any], Any]
DRAWS: dict[str, Callable[..., np.ndarray]] = {"glorot": glorot, "he": he, "lecun": lecun, "orthogonal": orthogonal}
SEEDS = range(5)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Examples


def test_relu_and_leaky_relu_ask_for_one_gain_both_ways() -> None:
    for slope in (0.0, 0.01, 0.25, 1.0):
        gains = activation_gains(partial(leaky_relu, negative_slope=slope))
        assert gains.forward == pytest.approx(leaky_gain(slope), rel=1e-10)
        assert gains.backward == pytest.approx(leaky_gain(slope), rel=1e-10)


def test_others_ask_for_two() -> None:
    for activation, forward, backward in (
        (tanh, 1.593, 1.467),
        (sigmoid, 1.846, 4.722),
        (selu, 1.0, 0.966),
        (gelu, 1.534, 1.481),
    ):
        gains = activation_gains(activation)
        assert gains.forward == pytest.approx(forward, abs=1e-3), activation
        assert gains.backward == pytest.approx(backward, abs=1e-3), activation


def test_the_root_of_5_is_another_name_for_one_over_the_root_of_fan_in() -> None:
    assert leaky_gain(5**0.5) * 3**0.5 == pytest.approx(1, rel=1e-15)
    weight, bias = torch_linear(400, 300, rng=generator())
    assert 0.0499 < np.abs(weight).max() <= 0.05
    assert 0.048 < np.abs(bias).max() <= 0.05
    assert weight.std() == pytest.approx(1 / 1200**0.5, rel=0.01)


def test_a_dead_activation_has_an_infinite_gain() -> None:
    assert activation_gains(lambda x: 0 * x) == (np.inf, np.inf)


def test_orthogonal_matrices_of_either_shape_stretch_nothing() -> None:
    for fan_in, fan_out in ((5, 5), (7, 3), (3, 7), (1, 1), (4, 1)):
        w = orthogonal(fan_in, fan_out, rng=generator(), gain=3.0)
        assert w.shape == (fan_in, fan_out)
        np.testing.assert_allclose(np.linalg.svd(w, compute_uv=False), 3, rtol=1e-14)


def test_without_the_signs_an_orthogonal_number_would_always_be_the_same() -> None:
    assert {float(orthogonal(1, 1, rng=generator(seed))[0, 0]) for seed in range(20)} == {-1.0, 1.0}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activation_gains(relu, std=0.0), "standard deviation must be above 0, got 0.0; at 0 no gain matters"),
        (
            lambda: glorot(0, 2, rng=generator()),
            "fan_in and fan_out must be at least 1, got 0 and 2; pass a layer's sizes",
        ),
        (lambda: he(2, 0, rng=generator()), "must be at least 1, got 2 and 0"),
        (lambda: lecun(0, 3, rng=generator()), "must be at least 1, got 0 and 3"),
        (lambda: orthogonal(3, 0, rng=generator()), "must be at least 1, got 3 and 0"),
        (lambda: torch_linear(0, 1, rng=generator()), "must be at least 1, got 0 and 1"),
    ],
)
def test_bad_input_gets_one_sentence(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Properties


@pytest.mark.parametrize(
    ("draw", "std"),
    [
        (lambda rng, **how: glorot(300, 200, rng=rng, gain=2.0, **how), 2 * (2 / 500) ** 0.5),
        (lambda rng, **how: he(300, 200, rng=rng, negative_slope=1.0, **how), 300**-0.5),
        (lambda rng, **how: he(300, 200, rng=rng, **how), (2 / 300) ** 0.5),
        (lambda rng, **how: lecun(300, 200, rng=rng, **how), 300**-0.5),
    ],
)
@pytest.mark.parametrize("uniform", [False, True])
def test_weights_have_mean_0_and_their_deviation(draw: Callable[..., np.ndarray], std: float, uniform: bool) -> None:
    w = draw(rng=generator(), uniform=uniform)
    assert w.shape == (300, 200)
    assert w.std() == pytest.approx(std, rel=0.01)
    assert abs(w.mean()) < 4 * std / w.size**0.5
    if uniform:
        assert np.abs(w).max() <= 3**0.5 * std


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_decides_the_weights(name: str, fan_in: int, fan_out: int, seed: int) -> None:
    one, other = (DRAWS[name](fan_in, fan_out, rng=generator(seed)) for _ in range(2))
    assert one.shape == (fan_in, fan_out)
    np.testing.assert_array_equal(one, other)


@given(st.floats(0.05, 10))
@pytest.mark.parametrize("activation", [tanh, sigmoid, gelu, silu, elu])
def test_the_gains_hold_what_they_promise(activation: Function, std: float) -> None:
    gains, (_, square, slope_square) = activation_gains(activation, std=std), gaussian_moments(activation, std=std)
    assert gains.forward**2 * square == pytest.approx(std**2, rel=1e-12)
    assert gains.backward**2 * slope_square == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("activation", [tanh, silu, gelu])
def test_the_gain_keeps_a_signal_over_20_layers(activation: Function) -> None:
    gain = activation_gains(activation).forward
    promised = predict_depth(activation, 20, gain=gain).signal[-1]
    for seed in SEEDS:
        rng = generator(seed)
        weights = [gain * lecun(128, 128, rng=rng) for _ in range(20)]
        x, gradient = rng.normal(size=(2, 8, 128))
        found = measure_depth(x, weights, gradient, activation=activation).signal[-1]
        assert promised / 3 < found < promised * 3


def test_orthogonal_layers_keep_a_length_exactly_where_normal_ones_only_do_on_average() -> None:
    rng = generator()
    x, gradient = rng.normal(size=(2, 3, 32))
    turned, drawn = ([draw(32, 32, rng=rng) for _ in range(40)] for draw in (orthogonal, lecun))
    curves = measure_depth(x, turned, gradient, activation=lambda h: 1.0 * h)
    np.testing.assert_allclose(curves.signal, curves.signal[0], rtol=1e-12)
    spectrum = np.linalg.svd(np.linalg.multi_dot(drawn), compute_uv=False)
    assert spectrum[0] / spectrum[-1] > 1e10


# Oracles


def test_the_gains_are_pytorchs_where_theory_agrees_and_not_where_it_is_a_convention() -> None:
    theirs = torch.nn.init.calculate_gain
    assert theirs("relu") == pytest.approx(activation_gains(relu).forward, rel=1e-10)
    assert theirs("leaky_relu", 0.2) == pytest.approx(leaky_gain(0.2), rel=1e-12)
    assert theirs("tanh") == 5 / 3 > activation_gains(tanh).forward + 0.07
    assert theirs("selu") == 3 / 4 < activation_gains(selu).backward - 0.2
    assert theirs("sigmoid") == 1 < activation_gains(sigmoid).forward


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda rng: glorot(90, 60, rng=rng), lambda w: torch.nn.init.xavier_uniform_(w)),
        (lambda rng: glorot(90, 60, rng=rng, uniform=False), lambda w: torch.nn.init.xavier_normal_(w)),
        (lambda rng: he(90, 60, rng=rng), lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu")),
        (lambda rng: he(90, 60, rng=rng, uniform=True), lambda w: torch.nn.init.kaiming_uniform_(w)),
        (lambda rng: orthogonal(90, 60, rng=rng), lambda w: torch.nn.init.orthogonal_(w)),
    ],
)
def test_weights_are_spread_as_pytorchs(ours: Callable[[Any], np.ndarray], theirs: Callable[[Any], Any]) -> None:
    torch.manual_seed(0)
    mine = ours(generator())
    other = theirs(torch.empty(60, 90)).numpy()
    assert mine.std() == pytest.approx(other.std(), rel=0.04)
    at = np.linspace(0.05, 0.95, 19)
    np.testing.assert_allclose(np.quantile(mine, at), np.quantile(other, at), atol=0.1 * mine.std())


def test_the_default_layer_is_pytorchs() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.Linear(64, 500)
    weight, bias = torch_linear(64, 500, rng=generator())
    for mine, parameter in ((weight, theirs.weight), (bias, theirs.bias)):
        other = parameter.detach()
        assert mine.std() == pytest.approx(float(other.std()), rel=0.08)
        assert max(np.abs(mine).max(), float(other.abs().max())) <= 1 / 8


def test_a_fixed_point_of_tanh_found_by_scipy_is_one_of_ours() -> None:
    std = scipy_optimize.brentq(lambda s: activation_gains(tanh, std=s).forward - 5 / 3, 0.1, 5)
    deep = predict_depth(tanh, 200, gain=5 / 3).signal[-1]
    assert 5 / 3 * deep == pytest.approx(std, rel=1e-9)
