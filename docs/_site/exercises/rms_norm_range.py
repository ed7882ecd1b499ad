"""RMS norm over the whole range of a float32, without a wider type: divide before you square."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.normalization.rms_norm import rms_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def rms_norm_32(x):
    """Return rms_norm(x, eps=0) of float32 rows (..., n), in float32 alone."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True))
'''

ANSWER = '''\
import numpy as np

def rms_norm_32(x):
    """Return rms_norm(x, eps=0) of float32 rows (..., n), in float32 alone."""
    # The squares then lie between 0 and 1, and one of them is 1.
    x = x / np.max(np.abs(x), axis=-1, keepdims=True)
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True))
'''

CALL = "rms_norm_32(x)"
BAR = 4
SIZES = (1.0, 1e10, 1e20, 1e38, 1e-10, 1e-25, 1e-40)


def check(names: Names) -> Iterator[str]:
    """Look at a plain row, at the type, at every size, and at rows of different sizes together."""
    x = np.array([[1.0, 7.0], [-3.0, 3.0]], dtype=np.float32)
    found = _of(names, x)
    if not np.allclose(found, [[0.2, 1.4], [-1.0, 1.0]], atol=1e-5):
        raise Wrong(f"For [1. 7.] you get {np.round(found[0], 4)}: expected [0.2 1.4].")
    yield "A plain row is right, and stays float32."
    rng = np.random.default_rng(0)
    rows = rng.uniform(-1, 1, size=(20, 64))
    worst = max(_error(names, (rows * size).astype(np.float32), size) for size in SIZES)
    yield f"From 1e-40 to 1e38 the worst error is {worst:.1f} ulp."
    mixed = (rows * 10.0 ** rng.uniform(-30, 30, size=(20, 1))).astype(np.float32)
    _error(names, mixed, None)
    yield "Rows of different sizes are each measured by themselves."


def _of(names: Names, x: np.ndarray) -> np.ndarray:
    y = np.asarray(function(names, CALL)(x.copy()))
    if y.shape != x.shape or y.dtype != np.float32:
        raise Wrong(
            f"{CALL} for float32 of shape {x.shape} gives {y.dtype} of shape {y.shape}: expected the same as x."
        )
    return y


def _error(names: Names, x: np.ndarray, size: float | None) -> float:
    true = rms_norm(x.astype(np.float64), eps=0.0)
    with np.errstate(all="ignore"):
        found = _of(names, x).astype(np.float64)
    what = "rows of different sizes" if size is None else f"rows of the size {size:g}"
    if np.isnan(found).any() or np.isinf(found).any():
        raise Wrong(
            f"For {what} a result is {found[~np.isfinite(found)][0]}: a square, or a divisor, has become 0 or inf."
        )
    if not found.any():
        raise Wrong(f"For {what} all results are 0: their squares are infinite, and so is the divisor.")
    step = 2.0 ** (np.floor(np.log2(np.abs(true).max(axis=-1, keepdims=True))) - 23)
    worst = float(np.max(np.abs(found - true) / step))
    if worst > BAR:
        one = " You may have scaled all rows by one number: each needs its own." if size is None else ""
        raise Wrong(f"For {what} the worst error is {worst:.3g} ulp, and {BAR} are allowed.{one}")
    return worst
