"""Put the mean and variance of all numbers together from what several machines tell of their parts."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def combine(counts, means, variances):
    """Return the mean and the variance of all numbers, divided by their count."""
    mean = np.mean(means)
    variance = np.mean(variances)  # your code here
    return mean, variance

counts, means, variances = np.array([2, 2]), np.array([1.0, 11.0]), np.array([1.0, 1.0])
print(combine(counts, means, variances))  # of 0, 2, 10 and 12
print(np.mean([0, 2, 10, 12]), np.var([0, 2, 10, 12]))
'''

ANSWER = '''\
import numpy as np

def combine(counts, means, variances):
    """Return the mean and the variance of all numbers, divided by their count."""
    share = (counts / np.sum(counts)).astype(means.dtype)
    mean = np.sum(share * means)
    within = np.sum(share * variances)
    between = np.sum(share * (means - mean) ** 2)
    return mean, within + between

counts, means, variances = np.array([2, 2]), np.array([1.0, 11.0]), np.array([1.0, 1.0])
print(combine(counts, means, variances))  # of 0, 2, 10 and 12
print(np.mean([0, 2, 10, 12]), np.var([0, 2, 10, 12]))
'''

CALL = "combine(counts, means, variances)"


def check(names: Names) -> Iterator[str]:
    """Equal means, the distance of the means, unequal counts, and means far from 0 in float32."""
    combine = function(names, CALL)
    _one(combine)
    yield "One machine alone keeps its mean and its variance."
    _between(combine)
    yield "The distance between the machines' means counts."
    _unequal(combine)
    yield "A machine with more numbers counts more."
    _far(combine)
    yield "Around 100,000 it is right in float32, too."


def _of(combine: Callable[..., Any], counts: Any, means: Any, variances: Any) -> np.ndarray:
    result = combine(counts.copy(), means.copy(), variances.copy())
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Wrong(f"`{CALL}` gives {type(result).__name__}: expected two results, `return mean, variance`.")
    return numbers(result, (2,), CALL)


def _one(combine: Callable[..., Any]) -> None:
    found = _of(combine, np.array([5]), np.array([3.0]), np.array([2.0]))
    if not np.allclose(found, [3, 2]):
        raise Wrong(f"One machine with mean 3 and variance 2 gives {found}: with no other, that is the answer.")


def _between(combine: Callable[..., Any]) -> None:
    mean, variance = _of(combine, np.array([2, 2]), np.array([1.0, 11.0]), np.array([1.0, 1.0]))
    if not np.isclose(mean, 6):
        raise Wrong(f"The mean of 0, 2, 10 and 12 is {mean:g}: expected 6.")
    typical = {
        1.0: "The variance of 0, 2, 10 and 12 is 1: that is the spread within a machine. How far are the two apart?",
        2.0: "The variances are added: they are means, so average them, and add the distance of the means.",
        25.0: "The variance is 25, that of the two means alone: what spreads within the machines is missing.",
        51.0: "The variance is 51: the squared distances from the mean are added up, not averaged.",
        6.0: "The variance is 6: the distance from the mean is 5 for both machines, and it counts squared.",
    }
    if not np.isclose(variance, 26):
        raise Wrong(typical.get(round(float(variance), 6), f"The variance is {variance:g}: expected 1 + 25."))


def _unequal(combine: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=n) * (1 + at) + 2 * at for at, n in enumerate((40, 3, 11, 90))]
    counts, means, variances = (np.array([f(part) for part in parts]) for f in (len, np.mean, np.var))
    found, every = _of(combine, counts, means, variances), np.concatenate(parts)
    if np.allclose(found, [np.mean(every), np.var(every)]):
        return
    share, mean = counts / counts.sum(), np.mean(every)
    plain = np.mean(variances) + np.var(means)
    recognize(
        found,
        {
            "All machines count alike, but one has 90 numbers and one has 3: weight them by their counts.": [
                np.mean(means),
                plain,
            ],
            "Your mean is weighted, your variance is not: both parts of it need the counts.": [mean, plain],
            "The spread within is weighted by the counts, the spread between is not.": [
                mean,
                np.sum(share * variances) + np.mean((means - mean) ** 2),
            ],
            "You took n − 1 somewhere: all numbers are there, so divide by their count.": [
                mean,
                np.var(every) * len(every) / (len(every) - 1),
            ],
        },
    )
    raise Wrong(
        f"For four unequal machines you get {np.round(found, 4)}: expected {np.mean(every):.4f}, {np.var(every):.4f}."
    )


def _far(combine: Callable[..., Any]) -> None:
    rng = np.random.default_rng(1)
    counts, means = np.array([100, 300, 200, 400]), (100_000 + rng.normal(size=4)).astype(np.float32)
    variances = np.ones(4, dtype=np.float32)
    variance = _of(combine, counts, means, variances)[1]
    share, wide = counts / counts.sum(), means.astype(np.float64)
    exact = 1 + float(np.sum(share * (wide - np.sum(share * wide)) ** 2))
    if not abs(variance - exact) < 0.01 * exact:
        raise Wrong(
            f"With means around 100,000 in float32 the variance is {variance:.4g}, exactly it is {exact:.4g}: "
            "squares of the means themselves cancel. Subtract the mean first."
        )
