"""The built site in a real browser: every page, light and dark, narrow and wide, with and without scripts."""

import re
import statistics
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from docs._site.addresses import addresses
from docs._site.pages import KINDS_OF_TEXT, darken, faint, violations, weight
from tests.needs import need
from tests.site.conftest import Visit, nothing_refused

CONCEPT = "activations/sigmoids/"
HEAVIEST, MEDIAN = 230, 160  # KB after gzip, of everything that a first visit fetches
Start = Callable[..., Any]
WEIGHTS: dict[str, float] = {}

VISIBLE_TEXT = "() => document.querySelector('article').textContent"
FOCUSABLE = """() => {
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  const seen = (element) => element.checkVisibility({visibilityProperty: true}) && !element.closest('[inert]')
  const inGroup = (element) => element.type === 'radio' && !element.checked
  return [...document.querySelectorAll('article ' + kinds.split(', ').join(', article '))]
    .filter((element) => seen(element) && !element.disabled && !inGroup(element) && element.tabIndex >= 0)
    .map((element, index) => { element.dataset.stop = index; return element.outerHTML.slice(0, 120) })
}"""
FOCUS = "() => document.activeElement === document.body ? null : document.activeElement.dataset.stop ?? ''"


def accessibility_violations(page: Any, *, rules: list[str] | None = None, within: str | None = None) -> list[str]:
    """Return what axe finds, where it is installed."""
    need("axe_playwright_python.sync_playwright", "axe-playwright-python")
    return violations(page, rules=rules, within=within)


@pytest.fixture(scope="module", params=addresses())
def opened(request: pytest.FixtureRequest, browser: Any, home: str) -> Iterator[Any]:
    """Open each page once, in a browser of its own, until it asks for nothing more."""
    window = Visit(browser, home, color_scheme="light")
    window.address = request.param
    window.open(request.param, until="networkidle")
    WEIGHTS[request.param] = weight(window.responses)
    yield window
    window.context.close()


def test_page_is_quiet_and_light(opened: Any, host: Any) -> None:
    nothing_refused(host)
    assert (opened.foreign, opened.errors) == ([], [])
    assert WEIGHTS[opened.address] <= HEAVIEST


def test_page_is_accessible(opened: Any) -> None:
    found = accessibility_violations(opened.page)
    assert found == [], "\n".join(found)


def test_page_is_legible_in_the_dark(opened: Any) -> None:
    need("axe_playwright_python.sync_playwright", "axe-playwright-python")
    darken(opened.page)
    found = faint(opened.page)
    assert found == [], "\n".join(found)
    assert opened.page.locator(KINDS_OF_TEXT).count() > 5


def test_a_faint_text_among_a_thousand_is_found(visit: Start) -> None:
    page = visit(color_scheme="dark").open(CONCEPT)
    page.evaluate(
        "document.querySelector('article p').insertAdjacentHTML('beforeend', '<i style=color:#445>faint</i>')"
    )
    need("axe_playwright_python.sync_playwright", "axe-playwright-python")
    found = faint(page)
    assert len(found) == 1
    assert "faint</i>" in found[0]


def test_narrow_page_does_not_scroll_sideways(opened: Any) -> None:
    page = opened.page
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter((element) => element.getBoundingClientRect().right > 361)
          .slice(0, 5).map((element) => element.outerHTML.slice(0, 150))"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, wide


def test_complete_without_scripts(opened: Any, visit: Start) -> None:
    with_scripts = opened.page.evaluate(VISIBLE_TEXT).split()
    window = visit(java_script_enabled=False)
    without = window.open(opened.address).evaluate(VISIBLE_TEXT).split()
    assert set(with_scripts) - set(without) == set()
    assert len(without) >= 0.98 * len(with_scripts)
    assert window.foreign == []


def test_median_weight() -> None:
    if not WEIGHTS:
        pytest.skip("the median needs the pages' weights: run this file whole")
    listing = ", ".join(f"{address or '/'} {size:.0f}" for address, size in sorted(WEIGHTS.items()))
    print(f"KB after gzip: {listing}")
    assert statistics.median(WEIGHTS.values()) <= MEDIAN, listing


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_page_follows_the_systems_palette(visit: Start, palette: str) -> None:
    page = visit(color_scheme=palette).open(CONCEPT)
    assert page.evaluate("document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[palette]
    assert accessibility_violations(page) == []


@pytest.mark.parametrize("address", ["", CONCEPT])
def test_keyboard_reaches_everything_in_order(visit: Start, address: str) -> None:
    page = visit().open(address)
    stops = page.evaluate(FOCUSABLE)
    assert stops
    reached: list[str] = []
    page.keyboard.press("Tab")
    assert "Skip to content" in page.evaluate("document.activeElement.textContent")
    for _ in range(40 + 3 * len(stops)):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or len(set(reached) - {""}) == len(stops):
            break
        reached.append(stop)
    order = [int(stop) for stop in dict.fromkeys(reached) if stop]
    assert [stops[index] for index in sorted(set(range(len(stops))) - set(order))] == []
    assert order == sorted(order)


def test_keyboard_opens_the_search_and_finds_a_page(visit: Start) -> None:
    window = visit()
    page = window.open("")
    page.keyboard.press("/")
    page.keyboard.type("sigmoid")
    page.wait_for_selector(".md-search-result__link")
    assert page.locator(".md-search-result__link").first.get_attribute("href")
    assert (window.foreign, window.errors) == ([], [])


def test_copied_code_runs_by_itself(visit: Start) -> None:
    window = visit(permissions=["clipboard-read", "clipboard-write"])
    page = window.open(CONCEPT)
    card = page.locator(".btb-source:visible").first
    name = card.locator(".filename").inner_text().rpartition(".")[2]
    card.hover()
    card.locator("button[title*=Copy], button[data-clipboard-text], button[data-md-type=copy]").first.click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).length > 0")
    text = page.evaluate("navigator.clipboard.readText()")
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert callable(namespace[name])
    assert "reference" not in text.replace("from the reference", "")


def test_tabs_stay_in_step_across_pages(visit: Start) -> None:
    page = visit().open(CONCEPT)
    labels = page.locator(".tabbed-labels label", has_text="PyTorch")
    assert labels.count() >= 2
    labels.first.click()

    def chosen() -> list[str]:
        shown: list[str] = page.evaluate(
            """() => [...document.querySelectorAll('.tabbed-set')].map((tabs) => {
              const inputs = [...tabs.querySelectorAll(':scope > input')]
              const labels = tabs.querySelectorAll(':scope > .tabbed-labels > label')
              return labels[inputs.findIndex((input) => input.checked)].textContent.trim()
            })"""
        )
        return shown

    assert set(chosen()) == {"PyTorch"}
    page.locator(".md-nav--primary a, .md-footer__link--next").last.click()
    page.wait_for_url("**/softmax/")
    page.wait_for_selector(".tabbed-set")
    assert set(chosen()) == {"PyTorch"}


def test_palette_toggle_recolors_page_and_figures(visit: Start) -> None:
    page = visit(color_scheme="light").open(CONCEPT)
    colors = """() => [document.body, document.querySelector('figure.btb-fig svg text, figure.btb-fig svg path')]
      .map((element) => getComputedStyle(element).color)"""
    light = page.evaluate(colors)
    page.locator("label[for=__palette_1]:visible, label[title='Switch to dark']:visible").first.click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    dark = page.evaluate(colors)
    assert light[0] != dark[0]
    assert light[1] != dark[1]
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_links_change_the_page_without_loading_it_anew(visit: Start) -> None:
    window = visit()
    page = window.open(CONCEPT)
    page.evaluate("window.stayed = true")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url("**/softmax/")
    page.wait_for_selector("article h1:has-text('oftmax')")
    assert page.evaluate("window.stayed") is True
    page.wait_for_selector("article button[title*=Copy]", state="attached")
    assert accessibility_violations(page) == []
    assert (window.foreign, window.errors) == ([], [])


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_print_shows_the_text_alone_in_ink(visit: Start, palette: str) -> None:
    page = visit(color_scheme=palette).open(CONCEPT)
    page.emulate_media(media="print", color_scheme=palette)
    for part in (".md-header", ".md-tabs", ".md-footer__inner", ".md-sidebar--primary", ".md-code__nav"):
        assert page.locator(f"{part}:visible").count() == 0, part
    assert page.locator("article h1").is_visible()
    style = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    assert page.evaluate(style, ["article pre code", "whiteSpace"]) in ("pre-wrap", "break-spaces")
    for text in ("article p", "article pre code", "article h1"):  # a browser prints text and no background
        red, green, blue = map(int, re.findall(r"\d+", page.evaluate(style, [text, "color"]))[:3])
        assert max(red, green, blue) < 128, text


def test_missing_page_helps(visit: Start) -> None:
    window = visit()
    page = window.open("no-such-page/")
    assert page.locator("h1").count() == 1
    links: list[str] = page.evaluate("[...document.querySelectorAll('.md-content a')].map((link) => link.href)")
    assert any(link.removesuffix(".") == window.home for link in links), links
    assert window.foreign == []
