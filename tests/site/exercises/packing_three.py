"""Answers to the exercise `packing_three`."""


def _code(shifts: str, places: str, to: str = "uint8") -> str:
    return (
        "import numpy as np\n\ndef pack3(codes):\n"
        "    eights = codes.reshape(-1, 8).astype(np.uint32)\n"
        f"    number = (eights << np.array({shifts}, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)\n"
        f"    return (number[:, None] >> np.array({places}, dtype=np.uint32) & 255).astype(np.{to}).reshape(-1)\n"
    )


WRONG = {
    "highest byte comes first: the lowest": _code("range(0, 24, 3)", "[16, 8, 0]"),
    "first code takes the highest bits: it": _code("range(21, -1, -3)", "[0, 8, 16]"),
    "turn both around": _code("range(21, -1, -3)", "[16, 8, 0]"),
    "expected uint8": _code("range(0, 24, 3)", "[0, 8, 16]", "uint32"),
    "as code number 1 and zeros else": _code("range(0, 32, 4)", "[0, 8, 16]"),
    "has shape": _code("range(0, 24, 3)", "[0, 8, 16, 24]"),
}

RIGHT = [
    "import numpy as np\n\ndef pack3(codes):\n    bits = codes[:, None] >> np.arange(3) & 1\n"
    "    return np.packbits(bits.astype(np.uint8).reshape(-1), bitorder='little')\n",
]
