"""The outlier: its row and its decibels against the package's functions, its words, its drawing, and its refusals."""

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
from docs._site.widgets.outlier import AT, COUNT, DEFAULTS, SCHEMES, compute, weights
from reference.quantization import absmax_quantize, dequantize
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {"value": st.integers(-120, 120).map(lambda half: half / 2), "scheme": st.sampled_from(sorted(SCHEMES))}
)


def told(**state: Any) -> dict[str, str]:
    return dict(compute(state)["shown"])


# Examples


def test_an_outlier_of_60_leaves_one_level_of_15_and_spares_the_other_blocks() -> None:
    shown = told(value=60)
    assert shown["levels in use"] == "1 of 15"
    assert shown["int4, one scale for all"] == shown["its block"] == "0 dB"
    assert shown["the other blocks"] == told(value=0)["the other blocks"] == "19.7 dB"


def test_the_text_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "One of 128 weights is 8. With one scale, int4 turns 62 others into 0 and keeps 9.22 dB. With a scale for "
        "every 32, its block keeps 8.84 dB and the other blocks 19.7 dB."
    )


# Properties


@given(STATES)
def test_rows_are_what_the_package_makes_of_the_weights(state: dict[str, Any]) -> None:
    data, x = compute(state), weights(state["value"])
    assert data["weights"] == x.astype(np.float64).round(3).tolist()
    assert data["rows"][0]["values"] == dequantize(absmax_quantize(x, bits=4)).astype(np.float64).round(3).tolist()
    start, stop = data["block"]
    assert start <= AT < stop
    assert (start % SCHEMES[state["scheme"]][1], stop - start) == (0, SCHEMES[state["scheme"]][1])
    rest = np.arange(COUNT) != AT
    y = np.asarray(data["rows"][1]["values"])
    error = 10 * np.log10(np.sum(x[rest] ** 2) / np.sum((x[rest] - y[rest]) ** 2))
    assert data["rows"][1]["sqnr"] == pytest.approx(error, abs=0.02)
    assert data["rows"][0]["levels"] <= 15


@given(st.sampled_from(sorted(set(SCHEMES) - {"nvfp4"})), st.integers(-120, 120))
def test_other_blocks_do_not_know_of_it(scheme: str, half: int) -> None:
    without, with_it = (compute({"value": value, "scheme": scheme}) for value in (0.0, half / 2))
    start, stop = with_it["block"]
    for row in (without, with_it):
        del row["rows"][1]["values"][start:stop]
    assert without["rows"][1]["values"] == with_it["rows"][1]["values"]


@given(STATES)
def test_every_state_is_plain_json_and_small(state: dict[str, Any]) -> None:
    assert len(json.dumps(compute(state), allow_nan=False)) < 6_000


def test_it_is_computed_in_time() -> None:
    compute({})
    spent = []
    for i in range(5):
        start = time.process_time()
        compute({"value": i + 0.5})
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


# The drawing


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with closing(Node(PROGRAM)) as node:
        yield node


@pytest.mark.parametrize("state", [{}, {"value": 0}, {"value": -60.0, "scheme": "nvfp4"}, {"value": 60}])
def test_a_stem_for_each_weight_and_a_handle_on_one(node: Node, state: dict[str, Any]) -> None:
    data = compute(state)
    controls, view = node.ask((DRAWING / "outlier.js").as_uri(), DEFAULTS | state, json.loads(json.dumps(data)))
    assert "undefined" not in controls + view
    assert not re.findall(r"(?:NaN|Infinity)", view)
    stems = re.findall(r'btb-outlier__stems[^>]* d="([^"]+)"', view)
    assert [path.count("M") for path in stems] == [COUNT - 1] * 3
    assert view.count('data-part="outlier"') == 1
    assert view.count("btb-outlier__zero") == sum(row["zeros"] for row in data["rows"])
    for text in re.findall(r"data-set='([^']+)'", controls):
        assert compute(json.loads(text))["rows"]


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"value": 61}, "value must be a number between -60 and 60, got 61"),
        ({"value": float("nan")}, "value must be a number between -60 and 60, got nan"),
        ({"value": True}, "value must be a number between -60 and 60, got True"),
        ({"scheme": "int3"}, "scheme must be one of int4_64, int4_32, int4_16, mxfp4, nvfp4, q4_0, got 'int3'"),
        ({"scheme": ["int4_32"]}, "scheme must be one of"),
        ({"bits": 4}, "the widget has no setting 'bits'; its settings are value, scheme"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compute(state)
