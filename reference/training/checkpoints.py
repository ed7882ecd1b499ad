r"""Checkpoints: a run that can be stopped anywhere and goes on to the same bits.

A `State` of the genetic search is all that its next generation depends on, so a checkpoint is a state in a file, beside
the plan that it follows. No random state is in it: the generator of a generation is made from seed and generation.

A file is written under another name, brought to the disk, and then put in its place in one step. So at every moment
the name stands for one whole checkpoint, the old one or the new one.

Explained on the page `docs/training/checkpoints.md`.
"""

import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from reference.training.genetic import Plan, State

__all__ = ["CHECKPOINT_FORMAT", "load_state", "save_state", "saved"]

CHECKPOINT_FORMAT = 1
"""The version of the file's layout; it changes when an older package could no longer read a newer file."""


def save_state(state: State, path: str | os.PathLike[str], *, plan: Plan) -> None:
    """Write a checkpoint: population and losses as arrays, the rest and the plan as JSON, in one npz file.

    While it is written the file has the name with `.part` behind it, in the same folder, since only within one file
    system can a file take another's name in one step. If anything fails, the old checkpoint is left as it was. Two
    processes must not save to one path: they would write into the same part.

    Args:
        state: What to save.
        path: Where to; a file there is replaced.
        plan: The settings that led to the state. A run goes on with no other.

    Raises:
        OSError: If the file cannot be written.

    Example:
        >>> import os, tempfile
        >>> import numpy as np
        >>> from reference.training import Plan, State, save_state
        >>> plan = Plan(size=2, elite=1, among=2)
        >>> state = State(0, 7, np.zeros((2, 1), dtype=np.uint64), np.array([0.5, np.nan]), rate=0.015, stale=3)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_state(state, f"{folder}/run.npz", plan=plan)
        ...     print(os.listdir(folder))
        ['run.npz']
    """
    path = Path(path)
    numbers = {name: getattr(state, name) for name in ("seed", "generation", "rate", "stale")}
    about = {"format": CHECKPOINT_FORMAT, "plan": asdict(plan), "state": numbers}
    text = json.dumps(about, default=lambda number: number.item())  # NumPy's, too
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "wb") as file:
            np.savez(file, about=text, population=state.population, losses=state.losses)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def load_state(path: str | os.PathLike[str], *, plan: Plan) -> State:
    """Read a checkpoint back, every bit of it.

    A zip file, which is what an npz is, holds a checksum of each array, and reading compares it. Nothing is unpickled:
    an unknown file can be refused but cannot run code.

    Args:
        path: Of the file.
        plan: The plan that the run is to go on with.

    Returns:
        The state that was saved.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is cut short, damaged or something else, of another format, or of another plan.

    Example:
        >>> import os, tempfile
        >>> import numpy as np
        >>> from reference.training import Plan, State, load_state, save_state
        >>> plan = Plan(size=1, elite=0, among=1)
        >>> state = State(0, 7, np.zeros((1, 1), dtype=np.uint64), np.array([0.5]), rate=0.015, stale=3)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_state(state, f"{folder}/run.npz", plan=plan)
        ...     os.truncate(f"{folder}/run.npz", 500)
        ...     try:
        ...         load_state(f"{folder}/run.npz", plan=plan)
        ...     except ValueError as error:
        ...         print("cut short, damaged" in str(error))
        True
    """
    written, theirs, state = _read(path)
    if state is None:
        raise ValueError(
            f"{path} is of format {written}, and this package reads {CHECKPOINT_FORMAT}: "
            "load it with the version that wrote it, or start anew"
        )
    differ = [
        f"{name}={theirs.get(name)!r}, not {value!r}"
        for name, value in asdict(plan).items()
        if theirs.get(name) != value
    ]
    if differ:
        told = "; ".join(differ)
        raise ValueError(f"{path} belongs to another plan ({told}): take it, or start anew")
    return state


def _read(path: str | os.PathLike[str]) -> tuple[Any, dict[str, Any], State | None]:
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no checkpoint {path}: save one, or start anew") from None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            about = json.loads(file["about"].item())
            if about["format"] != CHECKPOINT_FORMAT:
                return about["format"], {}, None
            state = State(population=file["population"], losses=file["losses"], **about["state"])
            return CHECKPOINT_FORMAT, dict(about["plan"]), state
    except Exception as error:  # of zip, NumPy, JSON, memory, or a name that is missing
        raise ValueError(
            f"{path} is no whole checkpoint: it was cut short, damaged, or is another kind of file "
            f"({error}); take an earlier one, or start anew"
        ) from error


def saved(
    states: Iterable[State],
    path: str | os.PathLike[str],
    *,
    plan: Plan,
    every: int = 100,
) -> Iterator[State]:
    """Pass states on and save those whose generation is a multiple of `every`; however the loop ends, save the last.

    It may end by a `break`, by an error of the loop or the measure, or by Ctrl-C. Only a kill leaves no time to save:
    it costs the generations since the last multiple. An iterator that you keep under a name must be closed.

    Args:
        states: As of `evolution`.
        path: Of the one file; each checkpoint replaces the one before.
        plan: The plan of the run.
        every: Generations from one checkpoint to the next.

    Raises:
        ValueError: If `every` is less than 1.
        OSError: If a checkpoint cannot be written; after a `break` only where `contextlib.closing` closes the iterator.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> from reference.training import Plan, State, saved
        >>> plan, genome = Plan(size=1, elite=0, among=1), np.zeros((1, 1), dtype=np.uint64)
        >>> states = (State(0, n, genome, np.array([float(n)]), rate=0.015, stale=0) for n in range(1000))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for state in saved(states, f"{folder}/run.npz", plan=plan):
        ...         if state.generation == 123:
        ...             break
        ...     with np.load(f"{folder}/run.npz") as file:
        ...         print(file["losses"])
        [123.]
    """
    if every < 1:
        raise ValueError(f"a checkpoint is saved every 1 or more generations, got {every}")
    last = kept = None
    try:
        for last in states:
            if last.generation % every == 0:
                save_state(last, path, plan=plan)
                kept = last
            yield last
    finally:
        if last is not kept and last is not None:
            save_state(last, path, plan=plan)
