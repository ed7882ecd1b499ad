"""Four channels of a batch as dots, before batch norm and after it."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.normalization import batch_norm

CENTERS, SPREADS = np.array([8.0, -3.0, 0.5, 4.0]), np.array([1.0, 4.0, 0.3, 2.0])
EXAMPLES = 16


def draw() -> Drawing:
    """Draw the numbers of each channel on a line, with one example marked in all of them."""
    x = CENTERS + SPREADS * np.random.default_rng(2).normal(size=(EXAMPLES, 4))
    y, _ = batch_norm(x)
    chart = Chart("normalization_batch_norm", height=280, panels=2, right=24, left=84)
    for panel, (values, title) in enumerate([(x, "before"), (y, "after")]):
        axes = chart.panels[panel]
        for k in range(4):
            rows = np.full(EXAMPLES, 3 - k)
            axes.plot(values[:, k], rows, "o", color=COLORS["data-1"], ms=7, mew=0, alpha=0.45)
            axes.plot([values[:, k].mean()] * 2, [2.72 - k, 3.28 - k], color=COLORS["ink"], lw=2)
        axes.plot(values[0], 3 - np.arange(4), "D", color=COLORS["sign"], ms=7, mew=0)
        axes.set_ylim(-0.6, 3.6)
        axes.set_yticks(range(4), [f"channel {4 - k}" for k in range(4)] if panel == 0 else [""] * 4)
        axes.grid(False)
        chart.labels(title=title, panel=panel)
    chart.panels[0].set_xlim(-13, 13)
    chart.panels[1].set_xlim(-3.2, 3.2)
    names = [f"channel {k + 1}" for k in range(4)]
    table = {"": names}
    for word, values in (("before", x), ("after", y)):
        table[f"mean {word}"] = [f"{v + 0.0:.2f}".replace("-0.00", "0.00") for v in values.mean(axis=0)]
        table[f"deviation {word}"] = [f"{v:.2f}" for v in values.std(axis=0)]
    return chart.drawing(table)
