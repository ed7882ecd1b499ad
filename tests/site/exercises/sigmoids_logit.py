"""Answers to the exercise `sigmoids_logit`."""


def _code(line: str, lost: str = "37") -> str:
    return f"import numpy as np\n\ndef logit(p):\n    return {line}\n\nlost = {lost}\n"


WRONG = {
    "those are the odds": _code("p / (1 - p)"),
    "the odds are upside down": _code("np.log((1 - p) / p)"),
    "to base e": _code("np.log10(p / (1 - p))"),
    "expected 0, since": _code("-np.log(p)"),
    "`logit(sigmoid(2))` is": _code("np.tan(np.pi * (p - 0.5))"),
    "a clip or a small summand keeps p away from 1": _code(
        "np.log(np.clip(p, 1e-7, 1 - 1e-7) / np.clip(1 - p, 1e-7, 1))"
    ),
    "a clip or a small summand keeps p away from 0": _code("np.log((p + 1e-9) / (1 - p))"),
    "loses its digits where p is nearly 1": _code("np.log(p / np.float32(1 - np.float32(p)))"),
    "`logit(1)` is 36.7": _code("np.log(p) - np.log(np.maximum(1 - p, 2.0**-53))"),
    "mix with each other": _code("np.log(p / (1 - p)) if p.ndim < 2 else np.log(p / (1 - p))[::-1]"),
    "`lost` is still None": _code("np.log(p / (1 - p))", "None"),
    "still lies": _code("np.log(p / (1 - p))", "36"),
    "is exactly 1 as well": _code("np.log(p / (1 - p))", "40"),
}

RIGHT = [
    _code("np.log(p / (1 - p))"),
    _code("-np.log(1 / p - 1)"),
    _code("2 * np.arctanh(2 * p - 1)", "np.int64(37)"),
]
