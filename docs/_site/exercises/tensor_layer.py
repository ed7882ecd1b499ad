"""The three gradients of a layer x @ W + b on a batch, by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.autograd import Tensor

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def layer_backward(x, W, b, g):
    """Return the gradients by x, W and b, for the layer y = x @ W + b.

    x: (n, inputs), W: (inputs, outputs), b: (outputs,).
    g: (n, outputs), the gradient of the loss by y.
    """
    return x, W, b  # your code here
'''

ANSWER = '''\
import numpy as np

def layer_backward(x, W, b, g):
    """Return the gradients by x, W and b, for the layer y = x @ W + b.

    x: (n, inputs), W: (inputs, outputs), b: (outputs,).
    g: (n, outputs), the gradient of the loss by y.
    """
    return g @ W.T, x.T @ g, np.sum(g, axis=0)
'''

CALL = "layer_backward(x, W, b, g)"
SIZES = ((5, 2, 3), (4, 3, 3), (1, 2, 4), (3, 3, 3))
"""Batches, inputs and outputs: shapes that tell mistakes apart, then some that do not."""


def check(names: Names) -> Iterator[str]:
    """The three gradients one by one, on batches of several sizes."""
    backward = function(names, CALL)
    for part, name in enumerate(("W", "b", "x")):
        for sizes in SIZES:
            _part(backward, (1, 2, 0)[part], name, sizes)
        yield f"The gradient by {name} is the Tensor's, on {len(SIZES)} batches."


def _part(backward: Callable[..., Any], part: int, name: str, sizes: tuple[int, int, int]) -> None:
    n, inputs, outputs = sizes
    rng = np.random.default_rng(7)
    x, w, b, g = (rng.normal(size=size) for size in ((n, inputs), (inputs, outputs), (outputs,), (n, outputs)))
    given = Tensor(x), Tensor(w), Tensor(b)
    (given[0] @ given[1] + given[2]).backward(g)
    found = backward(x.copy(), w.copy(), b.copy(), g.copy())
    if not isinstance(found, tuple | list) or len(found) != 3:
        raise Wrong(f"`{CALL}` must return three gradients, by x, by W and by b.")
    right = given[part].grad
    assert right is not None
    for said, value in _mistakes(part, x, w, b, g).items():
        if np.shape(found[part]) == np.shape(value) and np.allclose(found[part], value) and not _equal(value, right):
            raise Wrong(f"The gradient by {name}, for x of shape {x.shape}: {said}")
    got = numbers(found[part], right.shape, f"the gradient by {name}, for x of shape {x.shape},")
    if not np.allclose(got, right, rtol=1e-12):
        begins = f"begins with {got.flat[0]:.4f}: expected {right.flat[0]:.4f}."
        raise Wrong(f"The gradient by {name}, for x of shape {x.shape}, {begins}")


def _equal(a: Any, b: np.ndarray) -> bool:
    return np.shape(a) == b.shape and np.allclose(a, b)


def _mistakes(part: int, x: np.ndarray, w: np.ndarray, b: np.ndarray, g: np.ndarray) -> dict[str, Any]:
    by_x = {
        "this is x itself.": x,
        "this is ∂L/∂W in the place of ∂L/∂x: the order is x, W, b.": x.T @ g,
        "the matrix W was not turned, which fits only where it is square: it is g @ W.T.": g @ w
        if w.shape[0] == w.shape[1]
        else None,
        "the signs of g are all that is left of it.": np.sign(g) @ w.T,
    }
    by_w = {
        "this is W itself.": w,
        "you gave ∂L/∂x, the product with ∂y/∂x = W: the slope of y by W is x.": g @ w.T,
        "its rows and columns are swapped: it must have the shape of W.": g.T @ x,
        "this is the mean over the rows: every row adds its own share.": x.T @ g / len(x),
        "only the first row of the batch is in it: every row adds its own share.": np.outer(x[0], g[0]),
    }
    by_b = {
        "this is b itself.": b,
        "you gave g as it came: b was added to each row, so sum over the rows.": g,
        "this is the mean over the rows: b was used once in each row, and uses add up.": g.mean(axis=0),
        "you summed over the outputs: b has one number for each of them, so sum over the rows.": g.sum(axis=1),
        "you summed over everything: b has one number for each output.": g.sum(),
        "b adds to y with the slope 1: there is no factor in its gradient.": g.sum(axis=0) * b,
    }
    found = (by_x, by_w, by_b)[part]
    return {said: value for said, value in found.items() if value is not None}
