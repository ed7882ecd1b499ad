"""Undo a sigmoid: write its inverse, and find from where on no code can."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import sigmoid

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import sigmoid

def logit(p):
    """Return x with sigmoid(x) == p, for an array p; -inf for 0 and inf for 1."""
    return p  # your code here

# The smallest whole x with sigmoid(x) == 1. No code can tell it from x + 1.
lost = None
'''

ANSWER = '''\
import numpy as np
from reference.activations import sigmoid

def logit(p):
    """Return x with sigmoid(x) == p, for an array p; -inf for 0 and inf for 1."""
    with np.errstate(divide="ignore"):
        return np.log(p) - np.log1p(-p)

# The smallest whole x with sigmoid(x) == 1. No code can tell it from x + 1.
x = np.arange(100.0)
lost = x[sigmoid(x) == 1][0]
'''


def check(names: Names) -> Iterator[str]:
    """Look at 0, at the middle, at the shape, far out, at the ends, and at the number."""
    _middle(names)
    yield "It undoes the sigmoid at 0 and around it."
    _shapes(names)
    yield "It takes a number, a row, several rows and an empty row."
    _far(names)
    yield "It undoes the sigmoid from 0.001 to 30, and on the other side."
    _ends(names)
    yield "It gives −∞ for 0 and ∞ for 1."
    _lost(names)
    yield "You found where the sigmoid forgets its input."


def _of(names: Names, p: np.ndarray, call: str) -> np.ndarray:
    return numbers(function(names, "logit(p)")(p.copy()), p.shape, call)


def _middle(names: Names) -> None:
    half = float(_of(names, np.array(0.5), "logit(0.5)"))
    if abs(half - 1) < 1e-6:
        raise Wrong("`logit(0.5)` is 1: those are the odds, p / (1 − p). The input is their logarithm, here 0.")
    if not abs(half) < 1e-6:
        raise Wrong(f"`logit(0.5)` is {half:.3g}: expected 0, since the sigmoid of 0 is 0.5.")
    x = np.array([-3.0, -0.5, 1.0, 2.0])
    found = _of(names, sigmoid(x), "logit(p)")
    if np.allclose(found, x, rtol=1e-6):
        return
    scale = found / x
    if np.allclose(scale, -1, rtol=1e-6):
        raise Wrong("`logit(sigmoid(2))` is −2: the odds are upside down. They are p / (1 − p).")
    if np.allclose(scale, scale[-1], rtol=1e-6):
        raise Wrong(f"Every result is {scale[-1]:.3f} times what it should be: `np.log` is the logarithm to base e.")
    raise Wrong(f"`logit(sigmoid(2))` is {found[-1]:.3g}: expected 2.")


def _shapes(names: Names) -> None:
    for p in (np.array(0.25), np.empty(0), np.array([[0.25, 0.75, 0.5], [0.1, 0.2, 0.3]])):
        back = sigmoid(_of(names, p, f"logit(p) for p of shape {p.shape}"))
        if not np.allclose(back, p, rtol=1e-6):
            raise Wrong(f"For p of shape {p.shape} the results mix with each other: each depends on its own p alone.")


def _far(names: Names) -> None:
    x = np.geomspace(1e-3, 30, 400)
    for sign in (1, -1):
        found = _of(names, sigmoid(sign * x), "logit(p)")
        error = np.abs(found / (sign * x) - 1)
        if np.all(error < 1e-3):
            continue
        worst = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
        seen = f"`logit(sigmoid({sign * x[worst]:.4g}))` is {found[worst]:.4g}"
        if abs(found[-1] - found[-8]) < 0.1 and np.isfinite(found[-1]):
            raise Wrong(
                f"{seen}, and so it stays beyond: a clip or a small summand keeps p away from {(sign + 1) // 2}."
            )
        raise Wrong(f"{seen}: which of your differences loses its digits where p is nearly {(sign + 1) // 2}?")


def _ends(names: Names) -> None:
    ends = np.array([0.0, 1.0])
    found = _of(names, ends, "logit([0, 1])")
    for p, got, wanted in zip(ends, found, (-np.inf, np.inf), strict=True):
        if got != wanted:
            raise Wrong(f"`logit({p:.0f})` is {got:.4g}: the odds are {p:.0f} to {1 - p:.0f}, so expected {wanted}.")


def _lost(names: Names) -> None:
    lost = names.get("lost")
    if lost is None:
        raise Wrong("`lost` is still None: print the sigmoid of 30, 31, 32 and so on, less 1.")
    got = float(numbers(lost, (), "lost"))
    left = float(1 - sigmoid(np.array(got)))
    if left != 0:
        raise Wrong(f"The sigmoid of {got:g} still lies {left:.1e} below 1: not everything of it is lost yet.")
    if float(sigmoid(np.array(got - 1))) == 1:
        raise Wrong(f"The sigmoid of {got - 1:g} is exactly 1 as well: `lost` is the smallest such whole number.")
    if got != round(got):
        raise Wrong(f"`lost` is {got:g}: expected a whole number.")
