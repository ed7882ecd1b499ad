"""Answers to the exercise `sums_two_sum`."""

LOST = "\nlost = -2.0**-55\n"


def two_sum(body: str, after: str = LOST) -> str:
    """An answer with these lines."""
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    return f"import math\nimport numpy as np\ndef two_sum(a, b):\n{lines}{after}"


GOOD = "s = a + b; t = s - a; return s, (a - (s - t)) + (b - t)"

WRONG = {
    "expected two results": two_sum("return a + b"),
    "s is the plain sum": two_sum("return a - b, a"),
    "the 1 is lost": two_sum("return a + b, 0 * a"),
    "s is too small by 1": two_sum("s = a + b; return s, (s - a) - b"),
    "all of b, since s": two_sum("s = a + b; return s, b + b"),
    "so nothing is lost": two_sum("s = a + b; return s, np.where(b == 1, b, 1)"),
    "Ask the same of a": two_sum("s = a + b; return s, b - (s - a)"),
    "exactly it is": two_sum(
        "s = a + b; return s, np.float64(np.longdouble(1) * 0 + (np.minimum(abs(a), abs(b)) == 1))"
    ),
    "`lost` is still open": two_sum(GOOD, ""),
    "has the wrong sign": two_sum(GOOD, "\nlost = 2.0**-55\n"),
    "ask your own": two_sum(GOOD, "\nlost = 0.1 + 0.2 - 0.3\n"),
}

RIGHT = [
    two_sum(GOOD),
    two_sum(
        "s = a + b; large = np.where(abs(a) < abs(b), b, a); small = np.where(abs(a) < abs(b), a, b);"
        " return s, small - (s - large)"
    ),
]
