"""How much of the validation set the best network reads, against the flips that a child gets."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded


def draw() -> Drawing:
    """Draw the mean over five seeds with its spread, and where the notes' rate lies."""
    found = recorded().experiments.genetic_settings
    chart = Chart("training_genetic_rates", height=300, right=24, left=46)
    axes = chart.panels[0]
    flips = np.asarray(found.flips)
    low, mean, high = (
        100 * np.array([getattr(row, name) for row in found.curve]) for name in ("lowest", "mean", "highest")
    )
    axes.fill_between(flips, low, high, color=COLORS["data-1"], alpha=0.15, lw=0)
    chart.line(flips, mean, marker="o", ms=5)
    best = int(mean.argmax())
    chart.note(f"{flips[best]:g} flips", (flips[best], mean[best]), offset=(0, 14), ha="center")
    chart.note("1.5 % of the bits", (flips[-1], mean[-1]), offset=(-4, -24), ha="right")
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(0.45, 160)
    axes.set_ylim(0, 104)
    axes.set_xticks(flips, [f"{each:g}" for each in flips])
    chart.labels(x="flipped bits in a child", title="right on the validation set, percent")
    columns = {"flips": [f"{each:g}" for each in flips]}
    for name, values in (("lowest", low), ("mean", mean), ("highest", high)):
        columns[name] = [f"{value:.1f} %" for value in values]
    return chart.drawing(columns)
