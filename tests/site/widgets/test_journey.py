"""The widget of one weight's journey: what it says against the package, its sentences, and what its cells hold."""

import json
import re
from typing import Any

import numpy as np
import pytest

from docs._site.addresses import DOCS
from docs._site.widget import first_state, still
from docs._site.widgets import journey
from reference.journey import Journey, follow
from tests.needs import need_node
from tests.properties import given, st

need_node()

STATES = st.fixed_dictionaries(
    {
        "weight": st.integers(-150, 150).map(lambda hundredths: hundredths / 100),
        "picture": st.integers(0, 358),
        "rate": st.sampled_from([0.0, 0.5, 3.0]),
        "bit": st.integers(0, 3),
    }
)


def compute(**state: Any) -> dict[str, Any]:
    return journey.compute({**journey.DEFAULTS, **state})


def said(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a station by its name."""
    return next(station for station in data["stations"] if station["name"] == name)


def followed(**state: Any) -> Journey:
    s = {**journey.DEFAULTS, **state}
    return follow(journey._reader(), s["weight"], picture=s["picture"], rate=s["rate"])


# Examples from the page


def test_the_first_state_tells_the_page_s_story() -> None:
    data = compute()
    assert data["pattern"] == ["0", "01111110", "01100110011001100110011"]
    assert data["codes"] == ["0110", "1110"]
    assert data["label"] == 4
    assert [int(np.argmax(data["shares"][name])) for name in ("now", "step", "flip")] == [1, 4, 4]
    assert "loss falls from 0.8227 to 0.5923" in said(data, "A step downhill")["text"]
    assert "Three of the four help." in said(data, "Or a bit flips")["text"]


def test_a_weight_that_float32_holds_is_said_to_be_exact() -> None:
    assert said(compute(weight=0.5), "Its 32 bits")["text"] == "A float32 holds 0.5 exactly."


def test_nothing_returns_where_the_unit_is_off_or_the_pixel_blank() -> None:
    off = said(compute(weight=-1.5), "The gradient comes back")
    assert (off["value"], off["text"][:17]) == ("0", "ReLU is flat here")
    blank = said(compute(picture=5), "The gradient comes back")
    assert (blank["value"], blank["text"][:18]) == ("0", "The pixel is blank")


# Properties


@given(STATES)
def test_every_state_is_computed_by_the_package(state: dict[str, Any]) -> None:
    data, truth = compute(**state), followed(**state)
    flipped = truth.flipped[3 - state["bit"]]
    assert data["marks"] == {
        "now": [truth.now.weight, truth.now.loss],
        "step": [truth.stepped.weight, truth.stepped.loss],
        "flip": [flipped.weight, flipped.loss],
    }
    assert data["codes"][1] == f"{truth.code ^ 1 << state['bit']:04b}"
    assert sum(a != b for a, b in zip(*data["codes"], strict=True)) == 1
    grid, losses = np.array(data["curve"]).T
    assert losses == pytest.approx(truth.road.loss(grid), abs=1e-4)
    json.dumps(data, allow_nan=False)


@given(STATES)
def test_every_sentence_is_whole(state: dict[str, Any]) -> None:
    for station in compute(**state)["stations"]:
        assert re.fullmatch(r"[A-Z0-9−][^\n]*\.", station["text"]), station
        assert not re.search(r"nan|inf|-\d", station["text"] + station["value"]), station


@given(STATES)
def test_the_words_for_a_move_are_those_of_the_losses(state: dict[str, Any]) -> None:
    truth, text = followed(**state), said(compute(**state), "A step downhill")["text"]
    change = truth.stepped.loss - truth.now.loss
    if abs(change) > 1e-3 * truth.now.loss:
        assert ("falls" if change < 0 else "rises") in text


# What its cells hold


def test_every_station_leads_to_a_page_that_exists() -> None:
    links = [link for station in compute()["stations"] for _, link in station["links"]]
    assert {link.split("/")[1] for link in links} == {
        "numbers", "quantization", "activations", "autograd", "stability", "normalization", "training",
    }  # fmt: skip
    for link in links:
        assert (DOCS / link.removeprefix("../").rstrip("/")).with_suffix(".md").is_file(), link


def test_the_strip_has_a_cell_for_each_station_and_every_bit_of_the_weight() -> None:
    view = first_state("journey")["view"]
    assert view.count("<li>") == len(compute()["stations"]) == 11
    assert view.count('class="btb-bit"') == 32 + 4 + 4
    assert view.count("data-flipped") == 1
    assert "<div" not in view, "Material's search would end what it leaves out at the first </div>"
    assert "undefined" not in view
    assert "NaN" not in view


def test_the_first_page_has_the_same_strip_with_links_from_its_own_place() -> None:
    page = still("journey")
    assert page.count('href="') == page.count('href="numbers/') + page.count('href="quantization/') + sum(
        page.count(f'href="{chapter}/')
        for chapter in ("activations", "autograd", "stability", "normalization", "training")
    )
    assert re.sub(r' href="[^"]*"', "", first_state("journey")["view"]) in re.sub(r' href="[^"]*"', "", page)


# States from an address


@pytest.mark.parametrize(
    ("key", "value"),
    [("weight", 1.51), ("weight", "0.7"), ("picture", 359), ("picture", 1.5), ("bit", 4), ("rate", -1)],
)
def test_an_impossible_state_is_refused_in_one_sentence(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{key} must be a (whole )?number[^\n]*, got "):
        compute(**{key: value})
