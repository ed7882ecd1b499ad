"""Tables that code makes: `::table agreement.formats` on a page becomes the Markdown that this function returns.

What they show was recorded by `dev.py verify` and `dev.py bench`, is counted from the sources, or is computed in
milliseconds. So no number in them is typed, and the links in them are checked as those of the page are.
"""

import functools
import importlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from docs._site.session import RECORDED, typeset

__all__ = ["LIBRARIES", "linked", "listed", "rows", "said", "stored", "table"]

MODULES = (
    "accuracy",
    "agreement",
    "counts",
    "glossary",
    "gradients",
    "pages",
    "path",
    "predictions",
    "stamp",
    "timing",
)
LIBRARIES = {
    "ours": "ours",
    "numpy": "NumPy",
    "torch": "PyTorch",
    "scipy": "SciPy",
    "jax": "JAX",
    "onnx": "ONNX",
    "autograd": "HIPS autograd",
    "pygad": "PyGAD",
    "deap": "DEAP",
    "pyodide": "Pyodide as it comes",
}
"""What a library is called in prose, where its name in code is another."""


def table(reference: str) -> str:
    """Return the Markdown of a table: `module.function`, then perhaps words that the function takes.

    Raises:
        LookupError: If there is no such table.
    """
    name, *words = reference.split()
    module, _, function = name.partition(".")
    if module not in MODULES:
        raise LookupError(f"::table {reference}: the tables are in {', '.join(MODULES)}")
    found = importlib.import_module(f"docs._site.{module}")
    if function not in found.TABLES:
        raise LookupError(f"::table {reference}: {module} has {', '.join(found.TABLES)}")
    made: str = getattr(found, function)(*words)
    return made


def rows(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table. A column whose head ends in `:` is set to the right."""
    rule = ["--:" if column.endswith(":") else "---" for column in head]
    every = [[column.removesuffix(":") for column in head], rule, *([str(cell) for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in every)


def said(number: float, spec: str = ".3g") -> str:
    """Return a number as prose has it: a true minus, a power of ten instead of `e`, and signs for what is no number."""
    words = typeset(format(number, spec), latex=False)
    return words.replace("inf", "∞").replace("nan", "NaN")


def linked(name: str, text: str = "") -> str:
    """Return a link to the documentation of an object of the package."""
    return f"[{text or f'`{name}`'}][{name}]"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


@functools.lru_cache(1)
def _read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def stored() -> dict[str, Any]:
    """Return what is recorded, as plain data."""
    return _read(RECORDED.read_text(encoding="utf-8"))
