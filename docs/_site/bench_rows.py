"""What all benchmarks record: a task, our time, each library's time and the limit's divided by ours.

In each round everyone computes in turn, on one thread, for at least `CHUNK_SECONDS`, and each time is divided by ours
of that round. Kept are the medians over the rounds, so a machine that slows down for a while slows down all of them.
Counted is the processor time of the process: what others do on the machine costs less of it than of the clock's.
"""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CHUNK_SECONDS", "SLOW", "Call", "Clock", "Row", "measured"]

Call = Callable[[], Any]
Clock = Callable[[], float]
CHUNK_SECONDS = 0.02
SLOW = 0.5
"""From so many seconds on, a call that is not ours has a turn in the first round alone."""


@dataclass(frozen=True)
class Row:
    """One task: our time in its unit, and by library its time divided by ours; `limit` is a copy or the like."""

    task: str
    unit: str
    ours: float
    times: dict[str, float] = field(default_factory=dict)
    limit: float | None = None


def measured(
    task: str,
    calls: dict[str, Call],
    *,
    unit: str,
    scale: float,
    rounds: int,
    chunk: float = CHUNK_SECONDS,
    clock: Clock = time.process_time,
) -> Row:
    """Let everyone take turns at a task.

    Args:
        task: Its name.
        calls: What each does; `ours` is among them, and `limit` may be.
        unit: The unit of the time.
        scale: What a second is in this unit: 1e9 divided by how many numbers for nanoseconds a number.
        rounds: How often everyone has a turn.
        chunk: The seconds of a turn.
        clock: What tells the time, in seconds.

    Returns:
        The row.
    """
    repeats = {name: _repeats(call, chunk, clock) for name, call in calls.items()}
    turns: list[dict[str, float]] = []
    gc.collect()
    for turn in range(rounds):
        now = [name for name in calls if repeats[name] or name == "ours" or turn == 0]
        turns.append({name: _seconds(calls[name], repeats[name] or 1, clock) for name in now})
    ours = statistics.median(turn["ours"] for turn in turns)
    ratios = {
        name: statistics.median(turn[name] / turn["ours"] for turn in turns if name in turn)
        for name in calls
        if name != "ours"
    }
    short = {name: float(f"{ratio:.4g}") for name, ratio in ratios.items()}
    return Row(task, unit, float(f"{ours * scale:.4g}"), short, short.pop("limit", None))


def _repeats(call: Call, chunk: float, clock: Clock) -> int:
    """Return how often a turn calls; 0 where one call takes too long to be repeated."""
    call()  # compiles, fills tables and caches
    once = _seconds(call, 1, clock)
    return 0 if once > SLOW else max(1, round(chunk / max(once, 1e-6)))


def _seconds(call: Call, calls: int, clock: Clock) -> float:
    start = clock()
    for _ in range(calls):
        call()
    return max(clock() - start, 1e-9) / calls
