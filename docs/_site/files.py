"""Write a file at once: whoever reads it at the same time, a server or another build, gets the old or the new one."""

import os
import uuid
from pathlib import Path

__all__ = ["write"]


def write(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it, unless it holds the same."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"part-{uuid.uuid4().hex}")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
