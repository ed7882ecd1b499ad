"""Compute the bit explorer: the fields of a float in any format, its exact value, its neighbors, its other readings.

The number is a decimal, read exactly, or `0x` and the bits in hexadecimal digits: NaN has many codes, and one of 64
bits does not fit into a number of JavaScript.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reference.numbers import FORMATS, FloatFormat, FloatValue, IntegerFormat, breakdown, decode, next_down, next_up

__all__ = ["DEFAULTS", "compute"]

DEFAULTS: dict[str, Any] = {"format": "float32", "number": "0.1", "digits": False}
PARTS = {
    64: ("float32", "bfloat16", "int16"),
    32: ("bfloat16", "float16", "float8_e4m3fn", "int4"),
    16: ("float8_e4m3fn", "int4"),
    8: ("float4_e2m1fn", "int4"),
}
"""By width: the narrower types that the bits are also read as, several side by side, the highest bits first."""
LONGEST = 64  # digits of an exact value that are shown without being asked for


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the explorer shows for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    state = _checked(state)
    x, was_bits = _read(state["number"], FORMATS[state["format"]])
    form, before, after = x.format, next_down(x), next_up(x)
    shown = [["class", x.kind], *_fields(x), *_error(x, was_bits)]
    return {
        "formats": list(FORMATS),
        "fields": [int(form.signed), form.exponent_bits, form.fraction_bits],
        "code": _hex(x),
        "previous": _hex(before) if before else None,
        "next": _hex(after) if after else None,
        "value": x.decimal if was_bits else None,
        "pattern": x.pattern,
        "line": _line(x, before, after),
        "shown": shown,
        "exact": _minus(x.decimal) if state["digits"] else _shortened(x),
        "others": _others(x.code, form),
        "text": _words(x, state["number"].strip(), shown, before, after),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    if not isinstance(state["format"], str) or state["format"] not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {state['format']!r}")
    if not isinstance(state["number"], str):
        raise ValueError(f"number must be a text, a decimal or 0x and the bits, got {state['number']!r}")
    if not isinstance(state["digits"], bool):
        raise ValueError(f"digits must be true or false, got {state['digits']!r}")
    return state


def _read(number: str, form: FloatFormat) -> tuple[FloatValue, bool]:
    """Return what a decimal becomes, or what a code stands for, and whether it was a code."""
    if bits := re.fullmatch(r"0x([0-9a-f]{1,16})", number.strip().lower()):
        return decode(int(bits[1], 16), form), True
    return breakdown(number, form), False


def _hex(x: FloatValue) -> str:
    return f"0x{x.code:0{-(-x.format.bits // 4)}x}"


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _short(x: FloatValue) -> str:
    """Return the value with so many digits that it differs from its neighbors': 9, or 17 in float64."""
    if isinstance(x.value, float):
        return _minus(x.decimal.replace("inf", "∞").replace("nan", "NaN"))
    return _minus(f"{Decimal(x.decimal):.{17 if x.format.fraction_bits > 23 else 9}g}")


def _shortened(x: FloatValue) -> str:
    digits = _minus(x.decimal)
    if len(digits) <= LONGEST:
        return _short(x) if isinstance(x.value, float) else digits
    return f"{digits[:28]} … {digits[-12:]} ({sum(map(str.isdigit, digits))} digits)"


def _fields(x: FloatValue) -> list[list[str]]:
    """Return what each field says of a number; of an infinity or a NaN nothing but the sign."""
    sign = [["sign", "−" if x.sign else "+"]] if x.format.signed else []
    if isinstance(x.value, float):
        return sign
    shift = f"{x.exponent_field} − {x.format.bias}" if x.kind == "normal" else f"1 − {x.format.bias}"
    if x.format.fraction_bits == 0:
        return [*sign, ["exponent", f"{shift} = {_minus(str(x.exponent))}"]]
    leading = x.significand - x.fraction_field * x.format.eps
    fraction = f"{leading} + {x.fraction_field}/2^{x.format.fraction_bits}"
    return [*sign, ["exponent", f"{shift} = {_minus(str(x.exponent))}"], ["significand", fraction]]


def _error(x: FloatValue, was_bits: bool) -> list[list[str]]:
    if was_bits:
        return []
    if x.error is None:
        reason = "too large for the format" if x.kind == "infinity" else "the format has no such number"
        return [["rounding error", reason]] if isinstance(x.exact, Fraction) else []
    printed = str(x).splitlines()[-1].removeprefix("error: ")
    return [["rounding error", "none" if x.error == 0 else _minus(printed)]]


def _line(x: FloatValue, before: FloatValue | None, after: FloatValue | None) -> dict[str, Any] | None:
    """Return the places of a number, its neighbors and the exact number between 0 and 1; None for NaN.

    What comes after the largest number, infinity or nothing, has the place that one more number would have.
    """
    if x.kind == "nan":
        return None
    at = _place(x)
    low = _place(before) if before else at - _gap(x)
    high = _place(after) if after else at + _gap(x)
    exact = x.exact if isinstance(x.exact, Fraction) and x.exact != x.value else None
    mark = None if exact is None else (exact - low) / (high - low)
    return {
        "at": float((at - low) / (high - low)),
        "exact": None if mark is None else float(min(Fraction(1), max(Fraction(0), mark))),
        "beyond": mark is not None and not 0 <= mark <= 1,
        "labels": [_short(one) if one else "no number" for one in (before, x, after)],
    }


def _place(x: FloatValue) -> Fraction:
    return x.value if isinstance(x.value, Fraction) else (-1) ** x.sign * (x.format.max + _gap(x))


def _gap(x: FloatValue) -> Fraction:
    return x.ulp or _gap(decode(x.format.max_code, x.format))


def _others(code: int, form: FloatFormat) -> list[list[str]]:
    """Return the same bits read as other types of this width, and as several narrower ones."""
    width = form.bits
    if form.name == "tf32":
        return [["float32, 13 zeros appended", _short(decode(code << 13, FORMATS["float32"]))]]
    whole = [one.name for one in FORMATS.values() if one.bits == width and one is not form]
    rows = [[name, _as(name, code, width)] for name in (f"int{width}", f"uint{width}", *whole)]
    rows += [[f"{width // _width(name)} × {name}", _as(name, code, width)] for name in PARTS.get(width, ())]
    letters = code.to_bytes(-(-width // 8), "big").decode("latin-1")
    return [*rows, ["letters", letters]] if width >= 32 and letters.isascii() and letters.isprintable() else rows


def _width(name: str) -> int:
    return FORMATS[name].bits if name in FORMATS else int(name.lstrip("uint"))


def _as(name: str, code: int, width: int) -> str:
    """Return the bits as numbers of a type."""
    each = _width(name)
    parts = [code >> place & ((1 << each) - 1) for place in range(width - each, -1, -each)]
    if name in FORMATS:
        return "  ".join(_short(decode(part, FORMATS[name])) for part in parts)
    integers = IntegerFormat(each, signed=not name.startswith("u"))
    return "  ".join(_minus(str(integers.decode(part))) for part in parts)


def _words(
    x: FloatValue, number: str, shown: list[list[str]], before: FloatValue | None, after: FloatValue | None
) -> str:
    said = ", ".join(f"{term} {value}" for term, value in shown if term != "class")
    first = f"{number[:40]} in {x.format.name}: code {_hex(x)}, {x.kind}, {said}".removesuffix(", ")
    if x.kind == "nan":
        return f"{first}. It is no number and has no neighbors."
    ends = [_short(one) if one else "no number" for one in (before, after)]
    return f"{first}, exactly {_shortened(x)}. Below it lies {ends[0]}, above it {ends[1]}."
