"""Networks born dead: counted shares against probabilities, and cases small enough to enumerate."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from reference.activations import born_dead_bounds, he_weights, is_dead, ray_survival, relu
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")

BOTH_RAYS = np.asarray([[-1.0], [1.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: he_weights(0, 3, rng=np.random.default_rng(0)), "width must be at least 1, got 0; pass 1 or more"),
        (lambda: he_weights(3, 0, rng=np.random.default_rng(0)), "depth must be at least 1, got 0"),
        (lambda: ray_survival(0, 3), "width must be at least 1, got 0"),
        (lambda: ray_survival(3, -1), "depth must be at least 0, got -1"),
        (lambda: born_dead_bounds(0, 3), "width must be at least 1, got 0"),
        (lambda: born_dead_bounds(3, 0), "depth must be at least 1, got 0"),
    ],
)
def test_bad_input_gets_one_sentence(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Examples


@pytest.mark.parametrize("depth", range(1, 8))
def test_a_network_of_width_1_is_alive_only_if_all_weights_behind_the_first_are_positive(depth: int) -> None:
    signs = np.asarray(list(product([-1.0, 1.0], repeat=depth)))
    networks = [signs[:, layer, None, None] for layer in range(depth)]
    share = float(np.mean(is_dead(BOTH_RAYS, networks)))
    assert share == born_dead_bounds(1, depth).lower == born_dead_bounds(1, depth).upper == 1 - 2.0 ** (1 - depth)


@pytest.mark.parametrize(("width", "depth"), [(1, 3), (2, 1), (2, 2), (3, 2)])
def test_the_survival_of_a_ray_counts_signs(width: int, depth: int) -> None:
    # Which unit a living ray enters by makes no difference, so let the first living one feed the next layer.
    layers = list(product([False, True], repeat=width))
    alive = [all(any(on) for on in network) for network in product(layers, repeat=depth)]
    assert np.mean(alive) == ray_survival(width, depth)


def test_no_layer_stops_no_ray() -> None:
    assert ray_survival(5, 0) == 1.0


def test_he_weights_have_the_variance_2_over_fan_in() -> None:
    first, *others = he_weights(8, 3, rng=np.random.default_rng(0), networks=5000)
    assert np.var(first) == pytest.approx(2, rel=0.05)
    assert all(np.var(weight) == pytest.approx(2 / 8, rel=0.05) for weight in others)


@pytest.mark.parametrize(("width", "depth"), [(1, 3), (2, 10), (3, 20), (5, 20), (10, 20)])
def test_the_measured_share_of_dead_networks_lies_between_the_bounds(width: int, depth: int) -> None:
    networks = 4000
    weights = he_weights(width, depth, rng=np.random.default_rng(0), networks=networks)
    share = float(np.mean(is_dead(BOTH_RAYS, weights)))
    lower, upper = born_dead_bounds(width, depth)
    slack = 4 * (0.25 / networks) ** 0.5
    assert lower - slack <= share <= upper + slack


def test_one_ray_dies_with_the_exact_probability() -> None:
    weights = he_weights(3, 5, rng=np.random.default_rng(1), networks=40_000)
    share = float(np.mean(is_dead(BOTH_RAYS[:1], weights)))
    assert share == pytest.approx(1 - (7 / 8) ** 5, abs=0.01)
    assert ray_survival(3, 5) == (7 / 8) ** 5


def test_one_layer_is_never_dead_and_a_very_deep_one_always() -> None:
    assert born_dead_bounds(4, 1) == (0.0, 0.0)
    assert born_dead_bounds(2, 200).lower > 1 - 1e-9
    assert not np.any(is_dead(BOTH_RAYS, he_weights(4, 1, rng=np.random.default_rng(0), networks=1000)))


# Properties


def test_the_two_rays_decide_for_all_inputs() -> None:
    weights = he_weights(2, 4, rng=np.random.default_rng(2), networks=500)
    many = np.concatenate([-np.logspace(-3, 3, 20), np.logspace(-3, 3, 20)])[:, None]
    assert np.array_equal(is_dead(BOTH_RAYS, weights), is_dead(many, weights))


@given(st.integers(1, 12), st.integers(1, 200))
def test_the_bounds_are_probabilities_that_grow_with_depth(width: int, depth: int) -> None:
    now, later = born_dead_bounds(width, depth), born_dead_bounds(width, depth + 1)
    assert -1e-12 <= now.lower <= now.upper + 1e-12 <= 1 + 1e-12
    assert now.lower <= later.lower + 1e-12
    assert now.upper <= later.upper + 1e-12


@given(st.integers(1, 20), st.integers(1, 200))
def test_a_network_is_dead_at_least_as_often_as_the_wider_one(width: int, depth: int) -> None:
    assert born_dead_bounds(width + 1, depth).upper <= born_dead_bounds(width, depth).upper + 1e-12
    assert ray_survival(width, depth) <= ray_survival(width + 1, depth)


@given(st.integers(1, 30), st.integers(1, 200))
def test_the_union_over_the_layers_bounds_the_chance_from_above(width: int, depth: int) -> None:
    assert born_dead_bounds(width, depth).upper <= depth * 2.0**-width + 1e-12


# Oracles


def test_is_dead_runs_on_every_library(xp: Any) -> None:
    x = xp.asarray([[-1.0], [1.0]], dtype=xp.float32)
    dying = [xp.asarray([[1.0, -1.0]], dtype=xp.float32), xp.asarray([[-1.0], [-2.0]], dtype=xp.float32)]
    living = [dying[0], -dying[1]]
    assert bool(is_dead(x, dying))
    assert not bool(is_dead(x, living))


def test_autograd_finds_no_gradient_in_a_dead_network_and_some_in_a_living_one() -> None:
    drawn = he_weights(2, 6, rng=np.random.default_rng(0), networks=50)
    for network in range(50):
        weights = [torch.tensor(weight[network], requires_grad=True) for weight in drawn]
        h = torch.tensor(BOTH_RAYS)
        for weight in weights:
            h = relu(h @ weight)
        h.sum().backward()
        moved = any(bool(weight.grad.any()) for weight in weights)
        assert moved != bool(is_dead(torch.tensor(BOTH_RAYS), [weight.detach() for weight in weights]))
