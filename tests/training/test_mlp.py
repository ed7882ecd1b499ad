"""The network: its formula, its gradients against a backward pass by hand and PyTorch's, and training that works."""

from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest

from reference.activations import softmax, tanh
from reference.training import (
    Dataset,
    Layer,
    accuracy,
    adam,
    batches,
    cross_entropy,
    descent,
    forward,
    initialize,
    momentum,
    mse,
    sgd,
    split,
    square,
    tree_map,
    two_moons,
    value_and_gradient,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
functional: Any = need("torch.nn.functional")


def loss(layers: Any, x: Any, y: Any) -> Any:
    return cross_entropy(forward(x, layers), y)


def example(sizes: tuple[int, ...] = (5, 4, 3), rows: int = 7) -> tuple[Any, tuple[Layer, ...], Any]:
    rng = np.random.default_rng(0)
    layers = tree_map(lambda w: w + 0.1 * rng.normal(size=w.shape), initialize(sizes, rng=rng))
    return rng.normal(size=(rows, sizes[0])), layers, rng.integers(sizes[-1], size=rows)


def backward_by_hand(layers: Any, x: Any, y: Any) -> Any:
    """Return the gradients of one hidden layer, as a textbook writes them."""
    (w1, b1), (w2, b2) = layers
    z = x @ w1 + b1
    h = np.where(z > 0, z, 0)
    slope = (softmax(h @ w2 + b2) - np.eye(w2.shape[1])[y]) / len(x)
    back = (slope @ w2.T) * (z > 0)
    return (x.T @ back, back.sum(axis=0)), (h.T @ slope, slope.sum(axis=0))


def assert_close(tree: Any, expected: Any, rtol: float) -> None:
    tree_map(lambda a, b: np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-16), tree, expected)


# The definition


def test_two_rectified_units_make_an_absolute_value(xp: Any) -> None:
    layers = (
        Layer(xp.asarray([[1.0, -1.0]]), xp.asarray([0.0, 0.0])),
        Layer(xp.asarray([[1.0], [1.0]]), xp.asarray([0.5])),
    )
    got = forward(xp.asarray([[-2.0], [0.0], [3.0]]), layers)
    assert np.asarray(got).tolist() == [[2.5], [0.5], [3.5]]


def test_one_layer_is_affine_and_none_is_the_identity() -> None:
    x, layers, _ = example()
    np.testing.assert_array_equal(forward(x, layers[:1]), x @ layers[0].weight + layers[0].bias)
    assert forward(x, ()) is x


def test_the_activation_stands_between_the_layers_only() -> None:
    x, layers, _ = example((5, 4, 4, 3))
    h = x
    for layer in layers[:-1]:
        h = np.tanh(h @ layer.weight + layer.bias)
    np.testing.assert_array_equal(forward(x, layers, activation=tanh), h @ layers[-1].weight + layers[-1].bias)


def test_rows_may_have_many_axes() -> None:
    x, layers, _ = example(rows=6)
    np.testing.assert_allclose(forward(x.reshape(2, 3, 5), layers), forward(x, layers).reshape(2, 3, 3), rtol=1e-13)
    np.testing.assert_allclose(forward(x[0], layers), forward(x, layers)[0], rtol=1e-13)


def test_nan_stays_in_its_row() -> None:
    x, layers, _ = example()
    x[2, 0] = np.nan
    assert np.isnan(forward(x, layers)).any(axis=1).tolist() == [False, False, True, False, False, False, False]


def test_accuracy_counts_the_rows_that_are_right(xp: Any) -> None:
    logits = xp.asarray([[1.0, 2.0, 0.0], [5.0, -1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 2.0]])
    assert float(accuracy(logits, xp.asarray([1, 0, 0, 1]))) == 0.75
    with pytest.raises(ValueError, match=r"one entry per row of logits, got \(4, 1\) for \(4, 3\)"):
        accuracy(logits, xp.asarray([[1], [0], [0], [1]]))


# The first weights


def test_first_weights_keep_the_mean_square_through_relu() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 400))
    after = [np.mean(forward(x, initialize((400,) * 4, rng=rng)) ** 2) for _ in range(20)]
    assert np.mean(after) == pytest.approx(2, rel=0.1)  # what comes before a ReLU has twice the mean square


def test_first_weights_have_their_deviation_and_biases_are_0() -> None:
    (layer,) = initialize((400, 300), rng=np.random.default_rng(0), gain=1.0)
    assert layer.weight.std() == pytest.approx(1 / 20, rel=0.01)
    assert not layer.bias.any()


def test_the_numbers_drawn_do_not_depend_on_the_dtype() -> None:
    double, single = (initialize((5, 4, 3), rng=np.random.default_rng(0), dtype=d) for d in (np.float64, np.float32))
    for a, b in zip(double, single, strict=True):
        assert b.weight.dtype == b.bias.dtype == np.float32
        assert np.array_equal(a.weight.astype(np.float32), b.weight)


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0, 2), (0, 2)])
def test_sizes_that_make_no_network_raise(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"sizes must be inputs, hidden units, outputs, .* try \(64, 32, 10\)"):
        initialize(sizes, rng=np.random.default_rng(0))


# Properties


@given(st.integers(0, 99), st.floats(0.1, 10))
def test_without_biases_a_relu_network_scales_with_its_input(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    layers, x = initialize((3, 8, 8, 2), rng=rng), rng.normal(size=(4, 3))
    np.testing.assert_allclose(forward(factor * x, layers), factor * forward(x, layers), rtol=1e-9, atol=1e-12)


@given(st.permutations(range(6)))
def test_hidden_units_can_change_places(order: list[int]) -> None:
    x, ((w1, b1), (w2, b2)), _ = example((5, 6, 3))
    swapped = (Layer(w1[:, order], b1[order]), Layer(w2[order], b2))
    np.testing.assert_allclose(forward(x, swapped), forward(x, ((w1, b1), (w2, b2))), rtol=1e-12, atol=1e-13)


# Oracles


def test_the_output_equals_that_of_pytorchs_layers() -> None:
    x, layers, _ = example((5, 4, 4, 3))
    net: list[Any] = []
    for weight, bias in layers:
        linear = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        linear.load_state_dict({"weight": torch.asarray(weight.T), "bias": torch.asarray(bias)})
        net += [linear, torch.nn.ReLU()]
    with torch.no_grad():
        theirs = torch.nn.Sequential(*net[:-1])(torch.asarray(x))
    np.testing.assert_allclose(forward(x, layers), theirs, rtol=1e-13, atol=1e-14)


def test_the_tensors_gradients_equal_a_backward_pass_by_hand_and_pytorchs() -> None:
    x, layers, y = example((64, 32, 10), rows=64)
    value, gradients = value_and_gradient(loss, layers, x, y)
    assert value == pytest.approx(float(loss(layers, x, y)), rel=1e-15)
    assert_close(gradients, backward_by_hand(layers, x, y), 1e-10)
    theirs = tree_map(lambda w: torch.tensor(w, requires_grad=True), layers)
    loss(theirs, torch.asarray(x), torch.asarray(y)).backward()
    assert_close(gradients, tree_map(lambda w: w.grad, theirs), 1e-10)
    assert functional.cross_entropy(forward(torch.asarray(x), theirs), torch.asarray(y)).item() == pytest.approx(value)


def test_float32_stays_float32_on_the_way_there_and_back() -> None:
    x, layers, y = example()
    single = tree_map(lambda w: w.astype(np.float32), layers)
    assert forward(x.astype(np.float32), single).dtype == np.float32
    _, gradients = value_and_gradient(loss, single, x.astype(np.float32), y)
    tree_map(lambda g: np.testing.assert_equal(g.dtype, np.dtype(np.float32)), gradients)


# Training


def test_descent_runs_only_as_far_as_it_is_asked() -> None:
    x, layers, y = example()
    asked = []

    def endless() -> Any:
        while True:
            asked.append(1)
            yield x, y

    states = list(islice(descent(loss, layers, endless(), partial(sgd, learning_rate=0.1)), 5))
    assert [state.steps for state, _ in states] == [1, 2, 3, 4, 5]
    assert len(asked) == 5
    values = [value for _, value in states]
    assert values == sorted(values, reverse=True)  # the whole batch and a small rate
    assert values[0] == pytest.approx(float(loss(layers, x, y)), rel=1e-15)


def test_digits_are_learned_in_a_few_epochs(digits: Dataset) -> None:
    rng = np.random.default_rng(0)
    parts = split(*digits, rng=rng)
    layers = initialize((64, 32, 10), rng=rng)
    start = float(loss(layers, parts.x_validation, parts.y_validation))
    run = descent(
        loss,
        layers,
        batches(parts.x_train, parts.y_train, size=64, rng=rng, epochs=10),
        partial(adam, learning_rate=1e-2),
    )
    *_, (state, _) = run
    logits = forward(parts.x_validation, state.weights)
    assert float(cross_entropy(logits, parts.y_validation)) < start / 10
    assert accuracy(logits, parts.y_validation) >= 0.95


def test_two_moons_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    parts = split(*two_moons(500, rng=rng), rng=rng)
    stream = batches(parts.x_train, parts.y_train, size=32, rng=rng, epochs=40)
    *_, (state, _) = descent(loss, initialize((2, 16, 2), rng=rng), stream, partial(momentum, learning_rate=0.1))
    assert accuracy(forward(parts.x_validation, state.weights), parts.y_validation) >= 0.97


def test_a_parabola_is_fitted() -> None:
    rng = np.random.default_rng(0)
    x, y = square(200, rng=rng)
    stream = batches(x, y, size=50, rng=rng, epochs=100)
    fit = descent(
        lambda w, x, y: mse(forward(x, w), y),
        initialize((1, 16, 1), rng=rng),
        stream,
        partial(adam, learning_rate=1e-2),
    )
    *_, (_, value) = fit
    assert value < 1e-3
