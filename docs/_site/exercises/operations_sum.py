"""Undo broadcasting: sum a gradient back to the shape that it was broadcast from."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.autograd import undo_broadcast

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def summed_to(g, shape):
    """Return g, summed to the shape that broadcasting made g's shape of."""
    return g  # your code here

print(summed_to(np.ones((4, 3)), (3,)))
'''

ANSWER = '''\
import numpy as np

def summed_to(g, shape):
    """Return g, summed to the shape that broadcasting made g's shape of."""
    added = g.ndim - len(shape)
    axes = [*range(added), *(i + added for i, n in enumerate(shape) if n == 1)]
    return np.sum(g, axis=tuple(axes)).reshape(shape)

print(summed_to(np.ones((4, 3)), (3,)))
'''

CALL = "summed_to(g, shape)"
CASES: dict[str, list[tuple[tuple[int, ...], tuple[int, ...]]]] = {
    "A shape that stays": [((4, 3), (4, 3)), ((), ())],
    "An axis that was added": [((4, 3), (3,)), ((5, 4, 3), (3,)), ((2, 3), ())],
    "An axis of size 1 that was stretched": [((4, 3), (4, 1)), ((4, 3), (1, 3)), ((3, 3), (3, 1)), ((4, 3), (1, 1))],
    "Both at once": [((5, 4, 3), (4, 1)), ((2, 5, 4, 3), (1, 4, 1))],
    "A stretch to size 0": [((0, 3), (1, 3))],
}


def check(names: Names) -> Iterator[str]:
    """Each kind of broadcasting, on gradients of which no two numbers are equal."""
    for title, shapes in CASES.items():
        for broadcast, shape in shapes:
            _one(names, broadcast, shape)
        yield f"{title}: right."


def _one(names: Names, broadcast: tuple[int, ...], shape: tuple[int, ...]) -> None:
    g = np.random.default_rng(0).permutation(int(np.prod(broadcast))).reshape(broadcast) + 1.0
    call, expected = f"{CALL} for g of shape {broadcast} and shape {shape}", undo_broadcast(g, np.zeros(shape))
    found = numbers(function(names, CALL)(g.copy(), shape), shape, call)
    if np.allclose(found, expected):
        return
    count = g.size / max(expected.size, 1)
    if count and np.allclose(found, expected / count):
        raise Wrong(f"{call} is the mean of the pulls: each use pulls with its full strength, so add them up.")
    if g.size and np.allclose(found.ravel(), g.ravel()[: found.size]):
        raise Wrong(f"{call} is the first part of g: the other uses of the same number pull, too.")
    raise Wrong(f"{call} gives {found.ravel()[:4]} ...: expected {expected.ravel()[:4]} ..., the sum over each use.")
