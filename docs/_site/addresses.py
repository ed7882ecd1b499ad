"""The site's pages and their addresses, told from the source files: what the build must make of them."""

from pathlib import Path

__all__ = ["DOCS", "NOTEBOOKS", "address", "addresses", "pages"]

DOCS = Path(__file__).resolve().parents[1]
NOTEBOOKS = DOCS / "notebooks"


def pages() -> list[Path]:
    """Return the Markdown files of the pages."""
    return sorted(path for path in DOCS.rglob("*.md") if "_site" not in path.parts)


def address(page: Path) -> str:
    """Return the address of a page's source below the base path; the first page's is empty."""
    place = page.relative_to(DOCS).with_suffix("").as_posix()
    return "" if place == "index" else place.removesuffix("/index") + "/"


def addresses() -> list[str]:
    """Return each page's address, the first page's first."""
    sources = pages() + [path for path in NOTEBOOKS.glob("*.py") if path.name != "conftest.py"]
    return sorted(map(address, sources))
