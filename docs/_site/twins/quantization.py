"""The formulas of the chapter on quantization."""

from itertools import pairwise
from typing import Any

import mpmath

from docs._site.twins.twin import SAMPLE, Inputs, Twin, Twins
from reference.quantization.codebooks import NF4, TERNARY, Codebook

__all__ = ["INPUTS", "TWINS"]


def _nearest(x: Any, book: Codebook) -> int:
    return sum(x > (a + b) / 2 for a, b in pairwise(book.values))


def _range_error(x: Any, limits: tuple[float, float], bits: Any) -> Any:
    low, high = (mpmath.mpf(end) for end in limits)
    s = (high - low) / (2**bits - 1)
    z = mpmath.nint(-low / s)
    return (x - s * (min(max(mpmath.nint(x / s) + z, 0), 2**bits - 1) - z)) ** 2


def _fake_quantize(x: Any, s: Any, b: Any) -> Any:
    t = 2 ** (int(b) - 1) - 1
    return s * min(max(mpmath.nint(x / s), -t), t)


def _fake_ternary(w: Any) -> Any:
    scale = sum(abs(w_j) for w_j in w) / len(w) + mpmath.mpf(1e-5)
    return [scale * min(max(mpmath.nint(w_i / scale), -1), 1) for w_i in w]


INPUTS: Inputs = {
    "reference.quantization.affine.quantize_linear": [
        (x * s, scale, z) for x in SAMPLE for s in (1, -1) for scale in (0.25, 0.5, 3.0) for z in (-4, 0, 7)
    ],
    "reference.quantization.codebooks.nearest_codes": [
        (x * s, book) for x in SAMPLE[:8] for s in (1, -1) for book in (NF4, TERNARY)
    ],
    "reference.quantization.packing.pack_pair": [(a, b) for a in (0, 1, 7, 15) for b in (0, 3, 15)],
    "reference.quantization.distortion.sqnr": [(x, [x + error]) for x in SAMPLE[2:] for error in (-0.25, 0.001, 5.0)],
    "reference.quantization.calibration.range_error": [  # float32 computes them exactly
        (x / 8, limits, bits)
        for x in range(-60, 61, 7)
        for limits, bits in (((0.0, 3.0), 2), ((-1.0, 2.0), 2), ((-4.0, 3.5), 4), ((0.0, 3.75), 4))
    ],
    "reference.quantization.post_training.longest_sum": [(b, size) for b in (2, 4, 8) for size in (8, 16, 24, 32)],
    "reference.quantization.quantization_aware.fake_quantize": [
        (x * sign, s, b) for x in (0.0, 0.1, 0.25, 0.77, 3.3, 40.0) for sign in (1, -1) for s, b in ((0.5, 3), (0.1, 8))
    ],
}

TWINS: Twins = {
    "cda9044563bd": Twin(lambda x, s, z: min(max(mpmath.nint(x / s) + z, -127), 127)),  # quantize_linear
    "389fc107a834": Twin(_nearest),
    "44f745ad6ea2": Twin(lambda x, y: 20 * mpmath.log10(abs(x / (x - y[0])))),  # sqnr of one number
    "49f1b95adeab": Twin(_range_error),
    "8c394ee52e4f": Twin(lambda b, size: mpmath.floor((2 ** (size - 1) - 1) / (2 ** (b - 1) - 1) ** 2)),  # longest_sum
    "f29c635912d3": Twin(_fake_quantize),
    "d4b32bf7ac9f": Twin(_fake_ternary, rows=True),
}
