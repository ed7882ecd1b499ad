"""Visit every page of the built site: what it fetches, how often it asks, and what axe finds in both palettes.

The browser tests hold each page to it; `dev.py verify --only pages` records the figures that the table here shows.
"""

import gzip
import importlib
from collections.abc import Iterable
from typing import Any

from docs._site.addresses import DOCS, address, pages
from docs._site.audit import chromium
from docs._site.built import served
from docs._site.counts import of_page
from docs._site.drive import SWITCHES
from docs._site.tables import rows, stored

__all__ = [
    "COLOR_RULES",
    "KINDS_OF_TEXT",
    "TABLES",
    "by_page",
    "darken",
    "faint",
    "lighthouse",
    "violations",
    "visited",
    "weight",
]

TABLES = ("by_page", "lighthouse")
COLOR_RULES = ["color-contrast", "link-in-text-block"]
"""Of axe's defaults, those that a palette can change."""

WINDOW = {"width": 1440, "height": 900}
KINDS_OF_TEXT = "[data-kind-of-text]"
_MARK = """() => {
  const kinds = new Set(), grounds = new Map([[null, '']])
  const ground = (element) => {
    if (!grounds.has(element)) {
      const style = getComputedStyle(element)
      const own = [style.backgroundColor, style.backgroundImage, style.opacity].join()
      const above = ground(element.parentElement)
      grounds.set(element, above.endsWith(own) ? above : `${above}/${own}`)
    }
    return grounds.get(element)
  }
  for (const element of document.body.querySelectorAll('*')) {
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue
    if (!element.checkVisibility({visibilityProperty: true})) continue
    const {color, fontSize, fontWeight} = getComputedStyle(element)
    const kind = [element.localName, color, fontSize, fontWeight, ground(element)].join()
    if (!kinds.has(kind)) element.dataset.kindOfText = kinds.size
    kinds.add(kind)
  }
  return kinds.size
}"""


def weight(responses: Iterable[Any]) -> float:
    """Return what a visit fetched, in KB as a server with gzip sends it."""
    total = 0
    for response in responses:
        if response.status == 200:
            body = response.body()
            total += min(len(body), len(gzip.compress(body, 6)))
    return total / 1000


def violations(page: Any, *, rules: list[str] | None = None, within: str | None = None) -> list[str]:
    """Return what axe finds on a page or in the elements of a selector, one line for each node.

    It goes by these rules alone, or by all of its defaults.
    """
    axe = importlib.import_module("axe_playwright_python.sync_playwright").Axe()  # it comes without types
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = axe.run(page, context=within, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def darken(page: Any) -> None:
    """Switch to the dark palette."""
    page.evaluate("document.querySelector('input[data-md-color-scheme=slate]').click()")
    page.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")


def faint(page: Any) -> list[str]:
    """Return what axe finds when colors alone have changed: one text of each color on each ground stands for all."""
    page.evaluate(_MARK)
    return violations(page, rules=COLOR_RULES, within=KINDS_OF_TEXT)


def visited() -> dict[str, dict[str, float]]:
    """Visit each page in a new browser; return by its address how it looked."""
    from playwright.sync_api import sync_playwright

    with served() as host, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        return {place or "home": _visit(browser, host.home + place) for place in map(address, pages())}


def _visit(browser: Any, place: str) -> dict[str, float]:
    """Return what a first visit fetches in KB, how many requests that takes, and how much axe finds in two palettes."""
    responses: list[Any] = []
    with browser.new_context(color_scheme="light", reduced_motion="reduce", viewport=WINDOW) as context:
        page = context.new_page()
        page.on("response", lambda response: responses.append(response))
        page.goto(place, wait_until="networkidle")
        fetched, found = weight(responses), len(violations(page))
        darken(page)
        return {"kilobytes": round(fetched), "requests": len(responses), "axe": found + len(faint(page))}


def by_page() -> str:
    """Return for each page that is not made from docstrings what it weighs and what runs on it."""
    lines = []
    for path in pages():
        place = address(path)
        if place.startswith("api/"):
            continue
        seen = stored()["pages"]["pages"].get(place or "home", {})
        found = of_page(path.read_text(encoding="utf-8"))
        lines.append(
            [
                f"[{place.strip('/') or 'home'}]({path.relative_to(DOCS).as_posix()})",
                *(seen.get(name, "") for name in ("kilobytes", "requests", "axe")),
                *(found[name] for name in ("fences", "defining", "values")),
            ]
        )
    return rows(["page", "KB:", "requests:", "axe:", "examples:", "formulas:", "values:"], lines)


def lighthouse() -> str:
    """Return the marks of the pages that Lighthouse saw, and how fast the machine was, where that is known."""
    sources = {address(path): path.relative_to(DOCS).as_posix() for path in pages()}
    seen = stored()["lighthouse"]["pages"]
    names = {"performance": "performance:", "accessibility": "accessibility:", "best_practices": "practice:"}
    names |= {"seo": "search:", "index": "machine:"}
    marks = [mark for mark in names if all(mark in figures for figures in seen.values())]
    lines = []
    for place, figures in seen.items():
        source = sources.get("" if place == "home" else place, f"{place.strip('/')}.py")  # else it is a notebook
        lines.append([f"[{place.strip('/')}]({source})", *(figures[mark] for mark in marks)])
    return rows(["page", *(names[mark] for mark in marks)], lines)
