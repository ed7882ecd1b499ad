"""Put a widget into a page, complete in its first state: Python computes it and Node draws it while the site is built.

In the reader's browser the same two modules go on from there: `docs/_site/widgets/<name>.py` computes, and
`docs/_site/live/widgets/<name>.js` draws.
"""

import importlib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any

from docs._site.ask_node import Node
from docs._site.cache import cached, fresh_imports, key

__all__ = ["COMPUTING", "DRAWING", "first_state", "still", "widget"]

HERE = Path(__file__).parent
COMPUTING = HERE / "widgets"
DRAWING = HERE / "live" / "widgets"
PROGRAM = """
async (module, state, data) => {
  const { controls, draw } = await import(module);
  return [controls(state, data), draw(data, state)];
}
"""
BUTTONS = ('data-do="reset">Reset', 'data-do="link">Copy link')
NOTE = "Touching a control loads Python and NumPy, once"
ALONE = "This copy of the site has no Python for the browser: the drawing stays as it is"


def widget(rest: str) -> str:
    """Return the HTML of a widget.

    Args:
        rest: What stands after `::widget`, a name and a title: `activation_explorer "Any two, side by side"`.

    Raises:
        ValueError: If that is not a name and a title.
        LookupError: If there is no widget of this name.
    """
    match = re.fullmatch(r'(\w+) +"([^"]+)"', rest)
    if not match:
        raise ValueError(f'::widget {rest}: expected a name and a title, as in ::widget name "What it shows"')
    name, title = match.groups()
    first = first_state(name)
    note = f'<span class="btb-bar__status" role="status">{NOTE if _available() else ALONE}</span>'
    tag, form, buttons = "data-still", "", ""
    if _available():
        tag = "data-widget"
        form = f"<fieldset disabled>{first['controls']}</fieldset>"
        form = f'<form class="btb-widget__controls" data-search-exclude>{form}</form>'
        buttons = "".join(f'<button type="button" class="btb-btn" disabled {kind}</button>' for kind in BUTTONS)
    return (
        f'<section class="btb-widget" {tag}="{name}" data-state="{escape(json.dumps(first["state"]))}"'
        f' aria-labelledby="widget-{name}"><p class="btb-kicker" id="widget-{name}">{escape(title)}</p>'
        f'{form}<div class="btb-widget__view" data-search-exclude>{first["view"]}</div>'
        f'<p class="btb-widget__text" role="status">{escape(first["text"], quote=False)}</p>'
        f'<p class="btb-bar btb-widget__bar" data-search-exclude>{buttons}{note}</p></section>'
    )


def still(name: str) -> str:
    """Return a widget's first drawing without its controls, for the first page of the site.

    The widget's own page lies one folder deeper, so its links begin with `../`; here they do not.

    Raises:
        LookupError: If there is no widget of this name.
    """
    view = first_state(name)["view"].replace('href="../', 'href="')
    return f'<div class="btb-still">{view}</div>'


def first_state(name: str) -> dict[str, Any]:
    """Return a widget's first state: `state`, `text`, and the HTML of its `controls` and its `view`.

    Raises:
        LookupError: If a module of this name is missing.
    """
    computing, drawing = COMPUTING / f"{name}.py", DRAWING / f"{name}.js"
    for path in (computing, drawing):
        if not path.is_file():
            raise LookupError(f"::widget {name}: no module {path.relative_to(HERE.parents[1])}")
    scripts = [path.read_text(encoding="utf-8") for path in _scripts(drawing)]
    hashed = key(computing.read_text(encoding="utf-8"), PROGRAM, *scripts)
    result: dict[str, Any] = cached("widgets", hashed, lambda: _first(name))
    return result


def _first(name: str) -> dict[str, Any]:
    fresh_imports()
    module = importlib.reload(importlib.import_module(f"docs._site.widgets.{name}"))
    state = dict(module.DEFAULTS)
    data = module.compute(state)
    with closing(Node(PROGRAM)) as node:  # a process of its own: Node reads a module only once
        controls, view = node.ask((DRAWING / f"{name}.js").as_uri(), state, data)
    return {"state": state, "text": data["text"], "controls": controls, "view": view}


def _scripts(path: Path) -> Iterator[Path]:
    """Yield a JavaScript module and those that it imports."""
    yield path
    for relative in re.findall(r'from "(\.[^"]+)"', path.read_text(encoding="utf-8")):
        yield from _scripts((path.parent / relative).resolve())


def _available() -> bool:
    """Tell whether the browser will have Python."""
    from docs._site import runtime

    return bool(runtime.available())
