"""Bits against error: each point is the package's own result, and no code beats what theory allows."""

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
from docs._site.widgets.bits_error import COUNT, DEFAULTS, DISTRIBUTIONS, SCHEMES, compute, sample
from reference.quantization import NF4, block_dequantize, codebook_dequantize, codebook_quantize, nvfp4_quantize, sqnr
from tests.needs import need_node


def points(distribution: str = "normal") -> dict[str, tuple[float, float]]:
    data = compute({"distribution": distribution})
    return {name: (bits, found) for name, _, _, bits, found in data["points"]}


# Examples


def test_the_sizes_count_the_scales() -> None:
    bits = {name: size for name, (size, _) in points().items()}
    assert bits["int4"] == pytest.approx(4 + 32 / COUNT, abs=5e-4)
    assert (bits["int4_32"], bits["int4_64"], bits["affine4_32"]) == (5, 4.5, 5.125)
    assert (bits["mxfp4"], bits["mxfp8"], bits["q4_0"], bits["q8_0"]) == (4.25, 8.25, 4.5, 8.5)
    assert bits["nvfp4"] == pytest.approx(4.5 + 32 / COUNT, abs=5e-4)


def test_two_points_by_hand() -> None:
    x = sample("normal")
    found = points()
    assert found["nvfp4"][1] == pytest.approx(sqnr(x, block_dequantize(nvfp4_quantize(x))), abs=0.006)
    nf4 = codebook_dequantize(codebook_quantize(x, NF4, block_size=64), NF4)
    assert found["nf4_64"][1] == pytest.approx(sqnr(x, nf4), abs=0.006)


def test_the_outlier_takes_everything_from_one_scale_and_little_from_blocks() -> None:
    plain, spoiled = points(), points("outlier")
    assert spoiled["int4"][1] == 0
    assert all(plain[name][1] - spoiled[name][1] < 3 for name in ("mxfp4", "nvfp4", "q4_0"))


def test_the_text_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "MXFP4, rule floor: 4.25 bits a weight, scales included, and 18.7 dB on numbers that are normal. "
        "NF4, one scale does better with no more bits: 4.01 and 19.1 dB."
    )
    assert compute({"scheme": list(SCHEMES).index("q4_0")})["text"].endswith(
        "No scheme here does better with as few bits."
    )


# Properties over all schemes


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_front_is_of_points_that_no_other_beats(distribution: str) -> None:
    data = compute({"distribution": distribution})
    for bits, found in data["front"]:
        assert not [one for one in data["points"] if one[3] <= bits and one[4] > found]
    assert data["front"] == sorted(data["front"])


def test_no_code_beats_the_rate_that_theory_allows_on_normal_numbers() -> None:
    data = compute({})
    assert data["bound"] == pytest.approx(6.0206, abs=1e-4)
    power = 10 * np.log10(np.mean(sample("normal").astype(np.float64) ** 2))
    assert all(found < bits * data["bound"] + power for _, _, _, bits, found in data["points"])
    assert compute({"distribution": "student"})["bound"] is None


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_every_state_is_plain_json_and_small(distribution: str) -> None:
    for scheme in range(len(SCHEMES)):
        assert len(json.dumps(compute({"distribution": distribution, "scheme": scheme}), allow_nan=False)) < 4_000


def test_it_is_computed_in_time() -> None:
    compute({})
    start = time.process_time()
    compute({"scheme": 3})
    assert time.process_time() - start < 0.05


# The drawing


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    need_node()
    with closing(Node(PROGRAM)) as node:
        yield node


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_mark_and_an_option_for_each_scheme(node: Node, distribution: str) -> None:
    state = DEFAULTS | {"distribution": distribution, "scheme": 0}
    controls, view = node.ask((DRAWING / "bits_error.js").as_uri(), state, json.loads(json.dumps(compute(state))))
    assert "undefined" not in controls + view
    assert not re.findall(r"(?:NaN|Infinity)", view)
    assert len(set(re.findall(r'data-scheme="(\d+)"', view))) == len(SCHEMES)
    assert controls.count("<option") == len(SCHEMES) + len(DISTRIBUTIONS)
    assert ("btb-bits__bound" in view) == (distribution == "normal")
    assert view.count("btb-bits__chosen") == 1


# Refusals


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"distribution": "cauchy"}, "distribution must be one of normal, student, outlier, got 'cauchy'"),
        ({"scheme": 25}, "scheme must be a whole number from 0 to 24, got 25"),
        ({"scheme": "mxfp4"}, "scheme must be a whole number from 0 to 24, got 'mxfp4'"),
        ({"bits": 4}, "the widget has no setting 'bits'; its settings are distribution, scheme"),
    ],
)
def test_states_that_cannot_be_drawn_are_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compute(state)
