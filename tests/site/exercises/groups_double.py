"""Answers to the exercise `groups_double`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef double_bits(bits, block, scale_bits, second):\n    {line}\n"


WRONG = {
    "the quantized scales alone": _code("return bits + scale_bits / block"),
    "it is each 256 *scales*": _code("return bits + scale_bits / block + 32 / second"),
    "stands in its place": _code("return bits + (32 + scale_bits) / block"),
    "gives every weight a scale": _code("return bits + scale_bits"),
    "expected 4.127": _code("return bits * block + scale_bits"),
    "returns None": _code("bits + scale_bits"),
}

RIGHT = [_code("n = block * second\n    return (bits * n + scale_bits * second + 32) / n")]
