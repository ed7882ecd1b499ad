"""Bring a dead network back to life by one bias for all its units, and find the smallest that does."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from docs._site.exercises.rectifiers_leak import number, recognize
from reference.activations import he_weights, is_dead, relu

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import he_weights, is_dead, relu

drawn = he_weights(2, 10, rng=np.random.default_rng(0), networks=1000)
dead = is_dead(np.array([[-1.0], [1.0]]), drawn)
one = [weight[np.argmax(dead)] for weight in drawn]
inputs = np.array([[-5.0], [-1.0], [2.0], [30.0]])

def outputs(bias):
    """Return what leaves the last layer, (4, 2), with this bias at every unit."""
    x = inputs
    for weight in one:
        x = relu(x @ weight)
    return x

smallest_bias = None  # to three decimals: with less, not all four outputs differ
'''

ANSWER = '''\
import numpy as np
from reference.activations import he_weights, is_dead, relu

drawn = he_weights(2, 10, rng=np.random.default_rng(0), networks=1000)
dead = is_dead(np.array([[-1.0], [1.0]]), drawn)
one = [weight[np.argmax(dead)] for weight in drawn]
inputs = np.array([[-5.0], [-1.0], [2.0], [30.0]])

def outputs(bias):
    """Return what leaves the last layer, (4, 2), with this bias at every unit."""
    x = inputs
    for weight in one:
        x = relu(x @ weight + bias)
    return x

low, smallest_bias = 0.0, 1.0
for _ in range(30):
    middle = (low + smallest_bias) / 2
    if len(np.unique(outputs(middle), axis=0)) == 4:
        smallest_bias = middle
    else:
        low = middle
'''

INPUTS = np.array([[-5.0], [-1.0], [2.0], [30.0]])
PAIRS = ((0, 1), (2, 3))
Layer = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


def check(names: Names) -> Iterator[str]:
    """The network without a bias, then with random ones, then the number."""
    outputs = function(names, "outputs(bias)")
    layers = _dead_network()
    if np.any(numbers(outputs(0.0), (4, 2), "outputs(0.0)")):
        raise Wrong("With a bias of 0 some output is not 0: `one` is no longer the dead network.")
    yield "Without a bias it is dead."
    _compare(outputs, layers, [0.4, *np.random.default_rng(0).uniform(0.01, 3, size=5)])
    yield "With a bias, each of several random ones, the outputs are right."
    _smallest_is(number(names, "smallest_bias"), layers)
    yield "Your bias is the smallest that brings it to life."


def _dead_network() -> list[np.ndarray]:
    drawn = he_weights(2, 10, rng=np.random.default_rng(0), networks=1000)
    first = np.argmax(is_dead(np.array([[-1.0], [1.0]]), drawn))
    return [weight[first] for weight in drawn]


def _biased(x: np.ndarray, weight: np.ndarray, bias: float) -> np.ndarray:
    return np.asarray(relu(x @ weight + bias))


def _through(layers: Sequence[np.ndarray], bias: float, layer: Layer = _biased) -> np.ndarray:
    x = INPUTS
    for weight in layers:
        x = layer(x, weight, bias)
    return x


def _compare(outputs: Callable[[float], Any], layers: Sequence[np.ndarray], biases: Sequence[float]) -> None:
    got = np.stack([numbers(outputs(bias), (4, 2), f"outputs({bias:.2g})") for bias in biases])
    *others, last = layers

    def with_each(result: Callable[[float], np.ndarray]) -> np.ndarray:
        return np.stack([result(bias) for bias in biases])

    wanted = with_each(lambda bias: _through(layers, bias))
    if np.allclose(got, wanted, rtol=1e-9, atol=1e-12):
        return
    mistakes: dict[str, Callable[[float], np.ndarray]] = {
        "With a bias the outputs are still all 0: add it inside of every layer, before its ReLU.": (
            lambda bias: np.zeros((4, 2))
        ),
        "Your code adds the bias behind the ReLU, so units that are off stay off: add it before.": (
            lambda bias: _through(layers, bias, lambda x, weight, b: relu(x @ weight) + b)
        ),
        "Your code adds the bias to the weights, where the input multiplies it: add it to `x @ weight`.": (
            lambda bias: _through(layers, bias, lambda x, weight, b: relu(x @ (weight + b)))
        ),
        "Your code uses the bias in the last layer alone: every unit of every layer has it.": (
            lambda bias: relu(_through(others, 0.0) @ last + bias)
        ),
        "The last layer has lost its ReLU.": lambda bias: _through(others, bias) @ last + bias,
    }
    recognize(got, {said: with_each(result) for said, result in mistakes.items()})
    at = tuple(np.argwhere(~np.isclose(got, wanted, rtol=1e-9, atol=1e-12))[0][:2])
    found, right = (" and ".join(f"{value:.3g}" for value in results[at]) for results in (got, wanted))
    raise Wrong(f"With a bias of {biases[at[0]]:.2g} the input {INPUTS[at[1], 0]:g} gives {found}, expected {right}.")


def _smallest_is(bias: float, layers: Sequence[np.ndarray]) -> None:
    least = [_bisect(layers, pair) for pair in PAIRS]
    if abs(bias - max(least)) <= 0.001:
        return
    if abs(bias - min(least)) <= 0.001:
        part, stay = (_named(PAIRS[at]) for at in (np.argmin(least), np.argmax(least)))
        raise Wrong(f"`smallest_bias` is {bias:.4g}: there {part} part, but {stay} still give the same output.")
    if bias > max(least):
        raise Wrong(f"A bias of {bias:.4g} brings it to life, but so does a smaller one. Bisect.")
    equal = " and for ".join(_named(pair) for pair in PAIRS if not _differ(_through(layers, bias), pair))
    raise Wrong(f"With a bias of {bias:.4g} it is not alive: the outputs are the same for {equal}.")


def _bisect(layers: Sequence[np.ndarray], pair: tuple[int, int]) -> float:
    low, high = 0.0, 2.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if _differ(_through(layers, middle), pair) else (middle, high)
    return high


def _differ(x: np.ndarray, pair: tuple[int, int]) -> bool:
    return not np.array_equal(x[pair[0]], x[pair[1]])


def _named(pair: tuple[int, int]) -> str:
    return f"{INPUTS[pair[0], 0]:g} and {INPUTS[pair[1], 0]:g}"
