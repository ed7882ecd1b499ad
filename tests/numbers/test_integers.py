"""Integers: known codes, all 8-bit ones against NumPy, wrapping, what float formats hold of them, checked casts."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.numbers import (
    FLOAT8_E4M3FN,
    FLOAT8_E8M0FNU,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    FloatFormat,
    IntegerFormat,
    breakdown,
    checked_cast,
    count_exact,
    decode,
    wrap,
)
from tests.properties import given, st

INT8, UINT8, INT32 = IntegerFormat(8), IntegerFormat(8, signed=False), IntegerFormat(32)
DTYPES = [np.dtype(name) for name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")]
FLOATS = [np.dtype(name) for name in ("float16", "float32", "float64")]
EDGES = [0, 1, 2**7, 2**8, 2**11, 2**15, 2**16, 65504, 2**24, 2**31, 2**32, 2**53, 2**63, 2**64]


def formats() -> Any:
    return st.builds(IntegerFormat, st.integers(1, 70), st.booleans())


def interesting(dtype: Any) -> Iterator[Any]:
    """Numbers of a type around the ends of all types, and for floats halves, infinities and NaN too."""
    kind, info = dtype.kind, np.iinfo(dtype) if dtype.kind != "f" else None
    for edge in EDGES:
        for number in (edge - 1, edge, edge + 1, -edge - 1, -edge, -edge + 1):
            if kind == "f":
                with np.errstate(over="ignore"):
                    yield dtype.type(number)
            elif info and info.min <= number <= info.max:
                yield dtype.type(number)
    if kind == "f":
        yield from (dtype.type(x) for x in ("0.5", "-0.1", "-0.0", "inf", "-inf", "nan"))


def same(x: Any, y: Any) -> bool:
    """Whether two NumPy numbers are the same, by exact arithmetic."""
    if np.isnan(x) or np.isnan(y) or np.isinf(x) or np.isinf(y):
        return x.dtype.kind == y.dtype.kind == "f" and bool((np.isnan(x) and np.isnan(y)) or float(x) == float(y))
    return exact(x) == exact(y)


def exact(x: Any) -> Fraction:
    return Fraction(float(x)) if x.dtype.kind == "f" else Fraction(int(x))


# Known values


@pytest.mark.parametrize(
    ("format", "name", "low", "high"),
    [
        (INT8, "int8", -128, 127),
        (UINT8, "uint8", 0, 255),
        (IntegerFormat(4), "int4", -8, 7),
        (INT32, "int32", -2147483648, 2147483647),
        (IntegerFormat(1), "int1", -1, 0),
        (IntegerFormat(64, signed=False), "uint64", 0, 18446744073709551615),
    ],
)
def test_the_ranges(format: IntegerFormat, name: str, low: int, high: int) -> None:
    assert (format.name, format.min, format.max) == (name, low, high)


@pytest.mark.parametrize(
    ("value", "code"), [(0, 0), (1, 1), (127, 0x7F), (-128, 0x80), (-1, 0xFF), (-127, 0x81), (44, 0x2C)]
)
def test_known_codes(value: int, code: int) -> None:
    assert (INT8.encode(value), INT8.decode(code)) == (code, value)


@pytest.mark.parametrize(
    ("value", "format", "wrapped"),
    [
        (128, INT8, -128),
        (300, INT8, 44),
        (-129, INT8, 127),
        (abs(-128), INT8, -128),
        (2**31, INT32, -(2**31)),
        (-1, UINT8, 255),
        (9, IntegerFormat(4), -7),
        (10**30, UINT8, 0),
    ],
)
def test_known_wraps(value: int, format: IntegerFormat, wrapped: int) -> None:
    assert wrap(value, format.bits, signed=format.signed) == wrapped


def test_float32_holds_one_in_28_of_the_int32_exactly() -> None:
    count = count_exact(INT32, FLOAT32)
    assert count == 150_994_944 == 9 * 2**24
    assert count / 2**32 == 0.03515625
    assert breakdown(16_777_217).value == 16_777_216


@pytest.mark.parametrize(
    ("integers", "floats", "count"),
    [
        (INT32, FLOAT64, 2**32),
        (IntegerFormat(25), FLOAT32, 2**25),
        (IntegerFormat(26), FLOAT32, 2**26 - 2**24),
        (INT8, FLOAT16, 256),
        (INT8, FLOAT8_E8M0FNU, 7),
        (UINT8, FLOAT8_E8M0FNU, 8),
    ],
)
def test_known_counts(integers: IntegerFormat, floats: FloatFormat, count: int) -> None:
    assert count_exact(integers, floats) == count


# Properties


@given(formats(), st.integers(-(2**80), 2**80))
def test_wrapping_keeps_the_low_bits_and_lands_in_the_range(format: IntegerFormat, value: int) -> None:
    wrapped = wrap(value, format.bits, signed=format.signed)
    assert format.min <= wrapped <= format.max
    assert (wrapped - value) % format.codes == 0
    assert format.decode(format.encode(wrapped)) == wrapped


@given(formats(), st.integers(-(2**80), 2**80), st.integers(-(2**80), 2**80))
def test_wrapping_before_adding_or_multiplying_changes_nothing(format: IntegerFormat, a: int, b: int) -> None:
    def wrapped(value: int) -> int:
        return wrap(value, format.bits, signed=format.signed)

    assert wrapped(wrapped(a) + wrapped(b)) == wrapped(a + b)
    assert wrapped(wrapped(a) * wrapped(b)) == wrapped(a * b)


@given(formats(), st.data())
def test_an_integer_is_the_sum_of_the_weights_of_its_bits(format: IntegerFormat, data: Any) -> None:
    code = data.draw(st.integers(0, format.codes - 1))
    bits = f"{code:0{format.bits}b}"
    assert sum(w for w, bit in zip(format.weights, bits, strict=True) if bit == "1") == format.decode(code)


@given(st.integers(-(2**31), 2**31 - 1))
def test_the_rule_behind_the_count_on_single_numbers(n: int) -> None:
    step = 2 ** max(0, abs(n).bit_length() - 24)
    assert (breakdown(n).value == n) == (n % step == 0) == (int(np.float32(n)) == n)


# NumPy


@pytest.mark.parametrize("format", [INT8, UINT8])
def test_every_8_bit_code_is_numpys(format: IntegerFormat) -> None:
    codes = np.arange(256, dtype=np.uint8)
    assert [format.decode(int(code)) for code in codes] == codes.view(format.name).tolist()
    assert [wrap(n, format.bits, signed=format.signed) for n in range(-1000, 1000)] == np.arange(-1000, 1000).astype(
        format.name
    ).tolist()


def test_a_sample_of_the_int32_agrees_with_the_count() -> None:
    x = np.random.default_rng(0).integers(-(2**31), 2**31, 2_000_000)
    share = count_exact(INT32, FLOAT32) / 2**32
    assert abs(np.mean(x.astype(np.float32).astype(np.int64) == x) - share) < 5 * (share / len(x)) ** 0.5


# Everything, where it is little


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("name", [name for name, format in FORMATS.items() if format.bits <= 8])
def test_the_count_is_what_trying_all_integers_gives(name: str, signed: bool) -> None:
    numbers = {decode(code, FORMATS[name]).value for code in range(FORMATS[name].codes)}
    for bits in range(1, 13):
        integers = IntegerFormat(bits, signed)
        expected = sum(1 for n in range(integers.min, integers.max + 1) if n in numbers)
        assert count_exact(integers, FORMATS[name]) == expected


@pytest.mark.parametrize("bias", range(-6, 4))
@pytest.mark.parametrize("subnormals", [True, False])
@pytest.mark.parametrize("signed", [True, False])
def test_the_count_in_formats_whose_smallest_numbers_are_large(bias: int, subnormals: bool, signed: bool) -> None:
    format = FloatFormat("large", 3, 2, bias, signed=signed, infinities=False, nan="none", subnormals=subnormals)
    numbers = {decode(code, format).value for code in range(format.codes)}
    expected = sum(1 for n in range(-(2**13), 2**13) if n in numbers)
    assert count_exact(IntegerFormat(14), format) == expected


@pytest.mark.parametrize("to", [*DTYPES, *FLOATS], ids=str)
@pytest.mark.parametrize("dtype", [*DTYPES, *FLOATS], ids=str)
def test_a_checked_cast_passes_exactly_what_stays_the_same(dtype: Any, to: Any) -> None:
    for x in interesting(dtype):
        try:
            y = checked_cast(np.asarray([x]), to)
        except ValueError:
            with np.errstate(over="ignore", invalid="ignore"):
                assert not same(x, np.asarray([x]).astype(to)[0]) or beyond(x, to)
        else:
            assert y.dtype == to
            assert same(x, y[0])


def beyond(x: Any, to: Any) -> bool:
    """Whether a float lies outside an integer type, where the plain cast gives whatever the processor does."""
    return to.kind != "f" and not (np.isfinite(x) and np.iinfo(to).min <= exact(x) <= np.iinfo(to).max)


# Bad input


def test_a_cast_that_would_change_a_number_names_it_its_place_and_the_range() -> None:
    x = np.asarray([[1, 2, 3], [4, 500, -600]])
    with pytest.raises(
        ValueError, match=r"int8 cannot hold 500 at index \(1, 1\), only integers from -128 to 127; clip"
    ):
        checked_cast(x, np.int8)
    with pytest.raises(ValueError, match=r"float32 cannot hold 16777217 at index \(\), only its numbers from -3\.40"):
        checked_cast(np.asarray(16_777_217), np.float32)
    with pytest.raises(ValueError, match=r"uint8 cannot hold -1 at index \(0,\), only integers from 0 to 255"):
        checked_cast(np.asarray([-1, 300]), np.uint8)
    with pytest.raises(ValueError, match=r"float16 cannot hold 65520\.0 .* its numbers from -65504\.0 to 65504\.0"):
        checked_cast(np.asarray([65520.0]), np.float16)
    with pytest.raises(ValueError, match=r"int32 cannot hold nan at index \(0,\)"):
        checked_cast(np.asarray([np.nan]), np.int32)


def test_a_cast_of_nothing_or_to_the_same_type_is_fine() -> None:
    assert checked_cast(np.zeros((0, 3)), np.int8).shape == (0, 3)
    x = np.asarray([np.nan, -np.inf, -0.0])
    np.testing.assert_array_equal(checked_cast(x, np.float32), x.astype(np.float32))


@pytest.mark.parametrize(
    ("x", "dtype"),
    [([True], "int8"), ([1j], "int8"), (["1"], "int8"), ([1], "bool"), ([1], "complex64"), ([None], "int8")],
)
def test_other_kinds_are_refused(x: Any, dtype: str) -> None:
    with pytest.raises(TypeError, match="expected integers or floats of up to 64 bits, got"):
        checked_cast(np.asarray(x), dtype)


def test_codes_and_values_outside_the_format_are_refused() -> None:
    for code in (-1, 256):
        with pytest.raises(ValueError, match=f"the codes of int8 are 0 to 255, got {code}"):
            INT8.decode(code)
    for value in (-129, 128):
        with pytest.raises(ValueError, match=f"int8 holds -128 to 127, got {value}; clip it or wrap it first"):
            INT8.encode(value)
    for make in (IntegerFormat, lambda bits: wrap(1, bits)):
        with pytest.raises(ValueError, match="an integer has at least 1 bit, got 0"):
            make(0)
    fraction: Any = 1.5
    for call in (INT8.decode, INT8.encode, lambda x: wrap(x, INT8.bits, signed=INT8.signed)):
        with pytest.raises(TypeError, match="'float' object cannot be interpreted as an integer"):
            call(fraction)


def test_numpys_integers_are_integers() -> None:
    value: Any = np.int64(300)
    assert wrap(value, INT8.bits, signed=INT8.signed) == 44
    assert FLOAT8_E4M3FN.largest_exact_integer + 1 == 17
