"""Typeset formulas when the site is built: one Node process serves all of them, and the page needs no script.

An unknown macro or a syntax error raises, so a formula that cannot be shown fails the build.
"""

import atexit
import json
import subprocess
from functools import cache

from docs._site.node import packages, programs

__all__ = ["render"]

SERVER = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [latex, displayMode] = JSON.parse(line);
  let answer;
  try { answer = { html: katex.renderToString(latex, { displayMode, throwOnError: true, strict: "error" }) }; }
  catch (error) { answer = { error: String(error.message) }; }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
"""


@cache
def render(latex: str, display: bool = False) -> str:
    """Return the HTML of a formula, with MathML inside for screen readers.

    Raises:
        ValueError: If KaTeX cannot read the formula; the message quotes it.
    """
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([latex.strip(), display]) + "\n")
    process.stdin.flush()
    answer: dict[str, str] = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(f"{answer['error']} in the formula {latex.strip()!r}")
    # The search index takes the visible form; the MathML beside it would show every formula twice.
    return answer["html"].replace('<span class="katex-mathml">', '<span class="katex-mathml" data-search-exclude>', 1)


@cache
def _process() -> subprocess.Popen[str]:
    node, _ = programs()
    library = packages() / "katex" / "dist" / "katex.js"
    command = [*node, "-e", SERVER, str(library)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    atexit.register(process.kill)
    return process
