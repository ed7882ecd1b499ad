"""ReLU and three relatives beside their slopes."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.activations.rectifiers import (
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    selu,
    selu_derivative,
)

SLOPE = 0.1
LEFT, RIGHT = np.linspace(-4, 0, 41), np.linspace(1e-9, 2.5, 26)


def leaky(x: Any) -> Any:
    """Return a leaky ReLU whose left half can be told from 0 by eye."""
    return leaky_relu(x, negative_slope=SLOPE)


def leaky_derivative(x: Any) -> Any:
    """Return its slope."""
    return leaky_relu_derivative(x, negative_slope=SLOPE)


def draw() -> Drawing:
    """Draw the values with labels where the functions differ, on the left, and the slopes with their jump at 0."""
    x = np.concatenate([LEFT, [np.nan], RIGHT])
    functions = {
        "ReLU": (relu, relu_derivative, 11),
        "leaky": (leaky, leaky_derivative, -15),
        "ELU": (elu, elu_derivative, -13),
        "SELU": (selu, selu_derivative, -13),
    }
    chart = Chart("activations_rectifiers", height=360, panels=2, right=16)
    for series, (label, (function, derivative, up)) in enumerate(functions.items(), 1):
        value, slope = function(x), derivative(x)
        chart.line(x[~np.isnan(x)], value[~np.isnan(x)], series=series)
        chart.line(x, slope, series=series, panel=1)
        chart.note(label, (-4, value[0]), offset=(4, up))
    chart.panels[0].set_ylim(-2.3, 2.6)
    axes = chart.panels[1]
    axes.vlines(0, 0, 1, color=COLORS["muted"], linewidth=1, linestyle=(0, (1, 3)))
    chart.labels(x="x", title="value")
    chart.labels(x="x", title="slope", panel=1)
    at = np.array([-4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])
    table = {"x": [f"{v:g}" for v in at]}
    for label, (function, derivative, _) in functions.items():
        table[label] = [f"{v:.3f}" for v in function(at)]
        table[f"{label} slope"] = [f"{v:.3f}" for v in derivative(at)]
    return chart.drawing(table, {"leaky_slope": SLOPE})
