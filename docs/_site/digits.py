"""Take the handwritten digits out of scikit-learn's wheel, without installing it: `python -m docs._site.digits`.

The wheel of one platform is asked for on every machine, so that its hash is one. Its file of digits is kept in the
cache outside the checkout, and put where the site carries it and where `reference.training.digits` finds it.
"""

import hashlib
import os
import sys
from functools import partial
from pathlib import Path

import reference
from docs._site.fetch import Unavailable, fetch, from_pypi
from docs._site.files import write
from reference.training import DIGITS_FILES

__all__ = ["NAME", "SHA256", "TARGET", "path"]

TARGET = (Path(reference.__file__).parent / DIGITS_FILES["reference"]).resolve()
NAME = TARGET.name
SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"

REQUIREMENT = "scikit-learn==1.9.1"
WHEEL = "52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df"
OPTIONS = ("--only-binary=:all:", "--platform=manylinux_2_28_x86_64", "--python-version=3.11", "--implementation=cp")


def path(target: Path = TARGET) -> Path:
    """Return where the file of digits lies, having put it there if need be.

    Raises:
        Unavailable: If neither the cache nor the package registry has it.
    """
    if not (target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == SHA256):
        source = (
            f"{REQUIREMENT} on PyPI (9 MB)",
            partial(from_pypi, REQUIREMENT, WHEEL, f"sklearn/{DIGITS_FILES['sklearn']}", *OPTIONS),
        )
        write(target, fetch(NAME, SHA256, [source]))
    return target


def main() -> int:
    """Make the file, or say in one sentence why there is none; return the exit status."""
    try:
        path()
    except Unavailable as reason:
        print(f"\nPages that train on digits will not run: {reason}.", flush=True)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
