r"""Rounding whole arrays, in the steps that explain it: measured in ulps, rounded to integers, placed among the codes.

`codes_by_steps` does to an array what `encode` does to one number, in every mode and for every format, and
`values_by_fields` leads back. `round_by_adding` finds the nearest number of a format in another way: it lets the adder
of the processor round. A program calls `round_to`, `to_codes` and `from_codes` of `reference.numbers.lookup`, which
choose the fastest way.

Notation: `x` is an array of float32 or float64, `e` the exponent of its numbers, `m` the number of fraction bits of the
format. All that happens between is exact in float64.

Explained on the page `docs/numbers/rounding.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.numbers.encoding import RoundingMode, encode, round_integer
from reference.numbers.formats import FLOAT32, FLOAT64, FloatFormat

__all__ = ["Codes", "Floats", "can_add", "codes_by_steps", "format_of", "round_by_adding", "ulp", "values_by_fields"]

Floats: TypeAlias = NDArray[Any]
"""An array of float32 or float64."""

Codes: TypeAlias = NDArray[Any]
"""An array of unsigned integers, each the bits of a number."""

_Doubles: TypeAlias = NDArray[np.float64]


def ulp(x: Floats, format: FloatFormat) -> _Doubles:
    r"""Return the unit in the last place, the distance between neighboring numbers of the format around x.

    $\mathrm{ulp}(x) = 2^{e - m}$ with $e = \max(\lfloor \log_2 |x| \rfloor, e_{\min})$. It is the same for all numbers
    between two powers of two, and from the smallest normal number down. There is no upper limit.

    Args:
        x: (...), float32 or float64, not necessarily numbers of the format.
        format: The format.

    Returns:
        (...), float64, in which every ulp is exact.

    Source: Goldberg 1991, "What Every Computer Scientist Should Know About Floating-Point Arithmetic", section 1.2.
    Hard cases: ulp(0) is the smallest subnormal number; infinities and NaN give NaN.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT8_E4M3FN, ulp
        >>> print(ulp(np.array([0.0, 0.9, 1.0, 300.0]), FLOAT8_E4M3FN) * 512)
        [1.0000e+00 3.2000e+01 6.4000e+01 1.6384e+04]
    """
    finite = np.isfinite(x)
    exponent = _exponent(np.where(finite, x, 0).astype(np.float64), format)
    return np.where(finite, np.ldexp(1.0, exponent - format.fraction_bits), np.nan)


def codes_by_steps(
    x: Floats,
    format: FloatFormat,
    *,
    mode: RoundingMode = RoundingMode.NEAREST_EVEN,
    saturate: bool = False,
    rng: np.random.Generator | None = None,
) -> Codes:
    r"""Return the codes of a format that the numbers of an array round to.

    Once rounded, a number is an integer of ulps, its significand $s$. The codes of a format are in the order of its
    numbers, and $2^m$ of them share an exponent, so its code is $(e + \mathrm{bias} - 1)\, 2^m + s$. Subnormal numbers,
    $s < 2^m$, need no case of their own, nor does a carry, $s = 2^{m+1}$: it gives the code of the next power of two.

    Args:
        x: (n, ...), float32 or float64.
        format: The format.
        mode: How to round.
        saturate: Whether numbers and infinities out of range become the number at the end of the range.
        rng: The source of chance, for stochastic rounding: one draw for each number.

    Returns:
        (n, ...), uint64.

    Raises:
        ValueError: If a result is NaN and the format has none, or stochastic rounding has no source of chance.
        TypeError: If the mode is no `RoundingMode`.

    Source: IEEE 754-2019, clause 4.3. Hard cases: what leaves the format becomes what `encode` makes of it.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT4_E2M1FN
        >>> from reference.numbers.rounding import codes_by_steps
        >>> print(codes_by_steps(np.array([0.25, 0.26, -1.0, 5.0, 100.0]), FLOAT4_E2M1FN))
        [ 0  1 10  6  7]
    """
    wide = np.where(np.isfinite(x), x, 0).astype(np.float64)
    exponent = _exponent(wide, format)
    with np.errstate(under="ignore"):
        steps = np.abs(wide) / np.ldexp(1.0, exponent - format.fraction_bits)
    steps = np.copysign(np.maximum(steps, (wide != 0) * 2.0**-1022), wide)  # what underflows must still not count as 0
    significand = np.abs(_whole(steps, mode, rng)).astype(np.int64)
    magnitude = np.maximum(((exponent + format.bias - 1) << format.fraction_bits) + significand, 0)
    minus = np.signbit(x) & format.signed & ((magnitude > 0) | (format.nan != "negative_zero"))
    codes: Codes = magnitude.astype(np.uint64) + minus * np.uint64(format.magnitudes)
    for text, places in _outside(x, magnitude > format.max_code, format).items():
        if places.any():
            codes[places] = encode(text, format, mode=mode, saturate=saturate, rng=rng)
    return codes


def values_by_fields(codes: Codes, format: FloatFormat) -> _Doubles:
    """Return the numbers that codes stand for: the significand times its power of two, from the fields of the code.

    Args:
        codes: (n, ...), any integers from 0 to `format.codes - 1`, not checked.
        format: The format.

    Returns:
        (n, ...), float64.

    Source: IEEE 754-2019, clause 3.4. Hard cases: a NaN has the sign of its code.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT4_E2M1FN
        >>> from reference.numbers.rounding import values_by_fields
        >>> print(values_by_fields(np.arange(10), FLOAT4_E2M1FN))
        [ 0.   0.5  1.   1.5  2.   3.   4.   6.  -0.  -0.5]
    """
    wide = codes.astype(np.uint64)
    magnitude = wide & np.uint64(format.magnitudes - 1)
    is_nan = magnitude > format.max_code
    if format.nan == "negative_zero":
        is_nan |= wide == format.magnitudes
    finite = np.where(is_nan, 0, magnitude).astype(np.int64)
    field, fraction = finite >> format.fraction_bits, finite & (2**format.fraction_bits - 1)
    leading = (field > 0) | (not format.subnormals)
    exponent = np.maximum(field - format.bias, format.emin)
    values = np.ldexp(fraction + leading * 2.0**format.fraction_bits, exponent - format.fraction_bits)
    values[is_nan] = np.nan
    if format.infinity_code is not None:
        values[magnitude == format.infinity_code] = np.inf
    signed: _Doubles = np.copysign(values, np.where(wide >= format.magnitudes, -1.0, 1.0))
    return signed


def round_by_adding(x: Floats, format: FloatFormat) -> Floats:
    r"""Return the nearest numbers of a format, half-way cases to even, by one addition and one subtraction.

    A sum of two doubles is rounded to 53 bits. So add a number so large that the 53rd bit of the sum is the last one
    that the format has, and subtract it again. With $p = 2^e$ that number is $1.5\, p\, 2^{52 - m}$: half-way between
    two powers of two, so that x of either sign does not carry the sum out of this range.

    Args:
        x: (...), float32 or float64.
        format: The format, with at most 50 fraction bits, zero and subnormal numbers.

    Returns:
        (...), of the type of x; infinity beyond the largest number, even where the format has none.

    Raises:
        ValueError: If the format has too many fraction bits, too large numbers or no zero.

    Source: the formula; adding 1.5 * 2**52 is an old way to round to integers. Hard cases: infinities and NaN stay.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import BFLOAT16
        >>> from reference.numbers.rounding import round_by_adding
        >>> print(round_by_adding(np.array([257.0, 259.0, 0.1]), BFLOAT16))
        [2.56000000e+02 2.60000000e+02 1.00097656e-01]
    """
    if not can_add(format):
        raise ValueError(f"{format.name} is too wide for this trick, or has no zero; use round_to")
    with np.errstate(invalid="ignore", over="ignore"):  # where a signaling NaN, or a number too large, is converted
        wide = x.astype(np.float64)
        power = (wide.view(np.uint64) & np.uint64(0x7FF << 52)).view(np.float64)
        shift = np.clip(power, 2.0**format.emin, 2.0 ** (format.emax + 1)) * (1.5 * 2.0 ** (52 - format.fraction_bits))
        y = np.copysign((wide + shift) - shift, wide)
        return np.where(np.abs(y) > float(format.max), np.copysign(np.inf, y), y).astype(x.dtype)


def can_add(format: FloatFormat) -> bool:
    """Return whether `round_by_adding` works for a format: whether its shift is a double that leaves x its place.

    Example:
        >>> from reference.numbers import FORMATS
        >>> from reference.numbers.rounding import can_add
        >>> [name for name, format in FORMATS.items() if not can_add(format)]
        ['float64', 'float8_e8m0fnu']
    """
    return format.fraction_bits <= 50 and format.emax + 54 - format.fraction_bits <= 1023 and format.subnormals


def format_of(dtype: Any) -> FloatFormat:
    """Return the format of an array's own type.

    Raises:
        TypeError: If it is neither float32 nor float64.

    Example:
        >>> import numpy as np
        >>> from reference.numbers.rounding import format_of
        >>> format_of(np.ones(3).dtype).name
        'float64'
    """
    if dtype in (np.float32, np.float64):
        return FLOAT32 if dtype == np.float32 else FLOAT64
    raise TypeError(
        f"arrays must be of float32 or float64, got {dtype}; convert it, for example by x.astype(np.float64)"
    )


def _exponent(x: _Doubles, format: FloatFormat) -> NDArray[np.int64]:
    """Return the exponent of finite doubles in a format: that of their own bits, but at least emin."""
    field: NDArray[np.int64] = (x.view(np.int64) >> 52) & 0x7FF
    return np.maximum(field - 1023, format.emin)


def _whole(x: _Doubles, mode: RoundingMode, rng: np.random.Generator | None) -> _Doubles:
    """Return integers around x, as `round_integer` returns one."""
    below: _Doubles = np.floor(x)
    match mode:
        case RoundingMode.NEAREST_EVEN:
            return np.rint(x)
        case RoundingMode.TOWARD_ZERO:
            return np.trunc(x)
        case RoundingMode.UP:
            return np.ceil(x)
        case RoundingMode.DOWN:
            return below
        case RoundingMode.NEAREST_AWAY:
            return np.trunc(x) + np.trunc(2 * (x - np.trunc(x)))  # x + 0.5 could itself be rounded up
        case RoundingMode.TO_ODD:
            odd: _Doubles = below + ((x != below) & (below % 2 == 0))
            return odd
        case RoundingMode.STOCHASTIC if rng is not None:
            chosen: _Doubles = below + (rng.random(x.shape) < x - below)
            return chosen
    return np.full(x.shape, round_integer(0, mode, rng=rng))  # never returns: it says what is wrong with the mode


def _outside(x: Floats, too_large: NDArray[np.bool_], format: FloatFormat) -> dict[str, NDArray[np.bool_]]:
    """Return where x leaves the format, by a number of the same kind in the words that `encode` reads."""
    kinds = {"1e400": too_large & np.isfinite(x), "inf": np.isinf(x), "nan": np.isnan(x)}
    if not format.subnormals:
        kinds["0"] = x == 0
    if not format.signed:
        kinds["1"] = (x < 0) & np.isfinite(x)
    minus = np.signbit(x)
    return {sign + kind: places & (minus == (sign == "-")) for kind, places in kinds.items() for sign in ("", "-")}
