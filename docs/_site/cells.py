"""Turn a page's Markdown into the cells of a notebook.

An example becomes a code cell with the output that the page shows. What notebooks have no form for becomes plain
Markdown: a box is a quotation, a fold is HTML's own, a widget is what it says.

Code that a page shows by name becomes a cell that defines it again, in the package's own words and with imports of what
the cells above lack. So it can be changed, and the cells below use the change. Its form for pasting would not do: it
knows NumPy alone, and the cells below may hand it tensors. A class is shown and not defined, since the package's own
functions would go on making objects of the other one.
"""

import ast
import base64
import platform
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy

from docs._site import source
from docs._site.cache import module_file
from docs._site.cards import constant
from docs._site.fences import Example, examples, prose
from docs._site.figure import figure
from docs._site.formulas import formulas
from docs._site.markdown import DIRECTIVE
from docs._site.predictions import steps
from docs._site.tables import table
from docs._site.widget import first_state

__all__ = ["Cell", "Place", "cells", "words"]

Cell = dict[str, Any]
Piece = tuple[int, int, Iterator[Cell]]
"""Where a part of the text starts and ends, and the cells that come in its place."""

BOX = re.compile(r'^(?P<mark>!!!|\?\?\?|===)(?: +(?P<kind>\w+))?(?: +"(?P<title>.*)")? *\n', re.MULTILINE)
INDENTED = re.compile(r"(?:(?: {4}[^\n]*| *)\n)*")
MATHS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
LINK = re.compile(
    r"^ *(`{3,}).*?^ *\1|`[^`\n]+`|\$[^$\n]+\$"  # what looks like a link in there is none
    r"|\]\((?P<address>[^()\s]+)\)|\[(?P<said>[^][]+)\]\[(?P<name>reference\.[\w.]+)\]",
    re.MULTILINE | re.DOTALL,
)
PALETTE = dict(
    re.findall(
        r"(--btb-[\w-]+): (#\w+);",
        (Path(__file__).parent / "theme/assets/stylesheets/tokens.css").read_text("utf-8").partition("slate")[0],
    )
)
"""The light colors: a drawing in a notebook has its own ground, so it needs no others."""


@dataclass(frozen=True)
class Place:
    """A page's file below `docs`, the addresses of site (a slash at its end) and repository (none), and its names."""

    file: str
    site: str
    repository: str
    known: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the page."""
        return self.leads(posixpath.basename(self.file))

    def leads(self, link: str) -> str:
        """Return the whole address of what a link on the page leads to."""
        path, mark, part = link.partition("#")
        if ":" in path:
            return link
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.file), path)) if path else self.file
        path = re.sub(r"\.(md|py)$", "/", path)
        return self.site + re.sub(r"(^|/)index/$", r"\1", path) + mark + part

    def documented(self, name: str) -> str:
        """Return where an object of the package is documented."""
        module = name
        while not module_file(module).is_file():
            module = module.rpartition(".")[0]
        return f"{self.site}api/{module.partition('.')[2].replace('.', '/')}/" + (f"#{name}" if name != module else "")


def words(text: str) -> Cell:
    """Return a cell of Markdown."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.strip("\n")}


def _code(text: str, *tags: str, output: str = "") -> Cell:
    shown = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    metadata, text = {"tags": [*tags]} if tags else {}, text.strip("\n")
    return {"cell_type": "code", "metadata": metadata, "source": text, "execution_count": None, "outputs": shown}


def cells(text: str, place: Place) -> list[Cell]:
    """Return the cells of a page whose values are put in, or of a box without its indentation."""
    return list(_merged(_in_order(text, place)))


def _merged(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Put words that follow each other into one cell."""
    for kind, group in groupby(cells, lambda cell: cell["cell_type"]):
        if kind == "code":
            yield from group
        elif text := "\n\n".join(cell["source"] for cell in group if cell["source"].strip()):
            yield words(text)


def _in_order(text: str, place: Place) -> Iterator[Cell]:
    done, text = 0, text.rstrip("\n") + "\n"
    for start, end, made in sorted([*_boxes(text, place), *_parts(text, place)], key=lambda piece: piece[0]):
        if start >= done:  # else it stands in a box, which was read as a whole
            yield words(_linked(text[done:start], place))
            yield from made
            done = end
    yield words(_linked(text[done:], place))


def _linked(text: str, place: Place) -> str:
    """Make links lead to the site from anywhere."""

    def led(match: re.Match[str]) -> str:
        if match["name"]:
            return f"[{match['said']}]({place.documented(match['name'])})"
        return f"]({place.leads(match['address'])})" if match["address"] else match[0]

    return LINK.sub(led, text)


def _boxes(text: str, place: Place) -> Iterator[Piece]:
    for match in BOX.finditer(prose(text)):
        body = INDENTED.match(text, match.end())
        assert body is not None  # it matches nothing, too
        inside = re.sub(r"^ {4}", "", body[0], flags=re.MULTILINE)
        yield match.start(), body.end(), _box(match, inside, place)


def _box(match: re.Match[str], text: str, place: Place) -> Iterator[Cell]:
    mark, title, inside = match["mark"], match["title"], cells(text, place)
    if mark == "???" and [cell["cell_type"] for cell in inside] == ["markdown"]:
        yield words(_folded(title, inside[0]["source"]))
    elif match["kind"] == "exercise":
        yield from [words(f"### Exercise: {title}"), *inside]
    elif mark == "===":  # what stands under NumPy serves every library here
        yield from [words(f"**{title}**" if title != "NumPy" else ""), *inside]
    else:
        yield from map(_quoted, _merged([words(f"**{title}**" if title else ""), *inside]))


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{escape(title, quote=False)}</summary>\n\n{text}\n\n</details>"


def _quoted(cell: Cell) -> Cell:
    if cell["cell_type"] == "code":
        return cell
    text = MATHS.sub(lambda formula: " ".join(formula[0].split()), cell["source"])  # the marks would be part of it
    return words("\n".join(f"> {line}".rstrip() for line in text.split("\n")))


def _parts(text: str, place: Place) -> Iterator[Piece]:
    """Yield the examples, the formulas, and the lines that start with `::`."""
    for example in examples(text):
        yield example.code.start, (example.output or example.code).end, _example(example, place)
    for formula in formulas(text):
        yield formula.start, formula.end, iter([words(f"$$\n{formula.latex}\n$$")])
    makers: dict[str, Callable[[str, str, Place], Iterator[Cell]]] = {
        "source": _source,
        "figure": _figure,
        "predict": _predict,
        "widget": _widget,
        "exercise": _exercise,
        "answer": _answer,
        "table": _table,
        "foot": _foot,
    }
    for match in DIRECTIVE.finditer(prose(text)):
        body = INDENTED.match(text, match.end()) if match["kind"] in ("figure", "predict") else None
        inside = re.sub(r"^ {4}", "", body[0], flags=re.MULTILINE) if body else ""
        made = makers[match["kind"]](match["rest"].strip(), inside, place)
        yield match.start(), (body or match).end(), made


def _example(example: Example, place: Place) -> Iterator[Cell]:
    """A cell that needs what the reader may lack does not end a run of all cells, and none relies on its imports."""
    names = source.bound(example.code.source)
    place.known.update(dict.fromkeys(names, "") if example.needs else names)
    yield words(f"*{example.title}:*" if example.title else "")
    tags = ["raises-exception"] if example.needs else []
    yield _code(_quiet(example.code.source), *tags, output=example.output.source if example.output else "")


def _quiet(script: str) -> str:
    """Keep a cell from showing the value of its last line, which pages do not show."""
    last = ast.parse(script).body[-1]
    shows = isinstance(last, ast.Expr) and not ast.unparse(last).startswith("print(")
    return f"{script.rstrip()};" if shows else script


def _source(name: str, body: str, place: Place) -> Iterator[Cell]:
    definition = source.find(name)
    said = f"[`{definition.dotted}`]({place.documented(definition.dotted)})"
    if isinstance(definition.node, ast.ClassDef):
        yield words(f"{said}:\n\n```python\n{source.shown(definition)}```")
    else:
        yield words(f"{said}:")
        yield _code(text := source.defined_again(definition, place.known))
        place.known.update({**source.bound(text), definition.name: definition.dotted})


def _figure(rest: str, caption: str, place: Place) -> Iterator[Cell]:
    """The drawing is in an image's address: JupyterLab shows no attachments of this kind."""
    (name, alt), style = rest.split(maxsplit=1), f"background:{PALETTE['--btb-bg']};font-family:serif"
    svg = re.sub(r"var\(([\w-]+)\)", lambda match: PALETTE[match[1]], figure(name)["svg"])
    svg = svg.replace('viewBox="0 0 640', f'style="{style}" viewBox="-8 0 656', 1)  # an image cuts off what sticks out
    svg = svg.replace(">", "><style>text{font-size:12.5px}</style>", 1)
    data = base64.b64encode(svg.encode()).decode()
    yield words(f'<img alt={alt} width="640" src="data:image/svg+xml;base64,{data}">')
    yield words(f"*Figure:* {_linked(' '.join(caption.split()), place)}" if caption.strip() else "")


def _predict(title: str, body: str, place: Place) -> Iterator[Cell]:
    lines = [f"**{title}**", ""]
    for kind, value, sentence in steps(title, body):
        if kind == "compare":
            value = "agrees" if value == "True" else "misses"
        lines.append(f"- *{kind.capitalize()}:* **{value}**. {_linked(sentence, place)}")
    yield words("\n".join(lines))


def _widget(rest: str, body: str, place: Place) -> Iterator[Cell]:
    name, title = rest.replace('"', "").split(maxsplit=1)
    said = escape(first_state(name)["text"], quote=False)
    yield words(f"**{title}** (it moves [on the page]({place.address}#widget-{name})): {said}")


def _exercise(name: str, body: str, place: Place) -> Iterator[Cell]:
    yield words(f"Write it here; [the page]({place.address}) checks it.")
    yield _code(constant(name, "STUB"), "exercise")


def _answer(name: str, body: str, place: Place) -> Iterator[Cell]:
    yield words(_folded("One answer", f"```python\n{constant(name, 'ANSWER')}```"))


def _table(rest: str, body: str, place: Place) -> Iterator[Cell]:
    yield words(_linked(table(rest), place))


def _foot(rest: str, body: str, place: Place) -> Iterator[Cell]:
    module, versions = rest.split()[0], f"Python {platform.python_version()} and NumPy {numpy.__version__}"
    said = f"Module [`{module}`]({place.documented(module)}). Made with {versions}"
    yield words(f"---\n\n{said} from [this text]({place.repository}/blob/main/docs/{place.file}).")
