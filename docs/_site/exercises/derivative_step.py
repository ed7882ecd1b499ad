"""Choose the step of a central difference for a steep function in float64 and for a high parabola in float32."""

from collections.abc import Callable, Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, number
from reference.autograd import central_difference

__all__ = ["ANSWER", "STUB", "check"]

STUB = """\
import numpy as np
from reference.autograd import best_step, central_difference

def steep(x):
    return 1 / x

def high(x):
    return 1000 + x * x

near_0 = np.linspace(0.01, 0.02, 101)
short = np.linspace(1, 2, 101, dtype=np.float32)
print(np.max(np.abs(central_difference(steep, near_0) + 1 / near_0**2)))
print(np.max(np.abs(central_difference(high, short) - 2 * short)))

h_steep = None
h_high = None
"""

ANSWER = """\
import numpy as np
from reference.autograd import best_step, central_difference

def steep(x):
    return 1 / x

def high(x):
    return 1000 + x * x

near_0 = np.linspace(0.01, 0.02, 101)
short = np.linspace(1, 2, 101, dtype=np.float32)

h_steep = best_step(order=2, value=1 / 0.01, derivative=6 / 0.01**4)
h_high = 1.0  # the third derivative of a parabola is 0: only rounding counts
print(np.max(np.abs(central_difference(steep, near_0, h=h_steep) + 1 / near_0**2)))
print(np.max(np.abs(central_difference(high, short, h=h_high) - 2 * short)))
"""

NEAR_0 = np.linspace(0.01, 0.02, 101)
SHORT = np.linspace(1, 2, 101, dtype=np.float32)
POWERS = 2.0 ** -np.arange(40)
Function = Callable[[np.ndarray], np.ndarray]


def check(names: Names) -> Iterator[str]:
    """Measure the error of each step, and compare it with the smallest that a power of two reaches."""
    h = _step(names, "h_steep")
    if h >= 0.01:
        raise Wrong(f"With `h_steep` = {h:g} the point x − h reaches 0, where 1/x has no value: take a smaller step.")
    _compare("h_steep", h, POWERS[7:], np.reciprocal, NEAR_0, -1 / NEAR_0**2)
    yield "Your step for 1/x has at most three times the smallest error."
    h = _step(names, "h_high")
    if h < 2.0**-23:
        raise Wrong(f"With `h_high` = {h:.1e} the sum x + h is x again: float32 has a spacing of 1.2e-7 there.")
    yield "Your step for the parabola changes a float32."
    _compare("h_high", h, POWERS[:23], lambda x: 1000 + x * x, SHORT, 2 * SHORT.astype(np.float64))
    yield "It has at most three times the smallest error, too."


def _step(names: Names, name: str) -> float:
    h = number(names, name)
    if not (np.isfinite(h) and h > 0):
        raise Wrong(f"`{name}` is {h:g}: a step is a positive number.")
    return h


def _compare(name: str, h: float, steps: np.ndarray, f: Function, x: np.ndarray, exact: np.ndarray) -> None:
    def error(step: float) -> float:
        return float(np.max(np.abs(central_difference(f, x, h=float(step)) - exact)))

    found, errors = error(h), [error(step) for step in steps]
    least, best = min(errors), steps[int(np.argmin(errors))]
    if found <= 3 * least:
        return
    worse = f"With `{name}` = {h:.2g} the largest error is {found:.1e}, {found / least:.2g} times the smallest"
    raise Wrong(f"{worse}. {_why(name, h, float(best))}")


def _why(name: str, h: float, best: float) -> str:
    """Name the typical way to a step of this size."""
    if name == "h_steep":
        typical = {
            6.9e-6: "That step is for values and derivatives of about 1. How large is f''' = −6/x⁴ at 0.01?",
            7.6e-6: "That is the default, for values and derivatives of about 1. How large is f''' = −6/x⁴ at 0.01?",
            1.5e-10: "That is the forward difference's: p is 2 here, with f''' and a cube root.",
        }
    else:
        typical = {
            7.6e-6: "That is the default for float64: float32 has other digits, and 1000 takes three of them.",
            0.045: "You took f'' = 2 for f'''. The third derivative of a parabola is 0: how large may h be then?",
            5.5e-5: "That is for float64, with f'' = 2 for f''': which digits has float32, and what is f''' here?",
        }
    for value, said in typical.items():
        if abs(h / value - 1) < 0.04:
            return said
    side = "Rounding dominates: take a larger one" if h < best else "Truncation dominates: take a smaller one"
    return f"{side}."
