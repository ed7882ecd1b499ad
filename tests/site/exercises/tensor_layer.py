"""Answers to the exercise `tensor_layer`."""


def _code(x: str = "g @ W.T", w: str = "x.T @ g", b: str = "np.sum(g, axis=0)") -> str:
    return f"""\
import numpy as np

def layer_backward(x, W, b, g):
    return {x}, {w}, {b}
"""


WRONG = {
    "this is W itself": _code(w="W"),
    "the product with ∂y/∂x = W": _code(w="g @ W.T"),
    "rows and columns are swapped": _code(w="g.T @ x"),
    "every row adds its own share.": _code(w="x.T @ g / len(x)"),
    "only the first row": _code(w="np.outer(x[0], g[0])"),
    "has shape": _code(w="np.sum(x)"),
    "begins with": _code(w="x.T @ g + 1"),
    "you gave g as it came": _code(b="g"),
    "uses add up": _code(b="g.mean(axis=0)"),
    "summed over the outputs": _code(b="g.sum(axis=1)"),
    "summed over everything": _code(b="g.sum()"),
    "there is no factor": _code(b="g.sum(axis=0) * b"),
    "this is x itself": _code(x="x"),
    "the order is x, W, b": _code(x="x.T @ g"),
    "the matrix W was not turned": _code(x="g @ (W if W.shape[0] == W.shape[1] else W.T)"),
    "must return three": _code().replace("return ", "return 0, "),
}

RIGHT = [
    _code("(W @ g.T).T", "np.einsum('ni,no->io', x, g)", "np.ones(len(g)) @ g"),
    _code(w="sum(np.outer(row, slope) for row, slope in zip(x, g))", b="sum(g)"),
]
