"""Every displayed formula that defines a function is evaluated and compared with the function's code."""

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docs._site.addresses import pages
from docs._site.formulas import Formula, formulas
from tests.needs import need

mpmath: Any = need("mpmath")
sympy: Any = need("sympy")
need("antlr4")

KNOWN = ["exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc", "Abs", "Pow", "Add", "Mul"]
EDGES = [0.0, 1.0, -1.0, 0.5, 3.0, -3.0, 1e-8, -1e-8, 30.0, -30.0, 300.0, -300.0]


def defining(page: Path) -> list[Formula]:
    """The formulas of a page that define a function."""
    return [formula for formula in formulas(page.read_text(encoding="utf-8")) if formula.name]


PAGES = pages()
FORMULAS = {f"{page.stem}:{formula.line}-{formula.name}": formula for page in PAGES for formula in defining(page)}


def read(latex: str, symbols: set[str]) -> list[Any] | None:
    """Each side behind an equals sign as SymPy reads it; None unless it has just these symbols and known functions."""
    from sympy.parsing.latex import parse_latex
    from sympy.parsing.latex.errors import LaTeXParsingError

    sides = re.sub(r"\\qquad.*|[.,]\s*$", "", latex, flags=re.DOTALL).split("=")[1:]
    try:
        parsed = [parse_latex(side) for side in sides]
    except LaTeXParsingError:
        return None
    parsed = [side.subs({sympy.Symbol("e"): sympy.E, sympy.Symbol("pi"): sympy.pi}) for side in parsed]
    functions = {type(node).__name__ for side in parsed for node in sympy.preorder_traversal(side) if node.args}
    exact = all({str(symbol) for symbol in side.free_symbols} == symbols for side in parsed)
    return parsed if parsed and exact and functions <= set(KNOWN) else None


def inputs(formula: Formula) -> list[dict[str, Any]]:
    """The function's own values where `INPUTS` has them, else random and edge ones: the first varies most."""
    from docs._site.twins import INPUTS

    if formula.name in INPUTS:
        return [dict(zip(formula.arguments, values, strict=True)) for values in INPUTS[formula.name]]
    random = np.random.default_rng(0)
    values = [*EDGES, *random.normal(size=40), *random.uniform(-20, 20, size=40)]
    others = list(formula.arguments)[1:]
    first = next(iter(formula.arguments))
    return [{first: float(x)} | {other: float(random.uniform(0.1, 2)) for other in others} for x in values]


def check(formula: Formula) -> str:
    """Compare a formula with the code that it defines; return which of the two ways served."""
    from docs._site.twins import TWINS

    assert formula.name is not None
    module, _, name = formula.name.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    parsed = read(formula.latex, set(formula.arguments.values()))
    with mpmath.workdps(400):  # 1 - tanh(300)**2 has 260 zeros before its first digit
        if parsed is not None:
            symbols = [sympy.Symbol(symbol) for symbol in formula.arguments.values()]
            sides = [sympy.lambdify(symbols, side, "mpmath") for side in parsed]
            rows = False
        else:
            twin = TWINS.get(formula.fingerprint)
            assert twin, f"SymPy cannot read it and docs/_site/twins has no {formula.fingerprint!r}: {formula.latex}"
            sides, rows = [twin.formula], twin.rows
        for arguments in [] if rows else inputs(formula):
            first, *others = arguments
            # By keyword only where the signature says so: prelu takes its weight as a second array.
            code = _call(function, np.asarray([arguments[first]]), {other: arguments[other] for other in others})
            code = code[0] if isinstance(code, tuple) else code  # batch norm returns its state as well
            for side in sides:
                exact = _exact(side, list(arguments.values()))
                np.testing.assert_allclose(
                    code, [exact], rtol=1e-11, atol=1e-290, err_msg=f"{formula.name} at {arguments}"
                )
        for row in np.random.default_rng(1).normal(size=(20, 6)) * 5 if rows else []:
            code = np.asarray(function(row))
            exact_row = np.asarray(sides[0]([mpmath.mpf(value) for value in row]), dtype=np.float64)
            np.testing.assert_allclose(code, exact_row, rtol=1e-11, atol=1e-290, err_msg=f"{formula.name} of {row}")
    return "twin" if parsed is None else "sympy"


def _exact(side: Any, values: list[Any]) -> Any:
    try:
        found = side(*(mpmath.mpf(value) if isinstance(value, int | float) else value for value in values))
        return np.asarray(found, dtype=np.float64) if isinstance(found, list) else float(found)
    except ZeroDivisionError:
        return float("nan")


def _call(function: Any, x: Any, options: dict[str, Any]) -> Any:
    try:
        return function(x, **options)
    except TypeError:  # by position, then as a single number
        try:
            return function(x, *options.values())
        except TypeError:
            return [function(x.item(), **options)]


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_formula_equals_its_code(formula: Formula) -> None:
    assert check(formula) in ("sympy", "twin")


def test_there_are_formulas_of_both_kinds() -> None:
    kinds = {check(formula) for formula in FORMULAS.values()}
    assert kinds == {"sympy", "twin"}


def find(name: str) -> Formula:
    return next(formula for formula in FORMULAS.values() if formula.name == name)


def test_a_wrong_sign_in_the_latex_fails() -> None:
    right = find("reference.activations.sigmoids.sigmoid")
    assert check(right) == "sympy"
    wrong = dataclasses.replace(right, latex=right.latex.replace("1 + e", "1 - e"))
    assert wrong.latex != right.latex
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        check(wrong)


def test_an_edited_formula_asks_for_its_twin_again() -> None:
    right = find("reference.activations.softmax.softmax")
    assert check(right) == "twin"
    with pytest.raises(AssertionError, match="twins has no"):
        check(dataclasses.replace(right, latex=right.latex.replace("e^{x", "e^{-x")))


def test_a_formula_without_a_directive_is_refused() -> None:
    with pytest.raises(ValueError, match="line 3: put ::formula"):
        list(formulas("# A page\n\n$$\nx = 1\n$$\n"))
