"""How well does a network read digits after ten epochs, by optimizer and learning rate, and what does choosing cost?

For each seed the data are split, and the 64-32-10 network is trained once for every setting. All settings of a seed
share the split, the first weights and the order of the examples.
"""

from functools import partial
from typing import Any

import numpy as np

from reference.autograd import Tensor
from reference.training.datasets import batches, digits, split
from reference.training.losses import cross_entropy
from reference.training.mlp import accuracy, descent, forward, initialize
from reference.training.optimizers import adam, momentum, sgd

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
EPOCHS, SIZE = 10, 64
RATES = {
    "sgd": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
    "momentum": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0],
    "adam": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
}
STEPS = {"sgd": sgd, "momentum": momentum, "adam": adam}
QUOTED = {"sgd": 0.1, "momentum": 0.1, "adam": 0.01}
"""The rates that the pages start from."""


def loss(weights: Any, x: np.ndarray, y: np.ndarray) -> Tensor:
    """Return the mean cross-entropy of the network."""
    value: Tensor = cross_entropy(forward(x, weights), y)
    return value


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by optimizer and rate the accuracies after training (short: for the quoted rates alone)."""
    x, y = digits()
    parts = split(x, y, rng=np.random.default_rng(seed))
    start = initialize((64, 32, 10), rng=np.random.default_rng(seed))
    scores: dict[str, Any] = {}
    for name, rates in RATES.items():
        rows = []
        for rate in [QUOTED[name]] if short else rates:
            order = np.random.default_rng(seed)
            stream = batches(parts.x_train, parts.y_train, size=SIZE, rng=order, epochs=EPOCHS)
            with np.errstate(all="ignore"):  # the largest rates diverge
                for state, _ in descent(loss, start, stream, partial(STEPS[name], learning_rate=rate)):
                    weights = state.weights
                rows.append([float(accuracy(forward(a, weights), b)) for a, b in _parts(parts)])
        scores[name] = rows
    return {"scores": scores}


def _parts(parts: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (parts.x_train, parts.y_train),
        (parts.x_validation, parts.y_validation),
        (parts.x_test, parts.y_test),
    ]


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the accuracies by optimizer and rate, and what choosing by validation or by test gives."""
    found: dict[str, Any] = {}
    for name, rates in RATES.items():
        scores = np.array([result["scores"][name] for result in results])  # seed, rate, part
        at = rates.index(QUOTED[name])
        best = scores[:, :, 1].argmax(axis=1)
        chosen = scores[np.arange(len(scores)), best]
        found[name] = {
            "rates": rates,
            "validation": _rounded(scores[:, :, 1].mean(axis=0)),
            "lowest": _rounded(scores[:, :, 1].min(axis=0)),
            "highest": _rounded(scores[:, :, 1].max(axis=0)),
            "quoted": {"rate": rates[at], **_spread(scores[:, at])},
            "chosen": {"rates": [rates[each] for each in best], **_spread(chosen)},
        }
    everything = np.concatenate([np.array([r["scores"][name] for r in results]) for name in RATES], axis=1)
    rows = np.arange(len(everything))
    for name, part in (("by_validation", 1), ("by_test", 2)):
        found[name] = _spread(everything[rows, everything[:, :, part].argmax(axis=1)])
    return {**found, "settings": everything.shape[1], "epochs": EPOCHS, "size": SIZE}


def _spread(scores: np.ndarray) -> dict[str, Any]:
    """Return by part the mean, standard deviation and extremes over the seeds of (seeds, 3) accuracies."""
    return {
        part: {
            "mean": round(float(values.mean()), 6),
            "spread": round(float(values.std(ddof=1)), 6),
            "lowest": round(float(values.min()), 6),
            "highest": round(float(values.max()), 6),
        }
        for part, values in zip(("train", "validation", "test"), scores.T, strict=True)
    }


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values]


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """One seed must lie near the recorded accuracies, in the order of the optimizers."""
    for name in RATES:
        quoted = summary[name]["quoted"]
        for part, score in zip(("train", "validation", "test"), short["scores"][name][0], strict=True):
            assert quoted[part]["lowest"] - 0.02 <= score <= quoted[part]["highest"] + 0.02, (name, part, score)
    means = [summary[name]["quoted"]["validation"]["mean"] for name in RATES]
    assert means == sorted(means)
