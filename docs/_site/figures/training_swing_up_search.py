"""How much of a game the pendulum is not upright, by generation, for four ways to search."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded

NAMES = {
    "fresh": "fresh starts",
    "evolution": "children",
    "climbing": "one parent",
    "chance": "chance",
}
SHIFTS = {"fresh": -6, "evolution": 6}


def draw() -> Drawing:
    """Draw the mean over five seeds of the best loss, and each seed's last one as a dot."""
    found = recorded().experiments.swing_up
    chart = Chart("training_swing_up_search", height=310, right=130, left=48)
    axes = chart.panels[0]
    generation = np.arange(found.generations + 1)
    shown = generation[::10]
    table: dict[str, list[str]] = {"generation": [str(number) for number in shown]}
    for series, (name, label) in enumerate(NAMES.items(), 1):
        curve = getattr(found, name)
        chart.line(generation, curve.mean, series=series)
        place = found.generations + 1 + 1.5 * series
        axes.plot([place] * len(curve.seen.all), curve.seen.all, ".", color=COLORS[f"data-{series}"], ms=8, alpha=0.8)
        chart.note(label, (found.generations + 9, curve.seen.mean), offset=(8, SHIFTS.get(name, 0)))
        table[label] = [f"{curve.mean[k]:.2f} ({curve.lowest[k]:.2f} to {curve.highest[k]:.2f})" for k in shown]
    axes.set_ylim(0, 1)
    axes.set_xlim(0, found.generations + 9)
    axes.set_xticks(shown)
    chart.labels(x="generation", title="best of the generation: share of the games not upright")
    return chart.drawing(table)
