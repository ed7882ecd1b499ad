"""Measure the curvature of a loss along a direction, from two gradients."""

from collections.abc import Callable, Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

hessian = np.array([[3.0, 2.0], [2.0, 6.0]])

def gradient(w):
    """Return the gradient of w @ hessian @ w / 2."""
    return hessian @ w

def curvature_along(gradient, w, v, h=1e-4):
    """Return the loss's second derivative at w along v, of any length: ask twice."""
    return v @ gradient(w + v)

print(curvature_along(gradient, np.ones(2), np.array([0.0, 1.0])))  # 6 is right
'''

ANSWER = '''\
import numpy as np

hessian = np.array([[3.0, 2.0], [2.0, 6.0]])

def gradient(w):
    """Return the gradient of w @ hessian @ w / 2."""
    return hessian @ w

def curvature_along(gradient, w, v, h=1e-4):
    """Return the loss's second derivative at w along v, of any length: ask twice."""
    v = v / np.linalg.norm(v)
    return v @ (gradient(w + h * v) - gradient(w - h * v)) / (2 * h)

print(curvature_along(gradient, np.ones(2), np.array([0.0, 1.0])))  # 6 is right
'''

Gradient = Callable[[np.ndarray], np.ndarray]


def check(names: Names) -> Iterator[str]:
    """Directions of length 1, then longer ones, then a loss that is no bowl."""
    along = function(names, "curvature_along(gradient, w, v)")
    rng = np.random.default_rng(0)
    half = rng.normal(size=(4, 4))
    matrix = half + half.T

    def bowl(w: np.ndarray) -> np.ndarray:
        return np.asarray(matrix @ w)

    units = [v / np.linalg.norm(v) for v in rng.normal(size=(5, 4))]
    w = rng.normal(size=4)
    _compare(along, bowl, matrix, w, units, "a direction of length 1")
    yield "Along directions of length 1 it is right, also where the loss bends down."
    _compare(along, bowl, matrix, w, [3.0 * v for v in units], "a direction of length 3")
    yield "The length of the direction does not matter."
    bent = float(numbers(along(lambda w: w**3, np.array([2.0]), np.array([1.0])), (), "curvature_along(...)"))
    if abs(bent - 12) > 1e-2:
        raise Wrong(f"The loss w⁴/4 has the curvature 12 at w = 2, yours is {bent:.4g}: is the step small enough?")
    yield "For w⁴/4 it is 3w²."
    asked = []

    def counted(w: np.ndarray) -> np.ndarray:
        asked.append(w)
        return bowl(w)

    along(counted, w, units[0])
    if len(asked) > 2:
        raise Wrong(f"It is right, and asks for {len(asked)} gradients: two are enough, no Hessian is needed.")
    yield "Two gradients are all it takes: no Hessian was built."


def _compare(
    along: Callable[..., float], gradient: Gradient, matrix: np.ndarray, w: np.ndarray, vs: list[np.ndarray], what: str
) -> None:
    got = np.array([numbers(along(gradient, w, v), (), "curvature_along(gradient, w, v)") for v in vs])
    exact = np.array([v @ matrix @ v / (v @ v) for v in vs])
    if np.allclose(got, exact, rtol=1e-5, atol=1e-6):
        return
    h = 1e-4
    length = np.array([np.linalg.norm(v) for v in vs])
    recognize(
        np.round(got, 6),
        {
            "Your result grows with the square of the direction's length: divide v by its length first.": np.round(
                exact * length**2, 6
            ),
            "Your result grows with the direction's length: divide by v @ v, or v by its length first.": np.round(
                exact * length, 6
            ),
            "Your difference is not divided by the step: the change of the gradient over 2h is asked for.": np.round(
                exact * 2 * h * length**2, 6
            ),
            "The two points lie 2h apart, so divide by 2h.": np.round(2 * exact, 6),
            "The sign is turned: ahead minus behind.": np.round(-exact, 6),
            "That is the slope along v, not how the slope changes: take the difference of two gradients.": np.round(
                np.array([v @ matrix @ w for v in vs]), 6
            ),
            "That is half of it: were the points h apart, not 2h?": np.round(exact / 2, 6),
            "That is the gradient at w + v, not how it changes from w on: take a difference.": np.round(
                np.array([v @ matrix @ (w + v) for v in vs]), 6
            ),
        },
    )
    at = int(np.argmax(~np.isclose(got, exact, rtol=1e-5, atol=1e-6)))
    raise Wrong(f"Along {what} the curvature is {exact[at]:.4g}, yours is {got[at]:.4g}.")
