"""Send chunks of genomes to an executor, and put the losses together in the order of the genomes."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def measured(measure, genomes, submit, chunk):
    """Return the loss of each genome, as one array. submit(measure, part) sends a task
    and returns a future at once; its result() waits for the losses of the part.
    """
    return measure(genomes)  # your code here
'''

ANSWER = '''\
import numpy as np

def measured(measure, genomes, submit, chunk):
    """Return the loss of each genome, as one array. submit(measure, part) sends a task
    and returns a future at once; its result() waits for the losses of the part.
    """
    starts = range(0, len(genomes), chunk)
    tasks = [submit(measure, genomes[start : start + chunk]) for start in starts]
    return np.concatenate([task.result() for task in tasks])
'''

CALL = "measured(measure, genomes, submit, chunk)"


class Late:
    """Futures of one run: none has a result before somebody waits, and then the last one is ready first."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.waited_after: int | None = None

    def submit(self, function: Callable[..., Any], part: Any) -> "Future":
        self.sizes.append(len(part))
        return Future(self, function, part)


class Future:
    """What `submit` returns."""

    def __init__(self, run: Late, function: Callable[..., Any], part: Any) -> None:
        self._run, self._function, self._part = run, function, part

    def result(self) -> Any:
        """Measure now."""
        if self._run.waited_after is None:
            self._run.waited_after = len(self._run.sizes)
        return self._function(self._part)


def check(names: Names) -> Iterator[str]:
    """Whole chunks, then a smaller last one, then the order of waiting, then one chunk for all."""
    found = _look(names, 12, 4, "12 genomes in chunks of 4")
    yield "Three whole chunks give the losses of their genomes."
    _look(names, 98, 10, "98 genomes in chunks of 10")
    yield "So do nine chunks of ten and one of eight."
    if found.waited_after != len(found.sizes):
        raise Wrong(
            f"You wait for a result when {found.waited_after} of {len(found.sizes)} tasks are sent: then one worker is "
            "busy and the others have nothing to do. Send all of them first."
        )
    yield "All tasks are on their way before the first result is asked for."
    _look(names, 3, 7, "3 genomes in chunks of 7")
    yield "Fewer genomes than a chunk are one task."


def _look(names: Names, count: int, chunk: int, case: str) -> Late:
    genomes = np.random.default_rng(count).permutation(count).astype(np.uint64)[:, np.newaxis]
    run = Late()

    def measure(part: Any) -> Any:
        return np.asarray(part)[:, 0] + 0.5

    value = function(names, CALL)(measure, genomes.copy(), run.submit, chunk)
    if not run.sizes:
        raise Wrong(
            "No task is sent: give each part to `submit(measure, part)`, and ask what it returns for `result()`."
        )
    if isinstance(value, list) and value and isinstance(value[0], Future):
        raise Wrong("You return futures: ask each for its `result()`.")
    wanted = [chunk] * (count // chunk) + [count % chunk] * (count % chunk > 0)
    if sum(run.sizes) < count and run.sizes == wanted[: len(run.sizes)]:
        raise Wrong(f"For {case}, only {sum(run.sizes)} of {count} are sent: the last chunk may be smaller.")
    if run.sizes != wanted:
        raise Wrong(f"For {case}, the tasks have {_short(run.sizes)} genomes: expected {_short(wanted)}.")
    if isinstance(value, list) and len(value) == len(wanted) > 1:
        raise Wrong(f"For {case} you return a list of {len(value)} parts: put them together to one array.")
    losses = numbers(value, (count,), f"measured(...) for {case}")
    if not np.array_equal(losses, measure(genomes)):
        same = np.array_equal(np.sort(losses), np.sort(measure(genomes)))
        raise Wrong(
            f"For {case} the losses are right but in another order: the first of them belongs to the first genome."
            if same
            else f"For {case} the first loss is {losses[0]:g}: expected {measure(genomes)[0]:g}."
        )
    return run


def _short(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes[:4])) + (f" ... {sizes[-1]}" if len(sizes) > 4 else "")
