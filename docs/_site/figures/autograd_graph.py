"""The computation graph of a small network, one box a node, drawn from what `trace` returns."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from docs._site.plot import WIDTH, Drawing
from reference.autograd import Graph, Node, Tensor, trace
from reference.autograd.operations import mean, tanh

STEP = 200
"""From the middle of a box to the next beside it, where there is room."""


def network() -> tuple[Tensor, dict[str, Any]]:
    """Return the loss of a 2-3-1 network on four rows, and the names of what it was made from."""
    rng = np.random.default_rng(0)
    names: dict[str, Any] = {"X": rng.normal(size=(4, 2)), "t": rng.normal(size=(4, 1))}
    names |= {"W1": Tensor(rng.normal(size=(2, 3))), "b1": Tensor(np.zeros(3))}
    names |= {"W2": Tensor(rng.normal(size=(3, 1))), "b2": Tensor(np.zeros(1))}
    hidden = tanh(names["X"] @ names["W1"] + names["b1"])
    error = hidden @ names["W2"] + names["b2"] - names["t"]
    return mean(error * error), names


def drawn(
    graph: Graph, lines: Mapping[int, Sequence[str]], slopes: Mapping[tuple[int, int], str], *, box: tuple[int, int]
) -> str:
    """Draw a graph from above: leaves first, the result last.

    Args:
        graph: What `trace` returned.
        lines: The text in each box, by the number of its node; nodes without any are left out.
        slopes: What stands beside an edge, by the number of its target and of its argument.
        box: Width and height of a box.
    """
    height = box[1]
    nodes = [node for node in graph.nodes if node.id in lines]
    low, high = min(node.y for node in nodes), max(node.y for node in nodes)
    down = height + (44 if slopes else 28)
    step = min(STEP, (WIDTH - box[0] - 4) / max(high - low, 1))
    left = (WIDTH - (high - low) * step) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (y - low) * step, 4 + x * down + height / 2

    parts = []
    for edge in graph.edges:
        if edge.source not in lines:
            continue
        points = [at(*point) for point in edge.points]
        points = [(points[0][0], points[0][1] + height / 2), *points[1:-1], (points[-1][0], points[-1][1] - height / 2)]
        path = "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
        parts.append(f'<path d="M{path}" style="fill: none; stroke: var(--btb-line-strong)"/>')
        (x0, y0), (x1, y1) = points[-2:]
        end = f"M{x1 - 4:.0f} {y1 - 8:.0f}l4 8l4 -8z"
        parts.append(f'<path d="{end}" style="fill: var(--btb-line-strong)"/>')
        if said := slopes.get((edge.target, edge.argument)):
            anchor, shift = ("end", -8) if x0 < x1 else ("start", 8)
            parts.append(_text(x0 + 0.5 * (x1 - x0) + shift, y0 + 0.5 * (y1 - y0) + 4, said, "muted", anchor))
    for node in nodes:
        parts.append(_box(*at(node.x, node.y), node, lines[node.id], box))
    bottom = max(node.x for node in nodes) * down + height + 8
    return f'<svg class="fig" viewBox="0 0 {WIDTH} {bottom}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'


def _box(x: float, y: float, node: Node, lines: Sequence[str], box: tuple[int, int]) -> str:
    width, height = box
    leaf, constant = node.operation == "leaf", node.operation == "constant"
    look = f"fill: var(--btb-{'surface' if leaf else 'bg'}); stroke: var(--btb-{'ink' if leaf else 'line-strong'})"
    dash = "; stroke-dasharray: 4 3" if constant else ""
    rect = f'<rect x="{x - width / 2:.0f}" y="{y - height / 2:.0f}" width="{width}" height="{height}" rx="3"'
    first = y + 5 - (len(lines) - 1) * 11
    texts = [_text(x, first + 22 * i, line, "ink" if i == 0 else "fraction") for i, line in enumerate(lines)]
    return f'{rect} style="{look}{dash}"/>{"".join(texts)}'


def _text(x: float, y: float, content: str, color: str, anchor: str = "middle") -> str:
    style = f"fill: var(--btb-{color}); text-anchor: {anchor}"
    return f'<text x="{x:.0f}" y="{y:.0f}" style="{style}">{escape(content)}</text>'


def draw() -> Drawing:
    """Draw the network's graph with the shape of each node."""
    loss, names = network()
    graph = trace(loss, names=names)
    lines = {node.id: [f"{node.name or node.operation}: {_shape(node.shape)}"] for node in graph.nodes}
    names_of = [node.name or node.operation for node in graph.nodes]
    table = {
        "node": names_of,
        "shape": [_shape(node.shape) for node in graph.nodes],
        "layer": [str(node.layer) for node in graph.nodes],
        "computed from": [
            ", ".join(names_of[edge.source] for edge in graph.edges if edge.target == node.id) for node in graph.nodes
        ],
    }
    return Drawing(drawn(graph, lines, {}, box=(150, 36)), table)


def _shape(shape: tuple[int, ...]) -> str:
    return "scalar" if not shape else " × ".join(map(str, shape))
