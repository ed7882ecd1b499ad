"""The widget of bricks: its errors against the package and a fine grid, its pars against blind and complete search."""

from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING
from docs._site.widgets import _curves, bricks
from docs._site.widgets._curves import BOARD, CURVES, NAMES, best_interpolations, curve_of, gaps
from reference.activations import best_error, from_kinks, interpolating_network, sawtooth_network, square_error
from tests.needs import need_node
from tests.properties import given, st

need_node()

FINE = np.linspace(0, 1, 100_001)
KINKS = st.lists(st.integers(1, 999), max_size=11, unique=True).map(lambda found: [k / 1000 for k in sorted(found)])
POINTS = st.lists(st.integers(0, 99), min_size=33, max_size=33).map(lambda heights: "".join(f"{h:02}" for h in heights))
BENT_ONE_WAY = ["square", "root", "sine", "corner"]


def compute(kinks: list[float], **state: Any) -> dict[str, Any]:
    return bricks.compute({**bricks.DEFAULTS, "kinks": ",".join(map(str, kinks)), **state})


def even(pieces: int) -> list[float]:
    return [i / pieces for i in range(1, pieces)]


# Examples from the page


@pytest.mark.parametrize("pieces", range(1, 13))
def test_even_kinks_shifted_by_half_the_error_reach_par(pieces: int) -> None:
    network = interpolating_network(pieces)
    assert compute(even(pieces))["error"] == pytest.approx(square_error(network), rel=1e-12)
    lowered = compute(even(pieces), shift=True)
    assert lowered["error"] == pytest.approx(best_error(pieces), rel=1e-12)
    assert lowered["par"] == best_error(pieces)
    assert ["score", "1.00 × par"] in lowered["shown"]


def test_depth_wins_where_the_page_says() -> None:
    crossing = min(3 * m for m in range(1, 11) if square_error(sawtooth_network(m)) < best_error(3 * m))
    data = compute([0.5], mode="depth", relus=30)
    assert ["depth wins from", f"{crossing} ReLUs"] in data["shown"]
    assert data["now"] == [[30, best_error(30)], [30, 2.0**-22]]
    assert data["yours"] == [2, square_error(interpolating_network(2))]


def test_float32_ends_the_gain_of_depth() -> None:
    data = compute([], mode="depth")
    assert data["deep"] == [[3 * m, square_error(sawtooth_network(m))] for m in range(1, 13)]
    floor = data["rounded"][-1][1]
    assert 2.0**-23 < floor < 2.0**-22
    assert all(
        abs(rounded - exact) < 2 * floor for (_, exact), (_, rounded) in zip(data["deep"], data["rounded"], strict=True)
    )


def test_one_kink_at_the_corner_is_exact() -> None:
    data = compute([0.3], curve="corner")
    assert (data["error"], data["par"]) == (0, 0)
    assert ["score", "par"] in data["shown"]


# Properties


@given(KINKS, st.booleans())
def test_the_error_for_the_square_is_the_package_s_own(kinks: list[float], shift: bool) -> None:
    ends = [0.0, *kinks, 1.0]
    widest = max(np.diff(ends))
    assert compute(kinks)["error"] == square_error(from_kinks(ends, [end**2 for end in ends]))
    assert compute(kinks, shift=shift)["error"] == pytest.approx(widest**2 / (8 if shift else 4), rel=1e-9)


@given(st.sampled_from(sorted(NAMES)), KINKS, st.booleans(), POINTS)
def test_no_point_of_a_fine_grid_has_a_larger_error(name: str, kinks: list[float], shift: bool, points: str) -> None:
    curve = curve_of(name, points)
    network, x, gap = bricks._network(curve, kinks, shift)
    error = compute(kinks, curve=name, shift=shift, points=points)["error"]
    seen = np.abs(network.evaluate(FINE) - curve.value(FINE)).max()
    assert seen <= error + 1e-12
    assert error <= seen + 1e-6
    assert network.evaluate(x) - curve.value(x) == pytest.approx(gap, abs=1e-12)
    if shift:
        assert gap.max() == pytest.approx(-gap.min(), abs=1e-12)


@given(st.sampled_from(BENT_ONE_WAY), KINKS)
def test_a_chord_of_a_curve_that_bends_one_way_errs_to_one_side(name: str, kinks: list[float]) -> None:
    _, _, gap = bricks._network(CURVES[name], kinks, False)
    assert min(gap.max(), -gap.min()) < 1e-12


@given(POINTS)
def test_a_drawn_curve_goes_through_its_points(points: str) -> None:
    values = curve_of("drawn", points).value(_curves.GRID)
    assert "".join(f"{round(99 * value):02}" for value in values) == points


@given(st.sampled_from(sorted(NAMES)), st.integers(1, 12), st.data())
def test_no_blind_choice_on_the_board_beats_the_search(name: str, pieces: int, data: Any) -> None:
    points = bricks.DEFAULTS["points"]
    board = _curves.GRID if name == "drawn" else BOARD
    inner = st.sampled_from(board[1:-1].tolist())
    kinks = sorted(data.draw(st.lists(inner, min_size=pieces - 1, max_size=pieces - 1, unique=True)))
    best, places = best_interpolations(name, points if name == "drawn" else "")[pieces - 1]
    assert compute(kinks, curve=name)["error"] >= best - 1e-12
    assert compute(places, curve=name)["error"] == pytest.approx(best, abs=1e-12)


# Oracles


@pytest.mark.parametrize("name", ["root", "step", "drawn"])
def test_the_search_finds_what_trying_all_finds(name: str) -> None:
    points = bricks.DEFAULTS["points"]
    curve, board = curve_of(name, points), _curves.GRID if name == "drawn" else BOARD
    found = best_interpolations(name, points if name == "drawn" else "")

    def error(*kinks: float) -> float:
        ends = [0.0, *kinks, 1.0]
        return float(np.abs(gaps(from_kinks(ends, curve.value(np.asarray(ends)).tolist()), curve)[1]).max())

    assert found[0][0] == pytest.approx(error(), abs=1e-12)
    assert found[1][0] == pytest.approx(min(error(kink) for kink in board[1:-1].tolist()), abs=1e-12)
    if name == "drawn":
        pairs = combinations(board[1:-1].tolist(), 2)
        assert found[2][0] == pytest.approx(min(error(*pair) for pair in pairs), abs=1e-12)


@pytest.mark.parametrize("pieces", [2, 3, 5, 12])
def test_the_board_is_fine_enough_to_come_near_the_true_par(pieces: int) -> None:
    searched = best_interpolations("square")[pieces - 1][0]
    proved = square_error(interpolating_network(pieces))
    assert proved * (1 - 1e-9) <= searched <= 1.06 * proved


@pytest.mark.parametrize("name", BENT_ONE_WAY)
def test_no_single_line_does_better_than_half_of_the_chord_s_error(name: str) -> None:
    value = CURVES[name].value(FINE)
    tilted = [value - slope * FINE for slope in np.linspace(-2, 2, 401)]
    best = min(float(np.ptp(rest)) / 2 for rest in tilted)
    assert compute([], curve=name)["par"] == pytest.approx(best, rel=0.02)
    assert compute([], curve=name)["par"] <= best + 1e-9


# States from an address


@pytest.mark.parametrize(
    "kinks", ["0.5,0.25", "0.5,0.5", "0,0.5", "0.5,1", "-0.1", "nan", "inf", "0.1,,0.2", "x", ",".join(["0.1"] * 12)]
)
def test_impossible_kinks_are_refused_in_one_sentence(kinks: str) -> None:
    with pytest.raises(ValueError, match=r"^kinks must be [^\n]+, got '.*'$"):
        bricks.compute({**bricks.DEFAULTS, "kinks": kinks})


@pytest.mark.parametrize("points", ["", "5" * 65, "5" * 67, "²" * 66, "-1" * 33])
def test_points_are_refused_unless_they_are_33_heights(points: str) -> None:
    with pytest.raises(ValueError, match=r"^points must be 33 heights of two digits each"):
        bricks.compute({**bricks.DEFAULTS, "points": points})


# What the reader does


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """Yield a process that calls a function of kinks.js."""
    program = "async (module, name, ...given) => (await import(module))[name](...given)"
    with closing(Node(program)) as process:
        yield process


def does(node: Node, name: str, *given: Any) -> Any:
    return node.ask((DRAWING.parent / "kinks.js").as_uri(), name, *given)


def state(kinks: str, kink: int = 1) -> dict[str, Any]:
    return {**bricks.DEFAULTS, "kinks": kinks, "kink": kink}


@pytest.mark.parametrize(
    ("name", "given", "change"),
    [
        ("moved", [state("0.25,0.5"), 1, 0.3], {"kinks": "0.3,0.5", "kink": 1}),
        ("moved", [state("0.25,0.5"), 1, 0.9], {"kinks": "0.4995,0.5", "kink": 1}),
        ("moved", [state("0.25,0.5"), 2, -3], {"kinks": "0.25,0.2505", "kink": 2}),
        ("added", [state("0.25,0.5"), 0.4, 11], {"kinks": "0.25,0.4,0.5", "kink": 2}),
        ("added", [state(""), 0.4, 11], {"kinks": "0.4", "kink": 1}),
        ("added", [state("0.25,0.5"), 0.5, 11], {}),
        ("added", [state("0.25,0.5"), 0.4, 2], {}),
        ("removed", [state("0.25,0.5"), 2], {"kinks": "0.25", "kink": 1}),
        ("removed", [state("0.25"), 1], {"kinks": "", "kink": 1}),
        ("removed", [state(""), 0], {}),
        ("even", [state("0.1,0.2,0.3", 2)], {"kinks": "0.25,0.5,0.75", "kink": 2}),
        ("halved", [state("0.25,0.5"), 11], {"kinks": "0.25,0.5,0.75", "kink": 3}),
        ("nearest", [state("0.25,0.5"), 0.4], 2),
        ("chosen", [state("0.25,0.5", 7)], 2),
        ("chosen", [state("", 7)], 0),
    ],
)
def test_kinks_are_changed_as_the_reader_wants(node: Node, name: str, given: list[Any], change: Any) -> None:
    assert does(node, name, *given) == change
    if isinstance(change, dict):
        assert bricks.compute({**bricks.DEFAULTS, **given[0], **change})["mode"] == "kinks"


def test_a_quick_stroke_leaves_no_point_out(node: Node) -> None:
    flat = {**bricks.DEFAULTS, "points": "50" * 33}
    up = does(node, "stroked", flat, [2, 10], [6, 90])["points"]
    assert up == "50" * 2 + "1030507090" + "50" * 26
    assert does(node, "stroked", {**flat, "points": up}, [6, 50], [2, 50])["points"] == flat["points"]
    assert does(node, "stroked", flat, [32, 0], [32, 7])["points"] == "50" * 32 + "07"
