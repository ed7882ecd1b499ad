"""What layer norm does to a row: projected onto the plane of sum 0, then brought to one length, the root of n."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

AXES = np.array([[1.0, -1.0, 0.0], [1.0, 1.0, -2.0]]) / np.sqrt([[2.0], [6.0]])
"""Two directions at right angles that span the plane of all rows of three numbers with the sum 0."""


def draw() -> Drawing:
    """Draw rows of three numbers, seen along (1, 1, 1), and rows of two numbers in their plane."""
    chart = Chart("normalization_layer_norm", height=320, panels=2, right=24)
    rows = np.random.default_rng(4).normal(size=(16, 3)) * 0.95
    pairs = np.random.default_rng(1).normal(size=(16, 2)) * 0.9 + [0.6, 0.6]
    turn = np.linspace(0, 2 * np.pi, 121)
    for panel, (before, after, radius) in enumerate(
        [(rows @ AXES.T, layer_norm(rows, eps=0.0) @ AXES.T, 3**0.5), (pairs, layer_norm(pairs, eps=0.0), 2**0.5)]
    ):
        axes = chart.panels[panel]
        chart.line(radius * np.cos(turn), radius * np.sin(turn), series=2, panel=panel, linewidth=1.5)
        for start, end in zip(before, after, strict=True):
            axes.plot([start[0], end[0]], [start[1], end[1]], color=COLORS["line-strong"], linewidth=0.8)
        axes.plot(*before.T, "o", color=COLORS["muted"], markersize=4)
        axes.plot(*after.T, "o", color=COLORS["data-1"], markersize=7)
        axes.set_xlim(-3.1, 3.1)
        axes.set_ylim(-3.2, 3.2)
        axes.set_xticks([-2, 0, 2])
        axes.set_yticks([-2, 0, 2])
        axes.grid(visible=False)
    chart.line([-3, 3], [3, -3], series=6, panel=1, linewidth=1)
    chart.note("(−1, 1)", (-1, 1), offset=(-8, -2), panel=1, ha="right")
    chart.note("(1, −1)", (1, -1), offset=(10, -11), panel=1)
    chart.note("sum 0", (2.3, -2.5), offset=(-34, -6), panel=1)
    chart.note("√3", (-1.73, 0), offset=(-8, 0), ha="right")
    chart.labels(title="three numbers, along (1, 1, 1)", panel=0)
    chart.labels(title="two numbers", panel=1)
    shown = {"two numbers": pairs, "layer norm": layer_norm(pairs, eps=0.0), "RMS norm": rms_norm(pairs)}
    table = {name: [f"{a:.2f}, {b:.2f}".replace("-", "−") for a, b in values[:6]] for name, values in shown.items()}
    return chart.drawing(table)
