"""Answers to the exercise `blocks_q4_1`."""


def _code(result: str, steps: str = "15", before: str = "pass") -> str:
    return f"""import numpy as np

def half(value):
    return np.float32(np.float16(value))

def q4_1(block):
    m, d = block.min(), (block.max() - block.min()) / np.float32({steps})
    {before}
    return {result}
"""


CODES = "np.minimum(np.floor((block - m) / d + 0.5), 15)"
SAFE = "np.minimum(np.floor((block - m) / (d or 1) + 0.5), 15)"

WRONG = {
    "add it": _code(f"{CODES} * half(d)"),
    "have 15 steps between them": _code(f"{CODES} * half(d) + half(m)", steps="16"),
    "Its range is symmetric": _code("np.clip(np.rint(block / s), -8, 7) * s", before="s = np.abs(block).max() / 7"),
    "add a half before `np.floor`, no more": _code("np.minimum(np.floor((block - m) / d + 1), 15) * half(d) + half(m)"),
    "add a half before `np.floor`.": _code("np.floor((block - m) / d) * half(d) + half(m)"),
    "they must be whole numbers": _code("(block - m) / d * half(d) + half(m)"),
    "float16's digits": _code(f"{CODES} * d + m"),
    "find them with the float32 one": _code(f"{CODES} * d + m", before="m, d = half(m), half(d)"),
    "A constant block has d = 0": _code(f"{CODES} * half(d) + half(m)"),
    "returns None": _code("None"),
}

RIGHT = [
    _code(f"({SAFE} * half(d) + half(m)).astype(np.float32)"),
    _code(f"{SAFE} * half(d).astype(np.float64) + half(m)"),
]
