"""Multiply two numbers with squares made of ReLUs, and predict the largest error."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from docs._site.exercises.rectifiers_leak import recognize
from reference.activations import sawtooth_network

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import sawtooth_network

def product(x, y, depth):
    """Return nearly x * y for x and y in [0, 1], from squares of this depth alone."""
    square = sawtooth_network(depth).evaluate
    return square(x)

def predicted(depth):
    """Return the largest error of product on the unit square."""
    square_is_off_by = 2.0 ** (-2 * depth - 2)
    return square_is_off_by

print(product(np.array([0.5, 1.0]), np.array([0.5, 0.75]), 5))
'''

ANSWER = '''\
import numpy as np
from reference.activations import sawtooth_network

def product(x, y, depth):
    """Return nearly x * y for x and y in [0, 1], from squares of this depth alone."""
    square = sawtooth_network(depth).evaluate
    return 2 * square((x + y) / 2) - square(x) / 2 - square(y) / 2

def predicted(depth):
    """Return the largest error of product on the unit square."""
    # A square is never too small. So the first one errs most where the two others,
    # which could only take away from that, are exact: at neighboring kinks.
    return 2 * 2.0 ** (-2 * depth - 2)
'''

Product = Callable[[np.ndarray, np.ndarray, int], Any]


def check(names: Names) -> Iterator[str]:
    """The product on random numbers, that it is made of squares, then the prediction."""
    product, predicted = function(names, "product(x, y, depth)"), function(names, "predicted(depth)")
    for depth in (6, 3, 1):
        _near(product, depth)
    yield "It multiplies random numbers as closely as squares of depth 6, 3 and 1 allow."
    _squares(product)
    yield "It is made of squares."
    for depth in range(5):
        _predicted(product, predicted, depth)
    yield "Your prediction is the error that is measured, for depths 0 to 4."


def _near(product: Product, depth: int) -> None:
    x, y = np.random.default_rng(depth).random((2, 300))
    call = f"product(x, y, {depth})"
    got, allowed = numbers(product(x, y, depth), x.shape, call), 2.0 ** (-2 * depth - 1)
    gap = np.abs(got - x * y)
    if np.max(gap) <= allowed * (1 + 1e-9):
        return
    at = int(np.argmax(gap)) if not np.isnan(gap).any() else int(np.flatnonzero(np.isnan(gap))[0])
    said = f"`product({x[at]:.2f}, {y[at]:.2f}, {depth})` returns {got[at]:.3f}, expected {x[at] * y[at]:.3f}: "
    square = sawtooth_network(depth).evaluate
    half, both = square((x + y) / 2), square(x) + square(y)
    outside = f"x + y = {x[at] + y[at]:.2f} is outside of [0, 1], where a square returns its input. Halve it before."
    mistakes = {
        f"{said}{outside}": (square(x + y) - both) / 2,
        f"{said}this is the square of x alone.": square(x),
        f"{said}(x + y)/2 squared is a quarter of the square of x + y. It needs the factor 2.": half - both / 2,
        f"{said}two squares too many are taken away. Half of each is enough.": 2 * half - both,
        f"{said}this is twice the product.": 4 * half - both,
        f"{said}(x - y)/2 is negative here, where the network knows of no parabola. Take its size.": half
        - square((x - y) / 2),
    }
    recognize(got, mistakes)
    raise Wrong(f"{said}squares of depth {depth} allow an error of {allowed:.1g}.")


def _squares(product: Product) -> None:
    x, y = np.random.default_rng(9).random((2, 50))
    for depth in (1, 0):
        if np.allclose(product(x, y, depth), x * y, rtol=1e-12, atol=0):
            raise Wrong(
                f"At depth {depth} your product is exact: it multiplies x and y. Use `square` on both, and sums."
            )


def _predicted(product: Product, predicted: Callable[[int], Any], depth: int) -> None:
    error = 2.0 ** (-2 * depth - 2)
    got, found = float(numbers(predicted(depth), (), f"predicted({depth})")), _measured(product, depth)
    if np.isclose(got, found, rtol=1e-9, atol=0):
        return
    said = f"`predicted({depth})` is {got:.3g}, but the largest error of your product is {found:.3g}: "
    if np.isclose(got, 3 * error):
        why = "you add what each square could do at worst. But a square is never too small: do all errors help?"
    elif np.isclose(got, error):
        why = "that is the error of one square. With which factor does it enter?"
    else:
        why = f"a square of depth {depth} is too large by at most {error:.3g}, never too small. Go term by term."
    raise Wrong(said + why)


def _measured(product: Product, depth: int) -> float:
    """Return the largest error at all kinks and midpoints of the squares, where straight pieces have their extremes."""
    x, y = (side.ravel() for side in np.meshgrid(*2 * [np.linspace(0, 1, 2 ** (depth + 2) + 1)]))
    return float(np.max(np.abs(numbers(product(x, y, depth), x.shape, f"product(x, y, {depth})") - x * y)))
