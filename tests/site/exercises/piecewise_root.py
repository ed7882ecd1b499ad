"""Answers to the exercise `piecewise_root`."""


def kinks(result: str) -> str:
    """An answer that returns this."""
    return f"import numpy as np\ndef kinks(pieces):\n    t = np.arange(pieces + 1) / pieces\n    return {result}\n"


WRONG = {
    "12 pieces have one end more": kinks("(np.arange(12) / 11) ** 4 if pieces == 12 else t**4"),
    "2 pieces have one end more": kinks("t[1:] ** 4"),
    "has shape (4,): expected (3,)": kinks("np.append(t**4, 1.0)"),
    "The first number": kinks("np.linspace(1e-3, 1, pieces + 1)"),
    "The last number": kinks("t**4 / 2"),
    "each number must be larger": kinks("np.abs(t**4 - 0.01) / 0.99 * (t > 0)"),
    "all pieces are equal": kinks("t"),
    "Turn them round": kinks("1 - (1 - t) ** 4"),
    "short at both ends": kinks("(1 - np.cos(np.pi * t)) / 2"),
    "the first piece is too long": kinks("t**3"),
    "the largest error is 0.021": kinks("t**2"),
    "the first pieces take too many kinks": kinks("t**8"),
    "the rule for your kinks fits 12 pieces alone": kinks("t**4 if pieces == 12 else t**3"),
    "returns None": kinks("None"),
}

RIGHT = [
    kinks("[float(s) ** 3.7 for s in t]"),
    kinks("(t * t * (0.9 + t / 10)) ** 2"),
    # the same error on every piece, by bisection
    """
import numpy as np

def ends(error, pieces):
    root, found = 0.0, [0.0]
    for _ in range(pieces):  # the chord from u^2 to v^2 misses by (v - u)^2 / (4 (u + v))
        half = root + 2 * error
        root = half + np.sqrt(half * half - root * root + 4 * error * root)
        found.append(root * root)
    return found

def kinks(pieces):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if ends(middle, pieces)[-1] < 1 else (low, middle)
    return [*ends(high, pieces)[:-1], 1.0]
""",
]
