"""The formats: the tables of their specifications, formats of one's own, other libraries' figures, contradictions."""

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference.numbers import (
    BFLOAT16,
    FLOAT4_E2M1FN,
    FLOAT6_E2M3FN,
    FLOAT6_E3M2FN,
    FLOAT8_E3M4,
    FLOAT8_E4M3,
    FLOAT8_E4M3B11FNUZ,
    FLOAT8_E4M3FN,
    FLOAT8_E4M3FNUZ,
    FLOAT8_E5M2,
    FLOAT8_E5M2FNUZ,
    FLOAT8_E8M0FNU,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    TF32,
    FloatFormat,
    decode,
)
from tests.needs import need
from tests.properties import given, st

ml_dtypes: Any = need("ml_dtypes")

IN_NUMPY = ["float16", "float32", "float64"]
IN_ML_DTYPES = [name for name in FORMATS if name not in ("tf32", *IN_NUMPY)]


def power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


def finfo(name: str) -> Any:
    return np.finfo(name) if name in IN_NUMPY else ml_dtypes.finfo(getattr(ml_dtypes, name))


def small_formats() -> Any:
    """Formats of at most 8 bits with any rule that does not contradict itself."""

    def build(**fields: Any) -> FloatFormat | None:
        fields["infinities"] |= fields["nan"] == "ieee"
        try:
            return FloatFormat("small", **fields)
        except ValueError:
            return None

    built = st.builds(
        build,
        nan=st.sampled_from(["ieee", "all_ones", "negative_zero", "none"]),
        exponent_bits=st.integers(1, 4),
        fraction_bits=st.integers(0, 3),
        bias=st.integers(-3, 9),
        signed=st.booleans(),
        infinities=st.booleans(),
        subnormals=st.booleans(),
    )
    return built.filter(lambda format: format is not None)


# The specifications


@pytest.mark.parametrize(
    ("format", "bits", "bias", "emin", "emax", "largest", "exact"),
    [
        # IEEE 754-2019, table 3.5
        (FLOAT64, 64, 1023, -1022, 1023, (2 - power(-52)) * power(1023), 2**53),
        (FLOAT32, 32, 127, -126, 127, (2 - power(-23)) * power(127), 2**24),
        (FLOAT16, 16, 15, -14, 15, 65504, 2**11),
        (BFLOAT16, 16, 127, -126, 127, (2 - power(-7)) * power(127), 2**8),
        (TF32, 19, 127, -126, 127, (2 - power(-10)) * power(127), 2**11),
        # OCP 8-bit Floating Point Specification 1.0
        (FLOAT8_E4M3FN, 8, 7, -6, 8, 448, 16),
        (FLOAT8_E5M2, 8, 15, -14, 15, 57344, 8),
        # the rules of IEEE 754 in 8 bits
        (FLOAT8_E4M3, 8, 7, -6, 7, 240, 16),
        (FLOAT8_E3M4, 8, 3, -2, 3, Fraction(31, 2), 15),
        # Noune et al. 2022
        (FLOAT8_E4M3FNUZ, 8, 8, -7, 7, 240, 16),
        (FLOAT8_E5M2FNUZ, 8, 16, -15, 15, 57344, 8),
        (FLOAT8_E4M3B11FNUZ, 8, 11, -10, 4, 30, 16),
        # OCP MX Specification 1.0, sections 5.3 and 5.4
        (FLOAT6_E2M3FN, 6, 1, 0, 2, Fraction(15, 2), 7),
        (FLOAT6_E3M2FN, 6, 3, -2, 4, 28, 8),
        (FLOAT4_E2M1FN, 4, 1, 0, 2, 6, 4),
        (FLOAT8_E8M0FNU, 8, 127, -127, 127, power(127), 2),
    ],
    ids=lambda value: value.name if isinstance(value, FloatFormat) else "",
)
def test_the_tables_of_the_specifications(
    format: FloatFormat, bits: int, bias: int, emin: int, emax: int, largest: Fraction, exact: int
) -> None:
    assert (format.bits, format.codes, format.bias) == (bits, 2**bits, bias)
    assert (format.emin, format.emax, format.max) == (emin, emax, largest)
    assert format.smallest_normal == power(emin)
    assert format.eps == power(-format.fraction_bits)
    assert format.largest_exact_integer == exact


@pytest.mark.parametrize(
    ("format", "smallest"),
    [
        (FLOAT64, power(-1074)),
        (FLOAT32, power(-149)),
        (FLOAT16, power(-24)),
        (BFLOAT16, power(-133)),
        (TF32, power(-136)),
        (FLOAT8_E4M3FN, power(-9)),
        (FLOAT8_E5M2, power(-16)),
        (FLOAT8_E4M3FNUZ, power(-10)),
        (FLOAT8_E5M2FNUZ, power(-17)),
        (FLOAT6_E2M3FN, Fraction(1, 8)),
        (FLOAT6_E3M2FN, Fraction(1, 16)),
        (FLOAT4_E2M1FN, Fraction(1, 2)),
        (FLOAT8_E8M0FNU, power(-127)),
    ],
)
def test_the_smallest_positive_numbers(format: FloatFormat, smallest: Fraction) -> None:
    assert format.smallest_subnormal == smallest


@pytest.mark.parametrize(
    ("format", "largest", "infinity", "nan"),
    [
        (FLOAT32, 0x7F7FFFFF, 0x7F800000, 0x7FC00000),
        (FLOAT16, 0x7BFF, 0x7C00, 0x7E00),
        (FLOAT8_E4M3FN, 0x7E, None, 0x7F),
        (FLOAT8_E5M2, 0x7B, 0x7C, 0x7E),
        (FLOAT8_E4M3FNUZ, 0x7F, None, 0x80),
        (FLOAT6_E2M3FN, 0x1F, None, None),
        (FLOAT4_E2M1FN, 0x7, None, None),
        (FLOAT8_E8M0FNU, 0xFE, None, 0xFF),
    ],
)
def test_the_special_codes(format: FloatFormat, largest: int, infinity: int | None, nan: int | None) -> None:
    assert (format.max_code, format.infinity_code, format.nan_code) == (largest, infinity, nan)


def test_float32_ends_just_below_2_to_the_128_and_not_at_2_to_the_127() -> None:
    assert FLOAT32.max == 340282346638528859811704183484516925440
    assert float(FLOAT32.max / power(127)) == 1.9999998807907104
    finite = 2 * (FLOAT32.max_code + 1)
    assert finite == 4278190080
    assert FLOAT32.codes - finite - 2 == 16777214  # NaNs


def test_negative_zero() -> None:
    without = {name for name, format in FORMATS.items() if not format.negative_zero}
    assert without == {name for name in FORMATS if "uz" in name} | {"float8_e8m0fnu"}


def test_the_lowest_numbers() -> None:
    assert FLOAT16.min == -65504
    assert FLOAT8_E8M0FNU.min == power(-127)
    assert FloatFormat("unsigned", 4, 3, signed=False).min == 0


def test_the_table_has_every_format_under_its_name() -> None:
    assert len(FORMATS) == 16
    assert all(format.name == name for name, format in FORMATS.items())
    assert FORMATS["float8_e4m3fn"] is FLOAT8_E4M3FN


# A format of one's own


def test_a_format_takes_one_line_and_has_the_bias_of_ieee_754() -> None:
    mine = FloatFormat("mine", exponent_bits=4, fraction_bits=2)
    assert [mine.bits, mine.bias, mine.emin, mine.emax, mine.max] == [7, 7, -6, 7, 224]
    assert FloatFormat("binary16", 5, 10) == dataclasses.replace(FLOAT16, name="binary16")


def test_a_logarithmic_code_is_a_format_without_fraction() -> None:
    with_zero = FloatFormat("e3m0", 3, 0, bias=7, infinities=False, nan="none")
    without = dataclasses.replace(with_zero, name="l0", subnormals=False)
    assert [float(decode(code, with_zero)) for code in range(8)] == [0, *(2.0**e for e in range(-6, 1))]
    assert [float(decode(code, without)) for code in range(8)] == [2.0**e for e in range(-7, 1)]
    assert float(decode(0b1000, with_zero)) == 0
    assert float(decode(0b1000, without)) == -(2.0**-7)


def test_infinity_can_stand_above_the_largest_number_without_a_range_of_nans() -> None:
    # binary8p4 of IEEE's working group P3109, interim report 2023: infinity 0x7f, NaN 0x80
    p4 = FloatFormat("binary8p4", 4, 3, bias=8, nan="negative_zero")
    assert [p4.max, p4.max_code, p4.infinity_code, p4.nan_code] == [224, 0x7E, 0x7F, 0x80]


@given(small_formats())
def test_the_derived_figures_are_those_of_the_list_of_all_numbers(format: FloatFormat) -> None:
    values = [decode(code, format) for code in range(format.codes)]
    finite = sorted({v.value for v in values if isinstance(v.value, Fraction)})
    positive = [x for x in finite if x > 0]
    normal = [abs(v.value) for v in values if v.kind == "normal" and isinstance(v.value, Fraction)]
    assert (format.max, format.min) == (finite[-1], finite[0])
    assert (format.smallest_subnormal, format.smallest_normal) == (positive[0], min(normal))
    assert (0 in finite) == format.subnormals
    assert format.negative_zero == any(v.kind == "zero" and v.sign for v in values)
    assert format.emax == math.floor(math.log2(finite[-1]))
    assert decode(format.max_code, format).value == format.max
    assert {v.code for v in values if v.value == math.inf} == {format.infinity_code} - {None}
    nans = {v.code for v in values if v.kind == "nan"}
    assert nans >= {format.nan_code} - {None}
    assert bool(nans) == (format.nan != "none")
    exact = format.largest_exact_integer
    assert set(range(1, exact + 1)) <= set(finite)
    assert exact + 1 not in finite
    if format.emin <= 0 < format.emax:
        assert min(x for x in finite if x > 1) - 1 == format.eps


# Other libraries


@pytest.mark.parametrize("name", [*IN_NUMPY, *IN_ML_DTYPES])
def test_the_figures_agree_with_finfo(name: str) -> None:
    format, info = FORMATS[name], finfo(name)
    assert (format.bits, format.fraction_bits) == (info.bits, info.nmant)
    assert (format.emin, format.emax + 1) == (info.minexp, info.maxexp)
    for figure in ("max", "min", "smallest_normal", "smallest_subnormal", "eps"):
        assert getattr(format, figure) == Fraction(float(getattr(info, figure))), figure


@pytest.mark.parametrize("name", IN_NUMPY)
def test_the_exponent_widths_agree_with_numpy(name: str) -> None:
    assert FORMATS[name].exponent_bits == np.finfo(name).nexp


# What contradicts itself


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponent_bits": 0}, "at least 1 exponent bit and 0 fraction bits, got 0 and 3"),
        ({"fraction_bits": -1}, "at least 1 exponent bit and 0 fraction bits, got 4 and -1"),
        ({"nan": "quiet"}, "nan must be 'ieee', 'all_ones', 'negative_zero' or 'none', got 'quiet'"),
        ({"infinities": False}, "wrong needs infinities and a fraction; choose another nan, such as 'all_ones'"),
        ({"fraction_bits": 0}, "wrong needs infinities and a fraction"),
        ({"nan": "negative_zero", "signed": False}, "needs a sign and a zero, and wrong lacks one"),
        ({"nan": "negative_zero", "subnormals": False}, "needs a sign and a zero, and wrong lacks one"),
        ({"exponent_bits": 1}, "wrong has no finite normal number; give it more exponent bits"),
        ({"exponent_bits": 1, "fraction_bits": 0, "nan": "none"}, "wrong has no finite normal number"),
    ],
)
def test_a_format_that_contradicts_itself_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FloatFormat("wrong", **{"exponent_bits": 4, "fraction_bits": 3, **arguments})


def test_a_format_cannot_be_changed() -> None:
    format: Any = FLOAT32
    with pytest.raises(dataclasses.FrozenInstanceError):
        format.bias = 126
