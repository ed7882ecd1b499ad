"""The learner's path: the order of the pages, the time that each takes, what it needs before it, and its exercises.

Nothing here is typed a second time. The order is that of `nav` in `mkdocs.yml`, what a page needs stands in its front
matter (`needs: [numbers/floats]`), and the time is counted from the page's own Markdown at the rates of `SECONDS`.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mkdocs.utils import meta
from mkdocs.utils.yaml import yaml_load

from docs._site import source
from docs._site.cache import ROOT
from docs._site.fences import examples, prose
from docs._site.tables import rows

__all__ = ["ROUTES", "SECONDS", "TABLES", "Chapter", "Page", "chapters", "counted", "minutes", "read", "route", "spent"]

TABLES = ("chapter_by_chapter", "every_exercise", "rates", "routes")
DOCS = ROOT / "docs"

SECONDS = {"words": 1 / 2, "lines": 5, "formulas": 30, "figures": 30, "widgets": 180, "exercises": 600}
"""How long one of each takes a reader: a guess, since nobody was timed. A sentence of the page is made from it."""
STEP = 5
"""Times are said in steps of so many minutes."""

ROUTES = {
    "I want to know what a float is, and what it loses": ("numbers/sums", "numbers/rounding"),
    "I only quantize": ("quantization/calibration", "quantization/distortion", "quantization/post_training"),
    "I want to train a network, and know what each line does": ("activations/rectifiers", "training/optimizers"),
    "My training diverges": (
        "autograd/gradcheck",
        "normalization/layer_norm",
        "stability/initialization",
        "stability/steps",
    ),
    "I write a derivative by hand": ("autograd/gradcheck", "autograd/operations"),
    "I want to train with a genetic algorithm": ("training/genetic", "training/swing_up"),
}
"""Where a route leads. All that these pages need belongs to it."""

ASIDE = re.compile(r"^(?:!!! exercise|\?\?\?)[^\n]*\n(?:(?:    [^\n]*)?\n)*", re.MULTILINE)
"""What counts as an exercise, or is folded away."""
EXERCISE = re.compile(
    r'^!!! exercise "(?P<title>[^"\n]+)"\n(?:(?:    [^\n]*)?\n)*?    ::exercise (?P<name>\w+)$', re.MULTILINE
)
UNREAD = re.compile(
    r"^ *::(?!predict)[^\n]*|^ *\$\$.*?\$\$|<[^>\n]+>|\]\([^)\n]*\)|\]\[[^\]\n]*\]|^=== [^\n]*",
    re.MULTILINE | re.DOTALL,
)
"""Directives, displayed formulas, tags, targets of links, titles of tabs."""


class Page(NamedTuple):
    """A page of a chapter: its title in `nav`, its file, what it needs (None: it does not say), its Markdown."""

    title: str
    file: str
    needs: tuple[str, ...] | None
    text: str

    @property
    def name(self) -> str:
        """How other pages' front matter calls it, as in `numbers/floats`."""
        return self.file.partition(".")[0]

    @property
    def exercises(self) -> dict[str, str]:
        """The titles of its exercises, by their names, which are their anchors too."""
        return {match["name"]: match["title"] for match in EXERCISE.finditer(self.text)}


class Chapter(NamedTuple):
    """A numbered chapter: its title, what it is about, its pages in order."""

    title: str
    about: str
    pages: list[Page]


def chapters() -> list[Chapter]:
    """Return the numbered chapters of `mkdocs.yml` with their pages, in the order of `nav`."""
    config = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    sections = {title: entries for entry in config["nav"] for title, entries in entry.items()}
    numbered = [chapter for chapter in config["extra"]["chapters"] if "number" in chapter]
    return [Chapter(each["title"], each["about"], list(_pages(sections[each["title"]]))) for each in numbered]


def _pages(entries: list[dict[str, str]]) -> Iterator[Page]:
    for title, file in (pair for entry in entries for pair in entry.items()):
        text, front = read(file)
        needs = front.get("needs")
        yield Page(title, file, None if needs is None else tuple(needs), text)


def read(file: str) -> tuple[str, dict[str, Any]]:
    """Return a page's Markdown and its front matter; of a notebook its cells as Markdown."""
    text = (DOCS / file).read_text(encoding="utf-8")
    if file.endswith(".md"):
        return meta.get_data(text)
    cells = re.findall(r"^# %%( \[markdown\])?\n(.*?)(?=^# %%|\Z)", text, re.MULTILINE | re.DOTALL)
    return "\n".join(_cell(kind, cell) for kind, cell in cells), {}


def _cell(kind: str, text: str) -> str:
    return re.sub("^# ?", "", text, flags=re.MULTILINE) if kind else f"```python\n{text.strip()}\n```\n"


@functools.lru_cache(256)
def counted(text: str) -> dict[str, int]:
    """Count what a reader of a page goes through, by the keys of `SECONDS`.

    Sources, what is folded, and code that stands in a tab beside its NumPy form are left out.
    """
    body = ASIDE.sub("", text.partition("\n## Sources\n")[0])
    plain = prose(body)
    names = {kind: re.findall(rf"^ *::{kind} +(\S+)", plain, re.MULTILINE) for kind in ("source", "figure", "widget")}
    seen = [example for example in examples(body) if not example.title and example.needs != "torch"]
    code = [example.code.source + (example.output.source if example.output else "") for example in seen]
    code += [source.shown(source.find(name)) for name in names["source"]]
    words = UNREAD.sub(" ", re.sub(r"\[\[[^\n]*?\]\]+|`[^`\n]+`|(?<!\$)\$[^$\n]+\$(?!\$)", "one", plain))
    return {
        "words": len(re.findall(r"\w[^\s|]*", words)),
        "lines": sum(bool(line.strip()) for part in code for line in part.splitlines()),
        "formulas": plain.count("$$") // 2,
        "figures": len(names["figure"]),
        "widgets": len(names["widget"]),
        "exercises": len(EXERCISE.findall(text)),
    }


def minutes(text: str) -> tuple[int, int]:
    """Return how long a page takes: without its exercises, and with them."""
    seconds = {kind: number * SECONDS[kind] for kind, number in counted(text).items()}
    whole = sum(seconds.values())
    without, along = (max(1, round(each / 60 / STEP)) * STEP for each in (whole - seconds["exercises"], whole))
    return without, along


def spent(time: int) -> str:
    """Return a time in words: minutes, or hours to the nearest half where there are many."""
    if time < 60:
        return f"{time} minutes"
    hours, half = divmod(round(time / 30), 2)
    return f"{hours}{'½' * half} {'hour' if hours == 1 and not half else 'hours'}"


def route(goals: Sequence[str], every: Sequence[Page]) -> list[Page]:
    """Return the pages of a route in the order of the site: its goals, and whatever must be read before them.

    Raises:
        LookupError: If there is no page of a goal's name.
    """
    known, wanted, found = {page.name: page for page in every}, list(goals), set()
    while wanted:
        name = wanted.pop()
        if name not in known:
            raise LookupError(f"there is no page {name} in a chapter of nav")
        if name not in found:
            found.add(name)
            wanted += known[name].needs or ()
    return [page for page in every if page.name in found]


def _total(pages: Sequence[Page]) -> str:
    without, along = (sum(times) for times in zip(*(minutes(page.text) for page in pages), strict=True))
    return f"{len(pages)} pages, about {spent(without)}, {spent(along)} with the exercises"


def _link(page: Page) -> str:
    return f"[{page.title}]({page.file})"


def rates() -> str:
    """Return the rates by which time is counted, as a sentence."""
    each = {kind: f"{seconds:.0f} seconds" for kind, seconds in SECONDS.items()}
    each |= {kind: f"{SECONDS[kind] / 60:.0f} minutes" for kind in ("widgets", "exercises")}
    return (
        f"Counted are {60 / SECONDS['words']:.0f} words of prose a minute, {each['lines']} for a line of code or "
        f"output, {each['formulas']} for a displayed formula, {each['figures']} for a figure, {each['widgets']} to "
        f"play with a widget, and {each['exercises']} for an exercise; the sum is rounded to {STEP} minutes."
    )


def chapter_by_chapter() -> str:
    """Return a table for each chapter: its pages in order, their time, what they need, how many exercises they have."""
    every = chapters()
    known = {page.name: page for chapter in every for page in chapter.pages}
    parts = [f"All chapters together: {_total([*known.values()])}."]
    for chapter in every:
        lines = []
        for page in chapter.pages:
            needs = "the chapter" if page.needs is None else ", ".join(_link(known[name]) for name in page.needs)
            lines.append([_link(page), needs, *minutes(page.text), len(page.exercises) or ""])
        head = ["page", "needs", "minutes:", "with exercises:", "exercises:"]
        parts += [f"### {chapter.title}", f"{chapter.about} {_total(chapter.pages)}.", rows(head, lines)]
    return "\n\n".join(parts)


def routes() -> str:
    """Return the shorter routes, each with its time and its pages in order."""
    every = [page for chapter in chapters() for page in chapter.pages]
    parts = []
    for title, goals in ROUTES.items():
        pages = route(goals, every)
        parts.append(f"- **{title}.** {_total(pages)}: {', '.join(map(_link, pages))}.")
    return "\n".join(parts)


def every_exercise() -> str:
    """Return a table for each chapter: all exercises by page, each linked to its place."""
    parts = []
    for chapter in chapters():
        lines = []
        for page in chapter.pages:
            for place, (name, title) in enumerate(page.exercises.items()):
                lines.append(["" if place else _link(page), f"[{title}]({page.file}#{name})"])
        parts += [f"## {chapter.title}", rows(["page", f"{len(lines)} exercises"], lines)]
    return "\n\n".join(parts)
