"""Build the leaky ReLU from two calls of ReLU, and predict which slope automatic differentiation finds at 0."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, calls, function, number, numbers, recognize
from reference.activations import leaky_relu, leaky_relu_derivative, relu, relu_derivative

__all__ = ["ANSWER", "STUB", "calls", "check", "number", "recognize"]

STUB = '''\
import numpy as np
from reference.activations import relu

def leaky(x):
    """Return x where it is positive, else 0.01 * x, by two calls of relu alone."""
    return relu(x)

print(leaky(np.array([-2.0, 0.0, 3.0])))

# The slope at 0, where automatic differentiation takes 0 for the slope of relu:
slope_of_yours = None  # what it finds in your code
slope_of_ours = None  # what leaky_relu_derivative returns
'''

ANSWER = '''\
import numpy as np
from reference.activations import leaky_relu_derivative, relu

def leaky(x):
    """Return x where it is positive, else 0.01 * x, by two calls of relu alone."""
    return relu(x) - 0.01 * relu(-x)

slope_of_yours = 0.0  # both are off at 0, and each has the slope 0 there
slope_of_ours = leaky_relu_derivative(np.zeros(1))[0]  # the case x <= 0: 0.01
'''


def check(names: Names) -> Iterator[str]:
    """Values by hand, then random ones to the last bit, the hard cases, the form, and the two slopes."""
    leaky = function(names, "leaky(x)")
    _by_hand(leaky)
    yield "It keeps 3 and makes -0.02 of -2."
    _every_bit(leaky)
    yield "It equals leaky_relu in every bit, for random numbers of all sizes, float32 too."
    _hard_cases(leaky)
    yield "It is right at both infinities, and NaN stays NaN."
    _two_calls(names, leaky)
    yield "It calls relu twice."
    _slopes(number(names, "slope_of_yours"), number(names, "slope_of_ours"))
    yield "You know both slopes at 0, and that they differ."


def _by_hand(leaky: Callable[[np.ndarray], Any]) -> None:
    x = np.array([-2.0, 0.0, 3.0])
    got = numbers(leaky(x), x.shape, "leaky(x)")
    left = f"At x = -2 your code returns {got[0]:.3g}, expected -0.02: "
    mistakes = {
        left + "this ReLU is off on the left. One that is on there has to look at -x.": relu(x),
        left + "the size is right and the sign is not: relu(-x) is never negative.": relu(x) + 0.01 * relu(-x),
        left + "the second ReLU needs the factor 0.01.": relu(x) - relu(-x),
        f"At x = 3 your code returns {got[2]:.3g}, expected 3: both ReLUs are on there, and on the left neither is. "
        "The second must look at -x.": relu(x) + relu(0.01 * x),
    }
    recognize(got, mistakes)
    for value, result, wanted in zip(x, got, leaky_relu(x), strict=True):
        if not np.isclose(result, wanted, rtol=1e-6, atol=0):
            raise Wrong(f"At x = {value:g} your code returns {result:.3g}, expected {wanted:.3g}.")


def _every_bit(leaky: Callable[[np.ndarray], Any]) -> None:
    rng = np.random.default_rng(0)
    for dtype in (np.float64, np.float32):
        x: np.ndarray = (rng.normal(size=500) * 10.0 ** rng.integers(-30, 30, size=500)).astype(dtype)
        got, wanted = numbers(leaky(x), x.shape, "leaky(x)"), leaky_relu(x)
        if np.array_equal(got, wanted):
            continue
        if got.dtype != dtype:
            raise Wrong(f"For {x.dtype} input your result is {got.dtype}: some number in your code has a wider type.")
        if np.array_equal(got, 0.01 * x + relu(0.99 * x)):
            said = "the sum of 0.01 x and 0.99 x is rounded, so it is not always x. Let one ReLU carry the right half."
        else:
            said = "the last digits are wrong. On each side one ReLU alone should count, the other add 0."
        at = np.flatnonzero(got != wanted)[0]
        raise Wrong(f"At x = {x[at]!s} your code returns {got[at]!s}, expected {wanted[at]!s}: {said}")


def _hard_cases(leaky: Callable[[np.ndarray], Any]) -> None:
    x = np.array([np.inf, -np.inf, np.nan])
    got = numbers(leaky(x), x.shape, "leaky(x)")
    for value, result, wanted in zip(x, got, leaky_relu(x), strict=True):
        if not np.array_equal(result, wanted, equal_nan=True):
            why = "look for inf - inf or 0 * inf." if np.isnan(result) else "a comparison with NaN is false."
            raise Wrong(f"At x = {value:g} your code returns {result:g}, expected {wanted:g}: {why}")


def _two_calls(names: Names, leaky: Callable[[np.ndarray], Any]) -> None:
    found = calls(names, "relu", lambda: leaky(np.array([-2.0, 3.0])))
    if found != 2:
        raise Wrong(f"The values are right, but the calls of `relu` are {found}: make it 2, and nothing else asks.")


def _slopes(yours: float, ours: float) -> None:
    zero = np.zeros(1)
    found = float((relu_derivative(zero) + 0.01 * relu_derivative(-zero))[0])
    wanted = float(leaky_relu_derivative(zero)[0])
    if ours != wanted:
        raise Wrong(f"`slope_of_ours` is {ours:g}: the formula's second case, x <= 0, holds at 0 as well. Or call it.")
    if yours == ours:
        raise Wrong(f"`slope_of_yours` is {yours:g}, as if your code asked for x <= 0. What is the slope of each ReLU?")
    if yours != found:
        raise Wrong(f"`slope_of_yours` is {yours:g}: at 0 both ReLUs are off. Multiply their slopes there, then add.")
