"""The page of all exercises in a real browser: it marks what this browser keeps as solved, and forgets all of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from docs._site.drive import exercise
from docs._site.exercises import sigmoids_logit
from tests.site.test_browser import accessibility_violations
from tests.site.test_exercises import EXERCISES

PAGE = "exercises/"
KEY = "bits-to-backprop.exercise.1."
REFUSE = """
const get = Storage.prototype.getItem
Storage.prototype.getItem = function (key) {
  if (key.includes('exercise')) throw new DOMException('refused', 'SecurityError')
  return get.call(this, key)
}"""
Start = Callable[..., Any]


def keep(page: Any, name: str, *, passed: bool) -> None:
    """Let the browser keep an answer, as an exercise does."""
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEY + name, kept(passed=passed)])


def kept(*, passed: bool) -> str:
    return json.dumps({"code": "mine = 1", "passed": passed})


def marks(page: Any) -> dict[str, str]:
    """What the list says of each exercise that it says something of, by the exercise's anchor."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('article td .btb-label')]
          .map((mark) => [mark.parentElement.querySelector('a').hash.slice(1), mark.textContent]))"""
    )
    return found


def count(page: Any, chapter: str) -> str:
    text: str = page.locator(f"h2#{chapter} ~ * th:last-child, h2#{chapter} + table th:last-child").first.inner_text()
    return text


@pytest.fixture
def listing(visit: Start) -> Any:
    """The page with one exercise solved and one begun."""
    page = visit().open(PAGE)
    keep(page, "floats_next", passed=True)
    keep(page, "sums_order", passed=False)
    page.reload()
    page.wait_for_selector(".btb-kept")
    return page


def test_a_solved_exercise_is_marked_and_its_link_leads_to_it(tab: Any) -> None:
    page = tab.open("activations/sigmoids/")
    exercise(page, "sigmoids_logit").type(sigmoids_logit.ANSWER).run()
    page.goto(tab.home + PAGE)
    page.wait_for_selector(".btb-kept")
    assert marks(page) == {"sigmoids_logit": "✓ solved"}
    assert count(page, "activations") == "15 exercises, 1 solved"
    assert count(page, "numbers") == "15 exercises"
    link = page.locator("a[href$='#sigmoids_logit']")
    link.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # the theme writes a place down once scrolling has ended, and goes back there if it can
    link.click()
    page.wait_for_url("**/activations/sigmoids/#sigmoids_logit")
    page.wait_for_function("() => document.querySelector('#sigmoids_logit [data-passed]')")
    page.wait_for_function(
        """() => {
          const { top } = document.querySelector('#sigmoids_logit').getBoundingClientRect()
          return top > 0 && top < innerHeight / 2
        }"""
    )


def test_the_list_stands_alone_while_nothing_is_kept(visit: Start) -> None:
    window = visit()
    page = window.open(PAGE, until="networkidle")
    assert page.locator("article a[href*='#']:not(.headerlink)").count() == len(EXERCISES)
    assert page.locator(".btb-kept").count() == 0
    assert marks(page) == {}
    assert window.errors == []


def test_all_is_forgotten_at_one_press_and_can_be_taken_back(listing: Any) -> None:
    page = listing
    line, button = page.locator(".btb-kept"), page.locator(".btb-kept button")
    assert marks(page) == {"floats_next": "✓ solved", "sums_order": "begun"}
    assert line.locator("[role=status]").inner_text() == f"1 of {len(EXERCISES)} exercises solved."
    page.evaluate("localStorage.setItem('another', 'stays')")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('exercise'))") == []
    assert page.evaluate("localStorage.getItem('another')") == "stays"
    assert (marks(page), count(page, "numbers")) == ({}, "15 exercises")
    assert line.inner_text().split() == ["Forgotten.", "Undo"]
    page.keyboard.press("Enter")
    assert marks(page) == {"floats_next": "✓ solved", "sums_order": "begun"}
    assert count(page, "numbers") == "15 exercises, 1 solved"
    assert json.loads(page.evaluate("(key) => localStorage.getItem(key)", KEY + "sums_order"))["code"] == "mine = 1"
    button.click()
    page.reload(wait_until="networkidle")
    assert line.count() == 0


def test_what_another_tab_solves_is_marked(listing: Any) -> None:
    other = listing.context.new_page()
    other.goto(listing.url)
    keep(other, "floats_name", passed=True)
    listing.wait_for_function("() => document.querySelectorAll('article td .btb-label').length === 3")
    assert count(listing, "numbers") == "15 exercises, 2 solved"


def test_what_is_no_answer_is_not_marked_and_a_browser_may_keep_nothing(visit: Start) -> None:
    window = visit()
    page = window.open(PAGE)
    page.evaluate("(key) => localStorage.setItem(key, 'no JSON')", f"{KEY}floats_next")
    page.reload()
    page.wait_for_selector(".btb-kept")
    assert marks(page) == {}
    assert page.locator(".btb-kept [role=status]").inner_text() == f"0 of {len(EXERCISES)} exercises solved."
    page.locator(".btb-kept button").click()
    assert page.evaluate("localStorage.getItem('bits-to-backprop.exercise.1.floats_next')") is None
    page.add_init_script(REFUSE)
    page.reload(wait_until="networkidle")
    assert page.locator(".btb-kept").count() == 0
    assert page.locator("article a[href*='#']:not(.headerlink)").count() == len(EXERCISES)


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_marks_are_accessible_and_fit_a_phone(visit: Start, palette: str) -> None:
    window = visit(color_scheme=palette, viewport={"width": 360, "height": 740})
    page = window.open(PAGE)
    keep(page, "floats_next", passed=True)
    page.reload()
    page.wait_for_selector(".btb-kept")
    violations = accessibility_violations(page)
    assert violations == [], "\n".join(violations)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
