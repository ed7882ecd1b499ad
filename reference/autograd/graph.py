r"""The computation graph as data: what was computed from what, with values and gradients, ready to be drawn.

Every Tensor keeps the Tensors that it was computed from: a directed graph without cycles. `trace` copies it into nodes
and edges and gives each node a place, in columns from the leaves on the left to the result on the right.

An edge over several columns is a chain of invisible nodes, one a column, so that it finds its own way. Each column is
sorted by the mean row of its neighbors, back and forth, and nodes move as near to it as distances of 1 allow.
Nothing is random, and nothing is recursive.

Notation: nodes are numbered in topological order, parents first, then the constants; x counts columns, y rows.

Explained on the page `docs/autograd/graph.md`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

import numpy as np

from reference.autograd import operations
from reference.autograd.tensor import Tensor

__all__ = ["Edge", "Graph", "Node", "to_dot", "topological_order", "trace"]

_Way = tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Node:
    """A value in the graph: its number, what computed it, its numbers, and where it stands.

    Example:
        >>> from reference.autograd import Tensor, trace
        >>> node = trace(Tensor(2.0) * 3).nodes[-1]
        >>> node.operation, float(node.value), node.layer
        ('constant', 3.0, 0)
    """

    id: int
    operation: str  # "leaf" or "constant" if nothing computed it
    name: str  # what trace was told to call it, or ""
    shape: tuple[int, ...]
    value: np.ndarray
    gradient: np.ndarray | None  # what has arrived so far
    layer: int  # the operations on the longest path that leads to it
    x: int  # leaves and constants stand right before their first use
    y: float


@dataclass(frozen=True)
class Edge:
    """One use of a value by an operation: the numbers of both, which argument it is, and the way from one to the other.

    Example:
        >>> from reference.autograd import Tensor, trace
        >>> x = Tensor(2.0)
        >>> [(edge.source, edge.target, edge.argument) for edge in trace(x * x).edges]
        [(0, 1, 0), (0, 1, 1)]
    """

    source: int
    target: int
    argument: int
    points: _Way  # the last is moved by up to 1/4, so that two uses at once both show


@dataclass(frozen=True)
class Graph:
    """The nodes, by number, and the edges of a computation.

    Example:
        >>> from reference.autograd import Tensor, trace
        >>> [node["operation"] for node in trace(Tensor(2.0) * 3).as_data()["nodes"]]
        ['leaf', 'multiply', 'constant']
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def as_data(self) -> dict[str, Any]:
        """Return lists, dictionaries, numbers and strings, as JSON has them; NaN and infinities become strings."""
        nodes = [vars(n) | {"value": _plain(n.value), "gradient": _plain(n.gradient)} for n in self.nodes]
        return {"nodes": nodes, "edges": [vars(edge) for edge in self.edges]}


def topological_order(tensor: Tensor) -> list[Tensor]:
    """Return a Tensor and all that it was computed from, each after its parents: by their numbers in `trace`.

    Example:
        >>> from reference.autograd import Tensor, topological_order
        >>> x = Tensor(2.0)
        >>> [node.operation for node in topological_order(x * x + x)]
        ['leaf', 'multiply', 'add']
    """
    order, seen, stack = [], set(), [(tensor, False)]
    while stack:
        node, parents_are_in = stack.pop()
        if parents_are_in:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(node.parents))
    return order


def trace(tensor: Tensor, *, names: Mapping[str, Any] | None = None, limit: int = 300) -> Graph:
    """Return the computation graph of a Tensor with the values and gradients of this moment, and its layout.

    Args:
        tensor: The result.
        names: What to call Tensors and constant arrays, by name, as in {"x": x}; others are ignored, so locals() does.
            Constant arrays are told by their numbers: of equal ones, all get the first name.
        limit: How many Tensors the graph may have: nobody reads larger pictures.

    Raises:
        TypeError: If `tensor` is no Tensor.
        ValueError: If the graph is larger than the limit.

    Source: Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system structures". Hard
    case: what was computed from constants alone is one constant.

    Example:
        >>> from reference.autograd import Tensor, trace
        >>> x = Tensor(2.0)
        >>> y = x * x + x
        >>> y.backward()
        >>> [(node.name or node.operation, node.layer, node.gradient) for node in trace(y, names={"x": x}).nodes]
        [('x', 0, array(5.)), ('multiply', 1, None), ('add', 2, None)]
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"trace needs a Tensor, got {type(tensor).__name__}; compute it from Tensor(x), not from x")
    if len(tensors := topological_order(tensor)) > limit:
        raise ValueError(f"the graph has {len(tensors)} Tensors; trace a smaller one, or pass a limit above {limit}")
    constants, uses = _uses(tensors)
    layers, columns, rows, points = _layout(len(tensors) + len(constants), uses)
    facts = [(t.operation, _name(t, names), t.shape, t.data, t.grad) for t in tensors]
    facts += [("constant", _name(c, names), c.shape, c, None) for c in constants]
    nodes = [Node(i, *fact, layers[i], columns[i], rows[i]) for i, fact in enumerate(facts)]
    return Graph(tuple(nodes), tuple(Edge(*use, way) for use, way in zip(uses, points, strict=True)))


def to_dot(graph: Graph) -> str:
    r"""Return the graph in the DOT language, names escaped; Graphviz draws it with a layout of its own.

    Example:
        >>> from reference.autograd import Tensor, to_dot, trace
        >>> x = Tensor(2.0)
        >>> print(to_dot(trace(-x, names={"x": x})))
        digraph {
          rankdir=LR; node [shape=box];
          n0 [label="x: leaf\nvalue 2."];
          n1 [label="negative\nvalue -2."];
          n0 -> n1;
        }
    """
    nodes = [f"  n{node.id} [label={_label(node)}];" for node in graph.nodes]
    edges = [f"  n{edge.source} -> n{edge.target};" for edge in graph.edges]
    return "\n".join(["digraph {", "  rankdir=LR; node [shape=box];", *nodes, *edges, "}"])


def _name(x: Any, names: Mapping[str, Any] | None) -> str:
    # A constant may be a copy of the array that was passed, so arrays are compared by their numbers.
    for name, named in (names or {}).items():
        if named is x or (isinstance(named, np.ndarray) and isinstance(x, np.ndarray) and np.array_equal(named, x)):
            return name
    return ""


def _label(node: Node) -> str:
    lines = [f"{node.name}: {node.operation}" if node.name else node.operation]
    for what, array in [("value", node.value), ("gradient", node.gradient)]:
        if array is not None:
            small = array.size <= 4 and array.ndim < 2
            lines.append(f"{what} {np.array2string(array, precision=4) if small else f'of shape {array.shape}'}")
    return json.dumps("\n".join(lines), ensure_ascii=False)


def _plain(array: np.ndarray | None) -> Any:
    if array is None or np.all(np.isfinite(array)):
        return array if array is None else array.tolist()
    return np.where(np.isfinite(array), array.astype(object), array.astype(str).astype(object)).tolist()


def _uses(tensors: list[Tensor]) -> tuple[list[np.ndarray], list[tuple[int, int, int]]]:
    """Return the constants, numbered after the Tensors, and all uses as (source, target, argument)."""
    number = {id(tensor): i for i, tensor in enumerate(tensors)}
    constants: list[np.ndarray] = []
    uses = []
    for target, node in enumerate(tensors):
        for argument, x in enumerate(_arguments(node) if node.parents else ()):
            constants += [] if isinstance(x, Tensor) else [np.asarray(x)]
            uses.append((number.get(id(x), len(tensors) + len(constants) - 1), target, argument))
    return constants, uses


def _arguments(node: Tensor) -> list[Any]:
    # The tape keeps arrays. A parent's is known by itself, or by its place where a leaf was given new numbers.
    rules = getattr(getattr(operations, node.operation, None), "rules", node._values)
    values: list[Any] = [x for x in node._values[: len(rules)] if isinstance(x, np.ndarray | np.generic | int | float)]
    parents = list(node.parents)
    for i, x in enumerate(values):
        if parents and (x is parents[0]._data or len(values) - i == len(parents)):
            values[i] = parents.pop(0)
    return values


def _layout(count: int, uses: list[tuple[int, int, int]]) -> tuple[list[int], list[int], list[float], list[_Way]]:
    """Return the layer, column and row of every node, and the way of every use."""
    layers = [0] * count
    for source, target, _ in uses:
        layers[target] = max(layers[target], layers[source] + 1)
    first = [min((layers[t] for s, t, _ in uses if s == node), default=1) for node in range(count)]
    columns = [layer or use - 1 for layer, use in zip(layers, first, strict=True)]
    chains = []
    for source, target, _ in uses:
        between = range(columns[source] + 1, columns[target])
        chains.append([source, *range(len(columns), len(columns) + len(between)), target])
        columns += between
    rows = _rows(columns, [link for chain in chains for link in pairwise(chain)])
    return layers, columns[:count], rows[:count], _ways(chains, columns, rows)


def _ways(chains: list[list[int]], columns: list[int], rows: list[float]) -> list[_Way]:
    """Return the points of every chain; at their ends they keep the order in which they come, so they do not cross."""
    ways = [[(columns[v], rows[v]) for v in chain] for chain in chains]
    for target in {chain[-1] for chain in chains}:
        here = sorted(
            (way for way, chain in zip(ways, chains, strict=True) if chain[-1] == target), key=lambda w: w[-2][1]
        )
        for i, way in enumerate(here):
            way[-1] = (columns[target], round(rows[target] + (i + 0.5) / len(here) / 2 - 0.25, 3))
    return [tuple(way) for way in ways]


def _rows(columns: list[int], links: list[tuple[int, int]]) -> list[float]:
    """Return a row for every node, so that few of the links between neighboring columns cross and most are short."""
    left, right = ([list[int]() for _ in columns] for _ in range(2))
    for a, b in links:
        left[b].append(a)
        right[a].append(b)
    both = [a + b for a, b in zip(left, right, strict=True)]
    order = [[v for v, c in enumerate(columns) if c == column] for column in range(max(columns) + 1)]
    rows = [float(order[column].index(v)) for v, column in enumerate(columns)]
    for neighbors, sort in [(left, True), (right, True)] * 2 + [(both, False)] * 8:
        for column in order if neighbors is left else order[::-1]:
            _settle(column, rows, neighbors, sort)
    top = min(rows)
    return [round(row - top, 3) for row in rows]


def _settle(column: list[int], rows: list[float], neighbors: list[list[int]], sort: bool) -> None:
    """Move the nodes of a column towards the mean of their neighbors, at distances of at least 1, by least squares."""
    wanted = {v: fmean(rows[u] for u in neighbors[v]) if neighbors[v] else rows[v] for v in column}
    if sort:
        column.sort(key=lambda v: wanted[v])
    blocks: list[tuple[float, int, int]] = []  # mean, weight and size of runs that stand at distances of exactly 1
    for i, v in enumerate(column):
        blocks.append((wanted[v] - i, len(neighbors[v]) or 1, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (a, u, m), (b, w, n) = blocks[-2:]
            blocks[-2:] = [((a * u + b * w) / (u + w), u + w, m + n)]
    starts = [mean for mean, _, size in blocks for _ in range(size)]
    for i, (v, start) in enumerate(zip(column, starts, strict=True)):
        rows[v] = start + i
