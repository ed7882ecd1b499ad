"""The gain that keeps tanh's signal and the one that keeps its gradient, against how large its inputs are."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded
from reference.activations import tanh
from reference.stability.initialization import activation_gains


def draw() -> Drawing:
    """Draw both gains, and the conventional 5/3."""
    stds = np.linspace(0.02, 2.0, 100)
    gains = np.array([activation_gains(tanh, std=float(std)) for std in stds])
    chart = Chart("stability_initialization", height=300, right=96)
    axes = chart.panels[0]
    axes.axhline(5 / 3, color=COLORS["line-strong"], linestyle=(0, (4, 4)), linewidth=1.5)
    chart.note("5/3", (2.0, 5 / 3))
    chart.line(stds, gains[:, 0], "forward", series=1)
    chart.line(stds, gains[:, 1], "backward", series=2)
    axes.set_xlim(0, 2.0)
    axes.set_ylim(0.95, 2.55)
    axes.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2"])
    axes.set_yticks([1, 1.5, 2, 2.5], ["1", "1.5", "2", "2.5"])
    chart.labels(x="standard deviation of the inputs of tanh", title="gain that keeps the size")
    at = [0.02, 0.5, 1.0, 1.5, 2.0]
    rows = [activation_gains(tanh, std=std) for std in at]
    table = {
        "deviation": [f"{std:g}" for std in at],
        "forward": [f"{row.forward:.3f}" for row in rows],
        "backward": [f"{row.backward:.3f}" for row in rows],
    }
    rules = recorded().experiments.stability_depth.rules
    ends = [
        getattr(rules, f"{phi}_{rule}") for phi in ("relu", "tanh") for rule in ("he", "glorot", "torch", "orthogonal")
    ]
    parts = [part for end in ends for part in (end.signal, end.gradient)]
    worst = max(max(part.highest / part.predicted, part.predicted / part.lowest) for part in parts)
    return chart.drawing(table, {"worst": worst, "default_agrees": worst < 2})
