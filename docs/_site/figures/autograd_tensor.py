"""One expression with its values on the way forward, and the gradients that the way back leaves at its nodes."""

from docs._site.figures.autograd_graph import drawn
from docs._site.plot import Drawing
from docs._site.widgets._expression import computed, label
from reference.autograd import Graph, Tensor

EXPRESSION, INPUTS = "(w * x + b) * tanh(w * x + b)", (2.0, 0.0, 0.5, -0.5)
CHAIN = 100_000


def draw() -> Drawing:
    """Draw the expression of the page, with a slope beside each edge."""
    found = computed(EXPRESSION, *INPUTS)
    used = [(edge, slope) for target in found.order for edge, slope in found.edges[target]]
    graph = Graph(found.nodes, tuple(edge for edge, _ in used))
    lines = {
        node.id: [f"{label(node)}: {found.values[node.id]:.4g}", f"gradient {found.gradients[node.id]:.4g}"]
        for node in found.nodes
    }
    lines = {i: [line.replace("-", "−") for line in texts] for i, texts in lines.items()}
    slopes = {(edge.target, edge.argument): f"· {slope:.4g}".replace("-", "−") for edge, slope in used}
    table = {
        "node": [label(node) for node in found.nodes],
        "value": [f"{found.values[node.id]:.6f}" for node in found.nodes],
        "gradient": [f"{found.gradients[node.id]:.6f}" for node in found.nodes],
    }
    values = {"chain": CHAIN, "chain_gradient": _chain()}
    return Drawing(drawn(graph, lines, slopes, box=(150, 56)), table, values)


def _chain() -> float:
    """Return the gradient through a chain of operations far longer than Python's recursion allows."""
    x = y = Tensor(1.0)
    for _ in range(CHAIN):
        y = y + 1.0
    y.backward()
    assert x.grad is not None
    return float(x.grad)
