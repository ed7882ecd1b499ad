"""Batch norm's backward in one line, held against central differences."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.autograd import gradcheck
from reference.normalization import batch_norm, batch_norm_backward

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def batch_norm_grad(g, x, eps):
    """Return the gradient by x of sum(g * y), where y is the batch norm of x.

    g, x and the result: (batch, channels).
    """
    size = np.sqrt(np.var(x, axis=0) + eps)
    x_hat = (x - np.mean(x, axis=0)) / size
    return g / size  # as if mean and size were constants
'''

ANSWER = '''\
import numpy as np

def batch_norm_grad(g, x, eps):
    """Return the gradient by x of sum(g * y), where y is the batch norm of x.

    g, x and the result: (batch, channels).
    """
    size = np.sqrt(np.var(x, axis=0) + eps)
    x_hat = (x - np.mean(x, axis=0)) / size
    return (g - np.mean(g, axis=0) - x_hat * np.mean(g * x_hat, axis=0)) / size
'''

CALL = "batch_norm_grad(g, x, eps)"


def check(names: Names) -> Iterator[str]:
    """Typical mistakes first, then differences at two eps, a batch of two, equal numbers, and a batch of one."""
    rng = np.random.default_rng(0)
    _typical(names, rng)
    yield "It is the line, on a batch of 5."
    for eps in (1e-5, 1e-12):
        _differences(names, rng.normal(size=(5, 3)), eps)
        yield f"Central differences agree at eps = {eps:g}."
    _two(names)
    yield "In a batch of two nothing can move: the gradient is 0, but for eps."
    _alone(names)
    yield "An example alone has the result 0 whatever it is, so its gradient is 0."


def _of(names: Names, g: np.ndarray, x: np.ndarray, eps: float) -> np.ndarray:
    return numbers(function(names, CALL)(g.copy(), x.copy(), eps), x.shape, f"{CALL} for x of shape {x.shape}")


def _typical(names: Names, rng: np.random.Generator) -> None:
    x, g, eps = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), 0.1
    found, true = _of(names, g, x, eps), batch_norm_backward(g, x, eps=eps).x
    if np.allclose(found, true, rtol=1e-9):
        return
    size = np.sqrt(x.var(axis=0) + eps)
    hat = (x - x.mean(axis=0)) / size
    mean, along = g.mean(axis=0), hat * (g * hat).mean(axis=0)
    wrong = {
        "You take the mean and the size for constants: both depend on every x of the channel.": g / size,
        "The mean of g is taken out, its part along x_hat is not: that is what the size does.": (g - mean) / size,
        "The part along x_hat is taken out, the mean of g is not: that is what the mean does.": (g - along) / size,
        "The last division by `size` is missing.": g - mean - along,
        "You divide by the variance: the root is missing.": (g - mean - along) / size**2,
        "Sums stand where means belong: divide both by the number of examples.": (
            (g - g.sum(axis=0) - hat * (g * hat).sum(axis=0)) / size
        ),
        "You average over the channels, axis 1: a channel is a column, averaged over axis 0.": (
            (g - g.mean(axis=1, keepdims=True) - hat * (g * hat).mean(axis=1, keepdims=True)) / size
        ),
        "x stands where x_hat belongs.": (g - mean - x * (g * x).mean(axis=0)) / size,
    }
    for said, value in wrong.items():
        if np.allclose(found, value, rtol=1e-6):
            raise Wrong(said)
    raise Wrong(f"For a batch of 5 the first row is {np.round(found[0], 4)}: expected {np.round(true[0], 4)}.")


def _differences(names: Names, x: np.ndarray, eps: float) -> None:
    found = gradcheck(lambda x: batch_norm(x, eps=eps)[0], x, vjp=lambda x, grad: _of(names, grad, x, eps))
    if not found:
        raise Wrong(f"Right before, but at eps = {eps:g} the differences disagree: {found}. Where do you use eps?")


def _two(names: Names) -> None:
    g, x = np.array([[1.0], [-2.0]]), np.array([[0.5], [3.5]])
    found, true = _of(names, g, x, 1e-5), batch_norm_backward(g, x, eps=1e-5).x
    if np.abs(found - true).max() > 1e-9:
        raise Wrong(f"For a batch of two you get {found.T}: expected {true.T}. Has your variance 1/n, as in training?")


def _alone(names: Names) -> None:
    found = _of(names, np.array([[1.0, -3.0]]), np.array([[2.0, 5.0]]), 1e-5)
    if not np.all(found == 0):
        raise Wrong(f"For a batch of one you get {found}: its x is its mean, so the result is always 0.")
