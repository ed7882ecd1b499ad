"""What does evolution reach after 10 s and after 60 s of one core, beside Adam, and Adam rounded to the same codes?

Time is the processor's for this process, and one core is meant to work (`OPENBLAS_NUM_THREADS=1`). It depends on the
machine and on what else it does, so networks measured and floating-point operations stand beside it: two for a weight
and a picture on the way forward, three times as many with the way back (in the first layer only twice as many, which is
not counted).

The plans of evolution were chosen beforehand on 300 pictures for validation, with the seeds 100 and 101: `choose` gives
the score of such a choice. Those are other splits of the same pictures, so three in ten of a seed's test pictures took
part in it. The test has 500 pictures; for it, all 1,297 that are left were measured, or learned from.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from docs._site.experiments.genetic_loops import DATA
from reference.arrays import stop_gradient
from reference.autograd import Tensor
from reference.quantization.codebooks import INT4, LOG4, NF4, Codebook, log_codebook, nearest_codes
from reference.quantization.quantization_aware import straight_through
from reference.training.datasets import Split, batches, digits, split
from reference.training.genetic import Plan, State, evolution
from reference.training.losses import cross_entropy
from reference.training.mlp import Layer, accuracy, descent, forward, initialize
from reference.training.optimizers import OptimizerState, Tree, adam
from reference.training.population import Codec, NetworkLoss, run_population

__all__ = ["SEEDS", "check", "choose", "run", "summary"]

SEEDS = range(5)
SIZES, TEST, VALIDATION, SHORT = (64, 32, 10), 500, 300, 100
BOOKS = {"powers": log_codebook(zero=False), "log4": LOG4, "nf4": NF4, "int4": INT4}
BUDGETS: dict[str, tuple[float, str, Plan]] = {
    "quick": (10.0, "nf4", Plan(size=30, parents="tournament", among=5, flips=4, minibatch=512)),
    "long": (60.0, "nf4", Plan(size=10, elite=1, among=2, flips=3)),
}
"""Seconds, codebook and plan."""

EPOCHS, SIZE, RATE = 30, 64, 0.01
"""Adam's, with a rate that falls to 0 along a cosine."""

Seen = Callable[[Any], Any]


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by way of training what is measured on the test set (short: Adam's, and evolution's first generations)."""
    x, y = digits()
    parts = split(x, y, rng=np.random.default_rng(DATA + seed), validation=0.0, test=TEST / len(x))
    found = {name: evolved(parts, seed, *BUDGETS[name], short=short) for name in BUDGETS}
    layers, seconds = trained(parts, seed)
    found["adam"] = learned(float(accuracy(forward(parts.x_test, layers), parts.y_test)), seconds, len(parts.y_train))
    for name, book in BOOKS.items():
        found[f"rounded_{name}"] = learned(rounded(layers, book, parts), seconds, len(parts.y_train))
    for name in [] if short else BOOKS:
        layers, seconds = trained(parts, seed, partial(on_grid, book=BOOKS[name]))
        found[f"aware_{name}"] = learned(rounded(layers, BOOKS[name], parts), seconds, len(parts.y_train))
    return {"scores": found, "train": len(parts.y_train)}


def evolved(parts: Split, seed: int, budget: float, book: str, plan: Plan, *, short: bool) -> dict[str, Any]:
    """Let a population evolve until the time is up, and test the network that is best on all training pictures."""
    codec = Codec(SIZES, BOOKS[book])
    measure, start = NetworkLoss(codec, parts.x_train, parts.y_train), time.process_time()
    for state in evolution(measure, plan, words=codec.words, seed=seed):
        seconds = time.process_time() - start
        if state.generation == SHORT:
            early = float(state.losses[0])
        if state.generation == SHORT if short else state.generation >= SHORT and seconds >= budget:
            break
    measured = plan.size + state.generation * (plan.size if plan.minibatch else plan.children)
    pictures = measured * (plan.minibatch or len(parts.y_train))
    return {
        "accuracy": right(chosen(state, measure), codec, parts.x_test, parts.y_test),
        "seconds": seconds,
        "early": early,
        "generations": state.generation,
        "networks": measured,
        "flop": 2.0 * codec.weights * pictures,
    }


def chosen(state: State, measure: NetworkLoss) -> np.ndarray:
    """Return the genome with the smallest loss on all training pictures."""
    best: np.ndarray = state.population[np.nanargmin(measure(state.population))]
    return best


def right(genome: np.ndarray, codec: Codec, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share of the pictures that a genome's network reads right."""
    logits = run_population(genome[np.newaxis], codec, np.ascontiguousarray(x.T, np.float32))[0]
    return float(accuracy(logits.T, y))


def trained(parts: Split, seed: int, see: Seen = tuple) -> tuple[Any, float]:
    """Train by Adam; the network computes with `see(layers)`. Return its layers and the seconds."""
    start, count = time.process_time(), EPOCHS * math.ceil(len(parts.y_train) / SIZE)

    def loss(layers: Any, x: np.ndarray, y: np.ndarray) -> Tensor:
        value: Tensor = cross_entropy(forward(x, see(layers)), y)
        return value

    def step(state: OptimizerState, gradients: Tree) -> OptimizerState:
        falling = RATE * (1 + math.cos(math.pi * state.steps / count)) / 2
        return adam(state, gradients, learning_rate=falling)

    layers: Any = initialize(SIZES, rng=np.random.default_rng(seed), dtype=np.float32)
    x, order = parts.x_train.astype(np.float32), np.random.default_rng(seed)
    for state, _ in descent(loss, layers, batches(x, parts.y_train, size=SIZE, rng=order, epochs=EPOCHS), step):
        layers = state.weights
    return layers, time.process_time() - start


def on_grid(layers: Sequence[Any], book: Codebook) -> list[Layer]:
    """Return layers as the codes of `Codec.fitting` have them, with the gradient of the numbers as they are."""
    found = []
    for weight, bias in layers:
        numbers = [stop_gradient(part).data for part in (weight, bias)]
        scale = np.float32(max(float(np.abs(part).max()) for part in numbers) / book.top)
        near = [book.table[nearest_codes(part / scale, book)] * scale for part in numbers]
        found.append(Layer(straight_through(weight, near[0]), straight_through(bias, near[1])))
    return found


def rounded(layers: Any, book: Codebook, parts: Split) -> float:
    """Return the test accuracy of a network whose numbers are rounded to a codebook."""
    codec = Codec.fitting(layers, book)
    return right(codec.encode(layers), codec, parts.x_test, parts.y_test)


def learned(score: float, seconds: float, examples: int) -> dict[str, Any]:
    """Return what is kept of a network that learned by gradients."""
    return {"accuracy": score, "seconds": seconds, "flop": 6.0 * Codec(SIZES).weights * examples * EPOCHS}


def choose(budget: float, settings: Sequence[tuple[str, Plan]], seeds: Sequence[int] = (100, 101)) -> Iterator[float]:
    """Yield the mean validation accuracy of each codebook and plan after so many seconds: the first is to be taken."""
    x, y = digits()
    for book, plan in settings:
        scores = []
        for seed in seeds:
            held = {"validation": VALIDATION / len(x), "test": TEST / len(x)}
            parts = split(x, y, rng=np.random.default_rng(DATA + seed), **held)
            asked = Split(
                parts.x_train, parts.y_train, parts.x_test, parts.y_test, parts.x_validation, parts.y_validation
            )
            scores.append(evolved(asked, seed, budget, book, plan, short=False)["accuracy"])
        yield float(np.mean(scores))


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by way of training the accuracy over the seeds, and what it took on average."""
    found: dict[str, Any] = {}
    for name in results[0]["scores"]:
        rows = [result["scores"][name] for result in results]
        values = [row["accuracy"] for row in rows]
        found[name] = {
            "mean": round(float(np.mean(values)), 6),
            "spread": round(float(np.std(values, ddof=1)), 6),
            "lowest": round(min(values), 6),
            "highest": round(max(values), 6),
            **{each: float(f"{np.mean([row[each] for row in rows]):.3g}") for each in ("seconds", "flop")},
        }
        if name in BUDGETS:
            found[name] |= {
                each: round(float(np.mean([row[each] for row in rows]))) for each in ("generations", "networks")
            }
            early = [row["early"] for row in rows]
            found[name] |= {"early": [float(f"{each:.4g}") for each in (min(early), max(early))]}
    return {**found, "train": results[0]["train"], "test": TEST, "epochs": EPOCHS}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Rounding must cost something, and one seed must lie near what was recorded."""
    assert summary["rounded_powers"]["mean"] < summary["adam"]["mean"]
    assert summary["quick"]["mean"] < summary["long"]["mean"]
    for name, score in short["scores"].items():
        recorded = summary[name]
        if name in BUDGETS:
            lowest, highest = recorded["early"]
            assert 0.8 * lowest <= score["early"] <= 1.2 * highest, name
        else:
            assert recorded["lowest"] - 0.03 <= score["accuracy"] <= recorded["highest"] + 0.03, name
