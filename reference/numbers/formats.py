"""What a floating-point format is, as data: a few widths and rules, from which all its figures follow.

A code, the bits of a number read as a nonnegative integer, has three fields: sign, exponent, fraction. With the
exponent field E and the fraction field T it stands for

    (1 + T / 2**fraction_bits) * 2**(E - bias)       a normal number, E > 0
    (0 + T / 2**fraction_bits) * 2**(1 - bias)       zero or a subnormal number, E = 0

Formats differ in the widths, in the bias, and in what the highest codes mean: infinities, NaN or finite numbers.

Notation: the magnitude is the code without its sign bit. Counting magnitudes up goes through zero, the subnormal and
the normal numbers in order of size, then infinity, then NaN.

Explained on the page `docs/numbers/formats.md`.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

__all__ = [
    "BFLOAT16",
    "FLOAT4_E2M1FN",
    "FLOAT6_E2M3FN",
    "FLOAT6_E3M2FN",
    "FLOAT8_E3M4",
    "FLOAT8_E4M3",
    "FLOAT8_E4M3B11FNUZ",
    "FLOAT8_E4M3FN",
    "FLOAT8_E4M3FNUZ",
    "FLOAT8_E5M2",
    "FLOAT8_E5M2FNUZ",
    "FLOAT8_E8M0FNU",
    "FLOAT16",
    "FLOAT32",
    "FLOAT64",
    "FORMATS",
    "TF32",
    "FloatFormat",
]

_IEEE_BIAS: Any = None  # stands for a default that depends on another field


@dataclass(frozen=True)
class FloatFormat:
    """A binary floating-point format; the defaults are those of IEEE 754, so three arguments define such a format.

    All figures are exact: integers, or `Fraction`s, which compare with int and float and turn into one by `float(...)`.

    Attributes:
        name: The name, for the known formats that of ml_dtypes.
        exponent_bits: Width of the exponent field in bits, at least 1.
        fraction_bits: Width of the fraction field in bits. The leading 1 of a normal number is not stored.
        bias: What is subtracted from the exponent field; 2**(exponent_bits - 1) - 1 unless given.
        signed: Whether the first bit is a sign.
        infinities: Whether the magnitude above the largest finite number is infinity.
        nan: The codes of NaN: `"ieee"`, all above infinity in the highest exponent; `"all_ones"`, the highest
            magnitude alone; `"negative_zero"`, the code that would be -0; or `"none"`.
        subnormals: Whether exponent field 0 holds zero and the subnormal numbers. If not, it is an exponent like the
            others, and the format has no zero.

    Raises:
        ValueError: If the format contradicts itself.

    Source: IEEE 754-2019, clause 3.4; the figures have the names that `numpy.finfo` gives them.

    Example:
        >>> from reference.numbers import FloatFormat
        >>> mine = FloatFormat("mine", exponent_bits=4, fraction_bits=2)
        >>> mine.bits, mine.bias, float(mine.max), float(mine.smallest_normal), float(mine.eps)
        (7, 7, 224.0, 0.015625, 0.25)
    """

    name: str
    exponent_bits: int
    fraction_bits: int
    bias: int = _IEEE_BIAS
    signed: bool = True
    infinities: bool = True
    nan: Literal["ieee", "all_ones", "negative_zero", "none"] = "ieee"
    subnormals: bool = True

    def __post_init__(self) -> None:
        if self.exponent_bits < 1 or self.fraction_bits < 0:
            raise ValueError(
                f"{self.name} needs at least 1 exponent bit and 0 fraction bits, "
                f"got {self.exponent_bits} and {self.fraction_bits}"
            )
        if self.bias is None:
            object.__setattr__(self, "bias", (1 << (self.exponent_bits - 1)) - 1)
        if self.nan not in ("ieee", "all_ones", "negative_zero", "none"):
            raise ValueError(f"nan must be 'ieee', 'all_ones', 'negative_zero' or 'none', got {self.nan!r}")
        if self.nan == "ieee" and not (self.infinities and self.fraction_bits):
            raise ValueError(
                f"nan='ieee' puts infinity at fraction 0 of the highest exponent and NaN at the others, so {self.name} "
                f"needs infinities and a fraction; choose another nan, such as 'all_ones'"
            )
        if self.nan == "negative_zero" and not (self.signed and self.subnormals):
            raise ValueError(
                f"nan='negative_zero' needs a sign and a zero, and {self.name} lacks one; choose another nan"
            )
        if self.emax < self.emin:
            raise ValueError(f"{self.name} has no finite normal number; give it more exponent bits")

    @property
    def bits(self) -> int:
        """The number of bits that carry the value: sign, exponent and fraction."""
        return self.signed + self.exponent_bits + self.fraction_bits

    @property
    def codes(self) -> int:
        """The number of codes, 2**bits: valid codes are 0 to codes - 1."""
        return 1 << self.bits

    @property
    def magnitudes(self) -> int:
        """The number of magnitudes, which is also the place of the sign bit: -x has the code of x plus this."""
        return 1 << (self.exponent_bits + self.fraction_bits)

    @property
    def negative_zero(self) -> bool:
        """Whether the format has a zero with a minus sign."""
        return self.signed and self.subnormals and self.nan != "negative_zero"

    @property
    def max_code(self) -> int:
        """The code of the largest finite number."""
        if self.nan == "ieee":
            return self.magnitudes - (1 << self.fraction_bits) - 1
        return self.magnitudes - 1 - (self.nan == "all_ones") - self.infinities

    @property
    def infinity_code(self) -> int | None:
        """The code of +infinity, or None."""
        return self.max_code + 1 if self.infinities else None

    @property
    def nan_code(self) -> int | None:
        """The code of the NaN that operations give, or None. IEEE 754 calls it quiet: its first fraction bit is 1."""
        match self.nan:
            case "ieee":
                return self.max_code + 1 + (1 << (self.fraction_bits - 1))
            case "all_ones":
                return self.magnitudes - 1
            case "negative_zero":
                return self.magnitudes
            case _:
                return None

    @property
    def emin(self) -> int:
        """The exponent of the smallest normal number."""
        return self.subnormals - self.bias

    @property
    def emax(self) -> int:
        """The exponent of the largest finite number."""
        return (self.max_code >> self.fraction_bits) - self.bias

    @property
    def max(self) -> Fraction:
        """The largest finite number."""
        fraction = self.max_code % (1 << self.fraction_bits)
        return (1 + fraction * self.eps) * Fraction(2) ** self.emax

    @property
    def min(self) -> Fraction:
        """The lowest finite number: -max, or without a sign the least, which is positive where there is no zero."""
        if self.signed:
            return -self.max
        return Fraction(0) if self.subnormals else self.smallest_normal

    @property
    def smallest_normal(self) -> Fraction:
        """The smallest positive normal number, 2**emin."""
        return Fraction(2) ** self.emin

    @property
    def smallest_subnormal(self) -> Fraction:
        """The smallest positive number; the smallest normal one where the format has no subnormal numbers."""
        return self.smallest_normal * (self.eps if self.subnormals else 1)

    @property
    def eps(self) -> Fraction:
        """The distance from 1 to the next larger number, 2**-fraction_bits."""
        return Fraction(1, 1 << self.fraction_bits)

    @property
    def largest_exact_integer(self) -> int:
        """The largest n such that each integer from 1 to n is a number of the format; 0 if even 1 is none."""
        has_one = self.smallest_subnormal <= 1
        return min(1 << (self.fraction_bits + 1), int(self.max)) if has_one else 0


FLOAT64 = FloatFormat("float64", exponent_bits=11, fraction_bits=52)
"""Double precision, Python's float. Source: IEEE 754-2019, table 3.5, binary64."""

FLOAT32 = FloatFormat("float32", exponent_bits=8, fraction_bits=23)
"""Single precision. Source: IEEE 754-2019, table 3.5, binary32."""

FLOAT16 = FloatFormat("float16", exponent_bits=5, fraction_bits=10)
"""Half precision. Source: IEEE 754-2019, table 3.5, binary16."""

BFLOAT16 = FloatFormat("bfloat16", exponent_bits=8, fraction_bits=7)
"""The first 16 bits of float32: its range, with 8 significant bits. Source: Google, "bfloat16", 2018."""

TF32 = FloatFormat("tf32", exponent_bits=8, fraction_bits=10)
"""The range of float32 with the precision of float16, inside NVIDIA's matrix units. Its 19 bits are the first 19 of a
32-bit word, so a TF32 code shifted left by 13 is a float32 code. Source: NVIDIA A100 architecture paper, 2020."""

FLOAT8_E4M3FN = FloatFormat("float8_e4m3fn", exponent_bits=4, fraction_bits=3, infinities=False, nan="all_ones")
"""FP8 for weights and activations: no infinity, so that 256 to 448 are numbers. Source: OCP 8-bit Floating Point
Specification 1.0, 2023; Micikevicius et al. 2022, arXiv:2209.05433, table 1."""

FLOAT8_E5M2 = FloatFormat("float8_e5m2", exponent_bits=5, fraction_bits=2)
"""FP8 for gradients, the first 8 bits of float16. Source: as for E4M3."""

FLOAT8_E4M3 = FloatFormat("float8_e4m3", exponent_bits=4, fraction_bits=3)
"""E4M3 by the rules of IEEE 754, up to 240; not the one that "FP8" means. Source: ml_dtypes."""

FLOAT8_E3M4 = FloatFormat("float8_e3m4", exponent_bits=3, fraction_bits=4)
"""E3M4 by the rules of IEEE 754. Source: ml_dtypes."""

FLOAT8_E4M3FNUZ = FloatFormat(
    "float8_e4m3fnuz", exponent_bits=4, fraction_bits=3, bias=8, infinities=False, nan="negative_zero"
)
"""E4M3, finite, with NaN in the place of -0. Source: Noune et al. 2022, arXiv:2206.02915."""

FLOAT8_E5M2FNUZ = FloatFormat(
    "float8_e5m2fnuz", exponent_bits=5, fraction_bits=2, bias=16, infinities=False, nan="negative_zero"
)
"""E5M2, finite, with NaN in the place of -0. Source: as for E4M3FNUZ."""

FLOAT8_E4M3B11FNUZ = FloatFormat(
    "float8_e4m3b11fnuz", exponent_bits=4, fraction_bits=3, bias=11, infinities=False, nan="negative_zero"
)
"""E4M3 moved to smaller numbers by a bias of 11. Source: Sun et al. 2019, "Hybrid 8-bit Floating Point (HFP8) Training
and Inference for Deep Neural Networks", for the bias; ml_dtypes for the codes."""

FLOAT6_E2M3FN = FloatFormat("float6_e2m3fn", exponent_bits=2, fraction_bits=3, infinities=False, nan="none")
"""FP6 with more precision. Source: OCP Microscaling Formats (MX) Specification 1.0, 2023, section 5.3."""

FLOAT6_E3M2FN = FloatFormat("float6_e3m2fn", exponent_bits=3, fraction_bits=2, infinities=False, nan="none")
"""FP6 with more range. Source: OCP MX Specification 1.0, section 5.3."""

FLOAT4_E2M1FN = FloatFormat("float4_e2m1fn", exponent_bits=2, fraction_bits=1, infinities=False, nan="none")
"""FP4: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives. Source: OCP MX Specification 1.0, section 5.3."""

FLOAT8_E8M0FNU = FloatFormat("float8_e8m0fnu", 8, 0, signed=False, infinities=False, nan="all_ones", subnormals=False)
"""The scale of a block: a power of two, no sign, no zero. Source: OCP MX Specification 1.0, section 5.4."""

_ALL = [FLOAT64, FLOAT32, FLOAT16, BFLOAT16, TF32, FLOAT8_E4M3FN, FLOAT8_E5M2, FLOAT8_E4M3, FLOAT8_E3M4]
_ALL += [FLOAT8_E4M3FNUZ, FLOAT8_E5M2FNUZ, FLOAT8_E4M3B11FNUZ, FLOAT6_E2M3FN, FLOAT6_E3M2FN, FLOAT4_E2M1FN]

FORMATS: dict[str, FloatFormat] = {format.name: format for format in [*_ALL, FLOAT8_E8M0FNU]}
"""All these formats by name. The names are those of ml_dtypes, which lacks tf32."""
