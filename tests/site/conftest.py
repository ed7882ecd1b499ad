"""The built site as tests see it: built strictly once, served under its real base path, opened in Chromium."""

import contextlib
import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from docs._site.audit import chromium as system_chromium
from tests.needs import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response, Route

ROOT = Path(__file__).resolve().parents[2]
BASE = "/bits-to-backprop/"
BUILD = """
import logging, sys
from mkdocs.commands.build import build
from mkdocs.config import load_config
logging.basicConfig(level=logging.WARNING, format="%(message)s")
config = load_config("mkdocs.yml", strict=True, site_dir=sys.argv[1], site_url=sys.argv[2])
config.plugins.on_startup(command="build", dirty=False)
build(config)
config.plugins.on_shutdown()
"""
SWITCHES = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve a folder, and the site's own page for what is not there, as its host does."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's 404 page."""
        page = Path(self.directory, BASE.strip("/"), "404.html")
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve an empty folder; yield its address and the folder."""
    folder = tmp_path_factory.mktemp("site")
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def site(origin: tuple[str, Path]) -> Path:
    """Build the site strictly into the served folder, with the server's address as its own."""
    for name in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter", "matplotlib", "fontTools"):
        need(name)
    address, folder = origin[0], origin[1] / BASE.strip("/")
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    for command in (["-m", "docs._site.assets"], ["-c", BUILD, str(folder), address + BASE]):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.fail(f"the site does not build:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def home(site: Path, origin: tuple[str, Path]) -> str:
    """Return the address of the built site's first page."""
    return origin[0] + BASE


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

    def __init__(self, browser: "Browser", home: str, **options: Any) -> None:
        """Open an empty page that can ask the site's own host alone."""
        self.home = home
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.responses: list[Response] = []
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        )
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", lambda response: self.responses.append(response))

    def _route(self, route: "Route") -> None:
        if route.request.url.startswith(self.home):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def open(self, path: str, *, until: Literal["load", "networkidle"] = "load") -> "Page":
        """Open a page of the site and wait until it is loaded, or until it asks for nothing more."""
        self.page.goto(self.home + path, wait_until=until)
        return self.page


@pytest.fixture
def visit(browser: "Browser", home: str) -> Iterator[Any]:
    """Yield a function that opens a fresh browser window; all are closed after the test."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> Visit:
            visit = Visit(browser, home, **options)
            stack.callback(visit.context.close)
            return visit

        yield start
