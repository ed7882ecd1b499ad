"""A percentile threshold from a histogram: the first edge that leaves few enough counts outside."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def threshold(counts, edges, percentile):
    """Return the smallest right edge up to which at least so many percent lie."""
    return edges[-1]  # your code here

x = np.abs(np.random.default_rng(0).normal(size=10_000))
counts, edges = np.histogram(x, bins=2048)
print(threshold(counts, edges, 99.9), np.percentile(x, 99.9))
'''

ANSWER = '''\
import numpy as np

def threshold(counts, edges, percentile):
    """Return the smallest right edge up to which at least so many percent lie."""
    below = np.cumsum(counts)  # in integers: shares of the whole would be rounded
    return edges[np.searchsorted(below * 100, percentile * below[-1]) + 1]

x = np.abs(np.random.default_rng(0).normal(size=10_000))
counts, edges = np.histogram(x, bins=2048)
print(threshold(counts, edges, 99.9), np.percentile(x, 99.9))
'''

CALL = "threshold(counts, edges, percentile)"


def check(names: Names) -> Iterator[str]:
    """A case on paper, what is reached exactly, empty bins, uneven edges, and real counts."""
    edges = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    _same(names, [50, 30, 15, 5], edges, 90, "Up to 3 lie 95 of 100, up to 2 only 80.")
    yield "It finds the edge in a case on paper."
    _same(names, [50, 30, 15, 5], edges, 80, "Up to 2 lie exactly 80 of 100: at least so many is enough.")
    _same(names, [50, 30, 15, 5], edges, 100, "All of them lie up to the last edge.")
    yield "Exactly so many is enough, and 100 percent are all."
    _same(names, [90, 0, 0, 10], edges, 90, "The empty bins behind it add nothing: the smallest edge is asked for.")
    yield "Empty bins do not push it up."
    _same(
        names,
        [5, 5, 5, 5],
        np.array([0.0, 0.1, 1.0, 10.0, 100.0]),
        60,
        "The edges need not be evenly spaced: use `edges`.",
    )
    yield "It takes the edges as they are."
    rng = np.random.default_rng(1)
    for percentile in (50.0, 99.0, 99.9):
        counts, many = np.histogram(np.abs(rng.standard_t(3, size=5000)), bins=512)
        _same(names, counts, many, percentile, "The counts are those of 5,000 numbers in 512 bins.")
    yield "It is right on a histogram of 5,000 numbers."


def _wanted(counts: Any, edges: Any, percentile: float) -> float:
    below, whole = 0, int(np.sum(counts))
    for count, edge in zip(counts, edges[1:], strict=True):
        below += int(count)
        if 100 * below >= percentile * whole:
            return float(edge)
    return float(edges[-1])


def _same(names: Names, counts: Any, edges: Any, percentile: float, said: str) -> None:
    given = np.asarray(counts), np.asarray(edges)
    copies = [array.copy() for array in given]
    got = float(numbers(function(names, CALL)(*given, percentile), (), CALL))
    if not all(np.array_equal(array, copy) for array, copy in zip(given, copies, strict=True)):
        raise Wrong("Your function changes the arrays that it is given: work on copies.")
    wanted = _wanted(counts, edges, percentile)
    if got == wanted:
        return
    left = [float(edge) for edge, after in pairwise(edges) if after == wanted]
    if left and got == left[0]:
        raise Wrong(f"It returns {got:g}, the left edge of the right bin: its right edge is {wanted:g}.")
    place = "" if len(edges) > 9 else f" for the counts {np.asarray(counts).tolist()}"
    raise Wrong(f"At {percentile:g} percent{place} it returns {got:.5g}, expected {wanted:.5g}. {said}")
