"""Does gradient descent find the sawtooth? A network that could hold it is trained on x^2, from random and near starts.

The network has the shape of `sawtooth_network(4)`: four layers of three ReLUs, each layer fully connected to the one
before, and a readout that sums the input and all twelve ReLUs. So the sawtooth is one setting of its numbers.
Training is plain gradient descent on the mean squared error of 128 points, with the gradients written by hand.
"""

from typing import Any, NamedTuple

import numpy as np

from reference.activations import relu, relu_derivative, sawtooth_network

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(8)
DEPTH, WIDTH = 4, 3
MARKS = (10, 100, 1_000, 3_000, 10_000, 20_000)  # steps after which the error is noted
RATES = np.asarray([0.03, 0.1, 0.3])
POINTS = (np.arange(128) + 0.5) / 128
FINE = np.linspace(0, 1, 2**13 + 1)
NOISES = (0.0, 0.1)


class Network(NamedTuple):
    """Several networks at once: the first axis of every array counts them.

    Layer by layer `h = relu(h @ weights + biases)`; the output is `bias + slope * x + sum of h @ readouts`.
    """

    weights: list[np.ndarray]  # (networks, fan_in, 3)
    biases: list[np.ndarray]  # (networks, 1, 3)
    readouts: list[np.ndarray]  # (networks, 3, 1)
    slope: np.ndarray  # (networks, 1, 1)
    bias: np.ndarray  # (networks, 1, 1)


def random_start(rng: np.random.Generator, copies: int) -> Network:
    """Draw He's weights and zero biases, the same for each copy."""
    fan_ins = [1] + [WIDTH] * (DEPTH - 1)
    weights = [rng.normal(scale=(2 / fan_in) ** 0.5, size=(fan_in, WIDTH)) for fan_in in fan_ins]
    readouts = [rng.normal(scale=(WIDTH * DEPTH) ** -0.5, size=(WIDTH, 1)) for _ in range(DEPTH)]

    def repeat(array: np.ndarray) -> np.ndarray:
        return np.repeat(array[None], copies, axis=0)

    return Network(
        [repeat(weight) for weight in weights],
        [np.zeros((copies, 1, WIDTH)) for _ in range(DEPTH)],
        [repeat(readout) for readout in readouts],
        np.ones((copies, 1, 1)),
        np.zeros((copies, 1, 1)),
    )


def sawtooth_start(rng: np.random.Generator, noises: tuple[float, ...]) -> Network:
    """Enter the sawtooth's own numbers, once for each noise: every number is off by that share, at random."""
    sawtooth = sawtooth_network(DEPTH)
    scale = np.asarray(noises)[:, None, None]

    def noisy(array: np.ndarray) -> np.ndarray:
        noise: np.ndarray = array * (1 + scale * rng.normal(size=array.shape))
        return noise

    outgoing = [np.asarray(layer.weights)[:, None] for layer in sawtooth.layers]
    weights = [np.ones((1, WIDTH)), *[np.repeat(weight, WIDTH, axis=1) for weight in outgoing[:-1]]]
    return Network(
        [noisy(weight) for weight in weights],
        [noisy(-np.asarray(layer.kinks)[None]) for layer in sawtooth.layers],
        [noisy(factor * weight) for factor, weight in zip(sawtooth.readout[1:], outgoing, strict=True)],
        noisy(np.ones((1, 1))),
        np.zeros((len(noises), 1, 1)),
    )


def forward(network: Network, x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Return the outputs `(networks, n, 1)`, what enters each layer's ReLUs, and what enters each layer."""
    h = np.broadcast_to(x[:, None], (len(network.slope), len(x), 1))
    y, inside, entering = network.bias + network.slope * h, [], [h]
    for weight, bias, readout in zip(network.weights, network.biases, network.readouts, strict=True):
        inside.append(h @ weight + bias)
        h = relu(inside[-1])
        entering.append(h)
        y = y + h @ readout
    return y, inside, entering


def gradient(network: Network, x: np.ndarray) -> Network:
    """Return the gradient of the mean squared error against x^2: the chain rule from the last layer to the first."""
    y, inside, entering = forward(network, x)
    dy = 2 * (y - (x * x)[:, None]) / len(x)
    weights, biases, readouts = [], [], []
    back: Any = 0.0
    for layer in reversed(range(DEPTH)):
        readouts.append(entering[layer + 1].mT @ dy)
        d = (dy * network.readouts[layer].mT + back) * relu_derivative(inside[layer])
        weights.append(entering[layer].mT @ d)
        biases.append(d.sum(axis=1, keepdims=True))
        back = d @ network.weights[layer].mT
    slope, bias = (dy * entering[0]).sum(axis=1, keepdims=True), dy.sum(axis=1, keepdims=True)
    return Network(weights[::-1], biases[::-1], readouts[::-1], slope, bias)


def descend(network: Network, rates: np.ndarray, steps: int) -> Network:
    """Take plain gradient steps, each network with its own rate."""
    rate = rates[:, None, None]

    def moved(values: list[np.ndarray], slopes: list[np.ndarray]) -> list[np.ndarray]:
        return [value - rate * slope for value, slope in zip(values, slopes, strict=True)]

    for _ in range(steps):
        weights, biases, readouts, slope, bias = gradient(network, POINTS)
        network = Network(
            moved(network.weights, weights),
            moved(network.biases, biases),
            moved(network.readouts, readouts),
            network.slope - rate * slope,
            network.bias - rate * bias,
        )
    return network


def errors(network: Network) -> list[float]:
    """Return the largest |f(x) - x^2| of each network on a fine grid of [0, 1]."""
    y, _, _ = forward(network, FINE)
    return [float(error) for error in np.max(np.abs(y[..., 0] - FINE * FINE), axis=-1)]


def pieces(network: Network) -> list[int]:
    """Return into how many straight pieces the kinks cut [0, 1]: one more than the signs inside change along it."""
    _, inside, _ = forward(network, FINE)
    on = np.concatenate(inside, axis=-1) > 0
    return [int(count) + 1 for count in np.sum(np.any(on[:, 1:] != on[:, :-1], axis=-1), axis=-1)]


def together(*networks: Network) -> Network:
    """Join networks along their first axis, so that one pass trains all of them."""

    def join(parts: tuple[list[np.ndarray], ...]) -> list[np.ndarray]:
        return [np.concatenate(values) for values in zip(*parts, strict=True)]

    weights, biases, readouts, slopes, constants = zip(*networks, strict=True)
    return Network(join(weights), join(biases), join(readouts), np.concatenate(slopes), np.concatenate(constants))


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Train from one random start with three rates, from the sawtooth, and from a sawtooth with noise."""
    rng = np.random.default_rng(seed)
    network = together(random_start(rng, len(RATES)), sawtooth_start(rng, NOISES))
    rates = np.concatenate([RATES, np.full(len(NOISES), RATES[1])])
    history, done = [errors(network)], 0
    for mark in MARKS[:3] if short else MARKS:
        network, done = descend(network, rates, mark - done), mark
        history.append(errors(network))
    best = int(np.argmin(history[-1][: len(RATES)]))
    return {
        "random": [now[best] for now in history],
        "sawtooth": [now[len(RATES)] for now in history],
        "near": [now[len(RATES) + 1] for now in history],
        "rate": float(RATES[best]),
        "pieces": pieces(network)[best],
    }


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Collect what the page and its figure name; each list of errors is sorted, the best first."""
    last = {start: sorted(result[start][-1] for result in results) for start in ("random", "sawtooth", "near")}
    middle, target = float(np.median(last["random"])), float(2.0 ** (-2 * DEPTH - 2))

    def short(values: list[float]) -> list[float]:
        return [float(f"{value:.4g}") for value in values]

    return {
        **{
            start: {"best": short(found)[0], "worst": short(found)[-1], "all": short(found)}
            for start, found in last.items()
        },
        "middle": float(f"{middle:.4g}"),
        "worth": float(f"{(4 * middle) ** -0.5:.4g}"),  # so many equal pieces interpolate as well
        "reached": last["random"][0] <= target,
        "dead": sum(error > 0.16 for error in last["random"]),
        "curves": {start: [short(result[start]) for result in results] for start in ("random", "sawtooth", "near")},
        "marks": [0, *MARKS],
        "steps": MARKS[-1],
        "runs": len(results) * len(RATES),
        "target": target,
    }


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """A short run must show the same: no random or noisy start comes near the sawtooth, and the sawtooth stays one."""
    target = summary["target"]
    assert short["random"][-1] > 5 * target < summary["random"]["best"]
    assert short["near"][-1] > 2 * target < summary["near"]["best"]
    assert short["sawtooth"][0] == target
    assert short["sawtooth"][-1] < 1.05 * target
    assert abs(short["sawtooth"][-1] / summary["curves"]["sawtooth"][0][len(short["sawtooth"]) - 1] - 1) < 0.05
