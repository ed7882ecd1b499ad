r"""ReLU networks that are born dead: how likely it is, and how to tell.

A ReLU that is off for every input has slope 0 for every input, so its weights get no gradient. If all units of a layer
are off, the network is a constant, and gradient descent without weight decay leaves it one. Without biases two inputs,
one on each side of 0, decide that for a network with one input. So the chance that random weights make such a network
can be counted.

Notation: `width` is N, the units per hidden layer; `depth` is L, the number of hidden layers; a ray is all x > 0 or
all x < 0.

Explained on the page `docs/activations/dying.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reference.activations.piecewise import _require
from reference.activations.rectifiers import relu
from reference.arrays import Array, array_namespace

__all__ = ["BornDeadBounds", "born_dead_bounds", "he_weights", "is_dead", "ray_survival"]


def he_weights(width: int, depth: int, *, rng: np.random.Generator, networks: int = 1) -> list[np.ndarray]:
    r"""Return independent normal weights of variance 2 / fan-in for many ReLU networks with one input and no biases.

    Args:
        width: Units per hidden layer, at least 1.
        depth: The number of hidden layers, at least 1.
        rng: The source of the numbers.
        networks: How many independent networks to draw.

    Returns:
        One array per layer, `(networks, fan_in, width)`.

    Raises:
        ValueError: If the width or the depth is less than 1.

    Source: He et al. 2015, arXiv:1502.01852, equation 10.

    Example:
        >>> import numpy as np
        >>> from reference.activations import he_weights
        >>> [w.shape for w in he_weights(5, 3, rng=np.random.default_rng(0), networks=100)]
        [(100, 1, 5), (100, 5, 5), (100, 5, 5)]
    """
    _require(width, "width", 1)
    _require(depth, "depth", 1)
    fan_ins = [1] + [width] * (depth - 1)
    return [rng.normal(scale=(2 / fan_in) ** 0.5, size=(networks, fan_in, width)) for fan_in in fan_ins]


def is_dead(x: Array, weights: Sequence[Array]) -> Array:
    """Return whether a ReLU network without biases is dead: its last hidden layer is 0 for every row of x.

    Without biases, doubling the input doubles every layer. So for a network with one input the rows -1 and 1 stand
    for all inputs: if both are dead, the network is a constant and none of its weights gets a gradient.
    NaN counts as alive.

    Args:
        x: `(n, d)`, the inputs.
        weights: One array per layer, `(..., fan_in, fan_out)`.

    Returns:
        One boolean per network, of the shape of the leading axes of the weights.

    Example:
        >>> import numpy as np
        >>> from reference.activations import is_dead
        >>> weights = [np.array([[1.0, -1.0]]), np.array([[-1.0], [-2.0]])]
        >>> bool(is_dead(np.array([[-1.0], [1.0]]), weights))
        True
    """
    xp = array_namespace(x, *weights)
    for weight in weights:
        x = relu(xp.matmul(x, weight))
    return xp.all(x == 0, axis=(-2, -1))


def ray_survival(width: int, depth: int) -> float:
    r"""Return the probability that one ray of inputs gets through all layers, $(1 - 2^{-N})^L$.

    A unit is off for the ray if its weights point away from it. For independent weights with a density symmetric
    about 0 this has probability 1/2, so a layer of N units stops it with probability $2^{-N}$.

    Args:
        width: N, units per hidden layer, at least 1.
        depth: L, the number of hidden layers, at least 0.

    Raises:
        ValueError: If the width or the depth is less.

    Source: Lu, Shin, Su and Karniadakis 2020, arXiv:1903.06733; derived anew for Gaussian weights.

    Example:
        >>> from reference.activations import ray_survival
        >>> ray_survival(2, 3) == (3 / 4) ** 3
        True
    """
    _require(width, "width", 1)
    _require(depth, "depth", 0)
    return (1 - 2.0**-width) ** depth


class BornDeadBounds(NamedTuple):
    """Between which two numbers the probability lies that a network is born dead.

    Example:
        >>> from reference.activations import BornDeadBounds
        >>> BornDeadBounds(lower=0.25, upper=0.5).upper
        0.5
    """

    lower: float
    upper: float


def born_dead_bounds(width: int, depth: int) -> BornDeadBounds:
    r"""Return bounds on the probability that a ReLU network with one input and normal weights is born dead.

    One ray of inputs (x > 0, or x < 0) survives a layer with probability $a = 1 - 2^{-N}$ and L layers with $a^L$,
    its `ray_survival`. The network is dead if both rays are: $1 - 2 a^L + P(\text{both live})$. In layer 1 no unit
    is off for both. In each later one the chance that all units are off for both is at most $2^{-N}$ and at least
    $4^{-N}$ (the rays are never more than a right angle apart, and the weights are independent and normal), so that
    both survive it with a probability between $a^2$ and $a$. With $a$, the sum is $1 - a^{L-1}$. Both bounds tend to
    1 with the depth.

    Args:
        width: N, units per hidden layer, at least 1.
        depth: L, the number of hidden layers, at least 1.

    Raises:
        ValueError: If the width or the depth is less than 1.

    Source: Lu, Shin, Su and Karniadakis 2020, arXiv:1903.06733; derived anew for Gaussian weights.

    Example:
        >>> from reference.activations import born_dead_bounds
        >>> lower, upper = born_dead_bounds(2, 10)
        >>> round(lower, 3), round(upper, 3)
        (0.89, 0.925)
    """
    _require(depth, "depth", 1)
    both = (1 - 2 * 2.0**-width) * ray_survival(width, 2 * depth - 2)
    return BornDeadBounds(
        lower=1 - 2 * ray_survival(width, depth) + both,
        upper=1 - ray_survival(width, depth - 1),
    )
