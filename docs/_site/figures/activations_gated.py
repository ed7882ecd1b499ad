"""Three gates, and what each makes of x: ReLU, GELU and SiLU."""

from typing import Any

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.activations.gated import gelu, silu
from reference.activations.rectifiers import relu
from reference.activations.sigmoids import sigmoid
from reference.arrays import erfc


def step(x: Any) -> Any:
    """Return the gate of ReLU: open on the right of 0, shut elsewhere."""
    return np.where(x > 0, 1.0, 0.0)


def normal_cdf(x: Any) -> Any:
    """Return the standard normal distribution function, the gate of GELU."""
    return erfc(-x / np.sqrt(2)) / 2


FUNCTIONS = {"ReLU": (step, relu), "GELU": (normal_cdf, gelu), "SiLU": (sigmoid, silu)}


def draw() -> Drawing:
    """Draw the gates on the left and the functions on the right, cut so that the dip below 0 is seen."""
    x = np.concatenate([np.linspace(-4, 0, 65), np.linspace(1e-9, 3, 49)])
    near = np.concatenate([np.linspace(-4, 0, 65), np.linspace(1e-9, 1, 17)])
    chart = Chart("activations_gated", height=320, panels=2, right=60)
    for series, (label, (gate, function)) in enumerate(FUNCTIONS.items(), 1):
        chart.line(x, np.where(x == 0, np.nan, gate(x)), series=series)
        chart.line(near, function(near), label, series=series, panel=1)
    chart.note("ReLU", (0.2, 1), offset=(0, -11))
    chart.note("GELU", (0.55, 0.709), offset=(-8, 6), ha="right")
    chart.note("SiLU", (-2.2, 0.1), offset=(-4, 12), ha="right")
    chart.labels(x="x", title="gate")
    chart.labels(x="x", title="gate times x", panel=1)
    at = np.array([-4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0])
    table = {"x": [f"{v:g}" for v in at]}
    for label, pair in FUNCTIONS.items():
        for function, what in zip(pair, ("gate", "value"), strict=True):
            table[f"{label}, {what}"] = [f"{v:.3f}" for v in function(at)]
    return chart.drawing(table)
