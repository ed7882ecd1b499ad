r"""Data sets that are small enough to train on while you read, and how to take them apart.

Two are pictures in the plane, `two_moons` and `spirals`: classes that no straight line separates. `square` is a
curve to fit. `digits` is real: 1,797 handwritten digits of 8 x 8 pixels.

A network is judged by data it has never seen. So `split` makes three parts: *train* moves the weights, *validation*
chooses between settings, *test* is looked at once, at the end. A setting chosen by its test result makes that result
too good: it belongs to the training then.

Notation: `x` is (n, features), `y` is (n,) with integers for the classes 0, 1, ..., or (n, outputs) with floats.
`rng` is a `numpy.random.Generator`; the same seed gives the same data.

Explained on the page `docs/training/datasets.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = ["DIGITS_FILES", "Dataset", "Split", "batches", "digits", "spirals", "split", "square", "two_moons"]

DIGITS_FILES = {
    "reference": "../docs/_site/theme/assets/generated/data/digits.csv.gz",
    "sklearn": "datasets/data/digits.csv.gz",
}
"""Where a package keeps the digits, from its own folder: beside this one when the site is built, in scikit-learn."""


class Dataset(NamedTuple):
    """Examples: the inputs and, in the same order, the outputs that belong to them.

    Example:
        >>> import numpy as np
        >>> from reference.training import Dataset
        >>> x, y = Dataset(x=np.zeros((3, 2)), y=np.array([0, 1, 1]))
        >>> x.shape
        (3, 2)
    """

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, eq=False)
class Split:
    """A data set in three parts that share no example.

    Example:
        >>> import numpy as np
        >>> from reference.training import split, two_moons
        >>> rng = np.random.default_rng(0)
        >>> parts = split(*two_moons(100, rng=rng), rng=rng)
        >>> len(parts.x_train), len(parts.x_validation), len(parts.x_test)
        (60, 20, 20)
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def split(
    x: np.ndarray, y: np.ndarray, *, rng: np.random.Generator, validation: float = 0.2, test: float = 0.2
) -> Split:
    """Return the examples in three parts: `test` and `validation` are shares of all, the rest is for training.

    Integers in y are classes, and every part gets its share of each class (a stratified split). For that the shuffled
    examples are sorted by class, and from this row every k-th goes to the test set, so it has some of each class of at
    least k. A smaller class can be missed. Each part is shuffled again.

    Args:
        x: (n, ...).
        y: (n, ...).
        rng: The source of the order.
        validation: A share of n, from 0 to 1.
        test: Another share of n, rounded to whole examples like the first.

    Raises:
        ValueError: If x and y differ in length, or the shares leave nothing for training.

    Source: Hastie, Tibshirani and Friedman 2009, "The Elements of Statistical Learning", section 7.2.

    Example:
        >>> import numpy as np
        >>> from reference.training import split
        >>> y = np.array([0] * 80 + [1] * 20)
        >>> parts = split(np.arange(100), y, rng=np.random.default_rng(0))
        >>> np.bincount(parts.y_test), np.bincount(parts.y_train)
        (array([16,  4]), array([48, 12]))
    """
    n = len(x)
    if len(y) != n:
        raise ValueError(f"x and y must have one row per example, got {n} and {len(y)}; pair them first")
    held = round(n * test), round(n * validation)
    if min(held) < 0 or sum(held) >= n:
        raise ValueError(
            f"test and validation must be shares that leave training examples, got {test} and {validation} of {n}; "
            "make them smaller"
        )
    order = rng.permutation(n)
    if np.issubdtype(y.dtype, np.integer):
        order = order[np.argsort(y[order], kind="stable")]
    for_test = _spread(n, held[0])
    rest = order[~for_test]
    for_validation = _spread(len(rest), held[1])
    parts = [rng.permutation(part) for part in (rest[~for_validation], rest[for_validation], order[for_test])]
    return Split(*(values[part] for part in parts for values in (x, y)))


def _spread(n: int, count: int) -> np.ndarray:
    """Return n truth values of which `count` are true, as evenly spread as whole places allow."""
    return np.diff(np.arange(n + 1) * count // n) > 0


def batches(x: np.ndarray, y: np.ndarray, *, size: int, rng: np.random.Generator, epochs: int = 1) -> Iterator[Dataset]:
    """Yield minibatches: all examples in a random order, `size` at a time, newly shuffled in every epoch.

    The last minibatch of an epoch holds what is left and may be smaller.

    Raises:
        ValueError: If x and y differ in length, or size is below 1.

    Example:
        >>> import numpy as np
        >>> from reference.training import batches
        >>> stream = batches(np.arange(10), np.arange(10) % 2, size=4, rng=np.random.default_rng(0), epochs=2)
        >>> [len(x) for x, y in stream]
        [4, 4, 2, 4, 4, 2]
    """
    if len(x) != len(y):
        raise ValueError(f"x and y must have one row per example, got {len(x)} and {len(y)}; pair them first")
    if size < 1:
        raise ValueError(f"a minibatch has at least 1 example, got size={size}; pass a positive whole number")
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            yield Dataset(x[chosen], y[chosen])


def two_moons(n: int, *, rng: np.random.Generator, noise: float = 0.1) -> Dataset:
    r"""Return two half circles that reach into each other, one class each.

    For an angle $a$ from 0 to $\pi$, class 0 is $(\cos a, \sin a)$ and class 1 is $(1 - \cos a, 1/2 - \sin a)$.

    The noise is the standard deviation of what is added to both coordinates. x is (n, 2) and y is (n,).

    Source: the data set of scikit-learn's `make_moons`, here with random angles.

    Example:
        >>> import numpy as np
        >>> from reference.training import two_moons
        >>> x, y = two_moons(200, rng=np.random.default_rng(0), noise=0.0)
        >>> bool(np.allclose(np.hypot(*x[y == 0].T), 1))
        True
    """
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    sign = 1 - 2 * y
    x = np.stack([y + sign * np.cos(angle), y / 2 + sign * np.sin(angle)], axis=1)
    return Dataset(x + noise * rng.normal(size=x.shape), y)


def spirals(n: int, *, rng: np.random.Generator, classes: int = 2, turns: float = 1.0, noise: float = 0.02) -> Dataset:
    r"""Return spiral arms that start together in the middle and wind around each other, one class each.

    For t from 0 to 1, class k of K is $t\, (\cos a, \sin a)$ with $a = 2 \pi (k / K + \text{turns} \cdot t)$.
    All arms meet at $t = 0$, so no boundary separates the innermost points once there is noise.

    The noise is the standard deviation of what is added to both coordinates. x is (n, 2) and y is (n,).

    Source: Lang and Witbrock 1988, "Learning to tell two spirals apart", who had two arms of three turns.

    Example:
        >>> import numpy as np
        >>> from reference.training import spirals
        >>> x, y = spirals(300, rng=np.random.default_rng(0), classes=3)
        >>> x.shape, np.bincount(y)
        ((300, 2), array([100, 100, 100]))
    """
    y = np.arange(n) % classes
    t = rng.uniform(0, 1, n)
    angle = 2 * np.pi * (y / classes + turns * t)
    x = t[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Dataset(x + noise * rng.normal(size=x.shape), y)


def square(n: int, *, rng: np.random.Generator, noise: float = 0.0) -> Dataset:
    """Return points of the parabola y = x^2 for x between -1 and 1, with normal noise on y; both are (n, 1).

    Example:
        >>> import numpy as np
        >>> from reference.training import square
        >>> x, y = square(5, rng=np.random.default_rng(0))
        >>> bool(np.all(y == x * x))
        True
    """
    x = rng.uniform(-1, 1, (n, 1))
    return Dataset(x, x * x + noise * rng.normal(size=x.shape))


def digits(path: str | PathLike[str] | None = None) -> Dataset:
    """Return 1,797 handwritten digits by 13 people: 8 x 8 gray levels from 0 to 1, and which digit each one is.

    A level counts the inked pixels of a 4 x 4 square, divided by 16, so float32 and even float16 hold it exactly.
    The file has 57,523 bytes and comes with scikit-learn, which is not imported for it, only looked into.

    Args:
        path: Where `digits.csv.gz` lies, if not in one of the places of `DIGITS_FILES`.

    Returns:
        x (1797, 64), row by row from the top left, and y (1797,).

    Raises:
        FileNotFoundError: If the file is in none of the places.
        ValueError: If it holds another table.

    Source: Alpaydin and Kaynak 1998, UCI repository, "Optical Recognition of Handwritten Digits", its test set.

    Example:
        >>> from reference.training import digits
        >>> x, y = digits()
        >>> (x[0].reshape(8, 8)[:3] * 16).astype(int)
        array([[ 0,  0,  5, 13,  9,  1,  0,  0],
               [ 0,  0, 13, 15, 10, 15,  5,  0],
               [ 0,  3, 15,  2,  0, 11,  8,  0]])
        >>> y[:3]
        array([0, 1, 2])
    """
    file = path or _digits_file()
    table = np.loadtxt(file, delimiter=",", dtype=int)
    if table.shape != (1797, 65):
        raise ValueError(f"the digits are a table of (1797, 65) numbers, {file} has {table.shape}; fetch it anew")
    return Dataset(table[:, :64] / 16, table[:, 64])


def _digits_file() -> Path:
    for package, file in DIGITS_FILES.items():
        spec = find_spec(package)
        if spec and spec.origin and (path := Path(spec.origin).parent / file).is_file():
            return path
    raise FileNotFoundError(
        "digits.csv.gz is not on this machine; pip install 'bits-to-backprop[digits]' brings it with scikit-learn, "
        "or pass its path"
    )
