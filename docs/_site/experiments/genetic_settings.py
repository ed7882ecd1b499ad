"""How do flips per child, parents and the size of the population change what 20,000 networks come to?

The plans of the experiment `genetic_loops` are chosen by this. Of the 1,797 digits 500 stay aside for its test, 997 are
measured, and 300 validate. One setting at a time differs from the plan `CHOSEN`; `ten` is a small population, `climb` a
single parent with one child.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from docs._site.experiments.genetic_loops import DATA
from reference.quantization.codebooks import log_codebook
from reference.training.datasets import digits, split
from reference.training.genetic import Plan, evolution
from reference.training.mlp import accuracy
from reference.training.population import Codec, NetworkLoss, run_population

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
SIZES, TEST, VALIDATION, NETWORKS, SHORT = (64, 32, 10), 500, 300, 20_000, 40
CHOSEN = Plan(flips=5)
FLIPS = (0.5, 2, 5, 20, 50, 145)
PLANS: dict[str, Plan] = {
    **{f"flips_{flips:g}".replace(".", "_"): replace(CHOSEN, flips=flips) for flips in FLIPS},
    "best_50": replace(CHOSEN, among=50),
    "tournament": replace(CHOSEN, parents="tournament"),
    "softmax": replace(CHOSEN, parents="softmax", temperature=0.02),
    "softmax_warm": replace(CHOSEN, parents="softmax", temperature=1.0),
    "uniform": replace(CHOSEN, parents="uniform"),
    "no_elite": replace(CHOSEN, elite=0),
    "ten": replace(CHOSEN, size=10, elite=1, among=2),
    "climb": replace(CHOSEN, size=2, elite=1, among=1, crossover=0.0),
}


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by setting the validation accuracy of the best network (short: losses of three plans, early on)."""
    x, y = digits()
    held = {"validation": VALIDATION / len(x), "test": TEST / len(x)}
    parts = split(x, y, rng=np.random.default_rng(DATA + seed), **held)
    found: dict[str, Any] = {}
    codec = Codec(SIZES, log_codebook(zero=False))
    measure, columns = NetworkLoss(codec, parts.x_train, parts.y_train), parts.x_validation.T.astype(np.float32)
    for name in ["flips_5", "flips_145", "uniform"] if short else PLANS:
        plan = PLANS[name]
        for state in evolution(measure, plan, words=codec.words, seed=seed):
            if state.generation == SHORT:
                early = float(state.losses[0])
            if state.generation == SHORT if short else plan.size + state.generation * plan.children >= NETWORKS:
                break
        logits = run_population(state.population[:1], codec, columns)[0]
        right = float(accuracy(logits.T, parts.y_validation))
        found[name] = {"accuracy": right, "loss": float(state.losses[0]), "early": early}
    return {"scores": found}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by setting mean, spread and extremes of the accuracy, the mean loss, and the extremes of the early one."""
    found: dict[str, Any] = {}
    for name in results[0]["scores"]:
        rows = [result["scores"][name] for result in results]
        values, early = [row["accuracy"] for row in rows], [row["early"] for row in rows]
        found[name] = {
            "mean": round(float(np.mean(values)), 6),
            "spread": round(float(np.std(values, ddof=1)), 6),
            "lowest": round(min(values), 6),
            "highest": round(max(values), 6),
            "loss": float(f"{np.mean([row['loss'] for row in rows]):.4g}"),
            "early": [float(f"{each:.4g}") for each in (min(early), max(early))],
        }
    curve = [found[name] for name in list(PLANS)[: len(FLIPS)]]
    return {**found, "flips": list(FLIPS), "curve": curve, "networks": NETWORKS}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """The chosen setting must beat the notes' rate and parents by lot, and early losses must lie near the recorded."""
    for name in ("flips_145", "uniform"):
        assert summary[name]["highest"] < summary["flips_5"]["lowest"]
    for name, score in short["scores"].items():
        lowest, highest = summary[name]["early"]
        assert 0.9 * lowest <= score["early"] <= 1.1 * highest, name
