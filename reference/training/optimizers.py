r"""Optimizers: how a gradient becomes a step. State in, state out; nothing is changed in place.

The gradient says in which direction the loss grows fastest, so every step goes the other way. Plain descent goes
straight, `momentum` keeps some of its speed, `adam` measures every weight's step by how large its gradients usually
are, `adamw` is Adam with a weight decay that this measure does not touch.

Notation: w are the weights, g the gradients of the loss at w, $\eta$ the learning rate, $\lambda$ the weight decay,
t the number of this step, from 1 on. Weights and gradients are trees: an array, or a tuple or list of trees, of the
same form. Options are keyword-only, so `functools.partial(adam, learning_rate=0.01)` is a step for `descent`, and a
schedule passes another rate at each call.

Explained on the page `docs/training/optimizers.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from reference.arrays import Array, array_namespace
from reference.autograd import Tensor

__all__ = ["OptimizerState", "Tree", "adam", "adamw", "momentum", "sgd", "tree_map", "value_and_gradient"]

Tree: TypeAlias = Any
"""An array, or a tuple or list of trees; a NamedTuple such as `Layer` is a tuple."""


@dataclass(frozen=True, eq=False)
class OptimizerState:
    """The weights and what an optimizer remembers; `OptimizerState(weights)` is the start of each of them.

    Attributes:
        weights: The tree of arrays that is trained.
        moments: Running means, trees of the same form: one for `momentum`, two for `adam`, none before the first step.
        steps: How many steps have been made.

    Example:
        >>> import numpy as np
        >>> from reference.training import OptimizerState, sgd
        >>> state = OptimizerState(np.array([1.0]))
        >>> sgd(state, np.array([0.5]), learning_rate=0.1)
        OptimizerState(weights=array([0.95]), moments=(), steps=1)
    """

    weights: Tree
    moments: tuple[Tree, ...] = ()
    steps: int = 0


def sgd(state: OptimizerState, gradients: Tree, *, learning_rate: float, weight_decay: float = 0.0) -> OptimizerState:
    r"""Return the state after a step of (stochastic) gradient descent, $w \leftarrow w - \eta\, (g + \lambda w)$.

    Raises:
        ValueError: If the gradients' tree has another form than the weights'.

    Source: Cauchy 1847; stochastic: Robbins and Monro 1951.

    Example:
        >>> import numpy as np
        >>> from reference.training import OptimizerState, sgd
        >>> sgd(OptimizerState(np.array([4.0])), np.array([2.0]), learning_rate=0.5).weights
        array([3.])
    """
    gradients = _decayed(gradients, state.weights, weight_decay)
    weights = tree_map(lambda w, g: w - learning_rate * g, state.weights, gradients)
    return OptimizerState(weights, (), state.steps + 1)


def momentum(
    state: OptimizerState,
    gradients: Tree,
    *,
    learning_rate: float,
    decay: float = 0.9,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> OptimizerState:
    r"""Return the state after a step with momentum: $v \leftarrow \mu v + g$, then $w \leftarrow w - \eta v$.

    Constant gradients add up to $1 / (1 - \mu)$ times their size; those that change sign cancel. Nesterov's form steps
    by $g + \mu v$, as if from where the speed is about to lead. Weight decay first adds $\lambda w$ to g.

    Args:
        state: The weights; the moment is v, which starts at 0.
        gradients: g.
        learning_rate: $\eta$.
        decay: $\mu$, from 0 to 1.
        nesterov: Whether to look ahead.
        weight_decay: $\lambda$.

    Raises:
        ValueError: If the gradients' tree has another form than the weights', or the state is another optimizer's.

    Source: Polyak 1964; in this form Sutskever et al. 2013, and PyTorch, which leaves the rate out of v.

    Example:
        >>> import numpy as np
        >>> from reference.training import OptimizerState, momentum
        >>> state = OptimizerState(np.array([0.0]))
        >>> for _ in range(3):
        ...     state = momentum(state, np.array([1.0]), learning_rate=1.0, decay=0.5)
        ...     print(state.weights)
        [-1.]
        [-2.5]
        [-4.25]
    """
    (velocity,) = _moments(state, 1)
    gradients = _decayed(gradients, state.weights, weight_decay)
    velocity = tree_map(lambda v, g: decay * v + g, velocity, gradients)
    ahead = tree_map(lambda v, g: g + decay * v, velocity, gradients) if nesterov else velocity
    weights = tree_map(lambda w, v: w - learning_rate * v, state.weights, ahead)
    return OptimizerState(weights, (velocity,), state.steps + 1)


def adam(
    state: OptimizerState,
    gradients: Tree,
    *,
    learning_rate: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> OptimizerState:
    r"""Return the state after a step of Adam, $w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)$.

    m and v are running means of g and of $g^2$: $m \leftarrow \beta_1 m + (1 - \beta_1) g$, and v likewise with
    $\beta_2$. Both start at 0 and are too small at first, so the step uses $\hat m = m / (1 - \beta_1^t)$ and
    $\hat v = v / (1 - \beta_2^t)$. A first step therefore has the size $\eta$, however large the gradient is.

    Args:
        state: The weights; the moments are m and v.
        gradients: g.
        learning_rate: $\eta$, about the size of a step.
        betas: $\beta_1$ and $\beta_2$.
        eps: $\epsilon$, added after the root, as in the paper and in PyTorch.
        weight_decay: $\lambda w$ is added to g, and then scaled by Adam like all of it; see `adamw`.

    Raises:
        ValueError: If the gradients' tree has another form than the weights', or the state is another optimizer's.

    Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1. Hard case: a weight whose gradient is always 0 stays.

    Example:
        >>> import numpy as np
        >>> from reference.training import OptimizerState, adam
        >>> state = adam(OptimizerState(np.zeros(2)), np.array([1e-3, -1e3]), learning_rate=0.1)
        >>> state.weights.round(4)
        array([-0.1,  0.1])
    """
    (mean, square), t = _moments(state, 2), state.steps + 1
    gradients = _decayed(gradients, state.weights, weight_decay)
    mean = tree_map(lambda m, g: betas[0] * m + (1 - betas[0]) * g, mean, gradients)
    square = tree_map(lambda v, g: betas[1] * v + (1 - betas[1]) * g * g, square, gradients)

    def moved(w: Array, m: Array, v: Array) -> Array:
        xp = array_namespace(v)
        return w - learning_rate * (m / (1 - betas[0] ** t)) / (xp.sqrt(v / (1 - betas[1] ** t)) + eps)

    return OptimizerState(tree_map(moved, state.weights, mean, square), (mean, square), t)


def adamw(
    state: OptimizerState,
    gradients: Tree,
    *,
    learning_rate: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> OptimizerState:
    r"""Return the state after a step of AdamW: weights shrink by $1 - \eta \lambda$, then Adam steps without decay.

    In `adam` the decay goes through $\hat m / \sqrt{\hat v}$ and loses its size there: weights with large gradients
    are hardly decayed. Here all shrink alike.

    Raises:
        ValueError: As `adam` does.

    Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the decay scaled by the rate as in PyTorch.

    Example:
        >>> import numpy as np
        >>> from reference.training import OptimizerState, adamw
        >>> adamw(OptimizerState(np.array([2.0])), np.array([0.0]), learning_rate=0.5, weight_decay=0.1).weights
        array([1.9])
    """
    shrunk = tree_map(lambda w: (1 - learning_rate * weight_decay) * w, state.weights)
    return adam(replace(state, weights=shrunk), gradients, learning_rate=learning_rate, betas=betas, eps=eps)


def value_and_gradient(loss: Callable[..., Tensor], weights: Tree, *batch: Array) -> tuple[float, Tree]:
    """Return `loss(weights, *batch)` and its gradients by the weights, a tree of the same form, found by `Tensor`.

    Example:
        >>> import numpy as np
        >>> from reference.training import value_and_gradient
        >>> value_and_gradient(lambda w: w[0] * w[1], (np.array(2.0), np.array(5.0)))
        (10.0, (array(5.), array(2.)))
    """
    leaves = tree_map(Tensor, weights)
    value = loss(leaves, *batch)
    value.backward()
    gradients = tree_map(lambda leaf: _zeros(leaf.data) if leaf.grad is None else leaf.grad, leaves)
    return value.item(), gradients


def tree_map(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Return the tree of the same form whose arrays are the function of the trees' arrays at the same place.

    Raises:
        ValueError: If the trees differ in form.

    Example:
        >>> import numpy as np
        >>> from reference.training import tree_map
        >>> tree_map(np.add, (np.array([1.0]), [np.array(2.0)]), (np.array([3.0]), [np.array(4.0)]))
        (array([4.]), [np.float64(6.0)])
    """
    if not isinstance(tree, tuple | list):
        if any(isinstance(other, tuple | list) for other in others):
            raise ValueError("the trees must have the same form, got an array where another has a tuple or list")
        return function(tree, *others)
    if any(not isinstance(other, tuple | list) or len(other) != len(tree) for other in others):
        raise ValueError(f"the trees must have the same form, got none of {len(tree)} entries where another has one")
    parts = [tree_map(function, *nodes) for nodes in zip(tree, *others, strict=True)]
    return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)


def _moments(state: OptimizerState, count: int) -> tuple[Tree, ...]:
    """Return the running means of a state, zeros before the first step.

    Raises:
        ValueError: If the state has those of another optimizer.
    """
    moments = state.moments or (tree_map(_zeros, state.weights),) * count
    if len(moments) != count:
        raise ValueError(
            f"this optimizer keeps {count} running means, the state has {len(moments)} of another; "
            "start anew with OptimizerState(weights)"
        )
    return moments


def _zeros(w: Array) -> Array:
    xp = array_namespace(w)
    return xp.zeros_like(w)


def _decayed(gradients: Tree, weights: Tree, weight_decay: float) -> Tree:
    def decayed(w: Array, g: Array) -> Array:
        if w.shape != g.shape:
            raise ValueError(f"a gradient must have its weights' shape {w.shape}, got {g.shape}; reshape it")
        return g + weight_decay * w if weight_decay else g

    return tree_map(decayed, weights, gradients)
