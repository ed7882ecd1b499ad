"""Choose the learning rate at the edge: from it on, descent in a bowl diverges."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.stability import largest_rate, step_factor

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

hessian = np.array([[3.0, 2.0], [2.0, 6.0]])  # of the loss w @ hessian @ w / 2

def descend(rate, decay=0.0, steps=300):
    """Return how far from the lowest point descent with momentum ends."""
    w, velocity = np.array([1.0, 1.0]), np.zeros(2)
    for _ in range(steps):
        velocity = decay * velocity + hessian @ w
        w = w - rate * velocity
    return np.linalg.norm(w)

def edge(decay):
    """Return the rate above which descend(rate, decay) grows without end."""
    return None
'''

ANSWER = '''\
import numpy as np

hessian = np.array([[3.0, 2.0], [2.0, 6.0]])  # of the loss w @ hessian @ w / 2

def descend(rate, decay=0.0, steps=300):
    """Return how far from the lowest point descent with momentum ends."""
    w, velocity = np.array([1.0, 1.0]), np.zeros(2)
    for _ in range(steps):
        velocity = decay * velocity + hessian @ w
        w = w - rate * velocity
    return np.linalg.norm(w)

def edge(decay):
    """Return the rate above which descend(rate, decay) grows without end."""
    return 2 * (1 + decay) / np.linalg.eigvalsh(hessian)[-1]
'''

HESSIAN = np.array([[3.0, 2.0], [2.0, 6.0]])


def check(names: Names) -> Iterator[str]:
    """Plain descent, then momentum."""
    low, high = np.linalg.eigvalsh(HESSIAN)
    edge = function(names, "edge(decay)")
    _judge(
        edge,
        0.0,
        {
            "6 is the largest entry on the diagonal, not the largest curvature: another direction is steeper.": 2 / 6,
            "That is the limit of the flattest direction: the steepest one diverges long before.": 2 / low,
            "That is one over the curvature, the rate that lands on the floor at once. Twice that is the edge.": 1
            / high,
            "That is from the sum of the curvatures: one direction alone decides.": 2 / (low + high),
            "That is the largest curvature itself: the edge is two over it.": high,
        },
    )
    yield "Plain descent diverges from there on."
    _judge(
        edge,
        0.9,
        {
            "Momentum moves the edge: it is not the one of plain descent.": 2 / high,
            "Momentum does not shrink the edge by 1 − 0.9: gradients that change sign cancel in the velocity.": (
                2 * 0.1 / high
            ),
            "Not ten times as much: 2 (1 + decay) over the curvature.": 20 / high,
        },
    )
    yield "With a decay of 0.9 it diverges from there on."
    _judge(edge, 0.5, {"The edge moves evenly with the decay: 2 (1 + decay) over the curvature.": 2 * 1.9 / high})
    yield "With any other decay too."


def _judge(edge: Callable[[float], Any], decay: float, mistakes: dict[str, Any]) -> None:
    call = f"edge({decay})"
    rate = float(numbers(edge(decay), (), call))
    wanted = largest_rate(float(np.linalg.eigvalsh(HESSIAN)[-1]), decay=decay)
    if abs(rate - wanted) <= 0.001:
        return
    for said, value in mistakes.items():
        if abs(rate - value) <= 0.001:
            raise Wrong(said)
    if not rate > 0:
        raise Wrong(f"`{call}` is {rate:.4g}: a rate is above 0.")
    factor = float(np.max(step_factor(rate, np.linalg.eigvalsh(HESSIAN), decay=decay)))
    told = f"At `{call}` = {rate:.4g} every step multiplies the distance by {factor:.3f} in the long run"
    raise Wrong(f"{told}: it diverges already." if rate > wanted else f"{told}: there is room above.")
