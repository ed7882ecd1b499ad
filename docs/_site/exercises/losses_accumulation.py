"""The gradient of a batch's mean loss, from the batch in parts."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import cross_entropy_gradient

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.training import cross_entropy_gradient

def accumulated(parts):
    """Return the gradient of the mean loss over the whole batch, its rows stacked.

    parts: pairs of logits (rows, classes) and labels (rows,); -100 is no label.
    """
    gradients = [cross_entropy_gradient(*part, ignore_index=-100) for part in parts]
    return np.concatenate(gradients)  # each part is a mean of its own
'''

ANSWER = '''\
import numpy as np
from reference.training import cross_entropy_gradient

def accumulated(parts):
    """Return the gradient of the mean loss over the whole batch, its rows stacked.

    parts: pairs of logits (rows, classes) and labels (rows,); -100 is no label.
    """
    options = {"ignore_index": -100, "reduction": "sum"}
    sums = [cross_entropy_gradient(*part, **options) for part in parts]
    count = sum(np.sum(labels != -100) for _, labels in parts)
    return np.concatenate(sums) / count
'''

CALL = "accumulated(parts)"
Parts = list[tuple[np.ndarray, np.ndarray]]


def check(names: Names) -> Iterator[str]:
    """Look at equal parts, at parts of different length, at ignored labels, and at a part without any label."""
    rng = np.random.default_rng(0)
    _look(names, _parts(rng, (4, 4)), "two parts of four rows")
    yield "Parts of equal length give the gradient of the whole."
    _look(names, _parts(rng, (1, 7, 3)), "parts of 1, 7 and 3 rows")
    yield "So do parts of different lengths."
    _look(names, _parts(rng, (5, 5), ignored=(4, 1)), "parts of five rows with 1 and 4 labels that count")
    yield "Only labels that count are counted."
    _look(names, _parts(rng, (3, 2), ignored=(0, 2)), "a part with no label that counts")
    yield "A part may have no label at all."


def _parts(rng: np.random.Generator, sizes: tuple[int, ...], ignored: tuple[int, ...] = ()) -> Parts:
    parts = []
    for rows, without in zip(sizes, ignored or (0,) * len(sizes), strict=True):
        labels = rng.integers(3, size=rows)
        labels[:without] = -100
        parts.append((rng.normal(size=(rows, 3)), labels))
    return parts


def _look(names: Names, parts: Parts, case: str) -> None:
    logits, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
    true = cross_entropy_gradient(logits, labels, ignore_index=-100)
    copies = [(x.copy(), y.copy()) for x, y in parts]
    found = numbers(function(names, CALL)(copies), true.shape, f"{CALL} for {case}")
    if np.allclose(found, true, rtol=1e-10, atol=1e-13):
        return
    if np.isnan(found).any():
        raise Wrong(f"For {case} a result is nan: the mean of a part without labels is 0/0, so do not take means.")
    with np.errstate(all="ignore"):
        means = [cross_entropy_gradient(x, y, ignore_index=-100) for x, y in parts]
        sums = [cross_entropy_gradient(x, y, ignore_index=-100, reduction="sum") for x, y in parts]
    typical = {
        "each part is a mean of its own, so the rows of all parts together weigh as much as several batches": (
            np.concatenate(means)
        ),
        "you divide by the number of parts: a row of a short part then weighs more than one of a long part": (
            np.concatenate(means) / len(parts)
        ),
        "you return the sums: divide by the number of labels": np.concatenate(sums),
        "you divide by all rows, also by those whose label does not count": np.concatenate(sums) / len(labels),
    }
    seen = next((said for said, value in typical.items() if np.allclose(found, value)), "the gradient is another one")
    raise Wrong(f"For {case}: {seen}.")
