"""Rounding whole arrays fast: the same as in steps, as in ml_dtypes and as in NumPy, for all kinds of input."""

import tracemalloc
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
    TF32,
    FloatFormat,
    RoundingMode,
)
from reference.numbers.lookup import from_codes, round_to, to_codes
from reference.numbers.rounding import codes_by_steps, round_by_adding, values_by_fields
from tests.midpoints import midpoints, nans
from tests.needs import need
from tests.properties import given, st

ml_dtypes: Any = need("ml_dtypes")

MODES = [mode for mode in RoundingMode if mode is not RoundingMode.STOCHASTIC]
CUSTOM = [
    FloatFormat("e3m0", 3, 0, infinities=False, nan="none"),
    FloatFormat("unsigned", 4, 3, signed=False, infinities=False, nan="all_ones"),
    FloatFormat("above_float32", 5, 2, bias=-110, infinities=False, nan="all_ones"),
    FloatFormat("large", 3, 2, bias=-60),
    FloatFormat("wide", 11, 3),
    FloatFormat("twelve_bits", 5, 6),
]
EVERY = [*FORMATS.values(), *CUSTOM]
FLOATS = [np.float32, np.float64]
UNSIGNED = {4: np.uint32, 8: np.uint64}


def inputs(format: FloatFormat, dtype: Any) -> Any:
    """Midpoints and their neighbors, random bits, and NaN unless the format has none."""
    random = np.random.default_rng(0).integers(0, 2**32, size=40_000, dtype=np.uint32)
    bits = np.concatenate([midpoints(format, dtype, 2048).astype(dtype), random.view(dtype), nans(dtype)])
    return bits[~np.isnan(bits)] if format.nan == "none" else bits


def identical(a: Any, b: Any) -> bool:
    """Whether two arrays of one type hold the same numbers, zeros of the same sign, and NaN in the same places."""
    same = (a == b) & (np.signbit(a) == np.signbit(b)) | (np.isnan(a) & np.isnan(b))
    return a.dtype == b.dtype and bool(np.all(same))


# Known values


def test_the_largest_number_and_what_is_above() -> None:
    x = np.asarray([448, 464, 464.1, 480, np.inf, -np.inf, np.nan], dtype=np.float32)
    assert to_codes(x, FLOAT8_E4M3FN).tolist() == [0x7E, 0x7E, 0x7F, 0x7F, 0x7F, 0xFF, 0x7F]
    assert to_codes(x, FLOAT8_E4M3FN, saturate=True).tolist() == [0x7E, 0x7E, 0x7E, 0x7E, 0x7E, 0xFE, 0x7F]
    assert to_codes(x[:-1], FLOAT4_E2M1FN).tolist() == [7, 7, 7, 7, 7, 15]
    assert to_codes(x, FLOAT4_E2M1FN, saturate=True).tolist() == [7, 7, 7, 7, 7, 15, 7]
    large = np.asarray([57344, 61439, 61440, np.inf])
    assert round_to(large, FLOAT8_E5M2).tolist() == [57344, 57344, np.inf, np.inf]
    assert round_to(large, FLOAT8_E5M2, saturate=True).tolist() == [57344] * 4
    assert round_to(large, FLOAT8_E5M2, mode=RoundingMode.DOWN).tolist() == [57344, 57344, 57344, np.inf]
    assert round_to(-large, FLOAT8_E5M2, mode=RoundingMode.DOWN).tolist() == [-57344, -np.inf, -np.inf, -np.inf]


def test_e8m0_gives_numbers_of_the_format() -> None:
    x = np.asarray([1e-45, 0.75, 3.0, 2.9], dtype=np.float32)
    assert round_to(x, FLOAT8_E8M0FNU).tolist() == [2.0**-127, 1, 4, 2]
    assert np.isnan(round_to(np.asarray([0.0, -1.0, 3e38]), FLOAT8_E8M0FNU)).all()
    assert round_to(np.asarray([0.0, -1.0, 3e38]), FLOAT8_E8M0FNU, saturate=True).tolist() == [2.0**-127] * 2 + [
        2.0**127
    ]


# Properties


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0), (2, 3, 5), (32768,), (32769,), (5, 19_999)])
@pytest.mark.parametrize("format", [FLOAT8_E4M3FN, FLOAT4_E2M1FN, BFLOAT16, TF32, FLOAT64], ids=lambda f: f.name)
def test_any_shape_and_memory_order(format: FloatFormat, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    expected = codes_by_steps(x.reshape(-1), format)
    for y, turn in ((np.asarray(x), expected.reshape(shape)), (np.asarray(x).T, expected.reshape(shape).T)):
        codes = to_codes(y, format)
        assert np.array_equal(codes, turn)
        assert codes.dtype == np.min_scalar_type(format.codes - 1)
        values = round_to(y, format)
        assert (values.shape, values.dtype) == (y.shape, y.dtype)
        assert identical(values, from_codes(codes, format, dtype=np.float64).astype(np.float32))
        assert identical(from_codes(codes.T, format), from_codes(codes, format).T)


@given(st.floats(width=32, allow_nan=False), st.sampled_from([*MODES, RoundingMode.STOCHASTIC]))
def test_rounding_twice_changes_nothing(x: float, mode: RoundingMode) -> None:
    for format in (FLOAT8_E5M2, BFLOAT16, TF32):
        once = round_to(np.float32(x), format, mode=mode, rng=np.random.default_rng(0))
        assert identical(round_to(once, format, mode=mode, rng=np.random.default_rng(1)), once)


def test_a_single_float_gives_a_single_float() -> None:
    assert isinstance(round_to(0.1, FLOAT16), np.float64)
    assert isinstance(to_codes(0.1, FLOAT16), np.uint16)
    assert isinstance(from_codes(np.uint8(3), FLOAT8_E4M3FN), np.float32)
    assert round_to([0.1, 0.2], FLOAT8_E4M3FN).tolist() == [0.1015625, 0.203125]


# The readable text


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.name)
def test_the_steps_agree_in_every_mode(format: FloatFormat, dtype: Any) -> None:
    x = inputs(format, dtype)
    for mode in MODES:
        for saturate in (False, True):
            with np.errstate(all="raise"):
                codes = to_codes(x, format, mode=mode, saturate=saturate)
                values = round_to(x, format, mode=mode, saturate=saturate)
            expected = codes_by_steps(x, format, mode=mode, saturate=saturate)
            assert np.array_equal(codes, expected), (mode, saturate)
            with np.errstate(over="ignore"):
                assert identical(values, values_by_fields(expected, format).astype(dtype)), (mode, saturate)


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.name)
def test_float32_and_float64_agree(format: FloatFormat) -> None:
    x = inputs(format, np.float32)
    x = x[~np.isnan(x)]
    for mode in MODES:
        assert np.array_equal(to_codes(x, format, mode=mode), to_codes(x.astype(np.float64), format, mode=mode))


@pytest.mark.parametrize("format", [FLOAT8_E4M3FN, FLOAT16, TF32], ids=lambda format: format.name)
def test_stochastic_rounding_is_that_of_the_steps(format: FloatFormat) -> None:
    x = np.random.default_rng(0).normal(size=70_000).astype(np.float32)
    options: Any = {"mode": RoundingMode.STOCHASTIC}
    expected = codes_by_steps(x, format, rng=np.random.default_rng(1), **options)
    assert np.array_equal(to_codes(x, format, rng=np.random.default_rng(1), **options), expected)
    assert np.array_equal(
        round_to(x, format, rng=np.random.default_rng(1), **options), values_by_fields(expected, format)
    )


# ml_dtypes and NumPy


THEIRS = [name for name in FORMATS if hasattr(ml_dtypes, name)]


def by_ml_dtypes(x: Any, name: str) -> Any:
    """The codes that ml_dtypes gives."""
    theirs = np.dtype(getattr(ml_dtypes, name))
    with np.errstate(all="ignore"):
        return x.astype(theirs).view(np.uint8 if theirs.itemsize == 1 else np.uint16)


def telling(format: FloatFormat, dtype: Any) -> Any:
    """Midpoints and their neighbors; without what ml_dtypes does otherwise in E8M0, which is tested below."""
    x = midpoints(format, dtype, None if format.bits <= 8 else 2**14)
    if format is FLOAT8_E8M0FNU:
        x = x[(x == 0) | (x == 2.0**-127) | (x >= 2.0**-126)]
    if format.nan != "none" and format.bits <= 8:
        x = np.concatenate([x, nans(dtype)])
    return x


@pytest.mark.parametrize("name", THEIRS)
def test_every_midpoint_and_its_neighbors_agree_with_ml_dtypes(name: str) -> None:
    x = telling(FORMATS[name], np.float32)
    assert np.array_equal(to_codes(x, FORMATS[name]), by_ml_dtypes(x, name))


@pytest.mark.parametrize("name", THEIRS)
def test_ml_dtypes_rounds_doubles_twice(name: str) -> None:
    x = telling(FORMATS[name], np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        twice = to_codes(x.astype(np.float32), FORMATS[name])
    assert np.array_equal(twice, by_ml_dtypes(x, name))
    once = to_codes(x, FORMATS[name])
    assert np.count_nonzero(once != twice) >= min(FORMATS[name].codes // 4 - 2, 1000)  # nearly every second midpoint


@pytest.mark.parametrize("name", THEIRS)
def test_all_codes_decode_as_in_ml_dtypes(name: str) -> None:
    format, theirs = FORMATS[name], np.dtype(getattr(ml_dtypes, name))
    codes = np.arange(format.codes, dtype=np.uint8 if theirs.itemsize == 1 else np.uint16)
    expected = codes.view(theirs).astype(np.float32)
    got = from_codes(codes, format)
    assert np.array_equal(got, expected, equal_nan=True)
    assert np.array_equal(np.signbit(got)[~np.isnan(got)], np.signbit(expected)[~np.isnan(got)])


def test_what_ml_dtypes_does_otherwise() -> None:
    e2m1, e8m0 = np.dtype(ml_dtypes.float4_e2m1fn), np.dtype(ml_dtypes.float8_e8m0fnu)
    nan = np.asarray([np.nan, -np.nan])
    assert nan.astype(e2m1).view(np.uint8).tolist() == [8, 0]  # -0 and 0: here an error, or with saturate the largest
    assert to_codes(nan, FLOAT4_E2M1FN, saturate=True).tolist() == [7, 7]
    small = np.ldexp([1.0, 1.001, 1.25, 1.499, 1.5, 2], -127)
    for dtype in FLOATS:
        x = small.astype(dtype)
        assert x.astype(e8m0).view(np.uint8).tolist() == [0, 1, 1, 1, 1, 1]  # up, not to the nearest
        assert to_codes(x, FLOAT8_E8M0FNU).tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(("format", "dtype"), [(FLOAT16, np.float16), (FLOAT32, np.float32), (FLOAT64, np.float64)])
def test_millions_of_random_bit_patterns_agree_with_numpy(format: FloatFormat, dtype: Any) -> None:
    for source, unsigned in ((np.float32, np.uint32), (np.float64, np.uint64)):
        bits = np.random.default_rng(0).integers(
            0, np.iinfo(unsigned).max, size=2_000_000, dtype=unsigned, endpoint=True
        )
        x = bits.view(source)
        with np.errstate(over="ignore", invalid="ignore"):
            expected = x.astype(dtype)
            assert identical(round_to(x, format), expected.astype(source))
            doubles = expected.astype(np.float64)
        codes, number = to_codes(x, format), ~np.isnan(x)
        assert np.array_equal(codes[number], expected.view(codes.dtype)[number])
        assert identical(from_codes(codes, format, dtype=np.float64), doubles)


def test_doubles_from_the_whole_range_of_float32_agree_with_numpy() -> None:
    x = np.ldexp(np.random.default_rng(0).uniform(-2, 2, size=1_000_000), np.arange(1_000_000) % 290 - 155)
    with np.errstate(over="ignore"):
        assert identical(round_to(x, FLOAT32).astype(np.float32), x.astype(np.float32))
        assert identical(round_by_adding(x, FLOAT16).astype(np.float16), x.astype(np.float16))


# Memory and bad input


@pytest.mark.parametrize("format", [FLOAT8_E4M3FN, FLOAT4_E2M1FN, BFLOAT16, TF32], ids=lambda format: format.name)
def test_the_peak_of_memory_is_the_result_and_little_more(format: FloatFormat) -> None:
    x = np.random.default_rng(0).normal(size=2_000_000).astype(np.float32)
    codes = to_codes(x, format)
    for function, given_array in ((to_codes, x), (round_to, x), (from_codes, codes)):
        tracemalloc.start()
        function(given_array, format)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= 1.6 * x.nbytes


@pytest.mark.parametrize("function", [round_to, to_codes])
def test_bad_input_says_what_to_do(function: Any) -> None:
    x = np.ones(3, dtype=np.float32)
    for wrong in (
        np.ones(3, dtype=np.float16),
        np.arange(3),
        np.ones(3, dtype=complex),
        ["a"],
        np.ones(3, dtype=">f4"),
    ):
        with pytest.raises(
            TypeError, match=r"must be of float32 or float64, got .*; convert it, for example by x\.astype"
        ):
            function(wrong, FLOAT16)
    with pytest.raises(ValueError, match=r"needs a source of chance; pass rng=np\.random\.default_rng"):
        function(x, FLOAT16, mode=RoundingMode.STOCHASTIC)
    with pytest.raises(TypeError, match="expected a RoundingMode, got 'up'"):
        function(x, FLOAT16, mode="up")
    with pytest.raises(TypeError, match="expected a FloatFormat such as FLOAT32, got 'float16'"):
        function(x, "float16")
    with pytest.raises(ValueError, match=r"float4_e2m1fn has no NaN; with saturate=True"):
        function(np.asarray([1.0, np.nan]), FLOAT4_E2M1FN)
    with pytest.raises(ValueError, match="float64 lacks numbers of binary128; use encode and decode"):
        function(x, FloatFormat("binary128", 15, 112))


def test_bad_codes_say_what_to_do() -> None:
    for codes in ([16], [-1], np.asarray([3, 200], dtype=np.uint8), np.asarray([-128], dtype=np.int8)):
        with pytest.raises(ValueError, match=r"the codes of float4_e2m1fn are 0 to 15, got (16|-1|200|-128)"):
            from_codes(codes, FLOAT4_E2M1FN)
    with pytest.raises(ValueError, match="the codes of float8_e5m2 are 0 to 255, got -1"):
        from_codes(np.asarray([-1], dtype=np.int8), FLOAT8_E5M2)
    for wrong in ([0.5], [True]):
        with pytest.raises(TypeError, match=r"codes are integers, got an array of .*; to_codes makes codes"):
            from_codes(wrong, FLOAT8_E5M2)
    with pytest.raises(ValueError, match="float32 lacks numbers of float64; ask for float64"):
        from_codes(np.zeros(1, dtype=np.uint64), FLOAT64, dtype=np.float32)
    with pytest.raises(TypeError, match="must be of float32 or float64, got float16"):
        from_codes(np.zeros(1, dtype=np.uint8), FLOAT8_E5M2, dtype=np.float16)
