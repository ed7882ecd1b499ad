"""Round a Tensor to integers from -8 to 8, with a straight-through gradient inside the range."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.autograd import Tensor, operations

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.autograd import Tensor, operations

def rounded(x):
    """Return a Tensor x rounded to integers from -8 to 8. Its gradient is that of x
    where |x| <= 8, and 0 beyond."""
    return operations.round(x)  # your code here

x = Tensor([0.4, 2.7, -100.0])
operations.sum(rounded(x)).backward()
print(rounded(x), x.grad)
'''

ANSWER = '''\
import numpy as np
from reference.autograd import Tensor, operations

def rounded(x):
    """Return a Tensor x rounded to integers from -8 to 8. Its gradient is that of x
    where |x| <= 8, and 0 beyond."""
    precise = x.detach()
    inside = operations.where(np.abs(precise) <= 8, x, 0.0)
    return np.clip(np.rint(precise), -8, 8) + (inside - inside.detach())

x = Tensor([0.4, 2.7, -100.0])
operations.sum(rounded(x)).backward()
print(rounded(x), x.grad)
'''

INSIDE = np.array([0.4, 2.7, -1.5, 2.5, 0.0, -7.9, 8.0, -8.0])
BEYOND = np.array([8.1, -8.1, 100.1, -1e6, 1e20])


def check(names: Names) -> Iterator[str]:
    """Values and gradients inside the range, and beyond it."""
    _values(names, INSIDE, "Half-way cases go to the even integer, as `np.rint` has them.")
    yield "Inside the range it rounds."
    _gradient(names, INSIDE, 1.0)
    yield "Inside the range the gradient passes as it came."
    _values(names, BEYOND, "What is beyond ±8 becomes ±8, to the last bit.")
    yield "Beyond the range it stays at the end."
    _gradient(names, BEYOND, 0.0)
    yield "Beyond the range the gradient is 0."


def _call(names: Names, x: np.ndarray) -> tuple[Any, Any]:
    leaf = Tensor(x)
    y = function(names, "rounded(x)")(leaf)
    if y is None:
        raise Wrong("`rounded(x)` returns None: does your function end with a `return`?")
    if not isinstance(y, Tensor):
        raise Wrong(f"`rounded(x)` is a {type(y).__name__}, so nothing can go back through it: x itself must be in it.")
    if y.shape != x.shape:
        raise Wrong(f"`rounded(x)` has shape {y.shape} for x of shape {x.shape}.")
    return leaf, y


def _values(names: Names, x: np.ndarray, hint: str) -> None:
    _, y = _call(names, x)
    wanted = np.clip(np.rint(x), -8, 8)
    wrong = np.flatnonzero(y.detach() != wanted)
    if wrong.size:
        k = int(wrong[0])
        got = float(y.detach()[k])
        if got == x[k] + (wanted[k] - x[k]):
            raise Wrong(f"{x[k]:g} becomes {got:g}: x + (y - x) loses y beside a large x. Use y + (x - x).")
        raise Wrong(f"{x[k]:g} becomes {got:g}, expected {wanted[k]:g}. {hint}")


def _gradient(names: Names, x: np.ndarray, wanted: float) -> None:
    leaf, y = _call(names, x)
    weights = np.arange(1.0, len(x) + 1)
    operations.sum(y * weights).backward()
    grad = np.zeros(len(x)) if leaf.grad is None else leaf.grad / weights
    wrong = np.flatnonzero(grad != wanted)
    if wrong.size:
        k = int(wrong[0])
        said = "Inside the range it must pass as if nothing was rounded." if wanted else "There the value is constant."
        more = " Two ways lead to x: detach one." if grad[k] == 2 else ""
        raise Wrong(f"At {x[k]:g} the gradient is multiplied by {grad[k]:g}, expected {wanted:g}. {said}{more}")
