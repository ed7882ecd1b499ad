"""Answers to the exercise `packing_swap`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef swap(packed):\n    {line}\n"


WRONG = {
    "as they were": _code("return packed.copy()"),
    "only moves the low halves": _code("return packed << 4"),
    "only moves the high halves": _code("return packed >> 4"),
    "expected uint8": _code("return (packed.astype(int) << 4 | packed >> 4) & 255"),
    "inverts the bits": _code("return ~packed"),
    "neighboring bytes": _code("return packed.reshape(-1, 2)[:, ::-1].reshape(packed.shape)"),
    "eight bits around": _code(
        "return np.packbits(np.unpackbits(packed).reshape(-1, 8)[:, ::-1], axis=1).reshape(packed.shape)"
    ),
    "expected 0x10": _code("return packed << 3 | packed >> 5"),
}

RIGHT = [_code("return packed % 16 * 16 + packed // 16"), _code("return (packed & 15) << 4 | packed >> 4")]
