"""Answers to the exercise `affine_bits`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef bits_needed(limit, tolerance):\n    return {line}\n"


WRONG = {
    "half a step, not a whole one": _code("max(2, 1 + np.ceil(np.log2(1 + limit / tolerance)))"),
    "bits are whole": _code("1 + np.log2(1 + limit / tolerance / 2)"),
    "too few": _code("1 + np.ceil(np.log2(limit / tolerance / 2))"),
    "one bit less would do": _code("8"),
    "returns None": "def bits_needed(limit, tolerance):\n    limit / tolerance\n",
}

RIGHT = [_code("max(2, 1 + np.ceil(np.log2(1 + limit / tolerance / 2)))")]
