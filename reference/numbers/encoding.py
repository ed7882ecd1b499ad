"""From a number to the bits of a format: read it exactly, round it once, and place it among the codes.

Everything is a Python integer or a `Fraction` here, so nothing rounds but the one rounding that is asked for. The code
is written to be read; `reference.numbers.rounding` does the same to whole arrays.

Notation: an ulp (unit in the last place) at x is the distance between neighboring numbers of the format around x.

Explained on the page `docs/numbers/encoding.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

import math
import re
from enum import Enum
from fractions import Fraction
from numbers import Rational, Real
from typing import TypeAlias

import numpy as np

from reference.numbers.formats import FloatFormat

__all__ = ["Number", "RoundingMode", "checked_format", "encode", "exponent_of", "read_exactly", "round_integer"]

Number: TypeAlias = int | float | Fraction | str
"""What can be encoded: a number of Python or NumPy, or a decimal string, which is read exactly."""

_DECIMAL = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?0*[0-9]{1,4})?")


class RoundingMode(Enum):
    """Which of its two neighbors a number between them becomes.

    Source: IEEE 754-2019, clause 4.3, for the first five; Boldo and Melquiond 2008, "Emulation of a FMA and Correctly
    Rounded Sums: Proved Algorithms Using Rounding to Odd"; Croci and others 2022, "Stochastic Rounding".

    Example:
        >>> from reference.numbers import RoundingMode
        >>> print(RoundingMode.NEAREST_EVEN.value)
        the nearer one; from halfway, the one whose last bit is 0
    """

    NEAREST_EVEN = "the nearer one; from halfway, the one whose last bit is 0"
    TOWARD_ZERO = "the one nearer to zero: the bits that do not fit are cut off"
    UP = "the larger one"
    DOWN = "the smaller one"
    NEAREST_AWAY = "the nearer one; from halfway, the one farther from zero"
    TO_ODD = "the one whose last bit is 1, a trace of what was cut off that a second rounding can see"
    STOCHASTIC = "either one by chance, the more often the nearer it is, so that the mean is right"


def round_integer(x: Fraction | float, mode: RoundingMode, *, rng: np.random.Generator | None = None) -> int:
    """Return one of the two integers around x; an integer stays what it is.

    Args:
        x: A finite number.
        mode: The rule.
        rng: The source of chance, for stochastic rounding.

    Returns:
        The integer.

    Raises:
        ValueError: If stochastic rounding has no source of chance.
        TypeError: If the mode is no `RoundingMode`.

    Source: as for `RoundingMode`.

    Example:
        >>> from reference.numbers import RoundingMode, round_integer
        >>> {mode.name: round_integer(-2.5, mode) for mode in RoundingMode if mode is not RoundingMode.STOCHASTIC}
        {'NEAREST_EVEN': -2, 'TOWARD_ZERO': -2, 'UP': -2, 'DOWN': -3, 'NEAREST_AWAY': -3, 'TO_ODD': -3}
    """
    x = Fraction(x)
    below = math.floor(x)
    match mode:
        case RoundingMode.NEAREST_EVEN:
            return round(x)
        case RoundingMode.TOWARD_ZERO:
            return math.trunc(x)
        case RoundingMode.UP:
            return math.ceil(x)
        case RoundingMode.DOWN:
            return below
        case RoundingMode.NEAREST_AWAY:
            return math.trunc(x + (Fraction(1, 2) if x > 0 else -Fraction(1, 2)))
        case RoundingMode.TO_ODD:
            return below if x == below else below | 1
        case RoundingMode.STOCHASTIC if rng is None:
            raise ValueError("stochastic rounding needs a source of chance; pass rng=np.random.default_rng(seed)")
        case RoundingMode.STOCHASTIC:
            return below + (rng.random() < x - below)
    raise TypeError(f"expected a RoundingMode, got {mode!r}; take one such as RoundingMode.NEAREST_EVEN")


def read_exactly(value: Number) -> tuple[int, Fraction | float]:
    """Return the sign bit and the magnitude of a number, as a Fraction; infinity and NaN are floats.

    Args:
        value: A number of Python or NumPy, or a string such as "0.1", "-0", "1e-400", "inf" or "nan".

    Returns:
        The sign bit, which -0.0 and "-0" have too, and the magnitude.

    Raises:
        ValueError: If a string is no number, or one of more than 4 digits in its exponent or 4000 characters.
        TypeError: If the value is neither a real number nor a string.

    Example:
        >>> from reference.numbers import read_exactly
        >>> read_exactly("-0.1"), read_exactly(-0.1)
        ((1, Fraction(1, 10)), (1, Fraction(3602879701896397, 36028797018963968)))
    """
    if isinstance(value, str):
        text = value.strip().lower()
        sign, body = int(text.startswith("-")), text[text.startswith(("+", "-")) :]
        if body in ("inf", "infinity", "nan"):
            return sign, float(body)
        if _DECIMAL.fullmatch(body) and len(body) <= 4000:
            return sign, Fraction(body)
        raise ValueError(f"expected a decimal number such as '-1.5e-7', 'inf' or 'nan', got {value[:40]!r}")
    if isinstance(value, Rational):
        return int(value < 0), abs(Fraction(int(value.numerator), int(value.denominator)))
    if isinstance(value, Real) and hasattr(value, "as_integer_ratio"):
        sign = int(math.copysign(1, value) < 0)
        try:
            return sign, abs(Fraction(*value.as_integer_ratio()))
        except (OverflowError, ValueError):  # infinity and NaN
            return sign, abs(float(value))
    raise TypeError(f"expected a real number or a decimal string, got {type(value).__name__}; pass one float or str")


def checked_format(format: FloatFormat) -> FloatFormat:
    """Return the format, or raise if it is something else, such as its name.

    Raises:
        TypeError: If it is no `FloatFormat`.

    Example:
        >>> from reference.numbers import FLOAT32, checked_format
        >>> checked_format(FLOAT32) is FLOAT32
        True
    """
    if isinstance(format, FloatFormat):
        return format
    raise TypeError(f"expected a FloatFormat such as FLOAT32, got {format!r}; FORMATS finds one by its name")


def exponent_of(x: Fraction, format: FloatFormat) -> int:
    """Return the exponent that a positive number has in a format: that of its highest bit, but at least emin.

    One ulp there is 2**exponent * eps. There is no upper limit, so this also holds beyond the largest number.

    Example:
        >>> from fractions import Fraction
        >>> from reference.numbers import FLOAT32, exponent_of
        >>> exponent_of(Fraction(1, 10), FLOAT32), exponent_of(Fraction(0), FLOAT32)
        (-4, -126)
    """
    if x == 0:
        return format.emin
    estimate = x.numerator.bit_length() - x.denominator.bit_length()
    return max(estimate - (x < Fraction(2) ** estimate), format.emin)


def encode(
    value: Number,
    format: FloatFormat,
    *,
    mode: RoundingMode = RoundingMode.NEAREST_EVEN,
    saturate: bool = False,
    rng: np.random.Generator | None = None,
) -> int:
    """Return the code of a number in a format, rounded once.

    The number, in ulps, is rounded to an integer. What that gives beyond the largest number becomes infinity; or NaN
    where the format has no infinity; or the largest number where it has neither, where saturate says so, and where the
    rounding mode leads away from infinity. What has no place in the format (0 without a zero, a negative number without
    a sign) becomes NaN, or with saturate the nearest number.

    Args:
        value: The number.
        format: The format.
        mode: How to round.
        saturate: Whether numbers and infinities out of range become the number at the end of the range.
        rng: The source of chance, for stochastic rounding.

    Returns:
        The code.

    Raises:
        ValueError: If the result is NaN and the format has none. With saturate a NaN becomes the largest number then,
            as in NVIDIA's instruction `cvt.satfinite`.
        TypeError: If the value is no number, the format no `FloatFormat`, or the mode by which a finite number is
            rounded no `RoundingMode`.

    Source: IEEE 754-2019, clauses 4.3 and 7.4; OCP 8-bit Floating Point Specification 1.0, 2023, for saturate.
    Hard cases: E8M0 has no fraction, so its significand is always the odd 1, and a tie goes up: 0.75 becomes 1; below
    its smallest number is nothing, not even 0, so a smaller positive number becomes that in every mode.

    Example:
        >>> from reference.numbers import FLOAT8_E4M3FN, FLOAT32, encode
        >>> hex(encode("0.1", FLOAT32)), encode(464, FLOAT8_E4M3FN), encode(464.1, FLOAT8_E4M3FN)
        ('0x3dcccccd', 126, 127)
    """
    (sign, x), format = read_exactly(value), checked_format(format)
    outside = (x == 0 and not format.subnormals) or (sign == 1 and x > 0 and not format.signed)
    if x != x or (outside and not saturate):
        return _nan_code(sign, format, saturate)
    magnitude = 0 if outside else _round_magnitude(sign, x, format, mode, rng)
    if magnitude > format.max_code:
        stays = saturate or (x < math.inf and _leads_inward(mode, sign))
        if not (stays or format.infinities or format.nan == "none"):
            return _nan_code(sign, format, saturate)
        magnitude = format.max_code + (format.infinities and not stays)
    has_sign = format.signed and (magnitude > 0 or format.nan != "negative_zero")
    return magnitude + format.magnitudes * (sign and has_sign)


def _round_magnitude(
    sign: int, x: Fraction | float, format: FloatFormat, mode: RoundingMode, rng: np.random.Generator | None
) -> int:
    if isinstance(x, float):  # infinity lies above all numbers, which are rounded as if the codes went on forever
        return format.magnitudes
    exponent = exponent_of(x, format)
    ulp = Fraction(2) ** exponent * format.eps
    significand = abs(round_integer((-1) ** sign * x / ulp, mode, rng=rng))
    # Added, not joined: a significand without leading 1 takes one from the exponent field, and a carry adds one to it.
    return max(0, ((exponent + format.bias - 1) << format.fraction_bits) + significand)


def _leads_inward(mode: RoundingMode, sign: int) -> bool:
    match mode:
        case RoundingMode.TOWARD_ZERO | RoundingMode.TO_ODD:
            return True
        case RoundingMode.UP:
            return sign == 1
        case RoundingMode.DOWN:
            return sign == 0
        case _:
            return False


def _nan_code(sign: int, format: FloatFormat, saturate: bool) -> int:
    if format.nan_code is not None:
        has_sign = format.signed and format.nan != "negative_zero"
        return format.nan_code + format.magnitudes * (sign and has_sign)
    if saturate:
        return format.max_code
    raise ValueError(f"{format.name} has no NaN; with saturate=True it becomes the largest number, {format.max}")
