"""Softmax is no elementwise function: one logit moves every output. And temperature, from one winner to a draw."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.activations.softmax import softmax

LOGITS = np.array([2.0, 1.0, 0.5, 0.0])


def draw() -> Drawing:
    """Draw the four probabilities against the first logit, and against the temperature."""
    chart = Chart("activations_softmax", height=300, panels=2, right=24)
    moved = np.linspace(-3, 5, 81)
    rows = np.stack([moved, *(np.full_like(moved, other) for other in LOGITS[1:])], axis=-1)
    temperatures = np.geomspace(0.125, 8, 61)
    cooled = np.stack([softmax(LOGITS, temperature=float(t)) for t in temperatures])
    for panel, (x, p) in enumerate([(moved, softmax(rows)), (temperatures, cooled)]):
        for k in range(4):
            chart.line(x, p[:, k], series=k + 1, panel=panel)
        chart.panels[panel].set_ylim(0, 1)
        chart.panels[panel].set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    for k, at in enumerate([(3.5, 0.9), (-1.9, 0.54), (-1.9, 0.355), (-1.9, 0.23)]):
        chart.note(f"p{'₁₂₃₄'[k]}", at, offset=(0, 0), ha="right" if k == 0 else "left")
    for label, at in [("p₁", (0.62, 0.83)), ("p₂", (0.62, 0.235)), ("p₄", (1.35, 0.075))]:
        chart.note(label, at, offset=(0, 0), panel=1)
    chart.labels(x="first logit", title="one logit moves", panel=0)
    chart.labels(x="temperature", title="all are divided by T", panel=1)
    axes = chart.panels[1]
    axes.set_xscale("log", base=2)
    axes.minorticks_off()
    axes.set_xticks([0.125, 0.5, 1, 2, 8], ["⅛", "½", "1", "2", "8"])
    steps = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
    table = {"temperature": [f"{t:g}" for t in steps]}
    for k in range(4):
        table[f"p{k + 1}"] = [f"{softmax(LOGITS, temperature=t)[k]:.4f}" for t in steps]
    return chart.drawing(table)
