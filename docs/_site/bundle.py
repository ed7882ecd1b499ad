"""Bundle the pages' scripts for the browser: `python -m docs._site.bundle`.

esbuild reads the ES modules of `docs/_site/live/` and what they import from npm, and writes them small to
`theme/assets/generated/live/`. `page.js`, `worker.js`, `editor.js` and `widgets/*.js` keep their names, since pages
and other scripts load them by address; what they share goes into chunks whose names carry a hash.

`LICENSES.txt` stands beside them with the licenses of the npm packages in them. Its last line is a hash of the inputs:
nothing is made again while neither the modules nor the lock have changed. The result is the same on every run.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from docs._site.files import write
from docs._site.node import MANIFEST, packages, programs

__all__ = ["TARGET", "make"]

HERE = Path(__file__).resolve().parent
LIVE = HERE / "live"
TARGET = HERE / "theme" / "assets" / "generated" / "live"
ENTRIES = ("page.js", "worker.js", "editor.js", "widgets/*.js")
OPTIONS = ("--bundle", "--format=esm", "--splitting", "--minify", "--target=es2022", "--legal-comments=none")
PACKAGE = re.compile(r".*node_modules/((?:@[^/]+/)?[^/]+)/")


def make(live: Path = LIVE, target: Path = TARGET) -> Path:
    """Bundle the scripts unless that has been done.

    Args:
        live: The folder of the ES modules.
        target: The folder of the result; what else it holds is removed.

    Returns:
        The folder of the result.

    Raises:
        RuntimeError: If esbuild finds a fault in a module.
    """
    entries = sorted(path for pattern in ENTRIES for path in live.glob(pattern))
    notes, key = target / "LICENSES.txt", _key(live)
    if notes.is_file() and notes.read_text(encoding="utf-8").endswith(f"{key}\n"):
        return target
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        made = _bundled(live, entries, work) if entries else {}
        made["LICENSES.txt"] = f"{_licenses(work)}\nInputs: {key}\n".encode()
    for name, data in made.items():
        write(target / name, data)
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target).as_posix() not in made:
            path.unlink()
    return target


def _key(live: Path) -> str:
    """Return a hash of the modules, of the locked packages and of this file."""
    digest = hashlib.sha256()
    for path in [*sorted(live.rglob("*.js")), *(HERE / name for name in MANIFEST), Path(__file__)]:
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _bundled(live: Path, entries: list[Path], work: Path) -> dict[str, bytes]:
    """Return what esbuild makes of the entries, by name; the list of what it read is left in `work`."""
    modules, out = packages(), work / "out"
    done = subprocess.run(
        [
            *programs()[0],
            str(modules / "esbuild" / "bin" / "esbuild"),
            *(path.relative_to(live).as_posix() for path in entries),
            *OPTIONS,
            "--outbase=.",
            f"--outdir={out}",
            f"--metafile={work / 'meta.json'}",
        ],
        cwd=live,
        env={**os.environ, "NODE_PATH": str(modules)},  # the packages stand in no folder above the modules
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"esbuild cannot bundle the scripts of docs/_site/live:\n{done.stderr.strip()}")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.js"))}


def _licenses(work: Path) -> str:
    """Return the licenses of the npm packages that are in the bundle."""
    meta = work / "meta.json"
    inputs = json.loads(meta.read_text(encoding="utf-8"))["inputs"] if meta.is_file() else {}
    names = {found[1] for found in map(PACKAGE.match, inputs) if found}
    texts = []
    for name in sorted(names):
        folder = packages() / name
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        license_file = next(path for path in sorted(folder.iterdir()) if path.name.upper().startswith("LICENSE"))
        texts.append(f"{name} {version}\n\n{license_file.read_text(encoding='utf-8').strip()}\n")
    return "\n".join(texts)


if __name__ == "__main__":
    try:
        make()
    except RuntimeError as reason:
        sys.exit(str(reason))
