"""Compute the widget of bits against error: every scheme of the chapter on one sample, with all of its bits counted."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from reference.quantization import (
    FP4_E2M1,
    LOG4,
    NF4,
    TERNARY,
    Blocks,
    Quantized,
    absmax_quantize,
    affine_quantize,
    block_dequantize,
    codebook_dequantize,
    codebook_quantize,
    dequantize,
    mxfp4_quantize,
    mxfp8_quantize,
    nvfp4_quantize,
    q4_0_quantize,
    q8_0_quantize,
    sqnr,
)

__all__ = ["COUNT", "DEFAULTS", "DISTRIBUTIONS", "SCHEMES", "compute", "sample"]

COUNT = 4096
DISTRIBUTIONS = {
    "normal": "normal",
    "student": "Student t, 3 degrees of freedom",
    "outlier": "normal, and one outlier of 60",
}
PER_BIT = 20 * np.log10(2)  # no code of so many bits a number does better than 6.02 dB a bit on normal numbers


def _integers(bits: int, block: int | None = None) -> Callable[[Any], Any]:
    return lambda x: absmax_quantize(x, bits=bits, block_size=block)


def _codebook(book: Any, block: int | None = None) -> Callable[[Any], Any]:
    return lambda x: (book, codebook_quantize(x, book, block_size=block))


SCHEMES: dict[str, tuple[str, int, Callable[[Any], Any]]] = {
    **{f"int{bits}": (f"int{bits}, one scale", 1, _integers(bits)) for bits in (8, 6, 5, 4, 3, 2)},
    "int8_64": ("int8, blocks of 64", 2, _integers(8, 64)),
    **{f"int4_{size}": (f"int4, blocks of {size}", 2, _integers(4, size)) for size in (128, 64, 32, 16)},
    "affine4_32": ("asymmetric int4, blocks of 32", 2, lambda x: affine_quantize(x, bits=4, block_size=32)),
    "int3_32": ("int3, blocks of 32", 2, _integers(3, 32)),
    "int2_32": ("int2, blocks of 32", 2, _integers(2, 32)),
    "nf4": ("NF4, one scale", 3, _codebook(NF4)),
    "nf4_64": ("NF4, blocks of 64", 3, _codebook(NF4, 64)),
    "fp4_64": ("FP4 E2M1, blocks of 64", 3, _codebook(FP4_E2M1, 64)),
    "log4_64": ("powers of two, blocks of 64", 3, _codebook(LOG4, 64)),
    "ternary_64": ("ternary, blocks of 64", 3, _codebook(TERNARY, 64)),
    "mxfp8": ("MXFP8", 4, mxfp8_quantize),
    "mxfp4": ("MXFP4, rule floor", 4, mxfp4_quantize),
    "mxfp4_even": ("MXFP4, rule even", 4, lambda x: mxfp4_quantize(x, rule="even")),
    "nvfp4": ("NVFP4", 4, nvfp4_quantize),
    "q4_0": ("Q4_0", 4, q4_0_quantize),
    "q8_0": ("Q8_0", 4, q8_0_quantize),
}
"""By name: the label, the family (one scale, blocks of integers, codebooks, block formats) and the function."""
DEFAULTS: dict[str, Any] = {"distribution": "normal", "scheme": list(SCHEMES).index("mxfp4")}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    s = DEFAULTS | state
    if not isinstance(s["distribution"], str) or s["distribution"] not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {', '.join(DISTRIBUTIONS)}, got {s['distribution']!r}")
    if type(s["scheme"]) is not int or not 0 <= s["scheme"] < len(SCHEMES):
        raise ValueError(f"scheme must be a whole number from 0 to {len(SCHEMES) - 1}, got {s['scheme']!r}")
    points = _points(s["distribution"])
    _, label, _, bits, found = points[s["scheme"]]
    better = [one for one in points if one[3] <= bits and one[4] > found]
    return {
        "distributions": DISTRIBUTIONS,
        "points": [list(one) for one in points],
        "front": _front(points),
        "bound": PER_BIT if s["distribution"] == "normal" else None,
        "shown": [
            ["scheme", label],
            ["bits a weight", f"{bits:.2f}"],
            ["signal to error", f"{found:.1f} dB".replace("-", "−")],
        ],
        "text": _words(label, bits, found, better, DISTRIBUTIONS[s["distribution"]]),
    }


def sample(distribution: str) -> Any:
    """Return the numbers that all schemes are given."""
    rng = np.random.default_rng(0)
    x = rng.standard_t(3, size=COUNT) if distribution == "student" else rng.normal(size=COUNT)
    if distribution == "outlier":
        x[1000] = 60
    return x.astype(np.float32)


@cache
def _points(distribution: str) -> list[tuple[str, str, int, float, float]]:
    """Return name, label, family, bits and decibels of each scheme; the outlier does not count for the error."""
    x = sample(distribution)
    kept = np.arange(COUNT) != (1000 if distribution == "outlier" else -1)
    points = []
    for name, (label, family, quantize) in SCHEMES.items():
        q = quantize(x)
        bits, y = _read(q)
        points.append((name, label, family, round(bits, 3), round(sqnr(x[kept], y[kept]), 2)))
    return points


def _read(q: Any) -> tuple[float, Any]:
    if isinstance(q, Blocks):
        return q.bits_per_weight, block_dequantize(q)
    if isinstance(q, Quantized):
        return q.bits_per_weight, dequantize(q)
    book, codes = q
    return codes.bits_per_weight, codebook_dequantize(codes, book)


def _front(points: list[tuple[str, str, int, float, float]]) -> list[list[float]]:
    """Return the schemes that no other one beats with as few bits, from the smallest to the largest."""
    front: list[list[float]] = []
    for *_, bits, found in sorted(points, key=lambda one: (one[3], -one[4])):
        if not front or found > front[-1][1]:
            front.append([bits, found])
    return front


def _words(label: str, bits: float, found: float, better: list[Any], distribution: str) -> str:
    first = (
        f"{label}: {bits:.2f} bits a weight, scales included, and {found:.1f} dB on numbers that are {distribution}."
    )
    if not better:
        return f"{first} No scheme here does better with as few bits.".replace("-", "−")
    best = max(better, key=lambda one: one[4])
    return f"{first} {best[1]} does better with no more bits: {best[3]:.2f} and {best[4]:.1f} dB.".replace("-", "−")
