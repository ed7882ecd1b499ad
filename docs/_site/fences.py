"""The fenced blocks of a page: the one definition that the site build and the tests both read.

A page is one script from top to bottom. An *example* is a `python` fence with, right behind it, the `text` fence
that holds its output. Words behind `python` change how it is treated: `torch` and `processes` mark what only the
tests execute, since it needs PyTorch or starts processes; `folded Some title` what the page shows folded away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Example", "Fence", "examples", "fences", "prose"]

NEEDS = ("torch", "processes")
FENCE = re.compile(
    r"^(?P<indent>[ ]*)(?P<ticks>`{3,})[ ]*(?P<language>\w*)[ ]*(?P<options>[^`\n]*)\n"
    r"(?P<body>.*?)^(?P=indent)(?P=ticks)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Fence:
    """One fenced block: its language, the words behind it, its text without indentation, and where it stands."""

    language: str
    options: str
    source: str
    indent: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Example:
    """A `python` fence and the output that the page promises, if it promises any."""

    code: Fence
    output: Fence | None

    @property
    def needs(self) -> str:
        """What it needs that the build and a browser lack, so that only the tests execute it; nothing is empty."""
        word = self.code.options.partition(" ")[0]
        return word if word in NEEDS else ""

    @property
    def title(self) -> str | None:
        """The title of a folded example, or None where it is shown open."""
        word, _, title = self.code.options.partition(" ")
        return (title or "How this was computed") if word == "folded" else None


def fences(text: str) -> Iterator[Fence]:
    """Yield the fenced blocks of a page in order."""
    for match in FENCE.finditer(text):
        indent = match["indent"]
        lines = [line.removeprefix(indent) for line in match["body"].splitlines(keepends=True)]
        line = text.count("\n", 0, match.start()) + 1
        span = match.start(), match.end()
        yield Fence(match["language"], match["options"].strip(), "".join(lines), indent, *span, line)


def examples(text: str) -> list[Example]:
    """Return the examples of a page: each `python` fence with its output.

    Raises:
        ValueError: If a fence carries an option that has no meaning here.
    """
    found: list[Example] = []
    for fence in fences(text):
        if fence.language == "python":
            if fence.options and fence.options.split()[0] not in {*NEEDS, "folded"}:
                said = f"line {fence.line}: `python {fence.options}`"
                raise ValueError(f"{said}: the options are {', '.join(NEEDS)} and folded")
            found.append(Example(fence, None))
        elif fence.language == "text" and found and not text[found[-1].code.end : fence.start].strip():
            found[-1] = Example(found[-1].code, fence)
    return found


def prose(text: str) -> str:
    """Return the page with its fences blanked out, every character still in its place."""
    for fence in list(fences(text)):
        blank = re.sub(r"[^\n]", " ", text[fence.start : fence.end])
        text = text[: fence.start] + blank + text[fence.end :]
    return text
