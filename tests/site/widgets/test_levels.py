"""The levels: what they reach beside the closed form, par, shares, one round of Lloyd, and the drawing in Node."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING, PROGRAM
from docs._site.widgets.levels import DEFAULTS, EVEN, compute
from reference.quantization import Codebook, gaussian_sqnr
from tests.properties import given, st

LEVELS = st.lists(st.floats(-5.9, 5.9), min_size=16, max_size=16).map(lambda x: ",".join(f"{v:.4g}" for v in sorted(x)))


def shown(data: dict[str, Any], key: str) -> float:
    return float(dict(data["shown"])[key].split()[0].replace("−", "-").rstrip("%"))


# Examples


@pytest.mark.parametrize(
    ("name", "decibels"), [("INT4", 19.26), ("NF4", 20.04), ("LOG4", 14.23), ("E2M1", 18.97), ("Lloyd-Max", 20.22)]
)
def test_each_codebook_reaches_what_is_known(name: str, decibels: float) -> None:
    data = compute({"levels": compute({})["books"][name]})
    assert shown(data, "your levels") == pytest.approx(decibels, abs=0.015)
    assert dict(data["shown"])["score"].startswith("par") == (name == "Lloyd-Max")


def test_par_is_the_bound() -> None:
    assert shown(compute({}), "par: the best sixteen") == 20.22


def test_the_text_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "Your sixteen levels reach 18.63 dB on normal weights; the best sixteen reach 20.22, which is par: 1.59 dB "
        "below par. Level 9 at 0.2 takes 15.5% of the weights and 15.0% of the error."
    )


def test_rounds_of_lloyd_lead_to_par() -> None:
    levels, reached = EVEN, []
    for _ in range(120):
        data = compute({"levels": levels})
        reached.append(shown(data, "your levels"))
        levels = data["next"]
    assert (np.diff(reached) >= -0.011).all()
    assert reached[-1] == pytest.approx(20.22, abs=0.02)


# Properties


@given(LEVELS)
def test_the_ratio_is_that_of_the_package_and_never_above_par(levels: str) -> None:
    data = compute({"levels": levels})
    exact = gaussian_sqnr(Codebook("yours", tuple(map(float, levels.split(",")))))
    assert shown(data, "your levels") == pytest.approx(exact, abs=0.006)
    assert exact <= 20.2224


@given(LEVELS)
def test_shares_add_up(levels: str) -> None:
    weights = [shown(compute({"levels": levels, "level": n}), "its share of the weights") for n in range(1, 17)]
    error = [shown(compute({"levels": levels, "level": n}), "its share of the error") for n in range(1, 17)]
    assert sum(weights) == pytest.approx(100, abs=1)
    assert sum(error) == pytest.approx(100, abs=1)


@given(LEVELS, st.integers(1, 16))
def test_every_state_is_plain_json_and_small(levels: str, level: int) -> None:
    assert len(json.dumps(compute({"levels": levels, "level": level}), allow_nan=False)) < 14_000


def test_it_is_computed_in_time() -> None:
    spent = []
    for level in range(1, 7):
        start = time.process_time()
        compute({"level": level})
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"levels": "1,2"}, "levels must be 16 rising numbers from -6 to 6"),
        ({"levels": EVEN.replace("-3,", "3,")}, "levels must be 16 rising numbers"),
        ({"levels": EVEN.replace("-3,", "nan,")}, "levels must be 16 rising numbers"),
        ({"levels": EVEN.replace("-3,", "-7,")}, "levels must be 16 rising numbers"),
        ({"levels": "a,b"}, "levels must be 16 numbers with commas between them"),
        ({"level": 0}, "level must be a whole number from 1 to 16, got 0"),
        ({"level": True}, "level must be a whole number from 1 to 16, got True"),
        ({"bits": 4}, "the widget has no setting 'bits'; its settings are levels, level"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compute(state)


# The drawing


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with closing(Node(PROGRAM)) as node:
        yield node


def drawn(node: Node, **state: Any) -> tuple[str, str]:
    state = DEFAULTS | state
    controls, view = node.ask((DRAWING / "levels.js").as_uri(), state, json.loads(json.dumps(compute(state))))
    return controls, view


@pytest.mark.parametrize("levels", [EVEN, ",".join(["0"] * 16), ",".join(["-6"] * 8 + ["6"] * 8)])
def test_drawing_has_a_number_wherever_it_needs_one(node: Node, levels: str) -> None:
    for html in drawn(node, levels=levels):
        assert not re.findall(r"(?:NaN|undefined|Infinity)[^<>]*\"", html)
        assert "undefined" not in html


def test_a_dot_for_each_level_and_a_button_for_each_codebook(node: Node) -> None:
    controls, view = drawn(node)
    assert view.count("<circle") == 16
    sets = re.findall(r'data-set="([^"]+)"', controls)
    assert len(sets) == 5
    for text in sets:
        levels = json.loads(text.replace("&#34;", '"'))["levels"]
        assert shown(compute({"levels": levels}), "your levels") > 14
