"""Repair a quantizer whose zero point belongs to other codes than its clip."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def quantize(x):
    """Return int8 codes, the scale and the zero point for x."""
    low, high = x.min(), x.max()
    scale = (high - low) / 255
    zero_point = np.round(-low / scale)
    codes = np.clip(np.round(x / scale) + zero_point, -128, 127)
    return codes.astype(np.int8), scale, zero_point

x = np.linspace(0, 5, 6)
codes, scale, zero_point = quantize(x)
print(((codes - zero_point) * scale).round(2))
'''

ANSWER = '''\
import numpy as np

def quantize(x):
    """Return int8 codes, the scale and the zero point for x."""
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / 255 or 1.0
    zero_point = np.round(-128 - low / scale)
    codes = np.clip(np.round(x / scale) + zero_point, -128, 127)
    return codes.astype(np.int8), scale, zero_point
'''


def check(names: Names) -> Iterator[str]:
    """From 0 to 5, ranges on both sides, ranges without 0, constants and zeros."""
    _back(names, np.linspace(0, 5, 256), "From 0 to 5")
    yield "All numbers from 0 to 5 come back within half a step."
    _back(names, np.linspace(-1, 3, 200), "From −1 to 3")
    _back(names, np.linspace(-7, 0, 200), "From −7 to 0")
    yield "So do ranges with negative numbers."
    _back(names, np.linspace(10.5, 14, 200), "From 10.5 to 14")
    _back(names, np.linspace(-9, -8, 200), "From −9 to −8")
    yield "Ranges without 0 come back too."
    _back(names, np.full(4, 500.0), "For an array of 500s")
    _back(names, np.full(4, -0.25), "For an array of −0.25s")
    _back(names, np.zeros(4), "For zeros")
    yield "Constant arrays and zeros come back."


def _back(names: Names, x: np.ndarray, where: str) -> None:
    with np.errstate(all="ignore"):
        got = function(names, "quantize(x)")(x.copy())
    if not isinstance(got, tuple) or len(got) != 3:
        raise Wrong("`quantize(x)` must return three things: the codes, the scale and the zero point.")
    codes, scale, zero_point = np.asarray(got[0]), float(got[1]), float(got[2])
    if codes.dtype != np.int8 or codes.shape != x.shape:
        raise Wrong(f"The codes are of type {codes.dtype} and shape {codes.shape}: expected int8, in the shape of x.")
    if not (np.isfinite(scale) and np.isfinite(zero_point)) or scale <= 0:
        raise Wrong(f"{where} the scale is {scale:g} and the zero point {zero_point:g}: both must be finite numbers.")
    if zero_point % 1:
        raise Wrong(f"{where} the zero point is {zero_point:g}: it must be a whole number, so that 0 has a code.")
    back = (codes.astype(np.float64) - zero_point) * scale
    off = np.abs(back - x)
    worst = int(np.argmax(off))
    if np.mean(off > 0.51 * scale) > 0.3:
        raise Wrong(
            f"{where} {np.mean(off > 0.51 * scale):.0%} of the numbers are off by more than half a step: {x[worst]:g} "
            f"becomes {back[worst]:g}. Do the zero point and the clip speak of the same codes?"
        )
    if off.max() > 0.51 * scale:
        raise Wrong(f"{where} {x[worst]:g} becomes {back[worst]:g}, which is more than half a step of {scale:g} off.")
    if not -128 <= zero_point <= 127:
        raise Wrong(f"{where} the zero point is {zero_point:g}: it must be one of the codes, so that 0 is exact.")
    if scale > 1.02 * (max(x.max(), 0) - min(x.min(), 0)) / 255 and x.any():
        raise Wrong(f"{where} the scale is {scale:g}: that is coarser than 255 steps over the range and 0 need.")
