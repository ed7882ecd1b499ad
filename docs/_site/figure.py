"""Draw a figure by name, or take it from the cache while nothing that it uses has changed."""

import importlib.util
from pathlib import Path
from typing import Any

import matplotlib

from docs._site.cache import cached, fresh_imports, key
from docs._site.session import RECORDED

__all__ = ["figure"]

SCRIPTS = Path(__file__).with_name("figures")


def figure(name: str) -> dict[str, Any]:
    """Return the drawing that `figures/<name>.py` makes, as plain data: its svg, table and values.

    Raises:
        LookupError: If there is no such script.
    """
    path = SCRIPTS / f"{name}.py"
    if not path.is_file():
        raise LookupError(f"::figure {name}: no script docs/_site/figures/{name}.py")
    script = path.read_text(encoding="utf-8")
    hashed = key(script, matplotlib.__version__, RECORDED.read_text(encoding="utf-8") if "recorded" in script else "")
    result: dict[str, Any] = cached("figures", hashed, lambda: _draw(path))
    return result


def _draw(path: Path) -> dict[str, Any]:
    fresh_imports()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    data: dict[str, Any] = script.draw().as_data()
    return data
