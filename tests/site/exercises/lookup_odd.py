"""Answers to the exercise `lookup_odd`."""

ENOUGH = "\nenough = 4\n"


def to_odd(result: str, after: str = ENOUGH) -> str:
    """An answer that returns this."""
    return f"import numpy as np\ndef to_odd(u, dropped):\n    rest = 2**dropped - 1\n    return {result}\n{after}"


GOOD = "(u | ((u & rest) + rest)) >> dropped << dropped"

WRONG = {
    "are shifted to the right": to_odd("(u | ((u & rest) + rest)) >> dropped"),
    "cuts off": to_odd("u >> dropped << dropped"),
    "gives floats": to_odd("u / 1"),
    "so nothing changes": to_odd("(u >> dropped | 1) << dropped"),
    "1 is set, not added": to_odd("((u >> dropped) + ((u & rest) > 0)) << dropped"),
    "the dropped bits must be 0": to_odd("u | ((u & rest) > 0).astype(np.uint32) << dropped"),
    "not the first alone": to_odd("(u >> dropped | u >> (dropped - 1) & 1) << dropped"),
    "does your code know `dropped`": to_odd("(u | ((u & 7) + 7)) >> 3 << 3"),
    "`enough` is still open": to_odd(GOOD, ""),
    "the midpoints of E5M2 themselves": to_odd(GOOD, "\nenough = 3\n"),
    "and fewer are": to_odd(GOOD, "\nenough = 14\n"),
    "What else does a nearest rounding ask for": to_odd(GOOD, "\nenough = 1\n"),
}

RIGHT = [
    to_odd("(u >> dropped | ((u & rest) != 0)) << dropped", "\nenough = np.int64(4)\n"),
    to_odd("np.where(u & rest, u >> dropped | 1, u >> dropped) << dropped"),
]
