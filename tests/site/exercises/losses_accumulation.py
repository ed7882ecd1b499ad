"""Answers to the exercise `losses_accumulation`."""


def _code(result: str, reduction: str = "sum") -> str:
    return f"""\
import numpy as np
from reference.training import cross_entropy_gradient

def accumulated(parts):
    found = [cross_entropy_gradient(*part, ignore_index=-100, reduction="{reduction}") for part in parts]
    return {result}
"""


WRONG = {
    "each part is a mean of its own": _code("np.concatenate(found)", "mean"),
    "number of parts": _code("np.concatenate(found) / len(parts)", "mean"),
    "you return the sums": _code("np.concatenate(found)"),
    "you divide by all rows": _code("np.concatenate(found) / sum(len(labels) for _, labels in parts)"),
    "do not take means": _code(
        "np.concatenate([f * np.sum(y != -100) for f, (_, y) in zip(found, parts)])"
        " / sum(np.sum(y != -100) for _, y in parts)",
        "mean",
    ),
    "the gradient is another": _code("np.concatenate(found) / 3"),
}

RIGHT = [
    """\
import numpy as np
from reference.training import cross_entropy_gradient

def accumulated(parts):
    logits, labels = (np.concatenate(column) for column in zip(*parts))
    return cross_entropy_gradient(logits, labels, ignore_index=-100)
"""
]
