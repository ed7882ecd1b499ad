"""The fields of a float: what each bit of a code says, exactly, and how far a number is from the nearest float.

Everything is a Python integer or a `Fraction` here, so nothing but the rounding that is asked for ever rounds.
An ulp (unit in the last place) at x is the distance between neighboring numbers of the format around x.

Explained on the page `docs/numbers/floats.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

import math
import operator
from dataclasses import dataclass, replace
from decimal import MAX_PREC, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from reference.numbers.encoding import Number, RoundingMode, checked_format, encode, exponent_of, read_exactly
from reference.numbers.formats import FLOAT32, FloatFormat

__all__ = ["FloatKind", "FloatValue", "breakdown", "count_values", "decode", "next_down", "next_up"]

FloatKind: TypeAlias = Literal["zero", "subnormal", "normal", "infinity", "nan"]
"""The classes of floats. Source: IEEE 754-2019, clause 5.7.2, without signs."""


@dataclass(frozen=True)
class FloatValue:
    """The fields of one code, and what they mean; printed, it explains itself.

    Attributes:
        format: The format.
        code: All the bits as an integer.
        sign: The sign bit, 0 for plus.
        exponent_field: The bits of the exponent as an integer.
        fraction_field: The bits of the fraction as an integer.
        kind: The class.
        exponent: The exponent without its bias; emin for zero and subnormal numbers.
        significand: 1.fraction, or 0.fraction for zero and subnormal numbers.
        value: (-1)**sign * significand * 2**exponent. Infinity and NaN are floats, and what they have as exponent and
            significand is what their fields would otherwise mean.
        exact: The number that was rounded to this one, or None.

    Example:
        >>> from reference.numbers import FLOAT8_E4M3FN, decode
        >>> x = decode(0b0_0111_001, FLOAT8_E4M3FN)
        >>> x.kind, x.exponent, x.significand, x.value, x.decimal, x.ulp
        ('normal', 0, Fraction(9, 8), Fraction(9, 8), '1.125', Fraction(1, 8))
    """

    format: FloatFormat
    code: int
    sign: int
    exponent_field: int
    fraction_field: int
    kind: FloatKind
    exponent: int
    significand: Fraction
    value: Fraction | float
    exact: Fraction | float | None = None

    @property
    def pattern(self) -> str:
        """The bits of sign, exponent and fraction, with spaces between them."""
        form = self.format
        bits = f"{self.code:0{form.bits}b}"
        ends = [0, form.bits - form.exponent_bits - form.fraction_bits, form.bits - form.fraction_bits, form.bits]
        return " ".join(bits[a:b] for a, b in pairwise(ends) if a < b)

    @property
    def decimal(self) -> str:
        """The value with all its decimal digits."""
        return "nan" if self.kind == "nan" else "-" * self.sign + _decimal(self.value)

    @property
    def ulp(self) -> Fraction | None:
        """The distance to the next number away from zero, in the same binade; None for infinity and NaN."""
        return None if isinstance(self.value, float) else _ulp(self.value, self.format)

    @property
    def error(self) -> Fraction | None:
        """The value minus the exact one, 0 if none was rounded; None if either is infinite or NaN."""
        exact = self.value if self.exact is None else self.exact
        return None if isinstance(self.value, float) or isinstance(exact, float) else self.value - exact

    @property
    def error_ulp(self) -> Fraction | None:
        """The error in ulp at the exact number: at most 1/2 after rounding to nearest, unless it saturates."""
        if self.error and isinstance(self.exact, Fraction):
            return self.error / _ulp(self.exact, self.format)
        return self.error

    def __float__(self) -> float:
        return math.copysign(self.value, -1 if self.sign else 1)

    def __str__(self) -> str:
        fields = f"sign {self.sign}, exponent field {self.exponent_field}, fraction field {self.fraction_field}"
        meaning = f"{self.kind}: "
        if not isinstance(self.value, float):
            meaning += f"{'-' * self.sign}{_decimal(self.significand)} * 2**{self.exponent} = "
        lines = [self.pattern, fields, meaning + self.decimal]
        if self.exact is not None and self.error is not None and self.error_ulp is not None:
            lines.append(f"error: {_four_digits(self.error)}, {_four_digits(self.error_ulp)} ulp")
        return "\n".join(lines)


def decode(code: int, format: FloatFormat) -> FloatValue:
    """Return the fields and the value of a code.

    Args:
        code: The bits as an integer, from 0 to `format.codes - 1`.
        format: The format.

    Returns:
        The decoded value.

    Raises:
        ValueError: If the format has no such code.
        TypeError: If the code is no integer, or the format no `FloatFormat`.

    Source: IEEE 754-2019, clause 3.4.

    Example:
        >>> from reference.numbers import FLOAT32, decode
        >>> print(decode(0x3DCCCCCD, FLOAT32))
        0 01111011 10011001100110011001101
        sign 0, exponent field 123, fraction field 5033165
        normal: 1.60000002384185791015625 * 2**-4 = 0.100000001490116119384765625
    """
    format, code = checked_format(format), operator.index(code)
    if not 0 <= code < format.codes:
        raise ValueError(f"the codes of {format.name} are 0 to {format.codes - 1}, got {code}")
    sign, magnitude = divmod(code, format.magnitudes)
    exponent_field, fraction_field = divmod(magnitude, 2**format.fraction_bits)
    leading = int(exponent_field > 0 or not format.subnormals)
    exponent = max(exponent_field - format.bias, format.emin)
    significand = leading + fraction_field * format.eps
    value: Fraction | float = significand * Fraction(2) ** exponent
    value = -value if sign else value
    kind: FloatKind = "normal" if leading else "subnormal" if fraction_field else "zero"
    if magnitude == format.infinity_code:
        kind, value = "infinity", (-1) ** sign * math.inf
    elif magnitude > format.max_code or (format.nan == "negative_zero" and code == format.nan_code):
        kind, value = "nan", math.nan
    return FloatValue(format, code, sign, exponent_field, fraction_field, kind, exponent, significand, value)


def next_up(x: FloatValue) -> FloatValue | None:
    """Return the next larger number of the format, after the largest infinity if there is one, and then None.

    Source: IEEE 754-2019, clause 5.3.1, but for two results: the number after the last negative one is +0, not -0, and
    after infinity comes None. NaN has no neighbors.

    Example:
        >>> from reference.numbers import FLOAT16, FLOAT32, decode, next_up
        >>> next_up(decode(0x3F800000, FLOAT32)).decimal, next_up(decode(0x7BFF, FLOAT16)).decimal
        ('1.00000011920928955078125', 'inf')
    """
    return _at(_order(x) + 1, x)


def next_down(x: FloatValue) -> FloatValue | None:
    """Return the next smaller number of the format, by the same rules as `next_up`.

    Example:
        >>> from reference.numbers import FLOAT32, decode, next_down
        >>> next_down(decode(0x3F800000, FLOAT32)).decimal
        '0.999999940395355224609375'
    """
    return _at(_order(x) - 1, x)


def breakdown(
    x: Number,
    format: FloatFormat = FLOAT32,
    *,
    mode: RoundingMode = RoundingMode.NEAREST_EVEN,
    saturate: bool = False,
    rng: np.random.Generator | None = None,
) -> FloatValue:
    """Return what a number becomes in a format: the fields, the exact value and the rounding error.

    What it raises, and what becomes of numbers out of range, is said at `encode`.

    Args:
        x: A number, or a decimal string, which is rounded to the format directly and never through a double.
        format: The format.
        mode: How to round, as in `encode`.
        saturate: Whether too large a number becomes the largest, as in `encode`.
        rng: The source of chance, for stochastic rounding.

    Returns:
        The value that x becomes; it knows x as `exact`.

    Source: IEEE 754-2019, clause 5.12.2, correctly rounded conversion from a decimal sequence.

    Example:
        >>> from reference.numbers import breakdown
        >>> print(breakdown("0.1"))
        0 01111011 10011001100110011001101
        sign 0, exponent field 123, fraction field 5033165
        normal: 1.60000002384185791015625 * 2**-4 = 0.100000001490116119384765625
        error: +1.490e-9, +0.2 ulp
    """
    sign, magnitude = read_exactly(x)
    code = encode(x, format, mode=mode, saturate=saturate, rng=rng)
    return replace(decode(code, format), exact=(-1) ** sign * magnitude)


def count_values(low: Number, high: Number, format: FloatFormat) -> int:
    """Return how many numbers x of a format have low <= x < high, by subtracting two codes.

    That suffices because codes are in the order of the numbers. Both zeros count as one, infinities as none.
    A limit that is NaN or no number raises a ValueError.

    Example:
        >>> from reference.numbers import FLOAT32, count_values
        >>> count_values(1, 2, FLOAT32), count_values(2**24, 2**25, FLOAT32), count_values(-1, 1, FLOAT32)
        (8388608, 8388608, 2130706432)
    """
    first, end = (_place(x, format) for x in (low, high))
    return max(0, end - first)


def _place(x: Number, format: FloatFormat) -> int:
    sign, magnitude = read_exactly(x)
    if magnitude != magnitude:
        raise ValueError("NaN has no place among the numbers; give two limits that are numbers or infinities")
    above = decode(encode(x, format, mode=RoundingMode.UP, saturate=True), format)
    return _order(above) + int(above.value < (-1) ** sign * magnitude)  # 1 more if the format ends below x


def _order(x: FloatValue) -> int:  # the place in order of size: for positive numbers the code, -1 for the first below 0
    magnitude = x.code % x.format.magnitudes
    return -magnitude - (not x.format.subnormals) if x.sign else magnitude


def _at(order: int, x: FloatValue) -> FloatValue | None:
    format, negative = x.format, order < 0
    magnitude = -order - (not format.subnormals) if negative else order
    if x.kind == "nan" or magnitude > format.max_code + format.infinities or (negative and not format.signed):
        return None
    return decode(magnitude + format.magnitudes * negative, format)


def _ulp(x: Fraction, format: FloatFormat) -> Fraction:
    return Fraction(2) ** exponent_of(abs(x), format) * format.eps


def _decimal(x: Fraction | float) -> str:
    if isinstance(x, float):
        return str(abs(x))
    places = x.denominator.bit_length() - 1  # n / 2**places = n * 5**places / 10**places
    return f"{Decimal(abs(x.numerator) * 5**places).scaleb(-places, Context(prec=MAX_PREC)):f}"


def _four_digits(x: Fraction) -> str:
    return f"{Context(prec=4).divide(Decimal(x.numerator), Decimal(x.denominator)):+.4g}"
