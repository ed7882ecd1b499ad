"""The reading order: what each page needs comes before it, its time is counted, routes are complete, chapters close."""

import re
from pathlib import Path
from typing import Any

import pytest

from docs._site.source import find, shown
from tests.needs import need
from tests.site.test_exercises import EXERCISES
from tests.site.test_pages import CONCEPTS

path: Any = need("docs._site.path", "mkdocs")

DOCS = Path(__file__).parents[2] / "docs"
CHAPTERS = path.chapters()
PAGES = [page for chapter in CHAPTERS for page in chapter.pages]
KNOWN = {page.name: page for page in PAGES}
PLACE = {page.name: place for place, page in enumerate(PAGES)}
NEEDING = [page for page in PAGES if page.file.endswith(".md")]
ABILITIES = re.compile(
    r"^## What you can do now\n\n(?P<lines>(?:- .*\n)+)\n(?P<last>(?:.+\n)+)\n## Sources$", re.MULTILINE
)
SAMPLE = """# A title of five words

Two words, [a link](elsewhere.md#place) and `some code` and $x + y$ and [[value:.2f]].

::formula reference.numbers.sums.naive_sum(x)
$$
s = x
$$

::source reference.activations.sigmoids.softsign

::figure some_figure "an alternative text is not read"
    Three words below.

=== "PyTorch"

    ```python torch
    import torch
    ```

```python
x = 1

print(x)
```

```text
1
```

```python folded A title
y = 2
```

??? note "Folded"

    Not counted.

::widget some_widget "not counted"

!!! exercise "Something to find"

    Not counted as words.

    ::exercise some_name

    ??? hint "A hint"

        Nor this.

    ::answer some_name

## Sources

- Nor these.
"""


def all_needs(name: str) -> set[str]:
    """What must be read before a page, directly or through other pages."""
    direct = set(KNOWN[name].needs or ())
    return direct.union(*map(all_needs, direct))


# What pages need


def test_every_concept_page_is_in_a_chapter_and_says_what_it_needs() -> None:
    names = {page.relative_to(DOCS).with_suffix("").as_posix() for page in CONCEPTS}
    assert len(names) > 40
    assert {page.name for page in PAGES if page.needs is not None} == names


@pytest.mark.parametrize("page", NEEDING, ids=lambda page: page.name)
def test_a_page_needs_few_pages_and_only_earlier_ones(page: Any) -> None:
    assert len(page.needs) <= 3
    assert set(page.needs) <= set(KNOWN)
    assert all(PLACE[name] < PLACE[page.name] for name in page.needs)  # so there is no circle
    assert list(page.needs) == sorted(page.needs, key=PLACE.__getitem__)


@pytest.mark.parametrize("page", NEEDING, ids=lambda page: page.name)
def test_a_page_names_only_the_last_step(page: Any) -> None:
    through_others = set().union(*map(all_needs, page.needs))
    assert set(page.needs) & through_others == set()


# Time


def test_a_page_is_counted_as_it_is_read() -> None:
    found = path.counted(SAMPLE)
    assert found["words"] == 5 + 10 + 3  # title, first line, caption
    assert found["lines"] == 2 + 1 + len(shown(find("reference.activations.sigmoids.softsign")).splitlines())
    kinds = ("formulas", "figures", "widgets", "exercises")
    assert [found[kind] for kind in kinds] == [1, 1, 1, 1]


def test_a_notebook_is_counted_by_its_cells() -> None:
    tour = KNOWN["notebooks/activations_tour"]
    assert tour.text.startswith("# A tour of the activations\n")
    assert path.counted(tour.text)["lines"] > 20
    assert "jupytext" not in tour.text


def test_minutes_are_the_sum_at_the_rates_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert path.minutes("") == (path.STEP, path.STEP)
    assert path.minutes(SAMPLE)[1] - path.minutes(SAMPLE)[0] == path.SECONDS["exercises"] / 60
    before = path.minutes(PAGES[0].text)
    monkeypatch.setitem(path.SECONDS, "words", 2 * path.SECONDS["words"])
    assert path.minutes(PAGES[0].text) > before


@pytest.mark.parametrize(
    ("time", "words"),
    [(5, "5 minutes"), (55, "55 minutes"), (60, "1 hour"), (90, "1½ hours"), (115, "2 hours"), (1000, "16½ hours")],
)
def test_times_are_said_in_words(time: int, words: str) -> None:
    assert path.spent(time) == words


def test_the_rates_are_said_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "120 words of prose a minute, 5 seconds for a line of code" in path.rates()
    monkeypatch.setitem(path.SECONDS, "words", 60 / 77)
    assert "77 words of prose a minute" in path.rates()


# Routes


@pytest.mark.parametrize("title", path.ROUTES)
def test_a_route_holds_its_goals_and_all_that_they_need(title: str) -> None:
    names = [page.name for page in path.route(path.ROUTES[title], PAGES)]
    assert set(path.ROUTES[title]) <= set(names)
    assert set().union(*map(all_needs, names)) <= set(names)
    assert names == sorted(names, key=PLACE.__getitem__)
    assert len(names) < len(PAGES) / 2, "no shorter route"


def test_a_route_holds_nothing_else() -> None:
    for goals in path.ROUTES.values():
        names = {page.name for page in path.route(goals, PAGES)}
        assert names == set(goals).union(*map(all_needs, goals))


def test_a_goal_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LookupError, match="there is no page numbers/nothing in a chapter of nav"):
        path.route(["numbers/nothing"], PAGES)


def test_the_routes_are_linked_in_order() -> None:
    lines = path.routes().splitlines()
    assert len(lines) == len(path.ROUTES)
    for line, (title, goals) in zip(lines, path.ROUTES.items(), strict=True):
        assert line.startswith(f"- **{title}.** ")
        assert re.findall(r"\((\S+)\.md\)", line) == [page.name for page in path.route(goals, PAGES)]


# The tables of the two pages


def test_every_page_of_a_chapter_has_its_row() -> None:
    table = path.chapter_by_chapter()
    rows = re.findall(r"^\| \[(.+?)\]\((\S+?)\) \| (.*?) \| (\d+) \| (\d+) \| (\d*) +\|$", table, re.MULTILINE)
    assert [(title, file) for title, file, *_ in rows] == [(page.title, page.file) for page in PAGES]
    for (_, _, needs, short, long, exercises), page in zip(rows, PAGES, strict=True):
        assert (int(short), int(long)) == path.minutes(page.text)
        assert int(exercises or 0) == len(page.exercises)
        assert re.findall(r"\((\S+)\.md\)", needs) == list(page.needs or ())


def test_every_exercise_is_listed_once_under_its_page() -> None:
    links = re.findall(r"\]\((\S+)\.md#(\w+)\)", path.every_exercise())
    assert sorted(name for _, name in links) == EXERCISES
    assert all(name.startswith(f"{page.rpartition('/')[2]}_") for page, name in links)
    counts = map(int, re.findall(r"\| page \| (\d+) exercises \|", path.every_exercise()))
    assert sum(counts) == len(EXERCISES)


def test_the_pages_type_none_of_it() -> None:
    reading, exercises = ((DOCS / name).read_text("utf-8") for name in ("path.md", "exercises.md"))
    assert re.findall(r"^::table path\.(\w+)$", reading + exercises, re.MULTILINE) == [
        "rates",
        "routes",
        "chapter_by_chapter",
        "every_exercise",
    ]
    assert not re.search(r"\d+ (minutes|hours)", reading)


# What you can do now


@pytest.mark.parametrize("place", range(len(CHAPTERS)), ids=[chapter.title for chapter in CHAPTERS])
def test_a_chapter_ends_with_what_its_reader_can_do(place: int) -> None:
    pages = [page for page in CHAPTERS[place].pages if page.needs is not None]
    after = CHAPTERS[place + 1].pages[0].name if place + 1 < len(CHAPTERS) else CHAPTERS[place].pages[-1].name
    found = [ABILITIES.search(page.text) for page in pages]
    assert [match is not None for match in found] == [False] * (len(pages) - 1) + [True]
    match = found[-1]
    assert match is not None
    lines = match["lines"].splitlines()
    assert 4 <= len(lines) <= 6
    targets = [re.findall(r"\]\(([^)\s]+)\)", line) for line in lines]
    assert all(targets)
    folder = pages[-1].name.partition("/")[0]
    named = {target for line in targets for target in line}
    learned = {pages[-1].name if target[0] == "#" else f"{folder}/{target.partition('.')[0]}" for target in named}
    assert learned <= {page.name for page in pages}
    assert learned >= {pages[0].name, pages[-1].name}
    assert f"](../{after}." in match["last"]


# The built site


def test_the_time_and_the_needs_stand_above_the_heading(site: Path) -> None:
    for page in NEEDING:
        html = (site / page.name / "index.html").read_text("utf-8")
        above = html[html.index("<article") : html.index("<h1")]
        line = re.findall(r'<p class="btb-kicker">(About .*?)</p>', above, re.DOTALL)
        short, long = path.minutes(page.text)
        needs = ", ".join(KNOWN[name].title for name in page.needs)
        said = f"About {short} minutes, {long} with the exercises." + (f" Needs {needs}." if needs else "")
        assert [re.sub(r"<[^>]+>", "", each) for each in line] == [said]
        links = re.findall(r'href="([^"]+)"', line[0])
        assert [(site / page.name / link).resolve() for link in links] == [site.resolve() / name for name in page.needs]


def test_no_other_page_has_such_a_line(site: Path) -> None:
    for name in ("", "path", "exercises", "notebooks/activations_tour"):
        assert "with the exercises.<" not in (site / name / "index.html").read_text("utf-8").partition("<h1")[0]


def test_every_exercise_has_the_anchor_that_the_list_links_to(site: Path) -> None:
    for page in NEEDING:
        html = (site / page.name / "index.html").read_text("utf-8")
        for name in page.exercises:
            box = html.partition(f'<div class="admonition exercise" id="{name}">')[2]
            assert f'data-exercise="{name}"' in box.partition('class="admonition exercise"')[0]
