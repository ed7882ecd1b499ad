"""Block formats: their definitions, what torchao and gguf made of the same numbers, and the predicted error."""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from docs._site.session import RECORDED
from docs._site.vectors_blocks import OURS, blocks_hash, defined, fingerprint, ours, read, rows
from reference.numbers import (
    FLOAT4_E2M1FN,
    FLOAT8_E4M3FN,
    FLOAT8_E8M0FNU,
    FLOAT16,
    RoundingMode,
    decode,
    encode,
    from_codes,
    round_integer,
    round_to,
)
from reference.quantization import (
    BLOCK_FORMATS,
    Blocks,
    block_dequantize,
    mxfp4_quantize,
    mxfp8_quantize,
    nvfp4_quantize,
    pack_nibbles,
    q4_0_quantize,
    q8_0_quantize,
    unpack_nibbles,
)
from tests.needs import need
from tests.properties import given, st

Quantize = Callable[..., Blocks]

ALL: dict[str, Quantize] = {
    "mxfp8": mxfp8_quantize,
    "mxfp4": mxfp4_quantize,
    "nvfp4": nvfp4_quantize,
    "q4_0": q4_0_quantize,
    "q8_0": q8_0_quantize,
}
VECTORS = read()
DIFFERENT = {
    ("nvfp4", row) for row in ("zeros", "minus_zeros", "around_2_to_the_minus_120", "smallest_scale", "subnormal")
} | {("q4_0", "smallest_scale"), ("q4_0", "subnormal"), ("q8_0", "around_2_to_the_minus_120")}


def back(x: Any, quantize: Quantize) -> Any:
    return block_dequantize(quantize(x))


def numbers(low: int = -100, high: int = 100) -> Any:
    """32 float32 numbers, all of a size near one power of two, eight of them of any kind."""
    some = st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=8)

    def built(some: list[float], seed: int, e: int) -> Any:
        others = np.random.default_rng(seed).uniform(-1, 1, 24)
        return (np.append(some, others) * 2.0**e).astype(np.float32)

    return st.builds(built, some, st.integers(0, 99), st.integers(low, high))


def sqnr(x: Any, y: Any) -> float:
    """The ratio of the squared numbers to the squared errors, in decibels."""
    error = x.astype(np.float64) - y
    return float(10 * np.log10(np.sum(x.astype(np.float64) ** 2) / np.sum(error**2)))


# The definitions


def test_the_formats_are_those_of_the_specifications() -> None:
    figures = {name: (f.element.name, f.block_size, f.scale.name) for name, f in BLOCK_FORMATS.items()}
    assert figures == {
        "mxfp8": ("float8_e4m3fn", 32, "float8_e8m0fnu"),  # OCP MX 1.0, table of the concrete formats
        "mxfp4": ("float4_e2m1fn", 32, "float8_e8m0fnu"),
        "nvfp4": ("float4_e2m1fn", 16, "float8_e4m3fn"),
        "q4_0": ("int4", 32, "float16"),
        "q8_0": ("int8", 32, "float16"),
    }


@pytest.mark.parametrize(
    ("name", "bits"), [("mxfp8", 8.25), ("mxfp4", 4.25), ("nvfp4", 4.5 + 32 / 4096), ("q4_0", 4.5), ("q8_0", 8.5)]
)
def test_the_size_counts_the_scales(name: str, bits: float) -> None:
    q = ALL[name](np.ones((4, 1024)))
    assert q.bits_per_weight == bits
    assert q.nbytes == bits * 4096 / 8


def test_the_rule_even_differs_from_7_on() -> None:
    below = np.nextafter(np.float32(7), np.float32(0))
    for largest, floor, even in ((6.0, 6, 6), (below, 6, 6), (7.0, 6, 8), (7.9, 6, 8), (8.0, 8, 8)):
        x = np.append(np.float32(largest), np.zeros(31, np.float32))
        assert back(x, mxfp4_quantize)[0] == floor
        assert block_dequantize(mxfp4_quantize(x, rule="even"))[0] == even


def test_the_order_of_the_codes_in_memory() -> None:
    x = np.append(np.arange(16) - 8.0, np.zeros(16))
    assert unpack_nibbles(q4_0_quantize(x).codes)[::2].tolist() == list(range(16))  # the first half is low
    x = np.append([0.5, 1.0, 1.5, 6.0], np.zeros(28))
    assert mxfp4_quantize(x).codes[:2].tolist() == [0x21, 0x73]  # the first neighbor is low


def test_a_byte_of_a_block_of_zeros() -> None:
    zeros = np.zeros(32)
    assert mxfp4_quantize(zeros).scales.tolist() == [0]
    assert nvfp4_quantize(zeros).scales.tolist() == [8, 8]  # 2**-6
    assert q4_0_quantize(zeros).scales.tolist() == [0x8000]  # -0
    assert q4_0_quantize(zeros).codes.tolist() == [0x88] * 16
    assert q8_0_quantize(zeros).scales.tolist() == [0]


def test_a_block_of_q4_0_keeps_the_number_of_the_largest_magnitude() -> None:
    x = np.append([-3.0, 3.0], np.linspace(-1, 1, 30))
    assert back(x, q4_0_quantize)[:2].tolist() == [-3, 2.625]
    assert back(-x, q4_0_quantize)[:2].tolist() == [3, -2.625]


# What the peers made of the same numbers, bit for bit


def test_the_vectors_are_of_what_is_asked_now() -> None:
    now = {row: x.tobytes().hex() for row, x in rows().items()}
    assert set(VECTORS["x"]) == set(now)
    assert set(VECTORS["answers"]) == set(OURS)
    assert {"torchao", "gguf", "torch", "numpy"} == set(VECTORS["versions"])


def asked() -> list[Any]:
    return [
        pytest.param(name, row, id=f"{name}-{row}") for name, answers in VECTORS["answers"].items() for row in answers
    ]


def x_of(row: str) -> Any:
    return np.frombuffer(bytes.fromhex(VECTORS["x"][row]), "<f4").reshape(1, -1)


def theirs(name: str, row: str) -> dict[str, Any]:
    answer, q = VECTORS["answers"][name][row], OURS[name](np.ones((1, 64), np.float32))
    parts = {"codes": q.codes.view(np.uint8), "scales": q.scales}
    return {
        part: np.frombuffer(bytes.fromhex(answer[part]), like.dtype).reshape(like.shape) for part, like in parts.items()
    } | {"values": answer["values"]}


@pytest.mark.parametrize(("name", "row"), asked())
def test_codes_scales_and_values_are_those_of_the_peer(name: str, row: str) -> None:
    x, other = x_of(row), theirs(name, row)
    if (name, row) in DIFFERENT:
        return
    mine = ours(name, x)
    np.testing.assert_array_equal(mine["scales"], other["scales"])
    codes, values = mine["codes"].copy(), mine["values"]
    if name.startswith("mx") and not other["scales"].all():
        # Where it stores 2**-127, torchao divides by 2**-126, so that what is read back is half of what it was.
        bytes_each = codes.size // other["scales"].size
        smallest = np.repeat(other["scales"] == 0, bytes_each, axis=1)
        codes[smallest] = ours(name, x / 2)["codes"][smallest]
        q = OURS[name](x)
        values = block_dequantize(Blocks(q.format, codes, q.scales))
    np.testing.assert_array_equal(codes, other["codes"])
    assert fingerprint(values) == other["values"]


def test_the_differences_are_these() -> None:
    for row in ("zeros", "minus_zeros"):  # torchao divides 0 by 0
        assert (theirs("nvfp4", row)["scales"] == 0xFF).all()  # NaN
        assert not ours("nvfp4", x_of(row))["values"].any()
    for row in ("around_2_to_the_minus_120", "smallest_scale", "subnormal"):
        assert np.abs(x_of(row)).max() / 2688 < 2.0**-120
        assert set(unpack_nibbles(theirs("nvfp4", row)["codes"]).ravel()) == {7, 15}  # its reciprocal is infinite
    for row in ("around_2_to_the_minus_120", "smallest_scale"):
        assert sqnr(x_of(row) * 2.0**100, ours("nvfp4", x_of(row))["values"] * 2.0**100) > 16
    for name, row in DIFFERENT - {("nvfp4", row) for row in VECTORS["x"]}:  # the scale is 0, so the codes mean nothing
        np.testing.assert_array_equal(ours(name, x_of(row))["scales"], theirs(name, row)["scales"])
        assert not (theirs(name, row)["scales"] & 0x7FFF).any()


def test_nothing_was_left_out() -> None:
    left = {(name, row) for name in OURS for row in VECTORS["x"]} - {tuple(p.values) for p in asked()}
    assert all(not defined(name, x_of(row)) for name, row in left)
    assert {row for _, row in left} == {"huge", "largest_float32", "wide"}
    assert {name for name, _ in left} == {"q4_0", "q8_0"}


def test_the_recorded_agreement_is_of_this_code() -> None:
    entry = json.loads(RECORDED.read_text(encoding="utf-8"))["blocks"]
    assert entry["hash"] == blocks_hash(), "python3 -m docs._site.vectors_blocks measures it again"
    assert all(found["differing"] == 0 for found in entry["agreement"].values())


# Properties


@given(numbers())
@pytest.mark.parametrize("name", ["mxfp8", "mxfp4", "nvfp4"])
def test_a_result_is_nearest_among_those_of_its_scale(name: str, x: Any) -> None:
    q = ALL[name](x)
    format: Any = q.format
    scales = np.repeat(from_codes(q.scales, format.scale, dtype=np.float64), format.block_size)
    scales = scales * float(1 if q.tensor_scale is None else q.tensor_scale)
    elements = np.unique(from_codes(np.arange(format.element.codes), format.element, dtype=np.float64))
    elements = elements[np.isfinite(elements)]
    best = np.abs(x[:, None].astype(np.float64) - elements * scales[:, None]).min(axis=1)
    slack = 1e-6 * scales if name == "nvfp4" else 0  # its scales are no powers of two, so the quotient rounds
    assert (np.abs(block_dequantize(q) - x.astype(np.float64)) <= best + slack).all()


@given(numbers(-10, 10))
@pytest.mark.parametrize(("name", "low", "high"), [("q4_0", -8, 7), ("q8_0", -127, 127)])
def test_the_integers_of_gguf_are_nearest_up_to_the_rounding_of_the_scale(
    name: str, low: int, high: int, x: Any
) -> None:
    q = ALL[name](x)
    d = abs(float(from_codes(q.scales, FLOAT16, dtype=np.float64)[0]))
    error = np.abs(block_dequantize(q) - x.astype(np.float64))
    slack = np.abs(x) * 2.0**-10
    cut = (name == "q4_0") & (np.abs(x) >= (high + 0.5) * d * (1 - 2.0**-10))
    assert ((error <= 0.5 * d + slack) | (cut & (error <= d + slack))).all()


@given(numbers(-60, 60))
@pytest.mark.parametrize("name", ["mxfp8", "mxfp4"])
def test_what_is_a_number_of_the_format_stays(name: str, x: Any) -> None:
    once = back(x, ALL[name])
    np.testing.assert_array_equal(back(once, ALL[name]), once)


@given(numbers(-60, 60), st.integers(-40, 40))
@pytest.mark.parametrize("name", ["mxfp8", "mxfp4"])
def test_a_power_of_two_moves_the_scale_alone(name: str, x: Any, e: int) -> None:
    one, other = ALL[name](x), ALL[name](x * np.float32(2.0**e))
    if np.any(x):
        np.testing.assert_array_equal(one.codes, other.codes)
        assert int(other.scales[0]) - int(one.scales[0]) == e


@given(numbers(-10, 10))
@pytest.mark.parametrize("name", ALL)
def test_minus_x_becomes_minus_the_result(name: str, x: Any) -> None:
    np.testing.assert_array_equal(back(-x, ALL[name]), -back(x, ALL[name]) + 0.0)


@given(numbers(-10, 10), numbers(-10, 10))
@pytest.mark.parametrize("name", ["mxfp8", "mxfp4", "q4_0", "q8_0"])
def test_blocks_do_not_know_each_other(name: str, x: Any, y: Any) -> None:
    both = back(np.stack([x, y]), ALL[name])
    np.testing.assert_array_equal(both, np.stack([back(x, ALL[name]), back(y, ALL[name])]))


@given(numbers(-10, 10))
@pytest.mark.parametrize("name", ALL)
def test_order_is_kept(name: str, x: Any) -> None:
    order = np.argsort(x[:16], kind="stable")  # one block of every format
    y = back(x, ALL[name])[:16][order]
    assert (np.diff(y) >= 0).all()


# Oracles


@pytest.mark.parametrize("rule", ["floor", "even"])
@pytest.mark.parametrize("name", ["mxfp8", "mxfp4"])
def test_the_scalar_code_agrees(name: str, rule: str) -> None:
    x = rows()["wide"]
    q, format = ALL[name](x, rule=rule), BLOCK_FORMATS[name]
    element: Any = format.element
    codes = unpack_nibbles(q.codes) if name == "mxfp4" else q.codes
    for block, scale, found in zip(x.reshape(-1, 32), q.scales, codes.reshape(-1, 32), strict=True):
        largest = max(abs(Fraction(float(value))) for value in block)
        if rule == "even":  # to the digits of an element, ties up
            unit = Fraction(2) ** ((largest.numerator // largest.denominator).bit_length() - 1 - element.fraction_bits)
            assert largest >= 1
            largest = round_integer(largest / unit, RoundingMode.NEAREST_AWAY) * unit
        exponent = 0
        while Fraction(2) ** (exponent + 1) <= largest:
            exponent += 1
        shared = Fraction(2) ** (exponent - element.emax)
        assert scale == encode(shared, FLOAT8_E8M0FNU)
        assert decode(int(scale), FLOAT8_E8M0FNU).value == shared
        exact = [encode(Fraction(float(value)) / shared, element, saturate=True) for value in block]
        assert found.tolist() == exact


def test_ml_dtypes_makes_the_same_of_nvfp4() -> None:
    ml_dtypes: Any = need("ml_dtypes")
    x = np.random.default_rng(5).normal(size=(8, 128)).astype(np.float32)
    q = nvfp4_quantize(x)
    blocks = x.reshape(8, 8, 16)
    shared = np.float32(np.abs(x).max() / np.float32(448 * 6))
    scales = (np.abs(blocks).max(axis=-1) / np.float32(6) / shared).astype(ml_dtypes.float8_e4m3fn)
    np.testing.assert_array_equal(q.scales, scales.view(np.uint8))
    factors = np.float32(1) / shared / scales.astype(np.float32)
    codes = (blocks * factors[..., None]).clip(-6, 6).astype(ml_dtypes.float4_e2m1fn).view(np.uint8)
    np.testing.assert_array_equal(q.codes, pack_nibbles(codes.reshape(8, 128)))


def predicted(block: int, scale: Callable[[Any], Any], element: Callable[[Any], Any]) -> float:
    """The decibels for N(0, 1), by integration: over the largest magnitude m of a block, and over the others below it.

    Its density is that of the largest of so many half-normal numbers; the others have the normal density, cut at m.
    """
    special = need("scipy.special", "scipy")
    m = np.linspace(0.05, 6.5, 1200)[:, None]
    inside = special.erf(m / np.sqrt(2))
    density = block * inside ** (block - 1) * 2 * np.exp(-m * m / 2) / np.sqrt(2 * np.pi)
    u = (np.arange(-400, 400) + 0.5) / 400
    s = scale(m)
    error = (element(u * m / s) * s - u * m) ** 2
    weight = np.exp(-((u * m) ** 2) / 2)
    others = np.sum(error * weight, axis=1, keepdims=True) / np.sum(weight, axis=1, keepdims=True)
    own = (element(m / s) * s - m) ** 2
    mean = np.sum(density * (own + (block - 1) * others)) / np.sum(density) / block
    return float(-10 * np.log10(mean))


def power(m: Any, *, even: bool = False) -> Any:
    e = np.floor(np.log2(m))
    return 2.0 ** (e - 2 + (even & (m >= 1.75 * 2.0**e)))


def e2m1(x: Any) -> Any:
    return round_to(np.asarray(x), FLOAT4_E2M1FN, saturate=True)


def e4m3(x: Any) -> Any:
    return round_to(np.asarray(x), FLOAT8_E4M3FN, saturate=True)


NORMAL = np.random.default_rng(11).normal(size=(64, 4096)).astype(np.float32)
SHARED = float(np.abs(NORMAL).max()) / (6 * 448)
PREDICTED: dict[str, Callable[[], float]] = {
    "mxfp8_floor": lambda: predicted(32, lambda m: power(m) / 64, e4m3),
    "mxfp4_floor": lambda: predicted(32, power, e2m1),
    "mxfp4_even": lambda: predicted(32, lambda m: power(m, even=True), e2m1),
    "nvfp4": lambda: predicted(16, lambda m: SHARED * e4m3(m / 6 / SHARED), e2m1),
    "q4_0": lambda: predicted(32, lambda m: -m / 8, lambda x: np.minimum(np.floor(x + 0.5), 7)),
    "q8_0": lambda: predicted(32, lambda m: m / 127, np.rint),
}


@pytest.mark.parametrize("name", PREDICTED)
def test_the_error_on_normal_numbers_is_the_predicted_one(name: str) -> None:
    assert sqnr(NORMAL, block_dequantize(OURS[name](NORMAL))) == pytest.approx(PREDICTED[name](), abs=0.06)


def test_without_its_tensor_scale_nvfp4_loses_small_numbers_altogether() -> None:
    x = (1e-3 * np.random.default_rng(0).normal(size=4096)).astype(np.float32)
    assert not block_dequantize(nvfp4_quantize(x, tensor_scale=1)).any()
    assert sqnr(x, back(x, nvfp4_quantize)) > 20


# Everything where everything is few


def test_every_element_with_every_scale_comes_back() -> None:
    codes = pack_nibbles(np.tile(np.arange(16, dtype=np.uint8), (255, 2)))
    q = Blocks(BLOCK_FORMATS["mxfp4"], codes, np.arange(255, dtype=np.uint8)[:, None])
    x = block_dequantize(q)
    elements = [float(decode(code, FLOAT4_E2M1FN)) for code in range(16)]
    with np.errstate(over="ignore"):
        expected = (np.asarray(elements) * 2.0 ** (np.arange(255.0)[:, None] - 127)).astype(np.float32)
    np.testing.assert_array_equal(x[:, :16], expected)
    assert np.isinf(x[253:]).any(axis=1).all()
    again = mxfp4_quantize(x[:253])
    np.testing.assert_array_equal(again.scales, q.scales[:253])
    np.testing.assert_array_equal(again.codes, q.codes[:253])


# Bad input, and none


@pytest.mark.parametrize("name", ALL)
def test_blocks_that_are_not_whole_are_refused(name: str) -> None:
    size = BLOCK_FORMATS[name].block_size
    message = f"{name} needs a last axis of a multiple of {size}, got shape (2, 40); append zeros"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        ALL[name](np.ones((2, 40)))
    with pytest.raises(ValueError, match=re.escape("got shape ()")):
        ALL[name](1.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
@pytest.mark.parametrize("name", ALL)
def test_what_is_no_finite_float32_is_refused(name: str, bad: float) -> None:
    x = np.ones(64)
    x[40] = bad
    with pytest.raises(ValueError, match="only finite float32 can be quantized"):
        ALL[name](x)


@pytest.mark.parametrize(("name", "limit"), [("q4_0", 8 * 65_520), ("q8_0", 127 * 65_520)])
def test_a_scale_beyond_float16_is_refused(name: str, limit: int) -> None:
    x = np.append(np.nextafter(np.float32(limit), np.float32(0)), np.zeros(31))
    assert ALL[name](x).scales[0] & 0x7FFF == FLOAT16.max_code
    x[0] = limit
    with pytest.raises(
        ValueError, match=r"^a float16 scale is below 65520, got 65520; divide x by a power of two first"
    ):
        ALL[name](x)


@pytest.mark.parametrize("scale", [0.0, -1.0, np.nan, np.inf, 2.0**-121])
def test_a_tensor_scale_that_cannot_be_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"^a tensor's scale is finite and at least 2\*\*-120, got "):
        nvfp4_quantize(np.ones(16), tensor_scale=scale)


def test_a_rule_that_there_is_not_is_refused() -> None:
    rule: Any = "ceil"
    with pytest.raises(ValueError, match=r"^the rule for the scale is 'floor' or 'even', got 'ceil'"):
        mxfp4_quantize(np.ones(32), rule=rule)


@pytest.mark.parametrize("name", ALL)
def test_an_empty_array_has_no_blocks(name: str) -> None:
    for shape in ((0,), (0, 32), (3, 0)):
        q = ALL[name](np.ones(shape))
        assert q.scales.size == 0
        assert block_dequantize(q).shape == shape


@pytest.mark.parametrize("name", ALL)
def test_shapes_are_kept_and_the_input_is_not_touched(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 64)).astype(np.float32)
    before = x.copy()
    q = ALL[name](x)
    assert q.scales.shape == (2, 3, 64 // q.format.block_size)
    assert block_dequantize(q).shape == x.shape
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(
        block_dequantize(ALL[name](x[:, :, ::-1])), block_dequantize(ALL[name](x[:, :, ::-1].copy()))
    )
