"""The parts of the Markdown extension, each on a small page."""

import ast
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from docs._site import cache
from docs._site.cache import digest, imported
from docs._site.fences import examples, prose
from docs._site.session import Session, names_in, typeset
from docs._site.source import Definition, Module, find, paste_ready, shown


def page(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


PRINTS = page("""
    # A page

    ```python
    x = 2.0
    print(x)
    ```

    ```text
    2.0
    ```
    """)


class TestFences:
    def test_pairs_code_with_its_output(self) -> None:
        (example,) = examples(PRINTS)
        assert (example.code.line, example.code.source) == (3, "x = 2.0\nprint(x)\n")
        assert example.output is not None
        assert example.output.source == "2.0\n"

    def test_text_between_ends_the_pair(self) -> None:
        (example,) = examples(PRINTS.replace("```text", "Words.\n\n```text"))
        assert example.output is None

    def test_reads_indented_fences_and_options(self) -> None:
        text = '=== "PyTorch"\n\n    ```python torch\n    import torch\n    ```\n\n```python folded How\ny = 1\n```\n'
        torch, folded = examples(text)
        assert torch.needs == "torch"
        assert torch.code.source == "import torch\n"
        assert (folded.needs, folded.title) == ("", "How")

    def test_refuses_an_unknown_option(self) -> None:
        with pytest.raises(ValueError, match="the options are torch, processes and folded"):
            examples("```python hidden\n```\n")

    def test_prose_keeps_every_position(self) -> None:
        assert len(prose(PRINTS)) == len(PRINTS)
        assert "print" not in prose(PRINTS)


class TestSession:
    def run(self, text: str) -> Session:
        session = Session()
        for example in examples(text):
            session.run(example)
        return session

    def test_keeps_the_values(self) -> None:
        assert self.run(PRINTS).value("x", ".3f") == "2.000"

    def test_a_wrong_output_fails_with_both(self) -> None:
        with pytest.raises(AssertionError, match=r"line 3: the page shows \(-\)"):
            self.run(PRINTS.replace("```text\n2.0", "```text\n3.0"))

    def test_an_output_that_the_page_hides_fails(self) -> None:
        with pytest.raises(AssertionError, match="the code prints"):
            self.run(PRINTS.partition("```text")[0])

    def test_a_missing_value_fails(self) -> None:
        with pytest.raises(LookupError, match=r"\[\[y\]\]: no value"):
            self.run(PRINTS).value("y", None)

    def test_a_value_that_is_computed_in_prose_fails(self) -> None:
        assert names_in("From [[b:.1f]] to [[a]], [[a]].") == ["[[a]]", "[[b:.1f]]"]
        with pytest.raises(LookupError, match=r"got '\[\[x / 2:\.1f\]\] dB'; name it in a fence"):
            names_in("It is [[x]] or [[x / 2:.1f]] dB")

    def test_torch_examples_keep_their_names_apart(self) -> None:
        session = self.run(
            PRINTS + "\n```python torch\nz = x\nx = 5.0\n```\n\n```python torch\nassert (x, z) == (5.0, 2.0)\n```\n"
        )
        assert session.namespace["x"] == 2.0
        assert "z" not in session.namespace


@pytest.mark.parametrize(
    ("number", "text", "latex"),
    [
        ("1.7e+07", "1.7 × 10<sup>7</sup>", r"1.7 \times 10^{7}"),
        ("-4e-09", "−4 × 10<sup>−9</sup>", r"-4 \times 10^{-9}"),
        ("1e-05", "10<sup>−5</sup>", "10^{-5}"),
        ("-1.50", "−1.50", "-1.50"),
        ("1,024", "1,024", "1,024"),
        ("sigmoid", "sigmoid", "sigmoid"),
    ],
)
def test_numbers_are_typeset(number: str, text: str, latex: str) -> None:
    assert typeset(number, latex=False).replace("\N{NO-BREAK SPACE}", " ") == text
    assert typeset(number, latex=True) == latex


class TestSource:
    def test_numpy_form_drops_the_docstring_and_xp(self) -> None:
        text = shown(find("reference.activations.rectifiers.relu"))
        assert text.startswith("def relu(x: np.ndarray) -> np.ndarray:\n    return np.where")
        assert '"""' not in text

    def test_follows_a_re_export(self) -> None:
        assert find("reference.activations.relu").dotted == "reference.activations.rectifiers.relu"

    def test_paste_carries_what_is_called(self) -> None:
        text = paste_ready(find("reference.activations.gated.silu"))
        assert text.startswith("import numpy as np\n")
        assert text.index("def sigmoid") < text.index("def silu")

    def test_paste_takes_each_once_where_definitions_call_each_other(self) -> None:
        text = page("""
            def even(n):
                return n == 0 or odd(n - 1)

            def odd(n):
                return n > 0 and even(n - 1)

            def parity(n):
                return LABELS[even(n)]

            LABELS = {True: "even", False: "odd"}
            """)
        definitions: dict[str, Any] = dict(zip(("even", "odd", "parity", "LABELS"), ast.parse(text).body, strict=True))
        module = Module("reference.numbers", text, definitions, {})
        pasted = paste_ready(Definition("parity", module, definitions["parity"]))
        names: dict[str, Any] = {}
        exec(pasted, names)
        assert [names["parity"](n) for n in (4, 7)] == ["even", "odd"]
        assert [pasted.count(f"def {name}(") for name in ("even", "odd", "parity")] == [1, 1, 1]

    def test_paste_of_the_tensor_ends_though_it_and_its_helpers_name_each_other(self) -> None:
        text = paste_ready(find("reference.autograd.tensor.Operation"))
        assert [text.count(line) for line in ("class Tensor:", "class Operation:", "def undo_broadcast(")] == [1, 1, 1]

    @pytest.mark.parametrize("name", ["reference.activations.rectifiers.rellu", "reference.actuations.relu"])
    def test_a_name_that_is_not_there_fails(self, name: str) -> None:
        with pytest.raises(LookupError, match=name.rpartition(".")[0].replace(".", r"\.")):
            find(name)


def test_cache_key_follows_imports_through_modules() -> None:
    found: Any = imported("from reference.activations.gated import silu\n")
    assert {"reference.activations.gated", "reference.activations.sigmoids", "reference.arrays"} <= set(found)
    assert "reference.activations.piecewise" not in imported("import reference.arrays\n")


def test_builds_at_one_time_share_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each computes what it needs, and none trips over what another one stores."""
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    together = threading.Barrier(8)

    def build(_: int) -> Any:
        return cache.cached("pages", "key", lambda: together.wait() * 0 + 1)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(build, range(8))) == [1] * 8
    assert [path.name for path in tmp_path.rglob("*.*")] == ["key.json"]


def test_digest_sees_code_and_not_words() -> None:
    script = '"""What it does."""\n\nimport reference.arrays\n\n# Why.\nx = 1\n'
    assert digest(script) == digest("import reference.arrays\nx = 1\n# Another reason.\n")
    assert digest(script) != digest(script.replace("1", "2"))
    assert digest(script) != digest(script.replace("import reference.arrays", "import reference.activations"))
