"""Drive a page's examples, exercises and widgets in a real browser, as a reader does: by buttons, keys and mouse."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlparse

__all__ = ["CLOCK", "SWITCHES", "Card", "Widget", "cards", "drag", "exercise", "p95"]

SWITCHES = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
"""For a Chromium that asks nobody for anything."""

CARD = ".btb-code:has(> .btb-bar):not([data-still])"
ENDED = ("done", "error", "idle")
QUIET = 500  # milliseconds after which a widget has told its words
CLOCK = """
const times = (window.replyTimes = [])
const computing = (window.computeTimes = [])
const frames = (window.frameTimes = [])
let last = performance.now()
requestAnimationFrame(function frame(now) {
  frames.push(now - last)
  last = now
  requestAnimationFrame(frame)
})
const asked = new Map()
const post = Worker.prototype.postMessage
Worker.prototype.postMessage = function (message, ...rest) {
  if (message?.request?.includes('"ask"')) {
    if (!asked.size) this.addEventListener("message", ({ data }) => {
      if (!data.result || !asked.has(data.id)) return
      times.push(performance.now() - asked.get(data.id))
      computing.push(JSON.parse(data.result).milliseconds)
    })
    asked.set(message.id, performance.now())
  }
  return post.call(this, message, ...rest)
}
"""
"""A script for a page that takes the time of each answer to a widget, from asking the worker to hearing
of it, and of each frame."""


class Card:
    """One example or exercise of an open page."""

    def __init__(self, page: Any, box: Any) -> None:
        self.page, self.box = page, box
        self.bar = box.locator("> .btb-bar")
        self.first, self.edit, self.reset = (self.bar.locator("> button").nth(place) for place in range(3))

    @property
    def seen(self) -> "Card":
        """This card with a layout: a block that is still far from the window has none, and shows no text until then."""
        self.box.evaluate("(box) => box.closest('.md-typeset > *')?.classList.add('near')")
        return self

    @property
    def state(self) -> str:
        """What the card is at: idle, starting, running, done or error."""
        return str(self.box.get_attribute("data-state"))

    @property
    def status(self) -> str:
        """The sentence in its bar."""
        return str(self.seen.bar.locator(".btb-bar__status > span").inner_text())

    @property
    def output(self) -> str:
        """The text below its code, as it is seen."""
        return "\n".join(self.seen.box.locator("> .btb-out:visible").all_inner_texts())

    @property
    def code(self) -> str:
        """The code that it shows, from the editor where one is open."""
        lines = self.seen.box.locator(".cm-line").all_inner_texts()
        return "\n".join(line.rstrip("\n") for line in lines) or str(self.box.locator("> .highlight code").inner_text())

    def wait(self, states: Iterable[str] = ENDED) -> "Card":
        """Wait until the card is in one of these states."""
        wanted = list(states)
        self.page.wait_for_function(
            "([box, states]) => states.includes(box.dataset.state)", arg=[self.box.element_handle(), wanted]
        )
        return self

    def run(self) -> "Card":
        """Press the first button and wait for the end."""
        self.first.click()
        self.wait(["starting", "running", "done", "error"])
        return self.wait()

    def begin(self, states: Iterable[str] = ("running",)) -> "Card":
        """Press the first button and wait until the code runs."""
        self.first.click()
        return self.wait(states)

    def type(self, code: str) -> "Card":
        """Replace the code in the editor."""
        self.edit.click()
        self.box.locator(".cm-content").wait_for()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        return self


def cards(page: Any) -> list[Card]:
    """Return the examples of a page that can be run, in order."""
    boxes = page.locator(f"{CARD}:not([data-exercise])")
    boxes.first.wait_for(state="attached")
    return [Card(page, boxes.nth(place)) for place in range(boxes.count())]


def exercise(page: Any, name: str) -> Card:
    """Return an exercise of a page."""
    return Card(page, page.locator(f'{CARD}[data-exercise="{name}"]'))


class Widget:
    """One widget of an open page."""

    def __init__(self, page: Any, name: str) -> None:
        self.page = page
        self.box = page.locator(f'[data-widget="{name}"]')
        self.box.scroll_into_view_if_needed()
        page.wait_for_function("(box) => !box.querySelector('fieldset').disabled", arg=self.box.element_handle())
        self.text = self.box.locator(".btb-widget__text")
        self.note = self.box.locator(".btb-bar__status")

    @property
    def words(self) -> str:
        """What it says of its drawing."""
        return str(self.text.inner_text())

    @property
    def view(self) -> str:
        """Its drawing."""
        return str(self.box.locator(".btb-widget__view").inner_html())

    def range(self) -> Any:
        """Its first slider that can be seen."""
        return self.box.locator("input[type=range]:visible:enabled").first

    def changed(self, before: str) -> "Widget":
        """Wait until its drawing is the last one asked for, not the one before, and has its words, which come later."""
        drawing = self.box.locator(".btb-widget__view").element_handle()
        settled = "([view, before]) => view.innerHTML !== before && !view.ariaBusy"
        self.page.wait_for_function(settled, arg=[drawing, before])
        self.page.wait_for_timeout(QUIET)
        return self

    def parameters(self) -> dict[str, list[str]]:
        """What the address says of its state, once it has been written."""
        self.page.wait_for_function("() => location.search !== ''")
        return parse_qs(urlparse(self.page.url).query)


def drag(page: Any, handle: Any) -> tuple[list[float], list[float], list[float]]:
    """Drag a slider there and back, a step every few milliseconds.

    Returns:
        The milliseconds of each answer, of Python in each, and of each frame of the page, sorted; it needs the `CLOCK`.
    """
    handle.evaluate("(slider) => slider.scrollIntoView({ block: 'center' })")  # clear of the header
    box = handle.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.evaluate("replyTimes.length = computeTimes.length = frameTimes.length = 0")
    for step in [*range(40), *range(40, 0, -1)]:
        page.mouse.move(box["x"] + box["width"] * (0.3 + 0.01 * step), middle)
        page.wait_for_timeout(8)
    page.mouse.up()
    page.wait_for_timeout(100)
    replies, computing, frames = map(sorted, page.evaluate("[replyTimes, computeTimes, frameTimes]"))
    return replies, computing, frames


def p95(times: list[float]) -> float:
    """Return the 95th percentile of sorted times."""
    return times[int(0.95 * len(times))]
