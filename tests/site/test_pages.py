"""What every page must have, and what no page may have: read from the Markdown, before any build."""

import re
from pathlib import Path

import pytest

from docs._site.addresses import pages
from docs._site.fences import examples, prose
from docs._site.formulas import formulas

ROOT = Path(__file__).parents[2]
# components.md shows what the parts look like, with sample numbers and a line too long on purpose.
PAGES = [page for page in pages() if page.name != "components.md"]
CONCEPTS = [  # journey.md has a module of its name, but is a way through the chapters
    path
    for path in PAGES
    if path.parent != ROOT / "docs"
    and (ROOT / "reference" / path.relative_to(ROOT / "docs")).with_suffix(".py").is_file()
]

FILLER = re.compile(
    r"\b(simply|obviously|of course|needless to say|it is worth noting|powerful|seamless\w*|blazing\w*|cutting-edge"
    r"|state-of-the-art|delve|leverag\w+|crucial\w*|let us|let's)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.\-/^])(\d[\d,]*\.\d+|\d+e[+-]?\d+|\d{3,}|\d{1,3}(?:,\d{3})+)(?![\w/])")
YEAR = re.compile(r"1[89]\d\d|20\d\d")


def text_of(page: Path) -> str:
    """The running text of a page: no fences, code, maths, directives, link targets, value references or sources."""
    text = prose(page.read_text(encoding="utf-8")).partition("\n## Sources")[0]
    text = re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
    text = re.sub(r"^ *::(?!predict)[^\n]*", " ", text, flags=re.MULTILINE)
    text = re.sub(
        r"\[\[[^\n]*?\]\]+|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|\]\[[^\]]*\]", " ", text, flags=re.DOTALL
    )
    return text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
class TestEveryPage:
    def test_numbers_in_prose_are_computed(self, page: Path) -> None:
        found = [number for number in NUMBER.findall(text_of(page)) if not YEAR.fullmatch(number)]
        assert not found, f"write these as [[name:format]], or as code or maths where they define something: {found}"

    def test_code_fits_the_column(self, page: Path) -> None:
        shown = [e for e in examples(page.read_text(encoding="utf-8")) if not e.title]
        wide = [line for e in shown for line in e.code.source.splitlines() if len(line) > 92]
        assert wide == []

    def test_words_carry_something(self, page: Path) -> None:
        assert FILLER.findall(text_of(page)) == []

    def test_formulas_name_what_they_define(self, page: Path) -> None:
        assert list(formulas(page.read_text(encoding="utf-8"))) is not None

    def test_starts_with_one_title(self, page: Path) -> None:
        text = re.sub(r"\A---\n.*?\n---\n", "", prose(page.read_text(encoding="utf-8")), flags=re.DOTALL)
        titles = re.findall(r"^# |<h1", text, re.MULTILINE)
        assert len(titles) == 1


@pytest.mark.parametrize("page", CONCEPTS, ids=lambda page: page.stem)
class TestConceptPages:
    def test_has_the_whole_anatomy(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        needed = [
            "::source ",
            "::figure ",
            # The training functions take networks, states and data sets, on which no formula can be evaluated alone.
            "::derivation" if page.parent.name == "training" else "::formula ",
            "::predict ",
            "!!! wild",
            "!!! negative",
            "## Sources",
            "::foot ",
        ]
        assert [part for part in needed if part not in text] == []
        assert text.rstrip().splitlines()[-1] == f"::foot reference.{page.parent.name}.{page.stem}"

    def test_has_two_exercises_each_with_a_hint(self, page: Path) -> None:
        boxes = re.split(r"^!!! exercise", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        assert len(boxes) >= 2
        assert all(re.search(r"^    \?\?\? hint", box, re.MULTILINE) for box in boxes)

    def test_first_fence_holds_the_imports(self, page: Path) -> None:
        first, *others = examples(page.read_text(encoding="utf-8"))
        assert first.code.source.startswith(("import ", "from "))
        late = [
            e.code.line for e in others if not e.needs and re.search(r"^(import|from) ", e.code.source, re.MULTILINE)
        ]
        assert late == [], "imports below the first fence: a function shown by name must paste under the first one"

    def test_sources_are_linked(self, page: Path) -> None:
        sources = page.read_text(encoding="utf-8").partition("\n## Sources")[2]
        assert len(re.findall(r"\]\(https://", sources)) >= 2
