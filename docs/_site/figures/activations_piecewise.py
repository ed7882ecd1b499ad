"""The square built from four bricks side by side, and the tooth that folds the line for the deep network."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.activations import interpolating_network, relu, sawtooth_network


def draw() -> Drawing:
    """Draw the bricks and their sum on the left, the tooth and its compositions on the right."""
    chart = Chart("activations_piecewise", height=320, panels=2, right=92)
    network = interpolating_network(4)
    kinks = np.asarray([*network.layers[0].kinks, 1.0])
    axes, x = chart.panels[0], np.linspace(0, 1, 41)
    axes.plot(x, x * x, color=COLORS["muted"], lw=1)
    for kink, weight in zip(network.layers[0].kinks, network.layers[0].weights, strict=True):
        at = np.unique([0.0, kink, 1.0])
        axes.plot(at, weight * relu(at - kink), color=COLORS["line-strong"], lw=1.2)
    axes.plot(kinks, network.evaluate(kinks), "-o", color=COLORS["data-1"], ms=5, clip_on=False)
    chart.note("sum of 4", (0.6, 0.5), offset=(-8, 12), ha="right")
    chart.labels(x="x", title="side by side: one layer")
    tooth = sawtooth_network(1).layers[0]
    y = ends = np.linspace(0, 1, 9)
    table: dict[str, list[str]] = {"x": [f"{v:g}" for v in ends]}
    table["4 bricks"] = [f"{v:g}" for v in network.evaluate(ends)]
    for series, label in enumerate(["fold once", "twice", "three times"], 1):
        y = tooth.evaluate(y)
        shown = slice(None, None, 2 ** (3 - series))
        chart.line(ends[shown], y[shown] + 1.25 * (3 - series), series=series, panel=1)
        chart.note(label, (1.0, 1.25 * (3 - series) + 0.5), panel=1)
        table[label] = [f"{v:g}" for v in y]
    chart.panels[1].set_yticks([0, 1, 1.25, 2.25, 2.5, 3.5], ["0", "1"] * 3)
    for axes in chart.panels:
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
    chart.panels[0].set_yticks([0, 0.5, 1], ["0", "½", "1"])
    chart.panels[1].grid(visible=False)
    chart.labels(x="x", title="folded: layer after layer", panel=1)
    return chart.drawing(table)
