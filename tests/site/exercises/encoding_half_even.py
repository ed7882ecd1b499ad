"""Answers to the exercise `encoding_half_even`."""


def _code(*lines: str) -> str:
    return "import math\nimport numpy as np\n\ndef half_even(x):\n" + "".join(f"    {line}\n" for line in lines)


WRONG = {
    "no tie: take the nearer one": _code("return math.floor(x)"),
    "Every tie goes up": _code("return math.floor(x + 0.5)"),
    "Every tie goes down": _code("return -math.floor(0.5 - x)"),
    "Every tie goes to the odd integer": _code(
        "below = math.floor(x)", "return below + (x - below > 0.5 or (x - below == 0.5 and below % 2 == 0))"
    ),
    "become [0, 1, 2, 4]": _code(
        "below = math.floor(x)", "return below + (x - below > 0.5 or (x - below == 0.5 and below > 2))"
    ),
    "still goes down, and `int` does not": _code(
        "below = int(x)", "rest = x - below", "return below + (rest > 0.5 or (rest == 0.5 and below % 2 == 1))"
    ),
    "below one half: x + 0.5 is rounded up": _code(
        "up = math.floor(x + 0.5)", "return up - (x % 1 == 0.5 and up % 2 == 1)"
    ),
    "a large float is an integer already": _code(
        "up = math.floor(x + 0.5)",
        "if abs(x) < 1:",
        "    return math.floor(x) + (x - math.floor(x) > 0.5 - (x == -0.5))",
        "return up - (x % 1 == 0.5 and up % 2 == 1)",
    ),
    "`round` does it for you": _code("return round(x)"),
    "`math.ceil` rounds, too": _code(
        "low, high = math.floor(x), math.ceil(x)",
        "if x - low == high - x:",
        "    return low if low % 2 == 0 else high",
        "return low if x - low < high - x else high",
    ),
}

RIGHT = [
    _code("below = math.floor(x)", "rest = 2 * (x - below)", "return below + (rest > 1) + (rest == 1) * (below & 1)"),
    _code("b = int(np.floor(x))", "return b + [x - b > 0.5, x - b >= 0.5][b % 2]"),
]
