"""A split that keeps groups together: no writer on both sides."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def test_rows(groups, share, rng):
    """Return one truth value per example: whether it belongs to the test set.

    groups[i] is the writer of example i. Whole writers are chosen at random, one after
    the other, until the test set has at least this share of all examples.
    """
    return rng.random(len(groups)) < share  # this tears writers apart

groups = np.array(["Ada", "Bo", "Bo", "Cy", "Ada", "Di", "Cy", "Di", "Di", "Ed"])
print(test_rows(groups, 0.3, np.random.default_rng(0)))
'''

ANSWER = '''\
import numpy as np

def test_rows(groups, share, rng):
    """Return one truth value per example: whether it belongs to the test set.

    groups[i] is the writer of example i. Whole writers are chosen at random, one after
    the other, until the test set has at least this share of all examples.
    """
    names, counts = np.unique(groups, return_counts=True)
    order = rng.permutation(len(names))
    needed = np.searchsorted(np.cumsum(counts[order]), share * len(groups)) + 1
    return np.isin(groups, names[order[:needed]])

groups = np.array(["Ada", "Bo", "Bo", "Cy", "Ada", "Di", "Cy", "Di", "Di", "Ed"])
print(test_rows(groups, 0.3, np.random.default_rng(0)))
'''

CALL = "test_rows(groups, share, rng)"


def check(names: Names) -> Iterator[str]:
    """Look at the form, at torn groups, at the share from below and above, at chance, and at the order of the rows."""
    rng = np.random.default_rng(0)
    groups = rng.integers(20, size=400)
    _whole(names, groups)
    yield "No writer is on both sides."
    _enough(names, groups)
    yield "The test set has the share, and is no writer larger than it must be."
    _random(names, groups)
    yield "Each seed chooses its own writers, and the same seed the same ones."
    _names(names)
    yield "Writers may be words, of different diligence."


def _rows(names: Names, groups: np.ndarray, share: float, seed: int) -> np.ndarray:
    call = f"test_rows(groups, {share}, rng)"
    found = function(names, CALL)(groups.copy(), share, np.random.default_rng(seed))
    rows = numbers(found, groups.shape, call)
    if not np.all((rows == 0) | (rows == 1)):
        raise Wrong(f"`{call}` has other values than True and False: return one truth value per example.")
    chosen: np.ndarray = rows == 1
    return chosen


def _whole(names: Names, groups: np.ndarray) -> None:
    for seed in range(3):
        rows = _rows(names, groups, 0.25, seed)
        torn = sorted(set(groups[rows].tolist()) & set(groups[~rows].tolist()))
        if torn:
            raise Wrong(f"Writer {torn[0]} is on both sides, and {len(torn) - 1} more are: choose writers, not rows.")


def _enough(names: Names, groups: np.ndarray) -> None:
    for seed in range(20):
        for share in (0.1, 0.25, 0.6):
            rows = _rows(names, groups, share, seed)
            largest = max(np.unique(groups[rows], return_counts=True)[1], default=0)
            if rows.sum() < share * len(groups):
                raise Wrong(
                    f"For a share of {share} the test set has {rows.sum()} of {len(groups)} rows: at least "
                    f"{share * len(groups):g} were asked for, so take one writer more."
                )
            if rows.sum() - largest >= share * len(groups):
                raise Wrong(
                    f"For a share of {share} the test set has {rows.sum()} of {len(groups)} rows: with a writer less "
                    "it would still have the share."
                )


def _random(names: Names, groups: np.ndarray) -> None:
    first, again, other = (_rows(names, groups, 0.25, seed) for seed in (0, 0, 1))
    if not np.array_equal(first, again):
        raise Wrong("Two calls with the same seed differ: draw from `rng` alone.")
    if np.array_equal(first, other):
        raise Wrong("Two seeds choose the same writers: shuffle them with `rng.permutation` before you choose.")
    never = set(groups.tolist()) - {
        name for seed in range(200) for name in groups[_rows(names, groups, 0.25, seed)].tolist()
    }
    if never:
        raise Wrong(f"Over 200 seeds writer {min(never)} is never chosen: each must have a chance.")


def _names(names: Names) -> None:
    groups = np.array(["Ada"] * 40 + ["Bo"] * 3 + ["Cy"] * 4 + ["Di"] * 3)
    for seed in range(10):
        rows = _rows(names, groups, 0.1, seed)
        if rows.sum() < 5 or set(groups[rows].tolist()) & set(groups[~rows].tolist()):
            raise Wrong("For writers with words for names, one of whom wrote nearly all, a writer is torn or missing.")
