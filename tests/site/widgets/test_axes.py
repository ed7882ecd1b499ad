"""The widget of the axes: which results move, the numbers against PyTorch, the words, and the drawing."""

import json
import re
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING, PROGRAM
from docs._site.widgets.axes import DEFAULTS, MATRIX, compute
from tests.needs import need, need_node
from tests.properties import given, st

need_node()

STATES = st.fixed_dictionaries(
    {
        "row": st.integers(1, 4),
        "column": st.integers(1, 6),
        "value": st.integers(-20, 20),
        "groups": st.sampled_from([1, 2, 3]),
    }
)


def read(rows: list[list[str]]) -> np.ndarray:
    return np.array([[float(value.replace("−", "-")) for value in line] for line in rows])


def test_the_first_state_says_whose_results_move() -> None:
    assert compute({})["text"] == (
        "Example 2, channel 3, is 12 instead of 1: batch norm moves 4 of 24 results; layer norm moves 6 of 24 results; "
        "RMS norm moves 6 of 24 results; group norm of 2 groups moves 3 of 24 results."
    )
    assert compute({"value": 1})["text"] == "Example 2, channel 3, is 1, as it was: no result moves."


@given(STATES)
def test_only_results_of_the_cells_own_set_move_and_the_box_is_that_set(state: dict[str, Any]) -> None:
    size = 6 // state["groups"]
    sets = [4, 6, 6, size]
    for panel, count in zip(compute(state)["panels"], sets, strict=True):
        inside, moved = np.array(panel["inside"]), np.array(panel["moved"])
        row, column, high, wide = panel["box"]
        assert inside.sum() == count == high * wide
        assert inside[row : row + high, column : column + wide].all()
        assert inside[state["row"] - 1, state["column"] - 1]
        assert not np.any(moved & ~inside)


@given(STATES)
def test_the_numbers_are_pytorchs(state: dict[str, Any]) -> None:
    torch = need("torch")
    x = MATRIX.copy()
    x[state["row"] - 1, state["column"] - 1] = state["value"]
    t, functional = torch.tensor(x), torch.nn.functional
    theirs = [
        functional.batch_norm(t, None, None, training=True),
        functional.layer_norm(t, (6,)),
        functional.rms_norm(t, (6,), eps=1e-5),
        functional.group_norm(t, state["groups"]),
    ]
    data = compute(state)
    np.testing.assert_array_equal(read(data["matrix"]), x)
    for panel, expected in zip(data["panels"], theirs, strict=True):
        np.testing.assert_allclose(read(panel["rows"]), expected, atol=5.1e-3)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"row": 0}, "row must be a whole number from 1 to 4, got 0"),
        ({"column": 7}, "column must be a whole number from 1 to 6, got 7"),
        ({"value": 1.5}, "value must be a whole number from -20 to 20, got 1.5"),
        ({"groups": 6}, "groups must be one of 1, 2, 3, got 6"),
        ({"x": 1}, "the widget has no setting 'x'; its settings are row, column, value, groups"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        compute(state)


@pytest.mark.parametrize("state", [{}, {"row": 4, "column": 6, "value": -20, "groups": 1}, {"value": 1, "groups": 2}])
def test_the_drawing_has_every_number_a_frame_and_a_grip(state: dict[str, Any]) -> None:
    data = json.loads(json.dumps(compute(state)))
    with closing(Node(PROGRAM)) as node:
        controls, view = node.ask((DRAWING / "axes.js").as_uri(), DEFAULTS | state, data)
    assert not re.search("undefined|NaN|null", controls + view)
    assert view.count("<svg") == 5
    assert view.count("data-cell=") == 24
    assert view.count("btb-axes__set") == 4
    assert view.count("btb-axes__now") == 5
    assert view.count("--moved") == sum(np.sum(panel["moved"]) for panel in data["panels"])
