"""Show an object's source by name, in the paste-ready NumPy form that is made from it by rule.

The rule: docstrings go, a line that only asks for `array_namespace(x)` goes, `xp` becomes `np` and the type `Array`
becomes `np.ndarray`. What *Copy* carries is the same form of the object and of all that it calls in the package, with
the imports these need. Only text is read, so an edited module shows at once.
"""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from docs._site.cache import ROOT, docstring_lines, module_file

__all__ = ["Definition", "bound", "defined_again", "find", "paste_ready", "shown"]

NAMES = {"xp": "np", "Array": "np.ndarray"}
PACKAGE = "reference"


@dataclass(frozen=True)
class Definition:
    """One top-level object of a module: where it stands and its text."""

    name: str
    module: "Module"
    node: ast.stmt

    @property
    def dotted(self) -> str:
        """Its full name."""
        return f"{self.module.name}.{self.name}"

    @property
    def names(self) -> set[str]:
        """All names that its text uses."""
        return {node.id for node in ast.walk(self.node) if isinstance(node, ast.Name)}


@dataclass(frozen=True)
class Module:
    """A module's text and what stands at its top level."""

    name: str
    text: str
    definitions: dict[str, ast.stmt]
    imports: dict[str, tuple[str, str | None]]  # local name -> (module, attribute)


def read(name: str) -> Module:
    """Read a module of the package without importing it.

    Raises:
        LookupError: If no such module exists.
    """
    path = module_file(name)
    if not path.is_file():
        raise LookupError(f"{name}: no module {path.relative_to(ROOT)}")
    return _parsed(name, path.read_text(encoding="utf-8"))


@functools.lru_cache(256)
def _parsed(name: str, text: str) -> Module:
    tree, definitions = ast.parse(text), dict[str, ast.stmt]()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=key) | ast.ClassDef(name=key):
                definitions[key] = node
            case ast.Assign(targets=[ast.Name(id=key)]) | ast.AnnAssign(target=ast.Name(id=key)):
                definitions[key] = node
    return Module(name, text, definitions, _imports(tree))


def _imports(tree: ast.Module) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for node in tree.body:
        match node:
            case ast.Import(names=aliases):
                found.update({alias.asname or alias.name: (alias.name, None) for alias in aliases})
            case ast.ImportFrom(module=str(source), names=aliases):
                found.update({alias.asname or alias.name: (source, alias.name) for alias in aliases})
    return found


def find(dotted: str) -> Definition:
    """Return the definition of a dotted name, followed through re-exports.

    Raises:
        LookupError: If the module has no such name.
    """
    source, _, name = dotted.rpartition(".")
    module = read(source)
    if name in module.definitions:
        return Definition(name, module, module.definitions[name])
    if name in module.imports and module.imports[name][0].startswith(PACKAGE):
        return find(".".join(filter(None, module.imports[name])))
    raise LookupError(f"{dotted}: {source} defines no {name}")


def shown(definition: Definition) -> str:
    """Return the text of a definition in its NumPy form; what handles `xp` itself is shown as it is."""
    text = _without(definition, {*docstring_lines(definition.node), *_namespace_lines(definition.node)})
    return text if _handles_xp(definition) else _renamed(text)


def bound(script: str) -> dict[str, str]:
    """Return what each name that a script binds stands for: where an import comes from, empty for all else."""
    tree = ast.parse(script)
    nodes = list(ast.walk(tree))
    names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names += [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {**dict.fromkeys(names, ""), **{name: _origin(*place) for name, place in _imports(tree).items()}}


def defined_again(definition: Definition, known: Mapping[str, str]) -> str:
    """Return a script that defines the object in its module's own words, without the docstring.

    Args:
        definition: The object.
        known: What names stand for where the script will run, as `bound` tells. It imports what it needs besides.
    """
    module = definition.module
    places = {**module.imports, **{name: (module.name, name) for name in module.definitions}}
    lines: dict[str, list[str]] = {}
    for name in sorted((definition.names & places.keys()) - {definition.name}):
        source, attribute = places[name]
        if known.get(name) != _origin(source, attribute):
            start, _, end = _statement(name, source, attribute).rpartition("import ")
            lines.setdefault(start, []).append(end)
    head = "".join(f"{start}import {', '.join(ends)}\n" for start, ends in sorted(lines.items()))
    return f"{head}\n{_without(definition, {*docstring_lines(definition.node)})}".lstrip("\n")


def _origin(source: str, attribute: str | None) -> str:
    dotted = f"{source}.{attribute}" if attribute else source
    return find(dotted).dotted if source.split(".")[0] == PACKAGE and not module_file(dotted).is_file() else dotted


def _without(definition: Definition, dropped: set[int]) -> str:
    start = min([definition.node, *getattr(definition.node, "decorator_list", [])], key=lambda node: node.lineno)
    lines = definition.module.text.splitlines(keepends=True)
    kept = [
        line
        for number, line in enumerate(lines, 1)
        if start.lineno <= number <= (definition.node.end_lineno or 0) and number not in dropped
    ]
    return "".join(kept).strip("\n") + "\n"


def paste_ready(definition: Definition) -> str:
    """Return a script that defines the object: its imports, every package function it calls, then itself."""
    order: dict[str, Definition] = {}
    imports: set[str] = set()
    _collect(definition, order, imports)
    body = [shown(each) for each in order.values()]
    if re.search(r"\bnp\.", "\n".join(body)):
        imports.add("import numpy as np")
    head = sorted(imports, key=lambda line: ("numpy" in line, line))
    text = "\n".join(head) + "\n"
    for each, part in zip(order.values(), body, strict=True):
        text += ("\n" if isinstance(each.node, ast.Assign | ast.AnnAssign) else "\n\n") + part
    return text.lstrip("\n")


def _collect(
    definition: Definition, order: dict[str, Definition], imports: set[str], callers: frozenset[str] = frozenset()
) -> None:
    if definition.name in order or definition.dotted in callers:  # the second: definitions that call each other
        return
    module, callers = definition.module, callers | {definition.dotted}
    names = definition.names - (set() if _handles_xp(definition) else {"xp", "Array", "array_namespace"})
    for name in sorted(names - {definition.name}, key=lambda name: (_line(module, name), name)):
        if name in module.definitions:
            _collect(Definition(name, module, module.definitions[name]), order, imports, callers)
        elif name in module.imports:
            source, attribute = module.imports[name]
            if source.split(".")[0] == PACKAGE:
                _collect(find(f"{source}.{attribute}"), order, imports, callers)
            else:
                imports.add(_statement(name, source, attribute))
    known = order.setdefault(definition.name, definition)
    if known.dotted != definition.dotted:
        raise LookupError(f"{definition.dotted} and {known.dotted} cannot be pasted together: one name")


def _line(module: Module, name: str) -> int:
    return module.definitions[name].lineno if name in module.definitions else 0


def _statement(name: str, source: str, attribute: str | None) -> str:
    if attribute is None:
        return f"import {source}" if name == source else f"import {source} as {name}"
    return f"from {source} import {attribute}" + ("" if name == attribute else f" as {name}")


def _handles_xp(definition: Definition) -> bool:
    asks = bool(list(_namespace_lines(definition.node)))
    return definition.name in NAMES or ("xp" in definition.names and not asks)


def _namespace_lines(definition: ast.AST) -> Iterator[int]:
    for node in ast.walk(definition):
        if not isinstance(node, ast.Assign | ast.Expr):
            continue
        if ast.unparse(node).startswith(("xp = array_namespace(", "array_namespace(")):
            yield from range(node.lineno, (node.end_lineno or 0) + 1)


def _renamed(text: str) -> str:
    lines = text.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    attributes = {token.start for before, token in pairwise(tokens) if before.string == "."}  # jax.Array stays
    for token in reversed(tokens):
        if token.type == tokenize.NAME and token.string in NAMES and token.start not in attributes:
            (row, column), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:column] + NAMES[token.string] + lines[row - 1][end:]
    return "".join(lines)
