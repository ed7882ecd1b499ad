"""The copy for reading offline: unpacked and opened as files, and served by Python alone."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from docs._site import offline
from docs._site.addresses import addresses
from docs._site.drive import Widget, cards

CONCEPT = "activations/sigmoids/index.html"
REASON = "Opened as a file, so Python cannot start: README.txt gives the command that it needs"
Start = Callable[..., Any]


@pytest.fixture(scope="module")
def copy(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked copy; its path has a space, as paths of downloads do."""
    folder = tmp_path_factory.mktemp("read me")
    offline.make(site, folder / "made" / "it.zip")
    with zipfile.ZipFile(folder / "made" / "it.zip") as archive:
        archive.extractall(folder)
    return folder / offline.FOLDER


@pytest.fixture
def served(copy: Path) -> Iterator[str]:
    """Serve the copy by the command of README.txt, at a free port."""
    command = re.search(r"python3 (-m http\.server --bind 127\.0\.0\.1)", (copy / "README.txt").read_text("utf-8"))
    assert command
    arguments = [sys.executable, "-u", *command[1].split(), "0"]
    with subprocess.Popen(arguments, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            said = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
            assert said
            yield said[0]
        finally:
            server.terminate()


def found(page: Any, words: str, place: str) -> Any:
    """Search for words; return the result that leads to this place."""
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type(words)
    result = page.locator(f'.md-search-result__link[href*="/{place}/index.html"]').first
    result.wait_for()
    return result


def test_archive_is_one_folder_with_every_page(copy: Path) -> None:
    assert [path.name for path in copy.parent.iterdir() if path.name != "made"] == [offline.FOLDER]
    assert {place for place in addresses() if not (copy / place / "index.html").is_file()} == set()
    assert {"README.txt", "LICENSE", "THIRD_PARTY.md"} <= {path.name for path in copy.iterdir()}


def test_every_link_names_a_file(copy: Path) -> None:
    for page in copy.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]*)"', text):
            path = unquote(re.split("[?#]", link)[0])
            assert ":" in path or not path or (page.parent / path).is_file(), f"{page.relative_to(copy)}: {link}"


def test_nothing_names_another_host_as_something_to_load(copy: Path) -> None:
    for page in copy.rglob("*.html"):
        assert not re.findall(r'\bsrc="(?:https?:)?//[^"]*', page.read_text(encoding="utf-8")), page


def test_folder_without_a_site_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"stands in .* it has no index\.html: run python3 dev\.py build"):
        offline.make(tmp_path, tmp_path / "it.zip")


def test_page_without_its_scripts_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "search_index.json").write_text('{"docs": []}', encoding="utf-8")
    (tmp_path / "index.html").write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"has its settings and page\.js, and index\.html has not"):
        offline.make(tmp_path, tmp_path / "made" / "it.zip")


def test_pages_open_as_files(visit: Start, copy: Path) -> None:
    window = visit(home=copy.as_uri() + "/", guarded=False)
    page = window.open("index.html")
    page.locator(".btb-map a", has_text="Activations").click()
    page.wait_for_url("**/activations/linearity/index.html")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"**/{CONCEPT}")
    fonts = page.evaluate("() => document.fonts.ready.then((all) => [...all].map((font) => font.status))")
    assert "loaded" in fonts
    assert "error" not in fonts
    assert page.locator(".btb-fig svg").first.is_visible()
    bars = page.locator(".btb-bar__status").all_inner_texts()
    assert len(bars) > 5
    assert {text.strip() for text in bars if text.strip()} == {REASON}
    assert page.locator(".btb-bar button:enabled").count() == 0
    window.open("numbers/floats/index.html")
    assert page.locator("[data-widget=bits] .btb-bar__status").inner_text() == REASON
    assert page.locator("[data-widget=bits] .btb-widget__view").is_visible()
    assert (window.foreign, window.errors) == ([], [])


def test_search_works_in_files(visit: Start, copy: Path) -> None:
    window = visit(home=copy.as_uri() + "/", guarded=False)
    page = window.open(CONCEPT)
    found(page, "straight-through estimator", "quantization/quantization_aware").click()
    page.wait_for_url("**/quantization/quantization_aware/index.html**")
    assert page.locator("h1").is_visible()
    assert (window.foreign, window.errors) == ([], [])


def test_python_runs_where_a_server_is(visit: Start, served: str) -> None:
    window = visit(home=served)
    page = window.open(CONCEPT, until="networkidle")
    assert REASON not in page.content()
    card = cards(page)[0].run()
    assert card.state == "done", card.output
    window.open("autograd/derivative/index.html")
    widget = Widget(page, "step_size")
    before = widget.view
    widget.range().press("ArrowRight")
    widget.changed(before)
    assert found(page, "straight-through estimator", "quantization/quantization_aware").is_visible()
    assert (window.foreign, window.errors) == ([], [])
