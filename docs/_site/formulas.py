r"""The displayed formulas of a page, each tied to the function that it defines.

A line `::formula reference.activations.rectifiers.elu(x, alpha)` stands before the `$$` block: the block defines that
function, and the arguments are the symbols of its LaTeX (`elu(x, alpha=a)` where a symbol has another name). A line
`::derivation` stands before what defines nothing.

A test evaluates the LaTeX with SymPy and compares it with the code. Where SymPy cannot read it (cases, maxima, rows),
`twins/` holds the formula a second time, written by hand and tied to the LaTeX by its hash.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs._site.fences import prose

__all__ = ["Formula", "fingerprint", "formulas"]

BLOCK = re.compile(
    r"^(?P<indent>[ ]*)(?:::(?P<directive>derivation|formula (?P<name>[\w.]+)\((?P<arguments>[\w, =]*)\))[ ]*\n[ ]*)?"
    r"\$\$(?P<latex>.*?)\$\$[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Formula:
    """A displayed formula: what it defines (None: a derivation), its symbol by parameter, its LaTeX and its place."""

    name: str | None
    arguments: dict[str, str]
    latex: str
    indent: str
    start: int
    end: int
    line: int

    @property
    def fingerprint(self) -> str:
        """The hash that ties a hand-written twin to this LaTeX."""
        return fingerprint(self.latex)


def fingerprint(latex: str) -> str:
    """Return a short hash of a formula that spaces and line breaks do not change."""
    return hashlib.sha256("".join(latex.split()).encode()).hexdigest()[:12]


def formulas(text: str) -> Iterator[Formula]:
    """Yield the displayed formulas of a page.

    Raises:
        ValueError: If a `$$` block has no directive before it.
    """
    for match in BLOCK.finditer(prose(text)):
        line = text.count("\n", 0, match.start()) + 1
        if match["directive"] is None:
            raise ValueError(f"line {line}: put ::formula name(arguments) or ::derivation on the line before $$")
        pairs = re.findall(r"(\w+)(?:=(\w+))?", match["arguments"] or "")
        arguments = {parameter: symbol or parameter for parameter, symbol in pairs}
        span = match.start(), match.end()
        yield Formula(match["name"], arguments, match["latex"].strip(), match["indent"], *span, line)
