"""Does a run come to the same bits by any number of workers, also when processes are killed?

Every run has one BLAS thread in the main process too. `python -m docs._site.experiments.parallel_bits` prints what one
process finds out.
"""

import hashlib
import importlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from docs._site.cache import ROOT
from reference.training.checkpoints import load_state, save_state, saved
from reference.training.datasets import digits
from reference.training.genetic import Plan, State, evolution
from reference.training.genomes import random_genomes
from reference.training.parallel import OncePerWorker, SturdyPool, spread
from reference.training.population import CHUNK, Codec, NetworkLoss

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
CODEC = Codec((64, 32, 10))
PLAN = Plan(flips=5)
GENERATIONS, SHORT = 10, 4
NETWORKS, SIZES = 98, (1, 2, 5, CHUNK, 14, 98)
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
Measure = Callable[..., Any]


def digits_loss(codec: Codec, rows: int | None = None) -> NetworkLoss:
    """The cross-entropy on the digits, or on the first ones alone."""
    x, y = digits()
    return NetworkLoss(codec, x[:rows], y[:rows])


def fingerprint(state: State) -> str:
    """Of every bit of the population and its losses."""
    return hashlib.sha256(state.population.tobytes() + state.losses.tobytes()).hexdigest()[:12]


def after(measure: Measure, end: int, seed: int, state: State | None = None) -> State:
    """The state of this generation."""
    run = evolution(measure, PLAN, words=CODEC.words, seed=seed, state=state)
    return next(state for state in run if state.generation == end)


def with_a_kill(measure: Measure, end: int, seed: int, workers: Callable[[], list[int]]) -> State:
    """The same, of a run in which a worker is killed half-way."""
    for state in evolution(measure, PLAN, words=CODEC.words, seed=seed):
        if state.generation == end // 2:
            os.kill(workers()[0], signal.SIGKILL)
        if state.generation == end:
            break
    return state


def endless(path: str, seed: str) -> None:
    """Save every generation and print it."""
    run = evolution(digits_loss(CODEC), PLAN, words=CODEC.words, seed=int(seed))
    for state in saved(run, path, plan=PLAN, every=1):
        print(state.generation, flush=True)


def killed(path: str, generation: int, seed: int) -> State:
    """Start `endless` in a process, kill it, and load what it left."""
    with subprocess.Popen(_command("endless", path, str(seed)), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if int(line) == generation:
                process.kill()
    return load_state(path, plan=PLAN)


def runs(end: str, seed: str) -> None:
    """Print the fingerprint of each run."""
    found, recipe, alone = {}, OncePerWorker(digits_loss, CODEC), digits_loss(CODEC)
    to = int(end), int(seed)
    with tempfile.TemporaryDirectory() as folder:
        found["serial"] = after(alone, *to)
        path = Path(folder) / "run.npz"
        save_state(after(alone, to[0] // 2, to[1]), path, plan=PLAN)
        found["main_killed"] = after(alone, *to, killed(f"{folder}/killed.npz", to[0] // 2, to[1]))
        with ThreadPoolExecutor(2) as threads:
            found["threads"] = after(spread(recipe, threads), *to)
        with SturdyPool(1) as pool:
            found["one"] = after(spread(recipe, pool), *to)
        with SturdyPool(2) as pool:
            found["two"] = after(spread(recipe, pool), *to)
            found["resumed"] = after(spread(recipe, pool), *to, load_state(path, plan=PLAN))
            children = multiprocessing.active_children
            found["killed"] = with_a_kill(spread(recipe, pool), *to, lambda: [child.pid or 0 for child in children()])
    print(json.dumps({name: fingerprint(state) for name, state in found.items()}))


def dask(end: str, seed: str) -> None:
    """Print the same for a cluster of two workers."""
    library, to = importlib.import_module("distributed"), (int(end), int(seed))
    with (
        library.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        library.Client(cluster) as client,
        client.get_executor(pure=False) as executor,
    ):
        measure = spread(OncePerWorker(digits_loss, CODEC), executor)
        found = {
            "dask": fingerprint(after(measure, *to)),
            "dask_killed": fingerprint(with_a_kill(measure, *to, lambda: list(client.run(os.getpid).values()))),
        }
    print(json.dumps(found))


def losses(_: str, seed: str) -> None:
    """Print the losses of random networks by the size of the chunks that they are measured in."""
    genomes, (x, y) = random_genomes(NETWORKS, CODEC.words, rng=np.random.default_rng(int(seed))), digits()
    print(json.dumps({size: NetworkLoss(CODEC, x, y, chunk=size)(genomes).tolist() for size in SIZES}))


def _command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "docs._site.experiments.parallel_bits", name, *arguments]


def _printed(name: str, seed: int, end: int = 0, threads: int = 1) -> Any:
    environment = {**os.environ, **dict.fromkeys(THREADS, str(threads))}
    command = _command(name, str(end), str(seed))
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the fingerprints by run, and how losses differ (short: few generations, no cluster, no losses)."""
    if short:
        return {"runs": _printed("runs", seed, SHORT)}
    found = {name: np.array(row) for name, row in _printed("losses", seed).items()}
    found["threads"] = np.array(_printed("losses", seed, threads=2)[str(CHUNK)])
    usual = found[str(CHUNK)]
    return {
        "runs": _printed("runs", seed, GENERATIONS) | _printed("dask", seed, GENERATIONS),
        "differing": {f"of_{name}": int((row != usual).sum()) for name, row in found.items()},
        "largest": max(float(np.abs(row / usual - 1).max()) for row in found.values()),
    }


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the fingerprints of the first seed, for how many seeds all runs agree, and how many losses differ."""
    differing = {name: np.array([result["differing"][name] for result in results]) for name in results[0]["differing"]}
    return {
        "runs": results[0]["runs"],
        "agree": sum(len(set(result["runs"].values())) == 1 for result in results),
        "differing": {
            name: {"median": float(np.median(row)), "lowest": int(row.min()), "highest": int(row.max())}
            for name, row in differing.items()
        },
        "largest": max(result["largest"] for result in results),
        "generations": GENERATIONS,
        "networks": NETWORKS,
    }


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """All runs must agree, as recorded and now; another machine may come to other bits than the recorded ones."""
    assert summary["agree"] == summary["seeds"] == len(SEEDS)
    assert len(set(short["runs"].values())) == 1
    assert set(short["runs"]) < set(summary["runs"])


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
