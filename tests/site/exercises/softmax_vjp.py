"""Answers to the exercise `softmax_vjp`."""


def _code(result: str, shares: str = "softmax(x)") -> str:
    return f"""\
import numpy as np
from reference.activations import softmax

def softmax_vjp(x, g):
    p = {shares}
    return {result}
"""


WRONG = {
    "Only diag(p) g is there": _code("p * g"),
    "Only the diagonal": _code("p * (1 - p) * g"),
    "in the second term it multiplies p": _code("p * g - np.dot(p, g)"),
    "the plain sum of g": _code("p * (g - np.sum(g))"),
    "the mean of g": _code("p * (g - np.mean(g))"),
    "the product for log_softmax": _code("g - p * np.sum(g)"),
    "The logits x stand": _code("x * (g - np.sum(x * g, axis=-1, keepdims=True))"),
    "The sign is turned": _code("p * (np.sum(p * g) - g)"),
    "The two terms are added": _code("p * g + p * np.sum(p * g)"),
    "you get": _code("p * (g - np.sum(p * g)) + p"),
    "stands an n by n array": _code("(np.diag(p) - np.outer(p, p)) @ g"),
    "sum over all of them at once": _code("p * (g - np.sum(p * g))"),
    "over the wrong axis": _code("p * (g - np.sum(p * g, axis=0))"),
    "raises ValueError: matmul": _code("p * (g - p @ g)"),
    "raises ValueError: operands": _code("p * (g - np.sum(p * g, axis=-1))"),
    "a result is nan": _code(
        "p * (g - (p * g).sum(-1, keepdims=True))", "np.exp(x) / np.exp(x).sum(-1, keepdims=True)"
    ),
}

RIGHT = [
    _code("p * g - p * np.einsum('...i,...i->...', p, g)[..., None]"),
    _code("p * (g - np.average(g, axis=-1, weights=p, keepdims=True))"),
    _code(
        "p * (g - np.vectorize(np.dot, signature='(n),(n)->()')(p, g)[..., np.newaxis])",
        "np.exp(x - np.max(x, axis=-1, keepdims=True)); p = p / np.sum(p, axis=-1, keepdims=True)",
    ),
]
