"""How far does a test score depend on the split? Random splits of the digits beside splits by place in the file.

People wrote the digits one after the other, so a fifth of the file in one piece holds writers whom the rest has not.
"""

from functools import partial
from typing import Any

import numpy as np

from reference.autograd import Tensor
from reference.training.datasets import batches, digits, split
from reference.training.losses import cross_entropy
from reference.training.mlp import accuracy, descent, forward, initialize
from reference.training.optimizers import adam

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(20)
EPOCHS, FOLDS = 10, 5


def loss(weights: Any, x: np.ndarray, y: np.ndarray) -> Tensor:
    """Return the mean cross-entropy of the network."""
    value: Tensor = cross_entropy(forward(x, weights), y)
    return value


def score(train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray], rng: np.random.Generator) -> float:
    """Train a 64-32-10 network with Adam; return its accuracy on the test examples."""
    stream = batches(*train, size=64, rng=rng, epochs=EPOCHS)
    start = initialize((64, 32, 10), rng=rng)
    for state, _ in descent(loss, start, stream, partial(adam, learning_rate=0.01)):
        weights = state.weights
    return float(accuracy(forward(test[0], weights), test[1]))


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the test accuracy for a random fifth and for one of five pieces of the file (short: the same)."""
    x, y = digits()
    rng = np.random.default_rng(seed)
    parts = split(x, y, rng=rng, validation=0.0)
    random = score((parts.x_train, parts.y_train), (parts.x_test, parts.y_test), rng)
    fold = seed % FOLDS
    held = np.arange(len(x)) * FOLDS // len(x) == fold
    piece = score((x[~held], y[~held]), (x[held], y[held]), rng)
    return {"random": random, "piece": piece, "fold": fold, "examples": int(held.sum())}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return both lists of accuracies with mean and spread, and the spread that counting alone predicts."""
    random = np.array([result["random"] for result in results])
    pieces = [[result["piece"] for result in results if result["fold"] == fold] for fold in range(FOLDS)]
    n, p = results[0]["examples"], float(random.mean())
    return {
        "random": [round(value, 6) for value in random.tolist()],
        "pieces": [[round(value, 6) for value in piece] for piece in pieces],
        "mean": round(p, 6),
        "spread": round(float(random.std(ddof=1)), 6),
        "binomial": round(float((p * (1 - p) / n) ** 0.5), 6),
        "lowest": float(random.min()),
        "highest": float(random.max()),
        "piece_means": [round(float(np.mean(piece)), 6) for piece in pieces],
        "piece_mean": round(float(np.mean(pieces)), 6),
        "examples": n,
    }


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """One more run must lie near the recorded ones, and whole pieces must be harder than random fifths."""
    assert abs(short["random"] - summary["mean"]) < 4 * summary["spread"]
    assert abs(short["piece"] - summary["piece_means"][short["fold"]]) < 0.05
    assert summary["piece_mean"] < summary["mean"] - 0.01
