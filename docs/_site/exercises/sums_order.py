"""Put numbers into an order in which even the plain loop adds them well."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers
from reference.numbers.sums import naive_sum, sum_error

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.numbers.sums import naive_sum

def reorder(x):
    """Return the numbers of x in an order that is good for naive_sum."""
    return x

x = np.array([1e8] + [1.0] * 100, dtype=np.float32)
print(naive_sum(reorder(x)), "exact is 100000100")

# Now with -1e8 at the end. How many of the hundred ones does the sum keep,
# if the numbers come from the smallest to the largest magnitude?
kept = None
'''

ANSWER = '''\
import numpy as np
from reference.numbers.sums import naive_sum

def reorder(x):
    """Return the numbers of x in an order that is good for naive_sum."""
    by_size = np.argsort(np.abs(x), kind="stable")
    one_sign = np.all(x >= 0) or np.all(x <= 0)
    return x[by_size] if one_sign else x[by_size[::-1]]

x = np.array([1e8] + [1.0] * 100 + [-1e8], dtype=np.float32)
kept = naive_sum(x[np.argsort(np.abs(x))])  # 96: there the neighbors are 8 apart
'''

LARGE = 1e8
ONES = [1.0] * 100


def check(names: Names) -> Iterator[str]:
    """The same numbers, one sign, the other sign, large numbers that cancel, then the number."""
    reorder = function(names, "reorder(x)")
    _same_numbers(reorder)
    yield "It returns the numbers that it was given, all of them."
    _one_sign(reorder)
    yield "With one sign, the ones are added before the large number swallows them."
    _other_sign(reorder)
    yield "So they are when all numbers are negative."
    _cancel(reorder)
    yield "Where large numbers cancel each other, the small ones survive."
    _kept(number(names, "kept"))
    yield "You know what is left of a hundred ones that join the large number late."


def _of(reorder: Callable[[np.ndarray], Any], x: np.ndarray, call: str = "reorder(x)") -> np.ndarray:
    return numbers(reorder(x.copy()), x.shape, call)


def _single(values: list[float]) -> np.ndarray:
    single: np.ndarray = np.asarray(values, dtype=np.float32)
    return single


def _same_numbers(reorder: Callable[[np.ndarray], Any]) -> None:
    for x in (_single([3, -1, 2, 2, -3]), _single([]), _single([5])):
        got = _of(reorder, x, f"reorder({x.tolist()})")
        if not np.array_equal(np.sort(got), np.sort(x)):
            raise Wrong(f"`reorder({x.tolist()})` is {got.tolist()}: it must hold the same numbers, signs and repeats.")


def _error(reorder: Callable[[np.ndarray], Any], x: np.ndarray) -> tuple[float, float]:
    ordered = _of(reorder, x).astype(np.float32)
    if not np.array_equal(np.sort(ordered), np.sort(x)):
        raise Wrong("For other numbers `reorder` loses some of them: it may only change their order.")
    total = naive_sum(ordered)
    return float(total), sum_error(total, x)


def _one_sign(reorder: Callable[[np.ndarray], Any]) -> None:
    rng = np.random.default_rng(0)
    for x in (_single([LARGE, *ONES]), rng.permutation(_single([LARGE, *ONES, *ONES]))):
        total, error = _error(reorder, x)
        if error > 1:
            raise Wrong(
                f"Of 1e8 and {x.size - 1} ones the sum in your order is {total:.0f}: next to 1e8 a 1 is less than half "
                "an ulp. Let the ones grow together first."
            )


def _other_sign(reorder: Callable[[np.ndarray], Any]) -> None:
    total, error = _error(reorder, -_single([LARGE, *ONES]))
    if error > 1:
        raise Wrong(
            f"Of −1e8 and a hundred times −1 the sum in your order is {total:.0f}: the smallest number is not the one "
            "of the smallest magnitude."
        )


def _cancel(reorder: Callable[[np.ndarray], Any]) -> None:
    rng = np.random.default_rng(1)
    pairs = [sign * LARGE * size for size in (1, 3, 7, 40) for sign in (1, -1)]
    for x in (_single([LARGE, *ONES, -LARGE]), rng.permutation(_single([*pairs, *ONES]))):
        total, error = _error(reorder, x)
        if error > 1:
            raise Wrong(
                f"Large numbers that cancel, and a hundred ones: your order gives {total:.0f}, not 100. Whatever meets "
                "a large number is rounded at its size. How can the large ones be gone before the ones come?"
            )


def _kept(got: float) -> None:
    if got == 100:
        raise Wrong("`kept` is 100: that is exact. Let `naive_sum` add them in the order of their magnitudes.")
    if got == 0:
        raise Wrong("`kept` is 0: so it is in the order given. From small to large magnitudes the ones come first.")
    if got != 96:
        raise Wrong(f"`kept` is {got:g}: print `naive_sum(x[np.argsort(np.abs(x))])`, with −1e8 in x.")
