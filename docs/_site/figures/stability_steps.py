"""The largest curvature of a network's loss while it trains, in units of 2 / rate, for two rates and five seeds."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded


def draw() -> Drawing:
    """Draw a panel for each rate, a line for each seed."""
    data = recorded().experiments.stability_edge
    chart = Chart("stability_steps", height=300, panels=2, right=24, left=48)
    steps = np.arange(0, data.steps + 1, data.every)
    table: dict[str, list[str]] = {"step": [str(step) for step in steps[::5]]}
    for panel, name in enumerate(("rate_5", "rate_20")):
        axes, found = chart.panels[panel], getattr(data, name)
        axes.axhline(1, color=COLORS["ink"], linewidth=1.5)
        for seed, curve in enumerate(found.curves):
            chart.line(steps, np.array(curve), series=seed + 1, panel=panel, linewidth=1.4)
            table[f"rate {found.rate}, seed {seed}"] = [f"{value:.2f}" for value in curve[::5]]
        axes.set_ylim(0, 2.05)
        axes.set_yticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2"])
        axes.set_xticks([0, 500, 1000])
        chart.labels(x="step", title=f"curvature × rate / 2, rate {found.rate}", panel=panel)
    fast = data.rate_20
    peak = max(max(curve) for curve in fast.curves)
    return chart.drawing(table, {"peak": peak, "below": fast.late.highest < 1})
