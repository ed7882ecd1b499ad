"""Answers to the exercise `chameleon_bound`."""


def _code(returned: str) -> str:
    return f"""\
import numpy as np

def bound(q, k):
    d = len(q)
    return {returned}
"""


WRONG = {
    "you return √d": _code("d**0.5"),
    "only one of the two norms": _code("d**0.5 * np.max(np.abs(q))"),
    "take sizes": _code("d**0.5 * np.max(np.abs(q)) * np.max(np.abs(k)) * np.sign(q[0] * k[0])"),
    "the division by √d": _code("d * np.max(np.abs(q * k))"),
    "that holds, but is too large": _code("d**0.5 * np.max(np.abs(q)) * np.max(np.abs(k))"),
    "the mean of the products": _code("d**0.5 * np.mean(np.abs(q * k))"),
    "reach": _code("0.5 * d**0.5 * np.max(np.abs(q * k))"),
    "does, too": _code("3 * d**0.5 * np.max(np.abs(q * k))"),
}

RIGHT = [
    """\
import numpy as np

def bound(q, k):
    d = len(q)
    center = np.eye(d) - 1 / d
    return np.linalg.norm(center @ np.diag(q * k) @ center, ord=2) * np.sqrt(d)
"""
]
