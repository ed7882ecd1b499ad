"""Answers to the exercise `formats_identify`."""


def _code(*lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"import math\nimport numpy as np\n\ndef identify(largest, smallest):\n{body}\n"


WRONG = {
    "returns (8, 23), expected (5, 10) (float16). Does every step work without rounding": _code("return 8, 23"),
    "The exponent comes first": _code(
        "bias = math.frexp(largest)[1] - 1",
        "return 2 - bias - math.frexp(smallest)[1], (bias + 1).bit_length()",
    ),
    "one less than a power of two": _code(
        "bias = math.frexp(largest)[1] - 1", "return bias.bit_length(), 2 - bias - math.frexp(smallest)[1]"
    ),
    "the exponent of subnormal numbers is 1 − bias": _code(
        "bias = math.frexp(largest)[1] - 1",
        "return (bias + 1).bit_length(), 1 - bias - math.frexp(smallest)[1]",
    ),
    "must return two numbers": _code("return 5"),
    "(bfloat16)": _code(
        "bias = math.frexp(largest)[1] - 1",
        "m = 2 - bias - math.frexp(smallest)[1]",
        "return (bias + 1).bit_length(), m if m != 7 else 10",
    ),
}

RIGHT = [
    _code(
        "e = math.ceil(math.log2(math.frexp(largest)[1])) + 1",
        "return e, round(2 - 2 ** (e - 1) - math.log2(smallest))",
    ),
    _code(
        "from fractions import Fraction",
        "e = 1",
        "while 2 ** (2 ** e // 2) <= Fraction(largest):",
        "    e += 1",
        "return e, round(2 - 2 ** (e - 1) - math.log2(smallest))",
    ),
]
