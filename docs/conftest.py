"""Collect every page's examples as tests, in order and in one namespace per page (sybil finds and runs them)."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = ["_site/*", "notebooks/*"]

try:
    from sybil import Document, Example, Region, Sybil
except ImportError:
    if os.environ.get("CI"):
        raise

    class Unread(pytest.File):
        """A page whose examples wait for sybil."""

        def collect(self) -> Iterable[pytest.Item]:
            """Yield one test that says what is missing."""
            yield Waiting.from_parent(self, name="examples")

    class Waiting(pytest.Item):
        """A skipped test."""

        def runtest(self) -> None:
            """Skip, with the reason."""
            pytest.skip("the pages' examples need sybil: python3 dev.py test brings it")

    def _collect(file_path: Path, parent: Any) -> Any:
        return Unread.from_parent(parent, path=file_path) if file_path.suffix == ".md" else None

    pytest_collect_file: Any = _collect

else:
    from docs._site.fences import Example as Fences
    from docs._site.fences import examples
    from docs._site.session import Session
    from tests.needs import need

    def _regions(document: Document) -> Iterable[Region]:
        session = Session()
        for example in examples(document.text):
            yield Region(example.code.start, (example.output or example.code).end, (session, example), _run)

    def _run(example: Example) -> Any:
        parsed: tuple[Session, Fences] = example.parsed
        session, fences = parsed
        if fences.needs == "torch":
            need("torch")
        session.run(fences, str(example.path))

    pytest_collect_file = Sybil(parsers=[_regions], patterns=["*.md"]).pytest()
