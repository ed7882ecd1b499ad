"""Steps: limits on quadratics found by descending, and the Hessian's eigenvalues from NumPy and PyTorch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from reference.activations import tanh
from reference.stability import hessian_vector_product, largest_curvature, largest_rate, step_factor
from reference.training import OptimizerState, forward, initialize, momentum, mse, sgd
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")


def distance(learning_rate: float, curvature: float, decay: float, steps: int) -> float:
    """Descend on c/2 w^2 from 1 and return how far from 0 the weight and the one before are at most."""
    step = partial(momentum, decay=decay, learning_rate=learning_rate)
    state, before = OptimizerState(np.ones(1)), 1.0
    for _ in range(steps):
        before = float(state.weights[0])
        state = step(state, curvature * state.weights)
    return max(abs(before), abs(float(state.weights[0])))


def network(seed: int) -> tuple[Any, Any]:
    """Return a small network and its data."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-1, 1, 12)[:, None]
    return initialize((1, 6, 1), rng=rng, gain=1.0), (x, np.sin(3 * x))


def error(weights: Any, x: Any, y: Any) -> Any:
    return mse(forward(x, weights, activation=tanh), y)


# Examples


def test_a_rate_of_0_19_converges_and_0_21_diverges_for_a_curvature_of_10() -> None:
    assert largest_rate(10.0) == 0.2
    factors = step_factor(np.array([0.19, 0.2, 0.21]), 10.0)
    np.testing.assert_allclose(factors, [0.9, 1.0, 1.1], rtol=1e-12)
    assert [round(float(f**50), 3) for f in factors] == [0.005, 1.0, 117.391]


def test_momentum_is_indifferent_to_the_curvature_between_two_bounds() -> None:
    low, high = (1 - 0.9) ** 2, (1 + 0.9) ** 2
    inside = step_factor(1.0, np.linspace(low + 1e-9, high - 1e-9, 50), decay=0.81)
    np.testing.assert_allclose(inside, 0.9, rtol=1e-4)
    assert step_factor(1.0, high + 0.01, decay=0.81) > 0.9


def test_a_direction_that_falls_away_diverges_at_every_rate() -> None:
    assert step_factor(0.01, -5.0) == pytest.approx(1.05)
    assert step_factor(0.01, -5.0, decay=0.9) > 1.05


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: largest_rate(0.0), "curvature must be above 0, got 0.0; along it no rate converges"),
        (lambda: largest_rate(-1.0), "curvature must be above 0, got -1.0"),
        (lambda: largest_rate(1.0, decay=1.5), "decay must lie from 0 to 1, got 1.5"),
        (
            lambda: largest_curvature(lambda w: w * w, np.array(1.0), rng=np.random.default_rng(0), turns=0),
            "at least one turn, got 0",
        ),
        (
            lambda: hessian_vector_product(lambda w: w[0] * w[0], (np.array(1.0),), np.array(1.0)),
            "trees must have the same form",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_flat_loss_has_curvature_0() -> None:
    assert largest_curvature(lambda w: 0.0 * w, np.array(1.0), rng=np.random.default_rng(0)).value == 0


def test_the_strongest_curvature_may_bend_down() -> None:
    found = largest_curvature(lambda w: w[0] * w[0] - 4 * w[1] * w[1], np.ones(2), rng=np.random.default_rng(0))
    assert found.value == pytest.approx(-8)
    np.testing.assert_allclose(np.abs(found.direction), [0, 1], atol=1e-6)


# Properties


@given(st.floats(0.05, 50), st.floats(0, 0.98), st.floats(0.05, 1.9))
def test_below_the_largest_rate_steps_converge_and_above_they_do_not(c: float, decay: float, share: float) -> None:
    factor = float(step_factor(share * largest_rate(c, decay=decay), c, decay=decay))
    assert (factor < 1) == (share < 1) or abs(share - 1) < 1e-9


@given(st.floats(0.1, 20), st.floats(0, 0.9), st.floats(0.1, 1.5))
def test_the_factor_is_what_descending_measures(c: float, decay: float, share: float) -> None:
    rate = share * largest_rate(c, decay=decay)
    factor = float(step_factor(rate, c, decay=decay))
    if factor > 0.3:  # else the distance is soon below what a float64 holds beside its rounding
        early, late = (distance(rate, c, decay, steps) for steps in (100, 200))
        # A double root grows as t factor^t, and complex ones beat: both fade in the hundredth root.
        assert (late / early) ** 0.01 == pytest.approx(factor, rel=0.06)


@given(st.floats(0.1, 20), st.floats(0.05, 1.5))
def test_without_momentum_it_is_the_distance_from_1(c: float, share: float) -> None:
    rate = share * largest_rate(c)
    assert float(step_factor(rate, c)) == pytest.approx(abs(1 - rate * c), abs=1e-12)


@given(st.integers(0, 99))
def test_the_hessian_is_symmetric(seed: int) -> None:
    weights, batch = network(0)
    rng = np.random.default_rng(seed)
    u, v = (tuple(type(w)(*(rng.normal(size=p.shape) for p in w)) for w in weights) for _ in range(2))
    hu, hv = (hessian_vector_product(error, weights, d, *batch) for d in (u, v))

    def dot(a: Any, b: Any) -> float:
        return float(sum(np.sum(p * q) for s, t in zip(a, b, strict=True) for p, q in zip(s, t, strict=True)))

    assert dot(u, hv) == pytest.approx(dot(v, hu), rel=1e-5, abs=1e-5)


# Oracles


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_curvature_of_a_quadratic_is_numpys_largest_eigenvalue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(6, 6))
    matrix = half @ half.T
    found = largest_curvature(lambda w: w @ (matrix @ w) / 2, rng.normal(size=6), rng=rng, turns=200)
    values, vectors = np.linalg.eigh(matrix)
    assert found.value == pytest.approx(values[-1], rel=1e-6)
    assert abs(found.direction @ vectors[:, -1]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_curvature_of_a_network_is_pytorchs(seed: int) -> None:
    weights, (x, y) = network(seed)
    found = largest_curvature(error, weights, x, y, rng=np.random.default_rng(0), turns=60)
    shapes = [p.shape for layer in weights for p in layer]
    flat = torch.tensor(np.concatenate([p.ravel() for layer in weights for p in layer]))

    def theirs(all_weights: Any) -> Any:
        w1, b1, w2, b2 = (
            part.reshape(shape)
            for part, shape in zip(all_weights.split([int(np.prod(s)) for s in shapes]), shapes, strict=True)
        )
        h = torch.tanh(torch.tensor(x) @ w1 + b1) @ w2 + b2
        return ((h - torch.tensor(y)) ** 2).mean()

    values = np.linalg.eigvalsh(torch.autograd.functional.hessian(theirs, flat).numpy())
    largest = values[np.argmax(np.abs(values))]
    assert found.value == pytest.approx(largest, rel=1e-3)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9])
def test_torchs_optimizer_has_the_same_limit(decay: float) -> None:
    for share, converges in ((0.95, True), (1.05, False)):
        w = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
        optimizer = torch.optim.SGD([w], lr=share * largest_rate(3.0, decay=decay), momentum=decay)
        for _ in range(400):
            w.grad = 3 * w.detach()
            optimizer.step()
        assert (abs(w.item()) < 1) == converges


def test_plain_descent_is_momentum_without_decay() -> None:
    state = sgd(OptimizerState(np.ones(1)), 10 * np.ones(1), learning_rate=0.19)
    assert float(state.weights[0]) == pytest.approx(-0.9)
    assert distance(0.19, 10.0, 0.0, 2) == pytest.approx(0.9)
