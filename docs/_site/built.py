"""Build the whole site and serve it as a good host does: for the browser tests, the audit and the benchmark."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docs._site import policy
from docs._site.host import Host, serving

__all__ = ["BASE", "build", "served"]

ROOT = Path(__file__).resolve().parents[2]
BASE = "/bits-to-backprop/"
STEPS = tuple(f"docs._site.{name}" for name in ("assets", "runtime", "digits", "bundle"))  # as `dev.py build` has them
BUILD = """
import logging, sys
from mkdocs.commands.build import build
from mkdocs.config import load_config
logging.basicConfig(level=logging.WARNING, format="%(message)s")
config = load_config("mkdocs.yml", strict=True, site_dir=sys.argv[1], site_url=sys.argv[2])
config.plugins.on_startup(command="build", dirty=False)
build(config)
config.plugins.on_shutdown()
"""


def build(host: Host) -> None:
    """Build the site strictly into the folder that a host serves, with the host's address as its own, and its policy.

    Raises:
        RuntimeError: If a step fails; the message ends with what it said.
    """
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    for command in (*(["-m", step] for step in STEPS), ["-c", BUILD, str(host.folder), host.home]):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the site does not build:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    host.policy = policy.write(host.folder)


@contextmanager
def served() -> Iterator[Host]:
    """Build the site into a temporary folder and serve it until the context is left."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, BASE.strip("/"))
        folder.mkdir()
        with serving(folder, BASE) as host:
            build(host)
            yield host
