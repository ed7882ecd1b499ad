"""The glossary: its file is complete and in order, and the pages link each term where they first use it."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from docs._site.addresses import pages
from docs._site.fences import prose
from tests.needs import need
from tests.site.test_pages import CONCEPTS, FILLER, NUMBER

Markdown: Any = need("markdown").Markdown
slugify: Any = need("markdown.extensions.toc").slugify
Treeprocessor: Any = need("markdown.treeprocessors").Treeprocessor
glossary: Any = need("docs._site.glossary", "markdown")
Term, base, key, pattern = glossary.Term, glossary.base, glossary.key, glossary.pattern
DOCS = Path(__file__).parents[2] / "docs"
PAGES = [page for page in pages() if "api" not in page.parts and page.name not in {"glossary.md", "components.md"}]
EMPHASIS = re.compile(r"(?<![*\w])(\*\*?)(?![*\s])([^*]+?)\1(?!\*)(?:\s+([\w-]+))?")
"""Words in stars, single or double, and the word behind them: of the *test* set the term is "test set"."""

PLUGINS = ["admonition", "attr_list", "md_in_html", "tables", "toc", "pymdownx.details", "pymdownx.arithmatex"]
PLUGINS += ["pymdownx.superfences", "pymdownx.tabbed"]
OPTIONS = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}


def problems(terms: list[Any], texts: dict[str, str], plain: list[str]) -> list[str]:
    """What is wrong with a glossary, given the Markdown of the pages by name: every rule in one place."""
    found = [*_order(terms), *_definitions(terms), *_forms(terms)]
    running = {name: _running(text) for name, text in texts.items()}
    for term in terms:
        page, _, place = term.page.partition("#")
        if page not in texts:
            found.append(f"{term.name}: there is no page {page}")
            continue
        if place and place not in _places(texts[page]):
            found.append(f"{term.name}: {page} has no section {place}")
        either = pattern({*term.words, base(term.name)})
        if not either.search(running[page]):
            found.append(f"{term.name}: {page} is to explain it and does not use it")
        everywhere = [name for name in texts if name == page or term.linked_on(name)]
        for word in term.words:
            used = pattern([word]).search
            if not any(used(running[name]) for name in everywhere):
                found.append(f"{term.name}: no page uses the form {word!r}")
    return [*found, *_emphasis(terms, texts, plain)]


def _order(terms: list[Any]) -> list[str]:
    names = [term.name for term in terms]
    wrong = [name for name, other in zip(names, sorted(names, key=str.casefold), strict=True) if name != other]
    return [f"{wrong[0]}: not in the order of the alphabet"] if wrong else []


def _definitions(terms: list[Any]) -> list[str]:
    found = []
    for term in terms:
        words = re.sub(r"\$[^$]+\$|`[^`]+`", "x", term.text)
        sentences = re.findall(r"[.?!](?=\s|$)", words)
        if not words.endswith(".") or not 1 <= len(sentences) <= 2:
            found.append(f"{term.name}: a definition is one or two sentences")
        if pattern([base(term.name)]).search(words):
            found.append(f"{term.name}: defined by itself")
        if NUMBER.search(words) or FILLER.search(words) or "[[" in words:
            found.append(f"{term.name}: a number that is measured, or a filler, in the definition")
    return found


def _forms(terms: list[Any]) -> list[str]:
    """No page may find two terms under one word."""
    found, places = [], {str(page.relative_to(DOCS)) for page in PAGES}
    for number, term in enumerate(terms):
        for other in terms[number + 1 :]:
            shared = {key(word) for word in term.words} & {key(word) for word in other.words}
            if shared and any(term.linked_on(page) and other.linked_on(page) for page in places):
                found.append(f"{term.name} and {other.name}: both have the form {', '.join(sorted(shared))}")
        if term.anchor in {other.anchor for other in terms[:number]}:
            found.append(f"{term.name}: another term has its anchor")
    return found


def _emphasis(terms: list[Any], texts: dict[str, str], plain: list[str]) -> list[str]:
    """Of up to three words in stars on a concept's page each is a term, or is listed as plain."""
    known = {key(word) for term in terms for word in (base(term.name), *term.words)}
    known |= {word.removesuffix("'s") for word in known}
    found, seen = [], set()
    for name, text in texts.items():
        if DOCS / name in CONCEPTS:
            for words, behind in _emphasized(text):
                if not {key(words), key(words.removesuffix("'s")), key(f"{words} {behind}")} & known:
                    seen.add(words.casefold())
                    if words.casefold() not in plain:
                        found.append(f"{name}: *{words}* is neither a term nor listed as plain")
    return found + [f"*{word}* is listed as plain, and no page has it" for word in plain if word not in seen]


def _emphasized(text: str) -> list[tuple[str, str]]:
    text = re.sub(r"`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", "x1", _body(text), flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)|\]\[[^\]]*\]|^ *::(?:widget|figure) [^\n]*$", "]", text, flags=re.MULTILINE)
    words = [(" ".join(match[2].split()).rstrip(".,:"), match[3] or "") for match in EMPHASIS.finditer(text)]
    return [(said, behind) for said, behind in words if len(said.split()) <= 3 and "x1" not in said]


def _body(text: str) -> str:
    return prose(text).partition("\n## Sources")[0]


def _running(text: str) -> str:
    """The words of a page, with those of its links and headings, without stars."""
    text = re.sub(r"`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)]*\)|\]\[[^\]]*\]", " ", _body(text), flags=re.DOTALL)
    return text.replace("*", "")


def _places(text: str) -> set[str]:
    headings = re.findall(r"^#{2,3} (.+)$", prose(text), re.MULTILINE)
    return {slugify(re.sub(r"[`*]", "", heading), "-") for heading in headings}


def read() -> dict[str, str]:
    return {str(page.relative_to(DOCS)): page.read_text(encoding="utf-8") for page in PAGES}


def rendered(text: str, page: str = "training/mlp.md") -> str:
    """A page with its terms linked. MkDocs tells where it is by a processor of this name."""
    md = Markdown(extensions=PLUGINS, extension_configs=OPTIONS)
    path: Any = Treeprocessor(md)
    path.file = SimpleNamespace(src_uri=page)
    path.run = lambda root: None
    md.treeprocessors.register(path, "relpath", 0)
    md.treeprocessors.register(glossary.Terms(md), "btb_terms", 3)
    html: str = md.convert(text)
    return html


def links(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="btb-term" href="([^"]*)">([^<]*)</a>', html)


class TestFile:
    def test_is_whole_and_in_order(self) -> None:
        assert problems(glossary.terms(), read(), glossary.plain()) == []

    def test_plain_words_are_in_order(self) -> None:
        assert glossary.plain() == sorted(set(glossary.plain()), key=str.casefold)

    def test_every_term_is_on_the_page(self) -> None:
        html = rendered(glossary.entries(), "glossary.md")
        assert re.findall(r'<dt id="([^"]+)">', html) == [term.anchor for term in glossary.terms()]
        assert links(html) == []
        assert html.count("<dd>") == html.count(" See <a href=") == len(glossary.terms())

    def test_an_edit_shows_at_the_next_build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "glossary.toml"
        monkeypatch.setattr(glossary, "FILE", file)
        for name in ("tooth", "brick"):
            file.write_text(f'plain = []\n[terms.{name}]\npage = "training/losses.md"\ntext = "A thing."\n')
            assert links(rendered("A tooth and a brick.")) == [(f"../glossary.md#{name}", name)]


TEXT = {
    "a/one.md": "# One\n\nA *brick* is straight.\n\n## A tooth\n\nThree bricks make a *tooth*.\n",
    "a/two.md": "# Two\n\nA brick, and `chord`, $chord$.\n",
}
BRICK = Term("brick", "a/one.md", "A straight piece.", ("brick", "bricks"))
TOOTH = Term("tooth", "a/one.md#a-tooth", "Three straight pieces, up and down.")


class TestRules:
    """Each rule with a glossary that breaks it, and with one that does not."""

    @pytest.fixture(autouse=True)
    def concept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tests.site.test_glossary.CONCEPTS", [DOCS / "a/one.md", DOCS / "a/two.md"])
        monkeypatch.setattr("tests.site.test_glossary.PAGES", [DOCS / "a/one.md", DOCS / "a/two.md"])

    def test_hold(self) -> None:
        assert problems([BRICK, TOOTH], TEXT, []) == []

    @pytest.mark.parametrize(
        ("terms", "said"),
        [
            ([BRICK], "a/one.md: *tooth* is neither a term nor listed as plain"),
            ([TOOTH, BRICK], "not in the order"),
            ([BRICK, replace(TOOTH, page="a/three.md")], "tooth: there is no page a/three.md"),
            ([BRICK, replace(TOOTH, page="a/one.md#teeth")], "tooth: a/one.md has no section teeth"),
            ([BRICK, replace(TOOTH, page="a/two.md")], "tooth: a/two.md is to explain it and does not use it"),
            ([BRICK, Term("chord", "a/two.md", "A piece."), TOOTH], "chord: no page uses the form 'chord'"),
            ([replace(BRICK, forms=("brick", "bricked")), TOOTH], "brick: no page uses the form 'bricked'"),
            ([BRICK, replace(TOOTH, forms=("tooth", "bricks"))], "brick and tooth: both have the form bricks"),
            ([BRICK, replace(TOOTH, text="A fold. A drop. A rise.")], "tooth: a definition is one or two sentences"),
            ([BRICK, replace(TOOTH, text="A fold")], "tooth: a definition is one or two sentences"),
            ([BRICK, replace(TOOTH, text="Tooth of a saw.")], "tooth: defined by itself"),
            ([BRICK, replace(TOOTH, text="It is 0.25 high.")], "tooth: a number that is measured"),
            ([BRICK, TOOTH, Term("tooth (of a saw)", "a/one.md", "A cut.", ("teeth",))], "no page uses the form"),
        ],
    )
    def test_fail(self, terms: list[Any], said: str) -> None:
        assert any(said in problem for problem in problems(terms, TEXT, []))

    def test_plain_words_that_no_page_has(self) -> None:
        assert problems([BRICK, TOOTH], TEXT, ["saw"]) == ["*saw* is listed as plain, and no page has it"]
        assert problems([BRICK], TEXT, ["tooth"]) == []

    def test_the_word_behind_may_belong_to_the_term(self) -> None:
        text = {"a/one.md": "The *test* set, the *bare* one.", "a/two.md": ""}
        found = problems([Term("test set", "a/one.md", "Some examples.")], text, [])
        assert found == ["a/one.md: *bare* is neither a term nor listed as plain"]


class TestLinks:
    def test_first_use_and_no_other(self) -> None:
        html = rendered("The gradient is an array. A gradient is long.\n\nGradients add up.")
        assert links(html) == [("../glossary.md#gradient", "gradient")]
        assert html.startswith('<p>The <a class="btb-term"')

    def test_a_page_below_no_folder(self) -> None:
        assert links(rendered("A gradient.", "errata.md")) == [("glossary.md#gradient", "gradient")]

    def test_not_on_the_page_that_explains_it(self) -> None:
        assert links(rendered("A gradient.", "autograd/derivative.md")) == []

    @pytest.mark.parametrize("page", ["index.md", "glossary.md", "components.md", "api/arrays.md"])
    def test_not_on_pages_of_other_kinds(self, page: str) -> None:
        assert links(rendered("A gradient.", page)) == []

    def test_not_in_a_docstring(self) -> None:
        md = Markdown(extensions=["docs._site.markdown"])
        assert "btb_terms" in md.treeprocessors
        assert links(md.convert("A gradient.")) == []

    @pytest.mark.parametrize(
        "text",
        [
            "# The gradient",
            "`gradient`",
            "    gradient",
            "$\\text{gradient}$",
            "| gradient |\n|---|\n| gradient |",
            '<figure markdown="1">\n<figcaption markdown="span">A gradient.</figcaption>\n</figure>',
            "[the gradient of](https://example.org)",
            '!!! note "A gradient"\n\n    Nothing.',
            '??? note "A gradient"\n\n    Nothing.',
            '=== "gradient"\n\n    Nothing.',
            "gradients-to-be, regradient",
            "## Sources\n\n- A paper: gradient.",
        ],
    )
    def test_only_in_sentences(self, text: str) -> None:
        assert links(rendered(text)) == []

    def test_in_lists_boxes_and_stars(self) -> None:
        html = rendered('- A *gradient*.\n\n!!! note "Title"\n\n    A **ulp** and more.')
        assert [text for _, text in links(html)] == ["gradient", "ulp"]

    def test_one_in_a_sentence(self) -> None:
        html = rendered("A gradient, and a *derivative* of it. The derivative again, and a kink? A kink!")
        assert [text for _, text in links(html)] == ["gradient", "derivative", "kink"]
        assert "and a kink? A <a" in html

    def test_the_longest_form_wins(self) -> None:
        assert [text for _, text in links(rendered("Layer\nnorm. A layer."))] == ["Layer\nnorm", "layer"]

    def test_a_link_by_hand_is_enough(self) -> None:
        html = rendered("See [the gradient](../autograd/derivative.md) first. A gradient.")
        assert links(html) == []

    def test_a_word_of_two_senses_goes_by_the_page(self) -> None:
        assert links(rendered("The bias.", "numbers/formats.md")) == [("../glossary.md#bias-of-a-float", "bias")]
        assert links(rendered("The bias.", "stability/depth.md")) == [("../glossary.md#bias-of-a-layer", "bias")]

    def test_text_and_order_stay(self) -> None:
        text = "A gradient *of a derivative. The kink* is `here`. A layer, **a loss.** The end of a batch."
        plain = rendered(text, "index.md")
        assert re.sub(r"</?a\b[^>]*>", "", rendered(text)) == plain
