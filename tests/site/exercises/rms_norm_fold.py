"""Answers to the exercise `rms_norm_fold`."""


def _code(result: str) -> str:
    return f"""\
import numpy as np

def fold(W, b):
    return {result}
"""


WRONG = {
    "The weight is right": _code("W - np.mean(W, axis=1, keepdims=True), b"),
    "The bias is right": _code("W, b - np.mean(b)"),
    "You center each column": _code("W - np.mean(W, axis=0), b - np.mean(b)"),
    "one mean of the whole W": _code("W - np.mean(W), b - np.mean(b)"),
    "expected the same as before": _code("np.mean(W, axis=1), b - np.mean(b)"),
    "expected two arrays": _code("W - np.mean(W, axis=1, keepdims=True)"),
    "the outputs have the mean": _code("W + 1, b"),
    "subtract the mean and change nothing else": _code(
        "(W - np.mean(W, axis=1, keepdims=True)) * np.arange(1, 2), (b - np.mean(b)) * 0"
    ),
}

RIGHT = [
    _code("(W.T - W.mean(axis=1)).T, b - b.mean()"),
    _code("W @ (np.eye(b.size) - 1 / b.size), b @ (np.eye(b.size) - 1 / b.size)"),
    _code("[W - W.sum(axis=1)[:, None] / W.shape[1], b - b.sum() / b.size]"),
]
