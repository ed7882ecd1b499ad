"""Integers of a fixed width: what each bit weighs, where the range ends, and what happens beyond it.

In two's complement the highest of b bits weighs -2**(b - 1), the others 2**(b - 2) down to 1. Adding is then the same
operation for numbers of both signs, and beyond the largest number lies the smallest: integers wrap, they do not round.

Notation: a code is the bits read as an unsigned integer.

Explained on the page `docs/numbers/integers.md`.
"""

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.arrays import Array
from reference.numbers.formats import FloatFormat

__all__ = ["IntegerFormat", "checked_cast", "count_exact", "wrap"]


def wrap(value: int, bits: int, *, signed: bool = True) -> int:
    """Return the integer that is left when only the low bits of a value are kept.

    It is the one number of the format that differs from the value by a multiple of 2**bits.

    Hard case: -128 has no positive twin in 8 bits, so its absolute value wraps to -128.

    Example:
        >>> from reference.numbers import wrap
        >>> wrap(127 + 1, 8), wrap(abs(-128), 8), wrap(-1, 8, signed=False)
        (-128, -128, 255)
    """
    _check_width(bits)
    lowest = -(1 << (bits - 1)) if signed else 0
    return (operator.index(value) - lowest) % (1 << bits) + lowest


def _check_width(bits: int) -> None:
    if bits < 1:
        raise ValueError(f"an integer has at least 1 bit, got {bits}")


@dataclass(frozen=True)
class IntegerFormat:
    """An integer format: a number of bits, with a sign in two's complement or without.

    Attributes:
        bits: The width, at least 1.
        signed: Whether the highest bit weighs -2**(bits - 1) rather than +2**(bits - 1).

    Source: Knuth, The Art of Computer Programming 2, section 4.1.

    Example:
        >>> from reference.numbers import IntegerFormat
        >>> int8 = IntegerFormat(8)
        >>> int8.min, int8.max, int8.encode(-1), int8.decode(0b1000_0001), int8.weights
        (-128, 127, 255, -127, (-128, 64, 32, 16, 8, 4, 2, 1))
    """

    bits: int
    signed: bool = True

    def __post_init__(self) -> None:
        _check_width(self.bits)

    @property
    def name(self) -> str:
        """The name that NumPy gives it, such as int8 or uint8."""
        return f"{'' if self.signed else 'u'}int{self.bits}"

    @property
    def codes(self) -> int:
        """The number of codes, 2**bits."""
        return 1 << self.bits

    @property
    def min(self) -> int:
        """The smallest integer."""
        return -(self.codes // 2) if self.signed else 0

    @property
    def max(self) -> int:
        """The largest integer."""
        return self.min + self.codes - 1

    @property
    def weights(self) -> tuple[int, ...]:
        """What each bit adds where it is 1, highest bit first."""
        highest, *others = (1 << place for place in reversed(range(self.bits)))
        return (-highest if self.signed else highest, *others)

    def decode(self, code: int) -> int:
        """Return the integer that a code stands for.

        Raises:
            ValueError: If there is no such code.
        """
        code = operator.index(code)
        if not 0 <= code < self.codes:
            raise ValueError(f"the codes of {self.name} are 0 to {self.codes - 1}, got {code}")
        return wrap(code, self.bits, signed=self.signed)

    def encode(self, value: int) -> int:
        """Return the code of an integer.

        Raises:
            ValueError: If it is out of range; `wrap` says what it would become.
        """
        value = operator.index(value)
        if not self.min <= value <= self.max:
            raise ValueError(f"{self.name} holds {self.min} to {self.max}, got {value}; clip it or wrap it first")
        return value % self.codes


def count_exact(integers: IntegerFormat, floats: FloatFormat) -> int:
    """Return how many integers of one format are also numbers of a float format.

    From 2**e to 2**(e + 1) a float format has the multiples of one step, 2**(e - fraction_bits); where that is below 1,
    it has all integers. So the count is a sum over the exponents, and nothing needs to be tried.

    Example:
        >>> from reference.numbers import FLOAT32, IntegerFormat, count_exact
        >>> count_exact(IntegerFormat(32), FLOAT32), count_exact(IntegerFormat(32), FLOAT32) / 2**32
        (150994944, 0.03515625)
    """
    positive = _count_up_to(integers.max, floats)
    negative = _count_up_to(-integers.min, floats) if floats.signed else 0
    return negative + int(floats.subnormals) + positive  # a format has a zero where it has subnormal numbers


def _count_up_to(limit: int, floats: FloatFormat) -> int:
    limit = min(limit, int(floats.max))
    count = 0
    for exponent in range(0 if floats.subnormals else max(0, floats.emin), limit.bit_length()):
        step = 1 << max(0, max(exponent, floats.emin) - floats.fraction_bits)
        last = min(limit, (2 << exponent) - 1)
        count += last // step - ((1 << exponent) - 1) // step
    return count


def checked_cast(x: Array, dtype: Any) -> Array:
    """Return a NumPy array in another type of integers or floats, if each number stays what it is.

    `x.astype(dtype)` wraps integers, cuts fractions off, rounds, and for a float beyond the integers' range gives
    whatever the processor does. This raises instead.

    Args:
        x: An array of integers or floats.
        dtype: The type to cast to.

    Returns:
        The array in the new type.

    Raises:
        ValueError: If a number would change; it names the first, its place and the range.
        TypeError: If one of the types is neither an integer nor a float type of NumPy.

    Hard cases: NaN and infinities pass between floats and never become integers; -0.0 becomes 0.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import checked_cast
        >>> checked_cast(np.array([1.0, -128.0]), np.int8)
        array([   1, -128], dtype=int8)
        >>> checked_cast(np.array([1.0, 300.0]), np.int8)
        Traceback (most recent call last):
        ValueError: int8 cannot hold 300.0 at index (1,), only integers from -128 to 127; clip or round before the cast
    """
    x, dtype = np.asarray(x), np.dtype(dtype)
    for kind in (x.dtype, dtype):
        if kind.newbyteorder("=") not in _TYPES:
            raise TypeError(f"expected integers or floats of up to 64 bits, got {kind}; convert with astype")
    with np.errstate(over="ignore", invalid="ignore"):
        y = x.astype(dtype)
    changed = ~_is_kept(x, y)
    if not changed.any():
        return y
    place = tuple(int(i) for i in np.argwhere(changed)[0])
    info: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    holds, number = ("its numbers", float) if dtype.kind == "f" else ("integers", int)
    raise ValueError(
        f"{dtype} cannot hold {x[place]} at index {place}, only {holds} from {number(info.min)} to {number(info.max)}; "
        f"clip or round before the cast"
    )


_TYPES = frozenset(np.dtype(code) for code in "bhilqBHILQefd")


def _is_kept(x: Array, y: Array) -> Array:
    # Casting back and comparing is not enough: on some processors 2**31 - 1 survives by way of float32's 2**31.
    match x.dtype.kind == "f", y.dtype.kind == "f":
        case True, True:
            return (x == y) | np.isnan(x)
        case True, False:
            return _in_range(x, y.dtype) & (x == np.trunc(x))
        case False, True:
            return np.where(_in_range(y, x.dtype), y, 0).astype(x.dtype) == x
        case _:
            return (y.astype(x.dtype) == x) & ((y < 0) == (x < 0))


def _in_range(x: Array, dtype: Any) -> Array:
    info = np.iinfo(dtype)
    # Both limits are powers of two or 0, so floats; info.max itself is not, and 2**31 - 1 would round up to 2**31.
    return (x.astype(np.float64) >= float(info.min)) & (x.astype(np.float64) < float(info.max + 1))
