"""Give the template what a page's own line above its heading says: the time that it takes, and the pages it needs."""

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from docs._site.path import minutes, read


def on_page_context(context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    """Set `time` and `needs` for a page whose front matter says what it needs."""
    if "needs" in page.meta:
        pages = {each.file.src_uri: each for each in nav.pages}
        context["time"] = minutes(read(page.file.src_uri)[0])
        context["needs"] = [pages[f"{name}.md"] for name in page.meta["needs"]]
    return context
