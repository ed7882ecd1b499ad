"""Round one weight of a row and let those behind it make up for the error, as GPTQ does."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def make_up(w, j, q, h):
    """Return the row w with q at place j and with the weights behind j moved, so that
    d @ h @ d for the change d is as small as possible. Those before j stay."""
    w = w.copy()
    w[j] = q
    return w  # your code here: move w[j + 1:]

h = np.array([[4.0, 2.0], [2.0, 4.0]])
print(make_up(np.array([1.4, 1.4]), 0, 1.0, h))
'''

ANSWER = '''\
import numpy as np

def make_up(w, j, q, h):
    """Return the row w with q at place j and with the weights behind j moved, so that
    d @ h @ d for the change d is as small as possible. Those before j stay."""
    w, change, rest = w.copy(), q - w[j], slice(j + 1, None)
    w[j] = q
    w[rest] -= change * np.linalg.solve(h[rest, rest], h[rest, j])
    return w

h = np.array([[4.0, 2.0], [2.0, 4.0]])
print(make_up(np.array([1.4, 1.4]), 0, 1.0, h))
'''


def check(names: Names) -> Iterator[str]:
    """Two weights, a longer row, its end, unrelated inputs, and what became of the input."""
    w, h = _case(2)
    _look(names, w, 0, h, "two weights")
    yield "Of two weights the second makes up for the first."
    w, h = _case(6)
    _look(names, w, 0, h, "six weights, the first rounded")
    yield "In a longer row all the others do."
    for j in (2, 4):
        _look(names, w, j, h, f"six weights, the one at {j} rounded")
    yield "Those before j stay where they are."
    _look(names, w, 5, h, "the last weight, which none comes after")
    yield "The last one has nobody behind it."
    _look(names, w, 1, np.diag(np.arange(1.0, 7.0)), "unrelated inputs")
    yield "Unrelated inputs make up for nothing."
    mine = w.copy()
    _result(names, mine, 2, h)
    if not np.array_equal(mine, w):
        raise Wrong("Right, but the row that came in is changed: work on a copy.")
    yield "The row that came in is left as it was."


def _case(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    x = rng.normal(size=(40, 2)) @ rng.normal(size=(2, n)) + 0.5 * rng.normal(size=(40, n))
    return rng.normal(size=n), x.T @ x


def _result(names: Names, w: np.ndarray, j: int, h: np.ndarray) -> np.ndarray:
    found = function(names, "make_up(w, j, q, h)")(w, j, float(np.rint(w[j])), h)
    return numbers(found, w.shape, "make_up(w, j, q, h)")


def _look(names: Names, w: np.ndarray, j: int, h: np.ndarray, case: str) -> None:
    found = _result(names, w.copy(), j, h)
    rest, change = slice(j + 1, None), np.rint(w[j]) - w[j]
    moves = np.zeros_like(w)
    moves[rest] = -change * np.linalg.solve(h[rest, rest], h[rest, j])
    rounded = w.copy()
    rounded[j] += change
    if np.allclose(found, rounded + moves, rtol=1e-8, atol=1e-10):
        return
    inverse = np.linalg.inv(h)
    everyone = change * inverse[:, j] / inverse[j, j]
    alone = np.where(np.arange(len(w)) > j, -change * h[:, j] / np.diag(h), 0)
    recognize(
        found,
        {
            f"For {case}: nobody makes up for the error yet.": rounded,
            f"For {case}: the others move the wrong way, and the error doubles.": rounded - moves,
            f"For {case}: the weight at j is moved, but never set to q.": w + moves,
            f"For {case}: you move the weights before j too; they are on their grid already.": w + everyone,
            f"For {case}: each weight makes up for the error as if it were alone, so together they do too much.": (
                rounded + alone
            ),
        },
    )
    d = found - w
    if not np.isclose(found[j], np.rint(w[j])):
        raise Wrong(f"For {case}: the weight at {j} is {found[j]:.3g}, and q was {np.rint(w[j]):g}.")
    best = (rounded + moves - w) @ h @ (rounded + moves - w)
    raise Wrong(f"For {case}: the error d @ h @ d is {d @ h @ d:.4g}, and {best:.4g} is possible.")
