"""Answers to the exercise `losses_squared`."""


def _code(result: str) -> str:
    return f"""\
import numpy as np
from reference.activations import softmax

def squared_gradient(x, q):
    p = softmax(x)
    return {result}
"""


WRONG = {
    "the gradient of cross-entropy": _code("p - q"),
    "the slope by the probabilities": _code("2 * (p - q)"),
    "Only p (1 − p)": _code("2 * (p - q) * p * (1 - p) * (1 if len(x) > 2 else 2)"),
    "The factor 2": _code("p * (p - q - np.sum(p * (p - q)))"),
    "The second term": _code("2 * p * (p - q)"),
    "gradient of the mean": _code("2 * p * (p - q - np.sum(p * (p - q))) / (len(x) if len(x) > 2 else 1)"),
    "differences say": _code("3 * p * (p - q - np.sum(p * (p - q)))"),
}

RIGHT = [_code("(np.diag(p) - np.outer(p, p)) @ (2 * (p - q))")]
