"""The same random layers along one input, without an activation and with ReLU between them."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.activations import relu

WIDTH = 12
DEPTHS = (2, 5, 20)


def output(x: np.ndarray, depth: int, *, bent: bool) -> np.ndarray:
    """Return the output of a random network with biases, scaled to the range from -1 to 1."""
    rng = np.random.default_rng(3)
    h = x[:, None]
    for layer in range(depth):
        weight = rng.normal(scale=(2 / h.shape[1]) ** 0.5, size=(h.shape[1], WIDTH))
        h = h @ weight + rng.normal(scale=0.7, size=WIDTH)
        h = relu(h) if bent and layer < depth - 1 else h
    y: np.ndarray = h[:, 0] / np.max(np.abs(h[:, 0]))
    return y


def draw() -> Drawing:
    """Draw three depths in each panel."""
    x = np.linspace(-3, 3, 121)
    chart = Chart("activations_linearity", height=300, panels=2, right=84)
    for panel, (bent, title) in enumerate([(False, "no activation"), (True, "ReLU between the layers")]):
        for series, depth in enumerate(DEPTHS, 1):
            y, every = output(x, depth, bent=bent), 1 if bent else len(x) - 1
            chart.line(x[::every], y[::every], f"{depth} layers" if bent else None, series=series, panel=panel)
        chart.panels[panel].set_ylim(-1.1, 1.1)
        chart.panels[panel].set_yticks([-1, 0, 1])
        chart.labels(x="x", title=title, panel=panel)
    at = np.linspace(-3, 3, 13)
    table = {"x": [f"{v:g}" for v in at]}
    for bent in (False, True):
        for depth in DEPTHS:
            column = f"{depth} layers, {'ReLU' if bent else 'no activation'}"
            table[column] = [f"{v:.2f}" for v in np.interp(at, x, output(x, depth, bent=bent))]
    return chart.drawing(table)
