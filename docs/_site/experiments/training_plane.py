"""Two moons and two spirals, learned by small networks: how often, by optimizer, over five seeds."""

from functools import partial
from typing import Any

import numpy as np

from reference.autograd import Tensor
from reference.training.datasets import batches, spirals, split, two_moons
from reference.training.losses import cross_entropy
from reference.training.mlp import accuracy, descent, forward, initialize
from reference.training.optimizers import adam, momentum

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
TASKS: dict[str, Any] = {
    "moons": (partial(two_moons, 500), (2, 16, 2), 40),
    "spirals": (partial(spirals, 600), (2, 32, 32, 2), 100),
    "spirals_linear": (partial(spirals, 600), (2, 2), 100),
}
STEPS = {"momentum": partial(momentum, learning_rate=0.1), "adam": partial(adam, learning_rate=0.01)}


def loss(weights: Any, x: np.ndarray, y: np.ndarray) -> Tensor:
    """Return the mean cross-entropy of the network."""
    value: Tensor = cross_entropy(forward(x, weights), y)
    return value


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the test accuracy by task and optimizer (short: two moons alone)."""
    found: dict[str, Any] = {}
    for task, (draw, sizes, epochs) in TASKS.items():
        if short and task != "moons":
            continue
        rng = np.random.default_rng(seed)
        parts = split(*draw(rng=rng), rng=rng)
        start = initialize(sizes, rng=rng)
        for name, step in STEPS.items():
            stream = batches(parts.x_train, parts.y_train, size=32, rng=np.random.default_rng(seed), epochs=epochs)
            for state, _ in descent(loss, start, stream, step):
                weights = state.weights
            found[f"{task}_{name}"] = float(accuracy(forward(parts.x_test, weights), parts.y_test))
    return {"scores": found}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return mean, lowest and highest test accuracy by task and optimizer."""
    found: dict[str, Any] = {}
    for name in results[0]["scores"]:
        values = [result["scores"][name] for result in results]
        found[name] = {
            "mean": round(float(np.mean(values)), 6),
            "lowest": min(values),
            "highest": max(values),
            "all": [round(value, 6) for value in values],
        }
    return found


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """One seed must lie near the recorded ones; without a hidden layer spirals stay unlearned."""
    for name, score in short["scores"].items():
        assert summary[name]["lowest"] - 0.03 <= score <= summary[name]["highest"] + 0.03, (name, score)
    assert summary["spirals_linear_adam"]["highest"] < 0.75 < summary["spirals_adam"]["lowest"]
