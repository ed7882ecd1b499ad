"""The rate at which the second order of a chain is a tenth of the first."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.stability.reparametrization import chain_gradient, chain_orders, rate_for_drop

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.stability import chain_gradient, chain_orders

def trusted_rate(weights):
    """Return the rate: second order a tenth of the first, in size."""
    return 0.1  # your code here

weights = np.array([1.2, 0.8, 1.5, 0.9])
step = -trusted_rate(weights) * chain_gradient(weights)
print(chain_orders(weights, step)[:3])
'''

ANSWER = '''\
import numpy as np
from reference.stability import chain_gradient, chain_orders

def trusted_rate(weights):
    """Return the rate: second order a tenth of the first, in size."""
    _, first, second, *_ = chain_orders(weights, -chain_gradient(weights))
    return 0.1 * abs(first / second)  # both orders are for the rate 1

weights = np.array([1.2, 0.8, 1.5, 0.9])
step = -trusted_rate(weights) * chain_gradient(weights)
print(chain_orders(weights, step)[:3])
'''

CALL = "trusted_rate(weights)"


def check(names: Names) -> Iterator[str]:
    """Look at equal weights, at random ones, and at some that are negative."""
    _look(names, np.full(10, 1.1), "ten weights of 1.1")
    yield "For equal weights it is right."
    _look(names, np.random.default_rng(0).uniform(0.5, 1.5, size=6), "six random weights")
    yield "For weights that differ, too."
    _look(names, np.array([-1.2, 0.7, 1.1]), "a negative weight")
    yield "A negative weight leaves the rate positive."


def _look(names: Names, weights: np.ndarray, case: str) -> None:
    found = numbers(function(names, CALL)(weights.copy()), (), f"{CALL} for {case}")
    _, first, second, *_ = chain_orders(weights, -chain_gradient(weights))
    true = 0.1 * abs(first / second)
    if np.isclose(found, true, rtol=1e-3):
        return
    size = len(weights)
    equal = 0.2 * np.mean(weights) ** 2 / ((size - 1) * abs(np.prod(weights)))
    mistakes = {
        f"For {case} you return a fixed 0.1: the rate must depend on the weights.": 0.1,
        f"For {case} that is the rate for a drop of 0.1: the ratio of two orders is asked for.": rate_for_drop(weights),
        f"For {case} the rate is negative: both orders count by their size.": -true,
        f"For {case} both orders are of one size there: the second must be a tenth of the first.": 10 * true,
        f"For {case} the ratio stands on its head: at the rate 1 it is second over first, divide 0.1 by it.": (
            0.1 * abs(second / first)
        ),
        f"For {case} your formula takes all weights as equal: here they differ.": equal,
        f"For {case} you took the square root: the ratio of the two orders grows with the rate itself.": true**0.5,
    }
    recognize(found, mistakes)
    orders = chain_orders(weights, -float(found) * chain_gradient(weights))
    raise Wrong(f"For {case} the second order is {abs(orders[2] / orders[1]):.3g} of the first: expected 0.1.")
