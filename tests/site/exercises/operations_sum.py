"""Answers to the exercise `operations_sum`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef summed_to(g, shape):\n" + "".join(f"    {line}\n" for line in lines)


LEAD = "added = tuple(range(g.ndim - len(shape)))"
ONES = "ones = tuple(i for i, n in enumerate(shape) if n == 1)"

WRONG = {
    "for g of shape (4, 3) and shape (3,)": _code("return g"),
    "for g of shape (4, 3) and shape (4, 1)": _code(LEAD, "return np.sum(g, axis=added)"),
    "the mean of the pulls": _code(LEAD, "return np.mean(g, axis=added)"),
    "the first part of g": _code("return g.ravel()[:int(np.prod(shape))].reshape(shape)"),
    "for g of shape (5, 4, 3) and shape (4, 1)": _code(
        LEAD,
        "g = np.sum(g, axis=added) if not 1 in shape else g",
        "return np.sum(g, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)",
    ),
}

RIGHT = [
    _code(LEAD, "g = np.sum(g, axis=added)", ONES, "return np.sum(g, axis=ones, keepdims=True)"),
    _code(
        "while g.ndim > len(shape):",
        "    g = g.sum(0)",
        "for i, n in enumerate(shape):",
        "    if n == 1:",
        "        g = g.sum(i, keepdims=True)",
        "return g",
    ),
]
