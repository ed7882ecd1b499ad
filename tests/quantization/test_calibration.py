"""Calibration: worked examples, properties of the ranges, the predicted error, and SciPy's divergence."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.quantization import (
    Range,
    affine_quantize,
    dequantize,
    kl_divergences,
    kl_range,
    min_max_range,
    mse_range,
    percentile_range,
    range_error,
)
from tests.needs import need
from tests.properties import given, st

ALL: dict[str, Callable[..., Range]] = {
    "min_max": min_max_range,
    "percentile": percentile_range,
    "mse": lambda x: mse_range(x, steps=20),
    "kl": lambda x: kl_range(x, bins=160),
}


def some_numbers() -> Any:
    """A few numbers of any kind among some hundred normal ones."""

    def built(few: list[float], seed: int, e: int) -> Any:
        return np.append(few, np.random.default_rng(seed).normal(size=300)) * 2.0**e

    few = st.lists(st.floats(-50, 50), min_size=1, max_size=6)
    return st.builds(built, few, st.integers(0, 99), st.integers(-20, 20))


# Worked examples


def test_two_levels_of_four() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0, 9.0])
    assert min_max_range(x) == (0, 9)
    assert range_error(x, (0, 9), bits=2) == (0 + 1 + 1 + 0 + 0) / 5
    assert range_error(x, (0, 3), bits=2) == 36 / 5


def test_percentile_cuts_as_much_at_both_ends() -> None:
    x = np.arange(1001.0)
    assert percentile_range(x, percentile=80) == (100, 900)
    assert percentile_range(x, percentile=100) == min_max_range(x)


def test_the_pseudocode_step_by_step() -> None:
    # bins 4 4 2 2 0 1, two levels, threshold after three bins: P = 4 4 (2+2+0+1), Q = 4 | mean of 4 and 2, twice
    kept, found = kl_divergences([4, 4, 2, 2, 0, 1], levels=2)
    p, q = np.array([4, 4, 5]) / 13, np.array([4, 3, 3]) / 10
    assert found[list(kept).index(3)] == pytest.approx(np.sum(p * np.log(p / q)), rel=1e-13)
    assert found[list(kept).index(5)] == np.inf  # the last bin is empty, and takes what is cut


def test_where_no_bin_is_merged_or_cut_nothing_is_lost() -> None:
    kept, found = kl_divergences([3, 1, 4, 1, 5], levels=5)
    assert (kept.tolist(), found.tolist()) == ([5], [0])


def test_even_bins_lose_nothing_either() -> None:
    assert kl_divergences(np.full(64, 7), levels=4)[1][-1] == pytest.approx(0, abs=1e-15)


def test_kl_does_not_count_the_zeros_of_relu() -> None:
    x = np.maximum(np.random.default_rng(0).normal(size=20_000), 0)
    positive = kl_range(x[x > 0])
    assert kl_range(x) == positive
    assert positive.low == 0
    assert positive.high > 3


# Properties


@given(some_numbers())
@pytest.mark.parametrize("name", ALL)
def test_no_range_is_wider_than_what_was_seen(name: str, x: Any) -> None:
    low, high = ALL[name](x)
    largest = float(np.abs(x.astype(np.float32)).max())
    assert -largest * (1 + 1e-6) <= low <= high <= largest * (1 + 1e-6)


@given(some_numbers())
@pytest.mark.parametrize("name", ALL)
def test_a_power_of_two_scales_the_range(name: str, x: Any) -> None:
    np.testing.assert_allclose(ALL[name](x * 8), np.multiply(ALL[name](x), 8), rtol=1e-12)


@given(some_numbers())
@pytest.mark.parametrize("name", ["min_max", "percentile"])
def test_minus_x_turns_the_range_around(name: str, x: Any) -> None:
    low, high = ALL[name](x)
    np.testing.assert_allclose(ALL[name](-x), (-high, -low), rtol=1e-6)


@given(some_numbers(), st.sampled_from([2, 4, 8]))
def test_no_shrunken_range_has_a_smaller_error_than_that_of_mse(x: Any, bits: int) -> None:
    best = range_error(x, mse_range(x, bits=bits, steps=20), bits=bits)
    low, high = min_max_range(x)
    full = Range(min(low, 0), max(high, 0))
    errors = [range_error(x, (full.low * k / 20, full.high * k / 20), bits=bits) for k in range(1, 21)]
    assert best <= min(errors) * (1 + 1e-6)
    assert best <= range_error(x, full, bits=bits)


@given(some_numbers(), st.sampled_from([90.0, 99.0, 99.9]))
def test_a_percentile_keeps_so_many(x: Any, percentile: float) -> None:
    low, high = percentile_range(x, percentile=percentile)
    kept = np.mean((x.astype(np.float32) >= low) & (x.astype(np.float32) <= high))
    assert kept >= percentile / 100 - 2 / x.size


@given(some_numbers())
def test_the_error_is_that_of_what_affine_quantize_makes(x: Any) -> None:
    limits = (-2.0, 3.0)
    y = dequantize(affine_quantize(x, bits=4, limits=limits))
    expected = np.mean((x.astype(np.float32).astype(np.float64) - y) ** 2)
    assert range_error(x, limits, bits=4) == pytest.approx(expected, rel=1e-5)


@given(st.lists(st.integers(0, 50), min_size=8, max_size=40).filter(any), st.integers(1, 8))
def test_divergences_are_not_negative_and_the_last_is_finite(counts: list[int], levels: int) -> None:
    kept, found = kl_divergences(counts, levels=levels)
    assert kept.tolist() == list(range(levels, len(counts) + 1))
    assert (found > -1e-12).all()
    assert np.isfinite(found[-1])


# Oracles


@given(st.lists(st.integers(0, 9), min_size=6, max_size=14).filter(any), st.integers(2, 6))
def test_the_divergence_is_scipys(counts: list[int], levels: int) -> None:
    stats: Any = need("scipy.stats", "scipy")
    kept, found = kl_divergences(counts, levels=levels)
    for n, divergence in zip(kept, found, strict=True):
        p = np.asarray(counts[:n], dtype=np.float64)
        q = np.zeros(n)
        for level in range(levels):
            group = [i for i in range(n) if level * n // levels <= i < (level + 1) * n // levels]
            filled = [i for i in group if counts[i]]
            for i in filled:
                q[i] = sum(counts[j] for j in group) / len(filled)
        p[-1] += sum(counts[n:])
        if q.any():
            assert divergence == pytest.approx(stats.entropy(p, q), rel=1e-9, abs=1e-12)


def expected_error(a: float, bits: int) -> float:
    """The mean squared error on N(0, 1) with the range -a to a, by integration; one level is 0, as affine has it."""
    u = np.linspace(-9, 9, 18_001)
    s = 2 * a / (2**bits - 1)
    zero = np.rint(a / s)
    y = (np.clip(np.rint(u / s) + zero, 0, 2**bits - 1) - zero) * s
    return float(np.mean((u - y) ** 2 * np.exp(-u * u / 2)) * 18 / np.sqrt(2 * np.pi))


@pytest.mark.parametrize("bits", [2, 3, 4, 6])
def test_mse_finds_about_the_best_range_for_normal_numbers(bits: int) -> None:
    x = np.random.default_rng(3).normal(size=100_000)
    low, high = mse_range(x, bits=bits)
    widths = np.linspace(0.8, 5, 85)
    best = min(expected_error(float(a), bits) for a in widths)
    assert range_error(x, (low, high), bits=bits) == pytest.approx(best, rel=0.03)
    assert expected_error((high - low) / 2, bits) <= 1.03 * best


def test_percentile_is_numpys() -> None:
    x = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    assert percentile_range(x, percentile=99) == pytest.approx(np.percentile(x, [0.5, 99.5]), rel=1e-6)


# Hard cases and bad input


@pytest.mark.parametrize("name", ALL)
def test_zeros_have_a_range_without_width(name: str) -> None:
    assert ALL[name](np.zeros(5)) == (0, 0)


def test_a_constant_is_its_own_range() -> None:
    assert min_max_range([2.5, 2.5]) == (2.5, 2.5)
    assert percentile_range([2.5, 2.5]) == (2.5, 2.5)
    assert mse_range([2.5, 2.5]) == (0, 2.5)
    assert kl_range([2.5, 2.5]) == (0, 2.5)


def test_ranges_are_plain_numbers() -> None:
    for name, function in ALL.items():
        assert all(type(end) is float for end in function([-1.0, 2.0, 3.0])), name


@pytest.mark.parametrize("name", ALL)
def test_nan_infinity_and_nothing_are_refused(name: str) -> None:
    for bad in (np.nan, np.inf, 1e39):
        with pytest.raises(ValueError, match="only finite float32 can be quantized"):
            ALL[name]([1.0, bad, 2.0])
    with pytest.raises(ValueError, match=re.escape("a range needs at least one number, got shape (0,); collect")):
        ALL[name]([])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: percentile_range([1.0], percentile=0), "a percentile is above 0 and at most 100, got 0; 99.9 keeps"),
        (lambda: percentile_range([1.0], percentile=101), "a percentile is above 0 and at most 100, got 101"),
        (lambda: mse_range([1.0], steps=0), "at least one range must be tried, got steps=0; 100 is usual"),
        (lambda: mse_range([1.0], bits=9), "a code has 2 to 8 bits, got bits=9"),
        (lambda: kl_range([1.0], bits=9), "a code has 2 to 8 bits, got bits=9"),
        (lambda: kl_range([1.0, 2.0], bins=100), "256 levels need at least 256 bins, not all empty, got 100 with"),
        (lambda: kl_divergences([0, 0], levels=2), "2 levels need at least 2 bins, not all empty, got 2 with 0 counts"),
        (lambda: kl_divergences([1, 2], levels=0), "0 levels need"),
    ],
)
def test_what_cannot_be_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        call()
