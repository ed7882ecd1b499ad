r"""A scale for every few numbers: MXFP8, MXFP4, NVFP4, Q4_0 and Q8_0.

A block of 16 or 32 neighbors along the last axis shares one scale, and each number becomes an element of few bits:

    number = element * scale of its block * scale of the tensor

The formats differ in the elements, in the size of a block, in what a scale may be, and in the rule that finds it. A
large number costs the precision of its own block, and of no other one.

Notation: `x` is an array (..., n), n a multiple of the block size, taken as float32, in which all is computed.
`amax` is the largest magnitude of a block or of a tensor.

Explained on the page `docs/quantization/blocks.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.numbers.formats import FLOAT4_E2M1FN, FLOAT8_E4M3FN, FLOAT8_E8M0FNU, FLOAT16, FLOAT32, FloatFormat
from reference.numbers.integers import IntegerFormat
from reference.numbers.lookup import from_codes, to_codes
from reference.quantization.groups import absmax, pieces, to_groups
from reference.quantization.packing import pack_nibbles, unpack_nibbles

__all__ = [
    "BLOCK_FORMATS",
    "BlockFormat",
    "Blocks",
    "block_dequantize",
    "mxfp4_quantize",
    "mxfp8_quantize",
    "nvfp4_quantize",
    "q4_0_quantize",
    "q8_0_quantize",
]

_Floats: TypeAlias = NDArray[np.float32]
_Coded: TypeAlias = tuple[NDArray[Any], NDArray[Any]]

_SMALLEST_TENSOR_SCALE = 2.0**-120  # the reciprocal of a smaller one times a block's scale could overflow


class BlockFormat(NamedTuple):
    """What a block format is: the format of its elements, how many of them share a scale, and the format of a scale.

    For integers stored without a sign, `zero_point` is the code of 0. With `halves`, a byte holds the elements i (low)
    and i + block_size / 2 of a block, as in GGUF; without, two neighbors, the first one low.

    Example:
        >>> from reference.quantization import BLOCK_FORMATS
        >>> nvfp4 = BLOCK_FORMATS["nvfp4"]
        >>> nvfp4.element.name, nvfp4.block_size, nvfp4.scale.name
        ('float4_e2m1fn', 16, 'float8_e4m3fn')
    """

    element: FloatFormat | IntegerFormat
    block_size: int
    scale: FloatFormat
    zero_point: int = 0
    halves: bool = False


BLOCK_FORMATS: dict[str, BlockFormat] = {
    "mxfp8": BlockFormat(FLOAT8_E4M3FN, 32, FLOAT8_E8M0FNU),
    "mxfp4": BlockFormat(FLOAT4_E2M1FN, 32, FLOAT8_E8M0FNU),
    "nvfp4": BlockFormat(FLOAT4_E2M1FN, 16, FLOAT8_E4M3FN),
    "q4_0": BlockFormat(IntegerFormat(4), 32, FLOAT16, zero_point=8, halves=True),
    "q8_0": BlockFormat(IntegerFormat(8), 32, FLOAT16),
}
"""The formats by name."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """An array in a block format, as stored.

    Attributes:
        format: The format.
        codes: The elements' codes: (..., n), int8 in q8_0 and uint8 in mxfp8; else (..., n / 2), two in a byte.
        scales: (..., n / block_size), the codes of the blocks' scales.
        tensor_scale: The float32 factor of all blocks, for NVFP4; None in the other formats.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import mxfp4_quantize
        >>> q = mxfp4_quantize(np.ones((2, 64)))
        >>> q.codes.shape, q.scales.shape, q.nbytes, q.bits_per_weight
        ((2, 32), (2, 2), 68, 4.25)
    """

    format: BlockFormat
    codes: NDArray[Any]
    scales: NDArray[Any]
    tensor_scale: np.float32 | None = None

    @property
    def nbytes(self) -> int:
        """The size in bytes, scales included."""
        return self.codes.nbytes + self.scales.nbytes + (0 if self.tensor_scale is None else 4)

    @property
    def bits_per_weight(self) -> float:
        """The size in bits, divided by the number of weights."""
        return 8 * self.nbytes / max(self.scales.size * self.format.block_size, 1)


def mxfp8_quantize(x: ArrayLike, *, rule: Literal["floor", "even"] = "floor") -> Blocks:
    """Return x as MXFP8: blocks of 32 numbers in E4M3 with a power of two as scale, 8.25 bits a weight.

    The scale brings amax between 256 and 512, and what then is above 448 saturates. The rule "even" doubles the scale
    from 496 on, so 448 to 496 still saturate; all else is as in `mxfp4_quantize`.

    Source: OCP Microscaling Formats (MX) Specification 1.0, sections 5.1 and 6.3.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import mxfp8_quantize
        >>> q = mxfp8_quantize(np.append([500.0, 1.0], np.zeros(30)))
        >>> q.scales, [f"{code:02x}" for code in q.codes[:3]]
        (array([127], dtype=uint8), ['7e', '38', '00'])
    """
    return _mx_quantize(x, "mxfp8", FLOAT8_E4M3FN, rule)


def mxfp4_quantize(x: ArrayLike, *, rule: Literal["floor", "even"] = "floor") -> Blocks:
    r"""Return x as MXFP4: blocks of 32 numbers in E2M1 with a power of two as scale, 4.25 bits a weight.

    The scale is $2^{\lfloor \log_2 \mathrm{amax} \rfloor - 2}$: it brings amax between 4 and 8, and what then is above
    6 saturates. The rule "even" first rounds amax to the digits of an element, ties up, so that 7 and 8 become 4.

    Raises:
        ValueError: If n is no multiple of 32, a number is NaN or infinite, or the rule is neither "floor" nor "even".

    Source: OCP MX Specification 1.0, sections 5.3 and 6.3; "even" as in torchao 0.18. Hard cases: the smallest scale is
    2**-127, also that of a block of zeros. Ties between elements go to the even code.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import mxfp4_quantize
        >>> x = np.append([7.5, 0.3, -0.2, 2.5], np.zeros(28))
        >>> for q in (mxfp4_quantize(x), mxfp4_quantize(x, rule="even")):
        ...     print(2.0 ** (q.scales - 127.0), [f"{byte:02x}" for byte in q.codes[:2]])
        [1.] ['17', '48']
        [2.] ['06', '28']
    """
    return _mx_quantize(x, "mxfp4", FLOAT4_E2M1FN, rule)


def nvfp4_quantize(x: ArrayLike, *, tensor_scale: float | None = None) -> Blocks:
    r"""Return x as NVFP4: blocks of 16 numbers in E2M1, an E4M3 scale each, 4.5 bits a weight, and a tensor scale.

    The tensor's scale is amax / (448 * 6), unless given; 1 is NVFP4 without it. A block's scale is its own amax / 6,
    divided by the tensor's scale and rounded to E4M3, so the largest number's block gets 448.

    Raises:
        ValueError: If n is no multiple of 16, a number is NaN or infinite, or a given tensor_scale is below 2**-120.

    Source: NVIDIA 2025, arXiv:2509.25149, appendix B; the steps of torchao 0.18. Hard cases: a block's scale is at
    least 2**-6, also that of a block of zeros; the tensor's is at least 2**-120, also that of a tensor of zeros.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import nvfp4_quantize
        >>> q = nvfp4_quantize(np.append(np.full(16, 6.0), np.full(16, -0.006)))
        >>> print(round(float(q.tensor_scale) * 448, 6), q.scales, q.codes[::8])
        1.0 [126  46] [119 255]
    """
    ends = FLOAT4_E2M1FN.max, FLOAT8_E4M3FN.max, FLOAT8_E4M3FN.smallest_normal
    largest, top, bottom = (np.float32(float(end)) for end in ends)
    if tensor_scale is None:
        tensor_scale = max(absmax(to_groups(x)).item() / float(top * largest), _SMALLEST_TENSOR_SCALE)
    shared = np.float32(tensor_scale)
    if not _SMALLEST_TENSOR_SCALE <= shared < np.inf:
        raise ValueError(f"a tensor's scale is finite and at least 2**-120, got {shared}; leave it out to compute it")

    def encode(block: _Floats, amax: _Floats) -> _Coded:
        scales = to_codes(np.clip(amax / largest / shared, bottom, top), FLOAT8_E4M3FN)
        factors = 1 / shared / from_codes(scales, FLOAT8_E4M3FN)
        return to_codes(block * factors, FLOAT4_E2M1FN, saturate=True), scales

    return _quantize(x, "nvfp4", encode, tensor_scale=shared)


def q4_0_quantize(x: ArrayLike) -> Blocks:
    r"""Return x as Q4_0 of GGUF: blocks of 32 integers from -8 to 7 with a float16 scale, 4.5 bits a weight.

    The scale is d = m / -8, where m is the number of the largest absolute value, with its sign. So m itself becomes
    -8, and only the other side is cut, at 7. The code is floor(x / d + 8.5), at most 15.

    Raises:
        ValueError: If n is no multiple of 32, a number is NaN or infinite, or d is 65,520 or more: infinity in float16.

    Source: ggml, `quantize_row_q4_0_ref`, and `gguf.quants` 0.19. Hard cases: a block of zeros has the scale -0. Codes
    are found with d before its rounding to float16; a d that rounds to 0 makes the whole block 0.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import q4_0_quantize
        >>> q = q4_0_quantize(np.append([8.0, -8.0, -0.5, 0.5], np.zeros(28)))
        >>> print(q.scales.view(np.float16), q.codes[:5] % 16)
        [-1.] [ 0 15  9  8  8]
    """

    def encode(block: _Floats, amax: _Floats) -> _Coded:
        at = np.argmax(np.abs(block), axis=1, keepdims=True)
        scaled, scales = _scaled(block, np.take_along_axis(block, at, axis=1) / np.float32(-8))
        return np.minimum(scaled + np.float32(8.5), 15).astype(np.uint8), scales

    return _quantize(x, "q4_0", encode)


def q8_0_quantize(x: ArrayLike) -> Blocks:
    """Return x as Q8_0 of GGUF: blocks of 32 integers from -127 to 127 with a float16 scale, 8.5 bits a weight.

    The scale is d = amax / 127, and x / d is rounded, ties away from zero; all else is as in `q4_0_quantize`.

    Source: ggml, `quantize_row_q8_0_ref`, and `gguf.quants` 0.19.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import q8_0_quantize
        >>> q = q8_0_quantize(np.append([127.0, -0.5, 1.5, 0.49], np.zeros(28)))
        >>> print(q.scales.view(np.float16), q.codes[:4])
        [1.] [127  -1   2   0]
    """

    def encode(block: _Floats, amax: _Floats) -> _Coded:
        scaled, scales = _scaled(block, amax / np.float32(127))
        whole = np.trunc(scaled)
        return (whole + np.trunc(2 * (scaled - whole))).astype(np.int8), scales

    return _quantize(x, "q8_0", encode)


def block_dequantize(q: Blocks) -> _Floats:
    """Return the numbers (..., n), float32, that an array in a block format stands for; infinite beyond float32.

    Example:
        >>> import numpy as np
        >>> from reference.numbers import FLOAT16, IntegerFormat
        >>> from reference.quantization import BlockFormat, Blocks, block_dequantize
        >>> two_a_block = BlockFormat(IntegerFormat(8), 2, FLOAT16)
        >>> block_dequantize(Blocks(two_a_block, np.array([3, -4], np.int8), np.array([0x3800], np.uint16)))
        array([ 1.5, -2. ], dtype=float32)
    """
    format, shape = q.format, q.scales.shape
    codes = unpack_nibbles(q.codes) if format.element.bits == 4 else q.codes
    codes = codes.reshape(*shape, format.block_size)
    if format.halves:
        codes = np.concatenate([codes[..., ::2], codes[..., 1::2]], axis=-1)
    if isinstance(format.element, FloatFormat):
        elements = from_codes(codes, format.element, dtype=np.float32)
    else:
        elements = codes.astype(np.float32) - np.float32(format.zero_point)
    scales = from_codes(q.scales, format.scale, dtype=np.float32)
    if q.tensor_scale is not None:
        scales = scales * q.tensor_scale
    with np.errstate(over="ignore"):  # 6 times the largest power of two is beyond float32
        result: _Floats = (elements * scales[..., None]).reshape(*shape[:-1], shape[-1] * format.block_size)
    return result


def _mx_quantize(x: ArrayLike, name: str, element: FloatFormat, rule: str) -> Blocks:
    if rule not in ("floor", "even"):
        raise ValueError(f"the rule for the scale is 'floor' or 'even', got {rule!r}")
    half = 2 ** (FLOAT32.fraction_bits - element.fraction_bits - 1) if rule == "even" else 0

    def encode(block: _Floats, amax: _Floats) -> _Coded:
        # The exponent field of a float32 is the E8M0 code of the power of two below it: both have the bias 127.
        fields = (amax.view(np.int32) + half) >> FLOAT32.fraction_bits
        scales = np.maximum(fields - element.emax, 0).astype(np.uint8)
        return to_codes(block / from_codes(scales, FLOAT8_E8M0FNU), element, saturate=True), scales

    return _quantize(x, name, encode)


def _quantize(
    x: ArrayLike, name: str, encode: Callable[[_Floats, _Floats], _Coded], *, tensor_scale: np.float32 | None = None
) -> Blocks:
    """Return x in a format; `encode` finds codes and scales of blocks (m, size) with the largest magnitudes (m, 1).

    Raises:
        ValueError: If the last axis does not hold whole blocks, or a number is NaN or infinite.
    """
    format, shape = BLOCK_FORMATS[name], np.shape(x)
    size, bits = format.block_size, format.element.bits
    if not shape or shape[-1] % size:
        raise ValueError(f"{name} needs a last axis of a multiple of {size}, got shape {shape}; append zeros")
    blocks = to_groups(x, block_size=size)
    codes = np.empty((len(blocks), size * bits // 8), np.int8 if name == "q8_0" else np.uint8)
    scales = np.empty((len(blocks), 1), np.min_scalar_type(format.scale.codes - 1))
    for some in pieces(blocks):
        found, scales[some] = encode(blocks[some], absmax(blocks[some], first=some.start))
        if format.halves:
            found = found.reshape(-1, 2, size // 2).swapaxes(1, 2).reshape(-1, size)
        codes[some] = pack_nibbles(found) if bits == 4 else found
    whole = (*shape[:-1], shape[-1] // size)
    return Blocks(format, codes.reshape(*whole[:-1], whole[-1] * codes.shape[1]), scales.reshape(whole), tensor_scale)


def _scaled(block: _Floats, d: _Floats) -> tuple[_Floats, NDArray[Any]]:
    """Return x / d, by the reciprocal as GGUF has it, and the float16 codes of d; x is 0 where d is subnormal or 0.

    Raises:
        ValueError: If d is infinity in float16.
    """
    if (largest := np.abs(d).max(initial=0)) >= 65520:
        raise ValueError(f"a float16 scale is below 65520, got {largest:g}; divide x by a power of two first")
    normal = np.abs(d) >= np.finfo(np.float32).smallest_normal
    return block * np.divide(1, d, out=np.zeros_like(d), where=normal), to_codes(d, FLOAT16)
