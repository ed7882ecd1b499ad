"""Answers to the exercise `group_norm_last`."""

from docs._site.exercises.group_norm_last import STUB


def _code(shape: str, axes: str, root: str = "np.sqrt(rows.var(axis={axes}, keepdims=True) + eps)") -> str:
    return f"""\
import numpy as np

def group_norm_last(x, groups, eps):
    n, h, w, c = x.shape
    rows = x.reshape({shape})
    return ((rows - rows.mean(axis={axes}, keepdims=True)) / {root.format(axes=axes)}).reshape(x.shape)
"""


SHAPE, AXES = "n, h, w, groups, c // groups", "(1, 2, 4)"

WRONG = {
    "That is the reshape of the report": STUB,
    "Each place is normalized by itself": _code(
        SHAPE, "4", "np.sqrt(rows.var(axis={axes}, keepdims=True) + eps)"
    ).replace("rows = ", "if groups == 1: return group(x, eps)\n    rows = ")
    + "\ndef group(x, eps):\n    a = (1, 2, 3)\n"
    "    return (x - x.mean(a, keepdims=True)) / np.sqrt(x.var(a, keepdims=True) + eps)\n",
    "Each channel is normalized by itself": _code(SHAPE, "((1, 2, 3, 4) if groups == 1 else (1, 2))"),
    "All channels are normalized together": _code(SHAPE, "(1, 2, 3, 4)"),
    "every third channel": _code("n, h, w, c // groups, groups", "(1, 2, 3)"),
    "eps stands outside": _code(SHAPE, AXES, "(rows.std(axis={axes}, keepdims=True) + eps)"),
    "n - 1 in its denominator": _code(SHAPE, AXES, "np.sqrt(rows.var(axis={axes}, keepdims=True, ddof=1) + eps)"),
    "differs already there": _code(SHAPE, "(1, 4)"),
    "for a batch of three": _code(SHAPE, "((0, 1, 2, 4) if n > 1 else (1, 2, 4))"),
    "for one channel in each group": _code("n, h, w, groups, c // groups", "((1, 4) if c == groups else (1, 2, 4))"),
    "The first place's channels are": _code(
        SHAPE, AXES, "(1 if groups > 1 else np.sqrt(rows.var(axis={axes}, keepdims=True) + eps))"
    ),
    "has shape": "def group_norm_last(x, groups, eps):\n    return x[0]\n",
}

RIGHT = [
    """
import numpy as np
from reference.normalization import group_norm

def group_norm_last(x, groups, eps):
    return np.moveaxis(group_norm(np.moveaxis(x, -1, 1), groups, eps=eps), 1, -1)
""",
    """
import numpy as np

def group_norm_last(x, groups, eps):
    parts = np.split(x, groups, axis=-1)
    mean = [p.mean((1, 2, 3), keepdims=True) for p in parts]
    return np.concatenate(
        [(p - m) / np.sqrt(((p - m) ** 2).mean((1, 2, 3), keepdims=True) + eps) for p, m in zip(parts, mean)], axis=-1
    )
""",
]
