"""The fields of a float: known values, neighbors, order, every small code against ml_dtypes, NumPy's bits."""

import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from reference.numbers import (
    BFLOAT16,
    FLOAT4_E2M1FN,
    FLOAT6_E2M3FN,
    FLOAT6_E3M2FN,
    FLOAT8_E4M3FN,
    FLOAT8_E4M3FNUZ,
    FLOAT8_E5M2,
    FLOAT8_E8M0FNU,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    TF32,
    FloatFormat,
    FloatValue,
    RoundingMode,
    breakdown,
    count_values,
    decode,
    encode,
    next_down,
    next_up,
)
from tests.needs import need
from tests.properties import given, st

ml_dtypes: Any = need("ml_dtypes")

SMALL = [name for name, format in FORMATS.items() if format.bits <= 16]


@cache
def numbers_of(name: str) -> set[Fraction]:
    """All finite numbers of a small format."""
    values = (decode(code, FORMATS[name]).value for code in range(FORMATS[name].codes))
    return {value for value in values if isinstance(value, Fraction)}


def by_peer(name: str) -> Any:
    """All values of a small format as ml_dtypes or NumPy decodes them."""
    format = FORMATS[name]
    codes = np.arange(format.codes, dtype=np.uint16 if format.bits == 16 else np.uint8)
    with np.errstate(invalid="ignore"):  # signaling NaNs
        return codes.view(np.float16 if name == "float16" else getattr(ml_dtypes, name)).astype(np.float64)


def bits_of(values: list[float]) -> Any:
    """The bits of doubles, so that the sign of zero counts; one NaN for all."""
    x = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(x), np.nan, x).view(np.uint64)


# Known values


def test_a_tenth_in_float32() -> None:
    x = breakdown("0.1")
    assert (x.code, x.sign, x.exponent_field, x.fraction_field) == (0x3DCCCCCD, 0, 123, 5033165)
    assert (x.kind, x.exponent, x.significand) == ("normal", -4, Fraction(13421773, 2**23))
    assert x.value == Fraction(13421773, 2**27)
    assert (x.ulp, x.error_ulp) == (Fraction(1, 2**27), Fraction(1, 5))
    assert x.error == x.value - Fraction(1, 10) == Fraction(1, 5 * 2**27)
    assert str(x) == (
        "0 01111011 10011001100110011001101\n"
        "sign 0, exponent field 123, fraction field 5033165\n"
        "normal: 1.60000002384185791015625 * 2**-4 = 0.100000001490116119384765625\n"
        "error: +1.490e-9, +0.2 ulp"
    )


@pytest.mark.parametrize(
    ("format", "decimal"),
    [
        (FLOAT64, "0.1000000000000000055511151231257827021181583404541015625"),
        (FLOAT32, "0.100000001490116119384765625"),
        (FLOAT16, "0.0999755859375"),
        (TF32, "0.0999755859375"),
        (BFLOAT16, "0.10009765625"),
        (FLOAT8_E4M3FN, "0.1015625"),
        (FLOAT8_E5M2, "0.09375"),
        (FLOAT6_E2M3FN, "0.125"),
        (FLOAT6_E3M2FN, "0.125"),
        (FLOAT4_E2M1FN, "0"),
        (FLOAT8_E8M0FNU, "0.125"),
    ],
)
def test_a_tenth_in_every_precision(format: FloatFormat, decimal: str) -> None:
    assert breakdown("0.1", format).decimal == decimal


@pytest.mark.parametrize(
    ("code", "format", "pattern", "kind", "decimal"),
    [
        (0x00000000, FLOAT32, "0 00000000 00000000000000000000000", "zero", "0"),
        (0x80000000, FLOAT32, "1 00000000 00000000000000000000000", "zero", "-0"),
        (0x3F800000, FLOAT32, "0 01111111 00000000000000000000000", "normal", "1"),
        (0xC0490FDB, FLOAT32, "1 10000000 10010010000111111011011", "normal", "-3.1415927410125732421875"),
        (0xFF800000, FLOAT32, "1 11111111 00000000000000000000000", "infinity", "-inf"),
        (0x7FC00000, FLOAT32, "0 11111111 10000000000000000000000", "nan", "nan"),
        (0xFFC00000, FLOAT32, "1 11111111 10000000000000000000000", "nan", "nan"),
        (0x0001, FLOAT16, "0 00000 0000000001", "subnormal", "0.000000059604644775390625"),
        (0x7E, FLOAT8_E4M3FN, "0 1111 110", "normal", "448"),
        (0xFF, FLOAT8_E4M3FN, "1 1111 111", "nan", "nan"),
        (0x80, FLOAT8_E4M3FNUZ, "1 0000 000", "nan", "nan"),
        (0b1001, FLOAT4_E2M1FN, "1 00 1", "subnormal", "-0.5"),
        (0, FLOAT8_E8M0FNU, "00000000", "normal", f"{2.0**-127:.127f}"),
        (255, FLOAT8_E8M0FNU, "11111111", "nan", "nan"),
    ],
)
def test_known_codes(code: int, format: FloatFormat, pattern: str, kind: str, decimal: str) -> None:
    x = decode(code, format)
    assert (x.pattern, x.kind, x.decimal) == (pattern, kind, decimal)
    assert (x.error, x.error_ulp) == ((None, None) if isinstance(x.value, float) else (0, 0))


def test_what_is_printed_of_a_negative_subnormal_and_of_an_infinity() -> None:
    assert str(decode(0x83, FLOAT8_E5M2)) == (
        "1 00000 11\nsign 1, exponent field 0, fraction field 3\nsubnormal: -0.75 * 2**-14 = -0.0000457763671875"
    )
    assert str(breakdown("-1e39")) == (
        "1 11111111 00000000000000000000000\nsign 1, exponent field 255, fraction field 0\ninfinity: -inf"
    )


def test_the_error_of_numbers_that_leave_the_range() -> None:
    assert breakdown(480, FLOAT8_E4M3FN).kind == "nan"
    assert breakdown(480, FLOAT8_E4M3FN).error is None
    assert breakdown("inf", FLOAT32).error is None
    assert breakdown("inf", FLOAT8_E4M3FN, saturate=True).error is None
    x = breakdown(480, FLOAT8_E4M3FN, saturate=True)
    assert [x.value, x.error, x.error_ulp] == [448, -32, -1]
    x = breakdown("1e-400")
    assert (x.decimal, x.error) == ("0", -Fraction(1, 10**400))
    assert str(x).endswith("error: -1e-400, -7.136e-356 ulp")


def test_the_first_integer_that_float32_loses() -> None:
    x = breakdown(2**24 + 1)
    assert [x.value, x.error, x.error_ulp] == [2**24, -1, Fraction(-1, 2)]
    assert breakdown(2**31 - 1).value == 2**31
    assert breakdown(2**34 + 1).value == 2**34
    assert decode(breakdown(2**34).code, FLOAT32).ulp == 2048


def test_a_string_is_never_rounded_to_a_double_first() -> None:
    text = "7.0064923216240854e-46"  # its double is 2**-150, half-way between 0 and the smallest float32
    assert Fraction(float(text)) == Fraction(1, 2**150) < Fraction(text)
    assert breakdown(text).code == 1
    assert breakdown(float(text)).code == 0
    assert np.float32(text).view(np.uint32) == 0  # NumPy reads a double and rounds it a second time


def test_one_plus_one_bit_is_the_next_float() -> None:
    one = decode(0x3F800000, FLOAT32)
    assert decode(one.code + 1, FLOAT32) == next_up(one)
    assert decode(one.code + 1, FLOAT32).value == 1 + FLOAT32.eps == 1 + Fraction(1, 2**23)


def test_the_neighbors_at_the_ends() -> None:
    def next_code(x: FloatValue) -> int | None:
        following = next_up(x)
        return following.code if following else None

    assert next_code(decode(FLOAT32.max_code, FLOAT32)) == 0x7F800000
    assert next_up(decode(0x7F800000, FLOAT32)) is None
    assert next_down(decode(0xFF800000, FLOAT32)) is None
    assert next_code(decode(0xFF800000, FLOAT32)) == 0xFF7FFFFF
    assert next_code(decode(0x80000000, FLOAT32)) == next_code(decode(0, FLOAT32)) == 1
    assert next_code(decode(0x80000001, FLOAT32)) == 0
    assert next_up(decode(FLOAT8_E4M3FN.max_code, FLOAT8_E4M3FN)) is None
    assert next_code(decode(0x81, FLOAT8_E4M3FNUZ)) == 0
    assert next_down(decode(0, FLOAT8_E8M0FNU)) is None
    assert next_up(decode(254, FLOAT8_E8M0FNU)) is None
    nan = decode(0x7FC00000, FLOAT32)
    assert (next_up(nan), next_down(nan), nan.ulp) == (None, None, None)


def test_a_format_without_zero_steps_from_minus_to_plus() -> None:
    l0 = FloatFormat("l0", 3, 0, bias=7, infinities=False, nan="none", subnormals=False)
    x: FloatValue | None = decode(0b1111, l0)
    seen = []
    while x:
        seen.append(float(x))
        x = next_up(x)
    assert seen == [-(2.0**e) for e in range(0, -8, -1)] + [2.0**e for e in range(-7, 1)]


def test_float_gives_every_value_with_its_sign() -> None:
    assert float(decode(0xC0490FDB, FLOAT32)) == -3.1415927410125732
    assert math.copysign(1, float(decode(0x80000000, FLOAT32))) == -1
    assert math.isnan(float(decode(0x7FC00000, FLOAT32)))
    assert float(decode(0xFF800000, FLOAT32)) == -math.inf


def test_wide_formats_print_all_their_digits() -> None:
    binary128 = FloatFormat("binary128", 15, 112)
    assert len(decode(1, binary128).decimal) == 2 + 16494
    assert decode(binary128.max_code, binary128).value == 2**16384 - 2**16271


# How many


def test_every_binade_of_float32_holds_the_same_number_of_floats() -> None:
    binades = {count_values(Fraction(2) ** e, Fraction(2) ** (e + 1), FLOAT32) for e in range(-126, 128)}
    assert binades == {8388608}


def test_half_of_all_floats_lie_between_minus_1_and_1() -> None:
    finite = count_values("-inf", "inf", FLOAT32)
    assert finite == 4278190080 - 1  # the two zeros are one number
    assert round(count_values(-1, 1, FLOAT32) / finite, 3) == 0.498


@given(st.fractions(-70000, 70000), st.fractions(-70000, 70000))
@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2fnuz", "float4_e2m1fn"])
def test_counting_is_what_going_through_the_list_gives(name: str, low: Fraction, high: Fraction) -> None:
    assert count_values(low, high, FORMATS[name]) == sum(1 for x in numbers_of(name) if low <= x < high)


def test_counting_in_a_format_without_sign_or_zero() -> None:
    assert count_values(-5, "inf", FLOAT8_E8M0FNU) == 255
    assert count_values(0, 1, FLOAT8_E8M0FNU) == 127
    assert count_values(3, 2, FLOAT8_E8M0FNU) == 0
    l0 = FloatFormat("l0", 3, 0, bias=7, infinities=False, nan="none", subnormals=False)
    assert (count_values(-1, 0, l0), count_values(0, 2, l0), count_values("-0.001", "0.001", l0)) == (8, 8, 0)


# Properties


@given(st.data())
@pytest.mark.parametrize("format", FORMATS.values(), ids=list(FORMATS))
def test_next_and_previous_are_neighbors(format: FloatFormat, data: Any) -> None:
    x = decode(data.draw(st.integers(0, format.codes - 1)), format)
    if x.kind == "nan":
        return
    if following := next_up(x):
        assert following.value > x.value
        assert next_down(following) == (decode(0, format) if x.kind == "zero" else x)
        if x.ulp and x.value >= 0 and following.kind != "infinity":
            assert following.value - x.value == x.ulp
    if before := next_down(x):
        assert before.value < x.value


@given(st.data())
@pytest.mark.parametrize("format", FORMATS.values(), ids=list(FORMATS))
def test_the_order_of_the_codes_is_the_order_of_the_numbers(format: FloatFormat, data: Any) -> None:
    magnitudes = st.integers(0, format.max_code)
    a, b = data.draw(magnitudes), data.draw(magnitudes)
    x, y = decode(a, format).value, decode(b, format).value
    assert (a < b) == (x < y)
    if format.signed and 0 < a < b:
        assert decode(a + format.magnitudes, format).value > decode(b + format.magnitudes, format).value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
@pytest.mark.parametrize("format", [FLOAT64, FLOAT32, FLOAT16, BFLOAT16], ids=lambda format: format.name)
def test_rounding_to_nearest_errs_by_at_most_half_an_ulp(format: FloatFormat, number: Any) -> None:
    x = breakdown(str(number), format)
    assert x.exact == Fraction(number)
    if x.error_ulp is None:
        assert format is FLOAT16
        assert abs(number) >= 65520
    else:
        assert abs(x.error_ulp) <= Fraction(1, 2)


@given(st.integers(0, 2**32 - 1))
def test_the_decimal_is_exact_and_the_pattern_is_the_code(code: int) -> None:
    x = decode(code, FLOAT32)
    assert int(x.pattern.replace(" ", ""), 2) == code
    if isinstance(x.value, Fraction):
        assert Fraction(x.decimal) == x.value == (-1) ** x.sign * x.significand * Fraction(2) ** x.exponent


# Other libraries


@pytest.mark.parametrize("name", SMALL)
def test_every_code_of_every_small_format_decodes_as_elsewhere(name: str) -> None:
    ours = [float(decode(code, FORMATS[name])) for code in range(FORMATS[name].codes)]
    np.testing.assert_array_equal(bits_of(ours), bits_of(by_peer(name).tolist()))


@pytest.mark.parametrize(("format", "dtype"), [(FLOAT32, np.uint32), (FLOAT64, np.uint64)])
def test_random_codes_decode_as_in_numpy(format: FloatFormat, dtype: Any) -> None:
    codes = np.random.default_rng(0).integers(0, format.codes, 20_000, dtype=dtype)
    with np.errstate(invalid="ignore"):
        expected = codes.view(format.name).astype(np.float64)
    np.testing.assert_array_equal(
        bits_of([float(decode(int(code), format)) for code in codes]), bits_of(expected.tolist())
    )


def test_tf32_is_float32_without_its_last_13_bits() -> None:
    codes = np.random.default_rng(1).integers(0, TF32.codes, 5_000, dtype=np.uint32)
    with np.errstate(invalid="ignore"):
        expected = (codes << 13).view(np.float32).astype(np.float64)
    np.testing.assert_array_equal(
        bits_of([float(decode(int(code), TF32)) for code in codes]), bits_of(expected.tolist())
    )


def test_neighbors_and_ulp_are_numpys() -> None:
    codes = np.random.default_rng(2).integers(1, 0x7F7FFFFF, 2_000, dtype=np.uint32)
    x = codes.view(np.float32)
    decoded = [decode(int(code), FLOAT32) for code in codes]
    np.testing.assert_array_equal([float(v.ulp or 0) for v in decoded], np.spacing(x).astype(np.float64))
    for step, to in ((next_up, np.inf), (next_down, -np.inf)):
        expected = np.nextafter(x, np.float32(to)).astype(np.float64)
        np.testing.assert_array_equal([float(neighbor) for v in decoded if (neighbor := step(v))], expected)


# Bad input


@pytest.mark.parametrize(("code", "format"), [(256, FLOAT8_E4M3FN), (-1, FLOAT8_E4M3FN), (16, FLOAT4_E2M1FN)])
def test_a_code_outside_the_format_is_refused(code: int, format: FloatFormat) -> None:
    with pytest.raises(ValueError, match=f"the codes of {format.name} are 0 to {format.codes - 1}, got {code}"):
        decode(code, format)


def test_a_code_that_is_no_integer_is_refused() -> None:
    code: Any = 1.0
    with pytest.raises(TypeError, match="'float' object cannot be interpreted as an integer"):
        decode(code, FLOAT32)


def test_a_code_may_come_from_numpy() -> None:
    code: Any = np.uint8(0x7E)
    assert decode(code, FLOAT8_E4M3FN) == decode(0x7E, FLOAT8_E4M3FN)
    assert type(decode(code, FLOAT8_E4M3FN).code) is int


@pytest.mark.parametrize("call", [decode, breakdown, encode, lambda x, format: count_values(x, x, format)])
def test_the_name_of_a_format_is_no_format(call: Any) -> None:
    with pytest.raises(TypeError, match="expected a FloatFormat such as FLOAT32, got 'float32'"):
        call(1, "float32")


def test_nan_has_no_place_among_the_numbers() -> None:
    with pytest.raises(ValueError, match="NaN has no place among the numbers"):
        count_values("nan", 1, FLOAT32)


def test_stochastic_rounding_passes_its_source_of_chance() -> None:
    seen = {
        breakdown("0.3", FLOAT4_E2M1FN, mode=RoundingMode.STOCHASTIC, rng=np.random.default_rng(seed)).decimal
        for seed in range(20)
    }
    assert seen == {"0", "0.5"}
