"""Answers to the exercise `rms_norm_range`."""


def _code(first: str, result: str = "x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True))") -> str:
    return f"""\
import numpy as np

def rms_norm_32(x):
    {first}
    return {result}
"""


LARGEST = "np.max(np.abs(x), axis=-1, keepdims=True)"

WRONG = {
    "all results are 0": _code("x = x * np.float32(1)"),
    "gives float64": _code("x = x.astype(np.float64)"),
    "For rows of the size 1e-25 a result is": _code(f"x = x / np.maximum({LARGEST}, np.float32(1))"),
    "For rows of different sizes": _code("x = x / np.max(np.abs(x))"),
    "For [1. 7.] you get": _code(f"x = x / {LARGEST}", "x"),
    "ulp, and 4 are allowed": _code(
        f"x = x / {LARGEST}", "x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5))"
    ),
    "expected the same as x": _code(f"x = x / {LARGEST}", "np.mean(x, axis=-1)"),
}

RIGHT = [
    _code(f"x = x / {LARGEST}"),
    _code("x = x / np.linalg.norm(x, ord=np.inf, axis=-1, keepdims=True)"),
    _code(f"e = np.frexp({LARGEST})[1]; x = np.ldexp(x, -e)"),
]
