"""How often a ReLU network is born dead: counted dots between the two lines of the theory."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded
from reference.activations.dying import born_dead_bounds


def draw() -> Drawing:
    """Draw one band and one row of dots for each width, over depth."""
    data = recorded().experiments.activations_dying
    depths = np.arange(1, data.depths[-1] + 1)
    chart = Chart("activations_dying", height=320, right=84)
    axes = chart.panels[0]
    table = {"depth": [str(depth) for depth in data.depths]}
    for series, (width, shift) in enumerate([(2, 10), (3, -9), (5, 0), (10, 0)], 1):
        lower, upper = np.transpose([born_dead_bounds(width, int(depth)) for depth in depths])
        color = COLORS[f"data-{series}"]
        axes.fill_between(depths, lower, upper, color=color, alpha=0.22, linewidth=0)
        counted = getattr(data, f"width_{width}")
        axes.plot(
            data.depths, counted.mean, color=color, linestyle="", marker="osD^"[series - 1], markersize=6, clip_on=False
        )
        chart.note(f"width {width}", (depths[-1], counted.mean[-1]), offset=(10, shift))
        table[f"width {width}, counted"] = [f"{share:.4f}" for share in counted.mean]
        for name, bound in (("at least", counted.lower), ("at most", counted.upper)):
            table[f"width {width}, {name}"] = [f"{share:.4f}" for share in bound]
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    chart.labels(x="hidden layers", title="share of networks that are born dead")
    return chart.drawing(table)
