"""The widget of the step: its estimates are the package's, its errors are mpmath's, its prediction bounds them."""

from typing import Any

import numpy as np
import pytest

from docs._site.widgets.step_size import CHOICES, FLOOR, FORMATS, LIMITS, NEAR, POWERS, compute
from reference.autograd import best_step
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
STATES = st.fixed_dictionaries(
    {
        "function": st.sampled_from(sorted(CHOICES)),
        "format": st.sampled_from(sorted(FORMATS)),
        "method": st.sampled_from(["forward", "central"]),
        "x": st.integers(6, 24).map(lambda eighths: eighths / 8),
        "h": st.integers(*LIMITS["h"]),
    }
)
EXACT = {
    "reciprocal": lambda x: 1 / x,
    "exp": mpmath.exp,
    "sin": mpmath.sin,
    "wave": lambda x: mpmath.sin(40 * x),
    "high": lambda x: 1000 + mpmath.sin(x),
    "softsign": lambda x: x / (1 + x),
}
X = [0.75, 1.0, 1.125, 2.375, 3.0]


# Examples


def test_first_state_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "1 / x in float64 at x = 1 with h = 2⁻³, 1.2e−1: the forward difference is predicted to be off by 1.2e−1 for "
        "the bend and by at most 1.8e−15 for rounding; truncation is the larger part: take a smaller step."
    )


def test_at_the_best_step_both_parts_are_of_one_size() -> None:
    for method, h in (("forward", -26), ("central", -17)):
        data = compute({"x": 1.0, "method": method, "h": h})
        assert data["text"].endswith("near the best step.")
        assert abs(data["split"][0] - data["split"][1]) < 0.7
    assert "take a larger step" in compute({"h": -40})["text"]


def test_below_the_spacing_of_x_the_differences_are_0_and_the_complex_step_is_right() -> None:
    data = compute({"x": 2.0, "h": -56})
    assert data["shown"][1:3] == [["forward", "0, off by 2.5e−1"], ["central", "0, off by 2.5e−1"]]
    assert data["now"]["complex"] <= -15


def test_the_complex_step_through_an_absolute_value_is_wrong_at_every_step() -> None:
    data = compute({"function": "softsign", "x": 1.0, "h": -40})
    assert data["shown"][3] == ["complex step", "0.5, off by 2.5e−1"]
    assert min(data["errors"]["complex"]) > -1
    assert data["now"]["central"] < -3


def test_a_large_value_and_a_short_format_lift_the_right_arm() -> None:
    one, high = (compute({"function": name, "x": 1.0, "h": -40})["split"][1] for name in ("sin", "high"))
    long, short = (compute({"format": name, "h": -40})["split"][1] for name in ("float64", "float32"))
    assert high - one == pytest.approx(3.07, abs=0.02)
    assert short - long == pytest.approx(29 * np.log10(2), abs=0.02)


@pytest.mark.parametrize("state", [{"x": 1.1}, {"h": -8.5}, {"x": 0.375}, {"h": -1}])
def test_a_point_between_the_eighths_and_a_step_between_the_powers_are_refused(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"(x|h) must"):
        compute(state)


# Oracle


@pytest.mark.parametrize("name", CHOICES)
def test_derivatives_are_those_of_mpmath(name: str) -> None:
    for x in X:
        with mpmath.workdps(40):
            exact = [float(mpmath.diff(EXACT[name], x, n)) for n in range(4)]
        np.testing.assert_allclose([f(np.float64(x)) for f in CHOICES[name].derivatives], exact, rtol=1e-12)


# Properties


@given(STATES)
def test_the_marks_lie_on_the_curves(state: dict[str, Any]) -> None:
    data = compute(state)
    for name, errors in data["errors"].items():
        assert len(errors) == len(POWERS)
        assert min(errors) >= FLOOR
        assert errors[list(POWERS).index(state["h"])] == data["now"][name]


@given(STATES)
def test_the_points_by_x_are_exact_in_both_formats(state: dict[str, Any]) -> None:
    points = state["x"] + NEAR
    assert np.array_equal(points.astype(np.float32).astype(np.float64), points)


@given(STATES)
def test_measured_errors_stay_below_the_predicted_bound_where_x_plus_h_is_exact(state: dict[str, Any]) -> None:
    data = compute(state)
    first = -21 if state["format"] == "float32" else -50
    for name in ("forward", "central"):
        for power, found, bound in zip(POWERS, data["errors"][name], data["predicted"][name], strict=True):
            # Large steps feel the next terms of the series; sin and exp may be off by 2 ulp; and 40 x is rounded, which
            # the prediction does not know.
            if state["function"] != "wave" and first <= power <= -6:
                assert found <= bound + np.log10(4), (name, power)


@given(STATES)
def test_the_points_lie_on_the_line_and_around_x(state: dict[str, Any]) -> None:
    data = compute(state)
    (left, low), (right, high) = data["points"]
    if state["h"] >= -8 and state["format"] == "float64":
        assert (high - low) / (right - left) == pytest.approx(data["slope"], abs=3e-3)
    assert left <= state["x"] <= right + 1e-6


@given(STATES)
def test_the_best_step_is_that_of_the_package(state: dict[str, Any]) -> None:
    f, _, *higher = CHOICES[state["function"]].derivatives
    x = np.float64(state["x"])
    order = 1 if state["method"] == "forward" else 2
    eps = float(np.finfo(FORMATS[state["format"]]).eps)
    h = best_step(order=order, value=float(f(x)), derivative=float(higher[order - 1](x)), eps=eps)
    assert compute(state)["best"] == pytest.approx(np.log10(h), abs=1e-3)
