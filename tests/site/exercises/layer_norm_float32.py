"""Answers to the exercise `layer_norm_float32`."""


def _code(d: str, result: str = "d / np.sqrt(mean(d * d) + np.float32(1e-5))") -> str:
    return f"""\
import numpy as np

def mean(v):
    return np.mean(v, axis=-1, keepdims=True)

def layer_norm_32(x):
    d = {d}
    return {result}
"""


ROOT = "np.sqrt(mean(d * d) + np.float32(1e-5))"

WRONG = {
    "With a mean of 10 the worst error": _code("x - mean(x)"),
    "over n − 1": _code("x - mean(x)", "d / (np.std(x, axis=-1, ddof=1, keepdims=True) + np.float32(1e-5))"),
    "The result is float64": _code("x.astype(np.float64) - mean(x.astype(np.float64))"),
    "Somewhere your code computes in float64": _code(
        "(x - np.mean(x, axis=-1, keepdims=True, dtype=np.float64)).astype(np.float32)"
    ),
    "ulp, and 3 are allowed": _code("x - mean(x)", f"(d / {ROOT}) - mean(d / {ROOT}) * 0.5"),
    "For [1. 3. 5. 7.] you get": _code("x"),
    "expected the same shape": _code("x - mean(x)", "mean(d)"),
}

RIGHT = [
    _code("x - mean(x); d = d - mean(d)"),
    _code("x - x[..., :1]; d = d - mean(d); d -= mean(d)"),
    _code("x - mean(x); d = d - mean(d)", "d / np.sqrt(np.var(d, axis=-1, keepdims=True) + np.float32(1e-5))"),
]
