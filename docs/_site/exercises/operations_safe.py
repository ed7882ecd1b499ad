"""Keep NaN out of a gradient: x log x, with 0 where x is not positive, on the package's Tensor."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.autograd import Tensor

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.autograd import Tensor, operations as xp

def entropy_term(p):
    """Return p log p, and 0 where p is 0, with a gradient that is never nan."""
    return xp.where(p > 0, p * xp.log(p), 0.0)  # right, but look at the gradient

p = Tensor(np.array([0.0, 0.5, 1.0]))
xp.sum(entropy_term(p)).backward()
print(p.grad)
'''

ANSWER = '''\
import numpy as np
from reference.autograd import Tensor, operations as xp

def entropy_term(p):
    """Return p log p, and 0 where p is 0, with a gradient that is never nan."""
    safe = xp.where(p > 0, p, 1.0)
    return xp.where(p > 0, p * xp.log(safe), 0.0)

p = Tensor(np.array([0.0, 0.5, 1.0]))
xp.sum(entropy_term(p)).backward()
print(p.grad)
'''

CALL = "entropy_term(p)"
P = np.array([0.0, 0.25, 0.5, 1.0, 1e-300, 0.0])
TERMS = np.array([x * np.log(x) if x else 0.0 for x in P])
SLOPES = np.array([np.log(x) + 1 if x else 0.0 for x in P])


def check(names: Names) -> Iterator[str]:
    """The values, then the gradients where p is positive, then those at 0."""
    p = Tensor(P)
    with np.errstate(all="ignore"):
        y: Any = function(names, CALL)(p)
        if not isinstance(y, Tensor):
            raise Wrong(f"`{CALL}` is of type {type(y).__name__}: it must be a Tensor, so build it of xp's functions.")
        if y.shape != P.shape:
            raise Wrong(f"`{CALL}` has shape {y.shape}: expected one term for each p, {P.shape}.")
        y.backward(np.ones_like(P))
    _values(y.data)
    yield "The values are right, 0 included."
    grad = np.zeros_like(P) if p.grad is None else p.grad
    _slopes(grad)
    yield "Where p is positive the slope is log p + 1."
    if np.isnan(grad).any():
        raise Wrong("Right, but at p = 0 the gradient is nan: log(0) is still computed, so give log a harmless number.")
    if np.abs(grad[P == 0]).max() > 0:
        raise Wrong(f"At p = 0 the gradient is {grad[0]:g}: where the constant 0 is taken, the slope is 0.")
    yield "At 0 the gradient is 0, not nan."


def _values(found: np.ndarray) -> None:
    at = int(np.argmax(~np.isclose(found, TERMS, rtol=1e-12, atol=0)))
    if not np.isclose(found[at], TERMS[at], rtol=1e-12, atol=0):
        hint = " It is the logarithm of a slightly larger number." if np.allclose(found, TERMS, atol=1e-2) else ""
        raise Wrong(f"For p = {P[at]:g} you get {found[at]:.8g}: expected {TERMS[at]:.8g}.{hint}")


def _slopes(found: np.ndarray) -> None:
    positive = P > 0
    if np.allclose(found[positive], 0):
        raise Wrong("No gradient arrives at all: has the graph been lost by detach or data?")
    at = int(np.argmax(positive & ~np.isclose(found, SLOPES, rtol=1e-9)))
    if positive[at] and not np.isclose(found[at], SLOPES[at], rtol=1e-9):
        raise Wrong(f"For p = {P[at]:g} the gradient is {found[at]:.6g}: expected log p + 1, {SLOPES[at]:.6g}.")
