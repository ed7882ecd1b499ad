"""Group norm with the channels on the last axis: repair a reshape that mixes channels and places."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.normalization import group_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def group_norm_last(x, groups, eps):
    """Return the group norm of x: (batch, height, width, channels)."""
    n, h, w, c = x.shape
    rows = x.reshape(n, groups, h, w, c // groups)  # the right shape, the wrong numbers
    mean = rows.mean(axis=(2, 3, 4), keepdims=True)
    variance = rows.var(axis=(2, 3, 4), keepdims=True)
    return ((rows - mean) / np.sqrt(variance + eps)).reshape(x.shape)
'''

ANSWER = '''\
import numpy as np

def group_norm_last(x, groups, eps):
    """Return the group norm of x: (batch, height, width, channels)."""
    n, h, w, c = x.shape
    rows = x.reshape(n, h, w, groups, c // groups)
    mean = rows.mean(axis=(1, 2, 4), keepdims=True)
    variance = rows.var(axis=(1, 2, 4), keepdims=True)
    return ((rows - mean) / np.sqrt(variance + eps)).reshape(x.shape)
'''

CALL = "group_norm_last(x, groups, eps)"


def check(names: Names) -> Iterator[str]:
    """Look at one group, then at groups that differ, at single channels, and at the batch."""
    rng = np.random.default_rng(0)
    _one(names, rng)
    yield "With one group it is right."
    _several(names, rng)
    yield "Three groups of two channels are right."
    _same(names, rng.normal(size=(1, 3, 2, 4)), 4, 1e-5, "one channel in each group")
    yield "One channel in each group is instance norm."
    _same(names, rng.normal(size=(3, 2, 3, 6)), 2, 1e-5, "a batch of three")
    yield "Each example is normalized by itself."


def _true(x: np.ndarray, groups: int, eps: float) -> np.ndarray:
    y: np.ndarray = np.moveaxis(group_norm(np.moveaxis(x, -1, 1), groups, eps=eps), 1, -1)
    return y


def _of(names: Names, x: np.ndarray, groups: int, eps: float) -> np.ndarray:
    found = function(names, CALL)(x.copy(), groups, eps)
    return numbers(found, x.shape, f"{CALL} for x of shape {x.shape}")


def _same(names: Names, x: np.ndarray, groups: int, eps: float, case: str) -> None:
    if not np.allclose(_of(names, x, groups, eps), _true(x, groups, eps), rtol=1e-9, atol=1e-10):
        raise Wrong(f"Right before, but for {case}, x of shape {x.shape} with {groups} groups, other numbers come out.")


def _one(names: Names, rng: np.random.Generator) -> None:
    x, eps = rng.normal(size=(1, 2, 3, 4)), 0.5
    found = _of(names, x, 1, eps)
    d = x - x.mean()
    if np.allclose(found, d / (x.std() + eps)):
        raise Wrong("eps stands outside the root: it is added to the variance.")
    if np.allclose(found, d / np.sqrt(x.var(ddof=1) + eps)):
        raise Wrong("The variance has n - 1 in its denominator: a layer divides by n.")
    if not np.allclose(found, _true(x, 1, eps), rtol=1e-9, atol=1e-10):
        raise Wrong("With one group, all numbers of an example belong together: the result differs already there.")


def _several(names: Names, rng: np.random.Generator) -> None:
    x, eps = rng.normal(size=(1, 2, 3, 6)) + np.array([0, 0, 10, 10, -10, -10.0]), 1e-5
    found, true = _of(names, x, 3, eps), _true(x, 3, eps)
    if np.allclose(found, true, rtol=1e-9, atol=1e-10):
        return
    n, h, w, c = x.shape
    torn = x.reshape(n, 3, h, w, c // 3)
    places = x.reshape(n, h, w, 3, c // 3)
    every = np.moveaxis(_true(x[..., [0, 3, 1, 4, 2, 5]], 3, eps)[..., [0, 2, 4, 1, 3, 5]], -1, -1)
    wrong = {
        "That is the reshape of the report: a reshape moves no number, so your first group is a strip of the image.": (
            (torn - torn.mean((2, 3, 4), keepdims=True)) / np.sqrt(torn.var((2, 3, 4), keepdims=True) + eps)
        ).reshape(x.shape),
        "Each place is normalized by itself: height and width belong to the group too.": (
            (places - places.mean(-1, keepdims=True)) / np.sqrt(places.var(-1, keepdims=True) + eps)
        ).reshape(x.shape),
        "Each channel is normalized by itself: a group has channels / groups of them.": _true(x, 6, eps),
        "All channels are normalized together: the mean must not run over the groups.": _true(x, 1, eps),
        "Your groups take every third channel: a group is of neighbors.": every,
    }
    for said, value in wrong.items():
        if np.allclose(found, value):
            raise Wrong(said)
    raise Wrong(f"The first place's channels are {np.round(found[0, 0, 0], 3)}: expected {np.round(true[0, 0, 0], 3)}.")
