"""Codebooks: their values from the sources, nearest values, all codes, and NF4 bit for bit beside bitsandbytes."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from docs._site.vectors_affine import decoded
from docs._site.vectors_codebooks import FILE
from reference.numbers import FLOAT4_E2M1FN, to_codes
from reference.quantization import (
    FP4_E2M1,
    INT4,
    LOG4,
    NF4,
    TERNARY,
    Codebook,
    codebook_dequantize,
    codebook_quantize,
    log_codebook,
    look_up,
    nearest_codes,
    pack_nibbles,
)
from tests.needs import need
from tests.properties import given, st

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
ORDERS = [False, True]
LOGS = [log_codebook(zero=z, base=base, gray=gray) for z in ORDERS for base in (2, 2**0.5) for gray in ORDERS]
ALL = [NF4, FP4_E2M1, INT4, TERNARY, *LOGS]


def named(codebook: Codebook) -> str:
    return codebook.name


def flips(a: int, b: int) -> int:
    return (a ^ b).bit_count()


# Known values


def test_log4_is_a_sign_and_a_power_of_two_or_zero() -> None:
    for code in range(16):
        sign, k = -1 if code >> 3 else 1, code & 7
        assert LOG4.values[code] == (0 if k == 0 else sign * 2.0 ** (k - 7))


def test_without_zero_there_are_eight_magnitudes() -> None:
    values = log_codebook(zero=False).values
    assert values[:8] == tuple(2.0 ** (k - 7) for k in range(8))
    assert values[8:] == tuple(-v for v in values[:8])


def test_base_sqrt_2_halves_the_exponent() -> None:
    assert log_codebook(base=2**0.5).values[1::2][:4] == pytest.approx((2**-3, 2**-2, 2**-1, 1))


def test_the_ends_of_nf4_are_one_and_it_has_a_zero() -> None:
    assert len(NF4.values) == 16
    assert (min(NF4.values), NF4.values[7], max(NF4.values)) == (-1, 0, 1)
    assert list(NF4.values) == sorted(NF4.values)


def test_e2m1_int4_and_ternary() -> None:
    assert FP4_E2M1.values[:8] == (0, 0.5, 1, 1.5, 2, 3, 4, 6)
    assert INT4.values == (0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1)
    assert TERNARY.values == (-1, 0, 1)
    assert [c.bits for c in (LOG4, NF4, TERNARY, Codebook("five", (0, 1, 2, 3, 4)))] == [4, 4, 1.6, 3]
    assert [c.top for c in (LOG4, NF4, FP4_E2M1, INT4, Codebook("up", (0, 1, 4)))] == [1, 1, 6, 7, 4]


def test_a_block_of_zeros_comes_back_as_zeros_even_without_a_zero() -> None:
    for codebook in ALL:
        q = codebook_quantize(np.zeros((2, 8)), codebook, block_size=4)
        assert not q.scale.any()
        assert not codebook_dequantize(q, codebook).any()


def test_zero_gets_code_0_not_the_code_of_minus_zero() -> None:
    assert nearest_codes([0.0, -0.0], LOG4).tolist() == [0, 0]
    assert nearest_codes([0.0, -0.0, 0.1], FP4_E2M1).tolist() == [0, 0, 0]


def test_half_way_the_lower_value_is_taken() -> None:
    assert look_up(nearest_codes([0.75, -0.75, 0.5], LOG4), LOG4).tolist() == [0.5, -1.0, 0.5]


def test_the_size_counts_scales() -> None:
    q = codebook_quantize(np.ones(640), TERNARY, block_size=64)
    assert q.bits_per_weight == pytest.approx(2.1)
    assert q.nbytes == 168


def test_out_is_written_and_returned() -> None:
    q = codebook_quantize(np.linspace(-1, 1, 64), NF4, block_size=16)
    out = np.empty(64, np.float32)
    assert codebook_dequantize(q, NF4, out=out) is out
    assert np.array_equal(out, codebook_dequantize(q, NF4))


# Properties


@given(st.sampled_from(ALL), st.lists(st.floats(-16, 16, width=32), min_size=1, max_size=20))
def test_no_value_is_nearer_than_the_chosen_one(codebook: Codebook, x: list[float]) -> None:
    chosen = look_up(nearest_codes(x, codebook), codebook)
    numbers = np.array(x, np.float64)
    best = np.abs(numbers[:, None] - codebook.table.astype(np.float64)).min(axis=1)
    assert (np.abs(numbers - chosen) <= best + 1e-6).all()


@given(
    st.sampled_from(ALL),
    st.lists(st.floats(-(2.0**60), 2.0**60, width=32), min_size=12, max_size=12),
    st.sampled_from([None, 1, 4, 5]),
)
def test_quantizing_again_changes_nothing(codebook: Codebook, x: list[float], block_size: int | None) -> None:
    once = codebook_dequantize(codebook_quantize(x, codebook, block_size=block_size), codebook)
    twice = codebook_dequantize(codebook_quantize(once, codebook, block_size=block_size), codebook)
    assert np.allclose(once, twice, rtol=1e-6, atol=1e-37)


@given(st.lists(st.floats(2.0**-100, 2.0**100, width=32), max_size=9), st.sampled_from([-1, 1]))
def test_a_block_of_one_is_exact_where_the_top_value_is_1(x: list[float], sign: int) -> None:
    numbers = sign * np.array([0, *x], np.float32)
    for codebook in (LOG4, NF4, TERNARY, *LOGS):
        q = codebook_quantize(numbers, codebook, block_size=1)
        assert np.array_equal(codebook_dequantize(q, codebook), numbers)


@given(st.lists(st.floats(-100, 100, width=32), min_size=2, max_size=20))
def test_larger_numbers_get_no_smaller_values(x: list[float]) -> None:
    for codebook in ALL:
        assert (np.diff(look_up(nearest_codes(np.sort(x), codebook), codebook)) >= 0).all()


def test_a_gray_code_changes_one_bit_from_each_value_to_the_next_also_across_zero() -> None:
    for base in (2, 2**0.5):
        values = log_codebook(zero=False, base=base, gray=True).values
        order = sorted(range(16), key=values.__getitem__)
        assert [flips(a, b) for a, b in pairwise(order)] == [1] * 15
        assert sorted(values) == sorted(log_codebook(zero=False, base=base).values)


# Bad input


@pytest.mark.parametrize("values", [(), (1.0,), tuple(range(17))])
def test_a_codebook_has_2_to_16_values(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=f"a codebook has 2 to 16 values, got {len(values)} for mine"):
        Codebook("mine", values)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_its_values_are_finite(bad: float) -> None:
    with pytest.raises(ValueError, match="the values of a codebook are finite"):
        Codebook("mine", (0.0, bad))


def test_nan_has_no_nearest_value_and_infinities_go_to_the_ends() -> None:
    with pytest.raises(ValueError, match="NaN has no nearest value"):
        nearest_codes([0.0, np.nan], NF4)
    assert nearest_codes([np.inf, -np.inf], NF4).tolist() == [15, 0]
    assert nearest_codes(np.zeros((0, 3)), NF4).shape == (0, 3)
    with pytest.raises(ValueError, match="only finite"):
        codebook_quantize([np.inf], NF4)


@pytest.mark.parametrize("bad", [-1, 3, 255])
def test_a_code_that_is_not_there_is_refused(bad: int) -> None:
    with pytest.raises(ValueError, match="the codes of ternary are 0 to 2"):
        look_up([1, bad], TERNARY)


@pytest.mark.parametrize("base", [1.0, 0.5, -2.0, np.nan])
def test_the_base_of_a_logarithm_is_greater_than_1(base: float) -> None:
    with pytest.raises(ValueError, match="is greater than 1"):
        log_codebook(base=base)


# Oracles


@pytest.mark.parametrize("case", VECTORS["nf4"])
def test_nf4_of_bitsandbytes_bit_for_bit(case: dict[str, Any]) -> None:
    x = decoded(case["x"])
    q = codebook_quantize(x, NF4, block_size=64)
    packed = decoded(case["packed"])
    assert np.array_equal(pack_nibbles(np.append(q.codes, np.zeros(x.size % 2, np.uint8)), high_first=True), packed)
    assert np.array_equal(q.scale, decoded(case["absmax"]))
    assert np.array_equal(codebook_dequantize(q, NF4), decoded(case["back"]))


def test_bitsandbytes_was_asked_and_its_fp4_is_not_e2m1() -> None:
    assert VECTORS["versions"]["bitsandbytes"] == "0.50.2"
    theirs = sorted(abs(v) for v in VECTORS["bitsandbytes_fp4"])[::2]
    assert theirs == pytest.approx([0, 1 / 192, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1], abs=1e-6)
    assert theirs != pytest.approx([v / 6 for v in FP4_E2M1.values[:8]], abs=1e-3)


def test_nf4_is_what_the_paper_computes_from_quantiles() -> None:
    norm = need("scipy.stats").norm
    offset = 0.9677083
    up = norm.ppf(np.linspace(offset, 0.5, 9)[:-1])
    down = -norm.ppf(np.linspace(offset, 0.5, 8)[:-1])
    values = np.sort(np.concatenate([up, [0], down])) / np.abs(up).max()
    assert np.allclose(values, NF4.values, atol=1e-6)


def test_e2m1_rounds_as_the_format_does_apart_from_half_way_numbers() -> None:
    x = np.linspace(-7, 7, 2001, dtype=np.float32)
    x = x[~np.isin(np.abs(x), [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0])]
    codes = to_codes(x, FLOAT4_E2M1FN, saturate=True)
    assert np.array_equal(look_up(codes, FP4_E2M1), look_up(nearest_codes(x, FP4_E2M1), FP4_E2M1))


# Exhaustive


@pytest.mark.parametrize("codebook", ALL, ids=named)
def test_every_code_comes_back_as_its_value(codebook: Codebook) -> None:
    codes = np.arange(len(codebook.values))
    values = look_up(codes, codebook)
    assert np.array_equal(look_up(nearest_codes(values, codebook), codebook), values)
    for start in range(len(values)):  # also where a chunk of numbers is not the first
        many = np.resize(values[start:], 2**16 + 3)
        assert np.array_equal(look_up(nearest_codes(many, codebook), codebook), many)


def test_a_codebook_of_zeros_has_nothing_to_scale_to() -> None:
    with pytest.raises(ValueError, match="a group is scaled to the largest value, and nothing has none but 0"):
        codebook_quantize(np.ones(4), Codebook("nothing", (0.0, 0.0)))
