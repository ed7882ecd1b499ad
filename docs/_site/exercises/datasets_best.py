"""How many guessers it takes until the best of them looks as if it had learned something."""

from collections.abc import Iterator
from math import comb

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import math
import numpy as np

def guessers(goal, n, p):
    """Return how many guessers it takes at least, so that the best of them is
    expected to get this share of n questions right, each with probability p.
    """
    return 1  # your code here

print(guessers(0.15, 100, 0.1))
'''

ANSWER = '''\
import math
import numpy as np

def guessers(goal, n, p):
    """Return how many guessers it takes at least, so that the best of them is
    expected to get this share of n questions right, each with probability p.
    """
    chances = [math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n)]
    at_most, k = np.cumsum(chances), 1
    while np.sum(1 - at_most**k) < goal * n:
        k += 1
    return k

print(guessers(0.15, 100, 0.1))
'''

CALL = "guessers(goal, n, p)"


def check(names: Names) -> Iterator[str]:
    """Ask for a share that one guesser has, for the page's kind of question, and for coins."""
    _ask(names, (0.1 - 1e-9, 20, 0.1))
    yield "For the fair share one guesser is enough."
    _ask(names, (0.15, 100, 0.1))
    yield "It knows how many it takes for half as much again."
    for question in ((0.6, 50, 0.5), (0.65, 50, 0.5), (0.3, 40, 0.2), (0.14, 359, 0.1)):
        _ask(names, question)
    yield "So it does for coins, for short tests and for long ones."


def expected(k: int, n: int, p: float) -> float:
    """Return the share of n questions that the best of k guessers gets right, on average."""
    at_most = np.cumsum([comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n)])
    return float(np.sum(1 - at_most**k)) / n


def _ask(names: Names, question: tuple[float, int, float]) -> None:
    goal, n, p = question
    call = f"guessers({goal:.3g}, {n}, {p})"
    got = float(numbers(function(names, CALL)(*question), (), call))
    if not got.is_integer() or got < 1:
        raise Wrong(f"`{call}` returns {got:g}: a number of guessers is whole and at least 1.")
    k = next(k for k in range(1, 1000) if expected(k, n, p) >= goal - 1e-12)
    if got == k:
        return
    value = expected(int(min(got, 1e6)), n, p)
    if got < k:
        raise Wrong(f"`{call}` returns {got:g}: the best of them is expected to get {value:.1%} right, too few.")
    raise Wrong(f"`{call}` returns {got:g}: that is enough with {value:.1%}, but so are {k}.")
