"""Answers to the exercise `derivative_step`."""


def steps(steep: str = "3.8e-8", high: str = "1.0") -> str:
    """An answer with these steps."""
    return f"""\
import numpy as np
from reference.autograd import best_step, central_difference

def steep(x):
    return 1 / x

h_steep = {steep}
h_high = {high}
"""


WRONG = {
    "`h_steep` is still open": steps("None"),
    "`h_high` is still open": steps(high="None"),
    "the point x − h reaches 0": steps("0.01"),
    "`h_steep` is 0: a step is a positive number": steps("0.0"),
    "`h_high` is -1: a step": steps(high="-1"),
    "That step is for values and derivatives of about 1": steps("best_step(order=2)"),
    "That is the default, for values": steps("2.0**-17"),
    "That is the forward difference's": steps("best_step(order=1, value=100, derivative=2e6)"),
    "Rounding dominates: take a larger one": steps("1e-12"),
    "Truncation dominates: take a smaller one": steps("1e-3"),
    "the sum x + h is x again": steps(high="1e-8"),
    "That is the default for float64": steps(high="2.0**-17"),
    "You took f'' = 2": steps(high="best_step(order=2, value=1000, derivative=2, eps=2.0**-23)"),
    "for float64, with f'' = 2": steps(high="best_step(order=2, value=1000, derivative=2)"),
    "With `h_high` = 0.01": steps(high="0.01"),
}

RIGHT = [steps("2.0**-25", "32.0"), steps("5e-8", "0.5"), steps("best_step(order=2, value=50, derivative=3.75e7)", "4")]
