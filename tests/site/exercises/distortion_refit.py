"""Answers to the exercise `distortion_refit`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef refit(x, levels):\n    {line}\n"


WRONG = {
    "makes the largest number exact": _code("return np.abs(x).max()"),
    "the mean of x / level": _code("return np.mean(x[levels != 0] / levels[levels != 0])"),
    "sums of magnitudes": _code("return np.abs(x).sum() / np.abs(levels).sum()"),
    "upside down": _code("return np.sum(x * levels) / np.sum(x * x)"),
    "makes the powers equal": _code("return np.sqrt(np.sum(x * x) / np.sum(levels * levels))"),
    "expected 0.88": _code("return 2 * np.sum(x * levels) / np.sum(levels * levels)"),
}

RIGHT = [
    _code("return np.linalg.lstsq(levels[:, None], x, rcond=None)[0][0]"),
    _code("return x @ levels / (levels @ levels)"),
]
