"""Fixtures for all tests: the array libraries, and the table of measured errors at the end of a run."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.needs import need

MODULES = {
    "numpy": "numpy",
    "array_api_strict": "array_api_strict",
    "torch": "array_api_compat.torch",
    "jax": "jax.numpy",
}
ERRORS = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture(scope="session", params=MODULES)
def xp(request: pytest.FixtureRequest) -> Any:
    """The namespace of each array library in turn: `xp.asarray(...)` makes its arrays."""
    return need(MODULES[request.param], request.param)


@pytest.fixture
def record_error(pytestconfig: pytest.Config) -> Callable[[str, object], None]:
    """Add a line to the table of measured errors that the run ends with."""
    return lambda name, error: pytestconfig.stash.setdefault(ERRORS, []).append((name, str(error)))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table."""
    if lines := config.stash.get(ERRORS, []):
        terminalreporter.section("worst errors, float32 on NumPy")
        for name, error in lines:
            terminalreporter.line(f"{name:44}{error}")
