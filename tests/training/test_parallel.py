"""Spreading a measure: the same bits for every number of workers, also when workers die, and nobody is left behind."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reference.training import NetworkLoss, OncePerWorker, SturdyPool, random_genomes, spread
from tests.needs import need
from tests.processes import CODEC, moons
from tests.properties import given, st

ROOT = Path(__file__).parents[2]
ONE_THREAD = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


class Here(Executor):
    """Do each task when it is given, and note it."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Any, ...]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        self.tasks.append(arguments)
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments, **options))
        except ZeroDivisionError as error:
            future.set_exception(error)
        return future


def ones(genomes: Any) -> Any:
    return np.bitwise_count(genomes).sum(axis=1)


def genomes(count: int = 30) -> Any:
    return random_genomes(count, CODEC.words, rng=np.random.default_rng(0))


# Spread: chunks, their order, and what goes through


@given(st.integers(0, 40), st.integers(1, 50))
def test_chunks_are_whole_in_order_and_give_the_same_losses(count: int, chunk: int) -> None:
    executor, population = Here(), genomes(count)
    losses = spread(ones, executor, chunk=chunk)(population)
    assert (losses.dtype, losses.tolist()) == (np.float64, ones(population).tolist())
    sizes = [len(part) for (part,) in executor.tasks]
    assert sum(sizes) == count
    assert sizes == [chunk] * (count // chunk) + [count % chunk] * (count % chunk > 0)


@pytest.mark.parametrize("chunk", [7, 14, 49])
def test_a_networks_loss_keeps_every_bit_in_multiples_of_its_own_chunk(chunk: int) -> None:
    measure = moons()
    np.testing.assert_array_equal(spread(measure, Here(), chunk=chunk)(genomes()), measure(genomes()))


def test_chunks_that_would_cut_the_measures_own_are_refused() -> None:
    with pytest.raises(ValueError, match="chunks of 10 cut the measure's own, 7: take a multiple"):
        spread(moons(), Here(), chunk=10)
    with pytest.raises(ValueError, match="a chunk has 1 or more genomes, got 0"):
        spread(ones, Here(), chunk=0)


def test_rows_of_a_minibatch_go_with_each_chunk() -> None:
    measure, rows = moons(), np.array([3, 199, 0])
    spreading: Any = spread(measure, executor := Here())
    assert spreading.examples == measure.examples == 200
    np.testing.assert_array_equal(spreading(genomes(), rows), measure(genomes(), rows))
    assert all(sent is rows for _, sent in executor.tasks)
    without: Any = spread(ones, Here())
    assert without.examples == 0


def test_losses_are_in_the_order_of_the_genomes_whoever_is_first() -> None:
    turn = threading.Event()

    def slow_first(part: Any) -> Any:
        if part[0, 0] == 0:
            assert turn.wait(60)
        turn.set()
        return part[:, 0]

    with ThreadPoolExecutor(2) as executor:
        losses = spread(slow_first, executor, chunk=1)(np.arange(2, dtype=np.uint64)[:, np.newaxis])
    assert losses.tolist() == [0, 1]


def test_an_error_comes_through_as_it_is_and_the_rest_is_cancelled() -> None:
    error, futures = ZeroDivisionError("in the measure"), []

    class Waiting(Executor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
            futures.append(Future[Any]())
            if len(futures) == 2:
                futures[1].set_exception(error)
                futures[0].set_result([0.0])
            return futures[-1]

    with pytest.raises(ZeroDivisionError, match="in the measure") as raised:
        spread(ones, Waiting(), chunk=1)(genomes(5))
    assert raised.value is error
    assert [future.cancelled() for future in futures] == [False, False, True, True, True]


# A recipe

MADE: list[int] = []


def counted(seed: int, examples: int = 10) -> NetworkLoss:
    MADE.append(seed)
    x = np.random.default_rng(seed).normal(size=(examples, 2))
    return NetworkLoss(CODEC, x, np.zeros(examples, np.int64))


def test_a_recipe_is_small_however_large_the_data() -> None:
    recipe, measure = OncePerWorker(counted, 1, 20_000), counted(1, 20_000)
    assert len(pickle.dumps(recipe)) < 200
    assert len(pickle.dumps(measure)) > 300_000
    again = pickle.loads(pickle.dumps(recipe))
    assert (again.make, again.arguments) == (counted, (1, 20_000))
    np.testing.assert_array_equal(again(genomes()), measure(genomes()))
    assert again.examples == 20_000


def test_it_is_made_once_in_a_process_for_each_recipe() -> None:
    MADE.clear()
    with ThreadPoolExecutor(4) as executor:
        for _ in range(3):
            spread(OncePerWorker(counted, 5), executor, chunk=1)(genomes())
        spread(OncePerWorker(counted, 6), executor)(genomes(), np.array([1, 2]))
    assert MADE == [5, 6]


def test_arguments_that_would_travel_with_every_task_are_refused() -> None:
    with pytest.raises(
        TypeError, match=r"a recipe is small and hashable, got \['ndarray', 'list'\]: load data in make"
    ):
        OncePerWorker(counted, np.ones(3), 1, [2])
    with pytest.raises(TypeError, match=r"got \['tuple'\]"):
        OncePerWorker(counted, ([1],))


# A pool that starts nothing


def test_a_pool_without_tasks_has_no_process_and_ends() -> None:
    with SturdyPool(2) as pool:
        pass
    with pytest.raises(RuntimeError, match="was shut down: make a new one"):
        pool.submit(abs, 1)
    pool.shutdown()


@pytest.mark.parametrize(("workers", "tries"), [(0, 3), (-1, 3), (2, 0)])
def test_a_pool_needs_a_worker_and_a_try(workers: int, tries: int) -> None:
    with pytest.raises(ValueError, match=f"workers and tries are at least 1, got {workers}, {tries}"):
        SturdyPool(workers, tries=tries)


# Real processes


def printed(name: str, folder: Path) -> Any:
    """What a run in a process of its own prints."""
    command = [sys.executable, "-m", "tests.processes", name, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=ONE_THREAD, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pools(tmp_path_factory: Any) -> Any:
    return printed("pools", tmp_path_factory.mktemp("pools"))


@pytest.mark.parametrize("run", ["threads", "two workers", "two workers, data sent", "resumed", "killed"])
def test_the_bits_do_not_depend_on_who_measured(pools: Any, run: str) -> None:
    assert pools[run] == pools["serial"]


def test_a_workers_error_comes_through_as_it_is(pools: Any) -> None:
    assert pools["mistake"] == "KeyError: 'a name that is not there'"


def test_a_task_that_kills_its_worker_again_and_again_is_given_up_and_the_pool_goes_on(pools: Any) -> None:
    assert pools["given up"].startswith(
        "BrokenExecutor: workers died 2 times before this task was done, so it is given"
    )
    assert pools["after that"] == 1


def test_only_the_fatal_task_is_given_up_and_a_cancelled_one_stops_nobody(pools: Any) -> None:
    assert pools["the fatal one"].startswith("BrokenExecutor: workers died 3 times")
    assert pools["beside a fatal one"] == [None] * 11


def test_workers_have_one_thread_each_and_the_environment_stays_as_it_was(pools: Any) -> None:
    assert set(pools["blas"]) == {1.0}
    assert pools["environment"] == os.environ.get("MKL_NUM_THREADS")


def test_a_pool_maps_in_order_and_leaves_no_process(pools: Any) -> None:
    assert pools["in order"] == list(range(50))
    assert pools["children left"] == []


@contextmanager
def held_pool() -> Iterator[tuple[subprocess.Popen[str], list[socket.socket]]]:
    """A process within a pool's block, as a terminal starts it, and a line to each of its two workers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        command = [sys.executable, "-m", "tests.processes", "held", str(server.getsockname()[1])]
        with subprocess.Popen(
            command, cwd=ROOT, env=ONE_THREAD, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            lines: list[socket.socket] = []
            try:
                for _ in range(2):
                    lines.append(server.accept()[0])
                    lines[-1].settimeout(60)
                yield process, lines
            finally:
                process.kill()
                for line in lines:
                    line.close()


def gone(line: socket.socket) -> bool:
    """Whether the process at the other end ends within the line's time."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def test_ctrl_c_ends_the_workers_at_once_and_without_a_word() -> None:
    with held_pool() as (process, lines):
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all of them
        assert all(map(gone, lines))
        said = process.communicate(timeout=60)[1]
    assert process.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert said.count("Traceback") == 1  # that of the main process


def test_workers_go_when_the_main_process_is_killed() -> None:
    with held_pool() as (process, lines):
        process.kill()
        assert all(map(gone, lines))


# Another engine


def test_a_dask_cluster_gives_the_same_bits_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    need("distributed")
    found = printed("dask", tmp_path)
    assert found["dask"] == found["dask, killed"] == found["serial"]
