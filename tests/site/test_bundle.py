"""The pages' scripts: bundled to the same bytes, with addresses that hold wherever they are served, and licenses."""

import json
import re
import shutil
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs._site import bundle
from docs._site.node import HERE, packages
from tests.needs import need_node

ROOT = Path(__file__).parents[2]
MODULES = {
    "page.js": 'import { start } from "./python.js"\nstart()\nexport default (name) => import(`./widgets/${name}.js`)',
    "python.js": 'export const start = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" })',
    "worker.js": 'fetch(new URL("../python/", import.meta.url))',
    "editor.js": 'import { EditorView } from "@codemirror/view"\nexport const open = () => new EditorView()',
    "widgets/one.js": 'import { start } from "../python.js"\nexport const draw = () => start()',
}
ROW = re.compile(r"^\|.*\b(?P<source>npm|PyPI) `(?P<name>[^`]+)` \| (?P<version>[\d.]+) \|", re.MULTILINE)


@pytest.fixture
def node() -> None:
    """Skip where there is no Node."""
    need_node()


@pytest.fixture
def live(node: None, tmp_path: Path) -> Path:
    """Return a folder with modules of each kind."""
    for name, text in MODULES.items():
        path = tmp_path / "live" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "live"


def files(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_two_bundles_are_the_same_and_entries_keep_their_names(live: Path, tmp_path: Path) -> None:
    shutil.copytree(live, tmp_path / "elsewhere")
    first = files(bundle.make(live, tmp_path / "a"))
    assert first == files(bundle.make(tmp_path / "elsewhere", tmp_path / "b"))
    assert set(first) > {"page.js", "worker.js", "editor.js", "widgets/one.js", "LICENSES.txt"}


def test_a_worker_is_found_beside_whatever_script_starts_it(live: Path, tmp_path: Path) -> None:
    made = files(bundle.make(live, tmp_path / "out"))
    starters = [name for name, data in made.items() if b'new URL("./worker.js",import.meta.url)' in data]
    assert starters
    assert all("/" not in name for name in starters)
    assert b'new URL("../python/",import.meta.url)' in made["worker.js"]


def test_the_editor_is_in_no_other_script(live: Path, tmp_path: Path) -> None:
    made = files(bundle.make(live, tmp_path / "out"))
    assert len(made["editor.js"]) > 50_000
    assert all(len(data) < 2_000 for name, data in made.items() if name.endswith(".js") and name != "editor.js")


def test_only_an_edit_bundles_again_and_drops_what_is_gone(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = bundle.make(live, tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "programs", lambda: pytest.fail("bundled again"))
        times = []
        for _ in range(5):
            start = time.perf_counter()
            bundle.make(live, target)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.1
    (live / "widgets" / "one.js").rename(live / "widgets" / "two.js")
    made = files(bundle.make(live, target))
    assert "widgets/two.js" in made
    assert "widgets/one.js" not in made


def test_a_fault_names_its_place_and_leaves_the_old_bundle(live: Path, tmp_path: Path) -> None:
    target = bundle.make(live, tmp_path / "out")
    before = files(target)
    (live / "page.js").write_text('import "./nowhere.js"')
    with pytest.raises(RuntimeError, match=r"(?s)esbuild cannot bundle.*nowhere\.js.*page\.js:1:7"):
        bundle.make(live, target)
    assert files(target) == before


# What THIRD_PARTY.md says


def listed() -> dict[tuple[str, str], str]:
    """Return the version that THIRD_PARTY.md gives for each package, by registry and name."""
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    return {(row["source"], row["name"]): row["version"] for row in ROW.finditer(text)}


def locked() -> dict[str, dict[str, Any]]:
    """Return the locked npm packages by name."""
    found = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {path.removeprefix("node_modules/"): entry for path, entry in found.items() if path}


def test_versions_in_third_party_are_the_locked_ones() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pins = dict(pin.split("==") for pin in (*extras["site"], *extras["digits"]))
    versions = {("npm", name): entry["version"] for name, entry in locked().items()}
    versions |= {("PyPI", name): version for name, version in pins.items()}
    assert listed()
    assert {key: versions.get(key) for key in listed()} == listed()


@pytest.mark.usefixtures("node")
def test_third_party_lists_every_npm_package_in_the_site() -> None:
    bundled = re.findall(r"^(@?[a-z][\w./-]*) \d[\d.]*$", files(bundle.make())["LICENSES.txt"].decode(), re.MULTILINE)
    named = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    carried = {*bundled, *named} - {"esbuild"}  # the bundler leaves nothing of itself
    assert carried - {name for source, name in listed() if source == "npm"} == set()


def test_npm_lock_holds_hashes_no_addresses_and_every_platform() -> None:
    for name, entry in locked().items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
    for platform in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"):
        assert locked()[f"@esbuild/{platform}"]["optional"], platform


@pytest.mark.usefixtures("node")
def test_numpy_in_third_party_is_the_browsers() -> None:
    lock = json.loads((packages() / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert f"| {lock['packages']['numpy']['version']} |" in text
    assert f"| {lock['info']['python']} |" in text
