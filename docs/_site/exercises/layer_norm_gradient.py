"""Layer norm's gradient from its formula: two means go out of it, then a division."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.normalization.layer_norm import layer_norm_backward

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def layer_norm_gradient(g, x):
    """Return the gradient by x, given the gradient g by layer_norm(x, eps=0).

    g, x and the result: (..., n), each row by itself.
    """
    d = x - np.mean(x, axis=-1, keepdims=True)
    return g  # your code here
'''

ANSWER = '''\
import numpy as np

def layer_norm_gradient(g, x):
    """Return the gradient by x, given the gradient g by layer_norm(x, eps=0).

    g, x and the result: (..., n), each row by itself.
    """
    def mean(v):
        return np.mean(v, axis=-1, keepdims=True)

    d = x - mean(x)
    s = np.sqrt(mean(d * d))
    y = d / s
    return (g - mean(g) - y * mean(g * y)) / s
'''

CALL = "layer_norm_gradient(g, x)"
ROW = np.array([2.0, -1.0, 0.5, 4.0, -3.0, 1.0])


def check(names: Names) -> Iterator[str]:
    """Look at one row, at what changes nothing, at the size of the row, and at several rows."""
    rng = np.random.default_rng(0)
    _one_row(names, rng)
    yield "For one row it is what layer_norm_backward finds."
    _level(names)
    yield "A gradient that asks for a shift or for a longer row comes back as 0."
    _rows(names, rng)
    yield "It takes several rows, each by itself."


def _of(names: Names, g: np.ndarray, x: np.ndarray) -> np.ndarray:
    return numbers(function(names, CALL)(g.copy(), x.copy()), x.shape, f"{CALL} for x of shape {x.shape}")


def _near(found: np.ndarray, true: np.ndarray) -> bool:
    return bool(np.allclose(found, true, rtol=1e-9, atol=1e-10))


def _one_row(names: Names, rng: np.random.Generator) -> None:
    g = rng.normal(size=ROW.size)
    found, true = _of(names, g, ROW), layer_norm_backward(g, ROW, eps=0.0).x
    if _near(found, true):
        return
    d = ROW - ROW.mean()
    s, s1 = d.std(), d.std(ddof=1)
    y, y1 = d / s, d / s1
    typical = {
        "You return g as it came.": g,
        "Only the division by s is there: the mean and the spread depend on x too, and pass gradient of their own.": g
        / s,
        "The term of the spread is missing: subtract y mean(g y).": (g - g.mean()) / s,
        "The mean of g is still in it: a shift of x changes nothing, so the result must add up to 0.": (
            (g - y * np.mean(g * y)) / s
        ),
        "The division by s is missing.": s * true,
        "You divide by the variance: one factor 1/s is enough.": true / s,
        "The last term is the product of two means: it is the mean of the product g y.": (
            (g - g.mean() - y * (g.mean() * y.mean())) / s
        ),
        "You sum g y where its mean belongs.": (g - g.mean() - y * np.sum(g * y)) / s,
        "The last term has d where y belongs: divide by s first.": (g - g.mean() - d * np.mean(g * d)) / s,
        "The spread is over n − 1: layer norm divides by n.": (g - g.mean() - y1 * np.mean(g * y1)) / s1,
        "The sign is turned.": -true,
    }
    other = f"For one row you get {np.round(found, 4)}: expected {np.round(true, 4)}."
    raise Wrong(next((said for said, value in typical.items() if _near(found, value)), other))


def _level(names: Names) -> None:
    y = (ROW - ROW.mean()) / ROW.std()
    for what, g in (("1 everywhere", np.ones(ROW.size)), ("the result of layer norm itself", y)):
        most = float(np.abs(_of(names, g, ROW)).max())
        if not most <= 1e-12:
            raise Wrong(f"For g = {what} a result is {most:.1e}: that way nothing changes, so expected 0.")


def _rows(names: Names, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (6, 6), (2, 3, 5)):
        g, x = rng.normal(size=(2, *shape))
        try:
            found = _of(names, g, x)
        except ValueError as error:
            raise Wrong(
                f"Right for a row. For x of shape {shape} your code raises ValueError: {str(error).strip()}. Take each "
                "mean along axis −1 and keep that axis."
            ) from None
        if not _near(found, layer_norm_backward(g, x, eps=0.0).x):
            raise Wrong(f"Right for a row. For rows of shape {shape} the result is another: each has means of its own.")
