"""The proof page: what it counts is what the tests run, what it shows is what holds, and its stamp is of this code."""

import importlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docs._site import accuracy, agreement, counts, gradients, stamp, tables
from docs._site.cache import ROOT
from docs._site.session import RECORDED
from docs._site.tables import listed, rows, said, table
from docs._site.ulp import REFERENCES, ROW_REFERENCES, ROWS
from reference import activations, normalization, stability, training
from tests.needs import need

predictions: Any = need("docs._site.predictions", "matplotlib")
exhaustive: Any = need("docs._site.exhaustive", "ml_dtypes")

DATA = json.loads(RECORDED.read_text(encoding="utf-8"))
AGAIN = "python3 dev.py verify --only "


def cells(markdown: str) -> list[list[str]]:
    """The lines of a Markdown table without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines()[2:]]


# Tables


def test_a_table_has_a_head_and_a_side_for_numbers() -> None:
    assert rows(["a", "b:"], [["x", 1]]) == "| a | b |\n| --- | --: |\n| x | 1 |"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.5, "0.5"), (-1.5e-7, "−1.5 × 10<sup>−7</sup>"), (np.inf, "∞"), (np.nan, "NaN"), (1e7, "10<sup>7</sup>")],
)
def test_numbers_are_said_as_in_prose(number: float, words: str) -> None:
    assert said(number).replace("\N{NO-BREAK SPACE}", " ") == words


def test_words_are_listed() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize(("name", "message"), [("nothing.here", "the tables are in"), ("counts.none", "counts has ")])
def test_a_table_that_does_not_exist_is_refused(name: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        table(name)


@pytest.mark.parametrize("page", ["verification", "benchmarks"])
def test_a_page_shows_every_table_that_is_made_for_it(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^ *::table +(\w+\.\w+)", text, re.MULTILINE))
    modules = ["timing"] if page == "benchmarks" else sorted({*tables.MODULES} - {"glossary", "path", "timing"})
    made = {f"{n}.{function}" for n in modules for function in importlib.import_module(f"docs._site.{n}").TABLES}
    assert shown == made


# What is counted


def test_the_examples_that_are_counted_are_those_that_pytest_collects() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "reference", "docs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    places = Counter("md" if ".md::" in line else "py" for line in done.stdout.splitlines() if "::" in line)
    found = counts.counted()
    assert places == {"md": found["fences"], "py": found["doctests"]}, done.stdout[-500:]


def test_every_count_is_shown_with_what_the_tests_do() -> None:
    shown, found = cells(counts.counts()), counts.counted()
    assert [line[1] for line in shown] == [f"{found[key]:,}" for key in counts.WORDS]
    assert min(found[key] for key in counts.WORDS) > 0


def test_links_are_told_from_pictures_values_and_formulas() -> None:
    text = "[a](b.md), [`c`][reference.arrays], [x [y] z](https://e.org 'T'), ![p](q.png), a[0](1) and [sic]"
    found = [(m["address"], m["name"]) for m in counts.LINK.finditer(text)]
    assert found == [("b.md", None), (None, "reference.arrays"), ("https://e.org", None), ("1", None)]


# Errors in ulp


def test_every_function_has_its_errors_and_its_worst_inputs() -> None:
    lines = cells(accuracy.functions())
    names = {re.findall(r"`(\w+)`", line[0])[0] for line in lines}
    assert names == {name.removesuffix("_tanh") for name in REFERENCES}
    assert all(re.fullmatch(r"\S.*<br>at −?[\d.]+.*", line[1]) for line in lines)
    assert len(cells(accuracy.each_row())) == len(ROW_REFERENCES) * len(ROWS)


def test_the_worst_rows_are_the_worst() -> None:
    for name, line in zip(ROW_REFERENCES, cells(accuracy.of_rows()), strict=True):
        worst = max(case["worst"] for case in DATA["ulp"][name]["ours"].values())
        assert line[1].startswith(said(worst, ".4g"))


def test_layers_have_a_line_for_each_kind_of_rows() -> None:
    asked = DATA["experiments"]["normalization_rows"]
    lines = cells(accuracy.layers())
    assert len(lines) > 5
    assert {line[2] for line in lines} <= {"0", "0.5"}
    assert len(lines) <= len(asked["layer"]["ours"]) + len(asked["rms"]["ours"])


# Other libraries


def test_what_differs_is_known_and_explained() -> None:
    found = list(agreement.vectors())
    assert all(why for *_, differing, why in found if differing)
    differing = Counter({who.split()[0]: 0 for who, *_ in found})
    for who, _, cases, other, _ in found:
        assert 0 <= other <= cases > 0
        differing[who.split()[0]] += other
    known = {"PyTorch": 12, "ONNX": 7, "torchao": 10, "gguf": 3, "bitsandbytes": 0, "ml_dtypes": 2, "gfloat": 6}
    assert differing == known, "an answer has changed: look at it before you change this number"


def test_a_wrong_answer_of_ours_would_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "pack_nibbles", lambda codes, **_: np.zeros(codes.size // 2, np.uint8))
    assert sum(other for who, _, _, other, _ in agreement.vectors() if who.startswith(("bitsandbytes", "ONNX"))) > 30


def test_the_codes_are_those_of_this_code() -> None:
    found = DATA["exhaustive"]
    assert list(found["formats"]) == sorted(exhaustive.SMALL)
    for name, recorded in found["formats"].items():
        assert exhaustive.counted(name).items() <= recorded.items(), name
        assert recorded["finite"] + recorded["infinite"] + recorded["nan"] == recorded["codes"]
    other = {name for name, n in found["formats"].items() if n["differing"] or n["decoded_otherwise"] or n["not_back"]}
    assert other == {"float8_e8m0fnu"}  # what the page says below the table


@pytest.mark.parametrize("name", exhaustive.SMALL)
def test_a_sample_of_all_float32_has_the_same_codes_again(name: str) -> None:
    found = exhaustive.compared(name, 100_003)
    assert found["inputs"] > 42_000
    assert (found["differing"] > 0) == (name == "float8_e8m0fnu")


def test_a_wrong_code_would_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docs._site.exhaustive.to_codes", lambda x, format: np.zeros(x.shape, np.uint8))
    assert exhaustive.compared("float8_e4m3fn", 1_000_003)["differing"] > 2000
    assert exhaustive.counted("float8_e4m3fn")["not_back"] == 253


# Gradients


def test_every_gradient_that_the_package_writes_down_is_checked() -> None:
    names = {
        f"{package.__name__.removeprefix('reference.')}.{name}"
        for package in (activations, normalization, stability, training)
        for name in package.__all__
        if name.endswith(("_derivative", "_backward", "_gradient", "_jacobian")) and name != "value_and_gradient"
    }
    assert set(gradients.CHECKS) == names


@pytest.mark.parametrize("name", gradients.CHECKS)
def test_every_gradient_agrees(name: str) -> None:
    found = gradients.check(name)
    assert found, found


def test_a_wrong_gradient_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = gradients.Check(np.sin, (np.ones(2),), derivative=np.sin)
    monkeypatch.setattr(gradients, "CHECKS", {"activations.tanh_derivative": wrong})
    assert [line[-1] for line in cells(gradients.checks())] == ["**no**"]


# Predictions

SAMPLE = """
::predict How many?
    predict: 3 | Three.
    run: 2 | Two.
    compare: agrees | No.

- a list

    ::predict At $x^2$, how far?
        predict: [[far:.1f]] | Far.
        run: 1.5 | As far.
        compare: True | Yes.
"""


def test_predictions_are_read_from_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"---\ntitle: x\n---\n\n```python\nagrees, far = False, 1.5\n```\n{SAMPLE}", encoding="utf-8")
    assert predictions.predictions(page) == [
        ("How many?", "3", "2", False),
        ("At $x^2$, how far?", "1.5", "1.5", True),
    ]
    page.write_text("# Nothing is predicted\n", encoding="utf-8")
    assert predictions.predictions(page) == []


def test_a_block_without_its_three_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="::predict Why: expected the lines"):
        predictions.steps("Why", "predict: 1 | One.\nrun: 1 | One.\n")


def test_no_prediction_of_a_chapter_is_missed() -> None:
    pages = list(predictions.chapter_pages())
    blocks = [block for _, page in pages for block in predictions.BLOCK.findall(page.read_text("utf-8"))]
    elsewhere = (ROOT / "docs" / "components.md").read_text("utf-8").count("\n::predict ")
    assert len(blocks) == counts.counted()["predict"] - elsewhere
    assert {chapter for chapter, _ in pages} == {*predictions.CHAPTERS, "other pages"}


def test_a_table_holds_each_prediction_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    one = predictions.Prediction("How many?", "3", "2", False)
    monkeypatch.setattr(predictions, "predictions", lambda page: [one])
    lines = cells(predictions.by_page())
    assert len(lines) == len(list(predictions.chapter_pages()))
    assert lines[0][2:] == ["3", "2", "**no**"]
    assert lines[0][1].endswith("md#prc-how-many)")
    assert sum(int(line[1]) for line in cells(predictions.totals())) == len(lines)
    assert {line[2] for line in cells(predictions.totals())} == {"0"}


def test_experiments_show_their_predictions() -> None:
    lines = cells(predictions.by_experiment())
    assert len(lines) >= 30
    assert {line[-1] for line in lines} == {"yes", "no"}
    assert [said(1.211, ".4g"), said(1.206, ".4g"), "1.203 to 1.208", "no"] in [line[2:] for line in lines]


# The stamp


def test_the_stamp_is_of_this_code() -> None:
    stamped: Any = DATA["verification"]
    today = stamp.modules()
    changed = sorted(name for name in {*today, *stamped["modules"]} if today.get(name) != stamped["modules"].get(name))
    assert changed == [], f"changed since the page was stamped: measure what needs it again, then {AGAIN}stamp"
    assert all(re.fullmatch("[0-9a-f]{64}", sha) for sha in stamped["modules"].values())
    assert {"numpy", "torch", "scipy", "jax"} <= set(stamped["versions"])


def test_no_measurement_is_stale() -> None:
    assert stamp.stale() == [], f"the code has changed since; {AGAIN}..."


def test_every_measurement_has_a_date_and_a_hash() -> None:
    lines = cells(stamp.measurements())
    assert len(lines) == len(DATA["experiments"]) + len(stamp.SCRIPTS)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", line[1]) and len(line[4]) == 26 for line in lines)
    assert {line[0].split("`")[1] for line in cells(stamp.modules_table())} == set(DATA["verification"]["modules"])


def test_code_that_has_changed_is_not_stamped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        stamp,
        "today",
        lambda name: "other" if name == "blocks" else DATA["experiments"].get(name, DATA.get(name))["hash"],
    )
    with pytest.raises(SystemExit, match=r"verify --only vectors$"):
        stamp.stamped()


def test_words_about_code_do_not_change_its_hash() -> None:
    code = 'def f():\n    """Words."""\n    return 1\n'
    assert stamp._sha256(code) == stamp._sha256("# more\n\n" + code.replace("Words", "Other words"))
    assert stamp._sha256(code) != stamp._sha256(code.replace("1", "2"))
