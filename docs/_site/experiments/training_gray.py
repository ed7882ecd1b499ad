"""Does Gray order help evolution? Weights that each have a target of their own, beside a small network.

All numbers are integers below 2**24, so float32 holds every sum exactly, and every machine finds the same networks.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from reference.quantization import LOG4, Codebook, log_codebook, unpack_words
from reference.training.genetic import Plan, evolution
from reference.training.population import Codec, run_population

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(20)
GENERATIONS, WORDS = 300, 4
BOOKS = {"plain": LOG4, "gray": log_codebook(gray=True)}
X = np.arange(-8, 9, dtype=np.float32)[np.newaxis]

Measure = Callable[[np.ndarray], Any]


def targets(book: Codebook, seed: int) -> Measure:
    """Return the mean distance of 64 weights from targets of their own, in places of the list of values."""
    values = np.unique(book.values)
    place = np.searchsorted(values, book.values)
    target = np.random.default_rng((seed, 1)).integers(len(values), size=16 * WORDS)
    return lambda genomes: np.abs(place[unpack_words(genomes)] - target).mean(axis=1)


def parabola(book: Codebook, seed: int) -> Measure:
    """Return the mean error of networks of 49 weights, which are to draw 64 x x at 17 places."""
    codec = Codec((1, 16, 1), book, (64.0, 64.0))
    return lambda genomes: np.abs(run_population(genomes, codec, X) - 64 * X * X).mean(axis=(1, 2), dtype=np.float64)


TASKS = {"targets": targets, "parabola": parabola}


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the best loss for each task in each order (short: after the first 30 generations)."""
    generations = 30 if short else GENERATIONS
    found: dict[str, Any] = {"generations": generations}
    for task, make in TASKS.items():
        for order, book in BOOKS.items():
            states = evolution(make(book, seed), Plan(rate=0.015), words=WORDS, seed=seed)
            losses = [float(state.losses[0]) for state in islice(states, generations + 1)]
            found[f"{task}_{order}"] = losses[-1]
            found[f"{task}_{order}_30"] = losses[30]
    return found


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, for each task and order, the median of the losses, their quartiles, and who was better how often."""
    found: dict[str, Any] = {"generations": results[0]["generations"], "evaluations": 100 + 98 * GENERATIONS}
    for task in TASKS:
        for order in BOOKS:
            losses = np.array([result[f"{task}_{order}"] for result in results])
            low, median, high = np.percentile(losses, [25, 50, 75]).round(4).tolist()
            found[f"{task}_{order}"] = {"low": low, "median": median, "high": high}
            found[f"{task}_{order}"]["first"] = results[0][f"{task}_{order}_30"]
        found[f"{task}_gray_better"] = sum(r[f"{task}_gray"] < r[f"{task}_plain"] for r in results)
    return found


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """The short run is the beginning of the first one, number for number; and Gray order helps where it should."""
    for task in TASKS:
        for order in BOOKS:
            assert short[f"{task}_{order}"] == summary[f"{task}_{order}"]["first"]
    assert summary["targets_gray"]["high"] < summary["targets_plain"]["low"]
