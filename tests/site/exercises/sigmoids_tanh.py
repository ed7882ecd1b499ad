"""Answers to the exercise `sigmoids_tanh`."""


def _code(*lines: str, head: str = "import numpy as np") -> str:
    return "\n".join([head, "", "def tanh(x):", *(f"    {line}" for line in lines), ""])


T = "t = np.expm1(-2 * np.abs(x))"

WRONG = {
    "The sign is turned everywhere": _code(T, "return np.copysign(t, -x) / (2 + t)"),
    "`tanh(-2)` is positive": _code(T, "return -t / (2 + t)"),
    "`tanh(2)` is negative": _code(T, "return t / (2 + t)"),
    "You have tanh(x / 2)": _code("t = np.expm1(-np.abs(x))", "return np.copysign(t / (2 + t), x)"),
    "You have tanh(2x)": _code("t = np.expm1(-4 * np.abs(x))", "return np.copysign(t / (2 + t), x)"),
    "`tanh(1)` is": _code(T, "return np.copysign(t / (1 + t), x)"),
    "is nan: an infinite exponential": _code("t = np.expm1(2 * x)", "return t / (t + 2)"),
    "loses its digits": _code("t = np.exp(-2 * np.abs(x)) - 1", "return np.copysign(t / (2 + t), x)"),
    "at most 4 are allowed": _code(
        T, "y = np.copysign(t / (2 + t), x)", "return np.where(np.abs(x) > 1, np.round(y, 6), y)"
    ),
    "For float32 the result is float64": _code(
        "t = np.expm1(-2 * np.abs(x), dtype=np.float64)", "return np.copysign(t / (2 + t), x)"
    ),
    "expected [0.0, -0.0]": _code(T, "return np.sign(x) * -t / (2 + t)"),
    "compute both from |x|": _code("t = np.expm1(2 * np.clip(x, -20, 20))", "return t / (t + 2)"),
    "`tanh(nan)` is a number": _code(
        "y = np.nan_to_num(np.abs(x))", "t = np.expm1(-2 * y)", "return np.copysign(t / (2 + t), x)"
    ),
    "your code uses `tanh`": _code("return np.tanh(x)"),
    "there is no `np.expm1`": "from reference.activations import tanh\n",
}

RIGHT = [
    _code("e = np.abs(x)", "y = -np.expm1(-2 * e) / (2 + np.expm1(-2 * e))", "return np.where(np.signbit(x), -y, y)"),
    _code(
        "wide = np.asarray(x, dtype=np.float64)",
        "t = expm1(-2 * np.abs(wide))",
        "return np.copysign(t / (2 + t), wide).astype(x.dtype)",
        head="import numpy as np\nfrom numpy import expm1",
    ),
    "import numpy as np\n\ndef half(a):\n    t = np.expm1(-2 * a)\n    return -t / (t + 2)\n\n"
    "tanh = lambda x: np.copysign(half(np.abs(x)), x)\n",
]
