"""Group norm by one call of batch norm between two reshapes."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, calls, function, numbers
from reference.normalization import group_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.normalization import batch_norm

def group_norm_by_batch_norm(x, groups):
    """Return the group norm of x, (batch, channels, ...), by one call of batch_norm."""
    y, _ = batch_norm(x)
    return y
'''

ANSWER = '''\
import numpy as np
from reference.normalization import batch_norm

def group_norm_by_batch_norm(x, groups):
    """Return the group norm of x, (batch, channels, ...), by one call of batch_norm."""
    y, _ = batch_norm(x.reshape(1, len(x) * groups, -1))
    return y.reshape(x.shape)
'''

CALL = "group_norm_by_batch_norm(x, groups)"


def check(names: Names) -> Iterator[str]:
    """Look at one example, at a batch, at other ranks, and at the number of calls."""
    rng = np.random.default_rng(0)
    _one(names, rng)
    yield "One example is right."
    _several(names, rng)
    yield "So is a batch: no example sees another."
    for shape, groups in (((2, 4), 2), ((3, 2, 5), 2), ((2, 6, 2, 2, 3), 3)):
        if not np.allclose(_of(names, x := rng.normal(size=shape), groups), group_norm(x, groups)):
            raise Wrong(f"Right before, but for x of shape {shape} with {groups} groups other numbers come out.")
    yield "Arrays of other ranks are right too."
    found = calls(names, "batch_norm", lambda: _of(names, rng.normal(size=(3, 4, 2)), 2))
    if found != 1:
        raise Wrong(f"The values are right, with {found} calls of `batch_norm`: one is enough, for all groups at once.")
    yield "One call."


def _of(names: Names, x: np.ndarray, groups: int) -> np.ndarray:
    return numbers(function(names, CALL)(x.copy(), groups), x.shape, f"{CALL} for x of shape {x.shape}")


def _one(names: Names, rng: np.random.Generator) -> None:
    x = rng.normal(size=(1, 4, 3, 3)) + np.array([0, 5, 10, 0.0])[:, None, None]
    found, true = _of(names, x, 2), group_norm(x, 2)
    wrong = {
        "Each channel is normalized by itself: the two channels of a group belong into one.": group_norm(x, 4),
        "All channels are normalized together: batch_norm must see two of its channels, one for each group.": (
            group_norm(x, 1)
        ),
        "Your groups take every second channel: a group is of neighbors.": (
            group_norm(x[:, [0, 2, 1, 3]], 2)[:, [0, 2, 1, 3]]
        ),
    }
    for said, value in wrong.items():
        if np.allclose(found, value):
            raise Wrong(said)
    if not np.allclose(found, true):
        raise Wrong(
            f"The first channel's first row is {np.round(found[0, 0, 0], 3)}: expected {np.round(true[0, 0, 0], 3)}."
        )


def _several(names: Names, rng: np.random.Generator) -> None:
    x = rng.normal(size=(3, 4, 2, 2)) + np.array([0, 20, -20.0])[:, None, None, None]
    found = _of(names, x, 2)
    rows = x.reshape(3, 2, -1)
    together = (rows - rows.mean((0, 2), keepdims=True)) / np.sqrt(rows.var((0, 2), keepdims=True) + 1e-5)
    if np.allclose(found, together.reshape(x.shape)):
        raise Wrong("One example is right. In a batch, each group is averaged over the examples: let the batch be 1.")
    if not np.allclose(found, group_norm(x, 2)):
        raise Wrong("One example is right. In a batch of three, other numbers come out.")
