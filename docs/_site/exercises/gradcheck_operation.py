"""Write the two rules of a new operation, the length of a vector, and let gradcheck judge them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.autograd import Operation, gradcheck

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.autograd import Operation, gradcheck

def by_a(g, y, a, b):
    """Return g times the derivative of y = sqrt(a**2 + b**2) by a."""
    return g  # your code here

def by_b(g, y, a, b):
    """Return g times the derivative of y by b."""
    return g  # your code here

length = Operation("length", np.hypot, by_a, by_b)
print(gradcheck(length, np.array([3.0, -1.0]), np.array([4.0, 2.0])))
'''

ANSWER = '''\
import numpy as np
from reference.autograd import Operation, gradcheck

def by_a(g, y, a, b):
    """Return g times the derivative of y = sqrt(a**2 + b**2) by a."""
    return g * (a / y)

def by_b(g, y, a, b):
    """Return g times the derivative of y by b."""
    return g * (b / y)

length = Operation("length", np.hypot, by_a, by_b)
print(gradcheck(length, np.array([3.0, -1.0]), np.array([4.0, 2.0])))
'''

A, B = np.array([3.0, -1.0, 0.5]), np.array([4.0, 2.0, -2.0])
G = np.array([1.0, -0.5, 2.0])
Rule = Callable[..., Any]


def check(names: Names) -> Iterator[str]:
    """Each rule by itself, then both together before the judge, then large lengths."""
    rules = [function(names, f"{name}(g, y, a, b)") for name in ("by_a", "by_b")]
    for name, rule, own, other in (("by_a", rules[0], A, B), ("by_b", rules[1], B, A)):
        _alone(name, rule, own, other)
        yield f"`{name}` is right."
    _judged(rules)
    yield "gradcheck finds nothing wrong, with a row and a column, too."
    _large(rules)
    yield "Lengths of 5e200 do not overflow."


def _alone(name: str, rule: Rule, own: np.ndarray, other: np.ndarray) -> None:
    y, call = np.hypot(A, B), f"{name}(g, y, a, b)"
    found, slope = numbers(rule(G.copy(), y.copy(), A.copy(), B.copy()), (3,), call), own / y
    recognize(
        found,
        {
            f"`{name}` returns g itself, as if y were a sum: how much does y move with its argument?": G,
            f"`{name}` forgets g: multiply your slope by it, as the chain rule does.": slope,
            f"`{name}` returns the other argument's gradient: by a it has an a on top, by b a b.": G * other / y,
            f"`{name}` is the derivative of y², 2 times the argument: y is its root.": G * 2 * own,
            f"`{name}` is half of that of y²: the root's own slope, 1/(2y), is only half there.": G * own,
            f"`{name}` is twice the right one: the 2 of the square meets the 1/2 of the root.": G * 2 * own / y,
            f"`{name}` is half the right one: the 1/2 of the root meets the 2 of the square.": G * own / (2 * y),
            f"`{name}` divides by y²: the slope of a root has y below, once.": G * own / y**2,
            f"`{name}` has its sign turned: for a positive argument y grows with it.": -G * slope,
            f"`{name}` has lost the argument's sign: for a negative one y falls.": G * np.abs(slope),
        },
    )
    if not np.allclose(found, G * slope, rtol=1e-9):
        at = int(np.argmax(np.abs(found - G * slope)))
        seen = f"a = {A[at]:g}, b = {B[at]:g}, g = {G[at]:g}"
        raise Wrong(f"For {seen} `{name}` gives {found[at]:.6g}: expected {(G * slope)[at]:.6g}.")


def _judged(rules: list[Rule]) -> None:
    length = Operation("length", np.hypot, *rules)
    random = np.random.default_rng(0)
    for shapes in (((3,), (3,)), ((3, 1), (2,)), ((2, 3), ())):
        a, b = (random.uniform(0.5, 2, size=shape) for shape in shapes)
        try:
            report = gradcheck(length, a, b)
        except ValueError as error:
            raise Wrong(f"For a of shape {a.shape} and b of shape {b.shape}: {str(error).strip()}.") from None
        if not report:
            raise Wrong(f"For a of shape {a.shape} and b of shape {b.shape} gradcheck says: {report}.")


def _large(rules: list[Rule]) -> None:
    a, b = np.array([3e200]), np.array([4e200])
    for name, rule, slope in zip(("by_a", "by_b"), rules, (0.6, 0.8), strict=True):
        with np.errstate(all="ignore"):
            found = numbers(rule(np.ones(1), np.hypot(a, b), a, b), (1,), f"{name}(g, y, a, b)")[0]
        if not abs(found - slope) < 1e-12:
            raise Wrong(
                f"For a = 3e200 and b = 4e200 `{name}` gives {found:g}, expected {slope}: squares overflow there."
            )
