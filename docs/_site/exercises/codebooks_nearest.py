"""The nearest of some values, by comparisons alone."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.quantization.codebooks import NF4

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def codes(x, values):
    """Return the place of the nearest of the rising values for each x."""
    return np.searchsorted(values, x)

values = np.array([-1.0, 0.0, 0.25, 1.0])
print(codes(np.array([-0.6, 0.1, 0.2, 0.9]), values))
'''

ANSWER = '''\
import numpy as np

def codes(x, values):
    """Return the place of the nearest of the rising values for each x."""
    bounds = (values[1:] + values[:-1]) / 2
    return np.searchsorted(bounds, x)
'''


def check(names: Names) -> Iterator[str]:
    """Between the values, beyond them, on them, another codebook, and a matrix."""
    values = np.array([-1.0, 0.0, 0.25, 1.0])
    _same(names, np.array([-0.6, -0.4, 0.1, 0.2, 0.6, 0.7]), values)
    yield "Between two values it takes the nearer one."
    _same(names, np.array([-9.0, 9.0, -np.inf, np.inf]), values)
    yield "Beyond the ends it takes the end."
    _same(names, values, values)
    yield "A value is nearest to itself."
    rng = np.random.default_rng(0)
    _same(names, rng.uniform(-1.2, 1.2, 500), np.array(NF4.values))
    _same(names, rng.uniform(-1.2, 1.2, (3, 4)), np.array(NF4.values))
    yield "NF4 and a matrix work too."


def _same(names: Names, x: np.ndarray, values: np.ndarray) -> None:
    got = numbers(function(names, "codes(x, values)")(x, values), x.shape, "codes(x, values)")
    wanted = np.searchsorted((values[1:] + values[:-1]) / 2, x)
    if np.array_equal(got, wanted):
        return
    mistakes = {
        "Your code counts the values below x: that is the next value above x, not the nearest one. Count midpoints.": (
            np.searchsorted(values, x)
        ),
        "Your code takes the value below x, as a floor does: the nearest may be the one above.": (
            np.clip(np.searchsorted(values, x, side="right") - 1, 0, values.size - 1)
        ),
        "Your code spaces the bounds evenly between the ends: put each one half-way between two neighboring values.": (
            np.searchsorted(np.linspace(values[0], values[-1], values.size + 1)[1:-1], x)
        ),
    }
    recognize(got, mistakes)
    if got.min() < 0 or got.max() >= values.size or (got % 1).any():
        raise Wrong(f"There are the codes 0 to {values.size - 1}, and yours go from {got.min():g} to {got.max():g}.")
    place = tuple(int(i) for i in np.argwhere(got != wanted)[0])
    raise Wrong(
        f"For x = {x[place]:g} your code is {got[place]:g}, the value {values[int(got[place])]:g}; "
        f"nearer is {values[wanted[place]]:g}, code {wanted[place]}."
    )
