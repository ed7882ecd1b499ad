r"""Rounding millions of numbers fast: the answers for a format of few bits, computed once and looked up.

What a float32 becomes in a format of 8 bits is decided by its first bits: sign, exponent, the digits that fit, the one
after them, and whether anything but zeros follows. There are so few of these beginnings that a table has the answers
for all of them. Its index is cheap to compute:

    index = (u | ((u & rest) + rest)) >> dropped        where rest = 2**dropped - 1

The sum carries into the last bit that is kept, unless all bits to be dropped are 0. So the bits are rounded to odd, and
what was cut off leaves a trace, one that a second rounding, to fewer bits, can see.

Notation: `u` is the bit pattern of a float32 or float64 as an unsigned integer, `dropped` the number of its last bits
that only count as zeros or not. `x` is an array of these types, or a single float. Float16 and integers are refused,
for the result of `round_to` has the type of x, and most formats have numbers that these lack.

Explained on the page `docs/numbers/lookup.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.numbers.encoding import RoundingMode, checked_format, encode, round_integer
from reference.numbers.floats import decode
from reference.numbers.formats import FloatFormat
from reference.numbers.rounding import can_add, codes_by_steps, format_of, round_by_adding, values_by_fields

__all__ = ["from_codes", "round_to", "to_codes"]

_CHUNK = 2**16  # numbers handled at a time: what is computed in between stays in the processor's cache
_UNSIGNED: dict[Any, Any] = {np.dtype(np.float32): np.uint32, np.dtype(np.float64): np.uint64}


def round_to(
    x: ArrayLike,
    format: FloatFormat,
    *,
    mode: RoundingMode = RoundingMode.NEAREST_EVEN,
    saturate: bool = False,
    rng: np.random.Generator | None = None,
) -> NDArray[Any]:
    """Return the numbers of a format that the numbers of an array round to.

    Args:
        x: (...), float32 or float64.
        format: The format.
        mode: How to round.
        saturate: Whether numbers and infinities out of range become the number at the end of the range.
        rng: The source of chance, for stochastic rounding: one draw for each number.

    Returns:
        (...), of the type of x. A number beyond that type, which only a wider format has, becomes infinity.

    Raises:
        TypeError: If x is not of float32 or float64, or the mode is no `RoundingMode`.
        ValueError: If a result is NaN and the format has none, if stochastic rounding has no source of chance, or if
            float64 lacks numbers of the format.

    Source: IEEE 754-2019, clause 4.3. Hard cases: zero, overflow, infinity and NaN become what `encode` makes of them.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT8_E4M3FN, round_to
        >>> x = np.array([0.1, -1e-9, 464.0, 465.0])
        >>> print(round_to(x, FLOAT8_E4M3FN).tolist())
        [0.1015625, -0.0, 448.0, nan]
        >>> print(round_to(x, FLOAT8_E4M3FN, saturate=True).tolist())
        [0.1015625, -0.0, 448.0, 448.0]
    """
    x = _checked(x, format, mode, rng)
    if _has_table(x.dtype, format, mode):
        return _look_up(x, format, mode, saturate, values=True)
    if mode is RoundingMode.NEAREST_EVEN and format.nan == "ieee" and can_add(format) and not saturate:
        return _in_chunks(lambda part: round_by_adding(part, format), x, x.dtype)
    return _in_steps(x, format, True, mode=mode, saturate=saturate, rng=rng)


def to_codes(
    x: ArrayLike,
    format: FloatFormat,
    *,
    mode: RoundingMode = RoundingMode.NEAREST_EVEN,
    saturate: bool = False,
    rng: np.random.Generator | None = None,
) -> NDArray[Any]:
    """Return the codes of the numbers of a format that the numbers of an array round to.

    Args:
        x: (...), float32 or float64.
        format: The format.
        mode: How to round.
        saturate: As in `round_to`.
        rng: The source of chance, for stochastic rounding: one draw for each number.

    Returns:
        (...), of the smallest of uint8, uint16, uint32 and uint64 that has all codes.

    Raises:
        TypeError: As in `round_to`.
        ValueError: As in `round_to`.

    Source: as for `round_to`, with the hard cases of `encode`.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT4_E2M1FN, RoundingMode, to_codes
        >>> x = np.array([0.25, 0.26, -1.0, 5.0, 100.0])
        >>> print(to_codes(x, FLOAT4_E2M1FN), to_codes(x, FLOAT4_E2M1FN, mode=RoundingMode.UP))
        [ 0  1 10  6  7] [ 1  1 10  7  7]
    """
    x = _checked(x, format, mode, rng)
    if _has_table(x.dtype, format, mode):
        return _look_up(x, format, mode, saturate, values=False)
    return _in_steps(x, format, False, mode=mode, saturate=saturate, rng=rng)


def from_codes(codes: ArrayLike, format: FloatFormat, *, dtype: Any = None) -> NDArray[Any]:
    """Return the numbers that the codes of an array stand for.

    Args:
        codes: (...), integers from 0 to `format.codes - 1`.
        format: The format.
        dtype: float32 or float64; the smaller one that has all numbers of the format, unless given.

    Returns:
        (...), of that type.

    Raises:
        TypeError: If the codes are no integers, or dtype is neither float32 nor float64.
        ValueError: If the format has no such code, or the type lacks numbers of the format.

    Source: as for `decode`. Hard cases: the code of a NaN gives NaN, with the sign of the code.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT4_E2M1FN, from_codes
        >>> print(from_codes(np.arange(8, dtype=np.uint8), FLOAT4_E2M1FN))
        [0.  0.5 1.  1.5 2.  3.  4.  6. ]
    """
    codes = np.asarray(codes)
    smaller = np.float32 if _holds(np.dtype(np.float32), format) else np.float64
    dtype = np.dtype(smaller if dtype is None else dtype)
    _require(dtype, format)
    if codes.dtype.kind not in "iu":
        raise TypeError(f"codes are integers, got an array of {codes.dtype}; to_codes makes codes of numbers")
    if codes.size and (codes.dtype.kind == "i" or np.iinfo(codes.dtype).max >= format.codes):
        decode(int(codes.max()), format)  # says which codes there are
        decode(int(codes.min()), format)
    if format.bits <= 8:
        flat = codes.reshape(-1).astype(np.uint8, copy=False)
        even = np.ascontiguousarray(np.append(flat, flat[:1]) if flat.size % 2 else flat)
        values = _take(_pairs(format, dtype), even.view(np.uint16)).view(dtype)[: flat.size]
    elif format.bits <= 16:
        values = _take(_values(format, dtype), codes.reshape(-1))
    else:
        values = _in_chunks(lambda part: values_by_fields(part, format), codes, dtype)
    result: NDArray[Any] = values.reshape(codes.shape)[()]
    return result


def _checked(x: ArrayLike, format: FloatFormat, mode: RoundingMode, rng: np.random.Generator | None) -> NDArray[Any]:
    array = np.asarray(x)
    format_of(array.dtype)
    _require(np.dtype(np.float64), format)
    if mode is not RoundingMode.STOCHASTIC or rng is None:
        round_integer(0, mode)  # says what is wrong with the mode
    return array


def _require(dtype: np.dtype[Any], format: FloatFormat) -> None:
    if not _holds(dtype, format):
        remedy = "ask for float64" if _holds(np.dtype(np.float64), format) else "use encode and decode"
        raise ValueError(f"{dtype} lacks numbers of {format.name}; {remedy}")


def _holds(dtype: np.dtype[Any], format: FloatFormat) -> bool:
    own, last = format_of(dtype), checked_format(format).emin - format.fraction_bits
    return own.fraction_bits >= format.fraction_bits and own.max >= format.max and own.emin - own.fraction_bits <= last


def _in_chunks(function: Callable[[NDArray[Any]], NDArray[Any]], x: NDArray[Any], dtype: Any) -> NDArray[Any]:
    flat, out = x.reshape(-1), np.empty(x.size, dtype)
    some = _CHUNK // 4  # the steps keep several doubles for each number
    with np.errstate(over="ignore"):  # numbers beyond the type
        for start in range(0, x.size, some):
            out[start : start + some] = function(flat[start : start + some])
    return out.reshape(x.shape)[()]


def _in_steps(x: NDArray[Any], format: FloatFormat, values: bool, **options: Any) -> NDArray[Any]:
    if values:
        return _in_chunks(lambda part: values_by_fields(codes_by_steps(part, format, **options), format), x, x.dtype)
    return _in_chunks(lambda part: codes_by_steps(part, format, **options), x, np.min_scalar_type(format.codes - 1))


def _take(table: NDArray[Any], index: NDArray[Any]) -> NDArray[Any]:
    """Return table[index], without the 8 bytes for each index that NumPy would need on the way."""
    out = np.empty(index.size, table.dtype)
    for start in range(0, index.size, _CHUNK // 2):
        part = index[start : start + _CHUNK // 2].astype(np.intp, copy=False)  # 32 bits in a browser
        table.take(part, out=out[start : start + part.size], mode="clip")  # the default mode copies the output first
    return out


@lru_cache
def _values(format: FloatFormat, dtype: Any) -> NDArray[Any]:
    return values_by_fields(np.arange(format.codes), format).astype(dtype)


@lru_cache
def _pairs(format: FloatFormat, dtype: Any) -> NDArray[Any]:
    """Return the values of two codes of a byte each, side by side as in a complex number: one look-up gives both."""
    codes = np.arange(2**16, dtype=np.uint16).view(np.uint8)
    return _values(format, dtype).take(codes, mode="clip").view(np.result_type(dtype, np.complex64))


def _dropped(dtype: np.dtype[Any], format: FloatFormat) -> int:
    """Return how many bits can go: what is kept ends with two bits below the last one of the format."""
    own = format_of(dtype)
    subnormal = (format.emin - format.fraction_bits) - (own.emin - own.fraction_bits)
    return min(own.fraction_bits - format.fraction_bits, subnormal) - 2


def _has_table(dtype: np.dtype[Any], format: FloatFormat, mode: RoundingMode) -> bool:
    small = _dropped(dtype, format) > 0 and 2 ** (8 * dtype.itemsize - _dropped(dtype, format)) <= 2**18
    takes_all = format.nan_code is not None or (format.signed and format.subnormals)
    return small and takes_all and mode is not RoundingMode.STOCHASTIC


@lru_cache
def _table(format: FloatFormat, mode: RoundingMode, saturate: bool, dtype: Any, values: bool) -> NDArray[Any]:
    """Return the result for each beginning, followed by zeros: in the order of the index."""
    dropped = _dropped(dtype, format)
    numbers = (np.arange(2 ** (8 * dtype.itemsize - dropped), dtype=_UNSIGNED[dtype]) << dropped).view(dtype)
    return _in_steps(numbers, format, values, mode=mode, saturate=saturate)


def _look_up(x: NDArray[Any], format: FloatFormat, mode: RoundingMode, saturate: bool, *, values: bool) -> NDArray[Any]:
    refuses_nan = format.nan == "none" and not saturate
    table = _table(format, mode, saturate or format.nan == "none", x.dtype, values)
    unsigned, signed, dropped = _UNSIGNED[x.dtype], f"i{x.itemsize}", _dropped(x.dtype, format)
    flat, out = x.reshape(-1), np.empty(x.size, table.dtype)
    rest, buffer = 2**dropped - 1, np.empty(min(x.size, _CHUNK), unsigned)
    for start in range(0, x.size, _CHUNK):
        part = flat[start : start + _CHUNK]
        if refuses_nan and np.isnan(part.max()):
            encode("nan", format)  # says that there is none
        u = part.view(unsigned)
        odd = buffer[: u.size]
        np.bitwise_and(u, rest, out=odd)
        odd += rest
        odd |= u
        odd >>= dropped
        index = odd.view(signed).astype(np.intp, copy=False)  # 32 bits in a browser
        table.take(index, out=out[start : start + u.size], mode="clip")
    return out.reshape(x.shape)[()]
