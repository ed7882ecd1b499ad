r"""Sixteen values to choose from: powers of two, NF4, E2M1, integers, and minus one, zero, one.

A codebook is a short list of values, and a code is a place in it. Quantizing chooses the nearest value, dequantizing
looks it up, so the values need not be equally far apart. Numbers are first divided by the scale of their block, so that
the largest magnitude of the block becomes the largest value of the codebook.

The best values for given numbers, and what each codebook loses on a normal distribution, are the subject of
`reference.quantization.distortion`.

Notation: `v` is a value, a bound is the midpoint of two neighboring values, in order of size.

Explained on the page `docs/quantization/codebooks.md`.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.numbers import FLOAT4_E2M1FN, IntegerFormat, from_codes
from reference.quantization.groups import Quantized, absmax, from_groups, pieces, spread, to_groups

__all__ = [
    "FP4_E2M1",
    "INT4",
    "LOG4",
    "NF4",
    "TERNARY",
    "Codebook",
    "codebook_dequantize",
    "codebook_quantize",
    "log_codebook",
    "look_up",
    "nearest_codes",
]

_CHUNK = 2**16  # numbers whose comparisons stay in the processor's cache
_TINY = np.float32(1e-38)  # smaller largest magnitudes count as this one, so that 1 / it is finite


@dataclass(frozen=True)
class Codebook:
    """A list of values; the code of a value is its place in the list.

    Attributes:
        name: The name.
        values: 2 to 16 finite values, in the order of their codes. Where a value stands twice, as 0 and -0, quantizing
            gives the first code.

    Raises:
        ValueError: If there are fewer than 2 or more than 16 values, or one is not finite.

    Example:
        >>> from reference.quantization import Codebook
        >>> mine = Codebook("mine", (-2.0, 0.0, 0.25, 1.0))
        >>> mine.bits, mine.top, mine.table
        (2.0, 1.0, array([-2.  ,  0.  ,  0.25,  1.  ], dtype=float32))
    """

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(map(float, self.values)))  # a list would have no hash
        if not 2 <= len(self.values) <= 16:
            raise ValueError(f"a codebook has 2 to 16 values, got {len(self.values)} for {self.name}")
        if not all(map(math.isfinite, self.values)):
            raise ValueError(f"the values of a codebook are finite, got {self.values} for {self.name}")

    @property
    def bits(self) -> float:
        """What a packed code takes, in bits: a whole number, but 1.6 for three values, as five of them fit a byte."""
        return 1.6 if len(self.values) == 3 else float(math.ceil(math.log2(len(self.values))))

    @property
    def top(self) -> float:
        """The magnitude that a block's largest number gets: the largest that the codebook reaches with both signs."""
        low, high = -min(self.values), max(self.values)
        return min(low, high) if min(low, high) > 0 else max(low, high)

    @property
    def table(self) -> NDArray[np.float32]:
        """The values as float32, in the order of their codes."""
        return np.array(self.values, np.float32)


def log_codebook(*, zero: bool = True, base: float = 2.0, gray: bool = False) -> Codebook:
    r"""Return a codebook of powers: bit 3 is the sign, bits 2 to 0 are k, and the magnitude is $\mathrm{base}^{k-7}$.

    Args:
        zero: Whether k = 0 is 0 rather than the smallest power. There are then 15 different values, and code 0 is 0.
        base: Greater than 1; 2 makes every product a shift of the exponent, its square root has finer steps.
        gray: Whether k is stored as $k \oplus \lfloor k / 2 \rfloor$, so that neighboring values differ in one bit.

    Returns:
        The 16 values, from code 0 to 15.

    Raises:
        ValueError: If base is not greater than 1.

    Source: Miyashita et al. 2016, arXiv:1603.01025, section 3, for powers of two with a zero. Hard case: code 8 is -0.

    Example:
        >>> from reference.quantization import log_codebook
        >>> log_codebook().values[:9]
        (0.0, 0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0, -0.0)
    """
    if not base > 1:
        raise ValueError(f"the base of a logarithmic code is greater than 1, got {base}")
    magnitudes = [0.0 if zero and k == 0 else float(base) ** (k - 7) for k in range(8)]
    if gray:
        magnitudes = [magnitudes[code ^ code >> 1 ^ code >> 2] for code in range(8)]
    name = f"log4{'' if zero else ' without zero'}{'' if base == 2 else f' base {base:.3g}'}{' gray' if gray else ''}"
    return Codebook(name, (*magnitudes, *(-v for v in magnitudes)))


LOG4 = log_codebook()
"""Zero and seven powers of two, with a sign: 0b0000 is 0, 0b0111 is 1, 0b1111 is -1."""

_NF4 = [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635]
_NF4 += [-0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725]
_NF4 += [0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]

NF4 = Codebook("nf4", tuple(_NF4))
"""NormalFloat: quantiles of the normal distribution, scaled to 1, and 0. Source: Dettmers et al. 2023,
arXiv:2305.14314, section 3 and appendix E."""

FP4_E2M1 = Codebook("fp4_e2m1", tuple(from_codes(np.arange(16), FLOAT4_E2M1FN).tolist()))
"""The numbers of the 4-bit float format: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives; code 8 is -0."""

INT4 = Codebook("int4", tuple(float(IntegerFormat(4).decode(code)) for code in range(16)))
"""The integers from -8 to 7, by their codes in two's complement; blocks are scaled to 7, so -8 stays unused."""

TERNARY = Codebook("ternary", (-1.0, 0.0, 1.0))
"""Minus one, zero and one, by the codes 0, 1 and 2."""


def nearest_codes(x: ArrayLike, codebook: Codebook) -> NDArray[np.uint8]:
    """Return the code of the nearest value for each number: it counts the bounds that lie below the number.

    Args:
        x: (...), numbers, compared as float32; infinities go to the ends.
        codebook: The codebook.

    Returns:
        (...), uint8.

    Raises:
        ValueError: If a number is NaN.

    Source: as bitsandbytes does. Hard case: half-way between two values the lower one is taken.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Codebook, nearest_codes
        >>> nearest_codes(np.array([-9.0, 0.1, 0.4, 0.5, 0.6]), Codebook("mine", (-1.0, 0.0, 0.25, 1.0)))
        array([0, 1, 2, 2, 2], dtype=uint8)
    """
    array = np.asarray(x, np.float32)
    flat, codes = array.reshape(-1), np.empty(array.size, np.uint8)
    bounds, order = _bounds(codebook)
    above = np.empty(min(array.size, _CHUNK), np.bool_)
    for start in range(0, array.size, _CHUNK):
        part, rank = flat[start : start + _CHUNK], codes[start : start + _CHUNK]
        if np.isnan(part.max()):
            raise ValueError("NaN has no nearest value; mask it first")
        rank[:] = 0
        for bound in bounds:
            rank += np.greater(part, bound, out=above[: part.size]).view(np.uint8)
        if order is not None:
            order.take(rank, out=rank, mode="clip")
    return codes.reshape(array.shape)


@lru_cache
def _bounds(codebook: Codebook) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    """Return the bounds between the different values, and these values' codes if they are not 0, 1, 2 and so on."""
    values, first = np.unique(codebook.table, return_index=True)
    in_order = np.array_equal(first, np.arange(len(values)))
    return (values[1:] + values[:-1]) / np.float32(2), None if in_order else first.astype(np.uint8)


def look_up(codes: ArrayLike, codebook: Codebook) -> NDArray[np.float32]:
    """Return the values of codes.

    Args:
        codes: (...), integers.
        codebook: The codebook.

    Returns:
        (...), float32.

    Raises:
        ValueError: If there is no such code.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import TERNARY, look_up
        >>> look_up(np.array([0, 2, 1]), TERNARY)
        array([-1.,  1.,  0.], dtype=float32)
    """
    places = np.asarray(codes)
    if places.size and not (places.min() >= 0 and places.max() < len(codebook.values)):
        raise ValueError(
            f"the codes of {codebook.name} are 0 to {len(codebook.values) - 1}, got {places.min()} to {places.max()}"
        )
    values: NDArray[np.float32] = codebook.table[places]
    return values


def codebook_quantize(
    x: ArrayLike, codebook: Codebook, *, axis: int | None = None, block_size: int | None = None
) -> Quantized:
    r"""Quantize to the nearest values of a codebook, scaled so that each group's largest magnitude is the top one.

    $s = \max|x| / \mathrm{top}$, and the code is that of the value nearest to $x / s$.

    Args:
        x: (...), finite numbers; they are rounded to float32 first.
        codebook: The codebook.
        axis: As in `absmax_quantize`.
        block_size: As in `absmax_quantize`.

    Returns:
        Codes of uint8, in the shape of x, and the scales; `codebook_dequantize` reads them.

    Raises:
        ValueError: As in `absmax_quantize`, or if the codebook has no value but 0.
        TypeError: As in `absmax_quantize`.

    Source: Dettmers et al. 2023, arXiv:2305.14314, section 3. Hard cases: a group of zeros has scale 0 and comes back
    as zeros, even where the codebook has none.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Codebook, codebook_quantize
        >>> q = codebook_quantize(np.array([2.0, -1.1, 0.1, 0.6]), Codebook("mine", (-1.0, 0.0, 0.25, 1.0)))
        >>> q.codes, float(q.scale)
        (array([3, 0, 1, 2], dtype=uint8), 2.0)
    """
    if not codebook.top:
        raise ValueError(f"a group is scaled to the largest value, and {codebook.name} has none but 0")
    groups = to_groups(x, axis=axis, block_size=block_size)
    codes, scale = np.empty(groups.shape, np.uint8), np.empty((len(groups), 1), np.float32)
    for some in pieces(groups):
        scale[some] = absmax(groups[some], first=some.start) / np.float32(codebook.top)
        codes[some] = nearest_codes(groups[some] * (1 / np.maximum(scale[some], _TINY)), codebook)
    return from_groups(np.shape(x), codes, scale, bits=codebook.bits, axis=axis, block_size=block_size)


def codebook_dequantize(
    q: Quantized, codebook: Codebook, *, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return the numbers that codes stand for: the values of the codebook times the scales.

    Args:
        q: What `codebook_quantize` made.
        codebook: The same codebook.
        out: Where to write them, float32 in the shape of the codes; a new array unless given.

    Returns:
        (...), float32, in the shape of the codes.

    Raises:
        ValueError: If the codebook has no such code.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Codebook, Quantized, codebook_dequantize
        >>> q = Quantized(np.array([3, 0, 2], dtype=np.uint8), np.float32(2.0), bits=2)
        >>> codebook_dequantize(q, Codebook("mine", (-1.0, 0.0, 0.25, 1.0)))
        array([ 2. , -2. ,  0.5], dtype=float32)
    """
    values = look_up(q.codes, codebook)
    numbers: NDArray[np.float32] = np.multiply(values, spread(q.scale, q), out=values if out is None else out)
    return numbers
