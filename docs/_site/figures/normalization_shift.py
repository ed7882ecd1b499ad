"""The loss over training with a large learning rate, and the last loss against how far the layers' inputs move."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded

KINDS = {"plain": "plain", "batch": "batch norm", "noisy": "noisy batch norm"}


def draw() -> Drawing:
    """Draw all seeds: their curves on the left, one mark for each on the right."""
    found = recorded().experiments.normalization_shift
    chart = Chart("normalization_shift", height=330, panels=2, right=24, left=56)
    steps = np.asarray(found.steps)
    left, right = chart.panels
    table: dict[str, list[str]] = {"rate": [], "network": [], "shift in a step": [], "last loss, lowest": []}
    table |= {"middle": [], "highest": []}
    for series, (kind, shown) in enumerate(KINDS.items(), 1):
        color, dash = COLORS[f"data-{series}"], ["-", (0, (6, 2)), (0, (2, 2))][series - 1]
        for curve in getattr(found.large, kind).curves:
            left.plot(steps, curve, color=color, lw=1.2, alpha=0.8, linestyle=dash)
        for rate, marker in (("large", "o"), ("small", "^")):
            seen = getattr(getattr(found, rate), kind)
            right.plot([seen.shift.middle] * len(seen.last), seen.last, marker, color=color, ms=7, mew=0, alpha=0.7)
            cells = (rate, shown, seen.shift.middle, seen.lowest, seen.middle, seen.highest)
            for column, cell in zip(table, cells, strict=True):
                table[column].append(cell if isinstance(cell, str) else f"{cell:.2g}")
    for axes in chart.panels:
        axes.set_yscale("log")
        axes.minorticks_off()
        axes.set_ylim(2e-5, 100)
        axes.set_yticks([1e-4, 1e-2, 1, 10], [power_of(10, -4), power_of(10, -2), "1", "10"])
    left.set_xlim(0, steps[-1])
    right.set_xscale("log")
    right.minorticks_off()
    right.set_xlim(6e-5, 2)
    right.set_xticks([1e-4, 1e-2, 1], [power_of(10, -4), power_of(10, -2), "1"])
    chart.labels(x="step", title="loss, large rate")
    chart.labels(x="shift of the means in a step", title="last loss", panel=1)
    large = found.large
    chart.note("plain", (float(steps[-1]) * 0.4, 50), offset=(0, 0))
    chart.note("batch norm", (float(steps[-1]) * 0.02, 5e-5), offset=(0, 0))
    chart.note("noisy", (float(steps[-1]) * 0.6, 2.2), offset=(0, 0))
    chart.note("plain", (large.plain.shift.middle, 50), offset=(0, 0), panel=1, ha="center")
    chart.note("batch norm", (large.batch.shift.middle, 0.15), offset=(0, 0), panel=1, ha="center")
    chart.note("noisy", (large.noisy.shift.middle, 0.3), offset=(0, 0), panel=1, ha="center")
    return chart.drawing(table)
