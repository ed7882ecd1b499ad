"""The table of PyTorch's samples that the run of this chapter's tests ends with."""

from collections import Counter
from typing import Any

import pytest

SAMPLES = pytest.StashKey[dict[str, Counter[str]]]()


@pytest.fixture
def samples(pytestconfig: pytest.Config) -> dict[str, Counter[str]]:
    """For each operator of PyTorch how many samples were equal, and how many not applicable for which reason."""
    return pytestconfig.stash.setdefault(SAMPLES, {})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table."""
    if table := config.stash.get(SAMPLES, {}):
        terminalreporter.section("PyTorch's own samples, value and gradient to 1e-9")
        total: Counter[str] = Counter()
        for name, counts in table.items():
            kept = {"equal", "differing"}
            others = ", ".join(f"{n} not applicable: {reason}" for reason, n in counts.items() if reason not in kept)
            terminalreporter.line(f"{name:32}{counts.total():4} samples {counts['equal']:4} equal  {others}".rstrip())
            total += counts
        equal, differing = total["equal"], total["differing"]
        terminalreporter.line(
            f"{len(table)} operators, {total.total()} samples: {equal} equal, "
            f"{total.total() - equal - differing} not applicable, differing: {differing or 'none'}"
        )
