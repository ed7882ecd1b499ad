"""What a generation of 98 networks takes, in parts: one thread, processor time, each part by turns.

A round keeps the shortest of its times: what another process takes away shows in the longer ones. Here one seed is one
round, with a population of its own. NumPy must have been imported with one thread for its matrix products.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from docs._site.digits import path
from reference.training.datasets import digits, two_moons
from reference.training.genomes import coin_mask, cross, flip_mask, random_genomes
from reference.training.population import CHUNK, Codec, NetworkLoss, population_cross_entropy, run_population

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
NETWORKS, EXAMPLES, POINTS, TIMES = 98, 1297, 200, 9
FLIPS = 5


def one_by_one(measure: NetworkLoss, genomes: Any) -> Any:
    """Return the losses, network after network."""
    return NetworkLoss(measure.codec, measure.x, measure.y, chunk=1)(genomes)


def operators(population: Any, rng: Any) -> Any:
    """Return children: parents drawn, crossed and flipped."""
    mother, father = (population[rng.integers(10, size=NETWORKS)] for _ in range(2))
    children = cross(mother, father, coin_mask(*mother.shape, rng=rng))
    return children ^ flip_mask(children.shape, rate=FLIPS / (64 * children.shape[1]), rng=rng)


def parts(seed: int) -> dict[str, Callable[[], Any]]:
    """Return what is timed, ready to call."""
    rng = np.random.default_rng(seed)
    x, y = digits(path())
    measure = NetworkLoss(Codec((64, 32, 10)), x[:EXAMPLES], y[:EXAMPLES])
    at_once = NetworkLoss(measure.codec, measure.x, measure.y, chunk=NETWORKS)
    tiny = NetworkLoss(Codec((2, 16, 2)), *two_moons(POINTS, rng=rng))
    genomes, moons = (random_genomes(NETWORKS, each.codec.words, rng=rng) for each in (measure, tiny))
    chunks = [genomes[start : start + CHUNK] for start in range(0, NETWORKS, CHUNK)]
    logits = [run_population(chunk, measure.codec, measure.columns) for chunk in chunks]
    square, out = np.ones((512, 512), np.float32), np.empty((512, 512), np.float32)
    return {
        "measure": lambda: measure(genomes),
        "loop": lambda: one_by_one(measure, genomes),
        "at_once": lambda: at_once(genomes),
        "tiny": lambda: tiny(moons),
        "tiny_loop": lambda: one_by_one(tiny, moons),
        "tiny_at_once": lambda: NetworkLoss(tiny.codec, tiny.x, tiny.y, chunk=NETWORKS)(moons),
        "decode": lambda: [measure.codec.decode(chunk) for chunk in chunks],
        "cross_entropy": lambda: [population_cross_entropy(part, measure.y) for part in logits],
        "operators": lambda: operators(genomes, rng),
        "product": lambda: np.matmul(square, square, out=out),
    }


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the shortest time of each part in milliseconds; a short run counts what differs, and times nothing."""
    calls = parts(seed)
    best = {"differ": float(np.sum(calls["measure"]() != calls["at_once"]()))}
    for _ in range(0 if short else TIMES):
        for name, call in calls.items():
            start = time.process_time()
            call()
            best[name] = min(best.get(name, np.inf), 1e3 * (time.process_time() - start))
    return best


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the times, and ratios: to chunks, to a generation, and what the products need at the least."""

    def spread(values: list[float]) -> dict[str, float]:
        low, middle, high = np.quantile(values, [0, 0.5, 1])
        return {"low": float(f"{low:.3g}"), "middle": float(f"{middle:.3g}"), "high": float(f"{high:.3g}")}

    products = 2 * NETWORKS * EXAMPLES * Codec((64, 32, 10)).weights
    names = [name for name in results[0] if name != "differ"]
    ratios = {name: [result[name] / result["measure"] for result in results] for name in names}
    ratios["limit"] = [result["product"] / result["measure"] * products / (2 * 512**3) for result in results]
    for name in ("tiny_loop", "tiny_at_once"):
        ratios[name] = [result[name] / result["tiny"] for result in results]
    counted = 5 * NETWORKS * Codec((64, 32, 10)).words / products
    return {
        "agrees": bool(np.median(ratios["operators"]) < 3 * counted),
        "ms": {name: spread([result[name] for result in results]) for name in names},
        "ratio": {
            name: spread(values) for name, values in ratios.items() if name not in ("measure", "product", "tiny")
        },
        "differ": int(np.median([result["differ"] for result in results])),
        "networks": NETWORKS,
        "examples": EXAMPLES,
        "points": POINTS,
        "chunk": CHUNK,
        "flops": products,
    }


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Times are not compared: what must stand is which way costs more, and that few last digits differ."""
    assert short["differ"] < summary["networks"]
    assert summary["ratio"]["loop"]["low"] > 1
    assert summary["ratio"]["operators"]["high"] < 0.2
