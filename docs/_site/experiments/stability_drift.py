"""Where the mean of the logits goes: a softmax head on data with rare classes, by descent and by Adam, with z-loss."""

from functools import partial
from typing import Any

import numpy as np

from reference.activations.softmax import logsumexp
from reference.training.losses import cross_entropy, cross_entropy_gradient, z_loss_gradient
from reference.training.optimizers import OptimizerState, adam, sgd

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
FEATURES, CLASSES, EXAMPLES, BATCH, STEPS = 32, 50, 256, 32, 3000
MARKS = [1, 10, 30, 100, 200, 300, 500, 750, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750, 3000]
RATE = 0.05
SGD, ADAM = partial(sgd, learning_rate=0.5), partial(adam, learning_rate=RATE)
CASES: dict[str, tuple[Any, float]] = {
    "sgd": (SGD, 0.0),
    "adam": (ADAM, 0.0),
    "adam_z5": (ADAM, 1e-5),
    "adam_z2": (ADAM, 1e-2),
}


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by case, for the marked steps, the mean bias, the mean log Z and the loss (short: 300 steps)."""
    found: dict[str, Any] = {}
    for name, (step, coefficient) in CASES.items():
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(EXAMPLES, FEATURES))
        shares = 1 / np.arange(1, CLASSES + 1)  # Zipf: the k-th class is k times as rare as the first
        y = rng.choice(CLASSES, size=EXAMPLES, p=shares / shares.sum())
        state, rows = OptimizerState((np.zeros((FEATURES, CLASSES)), np.zeros(CLASSES))), []
        for t in range(1, (300 if short else STEPS) + 1):
            some = rng.integers(EXAMPLES, size=BATCH)
            weight, bias = state.weights
            logits = x[some] @ weight + bias
            slope = cross_entropy_gradient(logits, y[some])
            if coefficient:
                slope = slope + z_loss_gradient(logits, coefficient=coefficient)
            state = step(state, (x[some].T @ slope, slope.sum(axis=0)))
            if t in MARKS:
                logits = x @ state.weights[0] + state.weights[1]
                values = (state.weights[1].mean(), logsumexp(logits).mean(), cross_entropy(logits, y))
                rows.append([float(value) for value in values])
        found[name] = rows
    return found


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by case the mean, lowest and highest of each over the seeds, for all marks."""
    found: dict[str, Any] = {}
    for name in CASES:
        values = np.array([result[name] for result in results])  # seed, mark, quantity
        found[name] = {
            quantity: {
                "mean": _rounded(values[:, :, k].mean(axis=0)),
                "lowest": _rounded(values[:, :, k].min(axis=0)),
                "highest": _rounded(values[:, :, k].max(axis=0)),
                "last": _rounded(values[:, -1, k]),
            }
            for k, quantity in enumerate(("bias", "log_z", "loss"))
        }
    farthest = max(abs(row[0]) for result in results for row in result["sgd"])
    sizes = {"features": FEATURES, "classes": CLASSES, "examples": EXAMPLES, "batch": BATCH, "steps": STEPS}
    return {**found, **sizes, "marks": MARKS, "rate": RATE, "sgd_farthest": farthest}


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) + 0.0 for value in values]


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """One seed must pass through what is recorded; descent must leave the mean where it was."""
    at = MARKS.index(300)
    for name in CASES:
        for k, quantity in enumerate(("bias", "log_z", "loss")):
            recorded = summary[name][quantity]
            assert recorded["lowest"][at] - 0.3 <= short[name][-1][k] <= recorded["highest"][at] + 0.3, (name, quantity)
    assert max(abs(row[0]) for row in short["sgd"]) < 1e-12
    assert summary["sgd_farthest"] < 1e-12
    assert max(summary["adam"]["bias"]["last"]) < -1
