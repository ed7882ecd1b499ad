"""What the browser's Python does with a reader's code, tried here in CPython."""

import json
import time
from typing import Any

import pytest

from docs._site.live import runner
from docs._site.live.runner import Output, agrees, answer, interruptible_sleep


def run(source: str, namespace: dict[str, Any] | None = None, name: str = "example 2") -> tuple[dict[str, Any], Output]:
    output = Output()
    return runner.run(source, {} if namespace is None else namespace, name, output), output


def test_prints_then_the_value_of_the_last_expression() -> None:
    result, output = run("x = 2\nprint('two', x)\nx + 1")
    assert result == {"outcome": "done", "error": None}
    assert output.parts == [{"kind": "text", "text": "two 2\n"}, {"kind": "value", "text": "3"}]
    assert output.printed == "two 2\n"


@pytest.mark.parametrize("source", ["x = 1", "None", "print(end='')", "", "# words alone", "def f():\n    return 1"])
def test_shows_nothing_where_there_is_nothing(source: str) -> None:
    result, output = run(source)
    assert (result["outcome"], output.parts) == ("done", [])


@pytest.mark.parametrize("value", ["0", "False", "''", "[]"])
def test_a_false_value_is_a_value(value: str) -> None:
    assert run(value)[1].parts == [{"kind": "value", "text": value}]


def test_drawings_and_tables_come_as_such() -> None:
    source = "class Both:\n    def _repr_{0}_(self):\n        return '<{0}>'\nBoth()"
    for kind in ("svg", "html"):
        assert run(source.format(kind))[1].parts == [{"kind": kind, "text": f"<{kind}>"}]


def test_the_namespace_stays_also_after_an_error() -> None:
    names: dict[str, Any] = {}
    assert run("a = 1\nraise ValueError('no')\nb = 2", names)[0]["outcome"] == "error"
    assert names["a"] == 1
    assert "b" not in names


def test_a_traceback_has_the_readers_frames_alone_with_their_lines() -> None:
    names: dict[str, Any] = {}
    run("import numpy as np\ndef invert(matrix):\n    return np.linalg.inv(matrix)", names, "example 1")
    error = run("y = 1\n\ninvert(np.zeros((2, 2)))", names)[0]["error"]
    assert (error["name"], error["message"], error["line"]) == ("LinAlgError", "Singular matrix", 3)
    assert "return np.linalg.inv(matrix)" in error["text"]
    assert 'File "example 1", line 3, in invert' in error["text"]
    assert error["text"].count("File ") == 2
    assert error["text"].endswith("LinAlgError: Singular matrix\n")


def test_a_cause_keeps_its_lines() -> None:
    error = run("try:\n    1 / 0\nexcept ZeroDivisionError as bad:\n    raise KeyError('k') from bad")[0]["error"]
    assert (error["line"], "direct cause" in error["text"], error["text"].count("File ")) == (4, True, 2)


def test_the_frames_of_the_package_do_not_show() -> None:
    error = run("from reference.activations import relu\nrelu('text')")[0]["error"]
    assert (error["name"], error["line"], error["text"].count("File ")) == ("TypeError", 2, 1)


def test_a_syntax_error_names_its_line_and_shows_no_stack() -> None:
    error = run("x = 1\nif x\n    pass")[0]["error"]
    assert (error["name"], error["line"]) == ("SyntaxError", 2)
    assert "Traceback" not in error["text"]
    assert "if x" in error["text"]


@pytest.mark.parametrize(("source", "name"), [("exit()", "SystemExit"), ("raise MemoryError", "MemoryError")])
def test_what_ends_a_program_ends_a_run_alone(source: str, name: str) -> None:
    assert run(source)[0]["error"]["name"] == name


def test_an_error_of_repr_is_the_readers() -> None:
    error = run("class Bad:\n    def __repr__(self):\n        return 1 / 0\nBad()")[0]["error"]
    assert (error["name"], error["line"]) == ("ZeroDivisionError", 3)


def test_a_stop_keeps_what_was_done() -> None:
    names: dict[str, Any] = {}
    result, output = run("a = 1\nprint('so far')\nraise KeyboardInterrupt", names)
    assert (result, names["a"], output.printed) == ({"outcome": "stopped", "error": None}, 1, "so far\n")


def test_warnings_show_each_time_and_are_not_what_was_printed() -> None:
    names: dict[str, Any] = {}
    for _ in range(2):
        output = run("import warnings\nwarnings.warn('careful')", names)[1]
        assert [part["kind"] for part in output.parts] == ["warning"]
        assert "example 2:2: UserWarning: careful" in output.parts[0]["text"]
        assert output.printed == ""


def test_output_is_cut_at_the_limit_and_still_shown() -> None:
    sent: list[str] = []
    output = Output(sent.append)
    runner.run("for _ in range(3):\n    print('x' * 150_000)", {}, "example 1", output)
    assert output.cut
    assert len(output.printed) == runner.LIMIT
    assert sum(len(part["text"]) for part in json.loads(sent[-1])) == runner.LIMIT


def test_output_is_handed_on_while_the_code_runs() -> None:
    sent: list[str] = []
    source = "import time\nfor n in range(4):\n    print(n)\n    time.sleep(0.06)"
    runner.run(source, {}, "example 1", Output(sent.append))
    assert 1 <= len(sent) <= 4
    assert json.loads(sent[0])[0]["text"].startswith("0\n")


def test_a_second_session_knows_nothing_of_the_first() -> None:
    def ask(page: str, source: str) -> Any:
        return json.loads(
            answer(json.dumps({"kind": "run", "page": page, "name": "example 1", "source": source, "expected": "1"}))
        )

    first = ask("/a/", "x = 1\nprint(x)")
    assert (first["same"], first["outcome"], first["cut"]) == (True, "done", False)
    assert first["milliseconds"] >= 0
    assert ask("/a/", "print(x + 1)")["same"] is False
    assert ask("/b/", "print(x)")["error"]["name"] == "NameError"
    answer(json.dumps({"kind": "forget", "page": "/a/"}))
    assert ask("/a/", "print(x)")["error"]["name"] == "NameError"


@pytest.mark.parametrize("widget", ["os.path", "../x", "", "No"])
def test_only_widgets_are_asked(widget: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        answer(json.dumps({"kind": "ask", "widget": widget, "state": {}}))


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("1  2\n3", "1 2 3\n", True),
        ("1 2", "12", False),
        ("a ... z", "a b\nc z", True),
        ("a ... z", "a b c y", False),
        ("", "", True),
        ("", "x", False),
        ("[0.  0.5]", "[0. 0.5]", True),
    ],
)
def test_printed_text_is_compared_as_doctests_do(want: str, got: str, same: bool) -> None:
    assert agrees(want, got) is same


def test_sleep_comes_in_slices_and_lasts_as_long() -> None:
    slices: list[float] = []
    start = time.monotonic()

    def sleep(seconds: float) -> None:
        slices.append(seconds)
        time.sleep(seconds)

    interruptible_sleep(0.12, sleep=sleep)
    assert 0.12 <= time.monotonic() - start < 2
    assert len(slices) >= 3
    assert max(slices) <= runner.SLICE
    with pytest.raises(ValueError, match="non-negative"):
        interruptible_sleep(-1)
