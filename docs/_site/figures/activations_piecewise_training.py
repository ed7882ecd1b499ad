"""The error of trained networks against steps of gradient descent, beside the sawtooth that they could be."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded


def draw() -> Drawing:
    """Draw each seed's curve from a random start, and the spread of those that start at or near the sawtooth."""
    found = recorded().experiments.activations_piecewise
    steps = np.asarray(found.marks[1:])
    chart = Chart("activations_piecewise_training", height=330, right=150, left=64)
    axes = chart.panels[0]
    curves = {name: np.asarray(getattr(found.curves, name))[:, 1:] for name in ("random", "near", "sawtooth")}
    for curve in curves["random"]:
        axes.plot(steps, curve, color=COLORS["data-1"], lw=1)
    for curve in curves["near"]:
        axes.plot(steps, curve, color=COLORS["data-2"], lw=1, linestyle=(0, (6, 2)))
    axes.plot(steps, curves["sawtooth"][0], color=COLORS["data-3"], linestyle=(0, (2, 2)))
    axes.plot(steps, np.full(len(steps), found.target), color=COLORS["muted"], lw=1)
    end = float(steps[-1])
    chart.note("random start", (end, found.middle), offset=(6, 6))
    chart.note("sawtooth, 10 % off", (end, found.near.all[len(found.near.all) // 2]), offset=(6, -6))
    chart.note("sawtooth, as built", (end, found.target), offset=(6, 4))
    chart.note("sawtooth, trained", (end, curves["sawtooth"][0, -1]), offset=(6, -10))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xlim(10, end)
    axes.set_ylim(4e-4, 1)
    axes.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1,000", "10,000"])
    axes.set_yticks([1e-3, 1e-2, 1e-1, 1], [*(power_of(10, -n) for n in (3, 2, 1)), "1"])
    chart.labels(x="steps of gradient descent", title="largest error on [0, 1]")
    table = {"steps": [str(step) for step in steps]}
    for name, label in (("random", "random start"), ("near", "sawtooth, 10 % off"), ("sawtooth", "sawtooth")):
        for pick, word in ((np.min, "best"), (np.median, "median"), (np.max, "worst")):
            table[f"{label}, {word}"] = [f"{value:.1e}" for value in pick(curves[name], axis=0)]
    return chart.drawing(table)
