"""Formulas that SymPy cannot read, written a second time by hand and tied to their LaTeX.

The key is the fingerprint of the LaTeX (`docs._site.formulas.fingerprint`, spaces ignored). Edit a formula, and its
test fails and prints the new fingerprint: look at the twin again, then enter it. A twin takes mpmath numbers, or a
list of them where it works on rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath

__all__ = ["INPUTS", "TWINS", "Twin"]


@dataclass(frozen=True)
class Twin:
    """A formula in mpmath; `rows` tells that it takes a whole row of numbers."""

    formula: Callable[..., Any]
    rows: bool = False


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


INPUTS: dict[str, list[tuple[float, ...]]] = {
    "reference.activations.dying.ray_survival": [(n, layers) for n in range(1, 13) for layers in (0, 1, 2, 7, 40)],
}
"""By function: the arguments at which its formula is compared, where not every number is one (a width is no -3)."""

TWINS: dict[str, Twin] = {
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
    "61f22b0daae6": Twin(lambda pieces: [1 / (8 * p * p) for p in pieces], rows=True),  # best_error: p is no 0
}
