"""The stamp of the proof page: what was measured when, with which versions, and the SHA-256 of each measured module.

A hash is that of a module's code without docstrings, comments and empty lines: words about it change nothing that was
measured. `dev.py verify` writes the stamp at its end, and refuses to while the code of a measurement has changed.
"""

import hashlib
import importlib
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from docs._site.cache import code, imported
from docs._site.tables import rows, stored
from docs._site.verify import FOLDER, experiment_hash, versions

__all__ = ["TABLES", "measured", "measurements", "modules", "modules_table", "stale", "stamped", "today"]

TABLES = ("measurements", "modules_table")
SCRIPTS = {
    "samples": "import reference.activations\nimport reference.autograd\nimport reference.arrays\n",
    "ulp": "import reference.activations\nimport docs._site.ulp\n",
    "disagreements": "import docs._site.disagreements\n",
    "blocks": "import docs._site.vectors_blocks\n",
    "exhaustive": "import docs._site.exhaustive\n",
}
"""What each measurement that is no experiment imports from the package."""

HASHES = {
    "samples": ("verify", "samples_hash"),
    "ulp": ("verify", "accuracy_hash"),
    "disagreements": ("disagreements", "disagreements_hash"),
    "blocks": ("vectors_blocks", "blocks_hash"),
    "exhaustive": ("exhaustive", "exhaustive_hash"),
}
"""The module and the function that hash its code; some need libraries that a build has not."""


def measured() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield each measurement: its name, what is recorded, and the script that it runs."""
    found = stored()
    yield from ((name, found[name], script) for name, script in SCRIPTS.items())
    for name, entry in found["experiments"].items():
        yield name, entry, (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def today(name: str) -> str:
    """Return the hash of a measurement's code as it stands."""
    if name not in SCRIPTS:
        return experiment_hash(name)
    module, function = HASHES[name]
    found: str = getattr(importlib.import_module(f"docs._site.{module}"), function)()
    return found


def stale() -> list[str]:
    """Return the measurements whose code has changed since."""
    return [name for name, entry, _ in measured() if entry["hash"] != today(name)]


def modules() -> dict[str, str]:
    """Return today's SHA-256 of each module of the package that a measurement has used."""
    used = {
        name: path
        for _, _, script in measured()
        for name, path in imported(script).items()
        if name.split(".")[0] == "reference" and path.name != "__init__.py"
    }
    return {name: _sha256(path.read_text(encoding="utf-8")) for name, path in sorted(used.items())}


def stamped() -> dict[str, Any]:
    """Return the stamp.

    Raises:
        SystemExit: If the code of a measurement has changed since it was made.
    """
    if names := stale():
        again = " ".join(f"--only {'vectors' if name == 'blocks' else name}" for name in names)
        raise SystemExit(f"the code has changed since it was measured: python3 dev.py verify {again}")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": versions(),
        "modules": modules(),
    }


def measurements() -> str:
    """Return what was measured when, and the hash of the code that did it."""
    lines = []
    for name, entry, _ in measured():
        took = f"{entry['seconds']:,.0f} s" if "seconds" in entry else ""
        lines.append([f"`{name}`", entry.get("date", ""), entry.get("seeds", ""), took, f"`{entry['hash']}`"])
    return rows(["measurement", "date", "seeds:", "took:", "hash of its code"], lines)


def modules_table() -> str:
    """Return the modules as they were stamped."""
    found = stored()["verification"]["modules"]
    return rows(
        ["module", "SHA-256, first 24 digits"], [[f"[`{n}`][{n}]", f"`{sha[:24]}`"] for n, sha in found.items()]
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(code(text).encode()).hexdigest()
