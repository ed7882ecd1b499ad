"""One child: its bits against the package's functions, its words, its drawing, and its refusals."""

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
from docs._site.widgets.one_child import DEFAULTS, WORDS, compute
from reference.quantization import LOG4, pack_words
from reference.training import cross, twin
from tests.properties import given, st

STATES = st.fixed_dictionaries(
    {
        "rate": st.sampled_from([0, 0.0025, 0.015, 0.1, 0.25]),
        "code": st.integers(1, 32),
        "crossover": st.booleans(),
        "twins": st.booleans(),
        "seed": st.integers(1, 9999),
    }
)
ONES = np.full(WORDS, 2**64 - 1, np.uint64)


# Examples


def test_the_text_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "The child takes 18 of 32 weights from the mother and 14 from the father. 3 bits flip in 3 weights, the first "
        "of them weight 3, which is −1/16 instead of −1/64. In 128 bits 1.92 flips are expected. Weight 3 is −1/64 in "
        "the mother, 1/4 in the father and −1/16 in the child."
    )


def test_without_crossover_the_child_copies_the_mother_and_its_twin_the_father() -> None:
    data = compute({"crossover": False, "twins": True, "rate": 0})
    assert [row["codes"] for row in data["children"]] == list(data["parents"].values())
    assert data["text"].startswith(
        "The child copies the mother. No bit flips. The twin copies the father. No bit flips."
    )


def test_parents_and_coins_stand_still_while_the_rate_moves() -> None:
    first, *others = (compute({"rate": rate}) for rate in (0, 0.015, 0.25))
    for data in others:
        assert (data["parents"], data["coins"]) == (first["parents"], first["coins"])
        assert data["children"][0]["born"] == first["children"][0]["codes"]


# Properties


@given(STATES)
def test_children_are_what_the_package_makes_of_the_parents(state: dict[str, Any]) -> None:
    data = compute(state)
    a, b = (pack_words(codes) for codes in data["parents"].values())
    mask = pack_words([15 * coin for coin in data["coins"]])
    for row, make in zip(data["children"], (cross, twin), strict=False):
        assert np.array_equal(pack_words(row["born"]), make(a, b, mask))
    assert len(data["children"]) == 1 + state["twins"]
    assert np.array_equal(mask, ONES) or state["crossover"]


@given(STATES)
def test_the_readout_counts_the_flips_and_names_the_values(state: dict[str, Any]) -> None:
    data = compute(state)
    shown = dict(data["shown"])
    for row in data["children"]:
        flips = sum((a ^ b).bit_count() for a, b in zip(row["born"], row["codes"], strict=True))
        assert shown[f"flips, {row['name']}"] == f"{flips} of 128 bits"
        last = shown[row["name"]].split("flipped to ")[-1].replace("−", "-")
        top, _, bottom = last.partition("/")
        assert float(top) / float(bottom or 1) == LOG4.values[row["codes"][state["code"] - 1]]
        assert state["rate"] or not flips


@given(STATES)
def test_every_state_is_plain_json_and_small(state: dict[str, Any]) -> None:
    data = compute(state)
    assert len(json.dumps(data, allow_nan=False)) < 3_000
    assert re.fullmatch(r"[^\n]+\.", data["text"])


def test_flips_are_as_many_as_expected_on_average() -> None:
    counts = [sum(row["born"][i] != row["codes"][i] for i in range(32)) for row in _children(300)]
    share = 1 - 0.75**4  # of the weights
    assert abs(np.mean(counts) / 32 - share) < 4 * np.sqrt(share * (1 - share) / (32 * 300))


def _children(count: int) -> Iterator[dict[str, Any]]:
    for seed in range(1, count + 1):
        yield compute({"rate": 0.25, "seed": seed})["children"][0]


def test_it_is_computed_in_time() -> None:
    compute({})
    spent = []
    for i in range(5):
        start = time.process_time()
        compute({"rate": 0.25, "twins": True, "seed": i + 1})
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


# The drawing


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with closing(Node(PROGRAM)) as node:
        yield node


@pytest.mark.parametrize("state", [{}, {"twins": True, "rate": 0.25}, {"crossover": False, "rate": 0, "code": 32}])
def test_every_bit_is_drawn_once_and_every_flip_framed(node: Node, state: dict[str, Any]) -> None:
    data = compute(state)
    controls, view = node.ask((DRAWING / "one_child.js").as_uri(), DEFAULTS | state, json.loads(json.dumps(data)))
    assert "undefined" not in controls + view
    assert not re.findall(r"(?:NaN|Infinity)", view)
    bits = re.findall(r'<path class="btb-child__(?:mother|father|off)" d="([^"]+h5v13[^"]+)"', view)
    rows = 2 + len(data["children"])
    assert sum(path.count("M") for path in bits) == 128 * rows
    flips = sum((a ^ b).bit_count() for row in data["children"] for a, b in zip(row["born"], row["codes"], strict=True))
    framed = re.findall(r'<path class="btb-child__flip" d="([^"]+)"', view)
    assert sum(path.count("M") for path in framed) == flips
    assert view.count('class="btb-child__chosen"') == 1
    assert len(re.findall(r'class="btb-child__hit" data-code="\d+"', view)) == 32
    digits = "".join(re.findall(r"btb-child__digit [^>]*>([0-9a-f])<", view))
    assert len(digits) == 32 * rows
    assert digits[:8] == "".join(f"{code:x}" for code in data["parents"]["mother"][:8])
    for text in re.findall(r"data-set='([^']+)'", controls):
        assert compute(json.loads(text))["children"]


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"rate": 0.26}, "rate must be a number from 0 to 0.25, got 0.26"),
        ({"rate": -0.001}, "rate must be a number from 0 to 0.25, got -0.001"),
        ({"rate": float("nan")}, "rate must be a number from 0 to 0.25, got nan"),
        ({"rate": True}, "rate must be a number from 0 to 0.25, got True"),
        ({"code": 0}, "code must be a whole number from 1 to 32, got 0"),
        ({"code": 1.0}, "code must be a whole number from 1 to 32, got 1.0"),
        ({"seed": 10_000}, "seed must be a whole number from 1 to 9999, got 10000"),
        ({"twins": 1}, "twins must be true or false, got 1"),
        ({"father": 1}, "the widget has no setting 'father'; its settings are rate, code, crossover, twins, seed"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compute(state)
