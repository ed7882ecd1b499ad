"""Where the mean of the logits goes in training, by optimizer and z-loss, and what becomes of log Z."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded

NAMES = {"sgd": "descent", "adam": "Adam", "adam_z2": "Adam, z-loss"}
PLACES = {
    "bias": {"sgd": (0, 10), "adam": (0, 12), "adam_z2": (-52, -8)},
    "log_z": {"sgd": (0, -12), "adam": (-30, 10), "adam_z2": (0, 12)},
}


def draw() -> Drawing:
    """Draw the mean bias and the mean log Z over the steps, means and ranges over five seeds."""
    data = recorded().experiments.stability_drift
    steps = np.asarray(data.marks)
    chart = Chart("stability_chameleon_drift", height=300, panels=2, right=20)
    table: dict[str, list[str]] = {"step": [str(step) for step in data.marks]}
    for panel, (quantity, title) in enumerate((("bias", "mean of the logits' biases"), ("log_z", "mean log Z"))):
        axes = chart.panels[panel]
        for series, (name, shown) in enumerate(NAMES.items(), 1):
            curve = getattr(getattr(data, name), quantity)
            mean = np.asarray(curve.mean)
            axes.fill_between(steps, curve.lowest, curve.highest, color=COLORS[f"data-{series}"], alpha=0.18, lw=0)
            chart.line(steps, mean, series=series, panel=panel)
            at = int(np.searchsorted(steps, 1750))
            chart.note(shown, (steps[at], mean[at]), offset=PLACES[quantity][name], panel=panel, ha="center")
            table[f"{shown}, {title}"] = [f"{value:.2f}" for value in mean]
        axes.set_xticks([0, 1000, 2000, 3000])
        axes.set_xlim(0, 3000)
        chart.labels(x="step", title=title, panel=panel)
    chart.panels[0].set_ylim(-15, 1.5)
    chart.panels[1].set_ylim(0, 19)
    chart.panels[1].set_yticks([0, 5, 10, 15])
    chart.panels[0].set_yticks([0, -5, -10, -15])
    return chart.drawing(table)
