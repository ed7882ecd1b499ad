"""The bit explorer: what it says against NumPy and struct, every code of the small formats, and its drawing."""

import json
import re
import struct
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING, PROGRAM
from docs._site.widgets.bits import DEFAULTS, compute
from reference.numbers import FLOAT32, FORMATS, decode, next_up
from tests.properties import given, st

NAMES = sorted(FORMATS)
SMALL = [name for name in NAMES if FORMATS[name].bits <= 8]
EXTREME = ["0", "-0", "1", "0.1", "-1e-46", "5e-324", "1e400", "-1e400", "1e-400", "16777217", "240.0001", "inf", "nan"]
CODES = st.integers(0, 2**64 - 1)


def explore(number: str, format: str = "float32", *, digits: bool = False) -> dict[str, Any]:
    return compute({"format": format, "number": number, "digits": digits})


def shown(data: dict[str, Any]) -> dict[str, str]:
    return dict(data["shown"])


def as_bits(code: int, format: str) -> str:
    return hex(code % FORMATS[format].codes)


# Examples


def test_a_tenth_is_what_the_page_says() -> None:
    data = explore("0.1")
    assert (data["code"], data["pattern"]) == ("0x3dcccccd", "0 01111011 10011001100110011001101")
    assert data["exact"] == "0.100000001490116119384765625"
    assert shown(data)["rounding error"] == "+1.490e−9, +0.2 ulp"
    assert shown(data)["exponent"] == "123 − 127 = −4"
    assert (data["line"]["at"], data["line"]["exact"]) == (0.5, 0.4)


@pytest.mark.parametrize(
    ("number", "format", "kind", "error"),
    [
        ("1e39", "float32", "infinity", "too large for the format"),
        ("1e39", "float8_e4m3fn", "nan", "the format has no such number"),
        ("-3", "float8_e8m0fnu", "nan", "the format has no such number"),
        ("inf", "float32", "infinity", None),
        ("nan", "float32", "nan", None),
        ("-0", "float32", "zero", "none"),
        ("1e-45", "float32", "subnormal", "+4.013e−46, +0.2864 ulp"),
        ("9", "float4_e2m1fn", "normal", "−3, −0.75 ulp"),
        ("0x7f800000", "float32", "infinity", None),
    ],
)
def test_class_and_error_are_named(number: str, format: str, kind: str, error: str | None) -> None:
    found = shown(explore(number, format))
    assert (found["class"], found.get("rounding error")) == (kind, error)


def test_long_values_are_shortened_until_all_digits_are_asked_for() -> None:
    short, all_digits = (explore("5e-324", "float64", digits=digits)["exact"] for digits in (False, True))
    assert short.endswith("(1075 digits)")
    assert Fraction(all_digits) == Fraction(5e-324)


def test_letters_are_shown_where_there_are_some() -> None:
    assert ["letters", "Deep"] in explore("0x44656570")["others"]
    assert "letters" not in dict(explore("0")["others"])


def test_the_place_after_the_largest_number_is_where_one_more_would_be() -> None:
    assert explore("3.4028235e38")["line"]["at"] == 0.5
    assert explore("3.4028235e38")["line"]["labels"][2] == "∞"
    assert explore("1e39")["line"]["labels"] == ["3.40282347e+38", "∞", "no number"]
    assert explore("448", "float8_e4m3fn")["line"]["labels"] == ["416", "448", "no number"]
    assert explore("1")["line"]["at"] == pytest.approx(1 / 3)  # the step below a power of two is half the step above


# Properties


@given(st.sampled_from(NAMES), CODES)
def test_bits_and_their_decimal_say_the_same(format: str, code: int) -> None:
    number = as_bits(code, format)
    data = explore(number, format)
    assert int(data["code"], 16) == int(number, 16)
    assert (data["line"] is None) == (shown(data)["class"] == "nan")
    if shown(data)["class"] not in ("nan", "infinity"):
        again = explore(data["value"], format)
        assert again["code"] == data["code"]
        assert shown(again)["rounding error"] == "none"
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@given(st.sampled_from(NAMES), CODES)
def test_next_and_previous_undo_each_other(format: str, code: int) -> None:
    data = explore(as_bits(code, format), format)
    if data["next"] and shown(data)["class"] != "zero":
        after = explore(data["next"], format)
        assert after["previous"] == data["code"] or shown(after)["class"] == "zero"
        assert 0 < data["line"]["at"] < 1


@given(st.sampled_from(NAMES), st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_the_exact_number_lies_in_the_range_that_rounds_to_the_middle(format: str, number: Any) -> None:
    data = explore(str(number), format)
    line = data["line"]
    if line and line["exact"] is not None and not line["beyond"] and format != "float8_e8m0fnu":
        assert line["at"] / 2 <= line["exact"] <= (1 + line["at"]) / 2


# Oracles


@given(st.integers(0, 2**32 - 1))
def test_other_types_are_what_numpy_reads(code: int) -> None:
    others = dict(explore(hex(code))["others"])
    big = struct.pack(">I", code)
    assert int(others["int32"].replace("−", "-")) == struct.unpack(">i", big)[0]
    assert int(others["uint32"]) == code
    halves = [float(part.replace("−", "-").replace("∞", "inf")) for part in others["2 × float16"].split()]
    np.testing.assert_allclose(halves, np.frombuffer(big, ">f2").astype(float), rtol=1e-8)


def test_the_next_button_is_nextafter() -> None:
    x = np.float32(0.1)
    for _ in range(5):
        x = np.nextafter(x, np.float32(1))
    number = "0.1"
    for _ in range(5):
        number = explore(number)["next"]
    assert int(number, 16) == x.view(np.uint32)


# Everything


@pytest.mark.parametrize("format", SMALL)
def test_all_codes_of_the_small_formats(format: str) -> None:
    form = FORMATS[format]
    for code in range(form.codes):
        data, x = explore(hex(code), format), decode(code, form)
        assert data["pattern"] == x.pattern
        assert [sum(data["fields"]), int(data["code"], 16)] == [form.bits, code]
        assert (data["next"] is None) == (next_up(x) is None)


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"format": "float31"}, "format must be one of float64, "),
        ({"number": "0x100000000"}, "the codes of float32 are 0 to 4294967295, got 4294967296"),
        ({"number": ""}, "expected a decimal number such as '-1.5e-7', 'inf' or 'nan', got ''"),
        ({"number": "0xg"}, "expected a decimal number"),
        ({"number": "nan", "format": "float4_e2m1fn"}, "float4_e2m1fn has no NaN"),
        ({"digits": "yes"}, "digits must be true or false, got 'yes'"),
    ],
)
def test_states_that_cannot_be_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compute(state)


# The drawing


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with closing(Node(PROGRAM)) as node:
        yield node


def drawn(node: Node, **state: Any) -> tuple[str, str]:
    state = DEFAULTS | state
    controls, view = node.ask((DRAWING / "bits.js").as_uri(), state, json.loads(json.dumps(compute(state))))
    return controls, view


@pytest.mark.parametrize("format", NAMES)
def test_the_register_has_a_labeled_button_for_each_bit(node: Node, format: str) -> None:
    code = 0xA5A5A5A5A5A5A5A5 % FORMATS[format].codes
    controls, view = drawn(node, format=format, number=hex(code))
    cells = re.findall(r'aria-pressed="(\w+)" aria-label="(\d), bit (\d+), \w+" *(?:data-on)? *>(\d)<', controls)
    assert [int(place) for _, _, place, _ in cells] == list(reversed(range(FORMATS[format].bits)))
    assert "".join(digit for *_, digit in cells) == f"{code:0{FORMATS[format].bits}b}"
    assert all((pressed == "true") == (digit == told == "1") for pressed, told, _, digit in cells)
    assert f'data-code="{compute(DEFAULTS | {"format": format, "number": hex(code)})["code"]}"' in view


@pytest.mark.parametrize("number", EXTREME)
@pytest.mark.parametrize("format", ["float64", "float32", "float8_e4m3fn"])
def test_the_drawing_has_a_number_wherever_it_needs_one(node: Node, number: str, format: str) -> None:
    for html in drawn(node, number=number, format=format):
        assert "undefined" not in html
        assert not re.findall(r'(?:d|x|y|cx|cy)="[^"]*(?:NaN|null|Infinity)', html)


def test_a_step_of_the_exponent_doubles() -> None:
    assert Fraction(explore(hex(0x3DCCCCCD + 2**FLOAT32.fraction_bits))["exact"]) == 2 * Fraction(
        explore("0x3dcccccd")["exact"]
    )
