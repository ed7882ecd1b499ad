"""The notes' loops one after the other: the best loss of networks that read digits, by how new ones are made."""

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from docs._site.session import recorded

NAMES = {
    "newcomers": ("new ones", 0),
    "crossover": ("crossover", 0),
    "flips": ("flips", 6),
    "both": ("both", -6),
}


def draw() -> Drawing:
    """Draw the mean of the best loss over five seeds; the page also names how many times Adam's price a minute is."""
    found = recorded().experiments.genetic_loops
    chart = Chart("training_genetic", height=340, right=140, left=46)
    axes = chart.panels[0]
    x = np.asarray(found.evaluations)
    table: dict[str, list[str]] = {"98 new ones by": [], "networks": [], "lowest": [], "mean": [], "highest": []}
    for series, (name, (shown, shift)) in enumerate(NAMES.items(), 1):
        curve = getattr(found, name)
        low, mean, high = (np.asarray(values) for values in (curve.loss_lowest, curve.loss, curve.loss_highest))
        chart.line(x, mean, f"{shown}: {100 * curve.mean:.0f} %", series=series, shift=shift)
        for k in range(0, len(x), 4):
            cells = (shown, f"{x[k]:,}", *(f"{value[k]:.3f}" for value in (low, mean, high)))
            for column, cell in zip(table, cells, strict=True):
                table[column].append(cell)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(100, x[-1])
    axes.set_xticks([10**n for n in (2, 3, 4)], [power_of(10, n) for n in (2, 3, 4)])
    axes.set_ylim(0, 2.45)
    chart.labels(x="networks measured", title="loss of the best one")
    reach = recorded().experiments.genetic_reach
    times = {each: getattr(reach.long, each) / getattr(reach.adam, each) for each in ("seconds", "flop")}
    return chart.drawing(table, times)
