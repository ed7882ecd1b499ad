"""The widget of evolution: its generations are the package's, bit for bit, and playing asks for one after the other."""

import gzip
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING
from docs._site.widget import widget as markup
from docs._site.widgets import evolution as widget
from docs._site.widgets.evolution import ACROSS, LIMITS, SIZE, TASKS, UP, compute
from reference.quantization import LOG4
from reference.training import CHUNK, Plan, evolution, random_genomes, run_population
from tests.needs import need_node
from tests.properties import given, st

need_node()

STATES = st.fixed_dictionaries(
    {
        "task": st.sampled_from(sorted(TASKS)),
        "rate": st.integers(0, 100).map(lambda tenths: tenths / 10),
        "generation": st.integers(0, 12),
        "elite": st.integers(*LIMITS["elite"]),
        "seed": st.integers(0, 2),
        "crossover": st.booleans(),
    }
)


def codes(data: dict[str, Any]) -> np.ndarray:
    """The codes of the population, (genomes, weights)."""
    return np.array([int(code, 16) for code in data["codes"]]).reshape(SIZE, -1)


# Examples


def test_the_first_state_says_what_is_seen() -> None:
    assert compute({})["text"] == (
        "Generation 40 on two moons, with 1.5% of the bits flipped, two parents a child and an elite of 2: the best "
        "loss is 0.066, the median 0.14, and the best network has 98.0% of 200 fresh points right. 72% of all codes "
        "are those of the best genome."
    )


def test_what_the_cases_are_for() -> None:
    both, flips, crossed, many = (
        compute({"generation": 60, **change}) for change in ({}, {"crossover": False}, {"rate": 0}, {"rate": 8})
    )
    assert both["best"][-1] < min(other["best"][-1] for other in (flips, crossed, many))
    assert crossed["best"][20] == crossed["best"][-1] == crossed["middle"][-1]
    assert "Without flips a lost code never comes back: " in crossed["text"]
    assert many["middle"][-1] > both["middle"][-1] + 0.5
    alone = compute({"generation": 60, "rate": 8, "elite": 0})
    assert max(np.diff(alone["best"])) > 0
    assert "Without an elite the best loss rose " in alone["text"]


def test_generation_0_is_random_and_the_same_for_every_rate() -> None:
    first, other = (compute({"generation": 0, "rate": rate}) for rate in (1.5, 7))
    assert first["text"].endswith("All genomes are random.")
    assert first["codes"] == other["codes"]
    assert np.bincount(codes(first).reshape(-1), minlength=16).min() > SIZE * 82 / 16 * 0.8


@pytest.mark.parametrize(
    "state", [{"generation": 1.0}, {"seed": True}, {"crossover": 1}, {"rate": 10.1}, {"elite": -1}]
)
def test_what_is_no_setting_is_refused(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^\w+ must (be|lie) .*, got .*$"):
        compute(state)


# Properties


@given(STATES)
def test_the_elite_keeps_the_best_loss_and_the_words_say_it(state: dict[str, Any]) -> None:
    data = compute(state)
    assert len(data["best"]) == len(data["middle"]) == state["generation"] + 1
    assert state["elite"] == 0 or max(np.diff(data["best"]), default=0) <= 0
    assert all(best <= middle for best, middle in zip(data["best"], data["middle"], strict=True))
    assert f"the best loss is {data['shown'][0][1]}, the median {data['shown'][1][1]}," in data["text"]
    assert len(data["codes"]) == SIZE * sum(data["layers"])


@given(st.sampled_from(sorted(TASKS)), st.integers(1, 12), st.booleans())
def test_without_flips_no_code_is_new_in_its_place(task: str, generation: int, crossover: bool) -> None:
    before, after = (
        codes(compute({"task": task, "rate": 0, "crossover": crossover, "generation": g}))
        for g in (generation - 1, generation)
    )
    assert all(set(new) <= set(old) for new, old in zip(after.T, before.T, strict=True))
    if not crossover:
        assert {*map(tuple, after)} <= {*map(tuple, before)}


@given(st.integers(0, 30))
def test_the_boundary_lies_between_places_of_two_classes(generation: int) -> None:
    data = compute({"generation": generation})
    measure = TASKS["moons"].measure
    best = widget._run("moons", 1.5, 2, True, 0, generation)[-1].population[:1]
    [logits] = run_population(best, measure.codec, widget.PLACES)
    inside = (logits[1] > logits[0]).reshape(len(UP), len(ACROSS))
    for row, ends in zip(inside, data["regions"], strict=True):
        pairs = list(zip(ends[::2], ends[1::2], strict=True))
        for x, right in zip(ACROSS.tolist(), row.tolist(), strict=True):
            if all(abs(x - end) > 1e-3 for end in ends):  # the ends are rounded
                assert any(start < x < end for start, end in pairs) == right


def test_what_was_asked_before_does_not_matter() -> None:
    widget._kept.cache_clear()
    widget._answer.cache_clear()
    far = compute({"generation": 30})
    near = compute({"generation": 10})
    for kept in (widget._kept, widget._first, widget._answer):
        kept.cache_clear()
    assert compute({"generation": 10}) == near
    assert compute({"generation": 30}) == far


# Oracles


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("elite", "crossover", "rate"), [(2, True, 1.5), (0, False, 8.0)])
def test_the_generations_are_those_of_the_package(task: str, elite: int, crossover: bool, rate: float) -> None:
    measure = replace(TASKS[task].measure, chunk=CHUNK)
    plan = Plan(size=SIZE, elite=elite, crossover=float(crossover), rate=rate / 100)
    right = islice(evolution(measure, plan, words=measure.codec.words, seed=3), 25)
    for found, state in zip(widget._run(task, rate, elite, crossover, 3, 24), right, strict=True):
        assert np.array_equal(found.population, state.population)
        assert np.array_equal(found.losses, state.losses)
        assert (found.rate, found.generation) == (state.rate, state.generation)


@given(st.sampled_from(sorted(TASKS)), st.integers(0, 2**32))
def test_float32_holds_every_output_exactly(task: str, seed: int) -> None:
    codec = TASKS[task].measure.codec
    genomes = random_genomes(20, codec.words, rng=np.random.default_rng(seed))
    for measure in (TASKS[task].measure, TASKS[task].fresh):
        h = measure.x.T
        for i, layer in enumerate(codec.decode(genomes)):
            h = layer.astype(np.float64)[..., :-1] @ (np.maximum(h, 0) if i else h) + layer[..., -1:]
        assert np.array_equal(run_population(genomes, codec, measure.columns), h)


@pytest.mark.parametrize("task", TASKS)
def test_no_network_leaves_the_24_bits_of_a_float32(task: str) -> None:
    measure = TASKS[task].measure
    inputs = np.concatenate([measure.x, TASKS[task].fresh.x])
    largest, finest = float(np.abs(inputs).max()), 1 / widget.GRID
    assert np.array_equal(inputs % finest, np.zeros_like(inputs))
    for scale, (_, width) in zip(measure.codec.scales, measure.codec.shapes, strict=True):
        largest = scale * LOG4.top * ((width - 1) * largest + 1)
        finest *= scale * min(value for value in LOG4.values if value > 0)
    assert largest / finest < 2**24


@given(STATES)
def test_the_codes_are_the_weights(state: dict[str, Any]) -> None:
    settings = (state[key] for key in ("task", "rate", "elite", "crossover", "seed", "generation"))
    population = widget._run(*settings)[-1].population
    codec = TASKS[state["task"]].measure.codec
    layers = zip(codec.decode(population), codec.scales, strict=True)
    weights = np.concatenate([layer.reshape(SIZE, -1) / scale for layer, scale in layers], axis=1)
    assert np.array_equal(np.array(LOG4.values)[codes(compute(state))], weights)


# What is drawn

DRAWN = "async (module, data, state) => (await import(module)).draw(data, state)"
ADDRESS = (DRAWING / "evolution.js").as_uri()


@pytest.fixture(scope="module")
def drawing() -> Iterator[Node]:
    """Yield a process that draws."""
    with closing(Node(DRAWN)) as process:
        yield process


def painted(view: str) -> list[np.ndarray]:
    """The strengths of the codes of each layer as they are seen, from -3 to 3."""
    layers = []
    for group in re.findall(r"<g transform=.*?</g>", view):
        seen = np.zeros((SIZE, 100), int)
        for sign, strength, path in re.findall(r'evolution--(plus|minus) btb-evolution--(\d)" d="(.*?)"', group):
            x = y = 0
            for dx, dy, length in re.findall(r"m(-?\d+) (-?\d+)v(\d+)", path):
                x, y = x + int(dx), y + int(dy)
                assert not seen[y : y + int(length), x].any()
                seen[y : y + int(length), x] = int(strength) * (1 if sign == "plus" else -1)
                y += int(length)
        layers.append(seen)
    return layers


@pytest.mark.parametrize("state", [{}, {"generation": 0}, {"task": "square", "rate": 0}])
def test_every_code_is_painted_by_sign_and_size(drawing: Node, state: dict[str, Any]) -> None:
    data = compute(state)
    view = drawing.ask(ADDRESS, data, {**widget.DEFAULTS, **state})
    values = np.array(LOG4.values)[codes(data)]
    sizes = np.select([np.abs(values) >= 0.5, np.abs(values) >= 0.125, values != 0], [3, 2, 1])
    ends = np.cumsum([0, *data["layers"]])
    for seen, start, end in zip(painted(view), ends[:-1], ends[1:], strict=True):
        assert np.array_equal(seen[:, : end - start], (np.sign(values) * sizes)[:, start:end])
        assert not seen[:, end - start :].any()


def test_its_part_of_the_page_is_small() -> None:
    html = markup('evolution "A title"').encode()
    assert len(html) < 25_000
    assert len(gzip.compress(html)) < 7_000


# What the reader does

PLAYED = """
async (module, events, calm) => {
  const { connect } = await import(module)
  const place = (more) => {
    const listeners = []
    return {
      ...more,
      addEventListener: (type, handler, first) => listeners[first ? "unshift" : "push"]([type, handler]),
      hear: (type, target) => listeners.filter(([kind]) => kind === type).forEach(([, handler]) => handler({ target })),
    }
  }
  const button = (act) => ({ dataset: { act }, textContent: "Play", closest() { return this } })
  const pause = (time) => new Promise((done) => setTimeout(done, time))
  const play = button("play")
  const form = place({ querySelector: () => play, elements: { generation: { max: "200" } } })
  const section = place({ querySelector: () => form })
  const view = { isConnected: true, closest: () => section }
  const state = { rate: 1.5, generation: 40 }
  const [asked, said] = [[], []]
  let [open, most, well] = [0, 0, true]
  const set = async (change) => {
    Object.assign(state, change)
    asked.push(state.generation)
    most = Math.max(most, ++open)
    await pause(5)
    open--
    return well
  }
  globalThis.matchMedia = () => ({ matches: calm })
  connect(view, { state, set })
  const acts = {
    wait: pause,
    until: async (count) => { while (asked.length < count) await pause(5) },
    press: (name) => section.hear("click", name === "play" ? play : button(name)),
    leave: () => (view.isConnected = false),
    refuse: () => (well = false),
    at: (generation) => (state.generation = generation),
    drag: (name) => {
      form.hear("input", { type: "range", name })
      set({}) // the kit asks after a handler that captures
    },
  }
  for (const [type, value] of events) {
    await (acts[type] ?? (() => form.hear(type, { type: "range", name: value })))(value)
    said.push(play.textContent)
  }
  return { asked, most, said, generation: state.generation }
}
"""


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """Yield a process that goes through events and tells which generations were asked for."""
    with closing(Node(PLAYED)) as process:
        yield process


def done(node: Node, *events: tuple[str, Any], calm: bool = False) -> dict[str, Any]:
    result: dict[str, Any] = node.ask(ADDRESS, events, calm)
    return result


PLAY, LONG = ("press", "play"), ("wait", 250)


def test_playing_asks_for_one_generation_after_the_other(node: Node) -> None:
    found = done(node, PLAY, ("until", 4), PLAY, LONG)
    assert found["asked"] == [41, 42, 43, 44]
    assert found["most"] == 1
    assert found["said"] == ["Pause", "Pause", "Play", "Play"]


def test_playing_ends_with_the_last_generation_and_then_begins_anew(node: Node) -> None:
    found = done(node, ("at", 198), PLAY, ("until", 2), LONG, PLAY, ("until", 4), PLAY)
    assert found["asked"] == [199, 200, 0, 1]
    assert found["said"][3] == "Play"


def test_who_wants_less_motion_gets_fewer_pictures(node: Node) -> None:
    assert done(node, ("at", 185), PLAY, ("until", 2), LONG, calm=True)["asked"] == [195, 200]


@pytest.mark.parametrize("end", [("leave", 0), ("press", "reset"), ("press", None), ("pointerdown", "rate")])
def test_what_ends_playing(node: Node, end: tuple[str, Any]) -> None:
    found = done(node, PLAY, ("until", 2), end, LONG)
    assert found["asked"] == [41, 42]
    assert found["said"][-1] == "Play"


def test_playing_ends_when_an_answer_is_refused(node: Node) -> None:
    found = done(node, ("refuse", 0), PLAY, LONG)
    assert (found["asked"], found["said"][-1]) == ([41], "Play")


def test_a_step_is_one_generation_and_none_after_the_last(node: Node) -> None:
    assert done(node, ("press", "step"), ("press", "step"))["asked"] == [41, 42]
    assert done(node, ("at", 200), ("press", "step"))["asked"] == [200]


@pytest.mark.parametrize("end", ["change", "pointerup", "pointercancel"])
def test_a_dragged_slider_shows_an_early_generation_until_it_is_let_go(node: Node, end: str) -> None:
    events = [("pointerdown", "rate"), ("drag", "rate"), ("drag", "rate"), (end, "rate"), ("change", "rate")]
    assert done(node, *events)["asked"] == [2, 2, 40]
    assert done(node, ("at", 1), *events)["asked"] == [1, 1]


def test_by_keyboard_and_on_the_slider_of_generations_nothing_is_held_back(node: Node) -> None:
    assert done(node, ("drag", "rate"), ("change", "rate"))["asked"] == [40]
    assert done(node, ("pointerdown", "generation"), ("drag", "generation"), ("change", "generation"))["asked"] == [40]
