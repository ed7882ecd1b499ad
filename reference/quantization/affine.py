r"""Numbers as small integers times a scale: symmetric and asymmetric, for a whole array, a channel or a small group.

A weight w is stored as an integer code q, and all numbers of a group share a scale s and, where the range is not
symmetric, a zero point z:

    q = clip(round(w / s) + z, low, high)        w is about (q - z) * s

Rounding goes to the nearest integer, half-way cases to even. Clipping comes before the cast: a cast would wrap.

Which numbers are a group is the subject of `reference.quantization.groups`: the whole array, a channel or a block.

Notation: `b` is the number of bits of a code, `s` the scale, `z` the zero point.

Explained on the page `docs/quantization/affine.md`.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.quantization.groups import Quantized, absmax, from_groups, pieces, spread, to_groups

__all__ = ["absmax_quantize", "affine_parameters", "affine_quantize", "dequantize", "quantize_linear"]

_SMALLEST = np.float32(2.0**-126)  # the least normal number: a group of zeros has this scale, and nothing divides by 0


def absmax_quantize(
    x: ArrayLike,
    *,
    bits: int = 8,
    axis: int | None = None,
    block_size: int | None = None,
    limit: float | None = None,
) -> Quantized:
    r"""Quantize symmetrically: each group's largest magnitude becomes the largest code, and 0 stays 0.

    $s = \max|x| / (2^{b-1} - 1)$ and $q = \mathrm{round}(x / s)$, from $-(2^{b-1} - 1)$ to $2^{b-1} - 1$. The lowest
    integer of b bits, -128 for 8, is left out, so that -x always has a code.

    Args:
        x: (...), finite numbers; they are rounded to float32 first.
        bits: 2 to 8.
        axis: The axis whose indices get a scale each (per channel).
        block_size: How many neighbors along the last axis share a scale; the last block of a row may be shorter.
        limit: The magnitude that becomes the largest code, in place of the group's own; what is beyond it is clipped.

    Returns:
        Codes of int8, in the shape of x.

    Raises:
        ValueError: If a number is NaN or infinite, bits is out of range, or both axis and block_size are given.
        TypeError: If x holds no real numbers.

    Source: Krishnamoorthi 2018, arXiv:1806.08342, section 2.2. Hard cases: a group of zeros has the smallest normal
    scale and codes 0; a number alone in its group comes back within one rounding.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import absmax_quantize
        >>> absmax_quantize(np.array([0.6, -1.0, 0.26]), bits=4).codes
        array([ 4, -7,  2], dtype=int8)
    """
    top = 2 ** (_checked_bits(bits) - 1) - 1
    if limit is not None and not 0 < limit < np.inf:
        raise ValueError(f"a limit is positive and finite, got {limit}; leave it out for the group's own")
    groups = to_groups(x, axis=axis, block_size=block_size)
    codes, scale = np.empty(groups.shape, np.int8), np.empty((len(groups), 1), np.float32)
    for some in pieces(groups):
        largest = absmax(groups[some], first=some.start)
        scale[some] = np.maximum((largest if limit is None else np.float32(limit)) / np.float32(top), _SMALLEST)
        codes[some] = quantize_linear(groups[some], scale[some], low=-top, high=top)
    return from_groups(np.shape(x), codes, scale, bits=bits, axis=axis, block_size=block_size)


def affine_quantize(
    x: ArrayLike,
    *,
    bits: int = 8,
    axis: int | None = None,
    block_size: int | None = None,
    limits: tuple[float, float] | None = None,
) -> Quantized:
    r"""Quantize asymmetrically: each group's range, widened to hold 0, is spread over all $2^b$ codes.

    The scale and the zero point are those of `affine_parameters`.

    Args:
        x: (...), finite numbers; they are rounded to float32 first.
        bits: 2 to 8.
        axis: As in `absmax_quantize`.
        block_size: As in `absmax_quantize`.
        limits: The lowest and the highest number to cover, in place of the group's own.

    Returns:
        Codes of uint8, in the shape of x.

    Raises:
        ValueError: As in `absmax_quantize`.
        TypeError: As in `absmax_quantize`.

    Source: Jacob et al. 2018, arXiv:1712.05877, section 2.1; ONNX, operator DynamicQuantizeLinear. Hard cases: 0 always
    has a code of its own, so zeros come back exact; a constant group has the range from 0 to its number.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import affine_quantize
        >>> q = affine_quantize(np.array([-1.0, 0.0, 2.0]), bits=2)
        >>> q.codes, int(q.zero_point), float(q.scale)
        (array([0, 1, 3], dtype=uint8), 1, 1.0)
    """
    top = 2 ** _checked_bits(bits) - 1
    groups = to_groups(x, axis=axis, block_size=block_size)
    codes, zero_point = np.empty(groups.shape, np.uint8), np.empty((len(groups), 1), np.uint8)
    scale = np.empty((len(groups), 1), np.float32)
    for some in pieces(groups):
        rows = groups[some]
        absmax(rows, first=some.start)  # refuses NaN and infinity
        low, high = limits or (rows.min(axis=1, keepdims=True, initial=0), rows.max(axis=1, keepdims=True, initial=0))
        scale[some], zero_point[some] = affine_parameters(low, high, bits=bits)
        codes[some] = quantize_linear(rows, scale[some], zero_point[some], low=0, high=top)
    return from_groups(np.shape(x), codes, scale, zero_point, bits=bits, axis=axis, block_size=block_size)


def affine_parameters(
    low: ArrayLike, high: ArrayLike, *, bits: int = 8
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    r"""Return the scale and the zero point that spread a range over the codes 0 to $2^b - 1$.

    $s = (\mathrm{high} - \mathrm{low}) / (2^b - 1)$ and $z = \mathrm{round}(-\mathrm{low} / s)$. The range is first
    widened to hold 0, which then is exactly code z.

    Args:
        low: (...), the lowest number to cover.
        high: (...), the highest.
        bits: 2 to 8.

    Returns:
        The scale, float32, and the zero point, uint8, both (...).

    Raises:
        ValueError: If bits is out of range.

    Source: ONNX, operator DynamicQuantizeLinear. Hard cases: half of each end is subtracted, as the whole difference
    of two large numbers could be infinite; from 0 to 0 the scale is the smallest normal number.

    Example:
        >>> from reference.quantization import affine_parameters
        >>> scale, zero_point = affine_parameters(-1.0, 4.1)
        >>> print(f"{scale:.3f}", zero_point)
        0.020 50
    """
    top = 2 ** _checked_bits(bits) - 1
    lowest = np.minimum(np.asarray(low, np.float32), np.float32(0))
    highest = np.maximum(np.asarray(high, np.float32), np.float32(0))
    half = highest * np.float32(0.5) - lowest * np.float32(0.5)
    scale = np.maximum(half / np.float32(top / 2), _SMALLEST)
    return scale, np.clip(np.rint(-lowest / scale), 0, top).astype(np.uint8)


def quantize_linear(
    x: NDArray[Any], scale: ArrayLike, zero_point: ArrayLike = 0, *, low: int = -127, high: int = 127
) -> NDArray[Any]:
    r"""Return the codes for a given scale and zero point, $\mathrm{clip}(\mathrm{round}(x / s) + z, low, high)$.

    Args:
        x: (...), float32, without NaN.
        scale: Positive, of a shape that broadcasts with x.
        zero_point: The code of 0, likewise.
        low: The lowest code.
        high: The highest code.

    Returns:
        (...), int8 if low is negative, uint8 if not.

    Raises:
        ValueError: If the codes from low to high are not all of int8 or all of uint8.

    Source: ONNX, operator QuantizeLinear. Hard case: half-way between two integers the even one is taken, before the
    zero point is added (PyTorch's quantize_per_tensor rounds after, and multiplies by 1 / s: its codes differ
    where that decides).

    Example:
        >>> import numpy as np
        >>> from reference.quantization import quantize_linear
        >>> quantize_linear(np.array([0.25, 0.75, -9.0, 1000.0], dtype=np.float32), 0.5)
        array([  0,   2, -18, 127], dtype=int8)
    """
    if not (-128 <= low <= high <= 127 or 0 <= low <= high <= 255):
        raise ValueError(f"codes fit int8 or uint8, got low={low} and high={high}; a cast would wrap the others")
    steps = np.rint(x / np.asarray(scale, np.float32)) + np.asarray(zero_point, np.float32)
    codes: NDArray[Any] = np.clip(steps, low, high).astype(np.int8 if low < 0 else np.uint8)
    return codes


def dequantize(q: Quantized) -> NDArray[np.float32]:
    r"""Return the numbers that codes stand for, $(q - z)\, s$, as float32.

    Args:
        q: What `absmax_quantize` or `affine_quantize` made.

    Returns:
        In the shape of the codes.

    Source: ONNX, operator DequantizeLinear.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Quantized, dequantize
        >>> codes, scale = np.array([[7, 3], [7, 3]], dtype=np.int8), np.array([[1.0], [10.0]], dtype=np.float32)
        >>> dequantize(Quantized(codes, scale, bits=4, axis=0))
        array([[ 7.,  3.],
               [70., 30.]], dtype=float32)
    """
    steps: NDArray[np.float32] = q.codes.astype(np.float32)
    if q.zero_point is not None:
        steps -= spread(q.zero_point, q)
    with np.errstate(over="ignore"):  # the level at an end can lie just beyond float32
        steps *= spread(q.scale, q)
    largest = np.finfo(np.float32).max
    return np.clip(steps, -largest, largest, out=steps)


def _checked_bits(bits: int) -> int:
    if not 2 <= bits <= 8:
        raise ValueError(f"a code has 2 to 8 bits, got bits={bits}")
    return bits
