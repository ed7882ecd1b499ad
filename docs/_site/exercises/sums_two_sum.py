"""Find the error of an addition, exactly, with additions and subtractions alone."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def two_sum(a, b):
    """Return s, the rounded a + b, and e, so that s + e is a + b exactly."""
    s = a + b
    e = 0 * s  # your code here
    return s, e

print(two_sum(np.float64(1e16), np.float64(1.0)))

lost = None  # what the addition 0.1 + 0.2 loses
'''

ANSWER = '''\
import numpy as np

def two_sum(a, b):
    """Return s, the rounded a + b, and e, so that s + e is a + b exactly."""
    s = a + b
    b_in_s = s - a
    a_in_s = s - b_in_s
    return s, (a - a_in_s) + (b - b_in_s)

lost = two_sum(0.1, 0.2)[1]  # -2**-55, half an ulp of the sum: a tie
'''


def check(names: Names) -> Iterator[str]:
    """By hand, the other order, thousands of pairs against fractions, several at once, then the number."""
    two_sum = function(names, "two_sum(a, b)")
    _by_hand(two_sum)
    yield "It gives the rounded sum, and finds the 1 that 1e16 + 1 loses."
    _other_order(two_sum)
    yield "It also finds it where the smaller number comes first."
    _random(two_sum)
    yield "For thousands of random pairs s + e is a + b as a fraction, without any error."
    _lost(number(names, "lost"))
    yield "You know what 0.1 + 0.2 loses."


def _of(two_sum: Callable[..., Any], a: np.ndarray, b: np.ndarray, call: str) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):
        result = two_sum(a.copy(), b.copy())
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Wrong(f"`{call}` gives {type(result).__name__}: expected two results, `return s, e`.")
    s, e = (numbers(part, a.shape, f"{name} of {call}") for part, name in zip(result, "se", strict=True))
    wrong = np.flatnonzero(s != a + b)
    if wrong.size:
        at = wrong[0]
        raise Wrong(
            f"For {a[at]:g} and {b[at]:g} your s is {float(s[at])!r}: s is the plain sum, {float(a[at] + b[at])!r}."
        )
    return s, e


def _by_hand(two_sum: Callable[..., Any]) -> None:
    _, (e, none) = _of(two_sum, np.array([1e16, 3.0]), np.array([1.0, 4.0]), "two_sum(1e16, 1)")
    if e == 0:
        raise Wrong("For 1e16 + 1 your e is 0, but the sum is 1e16: the 1 is lost. How much of b is in s?")
    if e == -1:
        raise Wrong("For 1e16 + 1 your e is −1: s is too small by 1, and e is what has to be added to it.")
    if e != 1:
        raise Wrong(f"For 1e16 + 1 your e is {e:g}: expected 1, all of b, since s is 1e16.")
    if none != 0:
        raise Wrong(f"For 3 + 4 your e is {none:g}: 7 is exact, so nothing is lost.")


def _other_order(two_sum: Callable[..., Any]) -> None:
    _, (e,) = _of(two_sum, np.array([1.0]), np.array([1e16]), "two_sum(1, 1e16)")
    if e != 1:
        raise Wrong(
            f"For 1 + 1e16 your e is {e:g}, expected 1: your code asks what is left of b alone. Ask the same of a."
        )


def _random(two_sum: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3000)) * 10.0 ** rng.integers(-20, 20, size=(2, 3000))
    b[:500] = -a[:500] * (1 + rng.normal(size=500) * 2.0**-40)
    s, e = _of(two_sum, a, b, "two_sum(a, b)")
    for x, y, total, error in zip(a.tolist(), b.tolist(), s.tolist(), e.tolist(), strict=True):
        exact = Fraction(x) + Fraction(y)
        if not np.isfinite(error) or Fraction(total) + Fraction(error) != exact:
            wanted = float(exact - Fraction(total))
            raise Wrong(f"For {x!r} + {y!r} your e is {error:.6g}, exactly it is {wanted:.6g}.")


def _lost(got: float) -> None:
    wanted = -(2.0**-55)
    if got == wanted:
        return
    if got == -wanted:
        raise Wrong("`lost` has the wrong sign: the sum is too large, so what has to be added is negative.")
    raise Wrong(f"`lost` is {got:.3g}: ask your own `two_sum(0.1, 0.2)`.")
