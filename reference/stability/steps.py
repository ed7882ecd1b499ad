r"""Divergence over steps: a learning rate above two over the curvature, which is not explosion over depth.

Explosion over depth happens within one pass, in a product of as many factors as there are layers. Divergence over steps
happens in a product of as many factors as there are steps: near a lowest point of curvature c, a step of gradient
descent multiplies the distance from it by $1 - \eta c$, and from $\eta c > 2$ on that grows. The backward pass changes
no weight; the step after it does.

Notation: $\eta$ is the learning rate, $\mu$ the momentum's `decay`, c a curvature: an eigenvalue of the Hessian, the
matrix of the loss's second derivatives. Weights are trees of arrays, as in `reference.training.optimizers`.

Explained on the page `docs/stability/steps.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reference.arrays import Array
from reference.autograd import Tensor
from reference.training.optimizers import Tree, tree_map, value_and_gradient

__all__ = ["Curvature", "hessian_vector_product", "largest_curvature", "largest_rate", "step_factor"]


class Curvature(NamedTuple):
    """An eigenvalue of the Hessian, and its direction, a tree of length 1.

    Example:
        >>> import numpy as np
        >>> from reference.stability import Curvature
        >>> Curvature(value=2.0, direction=np.array([1.0, 0.0])).value
        2.0
    """

    value: float
    direction: Tree


def largest_rate(curvature: float, *, decay: float = 0.0) -> float:
    r"""Return the learning rate above which descent on a quadratic diverges, $2 (1 + \mu) / c$.

    The largest curvature of all directions decides.

    Args:
        curvature: c, above 0.
        decay: $\mu$, from 0 (plain descent) to 1.

    Raises:
        ValueError: If the curvature is not above 0, or the decay lies outside of 0 and 1.

    Source: Polyak 1964. Hard case: Nesterov's form has another limit.

    Example:
        >>> from reference.stability import largest_rate
        >>> largest_rate(10.0), round(largest_rate(10.0, decay=0.9), 2)
        (0.2, 0.38)
    """
    if not curvature > 0:
        raise ValueError(f"the curvature must be above 0, got {curvature}; along it no rate converges")
    if not 0 <= decay <= 1:
        raise ValueError(f"the decay must lie from 0 to 1, got {decay}; 0 is plain descent")
    return 2 * (1 + decay) / curvature


def step_factor(learning_rate: Array, curvature: Array, *, decay: float = 0.0) -> np.ndarray:
    r"""Return by how much one step multiplies the distance from the lowest point of a quadratic in the long run.

    Plain descent makes $(1 - \eta c)\,w$ of w, so it is $|1 - \eta c|$. With momentum the last two positions tell
    the next, $w_{t+1} = (1 + \mu - \eta c)\,w_t - \mu\, w_{t-1}$, and the factor is the larger absolute value of
    the roots r of $r^2 - (1 + \mu - \eta c)\, r + \mu = 0$. Above 1 the steps diverge.

    Args:
        learning_rate: $\eta$, a number or an array.
        curvature: c, a number or an array that broadcasts with it; negative for a direction that falls away.
        decay: $\mu$.

    Source: Polyak 1964. Hard case: between $(1 - \sqrt\mu)^2$ and $(1 + \sqrt\mu)^2$ for $\eta c$ the roots are
    complex and the factor is $\sqrt\mu$, whatever the curvature.

    Example:
        >>> import numpy as np
        >>> from reference.stability import step_factor
        >>> step_factor(np.array([0.05, 0.19, 0.21]), 10.0).round(6)
        array([0.5, 0.9, 1.1])
        >>> step_factor(np.array([0.05, 0.19, 0.21]), 10.0, decay=0.81).round(6)
        array([0.9, 0.9, 0.9])
    """
    middle = (1 + decay - np.multiply(learning_rate, curvature)) / 2
    root = np.sqrt(middle * middle - decay + 0j)
    return np.asarray(np.maximum(np.abs(middle + root), np.abs(middle - root)))


def hessian_vector_product(
    loss: Callable[..., Tensor], weights: Tree, direction: Tree, *batch: Array, h: float = 2.0**-14
) -> Tree:
    r"""Return the Hessian times a direction: how fast the gradient changes along it, by a central difference.

    $H v = (\nabla(w + h v) - \nabla(w - h v)) / 2h + O(h^2)$. It costs two gradients, while the Hessian itself has as
    many entries as the square of the number of weights.

    Args:
        loss: `loss(weights, *batch)` with Tensors for weights.
        weights: w, a tree of float64 arrays.
        direction: v, a tree of the same form, best of length 1.
        *batch: Arrays.
        h: The step.

    Raises:
        ValueError: If the direction's tree has another form than the weights'.

    Source: Pearlmutter 1994, "Fast exact multiplication by the Hessian", whose exact product replaces the difference.

    Example:
        >>> import numpy as np
        >>> from reference.stability import hessian_vector_product
        >>> hessian_vector_product(lambda w: w[0] * w[1], np.array([5.0, 3.0]), np.array([1.0, 0.0])).round(6)
        array([0., 1.])
    """
    ahead = tree_map(lambda w, v: w + h * v, weights, direction)
    behind = tree_map(lambda w, v: w - h * v, weights, direction)
    gradients = (value_and_gradient(loss, point, *batch)[1] for point in (ahead, behind))
    return tree_map(lambda a, b: (a - b) / (2 * h), *gradients)


def largest_curvature(
    loss: Callable[..., Tensor], weights: Tree, *batch: Array, rng: np.random.Generator, turns: int = 30
) -> Curvature:
    r"""Return the largest eigenvalue of the Hessian, by size, with its direction: power iteration.

    A random direction is multiplied by the Hessian again and again. The part along the largest eigenvalue grows most
    and is soon all that is left. The value is $v^T H v$, whose error is about the square of the direction's.

    Args:
        loss: `loss(weights, *batch)` with Tensors for weights.
        weights: A tree of float64 arrays.
        *batch: Arrays.
        rng: The source of the first direction.
        turns: How many products; the nearer the second largest eigenvalue is, the more it takes.

    Raises:
        ValueError: If there are no turns.

    Source: von Mises and Pollaczek-Geiringer 1929. Hard cases: the value is negative where the strongest curvature
    bends down; two of equal size and opposite sign, as at a saddle, give a value between them that is no curvature;
    where all curvatures are 0 the value is 0 and the direction is all zeros after the first turn.

    Example:
        >>> import numpy as np
        >>> from reference.stability import largest_curvature
        >>> bowl = lambda w: 3 * w[0] * w[0] + w[1] * w[1]
        >>> round(largest_curvature(bowl, np.ones(2), rng=np.random.default_rng(0)).value, 6)
        6.0
    """
    if turns < 1:
        raise ValueError(f"power iteration needs at least one turn, got {turns}; 30 are usually enough")
    direction = _unit(tree_map(lambda w: rng.normal(size=w.shape), weights))
    for _ in range(turns):
        turned = hessian_vector_product(loss, weights, direction, *batch)
        value, now = _dot(direction, turned), direction
        direction = _unit(turned)
    return Curvature(value, now)


def _unit(tree: Tree) -> Tree:
    length = _dot(tree, tree) ** 0.5
    return tree_map(lambda v: v / length, tree) if length else tree


def _dot(tree: Tree, other: Tree) -> float:
    if isinstance(tree, tuple | list):
        return sum(_dot(a, b) for a, b in zip(tree, other, strict=True))
    return float(np.sum(tree * other))
