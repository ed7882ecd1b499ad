"""The widget that steps through a backward pass: its numbers against the package, its bugs, and what it refuses."""

from typing import Any

import numpy as np
import pytest

from docs._site.widgets import _expression, backward
from docs._site.widgets._expression import NAMES, computed
from reference.autograd import Tensor
from reference.autograd import operations as xp
from tests.properties import given, st

FIRST = (2.0, 3.0, 0.5, -0.5)
NUMBERS = st.tuples(*[st.floats(-3, 3, width=32)] * 4)
FORK = "x * w * tanh(x * w)"


def _joined(parts: tuple[str, str, str]) -> str:
    left, sign, right = parts
    return f"({left} {sign} {right})"


EXPRESSIONS = st.recursive(
    st.sampled_from([*NAMES, "2", "0.5"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*"), part).map(_joined),
        st.tuples(st.sampled_from(["tanh", "sin", "relu"]), part).map("{0[0]}({0[1]})".format),
    ),
    max_leaves=6,
).filter(lambda text: len(text) <= _expression.LONGEST and "(" in text and any(name in text for name in NAMES))


def compute(expression: str, steps: int = 16, bug: str = "none", **state: Any) -> dict[str, Any]:
    return backward.compute({**backward.DEFAULTS, "expression": expression, "steps": steps, "bug": bug, **state})


def leaves(data: dict[str, Any]) -> dict[str, str]:
    """Return the gradients that stand at the variables."""
    return {node["label"]: node["gradient"] for node in data["nodes"] if node["label"] in NAMES}


# Examples: the page's expression, and the report on micrograd


def test_the_expression_of_the_page_ends_with_its_gradients() -> None:
    data = compute("(w * x + b) * tanh(w * x + b)")
    assert leaves(data) == {"w": "1.711", "x": "0.4277", "b": "0.8553"}
    assert data["total"] == 4
    assert [node["state"] for node in data["nodes"]].count("done") == 3


def test_a_stale_second_pass_gives_three_instead_of_two() -> None:
    data = compute("(x + y) * w", bug="stale", x=3, y=2, w=1)
    assert leaves(data)["x"] == "3"
    right = {node["label"]: node["right"] for node in data["nodes"]}
    assert (right["x"], right["+"], right["w"]) == ("2", "1", "")
    assert "The first wrong number came at step 1: + has 2, not 1." in data["text"]


@pytest.mark.parametrize(
    ("bug", "said"),
    [
        ("assign", "step 2: ×₁ has 0.42, not 1.182. The new share has replaced"),
        ("order", "step 2: ×₁ has 0.7616, not 1.182. It handed out before"),
        ("stale", "step 1: ×₁ has 1.943, not 0.7616. What the first pass left"),
    ],
)
def test_each_bug_is_found_where_it_first_shows(bug: str, said: str) -> None:
    assert said in compute(FORK, bug=bug)["text"]
    assert "No number is wrong so far." in compute(FORK, 0, bug)["text"]


@pytest.mark.parametrize("bug", ["assign", "order"])
def test_without_a_fork_two_of_the_bugs_are_silent(bug: str) -> None:
    data = compute("(x + y) * w", bug=bug)
    assert "no number goes wrong here" in data["text"]
    assert leaves(data) == leaves(compute("(x + y) * w"))


def test_equal_parts_are_one_node() -> None:
    assert compute("sin(x) * sin(x)")["total"] == 2
    assert compute("sin(x) * sin(y)")["total"] == 3


def test_the_steps_end_where_the_pass_ends() -> None:
    assert compute("x * y", 16) == compute("x * y", 1)
    assert len(compute(FORK, 2)["told"]) == 2


# Properties


@given(EXPRESSIONS, NUMBERS)
def test_values_and_gradients_are_the_package_s(expression: str, numbers: tuple[float, ...]) -> None:
    found = {name: Tensor(number) for name, number in zip(NAMES, numbers, strict=True)}
    known: dict[str, Any] = {"tanh": xp.tanh, "sin": xp.sin, "relu": lambda x: xp.where(x <= 0, 0.0, x)}
    result = eval(expression, {"__builtins__": {}}, {**known, **found})
    if not isinstance(result, Tensor) or not result.parents:
        return
    result.backward()
    got = computed(expression, *numbers)
    assert got.values[got.result] == pytest.approx(result.item(), rel=1e-12, abs=1e-12)
    at = {node.name: node.id for node in got.nodes if node.name}
    for name, i in at.items():
        assert got.gradients[i] == pytest.approx(np.asarray(found[name].grad).item(), rel=1e-9, abs=1e-9)
    steps = backward._steps(got, "none")
    assert all(not step.right for step in steps)
    assert [step.node for step in steps] == got.order
    for i, gradient in got.gradients.items():
        assert steps[-1].held[i] == pytest.approx(gradient, rel=1e-9, abs=1e-12)


@given(EXPRESSIONS, NUMBERS, st.sampled_from(["assign", "order", "stale"]))
def test_wrong_numbers_are_told_if_and_only_if_they_are_wrong(
    expression: str, numbers: tuple[float, ...], bug: str
) -> None:
    try:
        found = computed(expression, *numbers)
    except ValueError:
        return
    steps = backward._steps(found, bug)
    passes = 2 if bug == "stale" else 1
    inner = set(found.order)
    for node, gradient in found.gradients.items():
        right = gradient * (1 if node in inner else passes)
        wrong = steps[-1].held[node] != pytest.approx(right, rel=1e-6, abs=1e-6)
        assert not wrong or any(node in step.right for step in steps)


# What is refused


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os')", "x.real", "lambda: x", "x if y else w", "[x]", "x @ y", "x // y", "f'{x}'", "True * x",
        "1j * x", "max(x)", "exp(a=x)", "exp(*x)", "x < y", "(q := x)", "x[0]", "print(x)", "é * x", "'a' * x", "z + x",
    ],
)  # fmt: skip
def test_what_is_not_listed_is_not_read(expression: str) -> None:
    with pytest.raises(ValueError, match=r"^this widget reads numbers, [^\n]+; it does not know [^\n]+$"):
        compute(expression)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("x +", "is no finished expression"),
        ("", "is no finished expression"),
        ("(" * 50, "is no finished expression"),
        ("x\0", "is no finished expression"),
        ("2 * 3", "needs at least one of x, y, w, b"),
        ("x", "and one operation on it"),
        ("x" * 61, "at most 60 signs"),
        ("+".join("x" * 20), "16 operations"),
        ("log(0 - x)", "no finite value or slope"),
        ("1 / 0 * x", "no finite value or slope"),
        ("9 ** 9 ** 9 * x", "no finite value or slope"),
        ("(0 - 2) ** 0.5 * x", "no finite value or slope"),
        ("1e999 * x", "no finite value or slope"),
    ],
)
def test_what_cannot_be_drawn_gets_one_sentence(expression: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        compute(expression)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("key", "value"), [("x", 1001.0), ("w", True), ("steps", 17), ("steps", -1), ("bug", "all")])
def test_other_impossible_states_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{key} must be"):
        compute(FORK, **{**{"steps": 1, "bug": "none"}, key: value})
