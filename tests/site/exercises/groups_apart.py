"""Answers to the exercise `groups_apart`."""


def _code(*lines: str) -> str:
    head = "import numpy as np\nfrom reference.quantization import absmax_quantize, dequantize\n\ndef apart(x, keep):\n"
    return head + "".join(f"    {line}\n" for line in lines)


ORDER = "o = np.argsort(np.abs(x))[x.size - keep:]"
WRONG = {
    "with one scale": _code("return dequantize(absmax_quantize(x, bits=4))"),
    "still sees them": _code(ORDER, "y = dequantize(absmax_quantize(x, bits=4))", "y[o] = x[o]", "return y"),
    "sort by magnitude": _code(
        "o = np.argsort(x)[x.size - keep:]",
        "r = x.copy()",
        "r[o] = 0",
        "y = dequantize(absmax_quantize(r, bits=4))",
        "y[o] = x[o]",
        "return y",
    ),
    "changes the array": _code(ORDER, "x[o] = 0", "return dequantize(absmax_quantize(x, bits=4))"),
    "`apart(x, 0)` makes": _code(
        "o = np.argsort(np.abs(x))[-keep:]",
        "r = x.copy()",
        "r[o] = 0",
        "y = dequantize(absmax_quantize(r, bits=4))",
        "y[o] = x[o]",
        "return y",
    ),
}

RIGHT = [
    _code(
        "if keep == 0: return dequantize(absmax_quantize(x, bits=4))",
        "big = np.abs(x) >= np.sort(np.abs(x))[-keep]",
        "return np.where(big, x, dequantize(absmax_quantize(np.where(big, 0, x), bits=4)))",
    )
]
