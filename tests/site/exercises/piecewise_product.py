"""Answers to the exercise `piecewise_product`."""

GOOD = "2 * square((x + y) / 2) - square(x) / 2 - square(y) / 2"


def product(result: str = GOOD, predicted: str = "2.0 ** (-2 * depth - 1)") -> str:
    """An answer that returns these."""
    return f"""
import numpy as np
from reference.activations import sawtooth_network

def product(x, y, depth):
    square = sawtooth_network(depth).evaluate
    return {result}

def predicted(depth):
    return {predicted}
"""


WRONG = {
    "Halve it before": product("(square(x + y) - square(x) - square(y)) / 2"),
    "needs the factor 2": product("square((x + y) / 2) - square(x) / 2 - square(y) / 2"),
    "Half of each is enough": product("2 * square((x + y) / 2) - square(x) - square(y)"),
    "twice the product": product("4 * square((x + y) / 2) - square(x) - square(y)"),
    "Take its size": product("square((x + y) / 2) - square((x - y) / 2)"),
    "the square of x alone": product("square(x)"),
    "squares of depth 6 allow an error of": product("square(np.sqrt(x * y)) + 0.01"),
    "it multiplies x and y": product("x * y"),
    "do all errors help": product(predicted="3 * 2.0 ** (-2 * depth - 2)"),
    "the error of one square": product(predicted="2.0 ** (-2 * depth - 2)"),
    "term by term": product(predicted="2.0 ** (-2 * depth)"),
    "returns None": product(predicted="None"),
}

RIGHT = [
    # a quarter of the square of the sum, less one of the difference: two squares, half of the error
    product("square((x + y) / 2) - square(np.abs(x - y) / 2)", "4.0 ** (-depth - 1)"),
    product("sum(f * square(s) for f, s in ((2, (x + y) / 2), (-0.5, x), (-0.5, y)))", "1 / 2 ** (2 * depth + 1)"),
]
