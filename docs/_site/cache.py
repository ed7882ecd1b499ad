"""Keep what the build computed until something it depends on changes.

The key of an entry is a hash of its own text and of every module of the package that the text imports, directly or
through other modules. So an edit of one module recomputes what uses it, and nothing else.
"""

import ast
import functools
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy

from docs._site.files import write

__all__ = ["cached", "code", "digest", "docstring_lines", "fresh_imports", "imported", "key", "module_file"]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "site"
LOCAL = ("reference", "docs")


def imported(text: str, found: dict[str, Path] | None = None) -> dict[str, Path]:
    """Return the project's modules that a script imports, transitively, by name."""
    found = {} if found is None else found
    for name in _named(text):
        path = module_file(name)
        if name not in found and path.is_file():
            found[name] = path
            imported(path.read_text(encoding="utf-8"), found)
    return found


@functools.lru_cache(1024)  # each module of the package is read for nearly every key
def _named(text: str) -> tuple[str, ...]:
    """Return the names in the project that the imports of a script may mean."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=aliases):
                names += [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), names=aliases):
                names += [module, *(f"{module}.{alias.name}" for alias in aliases)]
    return tuple(name for name in names if name.split(".")[0] in LOCAL)


def module_file(name: str) -> Path:
    """Return where the project's module of this name stands, or would stand."""
    path = ROOT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def docstring_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the numbers of the lines that docstrings take."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            yield from range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def digest(script: str) -> str:
    """Return a hash of a script and of all that it imports from the project: of the code, not of words about it."""
    state = hashlib.sha256(code(script).encode())
    for name, path in sorted(imported(script).items()):
        state.update(f"\0{name}\0{code(path.read_text(encoding='utf-8'))}".encode())
    return state.hexdigest()[:24]


@functools.lru_cache(1024)
def code(text: str) -> str:
    """Return a script without its docstrings, its comment lines and its empty lines."""
    words = set(docstring_lines(ast.parse(text)))
    lines = (line.rstrip() for number, line in enumerate(text.splitlines(), 1) if number not in words)
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def key(script: str, *more: str) -> str:
    """Return a hash for a cache: of the script, of what it imports, of more texts, and of the versions at work."""
    state = hashlib.sha256(f"{sys.version_info[:3]} {numpy.__version__}".encode())
    for text in (script, *more, *(path.read_text(encoding="utf-8") for path in imported(script).values())):
        state.update(text.encode() + b"\0")
    return state.hexdigest()[:24]


def cached(kind: str, hashed: str, compute: Callable[[], Any]) -> Any:
    """Return the stored JSON value of this key, or compute and store it."""
    path = FOLDER / kind / f"{hashed}.json"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    value = compute()
    write(path, json.dumps(value).encode())
    return value


_loaded = {"reference": ""}


def fresh_imports() -> None:
    """Forget the package's modules once their files have changed, so that a running server computes with the new."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "reference").rglob("*.py")):
        digest.update(path.read_bytes())
    if _loaded["reference"] not in ("", digest.hexdigest()):
        for name in [name for name in sys.modules if name.split(".")[0] == "reference"]:
            del sys.modules[name]
    _loaded["reference"] = digest.hexdigest()
