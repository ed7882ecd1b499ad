"""Answers to the exercise `floats_next`."""


def _code(*lines: str) -> str:
    head = "import numpy as np\n\ndef next_float(x):\n    x = np.float32(x)\n    code = int(x.view(np.uint32))\n"
    return head + "".join(f"    {line}\n" for line in lines)


VIEW = "return np.uint32(code % 2**32).view(np.float32)"
EDGE = "if np.isnan(x) or x == np.inf: return x"

WRONG = {
    "it has not moved": _code("return x"),
    "that is the float before it": _code("code -= 1", VIEW),
    "you add 1 to the number": _code("return x + np.float32(1)"),
    "a multiple of eps": _code("return x * (1 + np.finfo(np.float32).eps)"),
    "between 1 and 2 alone": _code("return x + np.finfo(np.float32).eps"),
    "more bits are a larger size": _code("code += 1", VIEW),
    "one less is a NaN": _code("code += 1 if x.view(np.int32) >= 0 else -1", VIEW),
    "−0 is not negative": _code(EDGE, "code += 1 if x >= 0 else -1", VIEW),
    "the other zero is not larger": _code(
        EDGE, "if code == 2**31: return np.float32(0)", "code += 1 if x >= 0 else -1", VIEW
    ),
    "the code after infinity's is a NaN": _code("if x == 0: code = 0", "code += 1 if x >= 0 else -1", VIEW),
    "expected inf": _code(
        "if x >= np.finfo(np.float32).max: return x", "if x == 0: code = 0", "code += 1 if x >= 0 else -1", VIEW
    ),
    "expected -3.40282347e+38": _code(
        "if not np.isfinite(x): return x", "if x == 0: code = 0", "code += 1 if x >= 0 else -1", VIEW
    ),
    "a NaN goes through": _code(
        "if np.isnan(x): return np.float32(0)",
        EDGE,
        "if x == 0: code = 0",
        "code += 1 if x >= 0 else -1",
        VIEW,
    ),
    "your code calls `nextafter`": _code("return np.nextafter(x, np.float32(np.inf))"),
}

RIGHT = [
    _code(EDGE, "if x == 0: code = 0", "code += 1 if x >= 0 else -1", VIEW),
    _code(
        EDGE,
        "place = code if code < 2**31 else 2**31 - code",
        "place += 1",
        "return np.uint32(place if place >= 0 else 2**31 - place).view(np.float32)",
    ),
]
