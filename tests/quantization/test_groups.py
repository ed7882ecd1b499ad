"""Groups: their layout and back, sizes in bits, and what is refused."""

from typing import Any

import numpy as np
import pytest

from reference.quantization import (
    Quantized,
    absmax,
    absmax_quantize,
    bits_per_weight,
    from_groups,
    pieces,
    spread,
    to_groups,
)
from tests.properties import given, st

# Known values


@pytest.mark.parametrize(
    ("options", "bits", "nbytes"),
    [
        ({"bits": 8}, 8 + 32 / 4096, 4100),
        ({"bits": 4}, 4 + 32 / 4096, 2052),
        ({"bits": 4, "axis": 0}, 4 + 32 / 64, 2304),
        ({"bits": 4, "block_size": 32}, 5.0, 2560),
        ({"bits": 4, "block_size": 64}, 4.5, 2304),
        ({"bits": 2, "block_size": 16}, 4.0, 2048),
    ],
)
def test_bits_per_weight_count_the_scales(options: dict[str, int], bits: float, nbytes: int) -> None:
    q = absmax_quantize(np.ones((64, 64)), **options)
    assert (q.bits_per_weight, q.nbytes) == (bits, nbytes)


@pytest.mark.parametrize("size", [1, 8, 32, 64])
def test_the_formula_counts_as_the_codes_do(size: int) -> None:
    q = absmax_quantize(np.ones(320), bits=4, block_size=size)
    assert q.bits_per_weight == bits_per_weight(4, size)


def test_zero_points_count_too_and_bytes_are_whole() -> None:
    q = Quantized(np.zeros(3, np.uint8), np.ones((), np.float32), np.zeros((), np.uint8), bits=4)
    assert q.bits_per_weight == 4 + 36 / 3
    assert q.nbytes == 6


def test_an_empty_array_has_the_size_of_its_scale() -> None:
    assert absmax_quantize(np.zeros(0)).nbytes == 0
    assert absmax_quantize(np.zeros((3, 0)), axis=0).codes.shape == (3, 0)


def test_the_rows_are_the_groups() -> None:
    x = np.arange(12.0, dtype=np.float32).reshape(2, 6)
    assert to_groups(x).tolist() == [x.reshape(-1).tolist()]
    assert to_groups(x, axis=0).tolist() == x.tolist()
    assert to_groups(x, axis=-1).tolist() == x.T.tolist()
    assert to_groups(x, block_size=3).tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]


def test_a_short_last_block_of_each_row_is_filled_with_zeros() -> None:
    x = np.arange(1.0, 7.0).reshape(2, 3)
    assert to_groups(x, block_size=2).tolist() == [[1, 2], [3, 0], [4, 5], [6, 0]]
    assert absmax_quantize(x, block_size=2).scale.shape == (2, 2)


# Properties


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.data())
def test_from_groups_undoes_to_groups(shape: list[int], data: Any) -> None:
    x = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    block_size = data.draw(st.integers(1, 5)) if axis is None else None
    if block_size and data.draw(st.booleans()):
        block_size = None
    groups = to_groups(x, axis=axis, block_size=block_size)
    own = np.arange(len(groups), dtype=np.float32).reshape(-1, 1)
    q = from_groups(x.shape, groups, own, own.astype(np.uint8), bits=4, axis=axis, block_size=block_size)
    assert np.array_equal(q.codes, x)
    assert q.scale.size == len(groups)
    # every number finds the scale of its own group
    numbers = np.repeat(own, groups.shape[1], axis=1)
    again = from_groups(x.shape, numbers, own, bits=4, axis=axis, block_size=block_size).codes
    assert np.array_equal(np.broadcast_to(spread(q.scale, q), x.shape), again)


@given(st.integers(0, 300), st.integers(0, 3000))
def test_pieces_cover_every_row_once(rows: int, columns: int) -> None:
    groups = np.broadcast_to(np.float32(0), (rows, columns))
    covered = [row for some in pieces(groups) for row in range(rows)[some]]
    assert covered == list(range(rows))


# Bad input


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_what_is_not_finite_is_named_with_its_group(bad: float) -> None:
    x = np.ones((4, 3))
    x[2, 1] = bad
    with pytest.raises(ValueError, match=r"only finite float32 can be quantized, got (nan|-?inf) in group 2;"):
        absmax(to_groups(x, axis=0))


@pytest.mark.parametrize("bad", [np.ones(3, bool), np.ones(3, complex), np.array(["1"])])
def test_only_real_numbers_are_quantized(bad: np.ndarray) -> None:
    with pytest.raises(TypeError, match="expected real numbers"):
        to_groups(bad)


def test_an_axis_or_a_block_not_both() -> None:
    with pytest.raises(ValueError, match="a scale belongs to an axis or to a block"):
        to_groups(np.ones((2, 4)), axis=0, block_size=2)


@pytest.mark.parametrize(("x", "size"), [(np.ones(4), 0), (np.ones(4), -1), (np.float32(1), 2)])
def test_a_block_holds_numbers_of_an_axis(x: Any, size: int) -> None:
    with pytest.raises(ValueError, match="a block holds at least 1 number"):
        to_groups(x, block_size=size)


def test_an_axis_that_is_not_there_is_numpys_error() -> None:
    with pytest.raises(np.exceptions.AxisError):
        to_groups(np.ones(4), axis=1)
