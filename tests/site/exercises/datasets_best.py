"""Answers to the exercise `datasets_best`."""

HEAD = """\
import math
import numpy as np

def guessers(goal, n, p):
    chances = [math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n)]
    at_most, k = np.cumsum(chances), 1
"""


def _while(condition: str, result: str = "k") -> str:
    return f"{HEAD}    while {condition}:\n        k += 1\n    return {result}\n"


WRONG = {
    "too few": _while("np.sum(1 - at_most**k) < goal * n * 0.95"),
    "is whole": _while("np.sum(1 - at_most**k) < goal * n", "k + 0.5"),
    "but so are": _while("np.sum(1 - at_most**k) < goal * n", "k + 1"),
    "returns 0": _while("np.sum(1 - at_most**k) < goal * n", "k - 1"),
}

RIGHT = [
    """\
import math
import numpy as np

def guessers(goal, n, p):
    chances = np.array([math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)])
    below = np.cumsum(chances)
    for k in range(1, 10**6):
        best = np.diff(below**k, prepend=0.0)
        if np.sum(np.arange(n + 1) * best) >= goal * n:
            return k
"""
]
