"""Distortion: Max's table, closed forms beside integrals and samples, and that Lloyd's values are the best."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from reference.quantization import (
    FP4_E2M1,
    INT4,
    LOG4,
    NF4,
    TERNARY,
    Codebook,
    codebook_dequantize,
    codebook_quantize,
    gaussian_sqnr,
    lloyd_max,
    log_codebook,
    look_up,
    nearest_codes,
    sqnr,
)
from tests.needs import need
from tests.properties import given, st

GRID = np.linspace(-6, 6, 2401)
NORMAL = np.exp(-GRID * GRID / 2)


def best(codebook: Codebook) -> float:
    return max(gaussian_sqnr(codebook, scale=float(s) / codebook.top) for s in np.linspace(0.5, 5, 451))


# Known values


@pytest.mark.parametrize(
    ("levels", "positive", "error"),
    [
        (2, [0.798], 0.3634),
        (3, [0.0, 1.224], 0.1902),
        (4, [0.4528, 1.510], 0.1175),
        (8, [0.2451, 0.7560, 1.344, 2.152], 0.03454),
        (16, [0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733], 0.009497),
    ],
)
def test_the_table_of_max_1960(levels: int, positive: list[float], error: float) -> None:
    codebook = lloyd_max(GRID, levels, density=NORMAL)
    assert codebook.values[levels // 2 :] == pytest.approx(positive, abs=1.2e-3)
    assert 10 ** (-gaussian_sqnr(codebook) / 10) == pytest.approx(error, rel=5e-4)


@pytest.mark.parametrize(
    ("codebook", "decibels"),
    [
        (LOG4, 14.23),
        (log_codebook(zero=False), 14.23),
        (log_codebook(base=2**0.5), 18.87),
        (log_codebook(base=2**0.5, zero=False), 18.51),
        (FP4_E2M1, 18.97),
        (INT4, 19.26),
        (NF4, 20.04),
        (TERNARY, 7.21),
    ],
    ids=lambda value: value.name if isinstance(value, Codebook) else str(value),
)
def test_the_ratio_at_the_best_scale(codebook: Codebook, decibels: float) -> None:
    assert best(codebook) == pytest.approx(decibels, abs=0.006)


def test_two_values_have_a_closed_form() -> None:
    codebook = Codebook("sign", (-1.0, 1.0))
    assert gaussian_sqnr(codebook, scale=math.sqrt(2 / math.pi)) == pytest.approx(-10 * math.log10(1 - 2 / math.pi))


def test_known_ratios() -> None:
    assert sqnr([3.0, 4.0], [3.0, 4.5]) == pytest.approx(20)
    assert sqnr([1.0, 2.0], [1.0, 2.0]) == math.inf
    assert sqnr([1.0, 2.0], [0.0, 0.0]) == 0
    assert sqnr([1.0], [3.0]) == pytest.approx(-6.0206)
    assert math.isnan(sqnr([0.0], [0.0]))
    assert math.isnan(sqnr([np.nan], [0.0]))
    assert sqnr(np.array([1e30, 1], np.float32), np.array([1e30, 0], np.float32)) == pytest.approx(600)


# Properties


@given(st.lists(st.floats(-100, 100), min_size=9, max_size=40, unique=True), st.integers(2, 8))
def test_bounds_are_midpoints_and_values_means(x: list[float], levels: int) -> None:
    codebook = lloyd_max(x, levels)
    values, numbers = np.array(codebook.values), np.array(x)
    assert (np.diff(values) >= 0).all()
    cell = np.searchsorted((values[1:] + values[:-1]) / 2, numbers)
    for place in range(levels):
        if (cell == place).any():
            assert values[place] == pytest.approx(numbers[cell == place].mean(), abs=1e-6)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=16, unique=True))
def test_as_many_values_as_numbers_lose_nothing(x: list[int]) -> None:
    assert lloyd_max(x, len(x)).values == pytest.approx(sorted(x), abs=1e-9)


def test_many_samples_have_nearly_the_values_of_their_density() -> None:
    x = np.random.default_rng(0).standard_normal(2**17)
    assert lloyd_max(x, 8).values == pytest.approx(lloyd_max(GRID, 8, density=NORMAL).values, abs=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_no_change_of_one_level_improves_the_best_sixteen(seed: int) -> None:
    codebook = lloyd_max(GRID, 16, density=NORMAL)
    bound, rng = gaussian_sqnr(codebook), np.random.default_rng(seed)
    for _ in range(20):
        moved = np.array(codebook.values)
        moved[rng.integers(16)] += rng.choice([-1, 1]) * rng.uniform(0.02, 0.5)
        assert gaussian_sqnr(Codebook("moved", tuple(moved))) < bound


# Bad input


def test_fewer_different_numbers_than_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="3 levels need as many different finite numbers, got 2 different ones"):
        lloyd_max([1.0, 1.0, 2.0], 3)
    with pytest.raises(ValueError, match="different finite numbers"):
        lloyd_max([1.0, np.inf, 2.0], 2)


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan])
def test_a_scale_is_positive(scale: float) -> None:
    with pytest.raises(ValueError, match="a scale is positive"):
        gaussian_sqnr(NF4, scale=scale)


# Oracles


@pytest.mark.parametrize("codebook", [LOG4, NF4, FP4_E2M1, INT4, TERNARY], ids=lambda codebook: codebook.name)
def test_the_closed_form_is_the_integral(codebook: Codebook) -> None:
    quad = need("scipy.integrate").quad
    scale = 2.5 / codebook.top
    v = np.unique(codebook.values) * scale
    edges = [-np.inf, *((v[1:] + v[:-1]) / 2), np.inf]

    def squared(value: float) -> Callable[[float], float]:
        return lambda x: float((x - value) ** 2 * math.exp(-x * x / 2) / math.sqrt(2 * math.pi))

    error = sum(quad(squared(value), a, b)[0] for value, a, b in zip(v, edges[:-1], edges[1:], strict=True))
    assert gaussian_sqnr(codebook, scale=scale) == pytest.approx(-10 * math.log10(error), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_samples_measure_what_the_integral_predicts(seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal(2**16)
    for codebook in (LOG4, NF4, INT4):
        scale = 2.5 / codebook.top
        y = look_up(nearest_codes(x / scale, codebook), codebook) * scale
        assert sqnr(x, y) == pytest.approx(gaussian_sqnr(codebook, scale=scale), abs=0.2)


def test_block_scales_beat_one_scale_and_powers_of_two_hardly_care() -> None:
    x = np.random.default_rng(0).standard_normal(2**16)
    ratio = {
        (codebook.name, size): sqnr(x, codebook_dequantize(codebook_quantize(x, codebook, block_size=size), codebook))
        for codebook in (LOG4, NF4, INT4)
        for size in (None, 64)
    }
    assert ratio["int4", 64] > ratio["int4", None] + 4
    assert ratio["nf4", 64] > ratio["nf4", None] + 2
    assert abs(ratio["log4", 64] - ratio["log4", None]) < 0.6
