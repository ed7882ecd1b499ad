r"""Networks of ReLUs as piecewise linear functions: what they can build.

A brick is `relu(x - kink)`: flat, then a slope. A weighted sum of bricks is a chain of straight pieces, so one layer
of n bricks draws n pieces. A layer that feeds a layer folds the line first, and each fold doubles the pieces: that is
what depth buys. The measure here is how well networks approximate $x^2$ on $[0, 1]$.

Notation: `weights` multiply what leaves a ReLU, `readout` what leaves a layer. The numbers of a network are plain
Python numbers in tuples: they take on the dtype of `x` in every library, they print, and with `fractions.Fraction`
and an object array the network computes exactly. The error is always the largest $|f(x) - x^2|$ on $[0, 1]$.

Explained on the page `docs/activations/piecewise.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reference.activations.rectifiers import relu
from reference.arrays import Array, array_namespace

__all__ = [
    "BrickNetwork",
    "Bricks",
    "best_error",
    "breakpoints",
    "from_kinks",
    "interpolating_network",
    "sawtooth_network",
    "square_error",
]


@dataclass(frozen=True)
class Bricks:
    """One hidden layer between one input and one output: the sum of `weight * relu(x - kink)` over its bricks.

    Attributes:
        kinks: Where each ReLU switches on; at least one.
        weights: By how much the slope changes there; one per kink.

    Example:
        >>> import numpy as np
        >>> from reference.activations import Bricks
        >>> tooth = Bricks(kinks=(0.0, 0.5, 1.0), weights=(2.0, -4.0, 2.0))
        >>> tooth.evaluate(np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
        array([0. , 0.5, 1. , 0.5, 0. ])
    """

    kinks: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the lengths.

        Raises:
            ValueError: If there is no kink, or not one weight per kink.
        """
        if len(self.kinks) == 0 or len(self.kinks) != len(self.weights):
            found = f"{len(self.kinks)} kinks and {len(self.weights)} weights"
            raise ValueError(f"expected at least one kink and one weight for each, got {found}; add or drop some")

    def evaluate(self, x: Array) -> Array:
        """Return the layer's output, of the shape and dtype of x."""
        bricks = zip(self.kinks, self.weights, strict=True)
        return sum(weight * relu(x - kink) for kink, weight in bricks)


@dataclass(frozen=True)
class BrickNetwork:
    """Layers of bricks, one after the other, and a readout that sums the input and the output of every layer.

    Attributes:
        layers: The first layer sees the input, each other one the layer before it.
        readout: One factor for the input, then one for each layer.
        bias: A constant, added last.

    Example:
        >>> import numpy as np
        >>> from reference.activations import BrickNetwork, Bricks
        >>> absolute = BrickNetwork(layers=(Bricks(kinks=(0.0,), weights=(2.0,)),), readout=(-1.0, 1.0))
        >>> absolute.evaluate(np.array([-3.0, 0.0, 2.0]))
        array([3., 0., 2.])
    """

    layers: tuple[Bricks, ...]
    readout: tuple[float, ...]
    bias: float = 0.0

    @property
    def relus(self) -> int:
        """The number of ReLUs."""
        return sum(len(layer.kinks) for layer in self.layers)

    def evaluate(self, x: Array) -> Array:
        """Return the network's output, of the shape and dtype of x."""
        array_namespace(x)  # refuses a list, which the product would repeat and not scale
        y = self.bias + self.readout[0] * x
        for layer, factor in zip(self.layers, self.readout[1:], strict=True):
            x = layer.evaluate(x)
            y = y + factor * x
        return y


def from_kinks(kinks: Sequence[float], values: Sequence[float]) -> BrickNetwork:
    """Return the one-layer network through the points (kink, value), straight between them.

    It has one ReLU per piece. For finite x it is constant left of the first kink; right of the last one the last
    piece goes on.

    Args:
        kinks: At least two, strictly increasing; the last one only ends the last piece.
        values: One per kink. Of arrays take `.tolist()`: a NumPy float64 would turn a float32 input into float64.

    Raises:
        ValueError: If the lengths differ, there are fewer than two kinks, or they do not increase.

    Example:
        >>> from reference.activations import from_kinks
        >>> from_kinks([0.0, 0.5, 1.0], [0.0, 0.25, 1.0]).layers
        (Bricks(kinks=(0.0, 0.5), weights=(0.5, 1.0)),)
    """
    if len(kinks) != len(values) or len(kinks) < 2:
        raise ValueError(f"expected one value per kink and at least 2, got {len(kinks)} kinks, {len(values)} values")
    if any(left >= right for left, right in pairwise(kinks)):
        raise ValueError(f"expected strictly increasing kinks, got {list(kinks)}; sort the points and merge equal ones")
    slopes = [(d - c) / (b - a) for (a, b), (c, d) in zip(pairwise(kinks), pairwise(values), strict=True)]
    changes = [after - before for before, after in pairwise([0, *slopes])]
    return BrickNetwork(layers=(Bricks(tuple(kinks[:-1]), tuple(changes)),), readout=(0, 1), bias=values[0])


def interpolating_network(pieces: int) -> BrickNetwork:
    r"""Return the one-layer network that interpolates $x^2$ on equal pieces of $[0, 1]$, one ReLU each.

    A chord over a piece of width h lies at most $h^2 / 4$ above the parabola, so the error is exactly
    $1 / (4 n^2)$ for n pieces. Lowering the whole network by half of that reaches `best_error(n)`.

    Args:
        pieces: At least 1.

    Raises:
        ValueError: If there are fewer.

    Example:
        >>> import numpy as np
        >>> from reference.activations import interpolating_network
        >>> middle = np.array([1 / 16])  # of the first of 8 pieces
        >>> interpolating_network(8).evaluate(middle) - middle**2 == 1 / (4 * 8**2)
        array([ True])
    """
    _require(pieces, "pieces", 1)
    kinks = [piece / pieces for piece in range(pieces + 1)]
    return from_kinks(kinks, [kink * kink for kink in kinks])


def sawtooth_network(depth: int) -> BrickNetwork:
    r"""Return the deep network $x - \sum_{s=1}^m g_s(x) / 4^s$ with 3 ReLUs per layer, m = depth.

    $g$ is the tooth 0, 1, 0 over $[0, 1]$ and $g_s$ the tooth of the tooth, s times: $2^{s-1}$ teeth. Each term
    halves the pieces of the chord before it, so the network interpolates $x^2$ on $2^m$ pieces, and the error is
    exactly $2^{-2m-2}$.

    Args:
        depth: The number of hidden layers, at least 0.

    Raises:
        ValueError: If it is negative.

    Source: Yarotsky 2017, arXiv:1610.01145, proposition 2.

    Example:
        >>> import numpy as np
        >>> from reference.activations import sawtooth_network
        >>> middle = np.array([1 / 32])  # of the first of 16 pieces
        >>> sawtooth_network(4).evaluate(middle) - middle**2 == 2.0**-10
        array([ True])
    """
    _require(depth, "depth", 0)
    tooth = Bricks(kinks=(0.0, 0.5, 1.0), weights=(2.0, -4.0, 2.0))
    return BrickNetwork(layers=(tooth,) * depth, readout=(1.0, *(-(4.0**-level) for level in range(1, depth + 1))))


def best_error(pieces: int) -> float:
    r"""Return the smallest error that any function of so many straight pieces can have, $1 / (8 p^2)$.

    On a piece of width h the best line leaves $h^2 / 8$ above and below, and the widest piece is at least 1/p wide.

    Args:
        pieces: At least 1.

    Example:
        >>> from reference.activations import best_error
        >>> round(best_error(12), 6)
        0.000868
    """
    return 1 / (8 * pieces**2)


def _require(count: int, name: str, least: int) -> None:
    if count < least:
        raise ValueError(f"{name} must be at least {least}, got {count}; pass {least} or more")


def breakpoints(network: BrickNetwork) -> np.ndarray:
    """Return all x of [0, 1] where the network may bend, with both ends, sorted: one more than it has pieces.

    It works layer by layer: between two neighbors a layer's input is straight, so it crosses a kink at most once.

    Example:
        >>> from reference.activations import BrickNetwork, Bricks, breakpoints
        >>> tooth = Bricks(kinks=(0.0, 0.5, 1.0), weights=(2.0, -4.0, 2.0))
        >>> breakpoints(BrickNetwork(layers=(tooth, tooth), readout=(0, 0, 1)))
        array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    x = inputs = np.asarray([0.0, 1.0])
    for layer in network.layers:
        left, right = inputs[:-1, None] - layer.kinks, inputs[1:, None] - layer.kinks
        piece, kink = np.nonzero(left * right < 0)
        share = left[piece, kink] / (left[piece, kink] - right[piece, kink])
        bends = np.unique(np.concatenate([x, x[piece] + share * (x[piece + 1] - x[piece])]))
        inputs = layer.evaluate(np.interp(bends, x, inputs))
        x = bends
    return x


def square_error(network: BrickNetwork) -> float:
    r"""Return the largest $|f(x) - x^2|$ on $[0, 1]$, found exactly and not on a grid.

    On a straight piece the difference is a parabola: its extremes are the two ends and, if it lies between them,
    the point where the slope $2x$ of the square is that of the piece.

    Example:
        >>> from reference.activations import BrickNetwork, square_error
        >>> diagonal = BrickNetwork(layers=(), readout=(1,))
        >>> square_error(diagonal)
        0.25
    """
    ends = breakpoints(network)
    slopes = np.diff(network.evaluate(ends)) / np.diff(ends)
    x = np.concatenate([ends, np.clip(slopes / 2, ends[:-1], ends[1:])])
    return float(np.max(np.abs(network.evaluate(x) - x * x)))
