"""Package, pages and tests are one tree three times; every public name is exported, documented and shown to work."""

import ast
import doctest
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
CHAPTERS = sorted(path.parent.name for path in ROOT.glob("reference/*/__init__.py"))
FILES = sorted(path for path in ROOT.glob("reference/**/*.py") if path.name != "__init__.py")


def dotted(file: Path) -> str:
    """The import name of a file."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


MODULES = [importlib.import_module(dotted(file)) for file in FILES]
OBJECTS = [
    pytest.param(value, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name in module.__all__
    if (inspect.isfunction(value := getattr(module, name)) or inspect.isclass(value))
    and value.__module__ == module.__name__  # an alias of another library's type is documented like a constant
]


def concepts(folder: str, pattern: str, prefix: str = "") -> set[str]:
    """The names of one tree, as chapter/concept; indexes and chapter-wide tests stand beside it."""
    beside = {"__init__", "index", "test_chapter", "conftest"}
    return {
        f"{chapter}/{path.stem.removeprefix(prefix)}"
        for chapter in CHAPTERS
        for path in (ROOT / folder / chapter).glob(pattern)
        if path.stem not in beside
    }


def test_there_is_something_to_compare() -> None:
    assert "activations" in CHAPTERS
    assert len(OBJECTS) > 40


def test_every_module_has_its_page() -> None:
    assert concepts("reference", "*.py") == concepts("docs", "*.md")


def test_every_module_has_its_tests() -> None:
    assert concepts("reference", "*.py") == concepts("tests", "*.py", "test_")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_modules_docstring_ends_with_its_page(module: ModuleType) -> None:
    last = (module.__doc__ or "").rstrip().splitlines()[-1]
    page = re.fullmatch(r"Explained on the page `(docs/[a-z_/]+\.md)`\.", last)
    assert page, f"{module.__name__} ends with {last!r}"
    assert (ROOT / page[1]).is_file()
    *_, chapter, concept = ["", *module.__name__.removeprefix("reference.").split(".")]
    assert not chapter or page[1] == f"docs/{chapter}/{concept}.md"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_name_is_exported_and_every_exported_one_exists(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module)).body
    assigned = (name for node in tree if isinstance(node, ast.Assign) for name in node.targets)
    constants = {name.id for name in assigned if isinstance(name, ast.Name)}
    defined = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and ((name.isupper() and name in constants) or getattr(value, "__module__", None) == module.__name__)
        and not inspect.ismodule(value)
    }
    assert defined <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(module.__all__) == len(set(module.__all__))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_exports_every_public_name_of_its_modules(chapter: str) -> None:
    package = importlib.import_module(f"reference.{chapter}")
    modules = [module for module in MODULES if module.__name__.startswith(f"{package.__name__}.")]
    names = [name for module in modules for name in module.__all__]
    assert sorted(names) == sorted(package.__all__)
    for module in modules:
        assert all(getattr(package, name) is getattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("file", FILES, ids=dotted)
def test_every_exported_constant_is_documented_below_itself(file: Path) -> None:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    exported = importlib.import_module(dotted(file)).__all__
    for node, after in zip(body, [*body[1:], None], strict=True):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for name in (target.id for target in targets if isinstance(target, ast.Name)):
            described = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            assert name not in exported or described, f"{name} has no docstring below it"


@pytest.mark.parametrize("thing", OBJECTS)
def test_a_docstring_is_there_and_its_example_runs_when_pasted_alone(thing: Any) -> None:
    name = f"{thing.__module__}.{thing.__name__}"
    assert thing.__doc__, f"{name} has no docstring"
    example = doctest.DocTestParser().get_doctest(inspect.getdoc(thing) or "", {}, name, None, None)
    assert example.examples, f"{name} has no example"
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(example, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("thing", [p for p in OBJECTS if inspect.isclass(p.values[0])])
def test_the_public_methods_of_a_class_are_documented(thing: Any) -> None:
    for name, member in vars(thing).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert member.__doc__, f"{thing.__name__}.{name} has no docstring"
