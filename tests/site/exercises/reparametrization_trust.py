"""Answers to the exercise `reparametrization_trust`."""


def _code(returned: str) -> str:
    return f"""\
import numpy as np
from reference.stability import chain_gradient, chain_orders, rate_for_drop

def trusted_rate(weights):
    _, first, second, *_ = chain_orders(weights, -chain_gradient(weights))
    l = len(weights)
    return {returned}
"""


WRONG = {
    "a fixed 0.1": _code("0.1"),
    "for a drop of 0.1": _code("rate_for_drop(weights)"),
    "is negative": _code("0.1 * first / second"),
    "of one size there": _code("abs(first / second)"),
    "on its head": _code("0.1 * abs(second / first)"),
    "takes all weights as equal": _code("0.2 * np.mean(weights)**2 / ((l - 1) * abs(np.prod(weights)))"),
    "the square root": _code("np.sqrt(0.1 * abs(first / second))"),
    "of the first: expected 0.1": _code("0.05 * abs(first / second)"),
}

RIGHT = [
    """\
import numpy as np

def trusted_rate(weights):
    y, inverse = np.prod(weights), 1 / weights**2
    pairs = (inverse.sum() ** 2 - (inverse**2).sum()) / 2
    return 0.1 * abs(inverse.sum() / (y * pairs))
"""
]
