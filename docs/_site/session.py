"""Run the examples of a page in one namespace, compare what they print, and look up the values that its prose names."""

import contextlib
import difflib
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docs._site.fences import Example
from docs._site.live.runner import agrees

__all__ = ["RECORDED", "REFERENCE", "Session", "names_in", "recorded"]

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).with_name("recorded.json")
REFERENCE = re.compile(r"\[\[(?P<name>[A-Za-z_]\w*(?:\.\w+|\[[^\[\]]+\])*)(?::(?P<spec>[^\[\]\n]*))?\]\]")
"""A value in prose: a name with attributes and indices, then perhaps a format: `[[worst.ulp:.2f]]`."""


def recorded() -> Any:
    """Return the recorded measurements and experiments, with attributes for keys."""
    return json.loads(RECORDED.read_text(), object_hook=lambda pairs: SimpleNamespace(**pairs))


def names_in(prose: str) -> list[str]:
    """Return the references in prose, each once.

    Raises:
        LookupError: If something looks like a reference and is none.
    """
    if other := re.search(r"\[\[.*", REFERENCE.sub("", prose)):
        raise LookupError(f"a value in prose is [[name]] or [[name:format]], got {other[0]!r}; name it in a fence")
    return sorted({match[0] for match in REFERENCE.finditer(prose)})


class Session:
    """One page's namespace. Fences that need more than a browser has see it and keep their own names apart."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__page__"}
        self._apart: dict[str, Any] = {}

    def run(self, example: Example, name: str = "<page>") -> None:
        """Execute an example and compare what it prints with what the page shows.

        Raises:
            AssertionError: If the output differs; the message holds both as a diff.
        """
        code = compile("\n" * example.code.line + example.code.source, name, "exec")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            if example.needs:
                scope = {**self.namespace, **self._apart}
                before = dict(scope)
                exec(code, scope)
                self._apart.update({key: value for key, value in scope.items() if before.get(key) is not value})
            else:
                exec(code, self.namespace)
        got, want = printed.getvalue(), example.output.source if example.output else ""
        if not agrees(want, got):
            diff = "".join(difflib.ndiff(want.splitlines(keepends=True), got.splitlines(keepends=True)))
            raise AssertionError(f"{name}, line {example.code.line}: the page shows (-), the code prints (+):\n{diff}")

    def value(self, name: str, spec: str | None, **more: Any) -> str:
        """Return a named value of the page (or of `more`) as text in the given format.

        Raises:
            LookupError: If no such value was computed.
        """
        try:
            found = eval(name, {"__builtins__": {}}, {**self.namespace, **more})
        except Exception as error:
            raise LookupError(f"[[{name}]]: no value of that name was computed ({error})") from error
        return format(found, spec or "")


def typeset(number: str, *, latex: bool) -> str:
    """Return a formatted number as it is set in prose: true minus, and a power of ten instead of `e`."""
    if not re.fullmatch(r"-?[\d,]*\.?\d+(e[+-]\d+)?%?", number):
        return number
    mantissa, _, exponent = number.partition("e")
    mantissa = mantissa if latex else mantissa.replace("-", "−")
    if not exponent:
        return mantissa
    power = str(int(exponent))
    sign = "" if mantissa[0].isdigit() else mantissa[0]
    factor = "" if mantissa == f"{sign}1" else mantissa
    if latex:
        return f"{factor} \\times 10^{{{power}}}" if factor else f"{sign}10^{{{power}}}"
    ten = f"10<sup>{power.replace('-', '−')}</sup>"
    return f"{factor}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{ten}" if factor else f"{sign}{ten}"
