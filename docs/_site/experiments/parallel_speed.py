"""How much faster are two workers, by the size of the network and of the tasks, and what does a task cost by itself?

`python -m docs._site.experiments.parallel_speed MODE` prints the seconds of one process, with one BLAS thread.
All engines of a mode measure the same genomes in turns, so that a machine's other work meets them all.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import Any

import numpy as np

from docs._site.cache import ROOT
from docs._site.experiments.parallel_bits import THREADS, digits_loss
from reference.training.datasets import digits
from reference.training.genomes import random_genomes
from reference.training.parallel import OncePerWorker, SturdyPool, spread
from reference.training.population import Codec, NetworkLoss

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
GENOMES = 98
NETWORKS = {"small": ((64, 32, 10), None), "large": ((64, 512, 128, 10), 256)}
"""Sizes, and how many of the digits are examples; None takes all."""
CHUNKS = (7, 49)
KEEP = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""What a `SturdyPool` gives its workers: freed memory is kept. Here all have it, but one process for comparison."""

REPEATS = {"small": 15, "large": 5, "empty": 25}
Measure = Callable[..., Any]


def empty(genomes: np.ndarray) -> np.ndarray:
    """No work: what is left is the price of a task."""
    return np.zeros(len(genomes))


def measured(name: str) -> NetworkLoss:
    """The loss of a network of that size."""
    sizes, rows = NETWORKS[name]
    return digits_loss(Codec(sizes), rows)


def timed(mode: str) -> None:
    """Print the median seconds for a generation by network and engine.

    Args:
        mode: "plain" and "alone" are one process, "pools" and "dask" have it beside those engines; "short" takes few
            turns. All but "plain" keep freed memory.
    """
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        engines = dict(_engines(mode, stack))
        for name in ("small",) if mode == "short" else ("small", "large", "empty"):
            measure, recipe = (empty, empty) if name == "empty" else (measured(name), OncePerWorker(measured, name))
            spreads = {
                f"{engine}_{chunk}": spread(recipe, executor, chunk=chunk)
                for engine, executor in engines.items()
                for chunk in CHUNKS
            }
            words = Codec(NETWORKS.get(name, NETWORKS["small"])[0]).words
            genomes = random_genomes(GENOMES, words, rng=np.random.default_rng(0))
            repeats = 2 if mode == "short" else REPEATS[name]
            found[name] = _in_turns({"serial": measure, **spreads}, genomes, repeats)
    print(json.dumps(found))


def _engines(mode: str, stack: ExitStack) -> Iterator[tuple[str, Executor]]:
    if mode in ("pools", "short"):
        yield "one", stack.enter_context(SturdyPool(1))
        yield "two", stack.enter_context(SturdyPool(2))
    if mode == "dask":  # in a process of its own: its scheduler's threads would slow the pools
        library = importlib.import_module("distributed")
        settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
        cluster = stack.enter_context(library.LocalCluster(**settings))
        client = stack.enter_context(library.Client(cluster))
        yield "dask", stack.enter_context(client.get_executor(pure=False))


def _in_turns(measures: dict[str, Measure], genomes: np.ndarray, repeats: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(repeats + 1):
        for name, measure in measures.items():
            start = time.perf_counter()
            measure(genomes)
            if turn:  # the first turn starts workers and makes their measures
                times[name].append(time.perf_counter() - start)
    return {name: float(np.median(row)) for name, row in times.items()}


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the seconds by mode, network and engine, each mode measured by a new process; "pair" by two at once."""
    if short:
        return {"short": _measured("short", 1)[0]}
    found = {mode: _measured(mode, 1)[0] for mode in ("plain", "alone", "pools", "dask")}
    pair = _measured("alone", 2)
    serial = {name: {"serial": float(np.mean([each[name]["serial"] for each in pair]))} for name in pair[0]}
    return {**found, "pair": serial}


def _measured(mode: str, processes: int) -> list[dict[str, Any]]:
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), **({} if mode == "plain" else KEEP)}
    command = [sys.executable, "-m", "docs._site.experiments.parallel_speed", mode]
    with ExitStack() as stack:
        options: dict[str, Any] = {"cwd": ROOT, "env": environment, "stdout": subprocess.PIPE, "text": True}
        running = [stack.enter_context(subprocess.Popen(command, **options)) for _ in range(processes)]
        return [json.loads(process.communicate()[0]) for process in running]


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return milliseconds and gains over the runs, the price of a task, and what that price predicts."""
    found: dict[str, Any] = {"genomes": GENOMES, "processors": os.cpu_count()}
    for name, (sizes, rows) in NETWORKS.items():
        found[name] = {"weights": Codec(sizes).weights, "examples": rows or len(digits().x)}
        pair = _seconds(results, "alone", name, "serial") / _seconds(results, "pair", name, "serial")
        found[name]["pair"] = {"gain": _spread(2 * pair)}
        for mode in ("plain", "alone", "pools"):
            found[name][f"{mode}_ms"] = _spread(1e3 * _seconds(results, mode, name, "serial"))
        for mode in ("pools", "dask"):
            serial = _seconds(results, mode, name, "serial")
            for engine in (engine for engine in results[0][mode][name] if engine != "serial"):
                workers = 1 if engine.startswith("one") else 2
                predicted = serial / (serial / workers + _seconds(results, mode, "empty", engine))
                gain = serial / _seconds(results, mode, name, engine)
                found[name][engine] = {"gain": _spread(gain), "predicted": _spread(predicted)}
    for engine in ("one", "two", "dask"):
        mode = "dask" if engine == "dask" else "pools"
        price = _seconds(results, mode, "empty", f"{engine}_{CHUNKS[0]}") / (GENOMES // CHUNKS[0])
        found[f"{engine}_task_ms"] = _spread(1e3 * price)
    asked = found["large"]["two_7"]
    return {**found, "agrees": abs(asked["gain"]["median"] / asked["predicted"]["median"] - 1) < 0.1}


def _seconds(results: list[dict[str, Any]], mode: str, name: str, engine: str) -> np.ndarray:
    return np.array([result[mode][name][engine] for result in results])


def _spread(values: np.ndarray) -> dict[str, float]:
    return {
        "median": round(float(np.median(values)), 4),
        "lowest": round(float(values.min()), 4),
        "highest": round(float(values.max()), 4),
    }


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Times are not compared: the same engines must still run."""
    engines = {f"{engine}_{chunk}" for engine in ("one", "two") for chunk in CHUNKS}
    assert set(short["short"]["small"]) == {"serial", *engines}
    assert engines <= set(summary["small"])


if __name__ == "__main__":
    timed(sys.argv[1])
