"""Answers to the exercise `codebooks_gray`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef gray(rank):\n    {line}\n"


WRONG = {
    "From rank 1 to 2": _code("return rank"),
    "codes are the whole numbers": _code("return rank ^ rank << 1"),
    "each code may stand only once": _code("return rank & rank >> 1"),
    "returns None": _code("rank ^ rank >> 1"),
}

RIGHT = [
    _code("return [0, 1, 3, 2, 6, 7, 5, 4, 12, 13, 15, 14, 10, 11, 9, 8][rank]"),
    _code("return np.bitwise_xor(rank, rank // 2)"),
]
