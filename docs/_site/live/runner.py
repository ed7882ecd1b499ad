"""Run a reader's code and put into plain data what it prints, returns or raises.

The worker in the browser calls `answer`; the tests call the functions below it in CPython. Code runs in a *session*,
the namespace of one page, under a name such as `example 3` that its tracebacks show.
"""

import ast
import contextlib
import importlib
import io
import json
import linecache
import re
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Output", "agrees", "answer", "interruptible_sleep", "run", "told"]

LIMIT = 200_000  # characters of output that are shown; a page with more would not scroll any longer
PAUSE = 0.05  # seconds between two looks at the output while the code runs
SLICE = 0.05  # seconds that Python sleeps at a time, so that Stop can wake it

Part = dict[str, str]
Emit = Callable[[str], object]


class Output:
    """What a run shows, in order: printed text, warnings, then the value or the error."""

    def __init__(self, emit: Emit | None = None) -> None:
        self.parts: list[Part] = []
        self.cut = False
        self._room = LIMIT
        self._emit = emit
        self._next = time.monotonic() + PAUSE

    def add(self, kind: str, text: str) -> None:
        """Append text, as far as there is room; now and then hand on what has gathered."""
        shown, self._room = text[: self._room], self._room - len(text[: self._room])
        filled = len(shown) < len(text) and not self.cut
        self.cut = self.cut or filled
        if shown and self.parts and self.parts[-1]["kind"] == kind == "text":
            self.parts[-1]["text"] += shown
        elif shown:
            self.parts.append({"kind": kind, "text": shown})
        if self._emit and shown and (filled or time.monotonic() >= self._next):
            self._emit(json.dumps(self.parts))
            self._next = time.monotonic() + PAUSE

    @property
    def printed(self) -> str:
        """The printed text alone."""
        return "".join(part["text"] for part in self.parts if part["kind"] == "text")


class _Stream(io.TextIOBase):
    def __init__(self, output: Output, kind: str) -> None:
        self._output, self._kind = output, kind

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._output.add(self._kind, text)
        return len(text)


def run(source: str, namespace: dict[str, Any], name: str, output: Output) -> dict[str, Any]:
    """Run code as a page's example does, and show its last expression as a notebook does.

    Args:
        source: The code.
        namespace: Where it runs; keeps what the code defines, also after an error or a stop.
        name: Stands for the file's name in tracebacks.
        output: Takes what the code shows.

    Returns:
        `outcome` ("done", "error" or "stopped") and `error`, None or what `told` says.
    """
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    printed, warned = _Stream(output, "text"), _Stream(output, "warning")
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(warned), warnings.catch_warnings():
            warnings.simplefilter("always")  # a second run warns like the first
            warnings.showwarning = lambda *about: output.add("warning", warnings.formatwarning(*about[:4]))
            body, last = _split(source, name)
            exec(body, namespace)
            if last is not None and (value := eval(last, namespace)) is not None:
                _show(value, output)
    except KeyboardInterrupt:
        return {"outcome": "stopped", "error": None}
    except BaseException as error:  # SystemExit too: a page cannot exit
        return {"outcome": "error", "error": told(error, name)}
    return {"outcome": "done", "error": None}


def _split(source: str, name: str) -> tuple[Any, Any]:
    """Compile code, and apart from it the expression that it ends with."""
    tree, last = ast.parse(source, name), None
    if tree.body and isinstance(final := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = compile(ast.Expression(final.value), name, "eval")
    return compile(tree, name, "exec"), last


def _show(value: Any, output: Output) -> None:
    for kind, method in (("svg", "_repr_svg_"), ("html", "_repr_html_")):
        if hasattr(type(value), method):
            output.add(kind, getattr(value, method)())
            return
    output.add("value", repr(value))


def told(error: BaseException, name: str) -> dict[str, Any]:
    """Describe an error by the reader's own lines: its kind, message, line in the code called `name`, and traceback."""
    summary = traceback.TracebackException.from_exception(error)
    places = [frame.lineno for frame in summary.stack if frame.filename == name]
    line = summary.lineno if isinstance(error, SyntaxError) else places[-1] if places else None
    _only_readers(summary)
    text = "".join(summary.format_exception_only() if isinstance(error, SyntaxError) else summary.format())
    return {
        "name": type(error).__name__,
        "message": str(error),
        "line": int(line) if line else None,
        "text": text[:LIMIT],
    }


def _only_readers(summary: traceback.TracebackException | None) -> None:
    """Keep the frames whose file is no file: what readers typed has no path and no brackets."""
    while summary is not None:
        frames = [frame for frame in summary.stack if re.fullmatch(r"(example|exercise) [\w -]+", frame.filename)]
        summary.stack = traceback.StackSummary.from_list(frames)
        summary = summary.__cause__ or summary.__context__


def agrees(want: str, got: str) -> bool:
    """Tell whether printed text is what a page shows: white space counts once, `...` stands for anything."""
    words, printed = (" ".join(text.split()) for text in (want, got))
    return re.fullmatch(".*".join(map(re.escape, words.split("..."))), printed) is not None


# What the worker asks for

_sessions: dict[str, dict[str, Any]] = {}


def answer(request: str, emit: Emit | None = None) -> str:
    """Answer one request of a page; both are JSON.

    Args:
        request: Its `kind` and what that function below takes.
        emit: Gets the output so far while code runs.
    """
    asked = json.loads(request)
    functions: dict[str, Callable[..., Any]] = {"run": _run, "check": _check, "ask": _ask, "forget": _forget}
    return json.dumps(functions[asked.pop("kind")](emit, **asked))


def _run(emit: Emit | None, *, page: str, name: str, source: str, expected: str | None) -> dict[str, Any]:
    namespace = _sessions.setdefault(page, {"__name__": "__page__"})
    output = Output(emit)
    with _timed() as times:
        result = run(source, namespace, name, output)
    same = None if expected is None else agrees(expected, output.printed)
    return {**result, **times, "parts": output.parts, "cut": output.cut, "same": same}


def _check(emit: Emit | None, *, exercise: str, source: str) -> dict[str, Any]:
    check = importlib.import_module("docs._site.exercises.check")
    output = Output(emit)
    with _timed() as times:
        result = check.verdict(exercise, source, output)
    return {**result, **times, "parts": output.parts, "cut": output.cut}


def _ask(emit: Emit | None, *, widget: str, state: dict[str, Any]) -> dict[str, Any]:
    if not re.fullmatch(r"[a-z]\w*", widget):
        raise ValueError(f"a widget has a plain name, not {widget!r}")
    try:
        with _timed() as times:
            data = importlib.import_module(f"docs._site.widgets.{widget}").compute(state)
        return {"data": data, **times}
    except ValueError as error:  # a sentence about the state
        return {"refused": str(error)}
    except Exception as error:
        return {"refused": f"The widget failed: {type(error).__name__}: {error}"}


def _forget(emit: Emit | None, *, page: str) -> None:
    _sessions.pop(page, None)


@contextlib.contextmanager
def _timed() -> Iterator[dict[str, float]]:
    times: dict[str, float] = {}
    start = time.perf_counter()
    yield times
    times["milliseconds"] = 1000 * (time.perf_counter() - start)


def interruptible_sleep(seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Sleep in short slices with Python between them: the browser's own sleep cannot be stopped."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        sleep(min(left, SLICE))
        for _ in range(60):  # the interpreter looks for a stop only every few dozen steps
            pass
