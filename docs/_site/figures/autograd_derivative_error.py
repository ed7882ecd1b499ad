"""The V: the error of three ways to measure a derivative over the step, beside its predicted bound."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.autograd import difference_error, error_curve

STEPS = 2.0 ** -np.arange(1, 56)
X = np.linspace(1, 2, 401)
BOUNDS = {"forward": (1, 2.0), "central": (2, 6.0)}
"""By method: its order, and the largest size of f'' or f''' of 1/x on [1, 2]."""


def draw() -> Drawing:
    """Draw the measured errors as points and the predicted ones as dashed lines."""
    curve = error_curve(np.reciprocal, lambda x: -1 / (x * x), X, h=STEPS)
    chart = Chart("autograd_derivative_error", height=340, right=24, left=56)
    axes = chart.panels[0]
    table = {"step": [f"2^-{n}" for n in range(1, 56)]}
    places = {"forward": (4e-7, 1e-4), "central": (3e-4, 4e-9), "complex_step": (3e-13, 6e-16)}
    for series, (name, errors) in enumerate(zip(curve._fields[1:], curve[1:], strict=True), 1):
        axes.plot(STEPS, np.maximum(errors, 1e-17), "os^"[series - 1], ms=4, color=COLORS[f"data-{series}"])
        chart.note(name.replace("_", " "), places[name], offset=(0, 0))
        table[name.replace("_", " ")] = [f"{error:.0e}" for error in np.maximum(errors, 1e-16)]
        if name in BOUNDS:
            order, derivative = BOUNDS[name]
            bound = [sum(difference_error(h, order=order, derivative=derivative)) for h in STEPS]
            chart.line(STEPS, bound, series=2, color=COLORS[f"data-{series}"], linewidth=1.2)
            table[f"{name}, predicted"] = [f"{error:.0e}" for error in bound]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(2e-17, 20)
    axes.set_xlim(1e-17, 1)
    axes.set_xticks([10.0**-n for n in (16, 12, 8, 4, 0)], [*(power_of(10, -n) for n in (16, 12, 8, 4)), "1"])
    axes.set_yticks([10.0**-n for n in (16, 12, 8, 4, 0)], [*(power_of(10, -n) for n in (16, 12, 8, 4)), "1"])
    chart.labels(x="step h", title="largest error of the slope of 1/x on [1, 2]")
    return chart.drawing(table)
