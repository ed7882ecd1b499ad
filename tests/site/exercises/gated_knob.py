"""Answers to the exercise `gated_knob`."""

GATE = "x * sigmoid(beta * x)"
DISTANCE = "np.max(np.abs(swish(grid, beta) - gelu(grid)))"


def knobs(swish: str = GATE, distance: str = DISTANCE, closest: str = "1.77", gates: str = "1.70") -> str:
    """An answer that returns these."""
    return f"""
import numpy as np
from reference.activations import gelu, sigmoid
grid = np.linspace(-8, 8, 800)

def swish(x, beta):
    return {swish}

def distance(beta):
    return {distance}

closest = {closest}
closest_gates = {gates}
"""


WRONG = {
    "the gate alone": knobs("sigmoid(beta * x)"),
    "outside of the gate as well": knobs("beta * x * sigmoid(beta * x)"),
    "the knob outside of the sigmoid": knobs("beta * x * sigmoid(x)"),
    "ignores the knob": knobs("x * sigmoid(x)"),
    "divides by the knob": knobs("x * sigmoid(x / beta)"),
    "an exponential overflows": knobs("x * np.exp(beta * x) / (1 + np.exp(beta * x))"),
    "the mean of the distances": knobs(distance="np.mean(np.abs(swish(grid, beta) - gelu(grid)))"),
    "the mean of the squares": knobs(distance="np.mean((swish(grid, beta) - gelu(grid)) ** 2)"),
    "the largest difference with its sign": knobs(distance="np.max(swish(grid, beta) - gelu(grid))"),
    "the distance of the gates": knobs(distance="np.max(np.abs(sigmoid(beta * grid) - gelu(grid) / grid))"),
    "the largest of the absolute differences": knobs(distance="np.max(np.abs(swish(grid, beta)))"),
    "`closest` is still open": knobs(closest="None"),
    "Yours brings the gates closest": knobs(closest="1.702"),
    "smallest mean square distance under a normal density": knobs(closest="1.712"),
    "Yours has the smallest mean square distance.": knobs(closest="1.78"),
    "Try the knobs from 1.5 to 2 in a loop": knobs(closest="1.6"),
    "measure the gates, without the factor x": knobs(gates="1.77"),
}

RIGHT = [
    # other ways to the function, the measure and the numbers
    knobs("x / (1 + np.exp(-beta * x))", "np.linalg.norm(swish(grid, beta) - gelu(grid), np.inf)", "1.773", "1.7017"),
    knobs(
        "x * (1 + np.tanh(beta * x / 2)) / 2",
        "max(abs(swish(x, beta) - gelu(x)) for x in np.linspace(-5, 5, 2001))",
        "sorted((distance(k), k) for k in np.linspace(1.7, 1.8, 21))[0][1]",
        "np.float32(1.702)",
    ),
]
