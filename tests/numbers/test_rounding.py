"""Rounding arrays in steps: the definitions, exact fractions, the scalar text, chance, double rounding."""

import bisect
import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.numbers import (
    BFLOAT16,
    FLOAT4_E2M1FN,
    FLOAT8_E4M3FN,
    FLOAT8_E5M2,
    FLOAT8_E8M0FNU,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    FloatFormat,
    RoundingMode,
    decode,
    encode,
)
from reference.numbers.rounding import can_add, codes_by_steps, format_of, round_by_adding, ulp, values_by_fields
from tests.midpoints import midpoints, nans, some_values
from tests.properties import given, st

SMALL = [format for format in FORMATS.values() if format.bits <= 8]
MODES = [mode for mode in RoundingMode if mode is not RoundingMode.STOCHASTIC]
CUSTOM = [
    FloatFormat("e3m0", 3, 0, infinities=False, nan="none"),
    FloatFormat("unsigned", 4, 3, signed=False, infinities=False, nan="all_ones"),
    FloatFormat("no_zero", 4, 2, subnormals=False, infinities=False, nan="all_ones"),
    FloatFormat("large", 3, 2, bias=-60),
    FloatFormat("wide", 11, 3),
]


def steps(x: Any, format: FloatFormat, **options: Any) -> Any:
    """Round to the numbers of a format, in steps."""
    return values_by_fields(codes_by_steps(np.atleast_1d(x), format, **options), format)


def identical(a: Any, b: Any) -> bool:
    """Whether two arrays hold the same numbers, with zeros of the same sign and NaN in the same places."""
    return np.array_equal(a, b, equal_nan=True) and bool(np.all((np.signbit(a) == np.signbit(b)) | np.isnan(a)))


# The definitions and their known values


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (RoundingMode.NEAREST_EVEN, [-2, -2, 0, 0, 0, 2, 2, 4]),
        (RoundingMode.TOWARD_ZERO, [-2, -1, 0, 0, 0, 1, 2, 3]),
        (RoundingMode.UP, [-2, -1, 0, 0, 1, 2, 3, 4]),
        (RoundingMode.DOWN, [-3, -2, -1, 0, 0, 1, 2, 3]),
        (RoundingMode.NEAREST_AWAY, [-3, -2, -1, 0, 1, 2, 3, 4]),
        (RoundingMode.TO_ODD, [-3, -1, -1, 0, 1, 1, 3, 3]),
    ],
)
def test_each_mode_on_half_integers(mode: RoundingMode, expected: list[float]) -> None:
    integers = FloatFormat("integers", 2, 2, bias=-1, infinities=False, nan="none")  # -28 to 28, the first 8 in ones
    assert integers.smallest_subnormal == 1
    x = np.asarray([-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3.5])
    assert steps(x, integers, mode=mode).tolist() == expected


def test_the_double_below_one_half_is_not_nearer_to_one() -> None:
    below = np.nextafter(0.5, 0)
    assert np.floor(below + 0.5) == 1  # the sum itself is rounded, to 1
    assert (
        steps(below, FloatFormat("ones", 2, 0, bias=1, infinities=False, nan="none"), mode=RoundingMode.NEAREST_AWAY)[0]
        == 0
    )


def test_e8m0_gives_powers_of_two_only_and_ties_go_up() -> None:
    x = np.random.default_rng(0).lognormal(0, 60, size=10_000)
    for mode in MODES:
        powers = steps(np.append(x, [5e-324, 1e-45, 0.75, 3.0]), FLOAT8_E8M0FNU, mode=mode, saturate=True)
        assert np.all(np.frexp(powers)[0] == 0.5)
        assert np.all((powers >= 2.0**-127) & (powers <= 2.0**127))
    assert steps([0.75, 3.0, 1.0, 1e-45], FLOAT8_E8M0FNU).tolist() == [1, 4, 1, 2.0**-127]
    assert np.isnan(steps([0.0, -1.0], FLOAT8_E8M0FNU)).all()


def test_why_one_tenth_plus_two_tenths_is_not_three_tenths() -> None:
    exact = Fraction(0.1) + Fraction(0.2)
    neighbors = Fraction(0.3), Fraction(0.1 + 0.2)
    assert exact == sum(neighbors) / 2  # half-way
    assert [encode(n, FLOAT64) % 2 for n in neighbors] == [1, 0]  # the even one wins
    assert encode(exact, FLOAT64) == encode(0.1 + 0.2, FLOAT64)
    assert np.float32(0.1) + np.float32(0.2) == np.float32(0.3)
    assert np.float16(0.1) + np.float16(0.2) != np.float16(0.3)


def test_double_rounding_changes_a_result() -> None:
    x = "7.0064923216240854e-46"  # just above half of the smallest float32; as a double it is exactly half of it
    assert encode(x, FLOAT32) == 1
    assert encode(float(x), FLOAT32) == 0
    assert steps(float(x), FLOAT32)[0] == np.float32(x) == 0


# Properties


@given(st.floats(allow_nan=False, allow_infinity=False))
@pytest.mark.parametrize("format", [FLOAT4_E2M1FN, FLOAT8_E5M2, BFLOAT16, FLOAT16, FLOAT32])
def test_rounding_to_odd_first_makes_the_second_rounding_innocent(format: FloatFormat, x: float) -> None:
    between = FloatFormat("between", format.exponent_bits, format.fraction_bits + 2)  # two bits more
    if format.nan == "none":
        between = FloatFormat("between", 2, 3, infinities=False, nan="none")
    odd = steps(x, between, mode=RoundingMode.TO_ODD)
    assert identical(steps(odd, format), steps(x, format))


@given(st.floats(-500, 500), st.floats(-500, 500))
@pytest.mark.parametrize("mode", MODES)
def test_rounding_keeps_order_and_numbers(mode: RoundingMode, a: float, b: float) -> None:
    low, high = steps(sorted([a, b]), FLOAT8_E4M3FN, mode=mode, saturate=True)
    assert low <= high
    assert steps([low, high], FLOAT8_E4M3FN, mode=mode).tolist() == [low, high]


@given(st.floats(-448, 448))
def test_up_and_down_enclose_and_mirror_each_other(x: float) -> None:
    down, up = (steps(x, FLOAT8_E4M3FN, mode=mode)[0] for mode in (RoundingMode.DOWN, RoundingMode.UP))
    assert down <= x <= up
    assert up - down in (0, ulp(np.asarray(x), FLOAT8_E4M3FN))
    assert steps(-x, FLOAT8_E4M3FN, mode=RoundingMode.DOWN)[0] == -up


@given(st.floats(-1e38, 1e38))
@pytest.mark.parametrize("format", [BFLOAT16, FLOAT32, FLOAT64])
def test_nearest_is_within_half_an_ulp(format: FloatFormat, x: float) -> None:
    error = abs(Fraction(float(steps(x, format)[0])) - Fraction(x))
    assert error <= Fraction(float(ulp(np.asarray(x), format))) / 2


# Exact fractions and the scalar text


def by_definition(x: Fraction, below: int, above: int, values: list[Fraction], mode: RoundingMode) -> int:
    """Choose between the neighbors `values[below] < x < values[above]`, whose last bits alternate from 0 at 0."""
    zero = values.index(Fraction(0))
    odd, even = (below, above) if (below - zero) % 2 else (above, below)
    outer, inner = (below, above) if x < 0 else (above, below)
    match mode:
        case RoundingMode.TOWARD_ZERO:
            return inner
        case RoundingMode.UP:
            return above
        case RoundingMode.DOWN:
            return below
        case RoundingMode.TO_ODD:
            return odd
    left, right = x - values[below], values[above] - x
    if left != right:
        return below if left < right else above
    return even if mode is RoundingMode.NEAREST_EVEN else outer


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("format", [format for format in SMALL if format.signed], ids=lambda format: format.name)
def test_every_midpoint_and_its_neighbors_by_the_definition(format: FloatFormat, mode: RoundingMode) -> None:
    values = [Fraction(value) for value in np.unique(np.abs(some_values(format))).tolist()]
    values = [-value for value in values[:0:-1]] + values
    x = midpoints(format, np.float64)
    x = x[np.abs(x) < float(format.max)]
    for number, got in zip(x.tolist(), steps(x, format, mode=mode).tolist(), strict=True):
        exact = Fraction(number)
        i = bisect.bisect_left(values, exact)
        if values[i] != exact:
            i = by_definition(exact, i - 1, i, values, mode)
        assert got == values[i], number


@pytest.mark.parametrize("saturate", [False, True])
@pytest.mark.parametrize("format", [*FORMATS.values(), *CUSTOM], ids=lambda format: format.name)
def test_the_scalar_text_agrees_in_every_mode(format: FloatFormat, saturate: bool) -> None:
    x = midpoints(format, np.float64, 24)
    if format.nan != "none" or saturate:
        x = np.concatenate([x, nans(np.float64)])
    for mode in MODES:
        got = codes_by_steps(x, format, mode=mode, saturate=saturate)
        signs = ["-" if minus else "" for minus in np.signbit(x)]
        words = [sign + "nan" if v != v else v for sign, v in zip(signs, x.tolist(), strict=True)]
        expected = [encode(word, format, mode=mode, saturate=saturate) for word in words]
        assert got.tolist() == expected, mode
    read = (
        [float(decode(code, format)) for code in expected] if format.name != "wide" else values_by_fields(got, format)
    )
    assert identical(values_by_fields(got, format), np.asarray(read))


@pytest.mark.parametrize("format", SMALL, ids=lambda format: format.name)
def test_all_codes_decode_as_in_the_scalar_text_and_encode_back(format: FloatFormat) -> None:
    codes = np.arange(format.codes, dtype=np.uint64)
    values = values_by_fields(codes, format)
    assert identical(values, np.asarray([float(decode(int(code), format)) for code in codes]))
    numbers = ~np.isnan(values)
    for mode in MODES:
        assert np.array_equal(codes_by_steps(values[numbers], format, mode=mode), codes[numbers])


@pytest.mark.parametrize("format", [FLOAT16, BFLOAT16], ids=lambda format: format.name)
def test_all_65536_codes_encode_back(format: FloatFormat) -> None:
    codes = np.arange(2**16, dtype=np.uint64)
    values = values_by_fields(codes, format)
    numbers = ~np.isnan(values)
    assert np.count_nonzero(~numbers) == 2 * (2**format.fraction_bits - 1)
    for mode in MODES:
        assert np.array_equal(codes_by_steps(values[numbers], format, mode=mode), codes[numbers])


# Chance


def test_stochastic_rounding_is_right_on_average_and_gives_only_the_two_neighbors() -> None:
    draws = 40_000
    for seed, x in itertools.product(range(3), [1.03, 0.01, -2.9, 300.0, 0.0005]):
        rounded = steps(np.full(draws, x), FLOAT8_E4M3FN, mode=RoundingMode.STOCHASTIC, rng=np.random.default_rng(seed))
        down, up = (steps(x, FLOAT8_E4M3FN, mode=mode)[0] for mode in (RoundingMode.DOWN, RoundingMode.UP))
        assert set(rounded.tolist()) == {down, up}
        share = (x - down) / (up - down)
        deviation = (up - down) * (share * (1 - share) / draws) ** 0.5
        assert abs(rounded.mean() - x) < 4.5 * deviation
    assert steps(1.03, FLOAT8_E4M3FN)[0] == 1  # while the nearest number is always too small


def test_stochastic_rounding_draws_as_the_scalar_text_does() -> None:
    x = np.random.default_rng(1).normal(size=200)
    got = codes_by_steps(x, FLOAT8_E4M3FN, mode=RoundingMode.STOCHASTIC, rng=np.random.default_rng(2))
    rng = np.random.default_rng(2)
    assert got.tolist() == [encode(v, FLOAT8_E4M3FN, mode=RoundingMode.STOCHASTIC, rng=rng) for v in x.tolist()]


def test_stochastic_rounding_leaves_numbers_of_the_format_alone() -> None:
    x = some_values(FLOAT8_E5M2)
    assert identical(steps(x, FLOAT8_E5M2, mode=RoundingMode.STOCHASTIC, rng=np.random.default_rng(0)), x)


# The trick, the ulp, bad input


@pytest.mark.parametrize("format", [format for format in FORMATS.values() if can_add(format)], ids=lambda f: f.name)
def test_adding_and_subtracting_rounds_to_nearest(format: FloatFormat) -> None:
    for dtype in (np.float32, np.float64):
        x = midpoints(format, dtype, 4096)
        expected, got = steps(x, format, saturate=True).astype(dtype), round_by_adding(x, format)
        over = np.isinf(got)
        assert np.all(np.abs(expected[over]) == float(format.max))
        assert np.array_equal(got[~over], expected[~over])
        assert np.isnan(round_by_adding(nans(dtype), format)).all()


def test_adding_needs_room() -> None:
    for format in (FLOAT64, FLOAT8_E8M0FNU):
        with pytest.raises(ValueError, match="too wide for this trick, or has no zero; use round_to"):
            round_by_adding(np.ones(3), format)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_ulp_is_numpys_spacing(dtype: Any) -> None:
    format = FORMATS[np.dtype(dtype).name]
    x = some_values(format, 4096)
    x = x[(x >= 0) & (x < float(format.max))]
    assert np.array_equal(ulp(x, format), np.spacing(x.astype(dtype)).astype(np.float64))
    assert ulp(np.asarray(0.0), format) == format.smallest_subnormal
    assert np.isnan(ulp(np.asarray([np.inf, -np.inf, np.nan]), format)).all()


def test_ulp_is_exact_where_the_type_of_x_has_no_such_number() -> None:
    assert ulp(np.asarray([1e-30], dtype=np.float32), FLOAT64)[0] == 2.0**-152


def test_bad_input_says_what_to_do() -> None:
    x = np.ones(3)
    with pytest.raises(ValueError, match=r"needs a source of chance; pass rng="):
        codes_by_steps(x, FLOAT16, mode=RoundingMode.STOCHASTIC)
    word: Any = "up"
    with pytest.raises(TypeError, match="expected a RoundingMode, got 'up'"):
        codes_by_steps(x, FLOAT16, mode=word)
    with pytest.raises(ValueError, match=r"float4_e2m1fn has no NaN; with saturate=True"):
        codes_by_steps(np.asarray([np.nan]), FLOAT4_E2M1FN)
    for kind in (np.float16, np.int64, np.longdouble):
        with pytest.raises(
            TypeError, match=r"must be of float32 or float64, got .*; convert it, for example by x\.astype"
        ):
            format_of(np.dtype(kind))
