"""The Markdown extension that makes a page: it runs the page's code and puts in what was computed.

A page stays plain Markdown. This extension adds a few lines that start with `::`, each on its own:

    ::source reference.activations.softmax.softmax       an object's code by name
    ::figure activations_sigmoids "what is seen"         a drawing; the indented lines below are its caption
    ::formula reference.activations.sigmoids.tanh(x)     what the $$ block below defines (or ::derivation)
    ::predict A title                                    three indented lines: predict, run, compare
    ::widget activation_explorer "A title"               a drawing with controls, computed by Python
    ::still journey                                      a widget's first drawing alone, for the site's first page
    ::exercise rectifiers_leak                           code that the reader edits, with a button that checks it; its
                                                         box gets its name as an anchor
    ::answer rectifiers_leak                             one right answer, folded
    ::state running "Running, 1.2 s"                     how the card of an example looks in a state
    ::table proof.accuracy                               a table made from what was recorded, checked or counted
    ::foot reference.activations.softmax                 module, tests, source, versions (the hook adds the notebook)

and `[[name:format]]` for a value that the page's code, a figure or a recorded measurement computed. It runs before all
other Markdown processing, and what it makes is kept from it as finished HTML. After it, the terms of the glossary are
linked where a page first uses them.
"""

import importlib.metadata
import platform
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from html import escape, unescape
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import numpy
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from docs._site import source
from docs._site.cards import answer, card, code, exercise, state
from docs._site.fences import Example, examples, prose
from docs._site.figure import figure
from docs._site.formulas import Formula, formulas
from docs._site.glossary import Terms
from docs._site.katex import render
from docs._site.predictions import anchor, steps
from docs._site.tables import table
from docs._site.values import Replacement, replaced, valued
from docs._site.widget import still, widget

__all__ = ["SiteExtension", "makeExtension"]

DIRECTIVE = re.compile(
    r"^(?P<indent> *)::(?P<kind>source|figure|predict|widget|still|exercise|answer|state|table|foot)"
    r" +(?P<rest>[^\n]*)\n?",
    re.MULTILINE,
)


class Page(Preprocessor):
    """Turn the extension's lines, the examples and the named values of one page into HTML."""

    def __init__(self, md: Markdown, repository: str) -> None:
        """Remember the repository that a page's foot links to."""
        super().__init__(md)
        self._repository = repository

    def run(self, lines: list[str]) -> list[str]:
        """Run the page's code, put its values into the prose, then replace everything that is ours by HTML."""
        text = "\n".join(lines) + "\n"
        if not re.search(r"^ *(::|```python|\$\$)|\[\[", text, re.MULTILINE):
            return lines
        text = valued(text)
        directives = list(self._directives(text))
        text = replaced(text, [*self._examples(examples(text)), *directives, *self._formulas(text)])
        return text.split("\n")

    def _html(self, html: str, indent: str = "") -> str:
        return f"\n{indent}{self.md.htmlStash.store(html)}\n\n"

    def _examples(self, found: list[Example]) -> Iterator[Replacement]:
        for example in found:
            last = example.output or example.code
            yield example.code.start, last.end, self._html(card(example), example.code.indent)

    def _formulas(self, text: str) -> Iterator[Replacement]:
        for formula in formulas(text):
            yield formula.start, formula.end, self._html(_formula(formula), formula.indent)

    def _directives(self, text: str) -> Iterator[Replacement]:
        makers: dict[str, Callable[[str, str], str]] = {"figure": self._figure, "predict": self._predict}
        finished: dict[str, Callable[[str], str]] = {
            "source": _source,
            "widget": widget,
            "still": still,
            "exercise": exercise,
            "answer": answer,
            "state": state,
            "foot": self._foot,
        }
        for match in DIRECTIVE.finditer(prose(text)):
            indent, kind, rest = match["indent"], match["kind"], match["rest"].strip()
            block = re.compile(rf"(?:{indent}    [^\n]*\n|[ ]*\n(?={indent}    ))*").match(text, match.end())
            end, body = (block.end(), block[0]) if block and kind in makers else (match.end(), "")
            if kind == "table":  # Markdown, so that its links are checked as those of the page are
                yield match.start(), match.end(), textwrap.indent(f"\n{table(rest)}\n\n", indent)
            elif kind in makers:
                yield match.start(), end, makers[kind](rest, re.sub(rf"^{indent}    ", "", body, flags=re.MULTILINE))
            else:
                yield match.start(), match.end(), self._html(finished[kind](rest), indent)

    def _figure(self, rest: str, caption: str) -> str:
        match = re.fullmatch(r'(\w+) +"([^"]+)"', rest)
        if not match:
            raise ValueError(f'::figure {rest}: expected a name and an alt text, as in ::figure name "what is seen"')
        drawing = figure(match[1])
        named = f'<svg role="img" aria-label="{escape(match[2])}" data-search-exclude '
        svg = drawing["svg"].replace("<svg ", named, 1)
        svg = f'<div class="btb-fig__box">{svg}</div>'
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in zip(*drawing["table"].values(), strict=True)
        )
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in drawing["table"])
        table = (
            f"<details data-search-exclude><summary>Data of this figure</summary><div class='btb-scroll' tabindex='0'>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
        )
        return (
            f'\n<figure class="btb-fig" markdown="1">\n\n{self.md.htmlStash.store(svg)}\n\n'
            f'<figcaption markdown="span">{" ".join(caption.split())}</figcaption>\n\n'
            f"{self.md.htmlStash.store(table)}\n\n</figure>\n\n"
        )

    def _foot(self, rest: str) -> str:
        return _foot(*rest.split(), repository=self._repository)

    def _predict(self, title: str, body: str) -> str:
        place, parts = anchor(title), []
        for kind, value, sentence in steps(title, body):
            if kind == "compare":
                agrees = value == "True"
                kicker = f'<span class="btb-kicker btb-kicker--{"ok" if agrees else "miss"}">Compare</span>'
                value = "agrees" if agrees else "misses"
            else:
                kicker = f'<span class="btb-kicker">{kind.capitalize()}</span>'
            parts.append(
                f'<div class="btb-prc__step" markdown="1">\n{kicker}\n\n<b>{value}</b>\n\n'
                f'<p markdown="span">{sentence}</p>\n</div>'
            )
        steps_html = "\n".join(parts)
        return (
            f'\n<section class="btb-prc" aria-labelledby="{place}" markdown="1">\n'
            f'<h3 id="{place}" markdown="span">{title}</h3>\n<div class="btb-prc__steps" markdown="1">\n'
            f"{steps_html}\n</div>\n</section>\n\n"
        )


def _source(name: str) -> str:
    """The code of an object by name; the theme's copy button takes `data-copy`, which carries all that it needs."""
    definition = source.find(name)
    title = f'<span class="filename"><autoref identifier="{definition.dotted}">{definition.dotted}</autoref></span>'
    paste = escape(source.paste_ready(definition))
    return f'<div class="btb-code btb-source" data-copy="{paste}">{code(source.shown(definition), title)}</div>'


def _formula(formula: Formula) -> str:
    html = f'<div class="btb-formula" tabindex="0">{render(formula.latex, True)}</div>'
    if formula.name is None:
        return html
    short = formula.name.rpartition(".")[2]
    checked = f'<autoref identifier="{formula.name}">{short}</autoref>'
    return f'{html}<p class="btb-formula__twin">Compared with {checked} in the tests</p>'


def _foot(module: str, notebook: str = "", *, repository: str) -> str:
    """Where a page's module, tests, text and notebook are, what built it, and where to report an error."""
    explained = re.search(r"Explained on the page `docs/([\w/]+)\.md`", source.read(module).text)
    if explained is None:
        raise LookupError(f"::foot {module}: the module's docstring does not name its page")
    page, (*folders, name) = explained[1], module.split(".")[1:]
    tests = "/".join(["tests", *folders, f"test_{name}.py"])
    version = importlib.metadata.version("bits-to-backprop")
    built = f"{version} of {date.today():%d %B %Y}, Python {platform.python_version()}, NumPy {numpy.__version__}"
    offered = f'<br><a href="{notebook}" download>This page as a notebook</a>' if notebook else ""
    issue = f"{repository}/issues/new?title={quote(f'Error on the page {page}')}&amp;body={quote(f'Version {built}.')}"
    entries = {
        "Module": f'<autoref identifier="{module}"><code>{module}</code></autoref>',
        "Tests": f'<a href="{repository}/blob/main/{tests}"><code>{tests}</code></a>',
        "Source": f'<a href="{repository}/blob/main/docs/{page}.md">This page’s Markdown</a>{offered}',
        "Built with": built,
        "Found a mistake?": f'<a href="{issue}">Report an error on this page</a>',
    }
    items = "".join(f"<div><dt>{term}</dt><dd>{text}</dd></div>" for term, text in entries.items())
    return f'<dl class="btb-foot">{items}</dl>'


class Formulas(Postprocessor):
    """Typeset the inline formulas that arithmatex has marked."""

    MARKED = re.compile(
        r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
    )

    def run(self, text: str) -> str:
        """Replace each marked formula by its HTML."""
        return self.MARKED.sub(lambda match: render(unescape(match["latex"]), match["open"] == "["), text)


class Anchors(Treeprocessor):
    """Give the box of an exercise its name as the address, for links to it."""

    NAME = re.compile(r'data-exercise="(\w+)"')

    def run(self, root: Element) -> None:
        """Look for the card that was put away as finished HTML."""
        stash = self.md.htmlStash
        for box in root.iterfind(".//div[@class='admonition exercise']"):
            for place in map(int, HTML_PLACEHOLDER_RE.findall("".join(box.itertext()))):
                if name := self.NAME.search(str(stash.rawHtmlBlocks[place])):
                    box.set("id", name[1])


class SiteExtension(Extension):
    """Register the page's own lines and the formulas with Python-Markdown."""

    def __init__(self, **options: Any) -> None:
        """Take the option `repository`, the address that a page's foot links to."""
        self.config = {"repository": ["", "Address of the repository, without a slash at its end"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Run right after white space is normalized (30) and before the first block syntax (superfences, 25).

        The terms come after inline text (20) and headings (5), and before MkDocs makes links relative (0).
        """
        md.preprocessors.register(Page(md, self.getConfig("repository")), "btb_page", 28)
        md.treeprocessors.register(Anchors(md), "btb_anchors", 6)  # before MkDocs collects the anchors (5)
        md.treeprocessors.register(Terms(md), "btb_terms", 3)
        md.postprocessors.register(Formulas(md), "btb_formulas", 5)


def makeExtension(**options: Any) -> SiteExtension:
    """Return the extension; Python-Markdown looks for this name."""
    return SiteExtension(**options)
