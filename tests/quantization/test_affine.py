"""Affine quantization: known codes, error bounds, bad input, and codes of ONNX and PyTorch bit for bit."""

import json
from typing import Any

import numpy as np
import pytest

from docs._site.vectors_affine import FILE, decoded
from reference.quantization import (
    absmax_quantize,
    affine_parameters,
    affine_quantize,
    dequantize,
    quantize_linear,
)
from tests.needs import need
from tests.properties import given, st

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
EPS = 2.0**-22  # what a few float32 roundings may add, relative to the largest number
GROUPS: list[dict[str, int]] = [{}, {"axis": 0}, {"axis": 1}, {"block_size": 4}, {"block_size": 5}]


def arrays(*, low: float = -(2.0**100), high: float = 2.0**100) -> Any:
    numbers = st.floats(low, high, width=32)
    return st.lists(numbers, min_size=12, max_size=12).map(lambda x: np.array(x, np.float32).reshape(2, 6))


# Known values


def test_known_symmetric_codes() -> None:
    q = absmax_quantize([0.0, 63.5, -127.0, 0.4, 1.5, 2.5])
    assert q.scale == 1
    assert q.codes.tolist() == [0, 64, -127, 0, 2, 2]
    assert q.codes.dtype == np.int8
    assert q.zero_point is None


def test_known_asymmetric_codes() -> None:
    q = affine_quantize([-1.0, 0.0, 0.5, 4.1])
    assert float(q.scale) == pytest.approx(0.02)
    assert q.zero_point == 50
    assert q.codes.tolist() == [0, 50, 75, 255]
    assert q.codes.dtype == np.uint8


def test_half_way_goes_to_the_even_integer_before_the_zero_point_is_added() -> None:
    x = np.array([-1.5, -0.5, 0.5, 1.5, 2.5], np.float32)
    assert quantize_linear(x, 1.0).tolist() == [-2, 0, 0, 2, 2]
    assert quantize_linear(x, 1.0, 3, low=0, high=255).tolist() == [1, 3, 3, 5, 5]


def test_it_clips_before_the_cast() -> None:
    x = np.array([300, -300, 1e30, -1e30, np.inf, -np.inf], np.float32)
    assert quantize_linear(x, 1.0).tolist() == [127, -127] * 3
    assert quantize_linear(x, 1.0, 7, low=0, high=255).tolist() == [255, 0] * 3


@pytest.mark.parametrize("bits", range(2, 9))
def test_the_ends_of_the_range_get_the_ends_of_the_codes(bits: int) -> None:
    assert absmax_quantize([-3.0, 3.0], bits=bits).codes.tolist() == [1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1]
    assert affine_quantize([0.0, 3.0], bits=bits).codes.tolist() == [0, 2**bits - 1]
    assert affine_quantize([-3.0, 0.0], bits=bits).codes.tolist() == [0, 2**bits - 1]


@pytest.mark.parametrize("options", GROUPS)
@pytest.mark.parametrize("quantize", [absmax_quantize, affine_quantize])
def test_zeros_and_constants_do_not_divide_by_zero(quantize: Any, options: dict[str, int]) -> None:
    for constant in (0.0, -0.0, 5.0, -5.0, 1e-38, 1e-45, 3.4e38):
        x = np.full((2, 6), constant, np.float32)
        y = dequantize(quantize(x, **options))
        assert np.allclose(y, x, rtol=1e-6, atol=2.0**-127)
        assert np.isfinite(y).all()


@pytest.mark.parametrize("bits", range(2, 9))
def test_the_largest_float32_survives(bits: int) -> None:
    x = np.array([np.finfo(np.float32).max, np.finfo(np.float32).min, 0], np.float32)
    with np.errstate(over="ignore"):
        for q in (absmax_quantize(x, bits=bits), affine_quantize(x, bits=bits)):
            assert np.isfinite(q.scale)
            assert dequantize(q)[2] == 0


def test_each_channel_and_block_has_a_scale_of_its_own() -> None:
    x = np.array([[1.0, 2.0, 3.0, 7.0], [10.0, 20.0, 30.0, 70.0]])
    assert absmax_quantize(x, bits=4, axis=0).scale.tolist() == [[1.0], [10.0]]
    assert absmax_quantize(x, bits=4, axis=1).scale.shape == (1, 4)
    assert (absmax_quantize(x, bits=4, block_size=2).scale * 7).tolist() == [[2.0, 7.0], [20.0, 70.0]]


def test_what_is_beyond_a_given_limit_is_clipped() -> None:
    x = np.array([0.5, -1.0, 100.0])
    assert dequantize(absmax_quantize(x, limit=1.0)) == pytest.approx([64 / 127, -1.0, 1.0])
    assert dequantize(affine_quantize(x, limits=(-1.0, 1.55))) == pytest.approx([0.5, -1.0, 1.55])


# Properties


@given(arrays(), st.integers(2, 8), st.sampled_from(GROUPS), st.sampled_from([absmax_quantize, affine_quantize]))
def test_the_error_is_at_most_half_a_step(x: np.ndarray, bits: int, options: dict[str, int], quantize: Any) -> None:
    q = quantize(x, bits=bits, **options)
    y = dequantize(q).astype(np.float64)
    one = type(q)(np.ones_like(q.codes), q.scale, None, bits, q.axis, q.block_size)
    half = dequantize(one).astype(np.float64) / 2
    assert (np.abs(x - y) <= half * (1 + 1e-4) + np.abs(x) * EPS).all()


@given(arrays(), st.integers(2, 8), st.sampled_from([absmax_quantize, affine_quantize]))
def test_larger_numbers_get_no_smaller_codes(x: np.ndarray, bits: int, quantize: Any) -> None:
    flat = np.sort(x.reshape(-1))
    assert (np.diff(quantize(flat, bits=bits).codes.astype(int)) >= 0).all()


@given(arrays(low=-(2.0**20), high=2.0**20), st.integers(2, 8), st.sampled_from(GROUPS))
def test_quantizing_again_changes_nothing(x: np.ndarray, bits: int, options: dict[str, int]) -> None:
    q = absmax_quantize(x, bits=bits, **options)
    again = absmax_quantize(dequantize(q), bits=bits, **options)
    assert np.array_equal(q.codes, again.codes)


@given(arrays(), st.integers(2, 8), st.sampled_from(GROUPS))
def test_a_minus_sign_only_turns_the_symmetric_codes(x: np.ndarray, bits: int, options: dict[str, int]) -> None:
    assert np.array_equal(
        absmax_quantize(-x, bits=bits, **options).codes, -absmax_quantize(x, bits=bits, **options).codes
    )


@given(st.lists(st.floats(2.0**-100, 2.0**100, width=32), min_size=1, max_size=8), st.sampled_from([-1, 1]))
def test_a_group_of_one_comes_back(magnitudes: list[float], sign: int) -> None:
    x = [sign * magnitude for magnitude in magnitudes]
    for quantize in (absmax_quantize, affine_quantize):
        assert np.allclose(dequantize(quantize(x, block_size=1)), x, rtol=EPS, atol=0)


@given(arrays(), st.integers(2, 8))
def test_zero_is_always_exact(x: np.ndarray, bits: int) -> None:
    x[0, 0] = 0
    assert dequantize(affine_quantize(x, bits=bits))[0, 0] == 0
    assert dequantize(absmax_quantize(x, bits=bits))[0, 0] == 0


# Bad input


@pytest.mark.parametrize("quantize", [absmax_quantize, affine_quantize])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused(quantize: Any, bad: float) -> None:
    with pytest.raises(ValueError, match="only finite float32 can be quantized"):
        quantize([1.0, bad])


@pytest.mark.parametrize("bits", [0, 1, 9])
def test_codes_have_two_to_eight_bits(bits: int) -> None:
    for quantize in (absmax_quantize, affine_quantize):
        with pytest.raises(ValueError, match=f"a code has 2 to 8 bits, got bits={bits}"):
            quantize([1.0], bits=bits)
    with pytest.raises(ValueError, match="a code has 2 to 8 bits"):
        affine_parameters(0.0, 1.0, bits=bits)


# Oracles


@pytest.mark.parametrize("case", VECTORS["cases"])
def test_the_codes_of_onnx_bit_for_bit(case: dict[str, Any]) -> None:
    x = decoded(case["x"])
    codes, scale, zero_point = map(decoded, case["dynamic"])
    q = affine_quantize(x)
    assert np.array_equal(q.codes, codes)
    if x.any():  # ONNX gives zeros the scale 1 / 255
        assert q.scale == scale
        assert q.zero_point == zero_point
    symmetric = absmax_quantize(x)
    assert symmetric.scale == decoded(case["symmetric"])
    assert np.array_equal(symmetric.codes, decoded(case["onnx"]))


@pytest.mark.parametrize("case", VECTORS["cases"])
def test_the_codes_of_pytorch_bit_for_bit(case: dict[str, Any]) -> None:
    x = decoded(case["x"])
    assert np.array_equal(absmax_quantize(x).codes, decoded(case["torch"]))
    if x.any():
        assert np.array_equal(affine_quantize(x).codes, decoded(case["torch_affine"]))


def test_where_the_zero_point_is_odd_pytorch_rounds_half_way_numbers_to_odd_codes() -> None:
    x = decoded(VECTORS["ties"]["x"])
    ours = quantize_linear(x, 1.0, 1, low=-128, high=127)
    assert np.array_equal(ours, decoded(VECTORS["ties"]["onnx"]))
    assert np.array_equal(np.rint(x * np.float32(1) + 1), decoded(VECTORS["ties"]["torch"]))
    assert (ours != decoded(VECTORS["ties"]["torch"])).sum() == 7


def test_fake_quantization_of_pytorch_rounds_as_we_do() -> None:
    torch = need("torch")
    rng = np.random.default_rng(1)
    for _ in range(50):
        x = (rng.standard_normal(64) + rng.standard_normal()).astype(np.float32)
        q = affine_quantize(x)
        zero_point = int(np.asarray(q.zero_point))
        theirs = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), float(q.scale), zero_point, 0, 255)
        assert np.allclose(dequantize(q), theirs.numpy(), rtol=0, atol=1e-6)


def test_onnx_and_pytorch_were_asked() -> None:
    assert set(VECTORS["versions"]) == {"onnx", "torch"}
    assert len(VECTORS["cases"]) == 10


# Exhaustive


@pytest.mark.parametrize("bits", range(2, 9))
def test_every_code_comes_back_as_itself(bits: int) -> None:
    top = 2 ** (bits - 1) - 1
    codes = np.arange(-top, top + 1)
    for scale in (1.0, 0.1, 3e-7, 1e30):
        x = codes.astype(np.float32) * np.float32(scale)
        assert np.array_equal(absmax_quantize(x, bits=bits).codes, codes)
    unsigned = np.arange(2**bits, dtype=np.float32)
    assert np.array_equal(affine_quantize(unsigned - 1, bits=bits).codes, unsigned)
