"""Answers to the exercise `genetic_flips`."""


def _code(flips: str = "4 * weights * rate", kept: str = "(1 - rate) ** (4 * codes)") -> str:
    return f"import math\n\ndef flips(weights, rate):\n    {_(flips)}\n\ndef kept(codes, rate):\n    {_(kept)}\n"


def _(value: str) -> str:
    return value if value == "pass" else f"return {value}"


WRONG = {
    "multiply it by the number of bits": _code("rate"),
    "one bit to a weight": _code("weights * rate"),
    "counts the weights that are hit": _code("weights * (1 - (1 - rate) ** 4)"),
    "whole words of 16 codes": _code("64 * -(-weights // 16) * rate"),
    "the variance": _code("4 * weights * rate * (1 - rate)"),
    "expected 2.94": _code("5"),
    "returns None": _code("pass"),
    "type str": _code("str(4 * weights * rate)"),
    "lets a code have one bit": _code(kept="(1 - rate) ** codes"),
    "one code's probability": _code(kept="(1 - rate) ** 4"),
    "at least one is hit": _code(kept="1 - (1 - rate) ** (4 * codes)"),
    "subtracts the mean number": _code(kept="1 - 4 * codes * rate"),
    "all bits are flipped": _code(kept="rate ** (4 * codes)"),
    "the approximation by e": _code(kept="math.exp(-4 * codes * rate)"),
    "of no codes none is hit": _code(kept="(1 - rate) ** (4 * codes) if codes else 0.0"),
}

RIGHT = [
    _code(kept="math.exp(4 * codes * math.log1p(-rate))"),
    _code("sum(rate for _ in range(4 * weights))", "((1 - rate) ** 4) ** codes"),
]
