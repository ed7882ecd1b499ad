"""Answers to the exercise `rounding_bfloat16`."""


def _code(*lines: str) -> str:
    body = ["u = x.view(np.uint32)", *lines]
    return "import numpy as np\n\ndef to_bfloat16(x):\n" + "".join(f"    {line}\n" for line in body)


WRONG = {
    "You cut the lower half off": _code("return (u >> 16).astype(np.uint16)"),
    "rounds away from zero": _code("return ((u + 0xFFFF) >> 16).astype(np.uint16)"),
    "wrong below zero": _code("s = u.view(np.int32)", "return ((s + 0x7FFF * np.sign(s)) >> 16).astype(np.uint16)"),
    "Every tie goes up": _code("return ((u + 0x8000) >> 16).astype(np.uint16)"),
    "Every tie goes down": _code("return ((u + 0x7FFF) >> 16).astype(np.uint16)"),
    "Every tie goes to the odd code": _code("return ((u + 0x8000 - (u >> 16 & 1)) >> 16).astype(np.uint16)"),
    "the bit that decides is bit 16": _code("return ((u + 0x7FFF + (u >> 17 & 1)) >> 16).astype(np.uint16)"),
    "which is infinity": _code(
        "codes = (u + 0x7FFF + (u >> 16 & 1)) >> 16",
        "return np.where(u & 0x7FFFFFFF > 0x7FFF0000, 0x7FC0, codes).astype(np.uint16)",
    ),
    "the sum ran over into the sign": _code(
        "codes = (u + 0x7FFF + (u >> 16 & 1)) >> 16",
        "return np.where(u & 0x7FFFFFFF == 0x7F800001, 0x7FC0, codes).astype(np.uint16)",
    ),
    "expected the codes, integers": _code("return (u & 0xFFFF0000).view(np.float32)"),
    "shift the upper half down": _code("return (u + 0x7FFF + (u >> 16 & 1)) & 0xFFFF0000"),
    "beyond the largest number": _code(
        "codes = (u + 0x7FFF + (u >> 16 & 1)) >> 16",
        "codes = np.where((codes & 0x7FFF == 0x7F80) & np.isfinite(x), codes - 1, codes)",
        "return np.where(np.isnan(x), 0x7FC0, codes).astype(np.uint16)",
    ),
}

RIGHT = [
    _code("codes = (u + 0x7FFF + (u >> 16 & 1)) >> 16", "codes[x != x] = 0xFFC0", "return codes.astype(np.uint16)"),
    _code(
        "upper, lower = u >> 16, u & 0xFFFF",
        "up = (lower > 0x8000) | ((lower == 0x8000) & (upper % 2 == 1))",
        "return np.where(np.isnan(x), upper | 0x40, upper + up)",
    ),
]
