"""Optimizers: steps worked out by hand, properties, and PyTorch's weights over a hundred steps to the last digits."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

from reference.arrays import array_namespace
from reference.autograd import Tensor
from reference.training import OptimizerState, adam, adamw, momentum, sgd, tree_map, value_and_gradient
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")

Step = Callable[..., OptimizerState]

SETTINGS: dict[str, tuple[Step, str, dict[str, Any]]] = {
    "sgd": (partial(sgd, learning_rate=0.1), "SGD", {"lr": 0.1}),
    "sgd with decay": (partial(sgd, learning_rate=0.1, weight_decay=0.05), "SGD", {"lr": 0.1, "weight_decay": 0.05}),
    "momentum": (partial(momentum, learning_rate=0.02, decay=0.9), "SGD", {"lr": 0.02, "momentum": 0.9}),
    "momentum with decay": (
        partial(momentum, learning_rate=0.02, decay=0.8, weight_decay=0.05),
        "SGD",
        {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.05},
    ),
    "Nesterov": (
        partial(momentum, learning_rate=0.02, decay=0.9, nesterov=True, weight_decay=0.05),
        "SGD",
        {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05},
    ),
    "Adam": (adam, "Adam", {}),
    "Adam with all options": (
        partial(adam, learning_rate=0.03, betas=(0.8, 0.99), eps=1e-2, weight_decay=0.05),
        "Adam",
        {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-2, "weight_decay": 0.05},
    ),
    "AdamW": (adamw, "AdamW", {}),
    "AdamW with all options": (
        partial(adamw, learning_rate=0.03, betas=(0.8, 0.99), eps=1e-2, weight_decay=0.3),
        "AdamW",
        {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-2, "weight_decay": 0.3},
    ),
}
STEPS: dict[str, Step] = {
    "sgd": partial(sgd, learning_rate=0.1),
    "momentum": partial(momentum, learning_rate=0.1),
    "adam": adam,
    "adamw": adamw,
}


class Pair(NamedTuple):
    weight: Any
    bias: Any


def weights_at_the_start() -> tuple[Pair, list[Any]]:
    rng = np.random.default_rng(0)
    return Pair(rng.normal(size=(3, 2)), rng.normal(size=2)), [rng.normal(size=(2, 1))]


def leaves_of(tree: Any) -> list[Any]:
    return [leaf for node in tree for leaf in leaves_of(node)] if isinstance(tree, tuple | list) else [tree]


# Steps worked out by hand


def test_a_step_of_descent_goes_against_the_gradient(xp: Any) -> None:
    w, g = xp.asarray([1.0, 2.0]), xp.asarray([0.5, -0.5])
    assert np.asarray(sgd(OptimizerState(w), g, learning_rate=0.5).weights).tolist() == [0.75, 2.25]
    decayed = sgd(OptimizerState(w), g, learning_rate=0.5, weight_decay=0.5).weights
    assert np.asarray(decayed).tolist() == [0.5, 1.75]


def test_momentum_gathers_speed(xp: Any) -> None:
    state, g = OptimizerState(xp.asarray([0.0])), xp.asarray([1.0])
    found = []
    for _ in range(4):
        state = momentum(state, g, learning_rate=1.0, decay=0.5)
        found.append(float(state.weights[0]))
    assert found == [-1, -2.5, -4.25, -6.125]
    ahead = momentum(OptimizerState(xp.asarray([0.0])), g, learning_rate=1.0, decay=0.5, nesterov=True)
    assert float(ahead.weights[0]) == -1.5


def test_the_first_step_of_adam_has_the_size_of_the_rate_whatever_the_gradient(xp: Any) -> None:
    """Both corrections together: m / (1 - b1) is g and v / (1 - b2) is g * g, so the quotient is its sign."""
    g = xp.asarray([1e-3, -1.0, 1e3])
    state = adam(OptimizerState(xp.zeros_like(g)), g, learning_rate=0.01)
    np.testing.assert_allclose(np.asarray(state.weights), [-0.01, 0.01, -0.01], rtol=2e-5)
    mean, square = state.moments
    np.testing.assert_allclose(np.asarray(mean), 0.1 * np.asarray(g), rtol=1e-6)
    np.testing.assert_allclose(np.asarray(square), 0.001 * np.asarray(g) ** 2, rtol=1e-6)


def test_eps_stands_outside_the_root() -> None:
    state = adam(OptimizerState(np.zeros(1)), np.full(1, 3.0), learning_rate=1.0, eps=1.0)
    assert state.weights[0] == pytest.approx(-3 / (3 + 1), rel=1e-14)


def test_the_decay_of_adamw_is_the_same_for_every_gradient_and_that_of_adam_is_not() -> None:
    w, g = np.full(2, 5.0), np.asarray([1e-2, 1e2])
    small, large = adamw(OptimizerState(w), g, learning_rate=0.1, weight_decay=0.1).weights
    assert small == pytest.approx(0.99 * 5 - 0.1, rel=1e-6)
    assert large == pytest.approx(0.99 * 5 - 0.1, rel=1e-6)
    plain, coupled = (adam(OptimizerState(w), g, learning_rate=0.1, weight_decay=x).weights for x in (0.0, 0.1))
    np.testing.assert_allclose(coupled, plain, rtol=1e-6)  # on the first step it vanishes in the quotient


def test_a_weight_without_gradient_stays_where_it_is() -> None:
    for step in (adam, STEPS["sgd"], STEPS["momentum"]):
        state = OptimizerState(np.full(1, 7.0))
        for _ in range(3):
            state = step(state, np.zeros(1))
        assert state.weights[0] == 7


# State in, state out


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_changed_in_place(name: str) -> None:
    start = OptimizerState(weights_at_the_start())
    gradients = weights_at_the_start()
    for leaf in [*leaves_of(start.weights), *leaves_of(gradients)]:
        leaf.flags.writeable = False
    first = STEPS[name](start, gradients)
    again = STEPS[name](start, gradients)
    for a, b in zip(leaves_of(first.weights), leaves_of(again.weights), strict=True):
        assert np.array_equal(a, b)
    assert (start.steps, first.steps) == (0, 1)
    frozen: Any = first
    with pytest.raises(FrozenInstanceError):
        frozen.steps = 9


@pytest.mark.parametrize("name", STEPS)
def test_the_tree_keeps_its_form_and_its_types(name: str) -> None:
    weights = tree_map(lambda w: w.astype(np.float32), weights_at_the_start())
    state = STEPS[name](OptimizerState(weights), weights)
    state = STEPS[name](state, weights)
    for tree in (state.weights, *state.moments):
        assert isinstance(tree[0], Pair)
        assert isinstance(tree[1], list)
        assert all(leaf.dtype == np.float32 for leaf in leaves_of(tree))


@pytest.mark.parametrize("name", STEPS)
def test_a_gradient_of_another_shape_or_form_raises(name: str) -> None:
    state = OptimizerState((np.ones(3),))
    with pytest.raises(ValueError, match=r"a gradient must have its weights' shape \(3,\), got \(3, 1\); reshape it"):
        STEPS[name](state, (np.ones((3, 1)),))
    for wrong in [(), (np.ones(3), np.ones(3)), np.ones(3), ([np.ones(3)],)]:
        with pytest.raises(ValueError, match="the trees must have the same form"):
            STEPS[name](state, wrong)


def test_the_state_of_another_optimizer_is_refused() -> None:
    state = momentum(OptimizerState(np.ones(2)), np.ones(2), learning_rate=0.1)
    with pytest.raises(ValueError, match="keeps 2 running means, the state has 1 of another; start anew"):
        adam(state, np.ones(2))


@pytest.mark.parametrize("name", STEPS)
def test_nan_in_a_gradient_reaches_its_weight_and_no_other(name: str) -> None:
    state = STEPS[name](OptimizerState(np.ones(3)), np.asarray([1.0, np.nan, 1.0]))
    assert np.isnan(state.weights).tolist() == [False, True, False]


def test_trees_of_nothing_and_single_arrays_are_trees() -> None:
    assert tree_map(np.negative, ()) == ()
    assert tree_map(np.negative, [(), []]) == [(), []]
    assert tree_map(np.add, np.ones(2), np.ones(2)).tolist() == [2, 2]


# The gradient by the package's own Tensor


def test_value_and_gradient_of_a_tree_with_a_batch() -> None:
    value, gradients = value_and_gradient(
        lambda w, x: (w.weight * x + w.bias) ** 2, Pair(np.ones(()), np.ones(())), 3.0
    )
    assert value == 16
    assert isinstance(gradients, Pair)
    assert (float(gradients.weight), float(gradients.bias)) == (24, 8)


def test_a_weight_that_the_loss_does_not_use_has_gradient_0() -> None:
    _, (used, unused) = value_and_gradient(lambda w: w[0] * w[0], (np.asarray(3.0), np.ones((2, 2))))
    assert used == 6
    assert unused.tolist() == [[0, 0], [0, 0]]


def test_a_loss_of_many_numbers_raises_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="reduce it with sum or mean"):
        value_and_gradient(lambda w: w * w, np.ones(3))


# Properties


@given(st.floats(-5, 5), st.floats(0.01, 1.9))
def test_descent_on_a_parabola_shrinks_by_its_factor(start: float, rate: float) -> None:
    state = OptimizerState(np.asarray([start]))
    for _ in range(5):
        state = sgd(state, state.weights, learning_rate=rate)
    assert state.weights[0] == pytest.approx(start * (1 - rate) ** 5, rel=1e-9, abs=1e-12)


@given(st.lists(st.floats(1e-3, 3) | st.floats(-3, -1e-3), min_size=1, max_size=12), st.floats(1e-3, 1e3))
def test_adam_without_eps_does_not_feel_the_scale_of_the_loss(slopes: list[float], scale: float) -> None:
    one, other = (OptimizerState(np.zeros(1)) for _ in range(2))
    for g in slopes:
        one = adam(one, np.asarray([g]), eps=0.0)
        other = adam(other, np.asarray([scale * g]), eps=0.0)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-9, atol=1e-15)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12))
def test_momentum_without_memory_is_plain_descent(slopes: list[float]) -> None:
    one, other = (OptimizerState(np.ones(1)) for _ in range(2))
    for g in slopes:
        one = sgd(one, np.asarray([g]), learning_rate=0.1, weight_decay=0.01)
        other = momentum(other, np.asarray([g]), learning_rate=0.1, decay=0.0, weight_decay=0.01)
    assert np.array_equal(one.weights, other.weights)


# PyTorch


@pytest.mark.parametrize("name", SETTINGS)
def test_a_hundred_steps_equal_pytorchs(name: str) -> None:
    """With a small network on other inputs at each step, so that the gradients keep changing."""
    step, theirs, options = SETTINGS[name]
    start = weights_at_the_start()
    parameters = [torch.tensor(leaf, requires_grad=True) for leaf in leaves_of(start)]
    optimizer = getattr(torch.optim, theirs)(parameters, **options)
    state = OptimizerState(start)
    rng = np.random.default_rng(1)
    for _ in range(100):
        x = rng.normal(size=(5, 3))

        def loss(w: Any, x: Any) -> Any:
            (hidden, bias), (out,) = w
            xp = array_namespace(x, out)
            error = xp.tanh(x @ hidden + bias) @ out - 1
            return xp.mean(error * error)

        optimizer.zero_grad()
        loss((parameters[:2], parameters[2:]), torch.asarray(x)).backward()
        optimizer.step()
        state = step(state, value_and_gradient(loss, state.weights, x)[1])
    for ours, p in zip(leaves_of(state.weights), parameters, strict=True):
        np.testing.assert_allclose(ours, p.detach(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_hundred_steps_with_given_gradients_equal_pytorchs_to_the_last_digits(name: str) -> None:
    step, theirs, options = SETTINGS[name]
    rng = np.random.default_rng(2)
    start = rng.normal(size=40)
    parameter = torch.tensor(start, requires_grad=True)
    optimizer = getattr(torch.optim, theirs)([parameter], **options)
    state = OptimizerState(start)
    for scale in np.geomspace(1e-6, 1e3, 100):
        g = scale * rng.normal(size=40)
        parameter.grad = torch.asarray(g)
        optimizer.step()
        state = step(state, g)
    np.testing.assert_allclose(state.weights, parameter.detach(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", STEPS)
def test_the_same_text_steps_in_every_library(xp: Any, name: str) -> None:
    rng = np.random.default_rng(3)
    w, g = rng.normal(size=(2, 6)).astype(np.float32)
    expected, state = OptimizerState(w), OptimizerState(xp.asarray(w))
    for _ in range(3):
        expected, state = STEPS[name](expected, g), STEPS[name](state, xp.asarray(g))
    np.testing.assert_allclose(np.asarray(state.weights), expected.weights, rtol=1e-5)


def test_a_tensor_is_no_weight_but_its_numbers_are() -> None:
    x: Any = Tensor([1.0, 2.0])
    (x * x)[0].backward()
    assert sgd(OptimizerState(x.data), x.grad, learning_rate=0.25).weights.tolist() == [0.5, 2]
