"""The widget of Goodfellow's chain: its bars add up, and it says what the book's three chains do."""

import json
from typing import Any

import numpy as np
import pytest

from docs._site.widgets.taylor_chain import LIMITS, compute
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {
        "l": st.integers(*LIMITS["l"]),
        "w": st.integers(6, 32).map(lambda twentieths: twentieths / 20),
        "rate": st.integers(*LIMITS["rate"]),
        "drop": st.booleans(),
    }
)


def test_the_first_state_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "10 layers of weight 1.1, output 2.59, one step at the rate 0.1: the first order promises −5.56, "
        "the truth is −2.36; the largest correction is order 2 with +5.36."
    )


@pytest.mark.parametrize(
    ("weight", "end"),
    [
        (1.1, "promises −0.1, and the truth is −0.0983."),
        (0.7, "the truth is −0.0279; the largest correction is order 2 with +0.159."),
        (0.5, "the output grows by +4.43e+06; the largest correction is order 10 with +1.24e+07."),
    ],
)
def test_the_books_three_chains(weight: float, end: str) -> None:
    assert compute({"w": weight, "drop": True})["text"].endswith(end)


def test_one_layer_has_no_second_order() -> None:
    data = compute({"l": 1})
    assert data["orders"] == [1.1, -0.1]
    assert ["second order", "none"] in data["shown"]


@pytest.mark.parametrize("state", [{"l": 0}, {"l": 2.5}, {"w": 0.1}, {"rate": 41}, {"drop": 1}])
def test_impossible_states_are_refused(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"(l|w|rate|drop) must be"):
        compute(state)


@given(STATES)
def test_the_bars_add_up_to_the_new_output(state: dict[str, Any]) -> None:
    data = compute(state)
    size = max(np.abs(data["orders"]))
    assert sum(data["orders"]) == pytest.approx(data["after"], abs=2e-5 * size)
    assert data["sums"][-1] == pytest.approx(data["after"], abs=1e-5 * size)
    assert len(data["orders"]) == state["l"] + 1
    json.dumps(data, allow_nan=False)
