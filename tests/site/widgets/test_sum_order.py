"""The widget of the sum that goes wrong: the page's own sums, fractions and ml_dtypes as oracles, its moves."""

import math
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from docs._site.ask_node import Node
from docs._site.widget import DRAWING
from docs._site.widgets import sum_order
from docs._site.widgets._formats import to_bfloat16
from docs._site.widgets.sum_order import DEFAULTS, METHODS, MOST, MOVES, Stored
from reference.numbers.sums import kahan_sum, naive_sum, neumaier_sum, pairwise_sum, sum_error
from tests.needs import need
from tests.properties import given, st

FORMATS = list(sum_order.FORMATS)
STATES = st.fixed_dictionaries(
    {
        "numbers": st.sampled_from(list(sum_order.NUMBERS)),
        "n": st.integers(2, MOST),
        "order": st.sampled_from(list(sum_order.ORDERS)),
        "seed": st.integers(0, 99),
        "moves": st.lists(st.tuples(st.integers(1, MOST), st.integers(1, MOST)), max_size=4).map(
            lambda moves: ",".join(f"{a}-{b}" for a, b in moves)
        ),
        "method": st.sampled_from(list(METHODS)),
        "format": st.sampled_from(FORMATS),
    }
)


def compute(**state: Any) -> dict[str, Any]:
    return sum_order.compute({**DEFAULTS, **state})


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def column(data: dict[str, Any], place: int) -> list[float]:
    return [number(row[place]) for row in data["rows"]]


def last_error(data: dict[str, Any], method: str) -> str:
    return str(dict(data["shown"])[METHODS[method][0]])


# Examples from the page


def test_ones_after_a_large_number_are_lost_and_before_it_they_count() -> None:
    assert compute()["text"] == (
        "24 numbers, as given, add up to 100,000,000 (naive, float32); exact is 100,000,023, 2.9 ulp away. "
        "The first step more than half an ulp away is number 6."
    )
    assert column(compute(order="small"), 1)[-1] == 1e8 + 24
    assert column(compute(moves="1-24", n=24), 1)[-1] == 1e8 + 24


def test_kahan_loses_what_neumaier_keeps() -> None:
    data = compute(numbers="cancel", method="neumaier")
    assert (last_error(data, "neumaier"), last_error(data, "naive")) == ("0", f"{22 * 2**19 / 1e7:.1f}e+07")
    assert float(last_error(data, "kahan").replace(",", "")) > 1e5
    assert column(data, 1)[-1] == 22


def test_the_order_that_cancels_first_is_the_best_where_signs_differ() -> None:
    assert last_error(compute(numbers="cancel", order="big"), "naive") == "0"
    assert last_error(compute(numbers="cancel", order="small"), "naive") != "0"


@pytest.mark.parametrize("format", FORMATS)
def test_one_added_to_the_large_number_changes_nothing(format: str) -> None:
    assert len(set(column(compute(format=format), 1))) == 1


# Properties


@given(STATES)
def test_the_exact_column_is_exact_and_errors_are_from_it(state: dict[str, Any]) -> None:
    data = compute(**state)
    values = column(data, 0)
    assert len(values) == state["n"]
    if state["format"] in ("float32", "float64"):
        kind = np.dtype(state["format"]).type
        x = np.asarray(values, dtype=kind)
        assert number(data["rows"][-1][2]) == pytest.approx(float(sum(map(Fraction, x.tolist()))), rel=1e-8, abs=1e-12)
        if math.fsum(x.tolist()):
            found = data["errors"][-1]
            wanted = sum_error(kind(number(data["rows"][-1][1])), x)
            assert found == pytest.approx(math.log10(max(wanted, 0.01)), abs=2e-3)


@given(STATES)
def test_moves_and_orders_lose_no_number(state: dict[str, Any]) -> None:
    plain = compute(**{**state, "moves": "", "order": "given"})
    assert sorted(column(compute(**state), 0)) == sorted(column(plain, 0))


@given(STATES)
def test_totals_are_numbers_of_the_format_and_fsum_is_rounded_once(state: dict[str, Any]) -> None:
    data = compute(**state)
    if state["format"] in ("float16", "bfloat16"):
        store = to_bfloat16 if state["format"] == "bfloat16" else np.float16
        totals = column(data, 1)
        with np.errstate(all="ignore"):
            assert [float(f"{float(store(total)):.6g}") for total in totals] == totals
    error = last_error(data, "fsum")
    assert error == "exact is 0" or float(error.replace(",", "")) <= 0.5


@given(STATES, st.integers(1, MOST))
def test_a_step_is_the_sum_of_the_numbers_so_far(state: dict[str, Any], k: int) -> None:
    functions = {"naive": naive_sum, "pairwise": pairwise_sum, "kahan": kahan_sum, "neumaier": neumaier_sum}
    if state["format"] in ("float32", "float64") and state["method"] in functions:
        data, kind = compute(**state), np.dtype(state["format"]).type
        k = min(k, state["n"])
        x = np.asarray(column(data, 0), dtype=kind)
        assert kind(column(data, 1)[k - 1]) == functions[state["method"]](x[:k])


# Oracle


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
def test_stored_adds_as_ml_dtypes_does(a: int, b: int) -> None:
    bfloat16 = need("ml_dtypes").bfloat16
    x, y = (np.asarray(code, dtype=np.uint16).view(bfloat16)[()] for code in (a, b))
    if abs(float(x)) < 1e30 and abs(float(y)) < 1e30:
        ours = [Stored(float(x)) + Stored(float(y)), Stored(float(x)) - Stored(float(y)), 3 - Stored(float(y))]
        assert [float(result) for result in ours] == [float(x + y), float(x - y), float(bfloat16(3) - y)]


# Moves


@pytest.fixture(scope="module")
def node() -> Iterator[Any]:
    program = """
    async (module, moves, from, to) => (await import(module)).movedOn(moves, from, to)
    """
    with closing(Node(program)) as process:
        yield lambda *arguments: process.ask((DRAWING / "sum_order.js").as_uri(), *arguments)


@pytest.mark.parametrize(
    ("moves", "step", "expected"),
    [
        ("", (3, 2), "3-2"),
        ("3-2", (2, 1), "3-1"),
        ("3-2", (2, 3), ""),
        ("3-2", (5, 6), "3-2,5-6"),
        ("9-1,3-2", (2, 3), "9-1"),
    ],
)
def test_moves_of_one_number_are_joined(node: Any, moves: str, step: tuple[int, int], expected: str) -> None:
    assert node(moves, *step) == expected


@pytest.mark.parametrize("moves", ["1", "1-2-3", "0-1", f"1-{MOST + 1}", ",", ",".join(["1-2"] * (MOVES + 1))])
def test_impossible_moves_are_refused(moves: str) -> None:
    with pytest.raises(ValueError, match="moves must be"):
        compute(moves=moves)


def test_moves_beyond_the_last_number_wait() -> None:
    assert compute(n=4, moves="9-1")["rows"] == compute(n=4)["rows"]
    assert compute(n=4, moves="9-1")["moved"] == []
    assert compute(n=12, moves="9-1")["moved"] == [1]
