"""The best scale once every number has its level."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def refit(x, levels):
    """Return the scale s with the least squared error of s * levels against x."""
    return np.abs(x).max()

x = np.array([0.9, -0.4, 0.1])
print(refit(x, np.array([1.0, -0.5, 0.0])))
'''

ANSWER = '''\
import numpy as np

def refit(x, levels):
    """Return the scale s with the least squared error of s * levels against x."""
    return np.sum(x * levels) / np.sum(levels * levels)
'''


def check(names: Names) -> Iterator[str]:
    """Three numbers, many, and a scale that is known."""
    _same(names, np.array([0.9, -0.4, 0.1]), np.array([1.0, -0.5, 0.0]))
    yield "For three numbers it is right."
    rng = np.random.default_rng(0)
    x = rng.standard_normal(500)
    _same(names, x, np.rint(x))
    _same(names, 3.5 * np.rint(x), np.rint(x))
    yield "For 500 numbers it is right, and where a scale fits them all it finds it."
    _same(names, -x, np.rint(x))
    yield "It may be negative."


def _same(names: Names, x: np.ndarray, levels: np.ndarray) -> None:
    got = numbers(function(names, "refit(x, levels)")(x.copy(), levels.copy()), (), "refit(x, levels)")
    wanted = np.sum(x * levels) / np.sum(levels * levels)
    if np.isclose(got, wanted, rtol=1e-9):
        return
    some = levels != 0
    recognize(
        got,
        {
            "Your scale makes the largest number exact: the least squared error asks all of them.": np.abs(x).max(),
            "Your scale is the mean of x / level: weigh each by the square of its level instead.": (
                np.mean(x[some] / levels[some])
            ),
            "Your scale compares sums of magnitudes: set the derivative of the squared error to 0.": (
                np.abs(x).sum() / np.abs(levels).sum()
            ),
            "Your fraction is upside down: it scales x to the levels, not the levels to x.": (
                np.sum(x * levels) / np.sum(x * x)
            ),
            "Your scale makes the powers equal: set the derivative of the squared error to 0.": (
                np.sqrt(np.sum(x * x) / np.sum(levels * levels))
            ),
        },
    )
    raise Wrong(f"`refit(x, levels)` is {float(got):.6g}, expected {wanted:.6g} for {x.size} numbers.")
