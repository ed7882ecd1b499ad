"""A layer of many networks without a loop over them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def layer(weights, biases, columns):
    """Return what the layer of each network makes of each example."""
    return np.array([w @ columns + b[:, np.newaxis] for w, b in zip(weights, biases)])

print(layer(np.ones((100, 3, 2)), np.ones((100, 3)), np.ones((2, 5))).shape)
'''

ANSWER = '''\
import numpy as np

def layer(weights, biases, columns):
    """Return what the layer of each network makes of each example."""
    return weights @ columns + biases[..., np.newaxis]

print(layer(np.ones((100, 3, 2)), np.ones((100, 3)), np.ones((2, 5))).shape)
'''

CALL = "layer(weights, biases, columns)"


class Whole(np.ndarray):
    """An array that tells when its networks are taken one by one."""

    def __iter__(self) -> Iterator[Any]:
        """Refuse."""
        raise Wrong("Your code goes through the networks one by one: give all of them to one product.")

    def __getitem__(self, key: Any) -> Any:
        """Refuse to give one network alone."""
        first = key[0] if isinstance(key, tuple) and key else key
        if isinstance(first, int | np.integer) and self.ndim > 1:
            raise Wrong("Your code takes single networks by their number: give all of them to one product.")
        return np.asarray(self)[key]


def check(names: Names) -> Iterator[str]:
    """Right numbers first, then no loop."""
    _numbers(names, 4, 3, 2, 5)
    yield "Four networks answer as they do one after the other."
    for k, m, n, b in ((3, 3, 3, 3), (1, 1, 4, 2), (2, 5, 1, 1)):
        _numbers(names, k, m, n, b)
    yield "So do one, two and three of other sizes."
    weights, biases, columns = _example(100, 3, 2, 5)
    got = function(names, CALL)(weights.view(Whole), biases.view(Whole), columns)
    numbers(np.asarray(got), (100, 3, 5), CALL)
    yield "And there is no loop over them."


def _example(k: int, m: int, n: int, b: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    return rng.normal(size=(k, m, n)), rng.normal(size=(k, m)), rng.normal(size=(n, b))


def _numbers(names: Names, k: int, m: int, n: int, b: int) -> None:
    weights, biases, columns = _example(k, m, n, b)
    products = np.einsum("kmn,nb->kmb", weights, columns)
    wanted = products + biases[:, :, np.newaxis]
    got = numbers(function(names, CALL)(weights, biases, columns), wanted.shape, CALL)
    if np.allclose(got, wanted):
        return
    mistakes: dict[str, Any] = {
        "The biases are missing.": products,
        "The biases are subtracted: add them.": products - biases[:, :, np.newaxis],
        "There is a ReLU: the layer here ends with its sums.": np.maximum(wanted, 0),
    }
    if k == m == b:
        mistakes["A bias belongs to a unit: yours is added to an example."] = products + biases[:, np.newaxis]
        mistakes["Each bias goes to all networks: it belongs to one."] = products + biases
    recognize(got, mistakes)
    raise Wrong(f"`layer` of {k} networks differs from network after network: look at which axes are multiplied.")
