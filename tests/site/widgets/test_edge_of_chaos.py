"""The widget of the edge of chaos: its lines are the package's predictions, and its marks lie by them."""

import re
from typing import Any

import numpy as np
import pytest

from docs._site.widgets import edge_of_chaos
from docs._site.widgets.edge_of_chaos import ACTIVATIONS, LIMITS, NORMS, RANGES, compute
from reference.stability import measure_depth, predict_depth
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {
        "activation": st.sampled_from(sorted(ACTIVATIONS)),
        "normalization": st.sampled_from(sorted(NORMS)),
        "gain": st.floats(*LIMITS["gain"]),
        "depth": st.integers(5, 12),
        "measured": st.booleans(),
        "seed": st.integers(0, 3),
    }
)


def test_first_state_says_what_is_seen() -> None:
    text = compute({})["text"]
    assert text.startswith("Tanh, gain 1.67, 40 layers: by the prediction the signal stays near its size (× 0.65) and ")
    assert re.search(
        r"the gradient explodes \(× 3\d\)\. A network of 24 units a layer has signal 0\.\d+ and gradient", text
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"activation": "sigmoid", "gain": 4.0}, "the gradient vanishes"),
        ({"activation": "relu", "normalization": "batch"}, "the gradient explodes"),
        ({"activation": "relu", "gain": 0.6}, "the signal vanishes (× 1.3e−15) and the gradient vanishes (× 1.3e−15)"),
        ({"activation": "relu", "gain": 5.0, "depth": 60}, "the signal explodes"),
        ({"activation": "line", "normalization": "layer"}, "stays near its size (× 1) and the gradient stays near"),
    ],
)
def test_every_fate_is_named(state: dict[str, Any], words: str) -> None:
    assert words in compute({"measured": False, **state})["text"]


@given(STATES)
def test_lines_are_the_packages_predictions(state: dict[str, Any]) -> None:
    data = compute(state)
    function = ACTIVATIONS[state["activation"]]
    curves = predict_depth(function, state["depth"], gain=state["gain"], normalization=state["normalization"])
    np.testing.assert_allclose(data["curves"]["predicted"], np.log10(curves), atol=0.009)
    assert ("measured" in data["curves"]) == state["measured"]
    assert data["range"] in RANGES


@pytest.mark.parametrize("normalization", NORMS)
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_marks_lie_by_the_lines(activation: str, normalization: str) -> None:
    for seed in range(5):
        found = compute(
            {"activation": activation, "normalization": normalization, "depth": 10, "gain": 1.5, "seed": seed}
        )
        predicted, measured = (np.array(found["curves"][kind]) for kind in ("predicted", "measured"))
        assert np.max(np.abs(measured - predicted)) < 0.8


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalization", NORMS)
def test_the_fast_measurement_is_the_packages_with_its_tensors(activation: str, normalization: str) -> None:
    for gain, depth, seed in ((0.5, 60, 0), (1.67, 40, 1), (5.0, 25, 2)):
        weights, x, gradient = edge_of_chaos._drawn(seed)
        fast = edge_of_chaos._measured(activation, normalization, gain, depth, seed)
        scaled = list(gain * weights[:depth])
        function = ACTIVATIONS[activation]
        slow = measure_depth(x, scaled, gradient, activation=function, normalization=normalization)
        np.testing.assert_allclose(fast, slow, rtol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_table_of_averages_is_good_for_the_deepest_network(activation: str) -> None:
    for gain in (0.5, 0.58, 0.685, 1.0, 1.41, 1.67, 2.5, 4.0, 5.0):
        fast = edge_of_chaos._predicted(activation, "none", gain, 60)
        slow = predict_depth(ACTIVATIONS[activation], 60, gain=gain)
        np.testing.assert_allclose(np.log10(fast), np.log10(slow), atol=0.004)


@pytest.mark.parametrize(
    "state", [{"gain": 0.4}, {"depth": 61}, {"depth": 7.5}, {"seed": True}, {"normalization": "l2"}]
)
def test_an_impossible_state_is_refused(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        compute(state)
