"""Examples that a reader runs in the page, in a real browser: run, edit, stop, and whatever goes wrong on the way."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docs._site.drive import Card, cards
from tests.site.test_browser import accessibility_violations

PAGE = "activations/sigmoids/"
NEXT = "activations/softmax/"
DIGITS = "training/datasets/"
RUNTIME = ("/generated/python/", "/live/worker.js")
ENDLESS = "kept = 7\nwhile True:\n    pass"
SWALLOWS = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
KILLED = "import numpy as np\na = np.ones((3000, 3000))\nfor _ in range(50): a = a @ a"
GREEDY = "import numpy as np\nheld = []\nwhile True:\n    held.append(np.empty(2**26))"
Start = Callable[..., Any]


def runtime_requests(window: Any) -> list[str]:
    """Return the addresses that brought Python into a window."""
    return [found.url for found in window.responses if any(part in found.url for part in RUNTIME)]


def digits_fetched(window: Any) -> list[int]:
    """Return the status of each answer that brought the digits."""
    return [found.status for found in window.responses if found.url.endswith("/digits.csv.gz")]


@pytest.fixture
def window(tab: Any) -> Any:
    """Open the page in a browser that has fetched Python before."""
    tab.open(PAGE)
    return tab


@pytest.fixture
def fresh(visit: Start) -> Any:
    """Open the page in a browser that has not seen the site before."""
    window = visit()
    window.open(PAGE)
    return window


def first(window: Any) -> Card:
    return cards(window.page)[0]


# Run


def test_nothing_of_python_is_fetched_before_the_first_click(visit: Start) -> None:
    window = visit()
    window.open(f"{PAGE}?run=1&code=print(1)#example-1", until="networkidle")
    assert runtime_requests(window) == []
    assert not any("editor" in found.url for found in window.responses)
    assert {card.state for card in cards(window.page)} == {"idle"}


def test_run_shows_the_pages_own_output_and_runs_what_stands_above_first(fresh: Any) -> None:
    imports, typed = cards(fresh.page)[:2]
    before = typed.output
    typed.run()
    assert re.fullmatch(r"Same output as printed, .* after 1 example above", typed.status)
    assert typed.output == before
    assert imports.status.startswith("Ran, ")
    again = typed.run().status
    assert "above" not in again
    assert (fresh.foreign, fresh.errors) == ([], [])


def test_every_example_of_a_page_runs(window: Any) -> None:
    last = [card for card in cards(window.page) if card.box.is_visible()][-1]
    assert last.run().state == "done", last.output
    states = {card.state for card in cards(window.page)}
    assert states == {"done"}
    assert not [card.status for card in cards(window.page) if "Differs" in card.status]


def test_value_drawing_and_table_are_shown(window: Any) -> None:
    card = first(window).type(
        "class Square:\n    def _repr_svg_(self):\n        return "
        '\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>\'\n'
        "print('before')\nSquare()"
    )
    card.run()
    assert "before" in card.output
    image = card.box.locator("img")
    window.page.wait_for_function("(image) => image.complete && image.naturalWidth === 9", arg=image.element_handle())
    assert image.get_attribute("alt")
    card.type(
        "class Table:\n    def _repr_html_(self):\n        return '<table><tr><td>cell</td></tr></table>'\nTable()"
    )
    card.run()
    assert card.box.locator(".btb-out__html td").inner_text() == "cell"
    card.type("21 * 2").run()
    assert card.output.endswith("42")
    assert (window.foreign, window.errors) == ([], [])


def test_error_shows_the_readers_lines_alone(window: Any) -> None:
    card = first(window).type("import numpy as np\ndef broken(x):\n    return np.ones(x)\n\nbroken((2, -1))").run()
    assert (card.state, card.status) == ("error", "ValueError on line 3")
    assert "return np.ones(x)" in card.output
    assert 'File "example 1", line 5' in card.output
    assert not re.search(r"site-packages|runner|docs/_site|/lib/", card.output)
    assert card.box.locator(".highlight.btb-at").count() == 1
    card.type("print(1").run()
    assert card.status == "SyntaxError on line 1"


def test_an_error_above_is_named_and_linked(window: Any) -> None:
    above, below = cards(window.page)[:2]
    above.type("1 / 0")
    below.run()
    assert below.status == "An example above failed: ZeroDivisionError on line 1"
    below.bar.locator("a").click()
    assert above.first.evaluate("(button) => button === document.activeElement")
    assert above.state == "error"


def test_digits_are_fetched_once_and_only_for_code_that_names_them(visit: Start) -> None:
    window = visit()
    window.open(PAGE)
    cards(window.page)[1].run()
    assert digits_fetched(window) == []
    window.open(DIGITS)
    window.cut("digits.csv.gz")
    imports, shown = cards(window.page)[:2]
    imports.run()
    assert imports.state == "error"
    assert "digits did not arrive" in imports.output
    window.heal()
    shown.run()
    assert re.fullmatch(r"Same output as printed, .* after 1 example above", shown.status), shown.output
    shown.run()
    assert digits_fetched(window) == [200]


# Edit


def test_keyboard_runs_edits_and_leaves(window: Any) -> None:
    page, card = window.page, cards(window.page)[1]
    card.box.locator("> .highlight pre").focus()
    page.keyboard.press("Shift+Enter")
    card.wait(["done"])
    card.edit.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.cm-content')")
    page.keyboard.press("Control+a")
    page.keyboard.type("print('by hand')")
    page.keyboard.press("Shift+Enter")
    card.wait(["running", "done"]).wait(["done"])
    assert "by hand" in card.output
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Edit"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Reset"
    page.keyboard.press("Enter")
    assert card.status.startswith("As on the page")
    assert "by hand" not in card.code


def test_output_of_an_edit_is_marked_and_the_pages_own_stays_at_hand(window: Any) -> None:
    card = cards(window.page)[1]
    own = card.output.removeprefix("Output").strip()
    card.type("print('another')").run()
    assert card.state == "done"
    assert card.status.startswith("Changed by your edit")
    card.box.locator("summary", has_text="own output").click()
    assert own in card.output
    card.reset.click()
    assert card.output.removeprefix("Output").strip() == own
    assert card.run().status.startswith("Same output as printed")


def test_an_edit_survives_leaving_the_page_and_is_what_copy_takes(visit: Start) -> None:
    window = visit(permissions=["clipboard-read", "clipboard-write"])
    window.open(PAGE)
    first(window).type("print('mine')")
    window.page.locator(".md-footer__link--next").click()
    window.page.wait_for_url(f"**/{NEXT}")
    window.page.go_back()
    window.page.wait_for_url(f"**/{PAGE}")
    window.page.wait_for_selector("article h1:has-text('Sigmoid')")
    card = first(window)
    assert card.code.strip() == "print('mine')"
    assert card.status == "Your edit, not run yet"
    card.box.hover()
    card.box.locator(".md-code__nav button[title*=Copy], button[data-md-type=copy]").first.click()
    window.page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('mine')")
    assert "mine" in card.run().output


def test_a_card_far_from_the_window_is_read_whole(window: Any) -> None:
    far = cards(window.page)[-1]
    far.box.evaluate("(box) => box.closest('.md-typeset > *').classList.remove('near')")
    assert far.code.strip()
    assert far.status


def test_without_the_editor_a_plain_field_takes_its_place(fresh: Any) -> None:
    fresh.cut("editor.js")
    card = first(fresh)
    card.edit.click()
    field = card.box.locator("textarea")
    field.fill("print('plain')")
    field.press("Shift+Enter")
    card.wait(["done"])
    assert "plain" in card.output


# Stop


@pytest.mark.parametrize("way", ["button", "keys"])
def test_stop_ends_a_loop_and_keeps_the_variables(window: Any, way: str) -> None:
    page, (card, below) = window.page, cards(window.page)[:2]
    card.type(ENDLESS)
    card.begin()
    assert card.first.inner_text() == "Stop"
    assert card.edit.is_disabled()
    if way == "button":
        card.first.click()
    else:
        page.keyboard.press("Control+c")
    card.wait(["idle"])
    assert re.fullmatch(r"Stopped after .*; variables are kept", card.status)
    card.type("print(kept)").run()
    assert "7" in card.output
    assert below.state == "idle"


@pytest.mark.parametrize("code", [SWALLOWS, "import time\ntime.sleep(1000)", "while True: print('x' * 1000)"])
def test_stop_ends_what_resists(window: Any, code: str) -> None:
    card = first(window).type(code)
    card.begin()
    window.page.wait_for_timeout(400)
    card.first.click()
    card.wait(["idle"])
    assert card.status.startswith("Stopped after")
    if "print" in code:  # far more than is shown
        assert card.output.count("x") > 190_000
        assert "There is more; it is cut here." in card.output


def test_what_cannot_be_interrupted_is_killed_and_python_starts_anew(window: Any) -> None:
    card = first(window).type(KILLED)
    card.begin()
    window.page.wait_for_timeout(300)
    card.first.click()
    card.wait(["error"])
    assert card.status == "This code could not be stopped, so Python starts anew; its variables are gone."
    card.type("print('alive')").run()
    assert "alive" in card.output


def test_while_one_example_runs_another_says_so(window: Any) -> None:
    card, other = cards(window.page)[:2]
    card.type(ENDLESS)
    card.begin()
    other.first.click()
    assert other.status == "Python is busy with another card: wait for it, or stop it"
    card.first.click()
    card.wait(["idle"])


def test_memory_that_runs_out_ends_in_a_sentence_and_python_works_on(window: Any) -> None:
    card = first(window).type(GREEDY).run()
    assert card.state == "error"
    assert "memory" in card.status.lower()
    card.type("print('alive')").run()
    assert "alive" in card.output


def test_endless_recursion_is_an_error_of_the_code(window: Any) -> None:
    card = first(window).type("def deep(n):\n    return deep(n + 1)\ndeep(0)").run()
    assert card.status == "RecursionError on line 2"
    assert "alive" in card.type("print('alive')").run().output


def test_asking_for_input_is_answered(window: Any) -> None:
    card = first(window).type("name = input('Your name? ')").run()
    assert "there is no keyboard input on a page" in card.output


# What does not arrive


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "numpy.zip", "package.zip", "pyodide.mjs", "worker.js"])
def test_a_file_that_does_not_arrive_is_named_and_a_second_try_works(fresh: Any, name: str) -> None:
    fresh.cut(name)
    card = first(fresh).run()
    assert card.state == "error"
    assert re.match(r"Python could not be loaded.* Check the connection and try again\.", card.status)
    assert name == "worker.js" or name in card.status
    fresh.heal()
    assert card.run().state == "done"


def test_a_file_that_never_comes_is_given_up(visit: Start) -> None:
    window = visit()
    window.page.clock.install()
    window.open(PAGE)
    window.stall("pyodide.asm.wasm")
    card = first(window).begin(["starting"])
    for _ in range(30):  # the page's clock goes on in steps, as the other files arrive in its true time
        window.page.clock.run_for(1000)
        window.page.wait_for_timeout(20)
    card.wait(["error"])
    assert card.status == "Python did not arrive: nothing came for 20 s. Check the connection and try again."
    window.heal()
    card.first.click()
    for _ in range(200):
        window.page.clock.run_for(100)
        if card.state == "done":
            break
        window.page.wait_for_timeout(50)
    assert card.state == "done"


def test_a_page_script_that_does_not_arrive_is_told(fresh: Any) -> None:
    fresh.cut(*[found for found in live_chunks(fresh) if "cards" in found])
    card = first(fresh)
    card.first.click()
    card.wait(["error"])
    assert card.status == "A script of this page did not arrive: reload it to try again"


def live_chunks(window: Any) -> list[str]:
    """Return the names of the scripts that the site has, read from its page script."""
    source = window.page.evaluate("document.querySelector('script[type=module][src*=live]').src")
    return re.findall(r"[\w-]+\.js", window.page.request.get(source).text())


def test_stop_while_python_is_loading(fresh: Any) -> None:
    fresh.stall("pyodide.asm.wasm")
    card = first(fresh).begin(["starting"])
    card.first.click()
    card.wait(["error"])
    assert card.status == "Python was stopped while it was loading: press Run to load it again."
    fresh.heal()
    assert card.run().state == "done"


# Other pages, other tabs


def test_python_stays_across_pages_and_variables_do_not(window: Any) -> None:
    page = window.page
    first(window).type("mine = 1").run()
    loaded = len(runtime_requests(window))
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"**/{NEXT}")
    page.wait_for_selector("article h1:has-text('oftmax')")
    card = first(window)
    page.wait_for_function("() => document.querySelector('.btb-bar__status').textContent.includes('Python is ready')")
    card.type("print('mine' in globals())").run()
    assert "False" in card.output
    page.go_back()
    page.wait_for_selector("article h1:has-text('Sigmoid')")
    assert "False" in first(window).type("print('mine' in globals())").run().output
    page.go_forward()
    page.wait_for_selector("article h1:has-text('oftmax')")
    first(window).reset.click()
    assert cards(page)[1].run().state == "done"
    assert len(runtime_requests(window)) == loaded


def test_leaving_a_page_ends_its_endless_loop(window: Any) -> None:
    page = window.page
    first(window).type(ENDLESS).begin()
    page.locator(".md-footer__link--next").click()
    page.wait_for_selector("article h1:has-text('oftmax')")
    assert cards(page)[0].run().state == "done"


def test_reload_begins_again_and_works(window: Any) -> None:
    first(window).run()
    window.page.reload()
    card = first(window)
    assert card.state == "idle"
    assert card.run().state == "done"


def test_a_second_tab_has_a_python_of_its_own(window: Any) -> None:
    first(window).type(ENDLESS).begin()
    second = window.context.new_page()
    second.goto(window.home + PAGE)
    card = cards(second)[0].type("print('kept' in globals())").run()
    assert "False" in card.output
    first(window).first.click()
    first(window).wait(["idle"])


# For every reader


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_open_editor_output_and_error_are_accessible(visit: Start, palette: str) -> None:
    window = visit(color_scheme=palette)
    window.open(PAGE)
    one, two, three = cards(window.page)[:3]
    one.type("import numpy as np  # a comment\nfor name in ['a', None]:\n    print(f'{name}', 1.5, np.pi)").run()
    two.type("def f(x):\n    return 1 / x\nf(0)").run()
    three.type(ENDLESS)
    three.begin(["running", "error"])
    violations = accessibility_violations(window.page)
    assert violations == [], "\n".join(violations)
    if three.state == "running":
        three.first.click()
        three.wait(["idle"])


def test_narrow_screen_holds_editor_and_output(visit: Start) -> None:
    window = visit(viewport={"width": 360, "height": 740})
    window.open(PAGE)
    card = first(window).type(f"print('{'long ' * 60}')\nraise ValueError('{'long ' * 40}')").run()
    assert card.state == "error"
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 360
    heights = [button.bounding_box()["height"] for button in (card.first, card.edit, card.reset)]
    assert min(heights) >= 24


def test_no_live_script_waits_for_others_hosts(site: Path) -> None:
    for script in (site / "assets" / "generated" / "live").rglob("*.js"):
        assert not re.search(r"https?://(?!www\.w3\.org/)", script.read_text(encoding="utf-8")), script.name
