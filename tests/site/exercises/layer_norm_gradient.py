"""Answers to the exercise `layer_norm_gradient`."""


def _code(result: str, mean: str = "np.mean(v, axis=-1, keepdims=True)", spread: str = "np.sqrt(mean(d * d))") -> str:
    return f"""\
import numpy as np

def mean(v):
    return {mean}

def layer_norm_gradient(g, x):
    d = x - mean(x)
    s = {spread}
    y = d / s
    return {result}
"""


RIGHT_LINE = "(g - mean(g) - y * mean(g * y)) / s"

WRONG = {
    "You return g as it came": _code("g"),
    "Only the division by s": _code("g / s"),
    "The term of the spread": _code("(g - mean(g)) / s"),
    "The mean of g is still in it": _code("(g - y * mean(g * y)) / s"),
    "The division by s is missing": _code("g - mean(g) - y * mean(g * y)"),
    "You divide by the variance": _code("(g - mean(g) - y * mean(g * y)) / s**2"),
    "You sum g y": _code("(g - mean(g) - y * np.sum(g * y, axis=-1, keepdims=True)) / s"),
    "has d where y belongs": _code("(g - mean(g) - d * mean(g * d)) / s"),
    "over n − 1": _code(RIGHT_LINE, spread="np.std(x, axis=-1, ddof=1, keepdims=True)"),
    "The sign is turned": _code("-(g - mean(g) - y * mean(g * y)) / s"),
    "For one row you get": _code("g * y"),
    "raises ValueError": _code(RIGHT_LINE, mean="np.mean(v, axis=-1)"),
    "each has means of its own": _code(RIGHT_LINE, mean="np.mean(v)"),
}

RIGHT = [
    _code(RIGHT_LINE),
    _code("(g - y * mean(g * y)) / s - mean(g) / s", spread="np.std(x, axis=-1, keepdims=True)"),
    """\
from reference.autograd import Tensor
from reference.normalization import layer_norm

def layer_norm_gradient(g, x):
    t = Tensor(x)
    layer_norm(t, eps=0.0).backward(g)
    return t.grad
""",
]
