"""The widget of the norms: its ball has norm 1, its steps are the package's, its words say which of them reach 0."""

import math
from typing import Any

import numpy as np
import pytest

from docs._site.widgets.unit_ball import LIMITS, compute
from reference.normalization import l2_norm, p_norm, soft_threshold
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {name: st.integers(round(20 * low), round(20 * high)).map(lambda k: k / 20) for name, (low, high) in LIMITS.items()}
)

# Examples


def test_first_state_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "The vector (2.5, 0.8) has the norm 2.625 for p = 2. "
        "With strength 1 only the step of L1 takes a number to exactly 0."
    )


def test_below_1_it_says_that_it_is_no_norm() -> None:
    assert "for p = 0.5, which below 1 is no norm." in compute({"inverse": 2.0})["text"]


def test_a_short_vector_goes_to_0_as_a_whole() -> None:
    data = compute({"x": 0.6, "y": 0.4})
    assert data["steps"] == {"L1": [0, 0], "L2 squared": [0.3, 0.2], "L2": [0, 0]}
    assert "the steps of L1 and L2 take a number to exactly 0" in data["text"]


def test_without_strength_nothing_moves() -> None:
    data = compute({"strength": 0.0})
    assert set(map(tuple, data["steps"].values())) == {(2.5, 0.8)}
    assert "no step takes a number to exactly 0" in data["text"]


@pytest.mark.parametrize(("name", "value"), [("inverse", -0.05), ("x", 3.05), ("strength", "1"), ("y", True)])
def test_what_is_out_of_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must lie between"):
        compute({name: value})


# Properties


@given(STATES)
def test_the_ball_has_norm_1_and_the_steps_are_those_of_the_package(state: dict[str, Any]) -> None:
    data, p = compute(state), 1 / state["inverse"] if state["inverse"] else math.inf
    x = np.array([state["x"], state["y"]])
    if p >= 0.5:  # a star's points are too thin for four decimals
        np.testing.assert_allclose(p_norm(np.array(data["ball"]), p=p), 1, atol=0.03)
    np.testing.assert_allclose(data["steps"]["L1"], soft_threshold(x, strength=state["strength"]), atol=1e-4)
    left = float(l2_norm(np.array(data["steps"]["L2"])))
    assert left == pytest.approx(max(float(l2_norm(x)) - state["strength"], 0), abs=2e-4)


@given(STATES)
def test_the_vector_of_norm_1_lies_in_the_same_direction(state: dict[str, Any]) -> None:
    a, b = compute(state)["unit"]
    assert a * state["y"] == pytest.approx(b * state["x"], abs=1e-3)
    assert a * state["x"] >= 0
    assert b * state["y"] >= 0
