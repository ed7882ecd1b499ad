"""Exercises: right answers pass, typical wrong ones fail with their own diagnosis, and no answer upsets the frame."""

import ast
import importlib
import inspect
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from docs._site.addresses import pages
from docs._site.exercises.check import Names, Wrong, function, numbers, verdict
from docs._site.live.runner import Output

ROOT = Path(__file__).parents[2]
EXERCISES = sorted(path.stem for path in ROOT.glob("docs/_site/exercises/*.py") if path.stem != "check")
PAGES = [page for page in pages() if page.name != "components.md"]  # that one shows a card as a sample
WIDTH = 88  # columns of a card
UNFIT = "The check cannot use"  # how the frame's sentence for a check's own error begins


def exercise(name: str) -> ModuleType:
    """The module that a page's card is made from."""
    return importlib.import_module(f"docs._site.exercises.{name}")


def answers(name: str) -> ModuleType:
    """Its answers here: `WRONG`, from a phrase of the diagnosis to the code, and perhaps `RIGHT`, other right ones."""
    return importlib.import_module(f"tests.site.exercises.{name}")


def wrong_answers(name: str) -> dict[str, str]:
    found: dict[str, str] = answers(name).WRONG
    return found


def right_answers(name: str) -> list[str]:
    return [exercise(name).ANSWER, *getattr(answers(name), "RIGHT", [])]


def judge(name: str, source: str) -> dict[str, Any]:
    """Check an answer as the browser does."""
    return verdict(name, source, Output())


def spoiled(source: str, line: str) -> str:
    """Replace the body of each function by one line, in which `again` stands for a call of the function itself."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            again = f"{node.name}({', '.join(argument.arg for argument in node.args.args)})"
            (shell,) = ast.parse(f"def shell(): {line.replace('again', again)}").body
            assert isinstance(shell, ast.FunctionDef)
            node.body = shell.body
    return ast.unparse(tree)


def test_every_exercise_of_a_page_exists_and_every_one_has_answers_here() -> None:
    named = {name for page in PAGES for name in re.findall(r"^ *::exercise (.*)$", page.read_text("utf-8"), re.M)}
    assert len(EXERCISES) > 0
    assert named == set(EXERCISES)
    assert sorted(path.stem for path in ROOT.glob("tests/site/exercises/*.py")) == EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
class TestEveryExercise:
    @pytest.mark.parametrize("directive", ["exercise", "answer"])
    def test_its_page_uses_it_once(self, name: str, directive: str) -> None:
        line = re.compile(rf"^ *::{directive} {name}$", re.M)
        users = [page.stem for page in PAGES for _ in line.findall(page.read_text("utf-8"))]
        assert len(users) == 1
        assert name.startswith(f"{users[0]}_")

    def test_hints_stand_between_the_card_and_the_answer(self, name: str) -> None:
        box = re.compile(rf"^    ::exercise {name}\n((?:    .*)?\n)+?    ::answer {name}$", re.M)
        found = [match[0] for page in PAGES for match in box.finditer(page.read_text("utf-8"))]
        assert len(found) == 1
        assert "\n    ??? hint " in found[0]

    def test_stub_and_answer_fit_the_card(self, name: str) -> None:
        stub, answer = exercise(name).STUB, exercise(name).ANSWER
        assert max(map(len, [*stub.splitlines(), *answer.splitlines()])) <= WIDTH
        assert len(stub.splitlines()) <= 18
        assert not stub.startswith("\n")
        assert "import numpy as np" in stub

    def test_it_says_what_it_asks(self, name: str) -> None:
        assert (exercise(name).__doc__ or "").strip().endswith(".")

    def test_the_check_knows_no_answer(self, name: str) -> None:
        tree = ast.parse(inspect.getsource(exercise(name)))
        used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        assert "ANSWER" not in {node.id for node in used}

    def test_the_stub_runs_and_does_not_pass(self, name: str) -> None:
        said = judge(name, exercise(name).STUB)
        assert said["outcome"] == "error"
        assert said["error"] is None, "the stub stops with an error of its own"
        assert said["diagnosis"]
        assert UNFIT not in said["diagnosis"]

    def test_right_answers_pass(self, name: str) -> None:
        for source in right_answers(name):
            said = judge(name, source)
            assert said["diagnosis"] is None, f"{said['diagnosis']} {said['error']}\n{source}"
            assert said["outcome"] == "done"
            assert len(set(said["passed"])) == len(said["passed"]) >= 3
            assert all(sentence.endswith(".") for sentence in said["passed"])

    def test_a_right_answer_is_checked_in_no_time(self, name: str) -> None:
        start = time.process_time()
        judge(name, exercise(name).ANSWER)
        assert time.process_time() - start < 2

    def test_typical_wrong_answers_get_their_own_diagnosis(self, name: str) -> None:
        said = {}
        for phrase, source in wrong_answers(name).items():
            result = judge(name, source)
            assert result["outcome"] == "error", f"passes, and should fail with {phrase!r}"
            assert phrase in result["diagnosis"]
            assert UNFIT not in result["diagnosis"]
            said[phrase] = result["diagnosis"]
        assert len(set(said.values())) == len(said) >= 3, "at least three wrong answers, each with its own diagnosis"

    @pytest.mark.parametrize(
        ("line", "error"), [("return again", "RecursionError"), ("return 1 / 0", "ZeroDivisionError")]
    )
    def test_an_answer_that_raises_is_told_its_line(self, name: str, line: str, error: str) -> None:
        said = judge(name, spoiled(exercise(name).ANSWER, line))
        assert said["outcome"] == "error"
        assert said["diagnosis"].startswith("Your code ")
        assert said["error"]["name"] == error
        assert said["error"]["line"]
        assert "docs/_site" not in said["error"]["text"]


# The frame, with an exercise that asks for `twice(x)`


def check_twice(names: Names) -> Iterator[str]:
    twice = function(names, "twice(x)")
    row = np.arange(3.0)
    if not np.allclose(numbers(twice(row), (3,), "twice(x)"), 2 * row):
        raise Wrong("`twice(x)` does not double.")
    yield "It doubles a row."
    np.asarray([twice(0.0), 1.0], dtype=float)
    yield "It takes a number."


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """Judge an answer to the exercise `twice`, and put what it printed into `shown`."""
    module = ModuleType("docs._site.exercises.twice")
    vars(module)["check"] = check_twice
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def judge_twice(source: str) -> dict[str, Any]:
        output = Output()
        return {**verdict("twice", source, output), "shown": output.printed}

    return judge_twice


Twice = Callable[[str], dict[str, Any]]
UNUSABLE = {
    "pass": "There is no `twice`: define a function `twice(x)`.",
    "twice = 3": "`twice` is of type int: it must be a function `twice(x)`.",
    "def twice(): return 1": "`twice` does not take 1 argument(s): the check calls it as `twice(x)`.",
    "def twice(x, y): return 1": "`twice` does not take 1 argument(s): the check calls it as `twice(x)`.",
    "def twice(x): 2 * x": "`twice(x)` returns None: does your function end with a `return`?",
    "def twice(x): return x[0]": "`twice(x)` has shape (): expected (3,).",
    "def twice(x): return 'six'": "`twice(x)` gives text: expected real numbers.",
    "def twice(x): return 2j * x": "`twice(x)` gives complex128: expected real numbers.",
    "def twice(x): return x": "`twice(x)` does not double.",
}


class TestTheFrame:
    def test_a_right_answer_passes(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    return x + x")
        assert said["outcome"] == "done"
        assert said["passed"] == ["It doubles a row.", "It takes a number."]
        assert said["diagnosis"] is said["error"] is None

    @pytest.mark.parametrize("source", UNUSABLE)
    def test_an_answer_of_the_wrong_kind_gets_one_sentence(self, twice: Twice, source: str) -> None:
        said = twice(source)
        assert said["outcome"] == "error"
        assert said["diagnosis"] == UNUSABLE[source]
        assert said["passed"] == []
        assert said["error"] is None

    def test_what_held_before_the_diagnosis_is_told(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    return x + x if np.ndim(x) else 'no'\nimport numpy as np")
        assert said["passed"] == ["It doubles a row."]
        assert said["diagnosis"].startswith(UNFIT)
        assert said["diagnosis"].endswith(".")

    def test_rows_of_different_length_are_no_numbers(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    return [[1], [1, 2]]")
        assert said["diagnosis"] == "`twice(x)` is no array of numbers: its rows have different lengths."
        assert said["error"] is None

    def test_leaving_python_ends_the_check_alone(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    exit(1)")
        assert said["diagnosis"] == "Your code raises SystemExit when the check calls it."
        assert said["error"]["line"] == 2

    def test_a_warning_is_no_error(self, twice: Twice) -> None:
        assert twice("import warnings\ndef twice(x):\n    warnings.warn('hm')\n    return 2 * x")["outcome"] == "done"

    def test_printing_is_no_answer_but_is_shown_where_the_reader_called(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    print('seen', x)\n    return 2 * x\n\nprint(twice(1))")
        assert said["outcome"] == "done"
        assert said["shown"] == "seen 1\n2\n"

    def test_an_error_in_the_answer_is_told_with_its_line(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    return x / nothing")
        assert said["diagnosis"] == "Your code raises NameError when the check calls it."
        assert said["error"]["line"] == 2
        assert "return x / nothing" in said["error"]["text"]
        assert str(ROOT) not in said["error"]["text"]

    @pytest.mark.parametrize(("source", "name"), [("x = (", "SyntaxError"), ("\n1 / 0", "ZeroDivisionError")])
    def test_code_that_does_not_run_is_not_checked(self, twice: Twice, source: str, name: str) -> None:
        said = twice(source)
        assert said["diagnosis"] == "Your code stops with an error before anything can be checked."
        assert said["error"]["name"] == name
        assert said["error"]["line"] == 1 + source.startswith("\n")

    def test_stop_ends_the_check_without_a_diagnosis(self, twice: Twice) -> None:
        said = twice("def twice(x):\n    raise KeyboardInterrupt")
        assert said["outcome"] == "stopped"
        assert said["diagnosis"] is None

    def test_each_check_starts_with_nothing(self, twice: Twice) -> None:
        twice("def twice(x):\n    return 2 * x")
        assert "There is no `twice`" in twice("pass")["diagnosis"]

    def test_a_name_that_is_no_module_is_refused(self) -> None:
        with pytest.raises(ValueError, match="plain name"):
            verdict("../check", "pass", Output())
