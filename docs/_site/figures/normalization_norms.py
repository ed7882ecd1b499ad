"""The unit balls of four norms, and what a penalty on each of two norms does to one number."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.normalization import lp_normalize, shrink, soft_threshold

POWERS = {0.5: 3, 1: 2, 2: 1, np.inf: 4}


def draw() -> Drawing:
    """Draw the balls in the left panel, the steps of the penalties in the right one."""
    chart = Chart("normalization_norms", height=300, panels=2, right=80, left=40)
    turn = np.linspace(0, 2 * np.pi, 241)
    directions = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    names = {0.5: "½", 1: "1", 2: "2", np.inf: "∞"}
    table: dict[str, list[str]] = {"p": [], "on the diagonal": []}
    for p, series in POWERS.items():
        ball = lp_normalize(directions, p=p)
        chart.line(ball[:, 0], ball[:, 1], series=series)
        corner = lp_normalize(np.ones(2), p=p)
        chart.note(names[p], (corner[0], corner[1]), offset=(2, 6))
        table["p"].append(names[p])
        table["on the diagonal"].append(f"{corner[0]:.3f}")
    left = chart.panels[0]
    left.set_aspect("equal")
    left.set_xlim(-1.15, 1.15)
    left.set_ylim(-1.15, 1.15)
    left.set_xticks([-1, 0, 1])
    left.set_yticks([-1, 0, 1], ["−1", "0", "1"])
    chart.labels(title="all vectors of norm 1")
    x = np.linspace(-3, 3, 121)
    chart.line(x, x, color=COLORS["line-strong"], linestyle=(0, (2, 3)), linewidth=1.5, panel=1)
    chart.line(x, soft_threshold(x, strength=1), "L1", series=2, panel=1, shift=5)
    chart.line(x, shrink(x, strength=1), "L2, squared", series=1, panel=1, shift=-5)
    right = chart.panels[1]
    right.set_xlim(-3, 3)
    right.set_ylim(-3, 3)
    right.set_xticks([-2, 0, 2], ["−2", "0", "2"])
    right.set_yticks([-2, 0, 2], ["−2", "0", "2"])
    chart.labels(x="before", title="after one step", panel=1)
    return chart.drawing(table)
