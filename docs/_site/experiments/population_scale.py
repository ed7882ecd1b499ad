"""The scale of the layers is fixed while codes evolve: what if it is another one? Digits, over five seeds."""

from typing import Any

import numpy as np

from docs._site.digits import path
from docs._site.experiments.genetic_loops import DATA
from reference.training.datasets import digits, split
from reference.training.genetic import Plan, evolution
from reference.training.population import Codec, NetworkLoss, error_rates

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)
GENERATIONS, SHORT = 300, 20
PLAN = Plan(flips=5, minibatch=256)


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the validation accuracy of the best network by the factor of the scales (short: few generations, 1)."""
    parts = split(*digits(path()), rng=np.random.default_rng(DATA + seed))
    he = Codec((64, 32, 10))
    found = {}
    for factor in (1.0,) if short else FACTORS:
        codec = Codec(he.sizes, scales=tuple(factor * scale for scale in he.scales))
        measure = NetworkLoss(codec, parts.x_train, parts.y_train)
        for state in evolution(measure, PLAN, words=codec.words, seed=seed):
            if state.generation == (SHORT if short else GENERATIONS):
                break
        judge = NetworkLoss(codec, parts.x_validation, parts.y_validation, error_rates)
        found[f"{factor:g}"] = float(1 - judge(state.population[:1])[0])
    return found


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return mean, lowest and highest accuracy by factor."""
    found: dict[str, Any] = {"generations": GENERATIONS, "factors": {}}
    for factor in results[0]:
        values = [result[factor] for result in results]
        found["factors"]["x" + factor.replace(".", "_")] = {
            "mean": round(float(np.mean(values)), 6),
            "spread": round(float(np.std(values, ddof=1)), 6),
            "lowest": round(min(values), 6),
            "highest": round(max(values), 6),
        }
    return found


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """A few generations lie above chance and below the recorded ones, and smaller scales have done worse."""
    assert 0.15 < short["1"] < summary["factors"]["x1"]["lowest"]
    assert summary["factors"]["x0_1"]["highest"] < summary["factors"]["x1"]["lowest"]
