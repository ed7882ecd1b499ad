"""Does the largest curvature of a loss climb to 2 / rate and stay there? Full-batch descent over five seeds."""

from functools import partial
from typing import Any

import numpy as np

from reference.activations import tanh
from reference.autograd import Tensor
from reference.stability.steps import largest_curvature
from reference.training.losses import mse
from reference.training.mlp import forward, initialize
from reference.training.optimizers import OptimizerState, sgd, value_and_gradient

SEEDS = range(5)
RATES = (0.05, 0.1, 0.2)
STEPS, EVERY = 1000, 20
WIDTH = 20
X = np.linspace(-1, 1, 20)[:, None]
Y = np.sin(4 * X)


def loss(weights: Any, x: np.ndarray, y: np.ndarray) -> Tensor:
    """Return the mean squared error of a tanh network."""
    value: Tensor = mse(forward(x, weights, activation=tanh), y)
    return value


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by rate the losses, and the largest curvatures every 20 steps (short: 40 of the largest rate)."""
    start = initialize((1, WIDTH, WIDTH, 1), rng=np.random.default_rng(seed), gain=1.0)
    found = {}
    for rate in RATES[-1:] if short else RATES:
        state, step, losses, curvatures = OptimizerState(start), partial(sgd, learning_rate=rate), [], []
        for t in range(41 if short else STEPS + 1):
            value, gradients = value_and_gradient(loss, state.weights, X, Y)
            losses.append(value)
            if t % EVERY == 0:
                rng = np.random.default_rng(0)
                curvatures.append(largest_curvature(loss, state.weights, X, Y, rng=rng, turns=20).value)
            state = step(state, gradients)
        found[named(rate)] = {"losses": losses, "curvatures": curvatures}
    return found


def named(rate: float) -> str:
    """Return a key that a page can write."""
    return f"rate_{rate * 100:.0f}"


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by rate the curvatures over 2 / rate: of every seed by step, and their medians over the last 400 steps."""
    rates = {}
    for rate in RATES:
        curvatures = np.array([result[named(rate)]["curvatures"] for result in results]) * rate / 2
        losses = np.array([result[named(rate)]["losses"] for result in results])
        late = np.median(curvatures[:, -20:], axis=1)
        rising = [float(np.mean(np.diff(each[-400:]) > 0)) for each in losses]
        rates[named(rate)] = {
            "rate": rate,
            "limit": 2 / rate,
            "curves": [[round(float(share), 3) for share in curve] for curve in curvatures],
            "first": rounded(curvatures[:, 0]),
            "late": rounded(late),
            "rising": rounded(np.array(rising)),
            "loss": [float(f"{np.median(each[-20:]):.3g}") for each in losses],
        }
    return {"steps": STEPS, "every": EVERY, **rates}


def rounded(values: np.ndarray) -> dict[str, Any]:
    """Return the lowest, the median and the highest of the seeds, with two digits after the point."""
    low, middle, high = (round(float(value), 2) for value in (values.min(), np.median(values), values.max()))
    return {"lowest": low, "median": middle, "highest": high}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Assert that the largest rate ends at its limit, and that one more network starts as the recorded one did."""
    largest = summary[named(RATES[-1])]
    assert 0.7 < largest["late"]["lowest"] <= largest["late"]["highest"] < 1.4
    begun = np.array(short[named(RATES[-1])]["curvatures"]) * RATES[-1] / 2
    low, high = largest["first"]["lowest"], largest["first"]["highest"]
    assert low - 0.02 <= begun[0] <= high + 0.02
