"""Answers to the exercise `rectifiers_leak`."""

SLOPES = "\nslope_of_yours, slope_of_ours = 0, 0.01\n"


def leaky(result: str, slopes: str = SLOPES) -> str:
    """An answer that returns this."""
    imports = "import numpy as np\nfrom reference.activations import leaky_relu, relu\n"
    return f"{imports}def leaky(x):\n    return {result}\n{slopes}"


GOOD = "relu(x) - 0.01 * relu(-x)"

WRONG = {
    "is off on the left": leaky("relu(x)"),
    "the size is right and the sign is not": leaky("relu(x) + 0.01 * relu(-x)"),
    "needs the factor 0.01": leaky("relu(x) - relu(-x)"),
    "both ReLUs are on there": leaky("relu(x) + relu(0.01 * x)"),
    "At x = -2 your code returns -0.2": leaky("relu(x) - 0.1 * relu(-x)"),
    "sum of 0.01 x and 0.99 x is rounded": leaky("0.01 * x + relu(0.99 * x)"),
    "some number in your code has a wider type": leaky("relu(x) - np.float64(0.01) * relu(-x)"),
    "the last digits are wrong": leaky("relu(x) - relu(-x) / 99.9999999"),
    "look for inf - inf": leaky("relu(x) + 0.01 * (x - relu(x))"),
    "a comparison with NaN is false": leaky(
        "relu(x) - 0.01 * relu(-np.where(x > 0, 0, np.where(x <= 0, x, 0))) "
        "if not np.isnan(x).any() else np.where(x > 0, x, 0) + np.fmin(0.01 * x, 0)"
    ),
    "calls of `relu` are 0": leaky("np.where(x <= 0, 0.01 * x, x)"),
    "calls of `relu` are 1": leaky("np.where(x > 0, relu(x), 0.01 * x)"),
    "`slope_of_yours` is still open": leaky(GOOD, "slope_of_ours = 0.01"),
    "`slope_of_ours` is of type str": leaky(GOOD, "slope_of_yours, slope_of_ours = 0, '0.01'"),
    "the formula's second case": leaky(GOOD, "slope_of_yours, slope_of_ours = 0, 1"),
    "as if your code asked for x <= 0": leaky(GOOD, "slope_of_yours = slope_of_ours = 0.01"),
    "at 0 both ReLUs are off": leaky(GOOD, "slope_of_yours, slope_of_ours = 0.505, 0.01"),
}

RIGHT = [
    leaky("relu(x) - relu(-0.01 * x)"),
    """
import reference.activations as r
from reference.activations import relu

def leaky(x):
    right, left = (relu(side * x) for side in (1, -1))
    return right + left * -0.01

slope_of_yours = 0
slope_of_ours = r.leaky_relu_derivative(__import__("numpy").zeros(1))
""",
]
