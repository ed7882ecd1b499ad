"""What holds for every widget: its state, its first drawing, and the page's HTML that carries both."""

import gzip
import importlib
import json
import re
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from docs._site import runtime
from docs._site.node import packages, programs
from docs._site.widget import COMPUTING, DRAWING, first_state, widget
from tests.needs import need_node

need_node()

NAMES = sorted(path.stem for path in COMPUTING.glob("[a-z]*.py"))
STYLES = COMPUTING.parent / "theme" / "assets" / "stylesheets" / "widgets.css"
KILOBYTE = 1000
NO_NUMBER: list[Any] = ["?!", None, [], float("nan"), float("inf"), -1e30]
WRONG: dict[type, list[Any]] = {
    bool: ["yes", 2, None],
    int: NO_NUMBER,
    float: NO_NUMBER,
    str: ["?!", 7, None],
    list: ["?!", [None], [float("nan")], [], 7],
}
"""By the kind of a first value: values that no state can have there."""


def compute(name: str, state: dict[str, Any]) -> dict[str, Any]:
    """Let a widget's module compute."""
    data: dict[str, Any] = importlib.import_module(f"docs._site.widgets.{name}").compute(state)
    return data


def defaults(name: str) -> dict[str, Any]:
    """Return a copy of a widget's first state."""
    state: dict[str, Any] = json.loads(json.dumps(importlib.import_module(f"docs._site.widgets.{name}").DEFAULTS))
    return state


class Tags(HTMLParser):
    """The tags of some HTML, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        """Return an attribute's values."""
        return [value for _, attributes in self.found if (value := attributes.get(attribute)) is not None]


def test_there_are_widgets() -> None:
    assert "activation_explorer" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_first_state_computes_to_plain_json_and_the_same_again(name: str) -> None:
    state = defaults(name)
    data = compute(name, state)
    assert state == defaults(name)
    assert json.dumps(data, allow_nan=False) == json.dumps(compute(name, state))
    assert re.fullmatch(r"[^\n]+[.!]", data["text"])


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_key_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*nonsense[^\n]*$"):
        compute(name, {**defaults(name), "nonsense": 1})


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [(name, key, value) for name in NAMES for key, first in defaults(name).items() for value in WRONG[type(first)]],
)
def test_an_impossible_value_is_refused_in_one_sentence(name: str, key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,}$"):
        compute(name, {**defaults(name), key: value})


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_the_state_has_a_native_control_or_a_button(name: str) -> None:
    tags = Tags(first_state(name)["controls"])
    set_by_buttons = {key for value in tags.values("data-set") for key in json.loads(value)}
    assert {*tags.values("name"), *set_by_buttons} == defaults(name).keys()
    assert {tag for tag, attributes in tags.found if "name" in attributes} <= {"input", "select"}


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_labels_lead_somewhere(name: str) -> None:
    tags = Tags(widget(f'{name} "A title"'))
    ids = Counter(tags.values("id"))
    assert set(ids.values()) == {1}
    assert {*tags.values("for"), *tags.values("aria-labelledby"), *tags.values("aria-describedby")} <= ids.keys()


@pytest.mark.parametrize("name", NAMES)
def test_drawings_are_painted_by_class(name: str) -> None:
    first = first_state(name)
    tags = Tags(first["controls"] + first["view"])
    painted = {"style", "fill", "stroke", "color", "stop-color"}
    assert [attributes for _, attributes in tags.found if painted & attributes.keys()] == []
    assert [
        path.name for path in [DRAWING / f"{name}.js"] if re.search(r"#[0-9a-f]{3,8}\b|rgba?\(", path.read_text())
    ] == []


def test_the_styles_take_their_colors_from_the_tokens() -> None:
    text = re.sub(r"/\*.*?\*/", "", STYLES.read_text(encoding="utf-8"), flags=re.DOTALL)
    values = re.findall(r"\b(?:color|fill|stroke|background|border|outline)(?:-\w+)?: *([^;}]+)", text)
    plain = (re.sub(r"var\([^)]*\)", "", value).lower() for value in values)
    words = {word for value in plain for word in re.findall(r"#\w+|[a-z]+(?![\w(-])", value)}
    assert words <= {"none", "solid", "dashed", "transparent", "inherit", "currentcolor", "collapse", "px", "rem", "em"}


@pytest.mark.parametrize(
    ("path", "limit"),
    [(DRAWING.parent / "kit.js", 3), *((DRAWING / f"{name}.js", 4) for name in NAMES), (STYLES, 1 + 0.4 * len(NAMES))],
    ids=lambda value: getattr(value, "name", None),
)
def test_scripts_and_styles_are_small(path: Path, limit: float) -> None:
    esbuild = [*programs()[0], str(packages() / "esbuild" / "bin" / "esbuild")]
    done = subprocess.run([*esbuild, "--minify", str(path)], capture_output=True, check=True)
    assert len(gzip.compress(done.stdout, mtime=0)) <= limit * KILOBYTE


def test_the_page_holds_the_widget_locked_until_its_script_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "available", lambda: True)
    tags = Tags(widget('activation_explorer "Any < two"'))
    sections = [attributes for tag, attributes in tags.found if tag == "section"]
    assert json.loads(str(sections[0]["data-state"])) == defaults("activation_explorer")
    assert sections[0]["data-widget"] == "activation_explorer"
    assert [attributes for tag, attributes in tags.found if tag == "fieldset"] == [{"disabled": None}]
    assert [attributes["data-do"] for tag, attributes in tags.found if "data-do" in attributes] == ["reset", "link"]
    assert tags.values("role").count("status") == 2


def test_without_python_for_the_browser_a_widget_is_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "available", lambda: False)
    html = widget('activation_explorer "Any two"')
    assert {"form", "button", "input"}.isdisjoint(tag for tag, _ in Tags(html).found)
    assert "data-widget" not in html
    assert "<svg" in html


def test_the_search_index_takes_the_title_and_the_text_alone() -> None:
    html = widget('activation_explorer "Any two"')
    assert len(re.findall(r"<(?:form|div|p) class=\"[^\"]*\" data-search-exclude", html)) >= 2
    assert html.index("data-search-exclude") > html.index("Any two")


@pytest.mark.parametrize(
    ("rest", "error"),
    [("activation_explorer", ValueError), ('no_such_widget "A title"', LookupError), ('a.b "A title"', ValueError)],
)
def test_a_wrong_line_says_what_is_expected(rest: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="::widget"):
        widget(rest)
