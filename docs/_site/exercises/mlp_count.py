"""How many numbers a network of given sizes has."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import initialize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def parameters(sizes):
    """Return how many weights and biases a network of such sizes has, (64, 32, 10)."""
    return sum(sizes)  # your code here

print(parameters((64, 32, 10)))
'''

ANSWER = '''\
from itertools import pairwise
import numpy as np

def parameters(sizes):
    """Return how many weights and biases a network of such sizes has, (64, 32, 10)."""
    return sum(n * m + m for n, m in pairwise(sizes))

print(parameters((64, 32, 10)))
'''

CALL = "parameters(sizes)"


def check(names: Names) -> Iterator[str]:
    """Count one layer, the page's network, and deeper ones."""
    for sizes, said in (
        ((3, 4), "One layer is counted right."),
        ((64, 32, 10), "So is the network that reads digits."),
        ((2, 32, 32, 2), "And the one for the spirals."),
        ((7, 1, 5, 3, 2), "Any depth is."),
    ):
        _count(names, sizes)
        yield said


def _count(names: Names, sizes: tuple[int, ...]) -> None:
    call = f"parameters({sizes})"
    got = float(numbers(function(names, CALL)(sizes), (), call))
    layers = initialize(sizes, rng=np.random.default_rng(0))
    weights, biases = (sum(layer[part].size for layer in layers) for part in (0, 1))
    if got == weights + biases:
        return
    typical = {
        weights + biases - sizes[-1]: "the last layer has biases, too",
        weights: "the biases are missing",
        weights + sum(sizes[:-1]): "a bias belongs to each output of a layer, not to each input",
        weights + sum(sizes): "the inputs have no bias",
        sum(sizes): "these are the units; between two layers each unit of one has a weight for each of the other",
    }
    seen = typical.get(int(got), f"there are {weights} weights and some biases") if got.is_integer() else "not whole"
    raise Wrong(f"`{call}` returns {got:g}: {seen}.")
