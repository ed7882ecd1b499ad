"""Answers to the exercise `integers_quantize`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef to_int8(x):\n    {line}\n"


WRONG = {
    "must round to the nearest integer": _code("return np.clip(np.nan_to_num(x), -128, 127).astype(np.int8)"),
    "adding 0.5 does not": _code("return np.clip(np.floor(np.nan_to_num(x) + 0.5), -128, 127).astype(np.int8)"),
    "What is too large must become 127": _code(
        "return np.rint(np.nan_to_num(np.clip(x, -1e6, 1e6))).astype(np.int32).astype(np.int8)"
    ),
    "do not forget −128 itself": _code("return np.clip(np.rint(np.nan_to_num(x)), -127, 127).astype(np.int8)"),
    "NaN must become 0": _code("return np.where(np.isnan(x), -1, np.clip(np.rint(x), -128, 127)).astype(np.int8)"),
    "is of type float32": _code("return np.clip(np.rint(x), -128, 127)"),
    "has shape (1,)": _code(
        "return np.atleast_1d(np.where(np.isnan(x), 0, np.clip(np.rint(x), -128, 127))).astype(np.int8)"
    ),
    "changes the array": _code("x[np.isnan(x)] = 0; x[...] = np.rint(x); return np.clip(x, -128, 127).astype(np.int8)"),
    "returns None": _code("np.clip(np.rint(x), -128, 127).astype(np.int8)"),
}

RIGHT = [
    _code("return np.nan_to_num(np.rint(np.clip(x, -128, 127)), nan=0).astype(np.int8)"),
    _code("return np.rint(np.fmin(np.fmax(np.where(x == x, x, 0), -128), 127)).astype(np.int32).astype(np.int8)"),
]
