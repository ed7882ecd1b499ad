"""What Copy carries from a page runs in an empty namespace with NumPy alone and gives the same bits."""

import dataclasses
import doctest
import importlib
import inspect
import re
from typing import Any

import numpy as np
import pytest

from docs._site.addresses import pages
from docs._site.source import find, paste_ready, shown
from reference.numbers import BFLOAT16

PAGES = pages()
NAMES = sorted(
    {name for page in PAGES for name in re.findall(r"^ *::source ([\w.]+)", page.read_text("utf-8"), re.MULTILINE)}
)
ORDINARY = [-20.0, -3.0, -0.5, 0.0, 0.5, 1.0, 2.0, 20.0]


def pasted(name: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "pasted"}
    exec(paste_ready(find(name)), scope)
    return scope


@pytest.mark.parametrize("name", NAMES)
class TestPaste:
    def test_imports_nothing_but_numpy_and_the_standard_library(self, name: str) -> None:
        imported = re.findall(r"^ *(?:import|from) (\w+)", paste_ready(find(name)), re.MULTILINE)
        assert not {"reference", "torch", "jax", "scipy"} & set(imported)
        assert "xp" not in re.findall(r"\w+", shown(find(name))) or name.endswith("array_namespace")

    def test_docstring_example_passes_with_the_pasted_text(self, name: str) -> None:
        module, _, attribute = name.rpartition(".")
        docstring = getattr(importlib.import_module(module), attribute).__doc__
        examples = [
            example
            for example in doctest.DocTestParser().get_examples(docstring)
            if not re.match(r"(from|import) reference", example.source)
        ]
        assert examples
        scope = pasted(name)
        for source, names in re.findall(r"^ *>>> from (reference[\w.]*) import (.+)$", docstring, re.MULTILINE):
            for other in set(names.split(", ")) - set(scope):  # a format that the example takes, and not the function
                exec(shown(find(f"{source}.{other}")), scope)
        test = doctest.DocTest(examples, scope, name, None, None, docstring)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        assert runner.run(test, out=lambda text: None).failed == 0

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_gives_the_same_bits(self, name: str, dtype: Any) -> None:
        module, _, attribute = name.rpartition(".")
        scope = pasted(name)
        ours, theirs = getattr(importlib.import_module(module), attribute), scope[attribute]
        if takes_an_array(ours):  # what needs more than that is compared by its docstring's example alone
            x, more, pasted_more = np.array(4 * ORDINARY, dtype=dtype), [], []  # whole blocks of 32
            if "format" in required(ours):
                exec(shown(find("reference.numbers.BFLOAT16")), scope)
                more, pasted_more = [BFLOAT16], [scope["BFLOAT16"]]
            expected, got = ours(x, *more), theirs(x, *pasted_more)
            fields = vars(expected) if dataclasses.is_dataclass(expected) else {"": expected}
            arrays = {field: value for field, value in fields.items() if isinstance(value, np.ndarray | np.generic)}
            for field, value in (arrays or fields).items():
                result = getattr(got, field) if field else got
                np.testing.assert_array_equal(result, value, strict=isinstance(value, np.ndarray))


def required(function: Any) -> list[str]:
    """The parameters that a function cannot do without."""
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.default is parameter.empty]


def takes_an_array(function: Any) -> bool:
    """Whether it needs an array and perhaps a format; one that takes a single Fraction says so in its signature."""
    x = inspect.signature(function).parameters.get("x")
    if "x: (batch, channels, ...)" in (function.__doc__ or ""):
        return False
    return x is not None and "Fraction" not in str(x.annotation) and required(function) in (["x"], ["x", "format"])


def test_most_pasted_functions_are_compared_bit_by_bit() -> None:
    of_arrays = [name for name in NAMES if name.startswith(("reference.activations.", "reference.numbers."))]
    compared = [name for name in of_arrays if takes_an_array(pasted(name)[name.rpartition(".")[2]])]
    assert len(compared) > len(of_arrays) / 2
