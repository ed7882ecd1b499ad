"""Errors in ulp and five ways to add: known sums, bounds, order, the exact sum by fractions, NumPy's spacing."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.numbers import BFLOAT16, FLOAT8_E4M3FN, FLOAT8_E8M0FNU, FLOAT16, FLOAT32, FLOAT64, FORMATS, count_values
from reference.numbers.rounding import ulp
from reference.numbers.sums import kahan_sum, naive_sum, neumaier_sum, pairwise_sum, spacing, sum_error, ulp_distance
from tests.midpoints import some_values
from tests.properties import given, st

Sum = Callable[[Any], Any]
SUMS: list[Sum] = [naive_sum, pairwise_sum, kahan_sum, neumaier_sum]


def number(x: Any) -> Any:
    """A list of numbers as float32."""
    return np.asarray(x, dtype=np.float32)


# Known sums


@pytest.mark.parametrize(
    ("function", "expected"),
    [(naive_sum, 1e8), (pairwise_sum, 1e8 + 96), (kahan_sum, 1e8 + 96), (neumaier_sum, 1e8 + 96)],
)
def test_a_hundred_ones_after_a_hundred_million(function: Sum, expected: float) -> None:
    x = number([1e8] + [1] * 100)
    assert float(function(x)) == expected  # one ulp is 8, and 1e8 + 100 is half-way between two floats
    assert sum_error(function(x), x) == abs(expected - 1e8 - 100) / 8
    assert float(naive_sum(x[::-1])) == 1e8 + 96  # small ones first


def test_the_sum_that_only_keeping_the_lost_digits_gets_right() -> None:
    x = np.asarray([1.0, 1e100, 1.0, -1e100])
    assert [float(function(x)) for function in SUMS] == [0, 0, 0, 2]
    assert math.fsum(x) == 2
    assert sum_error(0.0, x) == 2 / np.spacing(2.0)


def test_the_smallest_number_that_adding_one_leaves_alone() -> None:
    for dtype, smallest in ((np.float16, 2**11), (np.float32, 2**24), (np.float64, 2**53)):
        x, before = dtype(smallest), np.nextafter(dtype(smallest), dtype(0))
        assert x + dtype(1) == x
        assert before + dtype(1) != before


@pytest.mark.parametrize("function", SUMS)
def test_sums_of_none_and_of_one(function: Sum) -> None:
    for dtype in (np.float32, np.float64):
        assert function(np.asarray([], dtype=dtype)) == 0
        assert function(np.asarray([0.1], dtype=dtype)) == dtype(0.1)
        assert function(np.asarray([], dtype=dtype)).dtype == function(np.asarray([1, 2], dtype=dtype)).dtype == dtype


@pytest.mark.parametrize("function", SUMS)
def test_nan_stays(function: Sum) -> None:
    assert np.isnan(function(np.asarray([1.0, np.nan, 2.0])))


# Bounds


@pytest.mark.parametrize(
    ("function", "factor"),
    [(naive_sum, lambda n: n - 1), (pairwise_sum, lambda n: math.ceil(math.log2(n))), (kahan_sum, lambda n: 2.01)],
)
@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=2, max_size=60))
def test_the_error_stays_within_its_bound(function: Sum, factor: Callable[[int], float], numbers: list[float]) -> None:
    x = number(numbers)
    error = abs(Fraction(float(function(x))) - sum(map(Fraction, x.tolist())))
    size = float(sum(abs(Fraction(v)) for v in x.tolist()))
    assert error <= factor(len(numbers)) * 2.0**-24 * (1 + 1e-5) * size + len(numbers) * 2.0**-149


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=60))
def test_neumaier_is_nearly_rounded_once(numbers: list[float]) -> None:
    x = number(numbers)
    exact = sum((Fraction(v) for v in x.tolist()), Fraction(0))
    size = sum((abs(Fraction(v)) for v in x.tolist()), Fraction(0))
    bound = abs(exact) / 2**24 + size * len(x) ** 2 / 2**47 + Fraction(1, 2**149)
    assert abs(Fraction(float(neumaier_sum(x))) - exact) <= bound


def test_errors_grow_as_the_bounds_say_on_five_seeds() -> None:
    for seed in range(5):
        x = np.random.default_rng(seed).uniform(0, 1, size=20_000).astype(np.float32)
        naive, pairs, kahan = (sum_error(function(x), x) for function in SUMS[:3])
        assert naive > 10 * max(pairs, kahan)
        assert pairs < 3
        assert kahan <= 0.51
        assert naive != sum_error(naive_sum(np.sort(x)), x)  # order matters


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=30))
def test_sum_error_is_exact(numbers: list[float]) -> None:
    x = np.asarray(numbers)
    exact = sum(map(Fraction, numbers))
    got = sum_error(naive_sum(x), x)
    unit = Fraction(float(ulp(np.asarray(float(exact)), FLOAT64)))
    assert got == pytest.approx(float(abs(Fraction(float(naive_sum(x))) - exact) / unit), rel=1e-15)
    assert sum_error(math.fsum(numbers), x) <= 0.5


# Spacing and distance


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_spacing_is_numpys(dtype: Any) -> None:
    format = FORMATS[np.dtype(dtype).name]
    x = some_values(format, 2**14).astype(dtype)
    x = x[(np.abs(x) < np.finfo(dtype).max) & ((x >= 0) | (dtype != np.float16))]  # its spacing(-2) is that below 2
    expected = np.abs(np.spacing(x)).astype(np.float64)
    assert np.array_equal(spacing(x.astype(np.float64), format), expected)


def test_spacing_belongs_to_the_rounded_number() -> None:
    x = np.asarray([255.9, -255.9, 0.0, np.inf, 1e39])
    assert spacing(x, BFLOAT16)[:3].tolist() == [2, 2, 2.0**-133]
    assert ulp(x, BFLOAT16)[:3].tolist() == [1, 1, 2.0**-133]
    assert np.isnan(spacing(x, BFLOAT16)[3:]).all()


@given(st.floats(-448, 448), st.floats(-448, 448))
def test_distance_counts_the_numbers_between(a: float, b: float) -> None:
    steps = ulp_distance(a, b, format=FLOAT8_E4M3FN)
    low, high = sorted([a, b])
    values = np.unique(some_values(FLOAT8_E4M3FN))
    nearest = [int(np.argmin(np.abs(values - x))) for x in (low, high)]
    assert abs(steps - (nearest[1] - nearest[0])) <= 2 * ((values == low).sum() == 0 or (values == high).sum() == 0)
    assert steps == ulp_distance(b, a, format=FLOAT8_E4M3FN)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.integers(0, 50))
def test_distance_counts_calls_of_nextafter(x: float, count: int) -> None:
    y = np.float32(x)
    for _ in range(count):
        y = np.nextafter(y, np.float32(np.inf)) if np.isfinite(y) else y
    assert ulp_distance(np.float32(x), y) == (count if np.isfinite(y) else ulp_distance(np.float32(x), y))


def test_distance_in_the_hard_cases() -> None:
    assert ulp_distance(np.float64(0.1) + np.float64(0.2), np.float64(0.3)) == 1
    assert ulp_distance(0.0, -0.0) == 0
    assert ulp_distance(np.float64(5e-324), np.float64(-5e-324)) == 2
    assert ulp_distance(np.inf, np.finfo(np.float64).max) == 1
    assert ulp_distance(np.inf, -np.inf) == 2.0 * 0x7FF0000000000000
    assert np.isnan(ulp_distance(np.asarray([np.nan, np.nan, 1.0]), np.asarray([np.nan, 1.0, np.nan]))).all()
    assert np.isnan(ulp_distance(np.inf, 1.0, format=FLOAT8_E4M3FN))
    assert ulp_distance(number(1), number(2)) == count_values(1, 2, FLOAT32)


def test_bad_input_says_what_to_do() -> None:
    with pytest.raises(TypeError, match="a and b must be of one type, got float32 and float64; convert one"):
        ulp_distance(number(1), np.asarray(1.0))
    with pytest.raises(TypeError, match=r"must be of float32 or float64, got float16; convert it"):
        ulp_distance(np.float16(1), np.float16(1))
    with pytest.raises(ValueError, match="float8_e8m0fnu has no zero to count from; subtract the codes"):
        ulp_distance(1.0, 2.0, format=FLOAT8_E8M0FNU)
    with pytest.raises(TypeError, match="must be of float32 or float64, got int64; convert it"):
        spacing(np.arange(3), FLOAT16)
    with pytest.raises(TypeError, match="must be of float32 or float64, got int64; convert it"):
        sum_error(3, np.arange(3))
