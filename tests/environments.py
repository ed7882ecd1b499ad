"""Virtual environments with some packages of this one: nothing is downloaded, and no other library is in reach."""

import importlib.metadata
import os
import shutil
from pathlib import Path


def link_packages(folder: Path, names: list[str]) -> Path:
    """Give a virtual environment these packages of this one; return the folder that holds them."""
    packages = next(folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages")
    for name in names:
        for top in {Path(str(file)).parts[0] for file in importlib.metadata.files(name) or []} - {"..", "__pycache__"}:
            source = Path(str(importlib.metadata.distribution(name).locate_file(top)))
            if not source.exists():
                continue
            if os.name != "nt":
                (packages / top).symlink_to(source)
            elif source.is_dir():
                shutil.copytree(source, packages / top)
            else:
                shutil.copy(source, packages / top)
    return packages
