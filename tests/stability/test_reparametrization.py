"""The chain of multiplications: the book's numbers and its two slips, all subsets, derivatives, and normalization."""

from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np
import pytest

from reference.autograd import gradcheck
from reference.stability import (
    chain,
    chain_gradient,
    chain_orders,
    elementary_symmetric,
    normalized_chain,
    rate_for_drop,
)
from reference.training import value_and_gradient
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
torch: Any = need("torch")

WEIGHTS = st.lists(st.floats(-2, 2).filter(lambda w: w == 0 or abs(w) > 1e-3), min_size=1, max_size=7).map(np.array)
STEPS = st.integers(0, 2**32 - 1)


def step_like(weights: Any, seed: int) -> Any:
    """A random step for these weights."""
    return np.random.default_rng(seed).normal(size=weights.shape)


# Examples from the source


@pytest.mark.parametrize(("weight", "change"), [(1.1, -0.0982827), (0.7, -0.0278901), (0.5, 4430163.5085)])
def test_a_rate_that_promises_a_drop_of_a_tenth(weight: float, change: float) -> None:
    weights = np.full(10, weight)
    step = -rate_for_drop(weights) * chain_gradient(weights)
    assert chain(weights + step) - chain(weights) == pytest.approx(change, rel=1e-6)
    assert chain_orders(weights, step)[1] == pytest.approx(-0.1, rel=1e-12)


def test_orders_at_a_rate_of_a_tenth() -> None:
    weights = np.full(10, 1.1)
    orders = chain_orders(weights, -0.1 * chain_gradient(weights))
    assert orders[:6].round(2).tolist() == [2.59, -5.56, 5.36, -3.07, 1.15, -0.3]
    assert orders.sum() - orders[0] == pytest.approx(-2.3614, abs=1e-4)


def test_the_second_order_term_of_the_book_lacks_the_factor_x() -> None:
    rng, x, eps = np.random.default_rng(0), 3.0, 0.01
    w = rng.normal(size=4)
    g = chain_gradient(w, x=x)
    pairs = [eps**2 * g[i] * g[j] * prod(np.delete(w, [i, j])) for i, j in combinations(range(4), 2)]
    assert chain_orders(w, -eps * g, x=x)[2] == pytest.approx(x * sum(pairs), rel=1e-12)


def test_the_last_hidden_unit_keeps_its_mean_of_0_and_loses_its_variance_of_1() -> None:
    x = np.random.default_rng(0).normal(size=1000)
    x = (x - x.mean()) / x.std()
    hidden = x * chain(np.full(9, 1.1))
    assert abs(hidden.mean()) < 1e-14
    assert hidden.std() == pytest.approx(1.1**9)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape of the weights, \(3,\), got \(2,\)"):
        chain_orders(np.ones(3), np.ones(2))


def test_a_chain_without_weights_is_its_input() -> None:
    assert chain(np.empty(0), x=4.0) == 4
    assert chain_orders(np.empty(0), np.empty(0), x=4.0).tolist() == [4]


def test_zeros_infinities_and_nan() -> None:
    assert chain_gradient(np.array([0.0, 0.0, 5.0])).tolist() == [0, 0, 0]
    assert np.isnan(chain(np.array([1.0, np.nan])))
    assert np.isnan(chain_orders(np.array([1.0, np.nan]), np.ones(2))).any()
    with np.errstate(divide="ignore"):
        assert rate_for_drop(np.zeros(3)) == np.inf


# Properties


@given(WEIGHTS, STEPS, st.floats(-3, 3))
def test_the_orders_add_up_to_the_truth(weights: Any, seed: int, x: float) -> None:
    step = step_like(weights, seed)
    truth = chain(weights + step, x=x)
    orders = chain_orders(weights, step, x=x)
    assert orders.sum() == pytest.approx(truth, rel=1e-12, abs=1e-12 * np.abs(orders).sum())
    assert orders[0] == pytest.approx(chain(weights, x=x), rel=1e-14)
    assert orders[1] == pytest.approx(chain_gradient(weights, x=x) @ step, rel=1e-9, abs=1e-12)


@given(WEIGHTS, STEPS, st.floats(0.1, 10))
def test_order_k_grows_with_the_k_th_power_of_the_step(weights: Any, seed: int, scale: float) -> None:
    step = step_like(weights, seed)
    powers = scale ** np.arange(len(weights) + 1)
    np.testing.assert_allclose(chain_orders(weights, scale * step), powers * chain_orders(weights, step), rtol=1e-11)


@given(WEIGHTS, STEPS)
def test_orders_are_symmetric_polynomials_of_the_relative_steps(weights: Any, seed: int) -> None:
    weights = np.where(weights == 0, 1.0, weights)
    step = step_like(weights, seed) * weights
    expected = chain(weights) * elementary_symmetric(step / weights)
    orders = chain_orders(weights, step)
    np.testing.assert_allclose(orders, expected, rtol=1e-9, atol=1e-12 * np.abs(orders).max())


@given(st.integers(1, 12), st.floats(-3, 3).filter(lambda r: abs(r) > 1e-2))
def test_equal_values_give_binomial_coefficients(n: int, r: float) -> None:
    expected = [comb(n, k) * r**k for k in range(n + 1)]
    np.testing.assert_allclose(elementary_symmetric(np.full(n, r)), expected, rtol=1e-12)


@given(WEIGHTS, st.floats(-1, 1))
def test_a_chain_is_linear_in_each_weight_alone(weights: Any, shift: float) -> None:
    for i in range(len(weights)):
        moved = [chain(weights + k * shift * (np.arange(len(weights)) == i)) for k in (-1, 0, 1)]
        assert moved[0] - 2 * moved[1] + moved[2] == pytest.approx(0, abs=1e-12)


@given(WEIGHTS.filter(lambda w: np.all(np.abs(w) > 0.2)), st.floats(0.5, 2))
def test_normalization_cancels_the_lower_weights(weights: Any, scale: float) -> None:
    x = np.array([-3.0, 0.5, 1.0, 4.0])
    lower = weights * np.where(np.arange(len(weights)) < len(weights) - 1, scale, 1.0)
    before, after = (normalized_chain(x, w, eps=0.0) for w in (weights, lower))
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-12)
    assert np.std(before) == pytest.approx(abs(weights[-1]), rel=1e-9)


def test_a_sign_turns_the_normalized_chain_and_a_zero_ends_it() -> None:
    x, w = np.array([-1.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])
    y = normalized_chain(x, w)
    np.testing.assert_allclose(normalized_chain(x, w * [-1, 1, 1]), -y)
    assert normalized_chain(x, w * [0, 1, 1]).tolist() == [0, 0, 0]


# Every library, other derivatives


def test_every_library_gives_the_same(xp: Any) -> None:
    weights, step = np.array([[1.1, -0.5, 0.25], [0.0, 2.0, 3.0]]), np.array([[0.5, 0.25, -1.0], [1.0, 1.0, 1.0]])
    w, d = (xp.asarray(a, dtype=xp.float32) for a in (weights, step))
    for function, arguments in (
        (chain, (weights,)),
        (chain_gradient, (weights,)),
        (rate_for_drop, (weights,)),
        (chain_orders, (weights, step)),
        (elementary_symmetric, (weights,)),
    ):
        got = function(*(w, d)[: len(arguments)])
        assert got.dtype == xp.float32
        np.testing.assert_allclose(np.asarray(got), function(*arguments), rtol=3e-7, atol=1e-7)
    x = np.array([-1.0, 0.5, 3.0])
    got = np.asarray(normalized_chain(xp.asarray(x, dtype=xp.float32), w[0, :]))
    np.testing.assert_allclose(got, normalized_chain(x, weights[0]), rtol=2e-6)


def test_the_gradient_is_that_of_the_tensor_and_of_torch() -> None:
    weights = np.array([1.1, 0.0, -0.7, 2.0])
    there = torch.tensor(weights, requires_grad=True)
    _, here = value_and_gradient(lambda w: chain(w, x=3.0), weights)
    (3 * torch.prod(there)).backward()
    np.testing.assert_allclose(chain_gradient(weights, x=3.0), here, rtol=1e-15)
    np.testing.assert_allclose(chain_gradient(weights, x=3.0), there.grad.numpy(), rtol=1e-15)
    assert gradcheck(lambda w: chain_orders(w, 0.5 * w), weights)
    assert gradcheck(lambda w: normalized_chain(np.array([-1.0, 0.5, 3.0]), w), np.array([0.5, 2.0, -1.5]))


def test_orders_are_taylor_coefficients() -> None:
    rng = np.random.default_rng(0)
    w, d = rng.normal(size=(2, 6))
    with mpmath.workdps(40):
        expected = mpmath.taylor(lambda t: mpmath.fprod(a + b * t for a, b in zip(w, d, strict=True)), 0, 6)
    np.testing.assert_allclose(chain_orders(w, d), [float(c) for c in expected], rtol=1e-12)


# Everything where everything is few


@pytest.mark.parametrize("n", range(1, 8))
def test_all_subsets(n: int) -> None:
    rng = np.random.default_rng(n)
    w, d = rng.normal(size=(2, n))
    for k in range(n + 1):
        subsets = combinations(range(n), k)
        expected = sum(prod(d[i] if i in chosen else w[i] for i in range(n)) for chosen in subsets)
        assert chain_orders(w, d)[k] == pytest.approx(expected, rel=1e-11, abs=1e-14)


def test_an_infinite_weight_stays_infinite() -> None:
    assert chain_orders(np.array([np.inf, 2.0]), np.array([1.0, 1.0]))[0] == np.inf
