"""All that readers can run, in the Python that their browser gets: the site's own runtime files, here in Node."""

import doctest
import importlib
import json
import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docs._site.addresses import pages
from docs._site.cache import ROOT
from docs._site.exercises import check
from docs._site.fences import examples
from docs._site.live import runner
from reference.training import DIGITS_FILES
from tests.needs import need_node

PROGRAM = """
(() => {
  const folder = process.argv[1]
  const start = async () => {
    const { loadPyodide } = await import(require("url").pathToFileURL(folder + "/pyodide.mjs"))
    const python = await loadPyodide({ indexURL: folder, stdout: () => {}, stderr: () => {} })
    const read = (name) => new Uint8Array(require("fs").readFileSync(`${folder}/${name}`))
    const packages = python.runPython("import site; site.getsitepackages()[0]")
    python.unpackArchive(read("numpy.zip"), "zip", { extractDir: packages })
    for (const name of ["package.zip", "exercises.zip", "widgets.zip"]) {
      python.unpackArchive(read(name), "zip", { extractDir: "/home/pyodide" })
    }
    const digits = process.argv[2]
    if (digits) {
      python.FS.mkdirTree(require("path").posix.dirname(digits))
      python.FS.writeFile(digits, read("../data/digits.csv.gz"))
    }
    return python.runPython("from docs._site.live import runner; runner.answer")
  }
  const started = start()
  return async (request) => JSON.parse((await started)(JSON.stringify(request)))
})()
"""
DOCTESTS = """
import doctest, importlib, io
module = importlib.import_module({module!r})
flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
for test in doctest.DocTestFinder().find(module, {module!r}):
    if test.examples:
        said = io.StringIO()
        failed = doctest.DocTestRunner(optionflags=flags, verbose=False).run(test, out=said.write).failed
        print("FAILED" if failed else "passed", test.name, said.getvalue())
"""
DIGITS = f"/home/pyodide/reference/{DIGITS_FILES['reference']}"
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "reference").rglob("*.py")
)
EXERCISES = sorted(path.stem for path in Path(check.__file__).parent.glob("*.py") if path.stem != "check")
WIDGETS = sorted(path.stem for path in (ROOT / "docs/_site/widgets").glob("*.py") if path.stem[0] != "_")
Answer = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def browsers_python() -> Iterator[Answer]:
    """Start the runtime in Node; ask it as a page asks the worker."""
    need_node()
    from docs._site import digits, runtime
    from docs._site.ask_node import Node

    runtime.prepare()
    digits.path()
    node = Node(PROGRAM, str(runtime.TARGET), posixpath.normpath(DIGITS))
    yield node.ask
    node.close()


def run(browsers_python: Answer, source: str, page: str = "scratch", expected: str | None = None) -> dict[str, Any]:
    result: dict[str, Any] = browsers_python(
        {"kind": "run", "page": page, "name": "example 1", "source": source, "expected": expected}
    )
    return result


def shown(result: dict[str, Any]) -> str:
    """Return what a run shows, its error included."""
    error = result["error"]["text"] if result["error"] else ""
    return "".join([*(part["text"] for part in result["parts"]), error])


def test_versions_are_those_of_the_browser(browsers_python: Answer) -> None:
    result = run(browsers_python, "import sys, numpy\nprint(sys.version_info[:2], numpy.__version__)")
    assert shown(result) == "(3, 12) 2.0.2\n"


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.stem)
def test_every_example_prints_what_its_page_shows(browsers_python: Answer, page: Path) -> None:
    for example in examples(page.read_text(encoding="utf-8")):
        if not example.needs:
            expected = example.output.source if example.output else ""
            result = run(browsers_python, example.code.source, str(page), expected)
            assert result["same"], f"line {example.code.line}: the page shows\n{expected}\nit prints\n{shown(result)}"


@pytest.mark.parametrize("module", MODULES)
def test_every_docstring_holds(browsers_python: Answer, module: str) -> None:
    said = shown(run(browsers_python, DOCTESTS.format(module=module)))
    assert "FAILED" not in said, said
    assert said.count("passed") == docstrings_with_examples(module), said


def docstrings_with_examples(module: str) -> int:
    """Return how many docstrings of a module hold examples, found by this Python."""
    found = doctest.DocTestFinder().find(importlib.import_module(module), module)
    return sum(bool(test.examples) for test in found)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_exercise_accepts_its_answer_and_refuses_its_stub(browsers_python: Answer, exercise: str) -> None:
    module = importlib.import_module(f"docs._site.exercises.{exercise}")
    right = browsers_python({"kind": "check", "exercise": exercise, "source": module.ANSWER})
    assert (right["outcome"], right["diagnosis"]) == ("done", None), right
    stub = browsers_python({"kind": "check", "exercise": exercise, "source": module.STUB})
    native = check.verdict(exercise, module.STUB, runner.Output())
    assert stub["diagnosis"] == native["diagnosis"]
    assert stub["diagnosis"]


@pytest.mark.parametrize("widget", WIDGETS)
def test_every_widget_computes_its_first_state_as_the_build_does(browsers_python: Answer, widget: str) -> None:
    module = importlib.import_module(f"docs._site.widgets.{widget}")
    there = browsers_python({"kind": "ask", "widget": widget, "state": module.DEFAULTS})["data"]
    here = json.loads(json.dumps(module.compute(module.DEFAULTS)))
    assert there.keys() == here.keys()
    assert there["text"] == here["text"]
