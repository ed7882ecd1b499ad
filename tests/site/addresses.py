"""The site's pages and their addresses, told from the source files: what the build must make of them."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOKS = DOCS / "notebooks"


def pages() -> list[Path]:
    """Return the Markdown files of the pages."""
    return sorted(path for path in DOCS.rglob("*.md") if "_site" not in path.parts)


def addresses() -> list[str]:
    """Return each page's address below the base path, the first page's (empty) first."""
    sources = pages() + [path for path in NOTEBOOKS.glob("*.py") if path.name != "conftest.py"]
    places = (path.relative_to(DOCS).with_suffix("").as_posix() for path in sources)
    return sorted("" if place == "index" else place.removesuffix("/index") + "/" for place in places)
