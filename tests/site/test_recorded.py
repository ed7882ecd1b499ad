"""What is recorded still describes the code that stands."""

import functools
import json

import numpy as np
import pytest

from docs._site.disagreements import CASES, PEERS, answers, disagreements_hash, rounded_up
from docs._site.session import RECORDED
from docs._site.ulp import REFERENCES, sweep
from docs._site.verify import EXPERIMENTS, accuracy_hash, experiment_hash, load, samples_hash
from reference import activations
from tests.needs import need

DATA = json.loads(RECORDED.read_text(encoding="utf-8"))
AGAIN = "has changed since it was measured; python3 dev.py verify --only "


def test_every_experiment_is_recorded_and_nothing_else() -> None:
    assert sorted(DATA["experiments"]) == EXPERIMENTS


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment_is_of_this_code(name: str) -> None:
    assert DATA["experiments"][name]["hash"] == experiment_hash(name), f"{name} {AGAIN}{name}"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_short_run_agrees(name: str) -> None:
    script = load(name)
    assert len(script.SEEDS) >= 5
    script.check(DATA["experiments"][name], script.run(script.SEEDS[0], short=True))


def test_samples_are_of_this_code() -> None:
    assert DATA["samples"]["hash"] == samples_hash(), f"an operation {AGAIN}samples"


def test_accuracy_is_of_this_code() -> None:
    assert DATA["ulp"]["hash"] == accuracy_hash(), f"an activation {AGAIN}ulp"


def test_accuracy_was_measured_on_every_float32() -> None:
    assert DATA["ulp"]["stride"] == 1


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_a_sample_of_the_accuracy_agrees(name: str) -> None:
    if name not in DATA["ulp"]:
        pytest.fail(f"{name} is not recorded")
    function = getattr(activations, name, None) or functools.partial(activations.gelu, approximate="tanh")
    low = -87.3 if name in ("silu", "mish") else -np.inf
    sample = sweep(function, REFERENCES[name], 10007, low=low)
    # Another processor rounds exp, log1p and tanh in its own way, by at most about half a unit.
    assert sample.ulp <= DATA["ulp"][name]["ours"]["worst"] + 0.5


def test_the_answers_are_of_this_code() -> None:
    assert DATA["disagreements"]["hash"] == disagreements_hash(), f"what is asked {AGAIN}disagreements"


def test_every_library_has_answered_everything() -> None:
    assert {"ml_dtypes", "torch", "gfloat", "onnx"} == set(DATA["disagreements"]["versions"])
    assert all(list(DATA["disagreements"][who]) == sorted(CASES) for who in PEERS)


@pytest.mark.parametrize("who", ["ours", "ours_saturating", "ml_dtypes", "torch"])
def test_a_library_answers_again_as_it_did(who: str) -> None:
    package = PEERS[who][0]
    if package and need(package).__version__ != DATA["disagreements"]["versions"][package]:
        pytest.fail(f"{package} is another version than the recorded one; python3 dev.py verify --only disagreements")
    assert answers(who) == DATA["disagreements"][who]


@pytest.mark.parametrize("who", ["ml_dtypes", "torch"])
def test_so_many_subnormal_numbers_round_up_to_e8m0(who: str) -> None:
    need(who)
    assert rounded_up(who) == DATA["disagreements"]["rounded_up"][who]


def test_lighthouse_figures_meet_the_bar() -> None:
    pages = DATA["lighthouse"]["pages"]
    assert len(pages) >= 3
    for address, figures in pages.items():
        full = {name: figures[name] for name in ("accessibility", "best_practices", "seo")}
        assert set(full.values()) == {100}, f"{address}: {full}"
        assert figures["performance"] >= 95, address
        assert figures["kilobytes"] <= 230, address
