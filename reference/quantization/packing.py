r"""Two 4-bit codes to a byte, sixteen to a word of 64 bits, five ternary digits to a byte.

A computer has no address for four bits, so 4-bit codes are stored in pairs, and the libraries disagree on the order:
ONNX puts the first code into the low bits of the byte, bitsandbytes into the high ones; torchao has both. Read in the
wrong order, each two neighbors change places.

Three to the fifth power is 243, so five ternary digits fit into a byte, 1.6 bits each where log2(3) = 1.585 would do.

Notation: a nibble is half a byte, a trit a ternary digit: 0, 1 or 2.

Explained on the page `docs/quantization/packing.md`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.quantization.codebooks import Codebook

__all__ = [
    "dequantize_nibbles",
    "pack_nibbles",
    "pack_pair",
    "pack_trits",
    "pack_words",
    "unpack_nibbles",
    "unpack_trits",
    "unpack_words",
]

_CHUNK = 2**16  # handled at a time: what is computed in between stays in the processor's cache
_PAIR = np.dtype("<u2")  # two bytes as one number, the first one in the low bits, on every machine
_PLACES = np.array([1, 3, 9, 27, 81], np.uint8)  # what each trit of a byte counts, the first one least


def pack_pair(first: int, second: int, *, high_first: bool = False) -> int:
    """Return the byte of two 4-bit codes, first + 16 second or the other way around: the rule, for two numbers.

    Example:
        >>> from reference.quantization import pack_pair
        >>> pack_pair(3, 10), pack_pair(3, 10, high_first=True)
        (163, 58)
    """
    return second + 16 * first if high_first else first + 16 * second


def pack_nibbles(codes: ArrayLike, *, high_first: bool = False) -> NDArray[np.uint8]:
    r"""Return 4-bit codes in pairs, $\mathrm{first} + 16 \cdot \mathrm{second}$ to a byte.

    Two neighboring codes of a byte each are read as one 16-bit number, and one shift brings them together.

    Args:
        codes: (..., n), integers from 0 to 15, n even.
        high_first: Whether the first code of a pair goes into the high bits, as bitsandbytes has it.

    Returns:
        (..., n / 2), uint8.

    Raises:
        ValueError: If a code is out of range or n is odd.
        TypeError: If the codes are no integers.

    Source: ONNX IR, tensor data of 4-bit types, for low first; bitsandbytes, quantize_4bit, for high first.

    Example:
        >>> from reference.quantization import pack_nibbles
        >>> [f"{byte:02x}" for byte in pack_nibbles([1, 2, 3, 15])]
        ['21', 'f3']
        >>> [f"{byte:02x}" for byte in pack_nibbles([1, 2, 3, 15], high_first=True)]
        ['12', '3f']
    """
    pairs = _checked_codes(codes, 16, 2).view(_PAIR)  # first + 256 second
    together = (lambda p: p << 4 | p >> 8) if high_first else (lambda p: p | p >> 4)
    return _by_pieces(together, pairs, np.uint8)  # which keeps the low 8 bits


def unpack_nibbles(packed: ArrayLike, *, high_first: bool = False) -> NDArray[np.uint8]:
    """Return the 4-bit codes of bytes: `pack_nibbles` undone.

    Args:
        packed: (..., n), uint8.
        high_first: As in `pack_nibbles`.

    Returns:
        (..., 2 n), uint8.

    Raises:
        TypeError: If packed is not of uint8.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import unpack_nibbles
        >>> unpack_nibbles(np.array([0x21, 0xF3], dtype=np.uint8))
        array([ 1,  2,  3, 15], dtype=uint8)
    """
    left, right = (8, 4) if high_first else (4, 0)
    pairs = _by_pieces(lambda b: b.astype(_PAIR) << left | b >> right, _bytes(packed), _PAIR)
    pairs &= np.uint16(0x0F0F)
    return pairs.view(np.uint8)


def dequantize_nibbles(
    packed: NDArray[np.uint8],
    codebook: Codebook,
    scale: NDArray[np.float32],
    *,
    high_first: bool = False,
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the numbers that packed codes stand for, without unpacking them: one look-up in 256 pairs gives two.

    Args:
        packed: (m,), the packed codes of blocks of equal size, one block after the other.
        codebook: Its values, 16 of them.
        scale: (blocks,), one for each block.
        high_first: As in `pack_nibbles`.
        out: (2 m,), float32, where to write them; a new array unless given.

    Returns:
        (2 m,), float32.

    Raises:
        ValueError: If the codebook has not 16 values, or the blocks are not of equal size.
        TypeError: If packed is not of uint8.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Codebook, dequantize_nibbles
        >>> plain, scale = Codebook("plain", tuple(range(16))), np.array([2.0, 10.0], dtype=np.float32)
        >>> dequantize_nibbles(np.array([0x67, 0xF0], dtype=np.uint8), plain, scale)
        array([ 14.,  12.,   0., 150.], dtype=float32)
    """
    flat = _bytes(packed).reshape(-1)
    if len(codebook.values) != 16 or scale.size == 0 or flat.size % scale.size:
        raise ValueError(
            f"packed codes need 16 values and equal blocks, got {len(codebook.values)} values of {codebook.name} and "
            f"{scale.size} scales for {flat.size} bytes"
        )
    values = codebook.table[unpack_nibbles(np.arange(256, dtype=np.uint8), high_first=high_first)]
    pairs = values.view(np.complex64)  # two neighboring float32, moved as one
    numbers = np.empty(2 * flat.size, np.float32) if out is None else out
    rows, blocks = numbers.view(np.complex64).reshape(scale.size, -1), flat.reshape(scale.size, -1)
    step = max(1, _CHUNK // max(blocks.shape[1], 1))
    for start in range(0, scale.size, step):
        some = slice(start, start + step)
        pairs.take(blocks[some], out=rows[some], mode="clip")  # the default mode copies the output first
        part = rows[some].view(np.float32)
        part *= scale.reshape(-1, 1)[some]
    return numbers


def pack_words(codes: ArrayLike) -> NDArray[np.uint64]:
    """Return 4-bit codes, sixteen to a word of 64 bits, the first one in the lowest bits.

    A network of 4-bit weights is then a short list of integers: flipping bits is one exclusive or for sixteen weights.

    Args:
        codes: (..., n), integers from 0 to 15, n a multiple of 16.

    Returns:
        (..., n / 16), uint64.

    Raises:
        ValueError: If a code is out of range or n is no multiple of 16.
        TypeError: If the codes are no integers.

    Example:
        >>> from reference.quantization import pack_words
        >>> [f"{word:016x}" for word in pack_words(range(16))]
        ['fedcba9876543210']
    """
    return pack_nibbles(_checked_codes(codes, 16, 16)).view(np.dtype("<u8")).astype(np.uint64, copy=False)


def unpack_words(words: ArrayLike) -> NDArray[np.uint8]:
    """Return the 4-bit codes of words: `pack_words` undone.

    Args:
        words: (..., n), uint64.

    Returns:
        (..., 16 n), uint8.

    Raises:
        TypeError: If words are not of uint64.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import unpack_words
        >>> unpack_words(np.array([0xF3], dtype=np.uint64))[:3]
        array([ 3, 15,  0], dtype=uint8)
    """
    array = np.asarray(words)
    if array.dtype != np.uint64:
        raise TypeError(f"words are of uint64, got {array.dtype}; convert them with astype(np.uint64)")
    return unpack_nibbles(np.ascontiguousarray(np.atleast_1d(array), np.dtype("<u8")).view(np.uint8))


def pack_trits(codes: ArrayLike) -> NDArray[np.uint8]:
    r"""Return ternary codes, five to a byte: $c_0 + 3 c_1 + 9 c_2 + 27 c_3 + 81 c_4$, at most 242.

    Args:
        codes: (..., n), integers from 0 to 2, n a multiple of 5.

    Returns:
        (..., n / 5), uint8.

    Raises:
        ValueError: If a code is out of range or n is no multiple of 5.
        TypeError: If the codes are no integers.

    Source: llama.cpp's TQ1_0 also packs five to a byte, in another order and scaled to 256.

    Example:
        >>> from reference.quantization import pack_trits
        >>> pack_trits([1, 0, 0, 0, 2, 2, 2, 2, 2, 2])
        array([163, 242], dtype=uint8)
    """
    trits = _checked_codes(codes, 3, 5)
    fives = trits.reshape(*trits.shape[:-1], trits.shape[-1] // 5, 5)
    packed: NDArray[np.uint8] = np.sum(fives * _PLACES, axis=-1, dtype=np.uint8)
    return packed


def unpack_trits(packed: ArrayLike) -> NDArray[np.uint8]:
    """Return the ternary codes of bytes: `pack_trits` undone.

    Args:
        packed: (..., n), uint8, at most 242.

    Returns:
        (..., 5 n), uint8.

    Raises:
        ValueError: If a byte is more than 242.
        TypeError: If packed is not of uint8.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import unpack_trits
        >>> unpack_trits(np.array([163], dtype=np.uint8))
        array([1, 0, 0, 0, 2], dtype=uint8)
    """
    array = _bytes(packed)
    if array.size and array.max() > 242:
        raise ValueError(f"five trits make at most 242, got a byte {array.max()}; was it packed in another way?")
    trits: NDArray[np.uint8] = array[..., np.newaxis] // _PLACES % np.uint8(3)
    return trits.reshape(*array.shape[:-1], array.shape[-1] * 5)


def _by_pieces(function: Callable[[NDArray[Any]], NDArray[Any]], x: NDArray[Any], dtype: Any) -> NDArray[Any]:
    flat, out = np.ascontiguousarray(x).reshape(-1), np.empty(x.size, dtype)
    for start in range(0, x.size, _CHUNK):
        out[start : start + _CHUNK] = function(flat[start : start + _CHUNK])
    return out.reshape(x.shape)


def _checked_codes(codes: ArrayLike, size: int, together: int) -> NDArray[np.uint8]:
    array = np.asarray(codes)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"codes are integers, got an array of {array.dtype}; quantize numbers first")
    if not array.ndim or array.shape[-1] % together:
        raise ValueError(f"{together} codes are packed together, got the shape {array.shape}; pad the last axis")
    if array.size and not (array.min() >= 0 and array.max() < size):
        raise ValueError(f"codes to pack are 0 to {size - 1}, got {array.min()} to {array.max()}")
    return np.ascontiguousarray(array, np.uint8)


def _bytes(packed: ArrayLike) -> NDArray[Any]:
    array = np.asarray(packed)
    if array.dtype != np.uint8 or not array.ndim:
        raise TypeError(f"packed codes are an array of uint8, got {array.dtype} of shape {array.shape}")
    return array
