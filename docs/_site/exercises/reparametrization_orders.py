"""Every order of a chain's Taylor series, by multiplying out a polynomial."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.stability.reparametrization import chain_orders

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def orders(weights, step):
    """Return what each order, 0 to l, adds to prod(weights + step)."""
    found = np.array([1.0])  # of the chain without weights
    for w, d in zip(weights, step):
        found = np.append(found * w, 0.0)  # and where d is taken instead?
    return found

print(orders(np.array([2.0, 3.0]), np.array([0.5, -1.0])))
'''

ANSWER = '''\
import numpy as np

def orders(weights, step):
    """Return what each order, 0 to l, adds to prod(weights + step)."""
    found = np.array([1.0])  # of the chain without weights
    for w, d in zip(weights, step):
        found = np.append(found * w, 0.0) + np.append(0.0, found * d)
    return found

print(orders(np.array([2.0, 3.0]), np.array([0.5, -1.0])))
'''

CALL = "orders(weights, step)"


def check(names: Names) -> Iterator[str]:
    """Look at two weights, at random ones, at a weight of 0, and at forty of them."""
    _look(names, np.array([2.0, 3.0]), np.array([0.5, -1.0]), "two weights")
    yield "Two weights have their three orders."
    rng = np.random.default_rng(0)
    _look(names, rng.normal(size=5), rng.normal(size=5), "five random weights")
    yield "Five random weights have six orders, which add up to the truth."
    _look(names, np.array([0.0, 1.5, 0.0]), rng.normal(size=3), "weights of 0")
    yield "Weights of 0 are no trouble."
    _look(names, np.full(40, 1.05), np.full(40, -0.1), "forty weights")
    yield "Forty weights, a trillion products, take no time."


def _look(names: Names, weights: np.ndarray, step: np.ndarray, case: str) -> None:
    size = len(weights)
    found = numbers(function(names, CALL)(weights.copy(), step.copy()), (size + 1,), f"{CALL} for {case}")
    true = chain_orders(weights, step)
    if np.allclose(found, true, rtol=1e-9, atol=1e-12):
        return
    if not np.isfinite(found).all():
        raise Wrong(f"For {case} an order is not finite: do you divide by the weights? A weight may be 0.")
    first = np.append(true[0], np.zeros(size))
    mistakes = {
        f"For {case} only order 0 is there: a factor (w + d t) has two terms, and the second moves up by one.": first,
        f"For {case} your orders stand the other way round: w stays in place, d moves up.": true[::-1],
        f"For {case} those are the running sums: each order alone is asked for.": np.cumsum(true),
    }
    recognize(found, mistakes)
    at = int(np.argmax(~np.isclose(found, true, rtol=1e-9, atol=1e-12)))
    raise Wrong(f"For {case} order {at} is {found[at]:.4g}: expected {true[at]:.4g}.")
