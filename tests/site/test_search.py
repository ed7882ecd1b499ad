"""The search: each word that the engine can expand a query to is a word of its index, so no query fails."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from docs._site.ask_node import Node
from tests.needs import need, need_node

need_node()

# Run a worker as a browser does, and compare the two parts of the index that it builds.
LOST = """
async (script, { config, docs }) => {
  const worker = { addEventListener: (_, heard) => { worker.heard = heard }, postMessage() {}, console }
  worker.self = worker
  require("vm").runInNewContext(script, worker)
  const { Builder } = worker.lunr, { build } = Builder.prototype, built = []
  Builder.prototype.build = function () { return (built[built.length] = build.call(this)) }
  worker.heard({ data: { type: 0, data: { config, docs, options: {} } } })
  await new Promise((done) => setTimeout(done))
  const words = built[0].tokenSet.toArray()
  return [words.length, words.filter((word) => !(word in built[0].invertedIndex)).sort()]
}
"""
LONG = "y" + 317 * "a"
COLLIDING = {
    "config": {"lang": ["en"], "separator": r"\s+", "pipeline": [], "fields": {"title": {}, "text": {}, "tags": {}}},
    "docs": [{"location": "", "title": "x1", "text": f"x2 {LONG}1bc"}],
}
"""lunr numbers the nodes of its tree in order. Behind "x", 1 and 2 lead to node 3; behind the long word, 1 leads to
node 323. Both nodes read "01323"."""


def lost(script: str, index: Any) -> tuple[int, list[str]]:
    """Return how many words a search can expand to, and those of them that no page has."""
    with closing(Node(LOST)) as node:
        count, words = node.ask(script, index)
    return count, words


def worker(folder: Path) -> str:
    """Return the script of the search, in a site or in the theme."""
    (script,) = folder.glob("assets/javascripts/workers/search.*.min.js")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def index(site: Path) -> dict[str, Any]:
    """Return the search index of the built site."""
    found: dict[str, Any] = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    return found


def test_no_word_is_lost(site: Path, index: dict[str, Any]) -> None:
    count, words = lost(worker(site), index)
    assert not words
    assert count > 5000


def test_material_alone_loses_words_and_the_site_does_not(site: Path) -> None:
    theme = Path(need("material").__file__).parent / "templates"
    assert lost(worker(theme), COLLIDING) == (4, [f"{LONG}1", f"{LONG}2"])
    assert lost(worker(site), COLLIDING) == (3, [])


def test_index_has_the_words_of_code_and_no_axis(index: dict[str, Any]) -> None:
    text = {section["location"]: section["text"] for section in index["docs"]}
    words = {word for each in text.values() for word in re.split(index["config"]["separator"], each)}
    assert {"log_softmax", "linspace", "float32", "0.7"} <= words
    assert "−6−4−20246" not in "".join(text.values())
