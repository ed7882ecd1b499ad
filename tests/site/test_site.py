"""The built site as files: every page is there, every link leads somewhere, nothing private is published."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from docs._site.addresses import addresses

PUBLIC = {
    ".mjs",
    ".wasm",
    ".zip",
    ".html",
    ".css",
    ".js",
    ".map",
    ".json",
    ".xml",
    ".gz",
    ".png",
    ".svg",
    ".woff2",
    ".txt",
    ".inv",
    ".py",
    ".ipynb",
}


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))


def test_every_page_is_built(site: Path) -> None:
    built = {page.parent.relative_to(site).as_posix() + "/" for page in site.rglob("index.html")}
    assert {"" if place == "./" else place for place in built} == set(addresses())


def test_every_link_leads_somewhere(site: Path) -> None:
    lychee = Path(sys.executable).with_name("lychee.exe" if sys.platform == "win32" else "lychee")
    if not lychee.exists() and not os.environ.get("CI"):
        pytest.skip("the link check needs lychee: python3 dev.py test brings it")
    options = ["--offline", "--include-fragments", "--index-files", "index.html", "--no-progress"]
    done = subprocess.run(
        [str(lychee), *options, "--root-dir", str(site.parent), str(site)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_private_is_published(site: Path) -> None:
    published = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert not [path for path in published if path.startswith("_site") or "conftest" in path]
    assert {Path(path).suffix for path in published - {"_headers"}} <= PUBLIC


@pytest.mark.parametrize("address", addresses())
def test_page_names_itself(site: Path, address: str) -> None:
    text = (site / address / "index.html").read_text(encoding="utf-8")
    tags = Tags(text).found
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert sum(tag == "title" for tag, _ in tags if tag == "title") >= 1
    assert next(values["lang"] for tag, values in tags if tag == "html") == "en"
    description = [values["content"] for tag, values in tags if values.get("name") == "description"]
    assert len(description) == 1
    assert description[0]
    identifiers = [values["id"] for _, values in tags if values.get("id")]
    assert len(identifiers) == len(set(identifiers)), "two elements share an id"
    assert all(values.get("alt") is not None for tag, values in tags if tag == "img")


@pytest.mark.parametrize("address", [place for place in addresses() if place.startswith("activations/")])
def test_foot_names_module_tests_versions_and_the_way_to_report(site: Path, address: str) -> None:
    text = (site / address / "index.html").read_text(encoding="utf-8")
    foot = re.search(r'<dl class="btb-foot">.*?</dl>', text, re.DOTALL)
    assert foot is not None
    name = address.strip("/").rpartition("/")[2]
    assert f"reference.activations.{name}" in foot[0]
    assert f"tests/activations/test_{name}.py" in foot[0]
    assert re.search(r"Python \d+\.\d+\.\d+, NumPy \d", foot[0])
    links = [values["href"] or "" for tag, values in Tags(foot[0]).found if tag == "a"]
    report = next(link for link in links if "/issues/new" in link)
    assert name in parse_qs(urlsplit(report).query)["title"][0]


def test_no_page_links_outside_with_a_script_or_style(site: Path) -> None:
    for page in site.rglob("*.html"):
        for tag, values in Tags(page.read_text(encoding="utf-8")).found:
            loaded = values.get("src") if tag in ("script", "img", "iframe") else None
            if tag == "link" and values.get("rel") != "canonical":
                loaded = values.get("href")
            assert not (loaded or "").startswith(("http:", "//")), f"{page.name}: {loaded}"
            assert not (loaded or "").startswith("https:") or values.get("rel") in ("prev", "next"), f"{page}: {loaded}"
