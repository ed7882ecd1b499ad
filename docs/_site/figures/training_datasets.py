"""The three data sets that are drawn by a formula: two moons, two spirals, a parabola."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.training import spirals, square, two_moons


def draw() -> Drawing:
    """Draw 120 examples of each; the second class has another color and another mark."""
    chart = Chart("training_datasets", height=236, panels=3, right=12, left=40)
    table: dict[str, list[str]] = {"data set": [], "examples": [], "x from": [], "x to": []}
    for panel, (title, make) in enumerate({"two moons": two_moons, "spirals": spirals, "square": square}.items()):
        x, y = make(120, rng=np.random.default_rng(0))
        axes = chart.panels[panel]
        if title == "square":
            axes.plot(x[:, 0], y[:, 0], ".", color=COLORS["data-1"], ms=4)
        else:
            axes.plot(*x[y == 0].T, ".", color=COLORS["data-1"], ms=5)
            axes.plot(*x[y == 1].T, "x", color=COLORS["data-2"], ms=4, mew=1.2)
        axes.margins(0.05)
        axes.locator_params(nbins=4)
        axes.grid(visible=False)
        chart.labels(panel=panel, title=title)
        table["data set"].append(title)
        table["examples"].append(str(len(x)))
        table["x from"].append(f"{x.min():.1f}")
        table["x to"].append(f"{x.max():.1f}")
    return chart.drawing(table)
