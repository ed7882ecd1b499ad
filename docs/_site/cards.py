"""The cards of a page: an example with the bar that runs it, an exercise with the bar that checks it, an answer.

A bar is complete in the HTML and disabled, so that nothing moves when the script wakes it. Where the site has no Python
for the browser, cards have no bar.
"""

import ast
import re
from html import escape
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from docs._site import runtime
from docs._site.fences import Example

__all__ = ["answer", "card", "code", "constant", "exercise", "state"]

EXERCISES = Path(__file__).with_name("exercises")
INK = re.compile(r'<span class="(?:n|nb|bp|o|p|w|sa)">([^<]*)</span>')
"""Names, operators and white space have the color of ink; without spans of their own a page has far fewer elements."""
FIRST = "First run loads Python and NumPy, once"
SAMPLE = "print(relu(np.asarray(0.5)))"
STATES = {
    "idle": "Run|Edit",
    "starting": "Stop",
    "running": "Stop",
    "done": "Run|Edit|Reset",
    "error": "Run|Edit|Reset",
}
"""The buttons of an example's bar that can be pressed in each of its states."""


def code(text: str, title: str = "") -> str:
    """Return code as HTML, highlighted by the page's rules."""
    marked = INK.sub(r"\1", highlight(text, get_lexer_by_name("python"), HtmlFormatter(nowrap=True)))
    return f'<div class="highlight">{title}<pre tabindex="0"><span></span><code>{marked}</code></pre></div>'


def card(example: Example) -> str:
    """Return an example, the bar that runs it, and the output that it prints, as one card."""
    output = _output(example.output.source) if example.output else ""
    kind = f' data-needs="{example.needs}"' if example.needs else ""
    bar = "" if example.needs else _bar("Run")
    html = f'<div class="btb-code" data-state="idle"{kind}>{code(example.code.source)}{bar}{output}</div>'
    return _fold(example.title, html) if example.title else html


def exercise(name: str) -> str:
    """Return the card of an exercise: the code that the reader starts from, and the bar that checks it.

    Raises:
        LookupError: If there is no exercise of this name.
    """
    stub = code(constant(name, "STUB"))
    return f'<div class="btb-code btb-exercise" data-state="idle" data-exercise="{name}">{stub}{_bar("Check")}</div>'


def answer(name: str) -> str:
    """Return an exercise's answer, folded, and kept out of the search.

    Raises:
        LookupError: If there is no exercise of this name.
    """
    html = f'<div class="btb-code" data-search-exclude>{code(constant(name, "ANSWER"))}</div>'
    return _fold("One answer", html, "answer")


def state(rest: str) -> str:
    """Return the card of an example as it looks in a state: `running "Running, 1.2 s"`. No script touches it.

    Raises:
        ValueError: If that is not a state and its status.
    """
    match = re.fullmatch(r'(\w+) +"([^"]+)"', rest)
    if not match or match[1] not in STATES:
        raise ValueError(f'::state {rest}: expected a state and its status, as in ::state running "Running, 1.2 s"')
    name, status = match.groups()
    bar = _bar("Stop" if "Stop" in STATES[name] else "Run", STATES[name].split("|"), status)
    shown = "TypeError: expected an array, got str; wrap it with np.asarray(x)" if name == "error" else "0.5"
    return f'<div class="btb-code" data-state="{name}" data-still>{code(SAMPLE)}{bar}{_output(shown)}</div>'


def _bar(first: str, enabled: list[str] | None = None, status: str = FIRST) -> str:
    """Return the bar below the code, or nothing where the browser will have no Python."""
    if not runtime.available():
        return ""
    buttons = "".join(
        f'<button type="button" class="btb-btn{kind}"{"" if name in (enabled or []) else " disabled"}>{name}</button>'
        for name, kind in ((first, " btb-btn--run"), ("Edit", ""), ("Reset", ""))
    )
    dot = '<i class="btb-dot" aria-hidden="true"></i>'
    return (
        f'<div class="btb-bar" data-search-exclude>{buttons}'
        f'<span class="btb-bar__status">{dot}<span>{status}</span></span></div>'
    )


def _output(text: str) -> str:
    shown = escape(text, quote=False)
    return (
        '<div class="btb-out"><span class="btb-out__label">Output</span>'
        f'<div class="highlight"><pre tabindex="0"><code>{shown}</code></pre></div></div>'
    )


def _fold(title: str, html: str, kind: str = "") -> str:
    return f'<details class="btb-fold{" " * bool(kind)}{kind}"><summary>{escape(title)}</summary>{html}</details>'


def constant(exercise: str, name: str) -> str:
    """Return a text of an exercise's module, which is read and not imported: a page is built without running it."""
    path = EXERCISES / f"{exercise}.py"
    if not re.fullmatch(r"[a-z]\w*", exercise) or not path.is_file():
        raise LookupError(f"::exercise {exercise}: there is no docs/_site/exercises/{exercise}.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(text))) if found == name:
                return text
    raise LookupError(f"docs/_site/exercises/{exercise}.py has no text {name} = '''...'''")
