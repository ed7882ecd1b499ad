"""Derive by hand what arrives at each node of a small graph."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.autograd import Tensor

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def arrives(a, b, c):
    """Return the gradients at s, p, c, b and a, for p = a * b, s = p + c, y = s * b."""
    p = a * b
    s = p + c
    at_y = 1.0
    at_s = 0.0  # your code here, down to the leaves
    at_p = 0.0
    at_c = 0.0
    at_b = 0.0
    at_a = 0.0
    return at_s, at_p, at_c, at_b, at_a
'''

ANSWER = '''\
import numpy as np

def arrives(a, b, c):
    """Return the gradients at s, p, c, b and a, for p = a * b, s = p + c, y = s * b."""
    p = a * b
    s = p + c
    at_y = 1.0
    at_s = at_y * b
    at_p = at_s * 1.0
    at_c = at_s * 1.0
    at_b = at_y * s + at_p * a  # two uses, two shares
    at_a = at_p * b
    return at_s, at_p, at_c, at_b, at_a
'''

CALL = "arrives(a, b, c)"
PLACES = "s", "p", "c", "b", "a"
POINTS = (2.0, 3.0, -1.0), (0.5, -2.0, 4.0), (-1.5, 0.25, 0.0)


def check(names: Names) -> Iterator[str]:
    """From the result to the leaves, at three points."""
    arrives = function(names, CALL)
    for place in PLACES:
        for point in POINTS:
            _at(arrives, place, point)
        yield f"What arrives at {place} is right, for three choices of the numbers."


def _at(arrives: Callable[..., Any], place: str, point: tuple[float, float, float]) -> None:
    call = f"arrives({', '.join(f'{number:g}' for number in point)})"
    found = arrives(*point)
    if not isinstance(found, tuple | list) or len(found) != len(PLACES):
        raise Wrong(f"`{call}` must return five numbers, at s, p, c, b and a.")
    got = dict(zip(PLACES, numbers(found, (5,), call).tolist(), strict=True))
    right = _right(*point)
    if np.isclose(got[place], right[place], rtol=1e-9, atol=1e-12):
        return
    said = next((why for why, wrong in _mistakes(place, *point).items() if np.isclose(got[place], wrong)), "")
    said = said or "Gradient of the node below, times the slope along the edge; where two edges arrive, add."
    raise Wrong(f"`{call}`: at {place} you have {got[place]:g}, the Tensor {right[place]:g}. {said}")


def _right(a: float, b: float, c: float) -> dict[str, float]:
    leaves = {"a": Tensor(a), "b": Tensor(b), "c": Tensor(c)}
    p = leaves["a"] * leaves["b"]
    s = p + leaves["c"]
    inner = {
        ("s" if node is s else "p" if node is p else "y"): np.asarray(node.grad).item()
        for node in (s * leaves["b"]).backward_steps()
    }
    return inner | {name: np.asarray(leaf.grad).item() for name, leaf in leaves.items()}


def _mistakes(place: str, a: float, b: float, c: float) -> dict[str, float]:
    s = a * b + c
    unchanged = {
        "An addition hands on what arrived, unchanged.": b * (a * b),
        "That is its value, not its gradient.": a * b,
    }
    return {
        "s": {
            "That is the value of s: the slope of s * b by s is the other factor.": s,
            "A product does not hand on what arrived: it is times the other factor.": 1.0,
        },
        "p": unchanged,
        "c": {
            "That is the slope of s by c alone: the gradient of s is still to be multiplied with it.": 1.0,
            "An addition hands on what arrived, not the value.": c,
            "The value of c has no place in it: the slope of a sum by c is 1.": b * c,
        },
        "b": {
            "Only the edge from y is in it: b is used a second time, in p.": s,
            "Only the edge from p is in it: b is used a second time, in y.": b * a,
            "The two shares are multiplied: where edges meet, they add up.": s * b * a,
            "The share through p is a times what arrived at p, and that is not 1.": s + a,
        },
        "a": {
            "That is the slope of p by a alone: what arrived at p is still to be multiplied with it.": b,
            "a has only one use, in p: its slope there is b.": b * a,
            "The path of b through y does not lead to a.": b * b + s,
        },
    }[place]
