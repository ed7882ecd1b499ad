"""Mend five planted bugs in the gradient of a layer, led by the report of gradcheck."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.autograd import GradientCheck, gradcheck

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.autograd import gradcheck

def layer(x, w, b, s):
    return s * np.tanh(x @ w + b)

def vjp(x, w, b, s, g):
    """Return the gradients by x, w, b and s, given the gradient g by the result."""
    t = np.tanh(x @ w + b)
    by_z = g * s * (1 - t)  # z = x @ w + b
    by_s = -np.sum(g * t, axis=0)
    return by_z @ w, by_z.T @ x, by_z, by_s

random = np.random.default_rng(0)
shapes = ((4, 3), (3, 3), (3,), (3,))
inputs = [random.normal(size=shape) for shape in shapes]
print(gradcheck(layer, *inputs, vjp=vjp))
'''

ANSWER = '''\
import numpy as np
from reference.autograd import gradcheck

def layer(x, w, b, s):
    return s * np.tanh(x @ w + b)

def vjp(x, w, b, s, g):
    """Return the gradients by x, w, b and s, given the gradient g by the result."""
    t = np.tanh(x @ w + b)
    by_z = g * s * (1 - t * t)  # z = x @ w + b
    by_s = np.sum(g * t, axis=0)
    return by_z @ w.T, x.T @ by_z, np.sum(by_z, axis=0), by_s

random = np.random.default_rng(0)
shapes = ((4, 3), (3, 3), (3,), (3,))
inputs = [random.normal(size=shape) for shape in shapes]
print(gradcheck(layer, *inputs, vjp=vjp))
'''

NAMES = ("x", "w", "b", "s")
LED = {
    (0, 1, 2): "s is right, x, w and b are not: the mistake is in what those three share, the slope of tanh in by_z.",
    (0,): "Only x is wrong: through z = x @ w the gradient comes back as by_z @ w.T.",
    (1,): "Only w is wrong: its gradient is x.T @ by_z, in this order.",
    (2,): "Only b is wrong: it was added to every row, so the rows' gradients add up, over axis 0.",
    (3,): "Only s is wrong: it multiplies t, so its gradient is g * t, added up over the rows.",
}


def check(names: Names) -> Iterator[str]:
    """Shapes, then numbers at two places, then inputs of other shapes."""
    vjp = function(names, "vjp(x, w, b, s, g)")
    report = _report(vjp, (4, 3), (3, 3), 0)
    _shapes(report)
    yield "Each gradient has the shape of its input."
    for seed in (0, 1):
        _numbers(_report(vjp, (4, 3), (3, 3), seed))
    yield "All 24 elements and a random direction agree."
    _numbers(_report(vjp, (5, 2), (2, 4), 2))
    yield "So they do for 5 rows, 2 inputs and 4 outputs."


def _layer(x: Any, w: Any, b: Any, s: Any) -> Any:
    return s * np.tanh(x @ w + b)


def _report(vjp: Callable[..., Any], of_x: tuple[int, int], of_w: tuple[int, int], seed: int) -> GradientCheck:
    random = np.random.default_rng(seed)
    inputs = [random.normal(size=shape) for shape in (of_x, of_w, of_w[1:], of_w[1:])]
    try:
        return gradcheck(_layer, *inputs, vjp=vjp)
    except ValueError as error:
        if "a vjp returns one gradient" in str(error):
            raise Wrong(f"`vjp` returns the gradients by x, w, b and s, four arrays: {error}.") from None
        raise


def _shapes(report: GradientCheck) -> None:
    if report.hints and not report.elements:
        raise Wrong(f"gradcheck says: {'; '.join(report.hints)}.")


def _numbers(report: GradientCheck) -> None:
    _shapes(report)
    if report:
        return
    wrong = tuple(sorted({mismatch.input for mismatch in report.mismatches} - {-1}))
    several = " and ".join(NAMES[i] for i in wrong)
    said = LED.get(wrong, f"The gradients by {several} are wrong: begin with one that the report describes.")
    raise Wrong(f"gradcheck says: {report}. {said}")
