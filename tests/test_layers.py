"""What importing a chapter loads; who may import whom is a contract of import-linter in pyproject.toml."""

import subprocess
import sys


def test_the_activations_load_numpy_and_nothing_else_that_must_be_installed() -> None:
    script = (
        "import sys, numpy; before = set(sys.modules); import reference.activations; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - sys.stdlib_module_names))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["reference"]
