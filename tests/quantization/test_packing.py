"""Packing: known bytes, there and back, every byte, the orders of ONNX, torchao and bitsandbytes, bad input."""

import json
from typing import Any

import numpy as np
import pytest

from docs._site.vectors_affine import decoded
from docs._site.vectors_codebooks import FILE
from reference.quantization import (
    LOG4,
    NF4,
    TERNARY,
    codebook_dequantize,
    codebook_quantize,
    dequantize_nibbles,
    pack_nibbles,
    pack_pair,
    pack_trits,
    pack_words,
    unpack_nibbles,
    unpack_trits,
    unpack_words,
)
from tests.properties import given, st

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
ORDERS = [False, True]


def codes(limit: int, together: int) -> Any:
    """Matrices of codes whose rows can be packed."""

    def some(rows: int, columns: int, seed: int) -> np.ndarray:
        return np.random.default_rng(seed).integers(0, limit, (rows, columns * together), dtype=np.uint8)

    return st.builds(some, st.integers(0, 3), st.integers(0, 4), st.integers(0, 99))


# Known values


def test_known_bytes() -> None:
    assert pack_nibbles([1, 2, 3, 15]).tolist() == [0x21, 0xF3]
    assert pack_nibbles([1, 2, 3, 15], high_first=True).tolist() == [0x12, 0x3F]
    assert pack_words(range(16)).tolist() == [0xFEDCBA9876543210]
    assert pack_trits(np.eye(5, dtype=int)).reshape(-1).tolist() == [1, 3, 9, 27, 81]
    assert pack_trits([2] * 5).tolist() == [242]


@pytest.mark.parametrize("high_first", ORDERS)
def test_an_array_is_packed_by_the_rule_for_two(high_first: bool) -> None:
    first, second = np.divmod(np.arange(256), 16)
    pairs = np.stack([first, second], axis=1).reshape(-1)
    by_rule = [pack_pair(int(a), int(b), high_first=high_first) for a, b in zip(first, second, strict=True)]
    assert pack_nibbles(pairs, high_first=high_first).tolist() == by_rule


def test_the_wrong_order_exchanges_neighbors() -> None:
    assert unpack_nibbles(pack_nibbles([1, 2, 3, 4]), high_first=True).tolist() == [2, 1, 4, 3]


def test_the_leading_axes_stay() -> None:
    x = np.arange(64, dtype=np.uint8).reshape(2, 2, 16) % 16
    assert pack_nibbles(x).shape == (2, 2, 8)
    assert pack_words(x).shape == (2, 2, 1)
    assert unpack_words(pack_words(x)).shape == x.shape
    assert pack_trits(np.zeros((2, 10), int)).shape == (2, 2)


def test_results_have_their_types() -> None:
    results: list[tuple[Any, type]] = [
        (pack_nibbles(np.zeros(2, np.int64)), np.uint8),
        (unpack_nibbles(np.zeros(2, np.uint8)), np.uint8),
        (pack_words(np.zeros(16, np.int8)), np.uint64),
        (unpack_words(np.zeros(1, np.uint64)), np.uint8),
        (pack_trits(np.zeros(5, np.int32)), np.uint8),
    ]
    for array, dtype in results:
        assert array.dtype == dtype
        assert array.dtype.isnative


# Properties


@given(codes(16, 2), st.sampled_from(ORDERS))
def test_nibbles_there_and_back(x: np.ndarray, high_first: bool) -> None:
    packed = pack_nibbles(x, high_first=high_first)
    assert np.array_equal(unpack_nibbles(packed, high_first=high_first), x)
    swapped = x.reshape(*x.shape[:-1], x.shape[-1] // 2, 2)[..., ::-1].reshape(x.shape)
    assert np.array_equal(pack_nibbles(swapped, high_first=not high_first), packed)


@given(codes(16, 16))
def test_words_there_and_back(x: np.ndarray) -> None:
    words = pack_words(x)
    assert np.array_equal(unpack_words(words), x)
    expected = [sum(int(c) << 4 * place for place, c in enumerate(row)) for row in x.reshape(-1, 16)]
    assert words.reshape(-1).tolist() == expected


@given(codes(3, 5))
def test_trits_there_and_back(x: np.ndarray) -> None:
    assert np.array_equal(unpack_trits(pack_trits(x)), x)


@pytest.mark.parametrize("high_first", ORDERS)
@pytest.mark.parametrize("size", [2, 2**16, 2**17 + 6])
def test_also_beyond_a_chunk_and_for_views(size: int, high_first: bool) -> None:
    x = np.random.default_rng(size).integers(0, 16, 2 * size, dtype=np.uint8)[::2]
    packed = pack_nibbles(x, high_first=high_first)
    first, second = x[::2], x[1::2]
    assert np.array_equal(packed, first << 4 | second if high_first else second << 4 | first)
    assert np.array_equal(unpack_nibbles(packed[::-1], high_first=high_first)[::2], first[::-1])


@pytest.mark.parametrize("high_first", ORDERS)
@pytest.mark.parametrize(("size", "block_size"), [(64, 64), (640, 16), (2**17 + 64, 32), (2**17, 2**17)])
def test_numbers_from_packed_codes_are_those_from_unpacked_ones(size: int, block_size: int, high_first: bool) -> None:
    x = np.random.default_rng(size).standard_normal(size)
    for codebook in (NF4, LOG4):
        q = codebook_quantize(x, codebook, block_size=block_size)
        packed, out = pack_nibbles(q.codes, high_first=high_first), np.empty(size, np.float32)
        y = dequantize_nibbles(packed, codebook, q.scale, high_first=high_first, out=out)
        assert y is out
        assert np.array_equal(y, codebook_dequantize(q, codebook))


# Bad input


PACKS = [(pack_nibbles, 16, 2), (pack_words, 16, 16), (pack_trits, 3, 5)]


@pytest.mark.parametrize(("pack", "limit", "together"), PACKS)
def test_codes_out_of_range_and_odd_lengths_are_refused(pack: Any, limit: int, together: int) -> None:
    for bad in (-1, limit, 255, 256):
        with pytest.raises(ValueError, match=f"codes to pack are 0 to {limit - 1}, got"):
            pack([0] * (together - 1) + [bad])
    for length in (1, together - 1, together + 1):
        if length % together:
            with pytest.raises(ValueError, match=f"{together} codes are packed together, got the shape"):
                pack([0] * length)
    with pytest.raises(ValueError, match="are packed together"):
        pack(0)
    with pytest.raises(TypeError, match="codes are integers, got an array of float64"):
        pack([0.0] * together)


def test_only_bytes_and_words_are_unpacked() -> None:
    for unpack in (unpack_nibbles, unpack_trits):
        with pytest.raises(TypeError, match="packed codes are an array of uint8"):
            unpack([1, 2])
    with pytest.raises(TypeError, match="words are of uint64"):
        unpack_words([1, 2])
    with pytest.raises(ValueError, match="five trits make at most 242, got a byte 243"):
        unpack_trits(np.array([7, 243], np.uint8))


def test_packed_codes_need_sixteen_values_and_equal_blocks() -> None:
    packed, scale = np.zeros(6, np.uint8), np.ones(2, np.float32)
    assert dequantize_nibbles(packed, NF4, scale).shape == (12,)
    with pytest.raises(ValueError, match="packed codes need 16 values and equal blocks, got 3 values of ternary"):
        dequantize_nibbles(packed, TERNARY, scale)
    with pytest.raises(ValueError, match="4 scales for 6 bytes"):
        dequantize_nibbles(packed, NF4, np.ones(4, np.float32))


# Oracles


def test_the_orders_of_the_libraries() -> None:
    asked = VECTORS["packed"]
    ours = pack_nibbles(decoded(asked["codes"]))
    assert np.array_equal(ours, decoded(asked["onnx"]))
    assert np.array_equal(ours, decoded(asked["torchao"]))
    # bitsandbytes' order is tested with its NF4 codes
    for case in VECTORS["nf4"]:
        packed, scale = decoded(case["packed"]), decoded(case["absmax"])
        back = decoded(case["back"])
        if back.size % (64 * scale.size) == 0:
            assert np.array_equal(dequantize_nibbles(packed, NF4, scale, high_first=True), back)


# Exhaustive


@pytest.mark.parametrize("high_first", ORDERS)
def test_every_byte_is_two_nibbles(high_first: bool) -> None:
    every = np.arange(256, dtype=np.uint8)
    assert np.array_equal(pack_nibbles(unpack_nibbles(every, high_first=high_first), high_first=high_first), every)
    first, second = unpack_nibbles(every, high_first=high_first).reshape(-1, 2).T
    high, low = (first, second) if high_first else (second, first)
    assert np.array_equal(high, every // 16)
    assert np.array_equal(low, every % 16)


def test_every_five_trits_are_a_byte() -> None:
    every = np.arange(243, dtype=np.uint8)
    assert np.array_equal(pack_trits(unpack_trits(every)), every)
