"""Run a page's examples and put the values that its prose names into its text: for the build, and for other pages."""

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from docs._site.cache import ROOT, cached, fresh_imports, key
from docs._site.fences import examples, prose
from docs._site.figure import figure
from docs._site.session import RECORDED, REFERENCE, Session, names_in, recorded, typeset

__all__ = ["Replacement", "replaced", "valued"]

Replacement = tuple[int, int, str]
"""Where a part of the text starts and ends, and what comes in its place."""

fresh_imports()  # notes the package as it is now: the first value may be computed after the first edit


def valued(text: str) -> str:
    """Return a page's Markdown with its named values put in; those of `compare:` lines too.

    The page itself asks, and the page that shows all predictions: the second one within a build gets the first's text.
    """
    return _valued(text.strip("\n") + "\n", _state())


@functools.lru_cache(256)
def _valued(text: str, state: str) -> str:
    text = re.sub(r"^( +compare: *)(\w+)(?= *\|)", r"\1[[\2]]", text, flags=re.MULTILINE)
    return replaced(text, _in_prose(text, _values(text)))


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """Return a text with some of its parts replaced."""
    for start, end, new in sorted(replacements, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _state() -> str:
    """Return a hash of all files that a value can depend on."""
    state = hashlib.sha256(RECORDED.read_bytes())
    for folder in ("reference", "docs/_site"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            state.update(path.read_bytes())
    return state.hexdigest()


def _values(text: str) -> dict[str, str]:
    """Run the page's examples and return each named value as text. The result is kept while nothing changes."""
    found, names = [example for example in examples(text) if not example.needs], names_in(prose(text))
    drawings = {name: figure(name) for name in re.findall(r"^ *::figure +(\w+)", prose(text), re.MULTILINE)}
    figures = {name: SimpleNamespace(**drawing["values"]) for name, drawing in drawings.items()}
    script = "\n".join(example.code.source for example in found)
    outputs = "\0".join(example.output.source if example.output else "" for example in found)

    def compute() -> dict[str, str]:
        fresh_imports()
        session = Session()
        for example in found:
            session.run(example)
        more = {"recorded": recorded(), "figure": SimpleNamespace(**figures)}
        return {name: session.value(*_parts(name), **more) for name in names}

    hashed = key(script, outputs, str(names), str(figures), RECORDED.read_text(encoding="utf-8"))
    stored: dict[str, str] = cached("pages", hashed, compute)
    return stored


def _parts(reference: str) -> tuple[str, str | None]:
    match = REFERENCE.fullmatch(reference)
    assert match is not None
    return match["name"], match["spec"]


def _in_prose(text: str, values: dict[str, str]) -> Iterator[Replacement]:
    """Yield the values that the prose names: typeset in text, as LaTeX inside $...$, as they are inside `code`."""
    hidden = prose(text)
    spans = [(match.start(), match.end(), match[0][0]) for match in re.finditer(r"`[^`\n]+`|\$[^$\n]+\$", hidden)]
    for match in REFERENCE.finditer(hidden):
        around = next((kind for start, end, kind in spans if start < match.start() < end), "")
        number = values[match[0]]
        yield match.start(), match.end(), number if around == "`" else typeset(number, latex=around == "$")
