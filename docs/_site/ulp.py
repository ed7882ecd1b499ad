"""Measure the error of a float32 function in ulp: worst case, and the input that causes it.

One ulp (unit in the last place) is the distance between two neighboring float32 numbers at the exact value. The best
that rounding can do is 0.5. A float32 has only 2^32 bit patterns, so a function of one number can be tried on all of
them; a function of a row is tried on rows chosen to hurt.

What is measured is any callable that takes and returns float32 (or float16) NumPy arrays. The exact values come from
float64 and longdouble formulas, which a test compares with mpmath.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.arrays import erfc

__all__ = ["REFERENCES", "ROWS", "ROW_REFERENCES", "Worst", "halves", "measure", "patterns", "sweep", "ulp_error"]

Float = NDArray[np.floating]  # float32 or float16
Exact = NDArray[Any]  # float64, or longdouble for rows


@dataclass(frozen=True)
class Worst:
    """The worst case of a measurement: error in ulp, the input with that error, what came back and what is exact."""

    ulp: float
    at: tuple[float, ...]
    got: float
    exact: float
    inputs: int

    def __str__(self) -> str:
        where = ", ".join(f"{x:.9g}" for x in self.at[:4]) + (", ..." if len(self.at) > 4 else "")
        return f"{self.ulp:12.4g} ulp at {where} ({self.inputs:,} inputs)"


def ulp_error(got: Float, exact: Exact) -> NDArray[np.float64]:
    """Return abs(got - exact) in ulp of got's type at the exact value; equal infinities, NaN and NaN are 0 apart."""
    got = np.asarray(got)
    if got.dtype not in (np.float32, np.float16):
        raise TypeError(f"the measured function must return float32 or float16, got {got.dtype}")
    info = np.finfo(got.dtype)
    size = np.abs(exact).astype(np.float64)
    power = (size.view(np.uint64) & np.uint64(0x7FF << 52)).view(np.float64)  # 2^floor(log2(size))
    ulp = np.maximum(power * 2.0**-info.nmant, float(info.smallest_subnormal))
    with np.errstate(invalid="ignore", over="ignore"):
        error = (np.abs(got - exact) / ulp).astype(np.float64)
    overflow = 2.0**info.maxexp * (1 - 2.0 ** -(info.nmant + 2))  # from here on, rounding to nearest gives infinity
    same = (got == np.where(size >= overflow, np.copysign(np.inf, exact), exact)) | (np.isnan(got) & np.isnan(exact))
    return np.where(same, 0.0, np.where(np.isnan(error), np.inf, error))


def patterns(stride: int = 1, *, chunk: int = 2**14) -> Iterator[Float]:
    """Yield every stride-th of the 2^32 bit patterns, the finite ones, `chunk` at a time: they fit a cache."""
    for start in range(0, 2**32, chunk * stride):
        bits = np.arange(start, min(start + chunk * stride, 2**32), stride, dtype=np.int64)
        x = bits.astype(np.uint32).view(np.float32)
        yield x[np.isfinite(x)]


def halves() -> Float:
    """Return every finite float16."""
    x = np.arange(2**16, dtype=np.uint16).view(np.float16)
    return x[np.isfinite(x)]


def sweep(
    function: Callable[[Float], Float],
    reference: Callable[[Exact], Exact],
    stride: int = 1,
    *,
    low: float = -np.inf,
    high: float = np.inf,
) -> Worst:
    """Return the worst case over every stride-th float32 in [low, high] whose exact result is a normal float32."""
    worst, count = Worst(-1.0, (), 0.0, 0.0, 0), 0
    for x in patterns(stride):
        x = x[(x >= low) & (x <= high)]
        if x.size:
            count += x.size
            worst = max(worst, _worst(x, function(x), reference(x.astype(np.float64))), key=_ulp)
    return Worst(worst.ulp, worst.at, worst.got, worst.exact, count)


def measure(function: Callable[[Float], Float], reference: Callable[[Exact], Exact], x: Float) -> Worst:
    """Return the worst case over numbers (k,), or over rows (k, n) of a function that maps each to n numbers or one."""
    return _worst(x, function(x), reference(x.astype(np.longdouble)))


def _worst(x: Float, got: Float, exact: Exact) -> Worst:
    error = np.where(np.abs(exact) >= np.finfo(got.dtype).smallest_normal, ulp_error(got, exact), 0.0)
    i = np.unravel_index(np.argmax(error), error.shape)
    at = np.atleast_1d(x[i[0]])
    return Worst(float(error[i]), tuple(float(v) for v in at), float(got[i]), float(exact[i]), x.size)


def _ulp(worst: Worst) -> float:
    return worst.ulp


def _sigmoid(x: Exact) -> Exact:
    return np.asarray(1 / (1 + np.exp(np.minimum(-x, 700))))


def _gelu_tanh(x: Exact) -> Exact:
    c = np.clip(x, -40, 40)
    return x * _sigmoid(2 * np.sqrt(2 / np.pi) * (c + 0.044715 * c * c * c))


def _mish(x: Exact) -> Exact:
    e = np.exp(-np.abs(x))  # tanh(log(1 + e^x)) = ((1 + e^x)^2 - 1) / ((1 + e^x)^2 + 1), divided by e^2x on the right
    gate = np.where(x < 0, e * (e + 2) / (e * (e + 2) + 2), (1 + 2 * e) / (1 + 2 * e + 2 * e * e))
    return np.asarray(x * gate)


REFERENCES: dict[str, Callable[[Exact], Exact]] = {
    "sigmoid": _sigmoid,
    "log_sigmoid": lambda x: -np.logaddexp(0, -x),
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "silu": lambda x: x * _sigmoid(x),
    "mish": _mish,
    "gelu": lambda x: x / 2 * erfc(-x / np.sqrt(2)),
    "gelu_tanh": _gelu_tanh,
}
"""Float64 formulas, exact to far below one ulp of float32, by the name of the function they stand for."""


def _sorted_sum(x: Exact) -> tuple[Exact, Exact]:
    ordered = np.sort(x, axis=-1)
    top = ordered[..., -1:]
    return top, np.log1p(np.sum(np.exp(ordered[..., :-1] - top), axis=-1, keepdims=True))


def _softmax(x: Exact) -> Exact:
    top, rest = _sorted_sum(x)
    return np.asarray(np.exp(x - top - rest))


def _log_softmax(x: Exact) -> Exact:
    top, rest = _sorted_sum(x)
    return np.asarray(x - top - rest)


def _logsumexp(x: Exact) -> Exact:
    top, rest = _sorted_sum(x)
    return np.asarray((top + rest)[..., 0])


ROW_REFERENCES: dict[str, Callable[[Exact], Exact]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
}
"""The same for functions of a row, in the type of their input (longdouble where the platform has one)."""


def _rows() -> dict[str, Float]:
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(500, 64))
    peak = -rng.uniform(17, 20, size=(500, 16))
    peak[np.arange(500), rng.integers(16, size=500)] = 0
    gaps = np.linspace(0, 80, 8001)
    a = -rng.uniform(0.01, 10, size=2000).astype(np.float32).astype(np.float64)
    near = np.stack([a, np.log(-np.expm1(a))], axis=-1)
    near = np.concatenate([near, near.astype(np.float32) * (1 + 2.0**-22)])
    distance = np.abs(_logsumexp(near.astype(np.float32).astype(np.longdouble)) / near.max(axis=-1))
    rows = {
        "normal": normal,
        "30 times normal": 30 * normal,
        "normal plus 1000": normal + 1000,
        "one confident peak": peak,
        "one confident peak plus 3": peak + 3,
        "two logits, gap 0 to 80": np.stack([0 * gaps, -gaps], axis=-1),
        "two logits plus 5, gap 0 to 80": np.stack([5 - gaps, 0 * gaps + 5], axis=-1),
        "log-sum-exp near 0": near[distance >= 1e-8],
        "log-sum-exp nearer to 0": near[distance < 1e-8],
        "ends of the range": np.asarray([[3.4e38, 3.4e38], [-3.4e38, -3.4e38], [-3.4e38, 0], [1e-38, 1e-45]]),
    }
    return {name: values.astype(np.float32) for name, values in rows.items()}


ROWS = _rows()
"""Rows that hurt, by name, each (k, n): from a plain normal sample to a log-sum-exp that nearly cancels.

"Near 0" is a result of at least 1e-8 of the row's maximum m, "nearer" a smaller one: there float64's own rounding of
m shows in float32.
"""
