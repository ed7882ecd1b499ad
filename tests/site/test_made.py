"""The page on how the site is made: what it names is there, and its figures are those of `dev.py` and the tests."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "made.md").read_text(encoding="utf-8")
PINNED = {
    pin
    for pins in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"].values()
    for pin in pins
}
TRIED = {"properdocs==1.6.7", "zensical==0.0.73"}  # the way out was tried once; no test repeats it


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:docs|tests|reference)/[\w/.-]*)`", TEXT))))
def test_named_files_are_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_named_versions_are_those_in_use() -> None:
    named = set(re.findall(r"`([\w-]+==[\w.]+)`", TEXT))
    assert named - PINNED == TRIED
    assert len(named & PINNED) >= 2


def test_figures_are_those_that_the_tests_hold() -> None:
    dev, browser = ((ROOT / name).read_text(encoding="utf-8") for name in ("dev.py", "tests/site/test_browser.py"))
    sizes = {name: int(size) for name, size in re.findall(r'"(site|node|test)": (\d+)', dev)}
    heaviest, median = re.findall(r"^HEAVIEST, MEDIAN = (\d+), (\d+)", browser, re.MULTILINE)[0]
    for figure in (f"{sizes['site'] + sizes['node']} MB", f"{sizes['test']} MB", f"{heaviest} KB", f"{median} KB"):
        assert f"`{figure}`" in TEXT
