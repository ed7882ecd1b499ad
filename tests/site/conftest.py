"""The built site as tests see it: built strictly once, served under its real base path, opened in Chromium."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from docs._site.audit import chromium as system_chromium
from docs._site.built import BASE, build
from docs._site.drive import SWITCHES
from docs._site.host import Host, serving
from tests.needs import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, Route

Start = Callable[..., "Visit"]


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Serve an empty folder, whose path ends as the site's address does."""
    folder = tmp_path_factory.mktemp("site") / BASE.strip("/")
    with serving(folder, BASE) as host:
        yield host


@pytest.fixture(scope="session")
def site(host: Host) -> Path:
    """Build the site strictly into the served folder, with the server's address as its own."""
    for name in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter", "matplotlib", "fontTools"):
        need(name)
    try:
        build(host)
    except RuntimeError as reason:
        pytest.fail(str(reason), pytrace=False)
    return host.folder


@pytest.fixture(scope="session")
def home(site: Path, host: Host) -> str:
    """Return the address of the built site's first page."""
    return host.home


@pytest.fixture(scope="module")
def browser(site: Path) -> Iterator["Browser"]:
    """Start the system's Chromium, else the one that Playwright has downloaded."""
    need("playwright")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=system_chromium(), args=SWITCHES)
        except Error as error:
            reason = f"the browser tests need Chromium: {str(error).splitlines()[0]}"
            if os.environ.get("CI"):
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        with contextlib.closing(chromium):
            yield chromium


class Visit:
    """A page in a browser of its own, and what went wrong or was fetched while it was open."""

    def __init__(self, browser: "Browser", home: str, *, guarded: bool = True, **options: Any) -> None:
        """Open an empty page that can ask the site's own host alone.

        Args:
            browser: The browser.
            home: The address of the site.
            guarded: Whether requests go through the test, which can then refuse them, but which takes the browser its
                cache. Unguarded, requests to elsewhere are only recorded.
            options: Further options of the browser's context.
        """
        self.home = home
        self.address = ""
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.uncaught: list[str] = []
        self.responses: list[Response] = []
        self.disturbed = False
        self._cut: set[str] = set()
        self._stalled: dict[str, list[Route]] = {}
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        )
        if guarded:
            self.context.route("**/*", self._route)
        else:
            self.context.on("request", self._record)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", self._uncaught)
        self.page.on("response", lambda response: self.responses.append(response))

    def cut(self, *names: str) -> None:
        """Let requests fail, as if the network were gone, for files whose address ends so."""
        self.disturbed = True
        self._cut.update(names)

    def stall(self, name: str) -> None:
        """Leave requests without an answer, for files whose address ends so."""
        self._stalled[name] = []

    def heal(self) -> None:
        """Answer what was stalled, and every request from now on."""
        waiting = [route for routes in self._stalled.values() for route in routes]
        self._cut.clear()
        self._stalled.clear()
        for route in waiting:
            route.continue_()

    def open(self, path: str, *, until: Literal["load", "networkidle"] = "load") -> "Page":
        """Open a page of the site and wait until it is loaded, or until it asks for nothing more."""
        self.page.goto(self.home + path, wait_until=until)
        return self.page

    def _record(self, request: "Request") -> None:
        if not request.url.startswith((self.home, "blob:", "data:")):
            self.foreign.append(request.url)

    def _uncaught(self, error: object) -> None:
        self.errors.append(str(error))
        self.uncaught.append(str(error))

    def _route(self, route: "Route") -> None:
        address = route.request.url.partition("?")[0]
        stalled = next((routes for name, routes in self._stalled.items() if address.endswith(name)), None)
        if stalled is not None:
            stalled.append(route)
        elif route.request.url.startswith(self.home) and not address.endswith(tuple(self._cut)):
            route.continue_()
        else:
            self._record(route.request)
            route.abort()


@pytest.fixture
def visit(browser: "Browser", host: Host, home: str) -> Iterator[Start]:
    """Yield a function that opens a fresh browser window; all are closed after the test.

    The test fails where the policy refused something to a page or a worker, and where a script had an uncaught error,
    unless files were cut: Pyodide does not catch such a failure of its own.
    """
    visits: list[Visit] = []
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> Visit:
            visits.append(Visit(browser, options.pop("home", home), **options))
            stack.callback(visits[-1].context.close)
            return visits[-1]

        yield start
    nothing_refused(host)
    assert [error for visit in visits for error in visit.uncaught if not visit.disturbed] == []


@pytest.fixture(scope="module")
def one_window(browser: "Browser", home: str) -> Iterator[Visit]:
    """Open one window for a whole module: its browser keeps what it has fetched, so Python starts fast."""
    window = Visit(browser, home, guarded=False)
    yield window
    window.context.close()


@pytest.fixture
def tab(one_window: Visit, host: Host) -> Iterator[Visit]:
    """Yield the module's window with nothing kept of the tests before; what `visit` asserts holds here too."""
    for list_of_before in (one_window.foreign, one_window.errors, one_window.uncaught, one_window.responses):
        list_of_before.clear()
    yield one_window
    if one_window.page.url.startswith(one_window.home):
        one_window.page.evaluate("localStorage.clear()")
    nothing_refused(host)
    assert (one_window.foreign, one_window.uncaught) == ([], [])


def nothing_refused(host: Host) -> None:
    """Fail where browsers have reported that the policy refused something."""
    refused = host.refused.copy()
    host.refused.clear()
    assert refused == []
