"""What do the notes' loops make of 98,000 networks that read digits, and which flip rate fits 2,410 weights?

All plans start from the same 100 random networks of a seed and measure 98 new ones in each of 1,000 generations, on all
1,297 pictures that are not for the test. The flips per child and the ten parents were chosen on validation pictures, by
the experiment `genetic_settings`. Weights are signs and powers of two.
"""

from typing import Any

import numpy as np

from reference.quantization.codebooks import log_codebook
from reference.training.datasets import digits, split
from reference.training.genetic import Plan, State, evolution
from reference.training.mlp import accuracy
from reference.training.population import Codec, NetworkLoss, run_population

__all__ = ["DATA", "SEEDS", "check", "run", "summary"]

SEEDS = range(5)
DATA = 1000
"""Added to the seed of a run, the seed of its split: a run draws the numbers of `default_rng(seed)` itself."""

SIZES, TEST, GENERATIONS, SHORT = (64, 32, 10), 500, 1000, 30
FLIPS = 5
PLANS = {
    "newcomers": Plan(newcomers=98),
    "crossover": Plan(rate=0.0),
    "flips": Plan(flips=FLIPS, crossover=0.0),
    "both": Plan(flips=FLIPS),
    "kept": Plan(),
    "halved": Plan(halve_after=5),
}
"""Elite and newcomers; children by crossover, by flips, by both; 1.5 % of the bits in all generations, and halved."""

MARKS = sorted({round(mark) for mark in np.geomspace(1, GENERATIONS + 1, 41)})
"""The generations, counted from 1, whose loss is kept for the figure."""


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by plan the losses at the marks and the test accuracy at the end (short: of a few generations)."""
    x, y = digits()
    parts = split(x, y, rng=np.random.default_rng(DATA + seed), validation=0.0, test=TEST / len(x))
    codec = Codec(SIZES, log_codebook(zero=False))
    measure = NetworkLoss(codec, parts.x_train, parts.y_train)
    found: dict[str, Any] = {}
    for name, plan in PLANS.items():
        losses: list[float] = []
        for state in evolution(measure, plan, words=codec.words, seed=seed):
            losses.append(float(state.losses[0]))
            if state.generation == 0:
                found["first"] = _right(state, codec, parts.x_test, parts.y_test)
            if state.generation == (SHORT if short else GENERATIONS):
                break
        found[name] = {
            "losses": [losses[mark - 1] for mark in MARKS if mark <= len(losses)],
            "short": losses[SHORT],
            "accuracy": _right(state, codec, parts.x_test, parts.y_test),
            "flips": state.rate * 64 * codec.words,
        }
    return {"scores": found, "weights": codec.weights, "bits": 64 * codec.words, "train": len(parts.y_train)}


def _right(state: State, codec: Codec, x: np.ndarray, y: np.ndarray) -> float:
    logits = run_population(state.population[:1], codec, np.ascontiguousarray(x.T, np.float32))[0]
    return float(accuracy(logits.T, y))


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by plan the accuracy over the seeds, the mean, lowest and highest loss, and the last flips per child."""
    found: dict[str, Any] = {"first": _spread([result["scores"]["first"] for result in results])}
    for name in PLANS:
        rows = [result["scores"][name] for result in results]
        losses = np.array([row["losses"] for row in rows])
        early = [row["short"] for row in rows]
        found[name] = {
            **_spread([row["accuracy"] for row in rows]),
            "loss": _rounded(losses.mean(axis=0)),
            "loss_lowest": _rounded(losses.min(axis=0)),
            "loss_highest": _rounded(losses.max(axis=0)),
            "early": _rounded(np.array([min(early), max(early)])),
            "flips": round(float(np.mean([row["flips"] for row in rows])), 1),
        }
    counts = {name: results[0][name] for name in ("weights", "bits", "train")}
    evaluations = [100 + 98 * (mark - 1) for mark in MARKS]
    return {**found, **counts, "evaluations": evaluations, "generations": GENERATIONS, "test": TEST}


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "mean": round(float(np.mean(values)), 6),
        "spread": round(float(np.std(values, ddof=1)), 6),
        "lowest": round(min(values), 6),
        "highest": round(max(values), 6),
    }


def _rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """The loops must come in their order, and one seed's early losses must lie near what was recorded."""
    order = [summary[name]["mean"] for name in ("newcomers", "crossover", "flips", "both")]
    assert summary["first"]["mean"] < order[0]
    assert order == sorted(order)
    assert summary["kept"]["highest"] < summary["halved"]["lowest"]
    for name in PLANS:
        lowest, highest = summary[name]["early"]
        assert 0.9 * lowest <= short["scores"][name]["losses"][-1] <= 1.1 * highest, name
