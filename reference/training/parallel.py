r"""Parallel: the same losses from several processes or machines, also when one of them dies.

A measure gives each genome its loss, and no loss depends on another genome's. So a population can be cut into chunks,
and each chunk measured elsewhere. Elsewhere is anything with the interface of `concurrent.futures.Executor`, which is
one method: `submit(function, *arguments)` returns a future, and the future has a `result()`.

Chunks do not depend on the number of workers, losses come in the order of the genomes, whoever was first, and random
numbers are drawn where the search is. So the number of workers changes the time alone.

Explained on the page `docs/training/parallel.md`.
"""

import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.training.population import CHUNK

__all__ = ["OncePerWorker", "SturdyPool", "spread"]

Measure = Callable[..., Any]

_ENVIRONMENT = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
) | {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""Of a worker: one BLAS thread; and a worker of glibc keeps what it frees for the next task, or each task would ask the
system for its memory anew."""


def spread(measure: Measure, executor: Executor, *, chunk: int = CHUNK) -> Measure:
    """Return a measure that gives the same losses, with each chunk of genomes as one task of the executor.

    Args:
        measure: Of genomes and perhaps rows, as `first_state` takes it. Processes need one that can be pickled: a
            function of a module, a `NetworkLoss`, or `OncePerWorker`.
        executor: A `SturdyPool`, a `ThreadPoolExecutor`, Dask's `client.get_executor()`, or any other.
        chunk: Genomes to a task. A multiple of those that the measure itself takes at a time keeps every bit of the
            losses; a matrix product of another shape may round otherwise. Of a recipe it is not checked, since to
            look would be to make the measure here.

    Returns:
        `measure(genomes)` or `measure(genomes, rows)`; what the measure raises in a worker is raised here.

    Raises:
        ValueError: If a chunk is less than 1, or would cut the chunks of a `NetworkLoss`.

    Example:
        >>> from concurrent.futures import Executor, Future
        >>> import numpy as np
        >>> from reference.training import spread
        >>> class Here(Executor):
        ...     def submit(self, function, *arguments):
        ...         future = Future()
        ...         future.set_result(function(*arguments))
        ...         return future
        >>> ones = lambda genomes: np.bitwise_count(genomes).sum(axis=1)
        >>> spread(ones, Here(), chunk=2)(np.array([[0], [1], [3]], dtype=np.uint64))
        array([0., 1., 2.])
    """
    if chunk < 1:
        raise ValueError(f"a chunk has 1 or more genomes, got {chunk}")
    if chunk % (own := getattr(measure, "chunk", 1)):
        raise ValueError(f"chunks of {chunk} cut the measure's own, {own}: take a multiple")

    def by_chunks(genomes: NDArray[Any], *rows: NDArray[Any]) -> NDArray[np.float64]:
        tasks: list[Future[Any]] = []
        try:
            for start in range(0, len(genomes), chunk):
                tasks.append(executor.submit(measure, genomes[start : start + chunk], *rows))
            return np.concatenate([np.empty(0), *(task.result() for task in tasks)])
        finally:
            for task in tasks:
                task.cancel()  # after an error nobody wants what has not begun

    return _Like(by_chunks, measure)


@dataclass(frozen=True)
class _Like:
    """A measure with as many examples as another, which is asked only where a minibatch is to be drawn."""

    run: Measure
    measure: Measure

    @property
    def examples(self) -> int:
        return int(getattr(self.measure, "examples", 0))

    def __call__(self, *arrays: NDArray[Any]) -> Any:
        return self.run(*arrays)


class OncePerWorker:
    """A measure that travels as a recipe, `make(*arguments)`, and is made where it is used: once in each process.

    A `NetworkLoss` carries its data, so each task would carry them too. A recipe has a few bytes.

    Args:
        make: A function of a module; it returns the measure.
        arguments: What it takes, hashable: numbers, names, a `Codec`. No arrays: they would travel with each task.

    Raises:
        TypeError: If an argument has no hash.

    Example:
        >>> import numpy as np
        >>> from reference.training import OncePerWorker
        >>> def powers(exponent):
        ...     print("made")
        ...     return lambda genomes: genomes[:, 0] ** exponent
        >>> measure = OncePerWorker(powers, 2)
        >>> measure(np.array([[3], [4]])), measure(np.array([[5]]))
        made
        (array([ 9, 16]), array([25]))
    """

    def __init__(self, make: Callable[..., Measure], *arguments: Any) -> None:
        bad = [type(each).__name__ for each in arguments if not _has_hash(each)]
        if bad:
            raise TypeError(f"a recipe is small and hashable, got {bad}: load data in make")
        self.make = make
        self.arguments = arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return OncePerWorker, (self.make, *self.arguments)

    @property
    def measure(self) -> Measure:
        """The measure of this process."""
        with _MAKING:
            return _made(self.make, *self.arguments)

    @property
    def examples(self) -> int:
        """How many examples the measure has to draw a minibatch from."""
        return int(getattr(self.measure, "examples", 0))

    def __call__(self, *arrays: NDArray[Any]) -> Any:
        """Return the losses of genomes, on all examples or on rows."""
        return self.measure(*arrays)


def _has_hash(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:  # a list, or a tuple that holds one
        return False
    return True


_MAKING = threading.RLock()  # threads of one process wait for the one that makes


@lru_cache(maxsize=None, typed=True)
def _made(make: Callable[..., Measure], *arguments: Any) -> Measure:
    return make(*arguments)


class SturdyPool(Executor):
    """Worker processes on this machine; one that dies is replaced, and what was lost with it is done again.

    Use it in a `with` block, and the workers are gone at its end: when all is done, or at once after an error or
    Ctrl-C. They also go when the main process is killed. Each has one BLAS thread, since the bits of a matrix product
    depend on their number. A worker imports the script that was started, so what that does stands below
    `if __name__ == "__main__":`.

    Args:
        workers: How many processes.
        tries: How often a task is sent out before it is given up.

    Raises:
        ValueError: If there is less than one worker or one try.

    Example:
        >>> from reference.training import SturdyPool
        >>> with SturdyPool(2) as pool:  # the first task starts the processes, and a browser has none
        ...     pool.workers
        2
    """

    def __init__(self, workers: int, *, tries: int = 3) -> None:
        if workers < 1 or tries < 1:
            raise ValueError(f"workers and tries are at least 1, got {workers}, {tries}")
        self.workers = workers
        self.tries = tries
        self._events: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._sender: threading.Thread | None = None
        self._pipe: tuple[Any, Any]
        self._pool: Executor | None = None
        self._open: set[_Task] = set()
        self._waiting: deque[_Task] = deque()
        self._sent, self._alone = 0, False
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Return a future of `call(*arguments, **named)`, which a worker makes.

        The future raises what the call raises, and `BrokenExecutor` where workers die of it again and again.

        Raises:
            RuntimeError: If the pool was shut down.
        """
        task = _Task(partial(call, *arguments, **named))
        with self._lock:
            if self._closed:
                raise RuntimeError("this pool was shut down: make a new one")
            if self._sender is None:
                from multiprocessing import get_context  # a browser has no processes

                self._pipe = get_context("spawn").Pipe(duplex=False)
                self._sender = threading.Thread(target=self._run, daemon=True)
                self._sender.start()
            self._open.add(task)
        self._events.put(partial(self._waiting.append, task))
        return task

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks, and end the workers as soon as the ones taken are done, or cancelled.

        Args:
            wait: Whether to return only when the workers are gone.
            cancel_futures: Whether to cancel what is not done.
        """
        with self._lock:
            self._closed = True
        for task in list(self._open) if cancel_futures else []:
            task.cancel()
        if self._sender is not None:
            self._events.put(lambda: None)  # so that the sender looks whether all is done
            if wait:
                self._sender.join()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """End the block; after an error, or at Ctrl-C, nobody waits for what still runs."""
        try:
            self.shutdown(wait=error is None)
        except BaseException as interrupt:
            error = interrupt
            raise
        finally:
            if error is not None and self._sender is not None:
                self.shutdown(wait=False, cancel_futures=True)
                self._pipe[1].close()
                self._sender.join()

    # The rest runs in the sender's thread. A pool that breaks holds a lock while it tells its
    # futures, so they only leave an event: to ask the pool then would be to wait for ever.

    def _run(self) -> None:
        while self._open or not self._closed:
            self._events.get()()
            self._fill()
        if self._pool is not None:
            self._pool.shutdown()
        for end in self._pipe:
            end.close()

    def _fill(self) -> None:
        """Send two tasks for each worker, one to do and one to come; a last try alone, lest another one break it."""
        while self._waiting:
            last = 0 < self._waiting[0].lost == self.tries - 1
            if self._sent >= (1 if last or self._alone else 2 * self.workers):
                return
            task, self._alone = self._waiting.popleft(), last
            if task.cancelled():
                self._end(task)
            else:
                self._send(task)

    def _send(self, task: "_Task") -> None:
        self._sent += 1
        pool = self._pool
        try:
            pool = self._pool = pool or _processes(self.workers, self._pipe[0])
            with _as_workers():
                sent = pool.submit(task.call)
        except Exception as error:  # an idle worker died, or none can be started
            sent = Future()
            sent.set_exception(error)
        told = partial(self._done, task, pool, sent)
        sent.add_done_callback(lambda _: self._events.put(told))

    def _done(self, task: "_Task", pool: Executor | None, sent: Future[Any]) -> None:
        self._sent -= 1
        error = sent.exception()
        if isinstance(error, BrokenExecutor):
            if pool is not None and pool is self._pool:
                pool.shutdown()
                self._pool = None
            task.lost += 1
            if task.lost < self.tries and not task.cancelled():
                self._waiting.append(task)
                return
            error = _given_up(task.lost, error)
        if self._end(task):
            if error is None:
                task.set_result(sent.result())
            else:
                task.set_exception(error)

    def _end(self, task: "_Task") -> bool:
        self._open.discard(task)
        return task.set_running_or_notify_cancel()


class _Task(Future[Any]):
    """What was asked for, and how often it was lost with a worker."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__()
        self.call = call
        self.lost = 0


def _given_up(times: int, error: BaseException) -> BrokenExecutor:
    broken = BrokenExecutor(
        f"workers died {times} times before this task was done, so it is given up: does it take too "
        "much memory, does it raise an error that cannot be unpickled, or is it, or the script itself, nothing "
        "that a new process can import?"
    )
    broken.__cause__ = error
    return broken


def _processes(workers: int, lifeline: Any) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_serve, initargs=(lifeline,))


def _serve(lifeline: Any) -> None:
    """Begin as a worker: leave Ctrl-C to the main process, and go when that closes its end of the pipe, or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: Any) -> None:
    try:
        lifeline.recv()  # nothing is ever sent: this ends with the other end
    finally:
        os._exit(1)


@contextmanager
def _as_workers() -> Iterator[None]:
    """Let processes that start meanwhile have what workers need; libraries look for it when they are loaded."""
    before = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name in _ENVIRONMENT:
            del os.environ[name]
        os.environ.update(before)
