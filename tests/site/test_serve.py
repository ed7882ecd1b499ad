"""`dev.py serve` shows an edited page and an edited module: tried on a copy of the project, by asking for the page."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import need

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("dev", sys.argv[1])
dev = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dev)
dev.ROOT, dev.PYTHON = pathlib.Path.cwd(), sys.executable
sys.exit(dev.serve(int(sys.argv[2])))
"""
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy what a site is built from and what has been fetched or computed for it."""
    for name in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter", "matplotlib", "fontTools"):
        need(name)
    left = shutil.ignore_patterns("__pycache__", "part-*")
    for name in ("docs", "reference", ".cache/npm", ".cache/site", ".cache/notebooks"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=left, symlinks=True)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    """Serve the copy; yield the address that the command prints."""
    command = [sys.executable, "-c", SERVE, str(ROOT / "dev.py"), str(free_port())]
    environment = {**os.environ, "PYTHONPATH": str(project), "NO_MKDOCS_2_WARNING": "1"}
    with subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = None
        while found is None:
            line = process.stdout.readline()
            assert line, "dev.py serve ended"
            found = re.match(r"Open (http\S+)", line)
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield found[1]
        process.terminate()


def wait_for(address: str, text: str) -> None:
    """Wait until a page has a text."""
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            if text in answer.read().decode():
                return
        time.sleep(0.2)
    pytest.fail(f"{address} does not show {text!r} after {PATIENCE} s")


def test_edited_page_and_module_show(project: Path, address: str) -> None:
    page, module = project / "docs/stability/steps.md", project / "reference/stability/steps.py"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("::foot", "A sentence just written.\n\n::foot"), encoding="utf-8")
    wait_for(address + "stability/steps/", "A sentence just written.")
    code = '\n\ndef edited() -> str:\n    """Say so."""\n    return "edited in the module"\n'
    module.write_text(module.read_text(encoding="utf-8") + code, encoding="utf-8")
    fences = (
        "```python\nfrom reference.stability.steps import edited\nprint(edited().upper())\n```\n\n"
        "```text\nEDITED IN THE MODULE\n```\n\n::foot"
    )
    page.write_text(text.replace("::foot", fences), encoding="utf-8")
    wait_for(address + "stability/steps/", "EDITED IN THE MODULE")
