"""Swing-up by evolution, by hill climbing and by chance at equal evaluations, on fixed and on fresh starts.

Beside it the small run of the page, for four seeds each time.
"""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from reference.training.genetic import Plan, evolution
from reference.training.population import Codec
from reference.training.swing_up import SwingUp, controller, fallen, random_starts

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
GENERATIONS = 60
CODEC = Codec((3, 6, 1))
PLAN = Plan(size=100, elite=2, among=20)
PLANS = {
    "evolution": PLAN,
    "fresh": replace(PLAN, minibatch=8),
    "climbing": Plan(size=99, elite=1, among=1, crossover=0),
    "chance": replace(PLAN, newcomers=98),
}
"""Each measures 98 new networks in a generation; on fresh starts the elite is measured again."""

SMALL, SMALL_GENERATIONS, SMALL_SEEDS = Plan(size=40), 20, 4
THREE = random_starts(3, rng=np.random.default_rng(0))

FEW, MANY, UNSEEN = (random_starts(count, rng=np.random.default_rng(count)) for count in (8, 256, 200))


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by method the best loss of each generation and what the last best one does on unseen starts."""
    found: dict[str, Any] = {}
    for name, plan in PLANS.items():
        if short and name != "evolution":
            continue
        measure = SwingUp(CODEC, MANY if name == "fresh" else FEW)
        states = list(islice(evolution(measure, plan, words=CODEC.words, seed=seed), GENERATIONS + 1))
        shares = fallen(controller(CODEC.decode(states[-1].population[:1])), UNSEEN)[0]
        found[name] = {
            "curve": [float(state.losses[0]) for state in states],
            "unseen": float(shares.mean()),
            "failed": float(np.mean(shares > 0.5)),
            "genome": [f"{word:016x}" for word in states[-1].best.tolist()],
        }
    if not short:
        found["small"] = [small(SMALL_SEEDS * seed + k) for k in range(SMALL_SEEDS)]
    return found


def small(seed: int) -> float:
    """Return the last best loss of a run that takes half a second."""
    states = evolution(SwingUp(CODEC, THREE), SMALL, words=CODEC.words, seed=seed)
    return float(next(islice(states, SMALL_GENERATIONS, None)).losses[0])


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by method the curves over the generations, and all results of the last one with their mean."""
    found: dict[str, Any] = {"generations": GENERATIONS, "evaluations": 100 + 98 * GENERATIONS}
    losses = [loss for result in results for loss in result["small"]]
    found["small"] = {"all": [round(loss, 4) for loss in losses], "solved": sum(loss < 0.3 for loss in losses)}
    for name in PLANS:
        runs = [result[name] for result in results]
        curves = np.asarray([each["curve"] for each in runs])
        last = {"seen": curves[:, -1].tolist()} | {key: [each[key] for each in runs] for key in ("unseen", "failed")}
        found[name] = {
            "mean": curves.mean(axis=0).round(4).tolist(),
            "lowest": curves.min(axis=0).round(4).tolist(),
            "highest": curves.max(axis=0).round(4).tolist(),
            "genomes": [each["genome"] for each in runs],
        }
        for key, values in last.items():
            found[name][key] = {
                "all": [round(value, 4) for value in values],
                "mean": round(float(np.mean(values)), 4),
                "lowest": round(min(values), 4),
                "highest": round(max(values), 4),
            }
    return found


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """One seed must give the recorded genome to the bit; children must beat chance by far."""
    assert short["evolution"]["genome"] in summary["evolution"]["genomes"]
    assert summary["evolution"]["seen"]["highest"] < summary["chance"]["seen"]["lowest"]
