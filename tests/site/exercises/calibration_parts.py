"""Answers to the exercise `calibration_parts`."""


def _code(result: str) -> str:
    return f"""import numpy as np
from reference.quantization import affine_quantize, dequantize

def parts(x, t):
    y = dequantize(affine_quantize(x, bits=4, limits=(-t, t)))
    s, out = (x - y) ** 2, np.abs(x) > t
    return {result}
"""


WRONG = {
    "The two are swapped": _code("np.mean(s * out), np.mean(s * ~out)"),
    "divide both by that of all": _code("s[~out].mean(), s[out].mean()"),
    "those below -t are outside too": _code("np.mean(s * (x <= t)), np.mean(s * (x > t))"),
    "add up to": _code("np.mean(s * ~out), np.mean(np.abs(x - y) * out)"),
    "must return two numbers": _code("np.mean(s)"),
    "nothing is outside: its part must be 0": _code("np.mean(s * ~out), s[out].mean() * out.sum() / x.size"),
    "expected": _code("np.mean(s * (np.abs(x) < t - 0.3)), np.mean(s * (np.abs(x) >= t - 0.3))"),
}

RIGHT = [
    _code("np.array([np.sum(s[~out]), np.sum(s[out])]) / x.size"),
    _code("[float(np.mean(np.where(out, 0, s))), float(np.mean(np.where(out, s, 0)))]"),
]
