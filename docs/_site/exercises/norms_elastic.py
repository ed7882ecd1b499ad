"""Put the steps of two penalties together, in the right order."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers, recognize
from reference.normalization import shrink, soft_threshold

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.normalization import shrink, soft_threshold

def elastic_step(x, l1, l2):
    """Return the y with the least (y - x)**2 / 2 + l1 * abs(y) + l2 / 2 * y**2."""
    return x  # your code here

x = np.array([-4.0, -0.5, 0.0, 2.0, 9.0])
print(elastic_step(x, 1.0, 3.0))

survives = None  # the size from which on a weight does not become 0, for l1 = 1, l2 = 3
'''

ANSWER = '''\
import numpy as np
from reference.normalization import shrink, soft_threshold

def elastic_step(x, l1, l2):
    """Return the y with the least (y - x)**2 / 2 + l1 * abs(y) + l2 / 2 * y**2."""
    # For y > 0 the slope is y - x + l1 + l2 * y, which is 0 at (x - l1) / (1 + l2).
    return shrink(soft_threshold(x, strength=l1), strength=l2)

x = np.array([-4.0, -0.5, 0.0, 2.0, 9.0])
print(elastic_step(x, 1.0, 3.0))

survives = 1.0  # l2 does not matter: it never takes all of a weight
'''

CALL = "elastic_step(x, l1, l2)"


def check(names: Names) -> Iterator[str]:
    """Each penalty alone, both together, the cost beside other points, then the number."""
    x = np.random.default_rng(0).normal(size=200) * 4
    _alone(names, x)
    yield "With one of the two at 0 it is the other one's step."
    _both(names, x)
    yield "With both it is the step of their sum, and no other point costs less."
    _survives(number(names, "survives"))
    yield "You know which weights survive."


def _of(names: Names, x: np.ndarray, l1: float, l2: float) -> np.ndarray:
    return numbers(function(names, CALL)(x.copy(), l1, l2), x.shape, CALL)


def _alone(names: Names, x: np.ndarray) -> None:
    for l1, l2, name, true in (
        (1.5, 0.0, "l2", soft_threshold(x, strength=1.5)),
        (0.0, 1.5, "l1", shrink(x, strength=1.5)),
    ):
        found = _of(names, x, l1, l2)
        if np.allclose(found, true):
            continue
        if np.allclose(found, x):
            raise Wrong("Nothing changes yet: with l1 = 1.5 a weight moves towards 0 by 1.5.")
        at = int(np.argmax(np.abs(found - true)))
        kind = "soft_threshold" if name == "l2" else "shrink"
        raise Wrong(f"With {name} = 0, {x[at]:.2f} becomes {found[at]:.3f}: expected {true[at]:.3f}, that of `{kind}`.")


def _both(names: Names, x: np.ndarray) -> None:
    l1, l2 = 1.0, 3.0
    found, true = _of(names, x, l1, l2), shrink(soft_threshold(x, strength=l1), strength=l2)
    if np.allclose(found, true):
        return
    soft, small = soft_threshold(x, strength=l1), shrink(x, strength=l2)
    recognize(
        found,
        {
            "You shrink first and take l1 from what is left, which is too much: for y > 0 the slope "
            "y − x + l1 + l2·y is 0 at (x − l1)/(1 + l2).": soft_threshold(small, strength=l1),
            "You take the mean of the two steps: they are steps of one cost, one after the other.": (soft + small) / 2,
            "You add what both steps take away: the second one starts where the first one ended.": soft + small - x,
            "You divide by 1 + l2 / 2: the slope of l2 / 2 · y² is l2·y.": soft / (1 + l2 / 2),
            "You divide by 1 + 2·l2: the penalty has the factor 1/2, so its slope is l2·y.": soft / (1 + 2 * l2),
            "You multiply by 1 − l2, one step of gradient descent: the least cost divides by 1 + l2.": soft * (1 - l2),
        },
    )
    at = int(np.argmax(np.abs(found - true)))
    costs = [(y - x[at]) ** 2 / 2 + l1 * abs(y) + l2 / 2 * y * y for y in (found[at], true[at])]
    raise Wrong(f"For {x[at]:.3f} your {found[at]:.3f} costs {costs[0]:.3f}: {true[at]:.3f} costs only {costs[1]:.3f}.")


def _survives(got: float) -> None:
    typical = {
        4.0: "`survives` is 4: (1 + l2)·l1 would be right if it shrank first.",
        0.25: "`survives` is 0.25, what l1 takes after the division: ask it of x, before the step.",
        3.0: "`survives` is 3: the squared penalty takes a share and never all. Which one can take all?",
    }
    if not np.isclose(got, 1):
        raise Wrong(typical.get(got, f"`survives` is {got:g}: try numbers around it with your own function."))
