"""The predictions of all pages beside what was measured: read from the `::predict` blocks, which have the only copy.

An experiment that predicts more than a page shows says so by the key `predicted` in what it records, beside `median`,
`lowest` and `highest` of what was measured.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docs._site.cache import ROOT
from docs._site.fences import prose
from docs._site.tables import rows, said, stored
from docs._site.values import valued

__all__ = [
    "TABLES",
    "Prediction",
    "anchor",
    "by_experiment",
    "by_page",
    "chapter_pages",
    "predictions",
    "steps",
    "totals",
]

TABLES = ("by_experiment", "by_page", "totals")
CHAPTERS = ("numbers", "quantization", "activations", "autograd", "stability", "normalization", "training")
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
SHOWCASE = ("components.md",)
"""What shows the parts of a page, and predicts nothing."""

BLOCK = re.compile(r"^( *)::predict +(.+)\n((?:\1 {4}.*\n)+)", re.MULTILINE)


class Prediction(NamedTuple):
    """A question, what was predicted, what was measured, and whether both agree."""

    title: str
    predicted: str
    measured: str
    agrees: bool


def steps(title: str, body: str) -> list[tuple[str, str, str]]:
    """Return the three lines of a `::predict` block: kind, value, sentence.

    Raises:
        ValueError: If it has other lines.
    """
    found = re.findall(r"^(predict|run|compare): *(.*?) *\| *(.*)$", body, re.MULTILINE)
    if [kind for kind, *_ in found] != ["predict", "run", "compare"]:
        wanted = "`predict: value | sentence`, `run: ...`, `compare: ...`"
        raise ValueError(f"::predict {title}: expected the lines {wanted}")
    return found


def anchor(title: str) -> str:
    """Return the id under which a block stands on its page."""
    return "prc-" + re.sub(r"\W+", "-", title.lower()).strip("-")


def chapter_pages() -> Iterator[tuple[str, Path]]:
    """Yield all pages with their chapter, in the order of the chapters; those of none come last."""
    for chapter in CHAPTERS:
        yield from ((chapter, page) for page in sorted((ROOT / "docs" / chapter).glob("*.md")))
    yield from (("other pages", page) for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in SHOWCASE)


def predictions(page: Path) -> list[Prediction]:
    """Return the predictions of a page, its values computed or taken from the cache."""
    text = page.read_text(encoding="utf-8")
    if "::predict" not in prose(text):
        return []
    found = []
    for indent, title, body in BLOCK.findall(valued(FRONT.sub("", text))):
        lines = steps(title, re.sub(rf"^{indent}    ", "", body, flags=re.MULTILINE))
        found.append(Prediction(title.strip(), lines[0][1], lines[1][1], lines[2][1] == "True"))
    return found


def by_page() -> str:
    """Return all predictions, each linked to the place where it is explained."""
    lines = []
    for chapter, page in chapter_pages():
        place = page.relative_to(ROOT / "docs").as_posix()
        for each in predictions(page):
            question = f"[{each.title}]({place}#{anchor(each.title)})"
            verdict = "yes" if each.agrees else "**no**"
            lines.append([chapter, question, each.predicted, each.measured, verdict])
    return rows(["chapter", "question", "predicted", "measured", "agrees"], lines)


def totals() -> str:
    """Return by chapter how many predictions there are, and how many agree."""
    found: dict[str, list[Prediction]] = {}
    for chapter, page in chapter_pages():
        found.setdefault(chapter, []).extend(predictions(page))
    lines = [[chapter, len(each), sum(one.agrees for one in each)] for chapter, each in found.items()]
    return rows(["chapter", "predictions:", "agree:"], lines)


def by_experiment() -> str:
    """Return what the experiments have recorded as predicted, beside the median and the range of what they measured."""
    lines = []
    for name, found in stored()["experiments"].items():
        for path, each in _predicted(found):
            low, high = each["lowest"], each["highest"]
            spread = f"{said(low, '.4g')} to {said(high, '.4g')}"
            within = "yes" if low <= each["predicted"] <= high else "no"
            cells = [said(each["predicted"], ".4g"), said(each["median"], ".4g"), spread, within]
            lines.append([f"`{name}`", ", ".join(path), *cells])
    return rows(["experiment", "quantity", "predicted:", "median:", "range:", "within"], lines)


def _predicted(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    if isinstance(found, dict):
        if {"predicted", "median", "lowest", "highest"} <= found.keys():
            yield path, found
        else:
            for name, part in found.items():
                yield from _predicted(part, (*path, name.replace("_", " ")))
