"""Answers to the exercise `distortion_lloyd`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef step(x, levels):\n" + "".join(f"    {line}\n" for line in lines)


CELL = "cell = np.abs(x[:, None] - levels).argmin(axis=1)"
WRONG = {
    "as they were": _code("return levels.copy()"),
    "takes medians": _code(
        CELL, "return np.array([np.median(x[cell == i]) if (cell == i).any() else v for i, v in enumerate(levels)])"
    ),
    "between the midpoints": _code(
        "cell = np.clip(np.searchsorted(levels, x, side='right') - 1, 0, levels.size - 1)",
        "return np.array([x[cell == i].mean() if (cell == i).any() else v for i, v in enumerate(levels)])",
    ),
    "gives NaN": _code(
        CELL,
        "count = np.bincount(cell, minlength=levels.size)",
        "return np.bincount(cell, weights=x, minlength=levels.size) / count",
    ),
    "becomes 0": _code(
        CELL,
        "count = np.bincount(cell, minlength=levels.size)",
        "return np.bincount(cell, weights=x, minlength=levels.size) / np.maximum(count, 1)",
    ),
    "changes the levels": _code("levels[:] = 0", "return levels"),
    "the mean of its cell": _code("return levels + 0.1"),
}

RIGHT = [
    _code(CELL, "return np.array([x[cell == i].mean() if (cell == i).any() else v for i, v in enumerate(levels)])")
]
