r"""A multilayer perceptron as plain data: the weights are arrays in tuples, the network is a function of them.

Nothing is hidden in an object. So the same function runs on NumPy arrays, on PyTorch's and JAX's, and on this
package's `Tensor`, which then knows the gradient; and weights can be averaged, rounded, stored or evolved as they are.

Notation: `x` is (..., inputs), a layer has `weight` (fan-in, fan-out) and `bias` (fan-out,), so that rows are examples
and a layer is x W + b. PyTorch keeps W transposed, (fan-out, fan-in).

Explained on the page `docs/training/mlp.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from reference.activations.rectifiers import relu
from reference.arrays import Array, array_namespace, wider
from reference.autograd import Tensor
from reference.training.optimizers import OptimizerState, Tree, value_and_gradient

__all__ = ["Layer", "accuracy", "descent", "forward", "initialize"]


class Layer(NamedTuple):
    """The parameters of one layer, x W + b.

    Example:
        >>> import numpy as np
        >>> from reference.training import Layer
        >>> weight, bias = Layer(weight=np.eye(2), bias=np.zeros(2))
    """

    weight: Array
    bias: Array


def initialize(
    sizes: Sequence[int], *, rng: np.random.Generator, gain: float = 2**0.5, dtype: type = np.float64
) -> tuple[Layer, ...]:
    r"""Return random layers: normal weights of standard deviation gain / sqrt(fan-in), and biases of 0.

    A sum of fan-in terms then has gain^2 times the mean square of its inputs. ReLU halves a mean square, so
    the gain $\sqrt 2$ (He) keeps it from layer to layer.

    Args:
        sizes: Inputs, the units of each hidden layer, outputs: (64, 32, 10) is a network with one hidden layer.
        rng: The source of the weights.
        gain: The square root of 2 for ReLU.
        dtype: Of all parameters, a NumPy float; the numbers drawn are the same for each.

    Raises:
        ValueError: If there are fewer than two sizes, or one is below 1.

    Source: He et al. 2015, arXiv:1502.01852, equation 10.

    Example:
        >>> import numpy as np
        >>> from reference.training import initialize
        >>> layers = initialize((64, 32, 10), rng=np.random.default_rng(0))
        >>> [(layer.weight.shape, layer.bias.shape) for layer in layers]
        [((64, 32), (32,)), ((32, 10), (10,))]
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must be inputs, hidden units, outputs, each at least 1, got {sizes}; try (64, 32, 10)")
    return tuple(
        Layer(rng.normal(scale=gain / n**0.5, size=(n, m)).astype(dtype), np.zeros(m, dtype))
        for n, m in pairwise(sizes)
    )


def forward(x: Array, layers: Sequence[tuple[Array, Array]], *, activation: Callable[[Array], Array] = relu) -> Array:
    """Return the logits of a network: every layer is x W + b, with the activation between the layers.

    The last layer has no activation: a loss takes its logits as they are.

    Args:
        x: (..., inputs), one example per row.
        layers: Pairs of a weight and a bias, of the library of x; where they are Tensors, x may be a NumPy array.
        activation: A function of one array.

    Returns:
        (..., outputs).

    Source: Rosenblatt 1962; Rumelhart, Hinton and Williams 1986. Hard case: without layers x comes back as it is.

    Example:
        >>> import numpy as np
        >>> from reference.training import forward
        >>> layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0], [1.0]]), np.array([0.5]))]
        >>> forward(np.array([[-2.0], [3.0]]), layers)
        array([[2.5],
               [3.5]])
    """
    for i, (weight, bias) in enumerate(layers):
        xp = array_namespace(x, weight, bias)
        x = xp.matmul(x if i == 0 else activation(x), weight) + bias
    return x


def descent(
    loss: Callable[..., Tensor],
    weights: Tree,
    batches: Iterable[tuple[Array, ...]],
    step: Callable[[OptimizerState, Tree], OptimizerState],
) -> Iterator[tuple[OptimizerState, float]]:
    """Train: for every batch yield the state after its step, and the loss before it.

    It runs as far as it is asked to, so a progress bar, an early stop or a plot is a loop over it.

    Args:
        loss: `loss(weights, *batch)` with Tensors for weights.
        weights: A tree of NumPy arrays.
        batches: Tuples of arrays.
        step: An optimizer.

    Example:
        >>> from functools import partial
        >>> import numpy as np
        >>> from reference.training import descent, sgd
        >>> for state, value in descent(lambda w: w * w, np.array(8.0), [()] * 3, partial(sgd, learning_rate=0.25)):
        ...     print(value, state.weights)
        64.0 4.0
        16.0 2.0
        4.0 1.0
    """
    state = OptimizerState(weights)
    for batch in batches:
        value, gradients = value_and_gradient(loss, state.weights, *batch)
        state = step(state, gradients)
        yield state, value


def accuracy(logits: Array, target: Array) -> Array:
    """Return the share of rows whose largest logit is at the label; its slope is 0, so no gradient can raise it.

    Args:
        logits: (..., n).
        target: (...), labels from 0 to n - 1.

    Raises:
        ValueError: If there is not one label per row.

    Source: the definition. Hard cases: of equally large logits the first counts; the mean of no rows is NaN.

    Example:
        >>> import numpy as np
        >>> from reference.training import accuracy
        >>> float(accuracy(np.array([[0.2, 0.1], [0.3, 0.4]]), np.array([0, 0])))
        0.5
    """
    xp = array_namespace(logits, target)
    if target.shape != logits.shape[:-1]:
        raise ValueError(
            f"labels must have one entry per row of logits, got {(*target.shape,)} for {(*logits.shape,)}; reshape one"
        )
    return xp.mean(wider(xp.argmax(logits, axis=-1) == target))
