"""Answers to the exercise `sums_order`."""

KEPT = "\nkept = 96\n"


def reorder(result: str, after: str = KEPT) -> str:
    """An answer that returns this."""
    return f"import numpy as np\ndef reorder(x):\n    return {result}\n{after}"


GOOD = "x[np.argsort(abs(x), kind='stable')[:: 1 if (x >= 0).all() or (x <= 0).all() else -1]]"

WRONG = {
    "it must hold the same numbers": reorder("np.sort(abs(x))"),
    "has shape": reorder("np.unique(x)"),
    "may only change their order": reorder("np.append(x, [])[np.argsort(abs(x))] if len(x) < 50 else 0 * x"),
    "Let the ones grow together first": reorder("x"),
    "not the one of the smallest magnitude": reorder("np.sort(x)"),
    "gone before the ones come": reorder("x[np.argsort(abs(x))]"),
    "`kept` is still open": reorder(GOOD, ""),
    "that is exact": reorder(GOOD, "\nkept = 100\n"),
    "so it is in the order given": reorder(GOOD, "\nkept = 0\n"),
    "print `naive_sum": reorder(GOOD, "\nkept = 99\n"),
}

RIGHT = [
    reorder(GOOD, "\nkept = np.float32(96)\n"),
    reorder(
        "np.array(sorted(x, key=lambda v: abs(v) * (1 if min(x) >= 0 or max(x) <= 0 else -1)), dtype=x.dtype)"
        " if len(x) else x"
    ),
]
