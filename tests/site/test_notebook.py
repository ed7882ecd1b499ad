"""Every page as a notebook: valid, without what only the site understands, and each cell prints what the page shows."""

import contextlib
import functools
import io
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from docs._site.addresses import DOCS, pages
from docs._site.fences import examples
from docs._site.live.runner import agrees
from tests.needs import need, need_node

Place: Any = need("docs._site.cells", "matplotlib").Place
notebook: Callable[[str, Any], str] = need("docs._site.notebook", "matplotlib").notebook
SITE, REPOSITORY = "https://example.org/site/", "https://example.org/repository"
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCED = re.compile(r"(`{3,}).*?\1|`[^`\n]*`", re.DOTALL)
IMAGE = re.compile(r'src="data:[^"]*"')
LEFT = re.compile(r"^[> ]*(?:::\w|!!! |\?\?\? |=== ).*|\[\[.*|<autoref.*|\]\[.*", re.MULTILINE)
"""What no reader of a notebook should see."""


def place_of(page: Path, site: str = SITE) -> Any:
    """Where a page is."""
    return Place(page.relative_to(DOCS).as_posix(), site, REPOSITORY)


def module_of(page: Path) -> str:
    """The module that a page explains, if it explains one."""
    return "reference." + page.relative_to(DOCS).with_suffix("").as_posix().replace("/", ".")


PAGES = [page for page in pages() if f"\n::foot {module_of(page)}\n" in page.read_text(encoding="utf-8")]


def text_of(page: Path) -> str:
    """A page's Markdown without its front matter, as MkDocs hands it on."""
    return FRONT.sub("", page.read_text(encoding="utf-8"))


@functools.cache
def file_of(page: Path) -> str:
    """The text of a page's notebook."""
    return notebook(text_of(page), place_of(page))


def cells_of(page: Path) -> list[dict[str, Any]]:
    """The cells of a page's notebook."""
    found: list[dict[str, Any]] = json.loads(file_of(page))["cells"]
    return found


def made(text: str) -> list[dict[str, Any]]:
    """The cells of a text's notebook behind the first, which is the same for all."""
    found: list[dict[str, Any]] = json.loads(notebook(text, Place("some/page.md", SITE, REPOSITORY)))["cells"]
    return found[1:]


def sources(text: str) -> list[str]:
    """What stands in these cells."""
    return [cell["source"] for cell in made(text)]


def shown(cell: dict[str, Any]) -> str:
    """The output that a cell has come with."""
    return "".join(output["text"] for output in cell["outputs"])


def run(cells: list[dict[str, Any]]) -> int:
    """Run all cells in one IPython, as a notebook does; return how many have an output to compare."""
    interactive, traitlets = need("IPython.core.interactiveshell"), need("traitlets.config")
    config = traitlets.Config({"HistoryManager": {"enabled": False}})
    compared, main = 0, sys.modules["__main__"]
    try:
        shell = interactive.InteractiveShell(config=config)
        for cell in cells:
            if cell["cell_type"] == "code":
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                    if starts(cell):  # it may warn: some begin with the mistake that is to be repaired
                        warnings.simplefilter("ignore")
                    result = shell.run_cell(cell["source"], store_history=True)
                result.raise_error()
                if not starts(cell):
                    assert agrees(shown(cell), printed.getvalue()), f"{cell['source']}\nprints\n{printed.getvalue()}"
                compared += bool(cell["outputs"])
    finally:
        sys.modules["__main__"] = main
    return compared


def starts(cell: dict[str, Any]) -> bool:
    """Whether this is the code that an exercise starts from, the one kind whose output no page shows."""
    return "exercise" in cell["metadata"].get("tags", [])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
class TestEveryPage:
    def test_is_a_valid_notebook(self, page: Path) -> None:
        need("nbformat").validate(json.loads(file_of(page)))
        assert file_of(page) == notebook(text_of(page), place_of(page)), "made twice, it is not the same"

    def test_has_nothing_that_only_the_site_understands(self, page: Path) -> None:
        for cell in cells_of(page):
            if cell["cell_type"] == "markdown":
                text = FENCED.sub("", IMAGE.sub("", cell["source"]))
                assert LEFT.findall(text) == []
                assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if not re.match("https?://", link)] == []

    def test_cells_print_what_the_page_shows(self, page: Path) -> None:
        need("torch")
        promised = [example for example in examples(text_of(page)) if example.output]
        assert run(cells_of(page)) == len(promised) > 1


EXAMPLE = """\
```python
import numpy as np
x = np.arange(3)
print(x)
```

```text
[0 1 2]
```
"""


def test_wrong_output_is_noticed() -> None:
    cells = made(EXAMPLE)
    assert run(cells) == 1
    cells[0]["outputs"][0]["text"] = "[0 1 3]\n"
    with pytest.raises(AssertionError, match=r"prints\s+\[0 1 2\]"):
        run(cells)


def test_change_of_a_function_reaches_the_cells_below() -> None:
    page = DOCS / "activations" / "sigmoids.md"
    cells = cells_of(page)
    (cell,) = [cell for cell in cells if "\ndef sigmoid(x" in cell["source"]]
    cell["source"] = cell["source"].replace("return ", "return 0 * ")
    with pytest.raises(AssertionError, match=r"sigmoid\(scores\)"):
        run([each for each in cells if "import torch" not in each["source"]])


def test_first_cell_names_the_version_and_leads_to_the_page() -> None:
    def head(text: str) -> str:
        source: str = json.loads(notebook(text, Place("some/page.md", SITE, REPOSITORY)))["cells"][0]["source"]
        return source

    assert f"]({SITE}some/page/)" in head("# A")
    assert re.search(r'%pip install "bits-to-backprop @ git\+\S+@v\d+\.\d+\.\d+"', head("# A"))
    assert '"bits-to-backprop[torch,digits] @' in head("```python torch\nimport torch\nx, y = digits()\n```\n")


def test_example_is_a_cell_with_its_output() -> None:
    before, cell, after = made(f"Before\n\n{EXAMPLE}\nAfter\n")
    assert (before["source"], after["source"]) == ("Before", "After")
    assert cell["source"] == "import numpy as np\nx = np.arange(3)\nprint(x)"
    assert cell["outputs"] == [{"name": "stdout", "output_type": "stream", "text": "[0 1 2]\n"}]


def test_example_that_needs_more_does_not_end_a_run_of_all() -> None:
    (cell,) = made("```python torch\nimport torch\n```\n")
    assert cell["metadata"] == {"tags": ["raises-exception"]}


def test_no_cell_relies_on_one_that_needs_more() -> None:
    name = "reference.activations.sigmoids.softsign"
    above = "```python torch\nimport torch\nfrom reference.arrays import Array, wider\n```\n"
    assert sources(f"{above}\n::source {name}\n")[2].startswith("from reference.arrays import Array, array_names")
    page = DOCS / "activations" / "softmax.md"
    assert run([cell for cell in cells_of(page) if "raises-exception" not in cell["metadata"].get("tags", [])]) > 5


def test_folded_example_keeps_its_title() -> None:
    assert sources("```python folded How it goes\nx = 1\n```\n") == ["*How it goes:*", "x = 1"]


def test_values_are_put_in() -> None:
    assert sources("```python\nx = 0.125\n```\n\nHere $x = [[x:.2f]]$.\n")[1] == "Here $x = 0.12$."


@pytest.mark.parametrize("line", ["::derivation", "::formula reference.activations.rectifiers.relu(x)"])
def test_formula_stays_a_formula(line: str) -> None:
    assert sources(f"Let\n\n{line}\n$$\ny = x\n$$\n\nbe.\n") == ["Let\n\n$$\ny = x\n$$\n\nbe."]


def test_function_by_name_is_defined_again_with_what_is_missing() -> None:
    name = "reference.activations.sigmoids.softsign"
    said, cell = sources(f"::source {name}\n")
    assert said == f"[`{name}`]({SITE}api/activations/sigmoids/#{name}):"
    assert cell.startswith("from reference.arrays import Array, array_namespace, narrow, wider\n\ndef softsign(")
    above = "```python\nfrom reference.arrays import Array, wider\nnarrow = 3\n```\n"
    assert sources(f"{above}\n::source {name}\n")[2].startswith(
        "from reference.arrays import array_namespace, narrow\n"
    )


def test_function_defined_above_is_not_imported_again() -> None:
    name = "reference.activations.sigmoids.sigmoid"
    cell = sources(f"::source {name}\n\n::source {name}_derivative\n")[3]
    assert cell.startswith("def sigmoid_derivative(")


def test_class_by_name_is_shown() -> None:
    (said,) = sources("::source reference.numbers.formats.FloatFormat\n")
    assert "\n\n```python\n@dataclass" in said


def test_figure_is_a_drawing_of_its_own() -> None:
    (said,) = sources('::figure activations_sigmoids "Two panels."\n    Left [it](other.md), right\n    its slope.\n')
    image, caption = said.split("\n\n")
    assert image.startswith('<img alt="Two panels." width="640" src="data:image/svg+xml;base64,')
    assert caption == f"*Figure:* Left [it]({SITE}some/other/), right its slope."


def test_prediction_is_a_list() -> None:
    lines = "    predict: [[x]] | One.\n    run: [[x]] | Two [s](../other.md).\n    compare: same | Three.\n"
    (_, said) = sources(f"```python\nx = 1\nsame = x == 2\n```\n\n::predict What is it?\n{lines}")
    assert said.split("\n") == [
        "**What is it?**",
        "",
        "- *Predict:* **1**. One.",
        f"- *Run:* **1**. Two [s]({SITE}other/).",
        "- *Compare:* **misses**. Three.",
    ]


def test_widget_is_what_it_says() -> None:
    need_node()
    (said,) = sources('::widget step_size "Any step"\n')
    assert said.startswith(f"**Any step** (it moves [on the page]({SITE}some/page/#widget-step_size)): ")
    assert len(said) > 120


def test_exercise_is_a_cell_to_start_from_and_a_folded_answer() -> None:
    text, cell, folds = made(
        '!!! exercise "Undo it"\n\n    Write `logit`.\n\n    ::exercise sigmoids_logit\n\n'
        '    ??? hint "A hint"\n\n        Odds.\n\n    ::answer sigmoids_logit\n'
    )
    assert text["source"].startswith("### Exercise: Undo it\n\nWrite `logit`.\n\nWrite it here")
    assert starts(cell)
    assert "return p  # your code here" in cell["source"]
    hint, answer = folds["source"].split("</details>")[:2]
    assert hint == "<details><summary>A hint</summary>\n\nOdds.\n\n"
    assert re.search(r"One answer</summary>\n\n```python\n(.*\n)*.*np\.log1p\(-p\)(.*\n)*```\n\n$", answer)


def test_table_is_markdown() -> None:
    (said,) = sources("::table agreement.formats\n")
    assert said.startswith("| ")


def test_foot_names_module_versions_and_text() -> None:
    (said,) = sources("::foot reference.activations.sigmoids page.ipynb\n")
    assert f"[`reference.activations.sigmoids`]({SITE}api/activations/sigmoids/)" in said
    assert re.search(r"Python \d+\.\d+\.\d+ and NumPy \d+\.\d+", said)
    assert f"]({REPOSITORY}/blob/main/docs/some/page.md)" in said


def test_box_is_a_quotation_and_its_formula_one_line() -> None:
    box = '!!! negative "So *far*"\n\n    Text $a\n    b$.\n\n    ::derivation\n    $$\n    y = x\n    $$\n'
    assert sources(box) == ["> **So *far***\n>\n> Text $a b$.\n>\n> $$ y = x $$"]
    assert sources(f'{box}\n!!! side ""\n\n    More.\n')[0].endswith("$$ y = x $$\n\n> More.")


def test_cell_in_a_box_stays_a_cell() -> None:
    indented = "".join(f"    {line}\n" for line in EXAMPLE.splitlines())
    for mark in ('!!! side "S"', '??? note "S"', '=== "S"'):
        title, cell, after = made(f"{mark}\n\n{indented}\nAfter\n")
        assert title["source"].strip("> ") == "**S**"
        assert (cell["cell_type"], shown(cell), after["source"]) == ("code", "[0 1 2]\n", "After")


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("[a](other.md)", f"[a]({SITE}some/other/)"),
        ("[a](../index.md)", f"[a]({SITE})"),
        ("[a](../chapter/index.md#b)", f"[a]({SITE}chapter/#b)"),
        ("[a](../notebooks/tour.py)", f"[a]({SITE}notebooks/tour/)"),
        ("[a](#b)", f"[a]({SITE}some/page/#b)"),
        ("[a](https://c.org/d.md)", "[a](https://c.org/d.md)"),
        ("[`a`][reference.arrays.wider]", f"[`a`]({SITE}api/arrays/#reference.arrays.wider)"),
        ("`[a](other.md)` and `x[a][reference.b]`", "`[a](other.md)` and `x[a][reference.b]`"),
        ("```\n[a](other.md)\n```", "```\n[a](other.md)\n```"),
    ],
)
def test_links_are_whole_addresses(link: str, leads: str) -> None:
    assert sources(link) == [leads]


@pytest.mark.filterwarnings("default")  # the kernel's own
def test_kernel_prints_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient, nbformat = need("nbclient"), need("nbformat")
    need("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(DOCS.parent))
    page = DOCS / "numbers" / "integers.md"
    before, again = (nbformat.reads(file_of(page), as_version=4) for _ in range(2))
    after = nbclient.NotebookClient(again, timeout=120).execute()
    for old, new in zip(before.cells, after.cells, strict=True):
        if old.cell_type == "code" and not starts(old):
            assert agrees(shown(old), shown(new)), old.source


def test_each_lies_beside_its_page_and_its_links_lead_somewhere(site: Path, home: str) -> None:
    built = {path.relative_to(site).as_posix(): path for path in site.rglob("*.ipynb")}
    names = {page: page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES}
    assert set(built) == {f"{name}/{page.stem}.ipynb" for page, name in names.items()}
    for page, name in names.items():
        text = built[f"{name}/{page.stem}.ipynb"].read_text(encoding="utf-8")
        assert text.count(home) > 3
        html = (site / name / "index.html").read_text(encoding="utf-8")
        assert f'<a href="{page.stem}.ipynb" download>' in html
        for address in set(re.findall(rf"{re.escape(home)}([^)\s\"\\]*)", text)):
            assert leads_somewhere(site, address), f"{name}: {address}"


def leads_somewhere(site: Path, address: str) -> bool:
    """Whether the site has this page, and on it this place."""
    path, _, part = address.partition("#")
    page = site / path / "index.html"
    return page.is_file() and (not part or f'id="{part}"' in page.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _same_main() -> Iterator[None]:
    """IPython puts its own module in the place of the main one."""
    main = sys.modules["__main__"]
    yield
    assert sys.modules["__main__"] is main
