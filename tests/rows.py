"""Helpers for layers that normalize rows: their axes, the shape of their weights, and the error of a row."""

from typing import Any

import numpy as np

LAYOUTS = [((5,), -1), ((4, 3), -1), ((4, 3), 0), ((2, 3, 4), 1), ((2, 3, 4), (1, 2)), ((2, 3, 4), (-1, 0))]
"""Shapes, and the axes to normalize along."""


def row_error(got: Any, true: Any) -> float:
    """The largest error in ulp of the largest number of its row."""
    assert got.dtype in (np.float16, np.float32)
    top = np.max(np.abs(true), axis=-1, keepdims=True).astype(np.float64)
    step = 2.0 ** (np.floor(np.log2(top)) - np.finfo(got.dtype).nmant)
    return float(np.max(np.abs(got - true) / step))


def shape_of(x: Any, axis: Any) -> tuple[int, ...]:
    """The shape of a weight for these axes."""
    axes = {i % x.ndim for i in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(n for i, n in enumerate(x.shape) if i in axes)
