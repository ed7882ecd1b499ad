"""The widget of the switches: each does what it is for, and the words say what is drawn."""

import json
from typing import Any

import pytest

from docs._site.widgets.transformer_switches import LAYERS, LIMITS, compute
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {
        "qk_norm": st.booleans(),
        "swin": st.booleans(),
        "z_loss": st.booleans(),
        "scale": st.integers(2, 16).map(lambda halves: halves / 2),
        "drift": st.integers(*LIMITS["drift"]),
        "seed": st.integers(0, 1),
    }
)


def shown(data: dict[str, Any], name: str) -> str:
    """One entry of the readout."""
    entries: dict[str, str] = dict(data["shown"])
    return entries[name]


def test_the_first_state_says_what_is_seen() -> None:
    text = compute({})["text"]
    assert text.startswith("With no measure, and all weights times 2: the stream ends with an RMS of ")
    assert "nothing pushes it back" in text


@pytest.mark.parametrize("seed", range(5))
def test_qk_norm_keeps_the_logits_below_the_bound(seed: int) -> None:
    without, normed = (compute({"qk_norm": qk, "scale": 8, "seed": seed}) for qk in (False, True))
    assert max(normed["attention"]) <= normed["bound"] < max(without["attention"])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_norms_limits_the_stream(seed: int) -> None:
    pre, swin = (compute({"swin": order, "scale": 8, "seed": seed}) for order in (False, True))
    assert max(swin["stream"]) < 2 * (1 + 2 * LAYERS) ** 0.5
    assert pre["stream"][-1] > 100


def test_a_drift_moves_log_z_alone_until_bfloat16_stores_it() -> None:
    still, far = (compute({"drift": drift}) for drift in (0, 300))
    assert float(shown(far, "mean log Z")) == pytest.approx(float(shown(still, "mean log Z")) + 300, abs=1)
    assert far["stream"] == still["stream"]
    assert float(shown(far, "probability that bfloat16 moves")[:-1]) > 10
    assert float(shown(still, "probability that bfloat16 moves")[:-1]) < 1


def test_only_z_loss_pushes_all_logits() -> None:
    data = compute({"z_loss": True, "drift": 100})
    assert shown(compute({"drift": 100}), "push on all logits together") == "0"
    log_z = float(shown(data, "mean log Z"))
    assert float(shown(data, "push on all logits together").replace("−", "-")) == pytest.approx(-2e-5 * log_z, rel=0.01)
    assert float(shown(data, "z-loss")) == pytest.approx(1e-5 * log_z**2, rel=0.02)


@pytest.mark.parametrize("state", [{"scale": 9.0}, {"scale": 0.5}, {"drift": 1.5}, {"seed": 10}, {"swin": 1}])
def test_impossible_states_are_refused(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"(scale|drift|seed|swin) must be"):
        compute(state)


@given(STATES)
def test_every_state_draws_one_dot_a_block(state: dict[str, Any]) -> None:
    data = compute(state)
    assert len(data["stream"]) == LAYERS + 1
    assert len(data["attention"]) == LAYERS
    json.dumps(data, allow_nan=False)
