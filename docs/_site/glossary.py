"""The glossary: `glossary.toml` holds its terms, `docs/glossary.md` shows them, and every page links to them.

A page links a term where it first uses it. It does not on the page that explains the term, nor twice in a sentence, nor
in headings, code, formulas, tables, figures or the list of sources. What a page links by hand keeps that link.
"""

import functools
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

__all__ = ["FILE", "TABLES", "Term", "Terms", "base", "entries", "key", "link", "pattern", "plain", "terms"]

TABLES = ("entries",)
FILE = Path(__file__).with_name("glossary.toml")
PAGE = "glossary.md"
UNLINKED = ("index.md", "components.md", PAGE)
"""The first page, which has hardly a sentence, the page of parts, and the glossary itself; API pages come on top."""

SKIPPED = {"a", "autoref", "button", "code", "figure", "label", "pre", "script", "style", "summary", "svg", "table"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
TITLES = {"admonition-title", "arithmatex", "btb-kicker"}
BLOCKS = {"blockquote", "dd", "details", "div", "dl", "dt", "li", "ol", "p", "section", "ul"}
END = re.compile(r"[.?!:](?=[\s”\"')]|$)")


@dataclass(frozen=True)
class Term:
    """A term: what it is called, in which forms it appears, where it is linked, which page explains it, what it is."""

    name: str
    page: str
    text: str
    forms: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where the term stands on the glossary's page."""
        return slugify(self.name, "-")

    @property
    def words(self) -> tuple[str, ...]:
        """The forms that are linked: those that are listed, or the name alone."""
        return self.forms or (base(self.name),)

    def linked_on(self, page: str) -> bool:
        """Whether a page links to the term where it uses it: every page but its own, or those that `where` names."""
        if page == self.page.partition("#")[0]:
            return False
        return not self.where or any(page == place or page.startswith(f"{place}/") for place in self.where)


def base(name: str) -> str:
    """Return a name without what tells it from another of the same word: bias (of a float)."""
    return re.sub(r" \(.*\)$", "", name)


@functools.lru_cache(2)
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def terms() -> list[Term]:
    """Return the terms of the file, in its order."""
    return [_term(name, entry) for name, entry in _read(FILE.read_text(encoding="utf-8"))["terms"].items()]


def _term(name: str, entry: dict[str, Any]) -> Term:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Term(name, **{**entry, **lists})


def plain() -> list[str]:
    """Return what pages emphasize and what is no term."""
    found: list[str] = _read(FILE.read_text(encoding="utf-8"))["plain"]
    return found


def pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Return the expression that finds whole forms, the longest first; the first letter may be a capital."""
    either = (f"[{form[0].upper()}{form[0]}]{re.escape(form[1:])}" for form in sorted(forms, key=len, reverse=True))
    spaced = "|".join(form.replace("\\ ", r"\s+") for form in either)
    return re.compile(rf"(?<![\w\-])(?:{spaced})(?![\w\-])")


def key(form: str) -> str:
    """Return a form as the words of a text are looked up: without the capital that begins a sentence."""
    form = " ".join(form.split())
    return form[0].lower() + form[1:]


class Terms(Treeprocessor):
    """Link the first use of each term of a page."""

    def run(self, root: Element) -> None:
        """Link the terms, where the text is a page of the site: MkDocs then knows its path."""
        if "relpath" not in self.md.treeprocessors:
            return
        relative: Any = self.md.treeprocessors["relpath"]
        page = relative.file.src_uri
        if page not in UNLINKED and not page.startswith("api/"):
            link(root, page, terms())


def link(root: Element, page: str, found: Sequence[Term]) -> None:
    """Link in a page's tree the first use of each of these terms."""
    here = {key(word): term for term in found for word in term.words if term.linked_on(page)}
    others = {key(word) for term in found for word in term.words}
    if here:
        _Page(root, page, here, others).link()


class _Page:
    """One page: which terms are still to be linked, and whether the sentence at hand has its link already."""

    def __init__(self, root: Element, page: str, here: dict[str, Term], others: set[str]) -> None:
        self.root, self.here = root, here
        self.target = posixpath.relpath(PAGE, posixpath.dirname(page))
        self.any = pattern(here.keys() | others)
        self.done: set[str] = set()
        self.linked = False

    def link(self) -> None:
        for child in list(self.root):
            if child.tag == "h2" and "".join(child.itertext()).startswith("Sources"):
                return
            self.visit(child)

    def visit(self, element: Element) -> None:
        if self.skipped(element):
            return
        if element.tag in BLOCKS:
            self.linked = False
        if element.text:
            element.text, made = self.split(element.text)
            element[:0] = made
        for child in [child for child in element if child.get("class") != "btb-term"]:
            self.visit(child)
            if child.tail:
                child.tail, made = self.split(child.tail)
                place = list(element).index(child) + 1
                element[place:place] = made

    def skipped(self, element: Element) -> bool:
        """Whether nothing in an element is linked. What a link within the site says counts as the term's own link."""
        if element.tag in {"a", "autoref"} and not element.get("href", "").startswith("http"):
            self.done |= {self.here[word].name for word in self.words(element) if word in self.here}
        classes = set((element.get("class") or "").split())
        return element.tag in SKIPPED | HEADINGS or bool(classes & TITLES)

    def words(self, element: Element) -> Iterator[str]:
        return (key(match[0]) for match in self.any.finditer("".join(element.itertext())))

    def split(self, text: str) -> tuple[str, list[Element]]:
        """Return the text before the first new link, and the links, each with the text behind it."""
        if isinstance(text, AtomicString):
            return text, []
        made: list[Element] = []
        start = read = 0
        before = text
        for match in self.any.finditer(text):
            if END.search(text, read, match.start()):
                self.linked = False
            read = match.end()
            term = self.here.get(key(match[0]))
            if term is None or term.name in self.done or self.linked:
                continue
            self.done.add(term.name)
            self.linked = True
            if made:
                made[-1].tail = text[start : match.start()]
            else:
                before = text[: match.start()]
            made.append(Element("a", {"class": "btb-term", "href": f"{self.target}#{term.anchor}"}))
            made[-1].text = match[0]
            start = match.end()
        if END.search(text, read):
            self.linked = False
        if made:
            made[-1].tail = text[start:]
        return before, made


def entries() -> str:
    """Return all terms in the order of the alphabet, each with its definition and the page that explains it."""
    parts = []
    for letter, group in groupby(terms(), key=lambda term: term.name[0].upper()):
        rows = "\n".join(
            f'<dt id="{term.anchor}" markdown="span">{escape(term.name)}</dt>\n'
            f'<dd markdown="span">{term.text} See [{_title(term.page)}]({term.page}).</dd>'
            for term in group
        )
        parts.append(f'## {letter}\n\n<dl class="btb-terms" markdown="1">\n{rows}\n</dl>')
    return "\n\n".join(parts)


def _title(page: str) -> str:
    """Return what a page is called: its title, as far as a colon."""
    text = FILE.parents[1].joinpath(page.partition("#")[0]).read_text(encoding="utf-8")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    assert title is not None, page
    return title[1].partition(":")[0]
