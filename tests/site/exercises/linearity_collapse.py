"""Answers to the exercise `linearity_collapse`."""


def _code(*lines: str) -> str:
    head = ["import numpy as np", "from reference.activations import collapse, linear_network", ""]
    return "\n".join([*head, "def collapse_affine(weights, offsets):", *(f"    {line}" for line in lines), ""])


def _summed(term: str) -> str:
    """An offset that is a sum of terms over the layers."""
    return _code(f"return collapse(weights), sum({term} for i in range(len(weights)))")


WRONG = {
    "returns ndarray: expected two arrays": _code("return collapse(weights)"),
    "not that layer's own": _code("return collapse(weights), np.zeros(weights[-1].shape[1])"),
    "in the wrong order": _code("return collapse(weights[::-1]), sum(offsets)"),
    "W is wrong for two layers": _code("return sum(weights), sum(offsets)"),
    "Your b is b_1 + b_2": _code("return collapse(weights), sum(offsets)"),
    "Your b is b_2 alone": _code("return collapse(weights), offsets[-1]"),
    "through its own matrix W_1": _code(
        "return collapse(weights), sum(b @ w for w, b in zip(weights[:-1], offsets[:-1])) + offsets[-1]"
    ),
    "on the wrong side": _code(
        "b = offsets[0]",
        "for w, c in zip(weights[1:], offsets[1:]):",
        "    b = w @ b + c",
        "return collapse(weights), b",
    ),
    "b_1 goes through W_2 alone": _summed("(offsets[i] @ weights[i + 1] if i + 1 < len(weights) else offsets[i])"),
    "has shape": _code(
        "b = offsets[0]",
        "for w, c in zip(weights[1:], offsets[1:]):",
        "    b = b @ w + c",
        "return np.append(collapse(weights), b[None], axis=0), b",
    ),
    "b_1 meets W_3 before W_2": _summed("linear_network(offsets[i], weights[i + 1 :][::-1])"),
    "others than those of the layers": _code(
        "b = offsets[0]",
        "for w, c in zip(weights[1:], offsets[1:]):",
        "    b = b @ w + c",
        "return collapse(weights), b * (len(weights[0]) == len(weights[-1]))",
    ),
    "of the largest apart": _code(
        "b = offsets[0]",
        "for w, c in zip(weights[1:], offsets[1:]):",
        "    b = (b @ w + c).astype(np.float32)",
        "return collapse(weights), b",
    ),
    "changes `weights` itself, in entry 0": _code(
        "w, b = weights[0], offsets[0]",
        "for i in range(1, len(weights)):",
        "    b = b @ weights[i] + offsets[i]",
        "    w = w @ weights[i]",
        "weights[0] = w",
        "return w, b",
    ),
}

RIGHT = [
    _code(
        "big = [np.block([[w, np.zeros((len(w), 1))], [b, np.ones((1, 1))]]) for w, b in zip(weights, offsets)]",
        "whole = collapse(big)",
        "return whole[:-1, :-1], whole[-1, :-1]",
    ),
    _code(
        "def through(h):",
        "    for w, b in zip(weights, offsets):",
        "        h = h @ w + b",
        "    return h",
        "b = through(np.zeros((1, weights[0].shape[0])))",
        "return through(np.eye(weights[0].shape[0])) - b, b",
    ),
    _summed("linear_network(offsets[i], weights[i + 1 :])"),
]
