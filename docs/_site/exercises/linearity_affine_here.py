"""Non-linear, yet linear: a ReLU network that is affine on all of the data and bends elsewhere."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import affine_residual, second_difference

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import affine_residual, relu, second_difference

rng = np.random.default_rng(0)
x = rng.normal(size=(1000, 16))
first, second = rng.normal(size=(16, 8)), rng.normal(size=(8, 8))

def network(x):
    """Return (n, 8), affine on the thousand rows of x above, but not everywhere."""
    return relu(x @ first) @ second  # your code here

# A point and a step, both (1, 16), at which second_difference shows that it bends.
at, step = x[:1], 0.1 * x[:1]
print(affine_residual(x, network(x)), second_difference(network, at, step))
'''

ANSWER = '''\
import numpy as np
from reference.activations import affine_residual, relu, second_difference

rng = np.random.default_rng(0)
x = rng.normal(size=(1000, 16))
first, second = rng.normal(size=(16, 8)), rng.normal(size=(8, 8))
offset = 1 - np.min(x @ first)  # no sample turns a unit off

def network(x):
    """Return (n, 8), affine on the thousand rows of x above, but not everywhere."""
    return relu(x @ first + offset) @ second

# A point and a step, both (1, 16), at which second_difference shows that it bends.
at, step = 100 * x[:1], 100 * x[:1]
print(affine_residual(x, network(x)), second_difference(network, at, step))
'''

ROUNDING = 1e-13
"""What rounding may leave of the largest value: some hundred times the spacing of float64, for sums of 16 terms."""


def check(names: Names) -> Iterator[str]:
    """Look at the shape, at the data, at whether anything depends on them, and at the bend."""
    x = np.random.default_rng(0).normal(size=(1000, 16))  # the data of the stub
    one, y = _of(names, x[:1]), _of(names, x)
    if not np.allclose(one, y[:1]):
        raise Wrong("The first sample alone gets another output than among the thousand: each row is one of its own.")
    yield "It makes rows of 8 from rows of 16, each by itself."
    if np.ptp(y, axis=0).max() <= ROUNDING * np.abs(y).max():
        raise Wrong(
            f"All thousand outputs are the same, each begins with {y[0, 0]:.3g}: affine it is, but every unit is off. "
            "Which sign has your offset?"
        )
    yield "Its outputs depend on the inputs."
    _affine(names, x, y)
    yield "It is affine on the thousand samples: the residual is below 1e-10."
    _bend(names, x)
    yield "It bends at your point."


def _of(names: Names, x: np.ndarray) -> np.ndarray:
    return numbers(function(names, "network(x)")(x.copy()), (len(x), 8), f"network(x) for x of shape {x.shape}")


def _affine(names: Names, x: np.ndarray, y: np.ndarray) -> None:
    missed, spread = float(affine_residual(x, y)), float(np.std(y))
    if missed < 1e-10:
        return
    middle = float(np.abs(_of(names, np.zeros((1, 16)))).max())
    if missed < ROUNDING * middle:
        raise Wrong(
            f"The residual is {missed:.1e}, all of it rounding: your outputs are as large as {middle:.1e}, of which "
            "float64 keeps 16 digits. A far smaller offset does as well."
        )
    if missed < 0.1 * spread:
        raise Wrong(
            f"Nearly: the residual is {missed:.1e}, and the outputs spread by {spread:.3g}. A few samples still turn a "
            "unit off. How far below 0 does `x @ first` reach?"
        )
    raise Wrong(
        f"The residual is {missed:.2g}, and the outputs spread by {spread:.3g}: on this data the network bends. "
        "What would keep every ReLU on one side of its kink?"
    )


def _bend(names: Names, x: np.ndarray) -> None:
    at, step = (_row(names, name) for name in ("at", "step"))
    network = function(names, "network(x)")
    bend = float(np.abs(second_difference(network, at, step)).max())
    largest = max(float(np.abs(network(point)).max()) for point in (at - step, at, at + step))
    if bend > ROUNDING * largest:
        return
    if _bends_somewhere(names, x):
        raise Wrong(
            f"Between `at - step`, `at` and `at + step` it does not bend: the second difference is {bend:.1g}. "
            "It does elsewhere. Leave the data: what does it do far away?"
        )
    raise Wrong(
        f"The second difference at your point is {bend:.1g}, and even a million times as far as the data there is no "
        "bend: is there a ReLU between the layers, and does any input turn a unit off?"
    )


def _row(names: Names, name: str) -> np.ndarray:
    if names.get(name) is None:
        raise Wrong(f"There is no `{name}`: set it to a row of shape (1, 16).")
    row = numbers(names[name], (1, 16), name).astype(float)
    if not np.isfinite(row).all():
        raise Wrong(f"`{name}` holds what is no finite number: a second difference needs three points.")
    return row


def _bends_somewhere(names: Names, x: np.ndarray) -> bool:
    """Tell whether the network is affine neither on the data nor on the same data blown up."""
    for scale in (1e1, 1e2, 1e3, 1e4, 1e6):
        y = _of(names, scale * x)
        if affine_residual(scale * x, y) > 1e-9 * np.std(y):
            return True
    return False
