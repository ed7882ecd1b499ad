"""Exercises in a real browser: Check answers with a diagnosis, and the reader's code stays in this browser alone."""

from collections.abc import Callable
from typing import Any

import pytest

from docs._site.drive import Card, exercise
from docs._site.exercises import sigmoids_logit
from tests.site.exercises.sigmoids_logit import WRONG
from tests.site.test_browser import accessibility_violations

PAGE = "activations/sigmoids/"
NAME = "sigmoids_logit"
KEY = f"bits-to-backprop.exercise.1.{NAME}"
Start = Callable[..., Any]


@pytest.fixture
def card(tab: Any) -> Card:
    return exercise(tab.open(PAGE), NAME)


def kept(page: Any) -> Any:
    return page.evaluate("(key) => localStorage.getItem(key)", KEY)


def test_the_untouched_stub_gets_a_diagnosis(card: Card) -> None:
    assert card.first.text_content() == "Check"
    card.run()
    assert card.state == "error"
    assert card.status == "Not yet, 0 right so far"
    assert card.box.locator(".btb-verdict__diagnosis").inner_text().startswith("logit(0.5) is 0.5: expected 0")


def test_a_wrong_answer_is_told_what_it_does(card: Card) -> None:
    phrase, code = next(iter(WRONG.items()))
    card.type(code).run()
    assert phrase.replace("`", "") in card.box.locator(".btb-verdict__diagnosis").inner_text()


def test_a_right_answer_passes_and_stays_until_it_is_cleared(card: Card) -> None:
    page = card.page
    card.type(sigmoids_logit.ANSWER).run()
    assert (card.state, card.status.split(",")[0]) == ("done", "Passed")
    assert card.box.locator(".btb-checks li").count() == 5
    page.reload()
    page.wait_for_function("() => document.querySelector('[data-exercise][data-passed]')")
    assert card.status == "Passed before; your code from then"
    assert card.code.strip() == sigmoids_logit.ANSWER.strip()
    card.box.locator("button", has_text="Clear my answers").click()
    assert card.status == "Cleared: as on the page"
    assert kept(page) is None
    assert card.code.strip() == sigmoids_logit.STUB.strip()


def test_reset_can_be_taken_back(card: Card) -> None:
    card.type("mine = 1")
    card.reset.click()
    assert (card.code.strip(), card.reset.inner_text()) == (sigmoids_logit.STUB.strip(), "Undo")
    card.reset.click()
    assert (card.code.strip(), card.status) == ("mine = 1", "Your code again")


def test_an_error_in_the_code_is_told_with_its_line(card: Card) -> None:
    card.type("def logit(p):\n    return p / nothing").run()
    assert card.status == "NameError on line 2"
    assert "Your code raises NameError" in card.output
    assert "docs/_site" not in card.output


def test_an_endless_answer_can_be_stopped(card: Card) -> None:
    card.type("def logit(p):\n    while True: pass").begin()
    card.first.click()
    card.wait(["idle"])
    assert card.status.startswith("Stopped after")


def test_the_keyboard_checks_and_opens_hints_one_by_one(card: Card) -> None:
    page = card.page
    card.edit.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.cm-content')")
    page.keyboard.press("Shift+Enter")
    card.wait(["error"])
    page.keyboard.press("Escape")
    hints = page.locator(".admonition.exercise", has=card.box).locator("details")
    assert hints.count() == 3
    for place in range(2):
        hints.nth(place).locator("summary").focus()
        page.keyboard.press("Enter")
        assert [hint.get_attribute("open") is not None for hint in hints.all()] == [i <= place for i in range(3)]


def test_where_a_browser_keeps_nothing_it_says_so_and_checks_all_the_same(visit: Start) -> None:
    window = visit()
    window.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    card = exercise(window.open(PAGE), NAME).type(sigmoids_logit.ANSWER)
    window.page.wait_for_timeout(400)  # typing is kept after a pause
    assert card.status.endswith("This browser keeps nothing, so your code is gone when you close the page")
    assert card.run().state == "done"


def test_exercises_that_do_not_arrive_are_asked_for_again(visit: Start) -> None:
    window = visit()
    card = exercise(window.open(PAGE), NAME)
    window.cut("exercises.zip")
    card.run()
    assert card.state == "error"
    assert "The exercises did not arrive. Check the connection and run this again." in card.output
    window.heal()
    assert card.run().status == "Not yet, 0 right so far"


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_diagnosis_and_pass_are_accessible_and_fit_a_phone(visit: Start, palette: str) -> None:
    window = visit(color_scheme=palette, viewport={"width": 360, "height": 740})
    page = window.open(PAGE)
    exercise(page, NAME).type(sigmoids_logit.ANSWER).run()
    other = exercise(page, "sigmoids_tanh").run()
    assert other.state == "error"
    violations = accessibility_violations(page)
    assert violations == [], "\n".join(violations)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (window.foreign, window.errors) == ([], [])
