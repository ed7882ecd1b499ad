"""The widget of stored logits: the page's own numbers, the shifts at which each format must fail, PyTorch as oracle."""

import json
import re
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING, PROGRAM
from docs._site.widgets._formats import FORMATS, to_bfloat16
from docs._site.widgets.softmax_formats import CELL, DEFAULTS, SHIFTS, compute
from tests.needs import need, need_node
from tests.properties import given, st

need_node()

BITS = {one.name: one.bits for one in FORMATS}
STATES = st.fixed_dictionaries(
    {
        "logits": st.lists(st.integers(-50, 50).map(lambda x: x / 10), min_size=4, max_size=4),
        "c": st.integers(-100_000, 100_000),
        "T": st.floats(0.05, 20),
        "form": st.sampled_from(["shifted", "textbook"]),
    }
)


def cards(**state: Any) -> dict[str, Any]:
    return {card["name"]: card for card in compute(state)["formats"]}


def shares(card: dict[str, Any]) -> list[str]:
    return [row["p"] for row in card["rows"]]


# Examples from the page


@pytest.mark.parametrize(
    ("c", "stored", "p"),
    [
        (0, ["2", "1", "0.5", "0"], "0.579 0.213 0.129 0.078"),
        (300, ["302", "300", "300", "300"], "0.711 0.096 0.096 0.096"),
        (1000, ["1000"] * 4, "0.250 0.250 0.250 0.250"),
    ],
)
def test_bfloat16_stores_and_shares_what_the_page_prints(c: int, stored: list[str], p: str) -> None:
    card = cards(c=c)["bfloat16"]
    rounding = np.array([float(share) for share in shares(card)]) - [float(share) for share in p.split()]
    assert card["stored"] == stored
    assert np.max(np.abs(rounding)) <= 2**-9 + 5e-4  # the page does not round the shares to bfloat16


def test_first_state_says_what_happens() -> None:
    assert compute({})["text"] == (
        "Softmax of the logits plus c = 300 at temperature 1: float64 holds; float32 holds; float16 holds; "
        "bfloat16 stores 302, 300, 300, 300 and moves 15.0% of the probability."
    )


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_a_format_holds_until_all_its_numbers_are_whole(name: str) -> None:
    first = 2 ** (BITS[name] - 1)
    assert cards(c=first - 1)[name]["state"] == "holds"
    assert cards(c=first)[name]["state"] == "moved"
    assert cards(c=first)[name]["why"] == "3 of 4 logits left apart"


def test_float16_overflows_halfway_to_the_number_it_lacks() -> None:
    halfway, top = (65504 + 65536) // 2, max(DEFAULTS["logits"])
    assert cards(c=halfway - top - 1)["float16"]["state"] == "moved"
    over = cards(c=halfway - top)["float16"]
    assert (over["state"], over["why"], over["stored"][0]) == ("broken", "x + c is stored as ∞", "∞")


@pytest.mark.parametrize(("name", "largest"), [("float64", 709), ("float32", 88), ("bfloat16", 88), ("float16", 10)])
def test_textbook_form_overflows_where_exp_does(name: str, largest: int) -> None:
    fine, over = (cards(c=c, form="textbook", logits=[0.0, -5.0, -5.0, -5.0])[name] for c in (largest, largest + 2))
    assert fine["state"] != "broken"
    assert (over["state"], over["why"]) == ("broken", "exp overflows: ∞/∞")
    assert shares(over)[0] == "NaN"


@pytest.mark.parametrize(
    ("name", "smallest"), [("float64", -745), ("float32", -103), ("bfloat16", -92), ("float16", -17)]
)
def test_textbook_form_has_nothing_to_divide_where_exp_underflows(name: str, smallest: int) -> None:
    fine, under = (cards(c=c, form="textbook", logits=[0.0] * 4)[name] for c in (smallest, smallest - 1))
    assert fine["why"] == "exp is subnormal: few digits"
    assert (under["state"], under["why"]) == ("broken", "every exp is 0: 0/0")


def test_temperature_spreads_and_sharpens() -> None:
    assert shares(cards(c=0, T=0.05)["float64"]) == ["1.000", "0.000", "0.000", "0.000"]
    assert shares(cards(c=0, T=20)["float64"]) == ["0.264", "0.251", "0.245", "0.239"]


# Properties


@given(STATES)
def test_state_agrees_with_the_numbers(state: dict[str, Any]) -> None:
    data = compute(state)
    exact = np.array([row["bar"] for row in data["exact"]]) / 100
    for card in data["formats"]:
        bars = [row["bar"] for row in card["rows"]]
        assert (card["state"] == "broken") == (None in bars) == (card["moved"] == "NaN") == (card["level"] is None)
        if None not in bars:
            distance = np.sum(np.abs(np.array(bars) / 100 - exact)) / 2
            assert abs(distance - 10 ** card["level"]) < 2e-3 + 0.012 * distance  # bars have three digits, levels two
            assert (card["state"] == "moved") == ("%" in card["moved"])


@given(STATES, st.integers(0, len(SHIFTS) // CELL - 1))
def test_curve_is_the_worst_of_its_shifts(state: dict[str, Any], cell: int) -> None:
    shifts = np.copysign(SHIFTS[CELL * cell : CELL * (cell + 1)], state["c"])
    alone = [[card["level"] for card in compute(state | {"c": float(c)})["formats"]] for c in shifts]
    for at, card in enumerate(compute(state)["formats"]):
        levels = [row[at] for row in alone]
        worst = None if None in levels else max(levels)
        if worst is None or worst > -15 or at:  # float64's last digits may depend on how many rows are computed at once
            assert card["curve"][cell] == worst


# Oracles


@given(STATES)
def test_shares_are_pytorchs(state: dict[str, Any]) -> None:
    torch = need("torch")
    kinds = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
    shifted = torch.tensor(state["logits"], dtype=torch.float64) + state["c"]
    for card in compute(state | {"form": "shifted", "T": 1})["formats"]:
        stored = (
            shifted.float().to(kinds[card["name"]]) if card["name"] == "bfloat16" else shifted.to(kinds[card["name"]])
        )
        theirs = torch.softmax(stored, -1).double().numpy()
        if np.isnan(theirs).any():
            assert card["state"] == "broken"
        else:
            ours = [row["bar"] / 100 for row in card["rows"]]
            assert np.max(np.abs(ours - theirs)) < 6e-4 + 2.0 ** (1 - BITS[card["name"]])
            assert card["stored"] == [f"{value:.8g}".replace("-", "−") for value in (stored.double() + 0.0).tolist()]


def test_bfloat16_rounds_as_pytorch_does() -> None:
    """Every bfloat16, and around it the ties and what lies beside them."""
    torch = need("torch")
    tails = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], dtype=np.uint32)
    x = (np.arange(2**16, dtype=np.uint32)[:, None] << 16 | tails).view(np.float32).ravel()
    x = x[~np.isnan(x)]
    assert np.array_equal(to_bfloat16(x), torch.from_numpy(x).bfloat16().float().numpy())


# The drawing


@pytest.fixture(scope="module")
def node() -> Any:
    with closing(Node(PROGRAM)) as node:
        yield node


def drawn(node: Node, **state: Any) -> tuple[str, str]:
    state = DEFAULTS | state
    controls, view = node.ask((DRAWING / "softmax_formats.js").as_uri(), state, json.loads(json.dumps(compute(state))))
    return controls, view


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"c": 0},
        {"c": -70_000},
        {"c": 100_000},
        {"form": "textbook", "c": -1000},
        {"logits": [-5, 5, 5, -5], "T": 0.05},
    ],
)
def test_drawing_has_a_number_wherever_it_needs_one(node: Node, state: dict[str, Any]) -> None:
    for html in drawn(node, **state):
        assert not re.findall(r"(?:NaN|undefined|null|Infinity)[^<>]*>", html)
        assert "undefined" not in html


def test_buttons_do_what_they_say(node: Node) -> None:
    buttons = re.findall(r"data-set='([^']+)' aria-pressed=\"(\w+)\">([^<]+)<", drawn(node)[0])
    assert len(buttons) == 7
    for text, pressed, words in buttons:
        state = json.loads(text)
        assert compute(state)
        assert (pressed == "true") == (state == {key: DEFAULTS[key] for key in state})
        assert (state["form"] == "textbook") == words.startswith("textbook")
        name, value = words.removeprefix("textbook, ").split(" = ")
        assert state[name] == float(value)


def test_each_case_shows_another_outcome() -> None:
    outcomes = {
        (c, form): "".join(card["state"][0] for card in cards(c=c, form=form).values())
        for c, form in ((100, "shifted"), (300, "shifted"), (70_000, "shifted"), (100, "textbook"))
    }
    assert list(outcomes.values()) == ["hhhh", "hhhm", "hhbm", "hbbb"]


def test_slider_stands_at_the_step_nearest_to_the_number(node: Node) -> None:
    places = []
    for c in (-100_000, -300, -1, 0, 1, 9, 10, 11, 99, 100, 104, 106, 110, 990, 1000, 99_000, 100_000):
        slider = re.search(r'data-steps="c" min="(-?\d+)" max="(\d+)" value="(-?\d+)"', drawn(node, c=c)[0])
        assert slider is not None
        places.append([int(number) for number in slider.groups()])
    assert {(low, high) for low, high, _ in places} == {(-370, 370)}
    assert [at for *_, at in places] == [-370, -120, -1, 0, 1, 9, 10, 11, 99, 100, 100, 101, 101, 189, 190, 369, 370]


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"logits": [1, 2, 3]}, "logits must be a list of 4 numbers, got [1, 2, 3]"),
        ({"logits": [1, 2, 3, "4"]}, "logits must lie between -5 and 5, got [1, 2, 3, '4']"),
        ({"c": float("nan")}, "c must lie between -100000 and 100000, got nan"),
        ({"T": 0}, "T must lie between 0.05 and 20, got 0"),
        ({"form": "mine"}, "form must be one of shifted, textbook, got 'mine'"),
        ({"x": 1}, "the widget has no setting 'x'; its settings are logits, c, T, form"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        compute(state)
