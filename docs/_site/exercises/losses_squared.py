"""The slope of the squared error on probabilities, seen by the logits."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.activations import softmax

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import softmax

def squared_gradient(x, q):
    """Return the gradient of sum((softmax(x) - q)**2) by the logits x. x, q: (n,)."""
    p = softmax(x)
    return p - q  # that is the gradient of cross-entropy

print(squared_gradient(np.array([-8.0, 8.0]), np.array([1.0, 0.0])))
'''

ANSWER = '''\
import numpy as np
from reference.activations import softmax

def squared_gradient(x, q):
    """Return the gradient of sum((softmax(x) - q)**2) by the logits x. x, q: (n,)."""
    p = softmax(x)
    slope = 2 * (p - q)  # by the probabilities
    return p * (slope - np.sum(p * slope))

print(squared_gradient(np.array([-8.0, 8.0]), np.array([1.0, 0.0])))
'''

CALL = "squared_gradient(x, q)"


def check(names: Names) -> Iterator[str]:
    """Compare with differences for two classes and for five, then look at a confident wrong answer."""
    rng = np.random.default_rng(0)
    _look(names, rng.normal(size=2), np.array([1.0, 0.0]))
    yield "For two classes it is what differences say."
    _look(names, rng.normal(size=5), softmax(rng.normal(size=5)))
    yield "For five classes with shared targets, too."
    _look(names, np.array([-8.0, 8.0, 0.0]), np.array([1.0, 0.0, 0.0]))
    yield "A confident wrong answer hardly feels it."


def _look(names: Names, x: np.ndarray, q: np.ndarray) -> None:
    found = numbers(function(names, CALL)(x.copy(), q.copy()), x.shape, f"{CALL} for {len(x)} classes")
    p, h = softmax(x), 1e-6
    steps = h * np.eye(len(x))
    true = np.array([_loss(x + step, q) - _loss(x - step, q) for step in steps]) / (2 * h)
    if np.allclose(found, true, rtol=1e-5, atol=1e-8):
        return
    exact = 2 * p * (p - q - np.sum(p * (p - q)))
    typical = {
        "That is p − q, the gradient of cross-entropy.": p - q,
        "That is the slope by the probabilities: now go through softmax, to the logits.": 2 * (p - q),
        "The factor 2 of the square is missing.": exact / 2,
        "Only p (1 − p) of the Jacobian is there: each probability feels every logit.": 2 * (p - q) * p * (1 - p),
        "The second term of the Jacobian, − p (pᵀ g), is missing.": 2 * p * (p - q),
        "The sum was asked for, you return the gradient of the mean.": exact / len(x),
    }
    recognize(found, typical)
    raise Wrong(f"For x = {np.round(x, 2)} you get {np.round(found, 4)}: differences say {np.round(true, 4)}.")


def _loss(x: np.ndarray, q: np.ndarray) -> float:
    return float(np.sum((softmax(x) - q) ** 2))
