"""Answers to the exercise `datasets_groups`."""


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    return f"import numpy as np\n\ndef test_rows(groups, share, rng):\n    {body}\n"


COUNTED = "names, counts = np.unique(groups, return_counts=True)"
ORDER = "order = rng.permutation(len(names))"
WRONG = {
    "choose writers, not rows": _code("return rng.permutation(len(groups)) < share * len(groups)"),
    "so take one writer more": _code(
        COUNTED,
        ORDER,
        "few = np.cumsum(counts[order]) < share * len(groups)",
        "return np.isin(groups, names[order[few]])",
    ),
    "with a writer less": _code(
        COUNTED,
        ORDER,
        "few = np.searchsorted(np.cumsum(counts[order]), share * len(groups)) + 2",
        "return np.isin(groups, names[order[:few]])",
    ),
    "Two seeds choose the same": _code(
        COUNTED,
        "few = np.searchsorted(np.cumsum(counts), share * len(groups)) + 1",
        "return np.isin(groups, names[:few])",
    ),
    "draw from `rng` alone": _code(
        COUNTED,
        "order = np.random.default_rng().permutation(len(names))",
        "few = np.searchsorted(np.cumsum(counts[order]), share * len(groups)) + 1",
        "return np.isin(groups, names[order[:few]])",
    ),
    "other values than True and False": _code("return np.arange(len(groups))"),
}

RIGHT = [
    _code(
        "chosen, rows = [], np.zeros(len(groups), dtype=bool)",
        "for name in rng.permutation(np.unique(groups)):",
        "    if rows.sum() >= share * len(groups):",
        "        break",
        "    rows |= groups == name",
        "return rows",
    )
]
