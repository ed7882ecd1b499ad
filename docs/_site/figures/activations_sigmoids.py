"""Sigmoid and tanh beside their derivatives."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.activations.sigmoids import sigmoid, sigmoid_derivative, tanh, tanh_derivative

# Where each label stands: a point of the curve, and how far from it.
LABELS: dict[tuple[int, str], tuple[tuple[float, float], tuple[float, float]]] = {
    (0, "sigmoid"): ((2.2, 0.9), (6, -14)),
    (0, "tanh"): ((-0.6, -0.54), (8, -6)),
    (1, "sigmoid"): ((2.6, 0.06), (0, 14)),
    (1, "tanh"): ((0.55, 0.75), (8, 4)),
}


def draw() -> Drawing:
    """Draw both functions and both slopes."""
    x = np.linspace(-6, 6, 241)
    chart = Chart("activations_sigmoids", height=300, panels=2, right=24)
    for panel, (functions, title) in enumerate(
        [((sigmoid, tanh), "value"), ((sigmoid_derivative, tanh_derivative), "slope")]
    ):
        for series, (function, label) in enumerate(zip(functions, ("sigmoid", "tanh"), strict=True), 1):
            chart.line(x, function(x), series=series, panel=panel)
            place, offset = LABELS[panel, label]
            chart.note(label, place, offset=offset, panel=panel)
        chart.labels(x="x", title=title, panel=panel)
        chart.panels[panel].set_xticks([-6, -3, 0, 3, 6], ["−6", "−3", "0", "3", "6"])
    chart.panels[0].set_yticks([-1, -0.5, 0, 0.5, 1], ["−1", "−½", "0", "½", "1"])
    chart.panels[1].set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
    at = np.linspace(-6, 6, 13)
    table = {"x": [f"{v:g}" for v in at]}
    for function in (sigmoid, tanh, sigmoid_derivative, tanh_derivative):
        table[function.__name__] = [f"{v:.4f}" for v in function(at)]
    return chart.drawing(table, {"sigmoid_slope": float(np.max(sigmoid_derivative(x)))})
