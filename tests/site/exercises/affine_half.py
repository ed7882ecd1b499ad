"""Answers to the exercise `affine_half`."""

SCALE, POINT = "(high - low) / 255 or 1.0", "np.round(-128 - low / scale)"


def _code(scale: str, zero_point: str, low: str = "min(x.min(), 0)", high: str = "max(x.max(), 0)") -> str:
    return (
        "import numpy as np\n\ndef quantize(x):\n"
        f"    low, high = {low}, {high}\n    scale = {scale}\n    zero_point = {zero_point}\n"
        "    codes = np.clip(np.round(x / scale) + zero_point, -128, 127)\n"
        "    return codes.astype(np.int8), scale, zero_point\n"
    )


WRONG = {
    "Do the zero point and the clip speak of the same codes?": _code(SCALE, "np.round(-low / scale)"),
    "For zeros the scale is 0": _code("(high - low) / 255", "np.round(-128 - low / max(scale, 1e-9))"),
    "From 10.5 to 14": _code(SCALE, f"np.clip({POINT}, -128, 127)", "x.min()", "x.max()"),
    "it must be a whole number": _code(SCALE, "-128 - low / scale"),
    "coarser than 255 steps": _code("(high - low) / 127 or 1.0", POINT),
    "expected int8": _code(SCALE, POINT).replace("int8", "int16"),
    "three things": "def quantize(x):\n    return x\n",
}

RIGHT = [
    _code("max(high - low, 1e-30) / 255", "int(np.rint(-128 - low / scale))"),
    _code(SCALE, "np.rint(127 - high / scale)"),
]
