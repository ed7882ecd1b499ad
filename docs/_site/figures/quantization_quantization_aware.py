"""Rounding to 3 bits and its two slopes: the true one is 0 where it exists, the pretended one is 1 up to the ends."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.autograd import Tensor, operations
from reference.quantization import fake_quantize

STEP, BITS = 0.5, 3


def draw() -> Drawing:
    """Draw what goes forward on the left and what goes back on the right."""
    chart = Chart("quantization_quantization_aware", height=300, panels=2, right=30, left=44)
    x = np.linspace(-2.5, 2.5, 2001)
    leaf = Tensor(x)
    y = fake_quantize(leaf, STEP, bits=BITS)
    operations.sum(y).backward()
    left, right = chart.panels
    left.plot(x, x, color=COLORS["line-strong"], lw=1)
    chart.line(x, y.detach(), series=1)
    chart.line(x, leaf.grad, series=2, panel=1)
    right.axhline(0, color=COLORS["data-1"], lw=2)
    for axes in (left, right):
        axes.set_xticks([-2, -1, 0, 1, 2])
    left.set_yticks([-1.5, -0.5, 0.5, 1.5])
    right.set_ylim(-0.25, 1.35)
    right.set_yticks([0, 1])
    chart.note("rounded", (-0.9, 1.2), ha="center")
    chart.note("straight-through", (0, 1), offset=(0, 13), panel=1, ha="center")
    chart.note("true slope", (0, 0), offset=(0, -13), panel=1, ha="center")
    chart.labels(x="weight", title="forward")
    chart.labels(x="weight", title="back", panel=1)
    shown = [-2.0, -1.7, -1.0, -0.3, 0.0, 0.3, 1.0, 1.7, 2.0]
    at = [int(np.argmin(np.abs(x - value))) for value in shown]
    table = {
        "weight": [f"{value:g}" for value in shown],
        "rounded": [f"{y.detach()[k]:g}" for k in at],
        "true slope": ["0"] * len(at),
        "straight-through": [f"{np.asarray(leaf.grad)[k]:g}" for k in at],
    }
    return chart.drawing(table)
