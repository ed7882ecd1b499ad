"""Answers to the exercise `calibration_counts`."""


def _code(result: str) -> str:
    return f"""import numpy as np

def threshold(counts, edges, percentile):
    below = np.cumsum(counts)
    return {result}
"""


AT = "np.searchsorted(below * 100, percentile * below[-1])"

WRONG = {
    "the left edge of the right bin": _code(f"edges[{AT}]"),
    "at least so many is enough": _code(
        "edges[min(np.searchsorted(below * 100, percentile * below[-1], side='right') + 1, len(edges) - 1)]"
    ),
    "up to 2 only 80": _code("edges[-1] * percentile / 100"),
    "the smallest edge is asked for": _code(
        "edges[len(counts) - np.argmax((below * 100 <= percentile * below[-1])[::-1])] "
        "if (below * 100 == percentile * below[-1]).any() and 0 in counts else "
        f"edges[{AT} + 1]"
    ),
    "need not be evenly spaced": _code(f"edges[0] + ({AT} + 1) * (edges[-1] - edges[0]) / len(counts)"),
    "returns None": _code("None"),
}

RIGHT = [
    _code("edges[1:][below * 100 >= percentile * below[-1]][0]"),
    _code("next(e for b, e in zip(below, edges[1:]) if 100 * b >= percentile * below[-1])"),
]
