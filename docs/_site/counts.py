"""Count from the sources what the tests go through: examples, formulas, values, links, whatever a page is made of."""

import ast
import doctest
import re
from collections import Counter
from collections.abc import Iterator

from docs._site.addresses import pages
from docs._site.cache import ROOT
from docs._site.fences import examples, prose
from docs._site.formulas import formulas
from docs._site.session import REFERENCE
from docs._site.tables import rows

__all__ = ["TABLES", "counted", "counts", "docstrings", "of_page"]

TABLES = ("counts",)
TEXT = r"(?<!!)\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\]"
LINK = re.compile(TEXT + r"(?:\((?P<address>[^)\s]+)[^)\n]*\)|\[(?P<name>[\w.]+)\])")
DIRECTIVES = ("source", "figure", "widget", "exercise", "predict")

WORDS = {
    "pages": ("pages of the site written in Markdown", "built strictly: a warning ends the build"),
    "fences": (
        "examples on them",
        "run in order by the tests, and in the browser's Python too where they need NumPy alone",
    ),
    "outputs": ("of these with an output", "compared with what the code prints"),
    "doctests": ("docstrings with an example", "each run as a test, and once more pasted alone"),
    "statements": ("statements in these", "compared with what they return"),
    "defining": (
        "displayed formulas that define a function",
        "evaluated beside the function, at random and extreme inputs",
    ),
    "derivations": ("displayed formulas that derive something", "typeset; they define nothing that could be called"),
    "values": ("numbers that the prose takes from code", "computed on the page, by a figure or an experiment"),
    "source": ("functions shown as code", "taken from the package by name"),
    "figure": ("figures", "drawn from data at the build, which stands folded below each"),
    "widget": ("widgets", "computed by the package, and operated by mouse and keyboard in a browser"),
    "exercise": (
        "exercises to solve",
        "each with a right answer and at least three wrong ones, whose diagnoses are tested",
    ),
    "predict": ("predictions", "compared with what was measured, below"),
    "inside": ("links to pages and functions of the site", "followed after every build, their anchors too"),
    "outside": ("links to elsewhere", "**not** followed by the tests: other hosts come and go"),
}
"""What is counted, and what the tests do with it."""


def docstrings() -> Iterator[tuple[str, list[doctest.Example]]]:
    """Yield the place and the statements of every docstring of the package that has an example."""
    parser = doctest.DocTestParser()
    for path in sorted((ROOT / "reference").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                found = parser.get_examples(ast.get_docstring(node) or "")
                if found:
                    yield f"{path.relative_to(ROOT)}:{getattr(node, 'name', '')}", found


def of_page(text: str) -> Counter[str]:
    """Return the counts of one page's text, by the keys of `WORDS`."""
    plain = prose(text)
    running = re.sub(r"`[^`\n]+`", " ", plain)
    every, shown = examples(text), list(formulas(text))
    links = list(LINK.finditer(re.sub(r"\[\[[^\n]*?\]\]+", "1", running)))
    outside = sum((link["address"] or "").startswith("http") for link in links)
    found = Counter(re.findall(rf"^ *::({'|'.join(DIRECTIVES)}) ", plain, re.MULTILINE))
    found.update(pages=1, fences=len(every), outputs=sum(example.output is not None for example in every))
    found.update(defining=sum(formula.name is not None for formula in shown))
    found.update(derivations=sum(formula.name is None for formula in shown))
    found.update(values=len(REFERENCE.findall(plain)), outside=outside, inside=len(links) - outside)
    return found


def counted() -> Counter[str]:
    """Return the counts of all pages and docstrings, by the keys of `WORDS`."""
    found: Counter[str] = Counter()
    for page in pages():
        found += of_page(page.read_text(encoding="utf-8"))
    for _, statements in docstrings():
        found.update(doctests=1, statements=len(statements))
    return found


def counts() -> str:
    """Return how many of everything there are, and what the tests do with them."""
    found = counted()
    lines = [[words, f"{found[key]:,}", tests] for key, (words, tests) in WORDS.items()]
    return rows(["what", "how many:", "what the tests do with it"], lines)
