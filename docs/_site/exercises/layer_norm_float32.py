"""A layer norm that never leaves float32 and keeps its digits next to a mean of a million."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.normalization.layer_norm import layer_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def layer_norm_32(x):
    """Return layer_norm(x) for float32 rows (..., n), computed in float32 alone."""
    d = x - np.mean(x, axis=-1, keepdims=True)
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + np.float32(1e-5))
'''

ANSWER = '''\
import numpy as np

def layer_norm_32(x):
    """Return layer_norm(x) for float32 rows (..., n), computed in float32 alone."""
    d = x - np.mean(x, axis=-1, keepdims=True)
    d = d - np.mean(d, axis=-1, keepdims=True)  # what the first mean was off by
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + np.float32(1e-5))
'''

CALL = "layer_norm_32(x)"
BAR = 3
MEANS = (0, 10, 1e3, 1e4, 1e6)


class Narrow(np.ndarray):
    """A float32 array that notices when NumPy computes with anything wider."""

    left = False

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute, and look at the type of what comes out."""
        plain = [np.asarray(x) if isinstance(x, Narrow) else x for x in inputs]
        if "out" in options:
            options["out"] = tuple(np.asarray(x) if isinstance(x, Narrow) else x for x in options["out"])
        y = getattr(ufunc, method)(*plain, **options)
        Narrow.left |= getattr(y, "dtype", None) in (np.float64, np.longdouble)
        return y.view(Narrow) if isinstance(y, np.ndarray) else y

    def astype(self, dtype: Any, *arguments: Any, **options: Any) -> Any:
        """Convert, and look at the type."""
        Narrow.left |= np.dtype(dtype).itemsize > 4
        return super().astype(dtype, *arguments, **options)


def check(names: Names) -> Iterator[str]:
    """Look at a plain row, at the type, at large means, and at a row of equal numbers."""
    rng = np.random.default_rng(0)
    _value(names)
    yield "Rows with a mean near 0 are right."
    _type(names, rng)
    yield "All is computed in float32."
    worst = max(_error(names, rng, mean) for mean in MEANS)
    yield f"With means up to 1e6 the worst error is {worst:.1f} ulp."
    _constant(names)
    yield "A row of equal numbers gives 0."


def _of(names: Names, x: np.ndarray) -> np.ndarray:
    y = np.asarray(function(names, CALL)(x.copy()))
    if y.shape != x.shape or y.dtype.kind != "f":
        raise Wrong(
            f"{CALL} for float32 of shape {x.shape} gives {y.dtype} of shape {y.shape}: expected the same shape."
        )
    return y


def _value(names: Names) -> None:
    x = np.array([[1.0, 3.0, 5.0, 7.0], [-2.0, 0.0, 0.0, 2.0]], dtype=np.float32)
    found, true = _of(names, x), layer_norm(x)
    if not np.allclose(found, true, atol=1e-5):
        typical = "over n − 1" if np.allclose(found, true * 0.75**0.5, atol=1e-3) else f"{np.round(found[0], 4)}"
        raise Wrong(f"For {x[0]} you get {typical}: expected {np.round(true[0], 4)}.")


def _type(names: Names, rng: np.random.Generator) -> None:
    x = rng.normal(size=(3, 64)).astype(np.float32)
    if (seen := _of(names, x).dtype) != np.float32:
        raise Wrong(f"The result is {seen}: in this exercise everything stays float32.")
    Narrow.left = False
    function(names, CALL)(x.view(Narrow))
    if Narrow.left:
        raise Wrong(
            "Somewhere your code computes in float64. That works, and it is what the package does: now without."
        )


def _error(names: Names, rng: np.random.Generator, mean: float) -> float:
    x = (rng.normal(size=(50, 1024)) + mean).astype(np.float32)
    true = layer_norm(x.astype(np.float64))
    with np.errstate(all="ignore"):
        found = _of(names, x).astype(np.float64)
    if np.isnan(found).any():
        raise Wrong(
            f"With a mean of {mean:g} results are nan: a variance as the difference of two means goes negative."
        )
    step = 2.0 ** (np.floor(np.log2(np.abs(true).max(axis=-1, keepdims=True))) - 23)
    worst = float(np.max(np.abs(found - true) / step))
    if worst > BAR:
        raise Wrong(
            f"With a mean of {mean:g} the worst error is {worst:.3g} ulp, and {BAR} are allowed. Print the mean of "
            "your deviations: it should be 0, and it is what the first mean was off by."
        )
    return worst


def _constant(names: Names) -> None:
    most = float(np.abs(_of(names, np.full((2, 1000), 12345.678, dtype=np.float32))).max())
    if not most <= 1e-4:
        raise Wrong(f"A row of 12345.678 alone gives {most:.2g}: nothing varies in it, so expected 0.")
