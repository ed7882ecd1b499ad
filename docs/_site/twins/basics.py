"""The formulas of the chapters on numbers, activations and autograd."""

from typing import Any

import mpmath
import numpy as np

from docs._site.twins.twin import SAMPLE, Inputs, Twin, Twins
from reference.numbers.formats import FORMATS, FloatFormat

__all__ = ["INPUTS", "TWINS"]


def _softmax(x: Any) -> Any:
    return [mpmath.exp(x_i) / sum(mpmath.exp(x_j) for x_j in x) for x_i in x]


def _softmax_jacobian(x: Any) -> Any:
    p = _softmax(x)
    return [[p_i * ((i == j) - p_j) for j, p_j in enumerate(p)] for i, p_i in enumerate(p)]


def _log_softmax(x: Any) -> Any:
    m = max(x)
    return [x_i - m - mpmath.log(1 + sum(mpmath.exp(x_j - m) for x_j in sorted(x)[:-1])) for x_i in x]


def _logsumexp(x: Any) -> Any:
    return mpmath.log(sum(mpmath.exp(x_j) for x_j in x))


def _positive_or(x: Any, left: Any) -> Any:
    return x if x > 0 else left


def _elu(x: Any, alpha: Any) -> Any:
    return _positive_or(x, alpha * mpmath.expm1(min(x, 0)))


def _selu(x: Any) -> Any:
    # The constants from their two conditions, E[selu] = 0 and E[selu^2] = 1 for a standard normal input.
    root, cdf = mpmath.sqrt(mpmath.e), mpmath.ncdf
    alpha = mpmath.npdf(0) / (0.5 - root * cdf(-1))
    scale = 1 / mpmath.sqrt(0.5 + alpha**2 * (mpmath.e**2 * cdf(-2) - 2 * root * cdf(-1) + 0.5))
    return scale * _elu(x, alpha)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _glu(x: Any) -> Any:
    half = len(x) // 2
    return [a * _sigmoid(b) for a, b in zip(x[:half], x[half:], strict=True)]


def _swiglu(x: Any) -> Any:
    half = len(x) // 2
    return [a * _sigmoid(a) * b for a, b in zip(x[:half], x[half:], strict=True)]


def _exponent(x: Any, form: FloatFormat) -> int:
    return max(int(mpmath.frexp(x)[1]) - 1, form.emin)  # frexp: x = y * 2**n with 1/2 <= y < 1


def _encode(x: Any, form: FloatFormat) -> Any:
    e, m = _exponent(x, form), form.fraction_bits
    return (e + form.bias - 1) * 2**m + mpmath.nint(x / mpmath.mpf(2) ** (e - m))


def _round_by_adding(x: Any, form: FloatFormat) -> Any:
    with mpmath.workprec(53):
        s = mpmath.mpf(1.5) * mpmath.mpf(2) ** (_exponent(x, form) + 52 - form.fraction_bits)
        return (x + s) - s


def _round_to(x: Any, form: FloatFormat) -> Any:
    unit = mpmath.mpf(2) ** (_exponent(x, form) - form.fraction_bits)
    return mpmath.nint(x / unit) * unit


def _from_code(code: Any, form: FloatFormat) -> Any:
    field, fraction = divmod(int(code), 2**form.fraction_bits)
    sign, exponent = divmod(field, 2**form.exponent_bits)
    unit = mpmath.mpf(2) ** (max(exponent, 1) - form.bias - form.fraction_bits)
    return (-1) ** sign * (fraction + (exponent > 0) * 2**form.fraction_bits) * unit


def _floats_between(a: Any, b: Any, form: FloatFormat) -> Any:
    return 2**form.fraction_bits * mpmath.log(b / a, 2)


def _cube(x: Any) -> Any:
    return x * x * x


_STEPS = [(_cube, x, h) for x in (-3.0, -0.5, 1.0, 2.25) for h in (-0.5, 0.125, 1.0)]  # float64 cubes them exactly
_NARROW = [FORMATS[name] for name in ("float32", "tf32", "bfloat16", "float16", "float8_e4m3fn", "float8_e5m2")]

INPUTS: Inputs = {
    "reference.autograd.derivative.forward_difference": _STEPS,
    "reference.autograd.derivative.central_difference": _STEPS,
    "reference.autograd.derivative.complex_step": _STEPS,
    "reference.autograd.derivative.directional_derivative": [
        (f, x, np.float64(d), h) for f, x, h in _STEPS for d in (-1.5, 2.0)
    ],
    "reference.numbers.integers.wrap": [
        (v, bits) for v in (-300, -129, -128, -1, 0, 127, 128, 1000) for bits in (4, 8)
    ],
    "reference.numbers.lookup.from_codes": [
        (sign * 2 ** (form.bits - 1) + code, form)
        for form in _NARROW
        for sign in (0, 1)
        for code in (0, 1, 5, 2**form.fraction_bits, 3 * 2**form.fraction_bits + 1, form.max_code)
    ],
    "reference.numbers.floats.count_values": [
        (2.0**low, 2.0**high, FORMATS[name])
        for low, high in ((0, 1), (-3, 5), (1, 1), (-6, 8))
        for name in ("float32", "bfloat16", "float8_e4m3fn")
    ],
    "reference.numbers.lookup.round_to": [(x * s, form) for x in SAMPLE for s in (1, -1) for form in _NARROW],
    "reference.numbers.encoding.encode": [(x, form) for x in SAMPLE for form in _NARROW],
    "reference.numbers.rounding.round_by_adding": [(x * s, form) for x in SAMPLE for s in (1, -1) for form in _NARROW],
    "reference.numbers.rounding.ulp": [(x * s, form) for x in SAMPLE for s in (1, -1) for form in _NARROW],
    "reference.activations.dying.ray_survival": [(n, layers) for n in range(1, 13) for layers in (0, 1, 2, 7, 40)],
}
TWINS: Twins = {
    "415dc1968222": Twin(_softmax, rows=True),
    "d84aa593ab94": Twin(_softmax_jacobian, rows=True),
    "d79da122d58c": Twin(_log_softmax, rows=True),
    "edf1885b11c5": Twin(_logsumexp, rows=True),
    "475896aafae7": Twin(lambda x: max(x, 0)),  # relu
    "af49c43c32d6": Twin(lambda x: int(x > 0)),  # relu_derivative
    "17fb3783f8e8": Twin(lambda x, a: _positive_or(x, a * x)),  # leaky_relu
    "e5d9b4c4875d": Twin(_elu),  # elu
    "27b50e4acb89": Twin(lambda x, alpha: _positive_or(x, alpha * mpmath.expm1(min(x, 0) / alpha))),  # celu
    "eb652dbfe8c3": Twin(_selu),  # selu
    "e720b0ec8a16": Twin(lambda x: min(max(x, 0), 6)),  # relu6
    "121e68a3d174": Twin(lambda x: x * mpmath.ncdf(x)),  # gelu
    "60387861ec16": Twin(lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x)),  # gelu_derivative
    "d414f990bc05": Twin(lambda x: x * _sigmoid(x)),  # silu
    "d1b169a5f103": Twin(lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x))),  # silu_derivative
    "8959be20f857": Twin(lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))),  # mish
    "651c5f40089c": Twin(lambda x: x * min(max(x + 3, 0), 6) / 6),  # hard_swish
    "98b40eafb374": Twin(_glu, rows=True),  # glu
    "ed44a841646a": Twin(_swiglu, rows=True),  # swiglu
    "89b05e3bd729": Twin(_encode),
    "7a68c29c9cd3": Twin(lambda x, form: mpmath.mpf(2) ** (_exponent(x, form) - form.fraction_bits)),
    "b8b55f3b8601": Twin(_round_by_adding),
    "e978ee46763c": Twin(_round_to),
    "308aa625699d": Twin(lambda v, b: v - 2**b * mpmath.floor((v + 2 ** (b - 1)) / 2**b)),  # wrap
    "2e83285606ac": Twin(_from_code),
    "95e31f47ec88": Twin(_floats_between),
    "f74624294daa": Twin(sum, rows=True),  # naive_sum
    "e932e8956a2d": Twin(lambda f, x, h: (f(x + h) - f(x)) / h),  # forward_difference
    "d0439c492a8f": Twin(lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)),  # central_difference
    "65e203931850": Twin(lambda f, x, h: mpmath.im(f(mpmath.mpc(x, h))) / h),  # complex_step
    "8fc3819b6e93": Twin(lambda f, x, d, h: (f(x + h * d) - f(x - h * d)) / (2 * h)),  # directional_derivative
    "61f22b0daae6": Twin(lambda pieces: [1 / (8 * p * p) for p in pieces], rows=True),  # best_error: p is no 0
}
