"""One round of Lloyd's algorithm."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def step(x, levels):
    """Return better levels for the numbers x: the mean of each cell."""
    bounds = (levels[1:] + levels[:-1]) / 2
    return levels

x = np.array([-2.0, -1.0, 0.5, 1.0, 3.0])
print(step(x, np.array([-1.0, 0.0, 1.0])))
'''

ANSWER = '''\
import numpy as np

def step(x, levels):
    """Return better levels for the numbers x: the mean of each cell."""
    bounds = (levels[1:] + levels[:-1]) / 2
    cell = np.searchsorted(bounds, x)
    count = np.bincount(cell, minlength=levels.size)
    total = np.bincount(cell, weights=x, minlength=levels.size)
    return np.where(count > 0, total / np.maximum(count, 1), levels)
'''


def check(names: Names) -> Iterator[str]:
    """A small case, random numbers, an empty cell, and the error over many rounds."""
    _same(names, np.array([-2.0, -1.0, 0.4, 1.0, 3.0]), np.array([-1.0, 0.0, 1.0]))
    yield "Five numbers and three levels are right."
    x = np.random.default_rng(0).standard_normal(2000)
    _same(names, x, np.linspace(-3, 3, 16))
    yield "So are 2,000 numbers and sixteen levels."
    _same(names, np.array([-1.0, -0.9, 1.1]), np.array([-1.0, 0.1, 1.0, 9.0]))
    yield "A level without numbers stays."
    levels = np.linspace(-1, 1, 8)
    errors = []
    for _ in range(30):
        errors.append(float(np.mean(np.abs(x[:, np.newaxis] - levels).min(axis=1) ** 2)))
        levels = numbers(function(names, "step(x, levels)")(x, levels.copy()), levels.shape, "step(x, levels)")
    if np.diff(errors).max() > 1e-12:
        raise Wrong("Over thirty rounds the error rises once: no round may do so.")
    yield f"Over thirty rounds the error only falls, from {errors[0]:.3f} to {errors[-1]:.3f}."


def _same(names: Names, x: np.ndarray, levels: np.ndarray) -> None:
    call = "step(x, levels)"
    given = levels.copy()
    with np.errstate(all="ignore"):
        got = numbers(function(names, call)(x.copy(), given), levels.shape, call)
    if not np.array_equal(given, levels):
        raise Wrong("Your function changes the levels that it is given: return new ones.")
    cell = np.abs(x[:, np.newaxis] - levels).argmin(axis=1)
    wanted = np.array([x[cell == i].mean() if (cell == i).any() else level for i, level in enumerate(levels)])
    if np.allclose(got, wanted):
        return
    if np.isnan(got).any():
        raise Wrong("A cell without numbers gives NaN: its level must stay where it is.")
    medians = [np.median(x[cell == i]) if (cell == i).any() else level for i, level in enumerate(levels)]
    below = np.clip(np.searchsorted(levels, x, side="right") - 1, 0, levels.size - 1)
    floors = [x[below == i].mean() if (below == i).any() else level for i, level in enumerate(levels)]
    recognize(
        got,
        {
            "Your code returns the levels as they were: put the mean of each cell in their place.": levels,
            "Your code takes medians: for the least *squared* error a level is the mean of its cell.": medians,
            "Your cells lie between the levels: they must lie between the midpoints of the levels.": floors,
            "A cell without numbers becomes 0: its level must stay where it is.": np.where(wanted == levels, 0, wanted),
        },
    )
    place = int(np.argmax(np.abs(got - wanted)))
    raise Wrong(f"Level {place} becomes {got[place]:.4g}, expected {wanted[place]:.4g}, the mean of its cell.")
