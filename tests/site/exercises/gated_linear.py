"""Answers to the exercise `gated_linear`."""


def block(result: str) -> str:
    """An answer that returns this, from both halves."""
    return f"""
import numpy as np
from reference.activations import gelu, glu, sigmoid, silu, softsign, swiglu, tanh

def calm_swiglu(x):
    a, b = np.split(x, 2, axis=-1)
    return {result}
"""


WRONG = {
    "still a square": block("swiglu(x)"),
    "has shape (6,)": block("tanh(x) * silu(x)"),
    "the halves are swapped": block("tanh(a) * silu(b)"),
    "a sigmoid is 1/2 near 0": block("silu(a) * sigmoid(b)"),
    "softsign(b) differs from b": block("silu(a) * softsign(b)"),
    "expected": block("gelu(a) * tanh(b) / 2"),
    "Bound one factor, not their product": block("tanh(silu(a) * b)"),
    "your bound is reached too slowly": block("silu(a) * np.arctan(b)"),
    "the factor that you changed grows still": block("silu(a) * np.arcsinh(b)"),
    "some output is 0, infinite or NaN": block("silu(a) * (np.exp(b) - np.exp(-b)) / (np.exp(b) + np.exp(-b))"),
    "some product on the way is above 65504": block("swiglu(x) / np.sqrt(1 + np.mean(x**2))"),
}

RIGHT = [
    block("silu(a) * np.clip(b, -1, 1)"),
    block("silu(a) * (2 * sigmoid(2 * b) - 1)"),
    block("tanh(silu(a)) * b"),
    block("silu(np.tanh(a)) * b"),
]
