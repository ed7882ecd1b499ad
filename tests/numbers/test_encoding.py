"""From numbers to bits: every rounding mode, overflow, saturation, decimal strings, every code back, ml_dtypes."""

import math
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from reference.numbers import (
    BFLOAT16,
    FLOAT4_E2M1FN,
    FLOAT6_E2M3FN,
    FLOAT6_E3M2FN,
    FLOAT8_E4M3,
    FLOAT8_E4M3FN,
    FLOAT8_E4M3FNUZ,
    FLOAT8_E5M2,
    FLOAT8_E8M0FNU,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    FloatFormat,
    RoundingMode,
    breakdown,
    decode,
    encode,
    exponent_of,
    next_down,
    next_up,
    read_exactly,
    round_integer,
)
from tests.needs import need
from tests.properties import given, st

ml_dtypes: Any = need("ml_dtypes")

EVEN, ZERO, UP, DOWN, AWAY, ODD, STOCHASTIC = RoundingMode
SMALL = [name for name, format in FORMATS.items() if format.bits <= 16]
EIGHT = [name for name in SMALL if FORMATS[name].bits <= 8]
WIDE = [FLOAT64, FLOAT32, FLOAT16, BFLOAT16]


@cache
def numbers_of(name: str) -> list[tuple[Fraction, int]]:
    """All numbers of a small format in order of size, each with its magnitude; zero stands once."""
    values = (decode(code, FORMATS[name]) for code in range(FORMATS[name].codes))
    return sorted({(v.value, v.code % v.format.magnitudes) for v in values if isinstance(v.value, Fraction)})


def by_definition(name: str, place: int, share: Fraction, mode: RoundingMode) -> Fraction:
    """Choose between two neighbors, for a number that lies this share of the way to the upper one, as the mode says."""
    (below, magnitude), (above, _) = numbers_of(name)[place : place + 2]
    if FORMATS[name].fraction_bits == 0:  # the significand is always the odd 1, and only a carry is even
        odd, even = below, above
    else:
        odd, even = (below, above) if magnitude % 2 else (above, below)
    half = Fraction(1, 2)
    answers = {
        EVEN: even if share == half else below if share < half else above,
        ZERO: min(below, above, key=abs),
        UP: above,
        DOWN: below,
        AWAY: max(below, above, key=abs) if share == half else below if share < half else above,
        ODD: odd,
    }
    return answers[mode]


def text_of(x: Fraction) -> str:
    """A fraction whose denominator is a power of two as an exact decimal string."""
    places = x.denominator.bit_length() - 1
    return f"{'-' * (x < 0)}{abs(x.numerator) * 5**places}e-{places}"


# Rounding to an integer


@pytest.mark.parametrize(
    ("mode", "expected"),
    [  # IEEE 754-2019, clause 4.3, on 2.5, 3.5, -2.5, -3.5, 2.25, 2.75, -2.25, -2.75, 3
        (EVEN, [2, 4, -2, -4, 2, 3, -2, -3, 3]),
        (ZERO, [2, 3, -2, -3, 2, 2, -2, -2, 3]),
        (UP, [3, 4, -2, -3, 3, 3, -2, -2, 3]),
        (DOWN, [2, 3, -3, -4, 2, 2, -3, -3, 3]),
        (AWAY, [3, 4, -3, -4, 2, 3, -2, -3, 3]),
        (ODD, [3, 3, -3, -3, 3, 3, -3, -3, 3]),
    ],
)
def test_the_modes_on_integers(mode: RoundingMode, expected: list[int]) -> None:
    x = [2.5, 3.5, -2.5, -3.5, 2.25, 2.75, -2.25, -2.75, 3.0]
    assert [round_integer(v, mode) for v in x] == expected


def test_every_mode_has_its_definition() -> None:
    assert len(RoundingMode) == 7
    assert all(len(mode.value) > 10 for mode in RoundingMode)


def test_stochastic_rounding_is_right_on_average_and_leaves_integers_alone() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    for x in (Fraction(1, 4), Fraction(-1, 3), Fraction(27, 10)):
        drawn = [round_integer(x, STOCHASTIC, rng=rng) for _ in range(n)]
        assert set(drawn) == {math.floor(x), math.ceil(x)}
        assert abs(np.mean(drawn) - float(x)) < 5 * 0.5 / n**0.5
    assert {round_integer(-7, STOCHASTIC, rng=rng) for _ in range(100)} == {-7}


@given(st.fractions())
@pytest.mark.parametrize("mode", [m for m in RoundingMode if m is not STOCHASTIC])
def test_rounding_gives_a_neighbor(mode: RoundingMode, x: Fraction) -> None:
    assert round_integer(x, mode) in (math.floor(x), math.ceil(x))


@given(st.fractions(-1000, 1000), st.integers(2, 12))
def test_rounding_to_odd_first_makes_rounding_twice_harmless(x: Fraction, places: int) -> None:
    first = Fraction(round_integer(x * 2**places, ODD), 2**places)
    for mode in (EVEN, AWAY, ZERO, UP, DOWN):
        assert round_integer(first, mode) == round_integer(x, mode)


# Reading


@pytest.mark.parametrize(
    ("value", "sign", "magnitude"),
    [
        ("0.1", 0, Fraction(1, 10)),
        (" -1.5E+2 ", 1, 150),
        ("+.5", 0, Fraction(1, 2)),
        ("5.", 0, 5),
        ("-0", 1, 0),
        ("1e-400", 0, Fraction(1, 10**400)),
        ("1e-0000400", 0, Fraction(1, 10**400)),
        ("-Infinity", 1, math.inf),
        ("inf", 0, math.inf),
        (-0.0, 1, 0),
        (0.1, 0, Fraction(3602879701896397, 36028797018963968)),
        (-math.inf, 1, math.inf),
        (-3, 1, 3),
        (10**400, 0, 10**400),
        (Fraction(-1, 3), 1, Fraction(1, 3)),
        (np.float32(0.1), 0, Fraction(13421773, 2**27)),
        (np.float16(-0.0), 1, 0),
        (np.float64("inf"), 0, math.inf),
        (np.int8(-128), 1, 128),
        (np.uint64(2**64 - 1), 0, 2**64 - 1),
    ],
)
def test_numbers_and_strings_are_read_exactly(value: Any, sign: int, magnitude: Any) -> None:
    assert read_exactly(value) == (sign, magnitude)


@pytest.mark.parametrize(("value", "sign"), [("nan", 0), ("-NaN", 1), (math.nan, 0), (np.float32("nan"), 0)])
def test_nan_is_read(value: Any, sign: int) -> None:
    read, magnitude = read_exactly(value)
    assert read == sign
    assert isinstance(magnitude, float)
    assert math.isnan(magnitude)


# Known codes


@pytest.mark.parametrize(
    ("value", "format", "code"),
    [
        ("0.1", FLOAT32, 0x3DCCCCCD),
        (1, FLOAT32, 0x3F800000),
        (-2, FLOAT32, 0xC0000000),
        ("3.14159265358979323846", FLOAT32, 0x40490FDB),
        (0.1 + 0.2, FLOAT64, 0x3FD3333333333334),
        ("0.3", FLOAT64, 0x3FD3333333333333),
        (Fraction(0.1) + Fraction(0.2), FLOAT64, 0x3FD3333333333334),  # exactly half-way: the even one
        (3.4028235677973366e38, FLOAT32, 0x7F800000),  # max + half an ulp
        (math.nextafter(3.4028235677973366e38, 0), FLOAT32, 0x7F7FFFFF),
        ("inf", FLOAT32, 0x7F800000),
        ("-inf", FLOAT32, 0xFF800000),
        ("nan", FLOAT32, 0x7FC00000),
        ("-nan", FLOAT32, 0xFFC00000),
        ("-0", FLOAT32, 0x80000000),
        (-1e-50, FLOAT32, 0x80000000),
        ("-0", FLOAT8_E4M3FNUZ, 0),
        (-1e-9, FLOAT8_E4M3FNUZ, 0),
        (65519, FLOAT16, 0x7BFF),
        (65520, FLOAT16, 0x7C00),
    ],
)
def test_known_codes(value: Any, format: FloatFormat, code: int) -> None:
    assert encode(value, format) == code


@pytest.mark.parametrize(
    ("value", "format", "code", "saturated"),
    [
        # OCP 8-bit Floating Point Specification 1.0: what overflows is NaN in E4M3 and infinity in E5M2, or the maximum
        (464, FLOAT8_E4M3FN, 0x7E, 0x7E),
        ("464.0001", FLOAT8_E4M3FN, 0x7F, 0x7E),
        (-480, FLOAT8_E4M3FN, 0xFF, 0xFE),
        ("inf", FLOAT8_E4M3FN, 0x7F, 0x7E),
        ("nan", FLOAT8_E4M3FN, 0x7F, 0x7F),
        (61439, FLOAT8_E5M2, 0x7B, 0x7B),
        (61440, FLOAT8_E5M2, 0x7C, 0x7B),
        ("-inf", FLOAT8_E5M2, 0xFC, 0xFB),
        ("nan", FLOAT8_E5M2, 0x7E, 0x7E),
        (248, FLOAT8_E4M3FNUZ, 0x80, 0x7F),
        (-248, FLOAT8_E4M3FNUZ, 0x80, 0xFF),
        (480, FLOAT8_E4M3, 0x78, 0x77),
        # OCP MX Specification 1.0, section 5.3: no infinity and no NaN, so the maximum in any case
        (1000, FLOAT4_E2M1FN, 0x7, 0x7),
        ("-inf", FLOAT4_E2M1FN, 0xF, 0xF),
        (28.1, FLOAT6_E3M2FN, 0x1F, 0x1F),
        (-9, FLOAT6_E2M3FN, 0x3F, 0x3F),
        # E8M0: powers of two alone
        (0, FLOAT8_E8M0FNU, 0xFF, 0x00),
        (-1, FLOAT8_E8M0FNU, 0xFF, 0x00),
        ("-inf", FLOAT8_E8M0FNU, 0xFF, 0x00),
        ("inf", FLOAT8_E8M0FNU, 0xFF, 0xFE),
        ("1e-400", FLOAT8_E8M0FNU, 0x00, 0x00),
        (Fraction(3, 2) * 2**127, FLOAT8_E8M0FNU, 0xFF, 0xFE),
    ],
)
def test_out_of_range(value: Any, format: FloatFormat, code: int, saturated: int) -> None:
    assert encode(value, format) == code
    assert encode(value, format, saturate=True) == saturated


@pytest.mark.parametrize(
    ("mode", "above", "below"),
    [  # IEEE 754-2019, clause 7.4: which modes lead to infinity from beyond +max and from beyond -max
        (EVEN, 0x7C00, 0xFC00),
        (AWAY, 0x7C00, 0xFC00),
        (ZERO, 0x7BFF, 0xFBFF),
        (ODD, 0x7BFF, 0xFBFF),
        (UP, 0x7C00, 0xFBFF),
        (DOWN, 0x7BFF, 0xFC00),
    ],
)
def test_overflow_by_mode(mode: RoundingMode, above: int, below: int) -> None:
    for x in (65520, 10**9, 10**400):
        assert encode(x, FLOAT16, mode=mode) == above
        assert encode(-x, FLOAT16, mode=mode) == below
    assert encode(math.inf, FLOAT16, mode=mode) == 0x7C00  # infinity is a value here, not an overflow
    inward = above == 0x7BFF
    assert encode(10**9, FLOAT8_E4M3FN, mode=mode) == (0x7E if inward else 0x7F)
    assert encode(math.inf, FLOAT8_E4M3FN, mode=mode) == 0x7F
    assert encode(10**9, FLOAT4_E2M1FN, mode=mode) == 7


def test_just_beyond_the_largest_number_by_mode() -> None:
    assert [encode(65505, FLOAT16, mode=mode) for mode in (EVEN, AWAY, ZERO, ODD, DOWN, UP)] == [0x7BFF] * 5 + [0x7C00]
    assert encode(450, FLOAT8_E4M3FN, mode=ODD) == 0x7E
    assert encode(450, FLOAT8_E4M3FN, mode=UP) == 0x7F


def test_stochastic_rounding_beyond_the_largest_number() -> None:
    rng = np.random.default_rng(0)
    assert {encode(65512, FLOAT16, mode=STOCHASTIC, rng=rng) for _ in range(50)} == {0x7BFF, 0x7C00}
    assert {encode(70000, FLOAT16, mode=STOCHASTIC, rng=rng) for _ in range(50)} == {0x7C00}
    assert {encode(70000, FLOAT16, mode=STOCHASTIC, rng=rng, saturate=True) for _ in range(50)} == {0x7BFF}


def test_e8m0_gives_powers_of_two_and_ties_go_up() -> None:
    def rounded(x: Any, mode: RoundingMode = EVEN) -> float:
        return float(decode(encode(x, FLOAT8_E8M0FNU, mode=mode), FLOAT8_E8M0FNU))

    assert [rounded(x) for x in (0.75, 1.5, 3, 6, "1.4999999", 1)] == [1, 2, 4, 8, 1, 1]
    assert [rounded(1.5, mode) for mode in (ZERO, DOWN, ODD, UP, AWAY)] == [1, 1, 1, 2, 2]
    for mode in (EVEN, ZERO, DOWN, ODD, UP, AWAY):
        assert rounded(2.0**-149, mode) == 2.0**-127
        assert rounded(2.0**127, mode) == 2.0**127


def test_a_format_without_zero_but_with_a_sign_keeps_the_sign() -> None:
    l0 = FloatFormat("l0", 3, 0, bias=7, infinities=False, nan="none", subnormals=False)
    assert (encode(-0.3, l0), encode("-1e-9", l0), encode("-0", l0, saturate=True)) == (0b1101, 0b1000, 0b1000)
    with pytest.raises(ValueError, match="l0 has no NaN"):
        encode(0, l0)


def test_a_format_without_sign_but_with_zero() -> None:
    unsigned = FloatFormat("unsigned", 4, 4, signed=False)
    assert (encode("-0", unsigned), encode(-1, unsigned), encode(-1, unsigned, saturate=True)) == (0, 0xF8, 0)


@pytest.mark.parametrize("format", [FLOAT4_E2M1FN, FLOAT6_E2M3FN, FLOAT6_E3M2FN])
def test_nan_in_a_format_without_nan(format: FloatFormat) -> None:
    with pytest.raises(ValueError, match=f"{format.name} has no NaN; with saturate=True it becomes the largest number"):
        encode("nan", format)
    assert encode("nan", format, saturate=True) == encode("-nan", format, saturate=True) == format.max_code


# Rounded once: decimal strings


def test_double_rounding() -> None:
    text = "7.0064923216240854e-46"
    assert encode(text, FLOAT32) == 1
    assert encode(float(text), FLOAT32) == 0 == np.float32(text).view(np.uint32)


@given(st.integers(0, 10**30), st.one_of(st.integers(-60, 40), st.integers(-400, 330)), st.sampled_from(["", "-"]))
@pytest.mark.parametrize("format", WIDE, ids=lambda format: format.name)
def test_a_decimal_string_becomes_the_nearest_number(
    format: FloatFormat, digits: int, exponent: int, sign: str
) -> None:
    code = encode(f"{sign}{digits}e{exponent}", format)
    x, exact = decode(code, format), Fraction(digits) * Fraction(10) ** exponent
    assert x.sign == (sign == "-")
    largest = format.max + Fraction(2) ** format.emax * format.eps / 2
    assert (x.kind == "infinity") == (exact >= largest)
    if not isinstance(x.value, Fraction):
        return
    error = abs(abs(x.value) - exact)
    for neighbor in (next_up(x), next_down(x)):
        if neighbor and isinstance(neighbor.value, Fraction):
            other = abs(neighbor.value - (-1) ** x.sign * exact)
            assert error < other or (error == other and code % 2 == 0)


@given(st.data())
@pytest.mark.parametrize("format", WIDE, ids=lambda format: format.name)
def test_half_way_strings_go_to_even_and_one_digit_more_decides(format: FloatFormat, data: Any) -> None:
    code = data.draw(st.integers(0, format.max_code - 1))
    low, high = (Fraction(decode(c, format).value) for c in (code, code + 1))
    half_way = text_of((low + high) / 2)
    digits, _, exponent = half_way.partition("e")
    assert encode(half_way, format) == code + code % 2
    assert encode(f"{digits}.{'0' * 30}1e{exponent}", format) == code + 1
    assert encode(f"{int(digits) - 1}.{'9' * 30}e{exponent}", format) == code


@given(st.one_of(st.floats().map(repr), st.decimals(allow_nan=False, allow_infinity=False).map(str)))
def test_float64_strings_become_what_python_reads(text: str) -> None:
    code = encode(text, FLOAT64)
    assert np.array(code, dtype=np.uint64).view(np.float64).tobytes() == np.float64(float(text)).tobytes()


@given(st.decimals(min_value=Decimal("-1e40"), max_value=Decimal("1e40"), allow_nan=False))
def test_float32_strings_become_what_numpy_reads_except_where_its_double_is_half_way(number: Any) -> None:
    double = float(number)
    rounded_twice = Fraction(number) != Fraction(double) and abs(breakdown(double).error_ulp or 0) == Fraction(1, 2)
    with np.errstate(over="ignore"):
        assert rounded_twice or encode(str(number), FLOAT32) == np.float32(str(number)).view(np.uint32)


@given(st.floats(width=64))
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_doubles_round_as_in_numpy(dtype: Any, x: float) -> None:
    with np.errstate(over="ignore", under="ignore"):
        y = np.float64(x).astype(dtype)
    code = encode(x, FORMATS[np.dtype(dtype).name])
    assert code == y.view(f"u{y.itemsize}") or (math.isnan(x) and decode(code, FORMATS[y.dtype.name]).kind == "nan")


# Exponents


@given(st.fractions(min_value=0).filter(bool))
def test_the_exponent_is_that_of_the_highest_bit(x: Fraction) -> None:
    exponent = exponent_of(x, FLOAT64)
    assert Fraction(2) ** exponent <= x < Fraction(2) ** (exponent + 1)


def test_the_exponent_has_a_lower_limit_and_no_upper_one() -> None:
    assert exponent_of(Fraction(0), FLOAT8_E4M3FN) == exponent_of(Fraction(1, 10**9), FLOAT8_E4M3FN) == -6
    assert exponent_of(Fraction(2**40), FLOAT8_E4M3FN) == 40


# Every mode against its definition


@pytest.mark.parametrize("mode", [m for m in RoundingMode if m is not STOCHASTIC])
@pytest.mark.parametrize("name", EIGHT)
def test_between_all_neighbors_the_mode_decides(name: str, mode: RoundingMode) -> None:
    format, numbers = FORMATS[name], numbers_of(name)
    for place, ((below, _), (above, _)) in enumerate(pairwise(numbers)):
        for share in (Fraction(1, 10**9), Fraction(1, 2), Fraction(2, 3)):
            x = below + share * (above - below)
            assert decode(encode(x, format, mode=mode), format).value == by_definition(name, place, share, mode)


# Other libraries


@pytest.mark.parametrize("name", EIGHT)
def test_rounding_to_nearest_even_is_that_of_ml_dtypes_at_all_midpoints_and_beside_them(name: str) -> None:
    format = FORMATS[name]
    numbers = [float(value) for value, _ in numbers_of(name)]
    ends = [math.inf, -math.inf, *(s * float(format.max * k / 16) for s in (-1, 1) for k in range(16, 40))]
    middles = [(a + b) / 2 for a, b in pairwise(numbers)]
    with np.errstate(over="ignore"):
        x = np.asarray([*numbers, *middles, *ends], dtype=np.float32)
    x = np.concatenate([x, np.nextafter(x, np.float32(np.inf)), np.nextafter(x, np.float32(-np.inf))])
    if name == "float8_e8m0fnu":  # ml_dtypes 0.6.0 rounds all of these up, also those nearer to 2**-127
        x = x[~((x > 2.0**-127) & (x < 1.5 * 2.0**-127))]
    with np.errstate(over="ignore", invalid="ignore"):
        expected = x.astype(getattr(ml_dtypes, name)).view(np.uint8)
    np.testing.assert_array_equal([encode(v, format) for v in x], expected)


# Everything


@pytest.mark.parametrize("name", SMALL)
def test_every_code_of_every_small_format_is_encoded_back(name: str) -> None:
    format = FORMATS[name]
    for code in range(format.codes):
        x = decode(code, format)
        if x.kind == "nan":
            assert decode(encode(float(x), format), format).kind == "nan"
        else:
            assert encode(float(x), format) == code


@pytest.mark.parametrize("format", [FLOAT32, FLOAT64, FORMATS["tf32"]])
def test_random_codes_are_encoded_back(format: FloatFormat) -> None:
    for code in np.random.default_rng(3).integers(0, format.codes, 5_000, dtype=np.uint64):
        x = decode(int(code), format)
        if x.kind != "nan":
            assert encode(float(x), format) == encode(x.decimal, format) == code


# Bad input


@pytest.mark.parametrize(
    "text", ["", "abc", "--1", "+-1", "1e", "0x10", "1/3", "1_000", "\u0661", "1e99999", "1 2", ".", "e5", "1" * 4001]
)
def test_a_string_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a decimal number such as '-1.5e-7', 'inf' or 'nan', got") as error:
        encode(text, FLOAT32)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize("value", [None, [1.0], 1j, b"1", np.ones(2), Decimal(1), np.bool_(True)])
def test_what_is_no_number_is_refused(value: Any) -> None:
    kind = type(value).__name__
    with pytest.raises(TypeError, match=f"expected a real number or a decimal string, got {kind}"):
        encode(value, FLOAT32)


@pytest.mark.parametrize("mode", ["NEAREST_EVEN", None, 0])
def test_what_is_no_mode_is_refused(mode: Any) -> None:
    with pytest.raises(
        TypeError, match=r"expected a RoundingMode, got .*; take one such as RoundingMode\.NEAREST_EVEN"
    ):
        encode(1, FLOAT32, mode=mode)


def test_stochastic_rounding_without_a_source_of_chance_is_refused() -> None:
    with pytest.raises(ValueError, match=r"stochastic rounding needs a source of chance; pass rng=np.random"):
        encode(1, FLOAT32, mode=STOCHASTIC)
