"""Answers to the exercise `blocks_scale`."""


def _code(line: str, amax: str = "np.abs(block).max()") -> str:
    return f"import numpy as np\n\ndef mx_scale(block):\n    amax = {amax}\n    return {line}\n"


WRONG = {
    "between 1 and 2": _code("2.0 ** np.floor(np.log2(amax))"),
    "between 2 and 4": _code("2.0 ** (np.ceil(np.log2(amax)) - 2)"),
    "at or below the largest magnitude, divided by 4": _code("amax / 6"),
    "take `np.abs` first": _code("2.0 ** (np.frexp(amax)[1] - 3.0)", "block.max()"),
    "its float32 logarithm rounds up": _code("2.0 ** (np.floor(np.log2(amax)) - 2)"),
    "changes the block": _code("block.fill(0) or 2.0 ** (np.frexp(amax)[1] - 3.0)"),
    "returns None": _code("None"),
}

RIGHT = [
    _code("2.0 ** (int(amax.view(np.uint32) >> 23) - 127 - 2)"),
    _code("2.0 ** (np.floor(np.log2(float(amax))) - 2)"),
]
