"""Answers to the exercise `gradcheck_operation`."""


def rules(by_a: str = "g * a / y", by_b: str = "g * b / y") -> str:
    """An answer with these two rules."""
    return f"""\
import numpy as np

def by_a(g, y, a, b):
    return {by_a}

def by_b(g, y, a, b):
    return {by_b}
"""


WRONG = {
    "`by_a` returns g itself": rules("g"),
    "`by_a` forgets g": rules("a / y"),
    "`by_a` returns the other argument's": rules("g * b / y"),
    "is the derivative of y²": rules("g * 2 * a"),
    "is half of that of y²": rules("g * a"),
    "is twice the right one": rules("2 * g * a / y"),
    "is half the right one": rules("g * a / (2 * y)"),
    "divides by y²": rules("g * a / y**2"),
    "has its sign turned": rules("-g * a / y"),
    "has lost the argument's sign": rules("g * np.abs(a) / y"),
    "For a = -1, b = 2, g = -0.5 `by_a` gives": rules("g * np.maximum(a, 0) / y"),
    "`by_b` returns g itself": rules(by_b="g"),
    "has no gradient of shape": rules(by_b="(g * b / y).reshape(-1)"),
    "For a = 3e200 and b = 4e200 `by_a`": rules("g * a / np.sqrt(a**2 + b**2)"),
    "For a = 3e200 and b = 4e200 `by_b`": rules(by_b="g * b * y / y**2"),
}

RIGHT = [
    rules("g / np.hypot(1, b / a) * np.sign(a)", "g * np.sin(np.arctan2(b, a))"),
    rules("a / y * g", "np.divide(b, y) * g"),
]
