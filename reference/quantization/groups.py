r"""Which numbers share a scale: the whole array, a channel, or a few neighbors.

Quantizers in this package see a matrix whose rows are the groups of numbers that share a scale. `to_groups` makes it
and `from_groups` undoes it. What comes out is a `Quantized`: codes in the shape of the array, one scale for each group,
and the size of both.

A group is the whole array (per tensor), all numbers that share an index along one axis (per channel), or a fixed number
of neighbors along the last axis (per block). Smaller groups fit their numbers better, and pay for more scales.

Notation: a code is a small integer that stands for a number, `scale` is the number that a group's codes are multiplied
by, and its `zero_point` is the code of 0.

Explained on the page `docs/quantization/groups.md`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Quantized", "absmax", "bits_per_weight", "from_groups", "pieces", "spread", "to_groups"]

_CHUNK = 2**17  # numbers handled at a time: what is computed in between stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Quantized:
    """Codes with what is needed to read them.

    Attributes:
        codes: (...), int8 or uint8: one code for each number, not packed.
        scale: float32: of shape () per tensor; with as many axes as codes, all but one of size 1, per channel; of
            shape (..., number of blocks) per block.
        zero_point: The code of 0, of the shape of scale; None where it is 0.
        bits: What a code takes once it is packed, in bits.
        axis: The axis whose indices have a scale each, or None.
        block_size: How many neighbors along the last axis share a scale, or None.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Quantized
        >>> q = Quantized(np.zeros(64, dtype=np.int8), np.ones(2, dtype=np.float32), bits=4, block_size=32)
        >>> q.bits_per_weight, q.nbytes
        (5.0, 40)
    """

    codes: NDArray[Any]
    scale: NDArray[np.float32]
    zero_point: NDArray[Any] | None = None
    bits: float = 8
    axis: int | None = None
    block_size: int | None = None

    @property
    def bits_per_weight(self) -> float:
        """The size in bits for each number: its code, and its share of scale (32 bits) and zero point."""
        shared = 32 * self.scale.size + (0 if self.zero_point is None else self.bits * self.zero_point.size)
        return self.bits + shared / max(self.codes.size, 1)

    @property
    def nbytes(self) -> int:
        """The size in bytes, once the codes are packed."""
        return math.ceil(round(self.bits_per_weight * self.codes.size, 6) / 8)


def bits_per_weight(bits: float, block_size: float, *, scale_bits: float = 32) -> float:
    """Return what a code and its share of the scale take, in bits: bits + scale_bits / block_size.

    Args:
        bits: What a code takes.
        block_size: How many codes share a scale.
        scale_bits: What a scale takes.

    Returns:
        The bits per weight.

    Example:
        >>> from reference.quantization import bits_per_weight
        >>> bits_per_weight(4, 32), bits_per_weight(4, 32, scale_bits=8)
        (5.0, 4.25)
    """
    return bits + scale_bits / block_size


def absmax(groups: NDArray[np.float32], *, first: int = 0) -> NDArray[np.float32]:
    """Return the largest magnitude of each row of a matrix, and refuse what cannot be quantized.

    Args:
        groups: (n, size), float32.
        first: The number of the first row, for the message.

    Returns:
        (n, 1), float32; 0 where a row is empty.

    Raises:
        ValueError: If a number is NaN or infinite.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import absmax
        >>> absmax(np.array([[1.0, -3.0], [0.5, 0.25]], dtype=np.float32))
        array([[3. ],
               [0.5]], dtype=float32)
    """
    largest: NDArray[np.float32] = np.abs(groups).max(axis=1, keepdims=True, initial=0)
    if not np.isfinite(largest).all():  # a maximum hands NaN on
        row = int(np.argmin(np.isfinite(largest)))
        bad = groups[row][~np.isfinite(groups[row])][0]
        raise ValueError(f"only finite float32 can be quantized, got {bad} in group {first + row}; mask or clip it")
    return largest


def to_groups(x: ArrayLike, *, axis: int | None = None, block_size: int | None = None) -> NDArray[np.float32]:
    """Return a matrix with one row for each group of numbers that share a scale, as float32.

    Args:
        x: (...), real numbers.
        axis: The axis whose indices are the groups; without it and without block_size all numbers are one group.
        block_size: How many neighbors along the last axis are a group; a last one that is shorter is filled with zeros.

    Returns:
        (number of groups, size of a group); a view of x where that is possible.

    Raises:
        ValueError: If both axis and block_size are given, or a block has no number.
        TypeError: If x holds no real numbers.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import to_groups
        >>> to_groups(np.array([1.0, 2.0, 3.0]), block_size=2)
        array([[1., 2.],
               [3., 0.]], dtype=float32)
    """
    array: NDArray[Any] = np.asarray(x)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"expected real numbers, got an array of {array.dtype}; convert it with astype(np.float32)")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinity, which absmax refuses
        array = np.ascontiguousarray(array, np.float32).reshape(array.shape)
    if axis is None and block_size is None:
        return array.reshape(1, -1)
    if axis is not None and block_size is not None:
        raise ValueError(f"a scale belongs to an axis or to a block, got axis={axis} and block_size={block_size}")
    if axis is not None:
        moved = np.moveaxis(array, axis, 0)
        return np.ascontiguousarray(moved.reshape(len(moved), math.prod(moved.shape[1:])))
    if not block_size or block_size < 1 or not (shape := np.shape(x)):
        raise ValueError(f"a block holds at least 1 number of an axis, got block_size={block_size} for {np.shape(x)}")
    missing = -shape[-1] % block_size
    if missing:
        array = np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)])
    return array.reshape(-1, block_size)


def from_groups(
    shape: tuple[int, ...],
    codes: NDArray[Any],
    scale: NDArray[np.float32],
    zero_point: NDArray[Any] | None = None,
    *,
    bits: float,
    axis: int | None = None,
    block_size: int | None = None,
) -> Quantized:
    """Return the quantized array whose groups are the rows of codes: `to_groups` undone.

    Args:
        shape: The shape of the array.
        codes: (number of groups, size of a group).
        scale: (number of groups, 1).
        zero_point: (number of groups, 1), or None.
        bits: What a code takes once it is packed.
        axis: As in `to_groups`.
        block_size: As in `to_groups`.

    Returns:
        Codes in the given shape, and scale and zero point in theirs.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import from_groups
        >>> q = from_groups((3,), np.array([[1, 2], [3, 0]]), np.ones((2, 1), np.float32), bits=4, block_size=2)
        >>> q.codes, q.scale
        (array([1, 2, 3]), array([1., 1.], dtype=float32))
    """
    if axis is not None:
        moved = (shape[axis], *np.delete(shape, axis).tolist())
        codes = np.moveaxis(codes.reshape(moved), 0, axis)
        shared = tuple(n if i == axis % len(shape) else 1 for i, n in enumerate(shape))
    elif block_size is not None:
        shared = (*shape[:-1], -(-shape[-1] // block_size))
        codes = codes.reshape(*shape[:-1], shared[-1] * block_size)[..., : shape[-1]]
    else:
        codes, shared = codes.reshape(shape), ()
    zero_point = None if zero_point is None else zero_point.reshape(shared)
    return Quantized(codes, scale.reshape(shared), zero_point, bits, axis, block_size)


def spread(shared: NDArray[Any], q: Quantized) -> NDArray[Any]:
    """Return what the numbers of a group share, a scale or a zero point, in a shape that broadcasts with the codes.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Quantized, spread
        >>> q = Quantized(np.array([1, 2, 127]), np.array([2.0, 5.0], dtype=np.float32), block_size=2)
        >>> spread(q.scale, q)
        array([2., 2., 5.], dtype=float32)
    """
    if q.block_size is None:
        return shared
    return np.repeat(shared, q.block_size, axis=-1)[..., : q.codes.shape[-1]]


def pieces(groups: NDArray[Any]) -> Iterator[slice]:
    """Return the rows of a matrix in pieces that fit the processor's cache, at least one row each.

    Returns:
        The pieces in order, as slices along the first axis.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import pieces
        >>> list(pieces(np.zeros((200, 1024))))
        [slice(0, 128, None), slice(128, 256, None)]
    """
    step = max(1, _CHUNK // max(groups.shape[1], 1))
    return (slice(start, start + step) for start in range(0, len(groups), step))
