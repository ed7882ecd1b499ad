"""Checks that the tests of several modules share: the error in ulp, and silence at the corners of a dtype."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from docs._site.ulp import REFERENCES, halves, sweep

Function = Callable[[Any], Any]
CORNERS = [0, 16.7, 40, 88.7, 88.8, 104, 750, np.inf]


def check_bar(
    name: str, function: Callable[[Any], Any], bar: float, record_error: Callable[[str, object], None]
) -> None:
    """Sweep every 1009th float32, add the worst error to the table, and compare it with its bar."""
    worst = sweep(function, REFERENCES[name], 1009)
    record_error(name, worst)
    assert worst.inputs > 4e6
    assert worst.ulp <= bar


def check_corners(functions: Iterable[Function], dtype: Any) -> None:
    """Feed all of float16 and the corners of the dtype: no warning but underflow, and no NaN."""
    info = np.finfo(dtype)
    corners = [*CORNERS, info.smallest_subnormal, info.smallest_normal, info.eps, info.max]
    x = np.concatenate([halves().astype(dtype), np.asarray([corners, np.negative(corners)], dtype=dtype).ravel()])
    with np.errstate(all="raise", under="ignore"):
        for function in functions:
            assert not np.any(np.isnan(function(x)))
