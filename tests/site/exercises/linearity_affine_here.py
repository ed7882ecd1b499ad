"""Answers to the exercise `linearity_affine_here`."""


def _code(output: str, at: str = "100 * x[:1]", step: str = "100 * x[:1]") -> str:
    return f"""\
import numpy as np
from reference.activations import relu

rng = np.random.default_rng(0)
x = rng.normal(size=(1000, 16))
first, second = rng.normal(size=(16, 8)), rng.normal(size=(8, 8))

def network(x):
    return {output}

at, step = {at}, {step}
"""


WRONG = {
    "on this data the network bends": _code("relu(x @ first) @ second"),
    "Nearly: the residual is": _code("relu(x @ first + 10) @ second"),
    "all of it rounding": _code("relu(x @ first + 1e9) @ second"),
    "every unit is off": _code("relu(x @ first - 100) @ second"),
    "even a million times as far": _code("(x @ first + 100) @ second"),
    "It does elsewhere": _code("relu(x @ first + 30) @ second", "x[:1]", "0.1 * x[:1]"),
    "has shape (16,): expected (1, 16)": _code("relu(x @ first + 30) @ second", "x[0]"),
    "gets another output": _code("relu((x - x.mean(0)) @ first + 30) @ second"),
    "There is no `step`": _code("relu(x @ first + 30) @ second", step="None"),
    "has shape (1, 16): expected (1, 8)": _code("relu(x + 30) @ np.eye(16)"),
}

RIGHT = [
    _code("relu(x @ first + np.full(8, 50.0)) @ second + 7", "0 * x[:1]", "1000 * x[:1]"),
    _code("np.maximum(0, np.abs(first).sum(0) * 6 + x @ first) @ second", "-50 * np.ones((1, 16))", "300 * x[5:6]"),
]
