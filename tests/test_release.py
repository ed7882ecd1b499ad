"""What a release is made of: its version and date are said once, and the wheel is the package and works alone."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.environments import link_packages
from tests.needs import need, need_pip

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKED = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "dev.py")
NEEDED = {"cff-version", "message", "title", "authors"}  # Citation File Format 1.2.0, section "Valid keys"
KNOWN = NEEDED | {"abstract", "date-released", "keywords", "license", "repository-code", "type", "url", "version"}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in ROOT.glob("reference/**/*.py")
    if path.name != "__init__.py"
}
# Without the digits' file, which comes with the site or with scikit-learn, the examples that read it cannot run.
DOCTESTS = """
import doctest, importlib, json, pkgutil, reference, reference.training
names = ["reference", *(found.name for found in pkgutil.walk_packages(reference.__path__, "reference."))]
runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
attempted = dict.fromkeys(names, 0)
for name in names:
    for test in doctest.DocTestFinder().find(importlib.import_module(name), name):
        if not any("digits()" in example.source for example in test.examples):
            attempted[name] += runner.run(test).attempted
try:
    reference.training.digits()
    digits = "found"
except FileNotFoundError as error:
    digits = str(error)
print(json.dumps([reference.__file__, attempted, runner.failures, digits]))
"""


def first_release() -> tuple[str, str, str]:
    """Return version, date and text of the changelog's first entry."""
    found = re.search(
        r"^## (\S+), (\S+)\n(.*?)(?=^## |\Z)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return found[1], found[2], found[3]


def pages_in(nav: Any) -> list[str]:
    """Return the files of a navigation, from top to bottom."""
    if isinstance(nav, str):
        return [nav]
    return [page for entry in (nav.values() if isinstance(nav, dict) else nav) for page in pages_in(entry)]


def read(name: str) -> Any:
    """Return what a YAML file of the checkout says."""
    return need("yaml", "PyYAML").safe_load((ROOT / name).read_text(encoding="utf-8"))


# The texts


def test_changelog_and_citation_have_the_version_of_the_package() -> None:
    version, released, _ = first_release()
    citation = read("CITATION.cff")
    assert version == citation["version"] == PROJECT["project"]["version"]
    assert date.fromisoformat(released) == citation["date-released"]


def test_citation_has_what_the_format_asks_for() -> None:
    citation = read("CITATION.cff")
    assert set(citation) >= NEEDED
    assert set(citation) <= KNOWN
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert [set(author) for author in citation["authors"]] == [{"name"}]  # an entity, not a person
    assert citation["license"] == PROJECT["project"]["license"]
    assert citation["keywords"] == PROJECT["project"]["keywords"]
    assert {citation["url"], citation["repository-code"]} <= set(PROJECT["project"]["urls"].values())


def test_changelog_names_every_module_and_every_page() -> None:
    lists = re.findall(r"^- `([\w./]+)`: (.*?)(?=^- |^$)", first_release()[2], re.DOTALL | re.MULTILINE)
    named = {f"{place}{name}" for place, names in lists for name in re.findall(r"`([\w.]+)`", names)}
    assert {name for name in named if name.startswith("reference.")} == MODULES
    pages = {page for page in pages_in(read("mkdocs.yml")["nav"]) if not page.startswith("api/")}
    assert {f"docs/{page}" for page in pages} == {name for name in named if name.startswith("docs/")}


def test_commit_hooks_have_the_versions_of_the_tests() -> None:
    hooks = read(".pre-commit-config.yaml")
    names = {"ruff-pre-commit": "ruff", "codespell": "codespell"}
    found = {f"{names[repo['repo'].rpartition('/')[2]]}=={repo['rev'].removeprefix('v')}" for repo in hooks["repos"]}
    assert len(found) == len(names)
    assert found <= set(PROJECT["project"]["optional-dependencies"]["test"])


# The wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a copy of the checkout with `python -m build`; return the folder of the two files."""
    need("build")
    need("setuptools")
    folder = tmp_path_factory.mktemp("release")
    copy = folder / "copy"
    left_out = shutil.ignore_patterns("__pycache__", "generated")
    for name in ("reference", "docs", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    for name in PACKED:
        shutil.copy(ROOT / name, copy)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(copy)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder / "dist"


def only(built: Path, pattern: str) -> Path:
    """Return the one file of a pattern."""
    (path,) = built.glob(pattern)
    return path


def test_two_files_carry_the_version(built: Path) -> None:
    name = f"bits_to_backprop-{PROJECT['project']['version']}"
    assert {path.name for path in built.iterdir()} == {f"{name}-py3-none-any.whl", f"{name}.tar.gz"}


def test_wheel_carries_the_package_alone(built: Path) -> None:
    with zipfile.ZipFile(only(built, "*.whl")) as wheel:
        names = set(wheel.namelist())
    own = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("reference/**/*.py")}
    assert {name for name in names if ".dist-info/" not in name} == {*own, "reference/py.typed"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_source_archive_carries_the_package_and_what_is_said_of_it(built: Path) -> None:
    with tarfile.open(only(built, "*.tar.gz")) as archive:
        tops = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    made = {"PKG-INFO", "setup.cfg", "bits_to_backprop.egg-info"}
    assert tops == {*PACKED, *made, "reference"} - {"dev.py"}


def test_doctests_pass_where_there_is_numpy_alone(built: Path, tmp_path: Path) -> None:
    need_pip()
    folder = tmp_path / "empty"
    venv.create(folder, with_pip=False)
    packages = link_packages(folder, ["numpy"])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # pip compares what the wheel needs with what is there, and there is nobody to ask for more.
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-index",
        "--no-input",
        "--isolated",
    ]
    wheel = str(only(built, "*.whl"))
    # Elsewhere than here, where PYTHONPATH may be ".", and pip would find the package already there.
    done = subprocess.run([*command, wheel], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    run = [str(python), "-I", "-c", DOCTESTS]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    file, attempted, failures, digits = json.loads(done.stdout.splitlines()[-1])
    assert failures == 0, done.stdout[-4000:]
    assert Path(file).is_relative_to(packages)
    assert {name for name, count in attempted.items() if count} >= MODULES
    assert digits.startswith("digits.csv.gz is not on this machine; pip install 'bits-to-backprop[digits]' brings it")
