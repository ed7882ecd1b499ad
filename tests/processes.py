"""Runs of the genetic search in processes of their own, for what cannot be tried in the one that tests: kills.

`python -m tests.processes NAME ...` calls the function of that name; what it prints is what a test reads.
"""

import hashlib
import importlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from reference.training import (
    Codec,
    NetworkLoss,
    OncePerWorker,
    Plan,
    State,
    SturdyPool,
    evolution,
    load_state,
    save_state,
    saved,
    spread,
    two_moons,
)

CODEC = Codec((2, 16, 2))
PLAN = Plan(size=30, among=5, flips=5, halve_after=3, minibatch=150)
GENERATIONS = 9


def moons() -> NetworkLoss:
    """The measure of all runs."""
    return NetworkLoss(CODEC, *two_moons(200, rng=np.random.default_rng(0)))


def digest(state: State) -> str:
    """A fingerprint of every bit of the population and its losses."""
    return hashlib.sha256(state.population.tobytes() + state.losses.tobytes()).hexdigest()


def last(measure: Any, generations: int = GENERATIONS, state: State | None = None) -> State:
    """The state after so many generations of a run, or of one that goes on."""
    *_, found = islice(evolution(measure, PLAN, words=CODEC.words, state=state), generations + 1)
    return found


class Fatal:
    """A measure that kills its process whenever it can make a file, so once for each time that the file is removed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.examples = 200

    def __call__(self, *arrays: Any) -> Any:
        try:
            self.file.touch(exist_ok=False)
        except FileExistsError:
            return moons()(*arrays)
        os.kill(os.getpid(), signal.SIGKILL)


def mistaken(genomes: Any) -> Any:
    """A measure with a bug."""
    raise KeyError("a name that is not there")


def threads(genomes: Any) -> Any:
    """What a worker's environment says of threads, as losses."""
    return [float(os.environ["OPENBLAS_NUM_THREADS"])] * len(genomes)


def waiting(port: int) -> None:
    """A task without end; the one who listens there sees its process end."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.recv(1)


def checkpointed(path: str) -> None:
    """Run without end and save every other generation; print each."""
    for state in saved(evolution(moons(), PLAN, words=CODEC.words), path, plan=PLAN, every=2):
        print(state.generation, flush=True)


def held(port: str) -> None:
    """Wait in a pool's block for two tasks without end, with others behind them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background starts without it
    with SturdyPool(2) as pool:
        tasks = [pool.submit(waiting, int(port)) for _ in range(2)] + [pool.submit(abs, -1) for _ in range(20)]
        print([task.result() for task in tasks])


def killed(executor: Executor, children: Any, folder: Path) -> str:
    """A run in which a worker is killed twice: at its work, and while it has nothing to do."""
    file = folder / "alive"
    file.touch()
    for state in islice(evolution(spread(Fatal(file), executor), PLAN, words=CODEC.words), GENERATIONS + 1):
        if state.generation == 3:
            file.unlink()
        if state.generation == 6:
            os.kill(children()[0], signal.SIGKILL)
    return digest(state)


def pools(folder: str) -> None:
    """Print the fingerprints of the same run by one process, by threads and by workers, and what else a pool does."""
    found: dict[str, Any] = {"serial": digest(last(moons()))}
    recipe, path = OncePerWorker(moons), Path(folder) / "run.npz"
    with ThreadPoolExecutor(2) as executor:
        found["threads"] = digest(last(spread(recipe, executor)))
    with SturdyPool(2) as pool:
        found["two workers"] = digest(last(spread(recipe, pool)))
        found["two workers, data sent"] = digest(last(spread(moons(), pool, chunk=14)))
        save_state(last(spread(recipe, pool), 4), path, plan=PLAN)
        found["blas"] = list(spread(threads, pool)(np.zeros((20, 1), np.uint64)))
        found["mistake"] = _raised(lambda: spread(mistaken, pool)(np.zeros((20, 1), np.uint64)))
        found["killed"] = killed(pool, _children, Path(folder))
        found["in order"] = list(pool.map(abs, range(0, -50, -1)))
    found["children left"] = _children()
    with SturdyPool(2) as pool:
        fatal, *others = [pool.submit(os._exit, 1), *(pool.submit(time.sleep, 0.05) for _ in range(12))]
        others[-2].cancel()
        found["beside a fatal one"] = [other.exception(60) for other in others if other is not others[-2]]
        found["the fatal one"] = _raised(lambda: fatal.result(60))
    with SturdyPool(1, tries=2) as pool:
        found["resumed"] = digest(last(spread(recipe, pool), GENERATIONS - 4, load_state(path, plan=PLAN)))
        found["given up"] = _raised(lambda: pool.submit(os._exit, 1).result(60))
        found["after that"] = pool.submit(abs, -1).result(60)
    found["environment"] = os.environ.get("MKL_NUM_THREADS")
    print(json.dumps(found))


def dask(folder: str) -> None:
    """Print the fingerprints of the same run by one process and by a cluster of two workers."""
    library: Any = importlib.import_module("distributed")
    found = {"serial": digest(last(moons()))}
    with (
        library.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        library.Client(cluster) as client,
        client.get_executor(pure=False) as executor,
    ):
        found["dask"] = digest(last(spread(OncePerWorker(moons), executor)))
        found["dask, killed"] = killed(executor, lambda: list(client.run(os.getpid).values()), Path(folder))
    print(json.dumps(found))


def _children() -> list[int]:
    return [child.pid or 0 for child in multiprocessing.active_children()]


def _raised(call: Any) -> str:
    try:
        call()
    except (KeyError, BrokenExecutor) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
