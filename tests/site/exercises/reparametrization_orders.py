"""Answers to the exercise `reparametrization_orders`."""


def _code(update: str, returned: str = "found") -> str:
    return f"""\
import numpy as np

def orders(weights, step):
    found = np.array([1.0])
    for w, d in zip(weights, step):
        found = {update}
    return {returned}
"""


RULE = "np.append(found * w, 0.0) + np.append(0.0, found * d)"

WRONG = {
    "only order 0": _code("np.append(found * w, 0.0)"),
    "the other way round": _code(RULE, "found[::-1]"),
    "the running sums": _code(RULE, "np.cumsum(found)"),
    "has shape": _code("found * w + found * d"),
    "an order is not finite": """\
import numpy as np

def orders(weights, step):
    found = np.array([1.0])
    with np.errstate(all="ignore"):
        for r in step / weights:
            found = np.append(found, 0.0) + np.append(0.0, found * r)
        return found * np.prod(weights)
""",
    "expected": _code("np.append(found * w, 0.0) - np.append(0.0, found * d)"),
}

RIGHT = [
    """\
import numpy as np

def orders(weights, step):
    found = np.polynomial.Polynomial([1.0])
    for w, d in zip(weights, step):
        found = found * np.polynomial.Polynomial([w, d])
    return np.append(found.coef, np.zeros(len(weights) + 1 - len(found.coef)))
""",
    """\
def orders(weights, step):
    found = [1.0]
    for w, d in zip(weights, step):
        found = [a * w + b * d for a, b in zip([*found, 0.0], [0.0, *found])]
    return found
""",
]
