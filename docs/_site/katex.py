"""Typeset formulas when the site is built: one Node process serves all of them, and the page needs no script.

An unknown macro or a syntax error raises, so a formula that cannot be shown fails the build.
"""

from functools import cache

from docs._site.ask_node import Node
from docs._site.node import packages

__all__ = ["render"]

PROGRAM = """
(latex, displayMode) =>
  require(process.argv[1]).renderToString(latex, { displayMode, throwOnError: true, strict: "error" })
"""


@cache
def render(latex: str, display: bool = False) -> str:
    """Return the HTML of a formula, with MathML inside for screen readers.

    Raises:
        ValueError: If KaTeX cannot read the formula; the message quotes it.
    """
    try:
        html: str = _process().ask(latex.strip(), display)
    except ValueError as error:
        raise ValueError(f"{error} in the formula {latex.strip()!r}") from None
    # The search index takes the visible form; the MathML beside it would show every formula twice.
    return html.replace('<span class="katex-mathml">', '<span class="katex-mathml" data-search-exclude>', 1)


@cache
def _process() -> Node:
    return Node(PROGRAM, str(packages() / "katex" / "dist" / "katex.js"))
