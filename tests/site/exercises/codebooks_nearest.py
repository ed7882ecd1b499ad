"""Answers to the exercise `codebooks_nearest`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef codes(x, values):\n" + "".join(f"    {line}\n" for line in lines)


WRONG = {
    "Count midpoints": _code("return np.searchsorted(values, x)"),
    "as a floor does": _code("return np.clip(np.searchsorted(values, x, side='right') - 1, 0, len(values) - 1)"),
    "half-way between two neighboring values": _code(
        "return np.searchsorted(np.linspace(values[0], values[-1], len(values) + 1)[1:-1], x)"
    ),
    "There are the codes 0 to 3": _code("return np.searchsorted((values[1:] + values[:-1]) / 2, x) + 1"),
    "nearer is": _code("return np.searchsorted(np.sqrt(np.abs(values[1:] * values[:-1])), x)"),
    "has shape": _code("return np.searchsorted((values[1:] + values[:-1]) / 2, x.ravel())[:2]"),
}

RIGHT = [
    _code("return np.digitize(x, (values[1:] + values[:-1]) / 2, right=True)"),
    _code(
        "return np.abs(np.asarray(x)[..., None] - values).argmin(axis=-1) if np.isfinite(x).all() else"
        " np.searchsorted((values[1:] + values[:-1]) / 2, x)"
    ),
]
