"""The Jacobian without the matrix: slopes from above, taken through softmax row by row."""

import tracemalloc
from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import softmax, softmax_jacobian

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import softmax

def softmax_vjp(x, g):
    """Return J g, where J is the Jacobian of softmax at x, without any n by n array.

    x, g and the result: (..., n), each row by itself.
    """
    p = softmax(x)
    return g  # your code here
'''

ANSWER = '''\
import numpy as np
from reference.activations import softmax

def softmax_vjp(x, g):
    """Return J g, where J is the Jacobian of softmax at x, without any n by n array.

    x, g and the result: (..., n), each row by itself.
    """
    p = softmax(x)
    return p * (g - np.sum(p * g, axis=-1, keepdims=True))
'''

CALL = "softmax_vjp(x, g)"
LOGITS = np.array([2.0, 1.0, 0.5, 0.0])
NEAR = 1e-15
"""How far results may lie apart for slopes between -1 and 1: p is at most 1, and a few roundings are of 1e-16 each."""


def check(names: Names) -> Iterator[str]:
    """Look at one row, at equal slopes, at the memory used, at several rows, and at confident rows."""
    rng = np.random.default_rng(0)
    _one_row(names, rng)
    yield "For one row it is J g, to 1e-15."
    _level(names)
    yield "Equal slopes move nothing."
    _memory(names, rng)
    yield "It makes no n by n array."
    _rows(names, rng)
    yield "It takes several rows, each by itself."
    _extreme(names)
    yield "Logits of 1000 and −∞ give numbers."


def _of(names: Names, x: np.ndarray, g: np.ndarray) -> np.ndarray:
    call = f"{CALL} for x of shape {x.shape}"
    return numbers(function(names, CALL)(x.copy(), g.copy()), x.shape, call)


def _one_row(names: Names, rng: np.random.Generator) -> None:
    p = softmax(LOGITS)
    for g in rng.uniform(-1, 1, size=(3, 4)):
        found, true = _of(names, LOGITS, g), softmax_jacobian(LOGITS) @ g
        if np.abs(found - true).max() <= NEAR:
            continue
        typical = {
            "You return g as it came: J is not the identity.": g,
            "Only diag(p) g is there: −p pᵀ g is still missing.": p * g,
            "Only the diagonal p (1 − p) is there, as for sigmoids: in softmax each output feels every logit.": (
                p * (1 - p) * g
            ),
            "The number pᵀ g is right, but in the second term it multiplies p: subtract p (pᵀ g).": p * g - p @ g,
            "You subtract the plain sum of g: weigh each slope with its share, pᵀ g.": p * (g - g.sum()),
            "You subtract the mean of g: the mean that counts is weighted with p, pᵀ g.": p * (g - g.mean()),
            "That is the product for log_softmax, g − p Σg: for softmax itself the shares multiply g first.": (
                g - p * g.sum()
            ),
            "The logits x stand where the shares p belong.": LOGITS * (g - LOGITS @ g),
            "The sign is turned: it is diag(p) g − p (pᵀ g), in this order.": -true,
            "The two terms are added: J is diag(p) minus p pᵀ.": p * (g + p @ g),
            "You square p in the first term: diag(p) g is p * g.": p * (p * g - p @ g),
        }
        other = f"For g = {np.round(g, 2)} you get {np.round(found, 4)}: expected {np.round(true, 4)}."
        raise Wrong(next((said for said, value in typical.items() if np.allclose(found, value)), other))


def _level(names: Names) -> None:
    """Compare with the shift: logits that all move alike change no share."""
    for level in (1.0, -1.0):
        moved = float(np.abs(_of(names, LOGITS, np.full(4, level))).max())
        if not moved <= NEAR:
            raise Wrong(f"For g = {level:g} everywhere a result is {moved:.1e}: all shares add up to 1, so expected 0.")


def _memory(names: Names, rng: np.random.Generator) -> None:
    """Measure what the call holds at most: an own array per step costs a row each, the matrix costs n rows."""
    n = 512
    x, g = rng.normal(size=(2, n))
    _of(names, x, g)  # the first call may import something
    tracemalloc.start()
    try:
        _of(names, x, g)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > x.nbytes * n / 4:
        raise Wrong(
            f"Right, but for a row of {n} your code holds {peak / 1e6:.1f} MB at a time, and the row has "
            f"{x.nbytes / 1e6:.3f} MB: somewhere stands an n by n array. pᵀ g is a single number; compute it first."
        )


def _rows(names: Names, rng: np.random.Generator) -> None:
    for shape in ((3, 4), (4, 4), (2, 3, 5), (1, 1)):
        x, g = rng.normal(size=shape), rng.uniform(-1, 1, size=shape)
        try:
            found = _of(names, x, g)
        except ValueError as error:
            raise Wrong(
                f"Right for a row. For x of shape {shape} your code raises ValueError: {str(error).strip()}. "
                "Sum p * g within each row, and keep the axis that you sum over."
            ) from None
        p, true = softmax(x), (softmax_jacobian(x) @ g[..., None])[..., 0]
        if np.abs(found - true).max() <= NEAR:
            continue
        typical = {
            "you sum over all of them at once": p * (g - np.sum(p * g)),
            "you sum over the wrong axis, down the columns": p * (g - np.sum(p * g, axis=0)),
            "only the first one is summed over": p * (g - np.sum((p * g)[0])),
        }
        seen = next((said for said, value in typical.items() if np.allclose(found, value)), "the result is another")
        raise Wrong(f"Right for a row. For rows of shape {shape} {seen}: each has a sum of its own, over axis −1.")


def _extreme(names: Names) -> None:
    g = np.array([0.5, -1.0, 1.0])
    for x in (np.array([1000.0, 0.0, 999.0]), np.array([0.0, -np.inf, 1.0]), np.array([-1e4, -1e4, -1e4])):
        found = _of(names, x, g)
        if np.isnan(found).any():
            raise Wrong(f"For the logits {x} a result is nan: subtract the largest logit before the exponential.")
        if np.abs(found - softmax_jacobian(x) @ g).max() > NEAR:
            raise Wrong(f"For the logits {x} you get {found}: expected {softmax_jacobian(x) @ g}.")
