"""Byte-compile for the browser with its own Python: Pyodide, run by Node, does the jobs of `live/bytecode.py`.

A result is a zip. It is kept in the cache outside the checkout by a hash of all that it is made from, which stands in
its comment too, so one look at its end tells whether it is up to date.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from docs._site.fetch import keep, kept
from docs._site.files import write
from docs._site.node import packages, programs

__all__ = ["is_current", "make", "npm_pyodide", "source", "tools"]

LIVE = Path(__file__).resolve().parent / "live"
TOOLS = ("bytecode.py", "compile.mjs")


def npm_pyodide() -> Path:
    """Return the folder of the locked npm package."""
    return packages() / "pyodide"


def source(path: Path) -> bytes:
    """Return a text file as every machine sees it: a checkout on Windows may have other line ends."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def tools() -> bytes:
    """Return what the form of a result depends on: the programs that make it."""
    return b"\0".join(source(LIVE / name) for name in TOOLS)


def is_current(path: Path, key: str) -> bool:
    """Tell whether a zip was made from what this hash stands for."""
    try:
        with path.open("rb") as file:
            file.seek(-len(key), os.SEEK_END)
            return file.read() == key.encode()
    except OSError:
        return False


def make(
    target: Path, names: tuple[str, ...], job: Mapping[str, object], inputs: Mapping[str, Callable[[], bytes]]
) -> None:
    """Write the zips of a job from the cache, or else have them made, and keep them.

    Args:
        target: The folder to write to.
        names: The zips that the job makes.
        job: What `bytecode.py` is to do; its `key` is the hash of all inputs.
        inputs: The files that it reads, each as a function, since none is asked when the cache has the result.
    """
    stems = {name: f"compiled-{Path(name).stem}-" for name in names}
    entries = {name: kept(f"{stem}{job['key']}") for name, stem in stems.items()}
    made = {name: data for name, data in entries.items() if data is not None}
    if len(made) < len(names):
        made = _run(job, inputs, names)
        for name, stem in stems.items():
            keep(f"{stem}{job['key']}", made[name], group=stem)
    for name, data in made.items():
        write(target / name, data)


def _run(
    job: Mapping[str, object], inputs: Mapping[str, Callable[[], bytes]], names: tuple[str, ...]
) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for name, read in inputs.items():
            (work / name).write_bytes(read())
        (work / "job.json").write_text(json.dumps(job), encoding="utf-8")
        command = [*programs()[0], str(LIVE / "compile.mjs"), str(npm_pyodide() / "pyodide.mjs"), str(work)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        if done.returncode:
            raise RuntimeError(f"Pyodide in Node could not byte-compile ({job['make']}):\n{done.stderr[-3000:]}")
        return {name: (work / name).read_bytes() for name in names}
