"""How far two cheaper formulas are from the exact GELU, along x."""

from collections.abc import Callable
from typing import Any

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from reference.activations.gated import gelu
from reference.activations.sigmoids import sigmoid


def tanh_form(x: Any) -> Any:
    """Return the approximation with a cube."""
    return gelu(x, approximate="tanh")


def sigmoid_form(x: Any) -> Any:
    """Return the approximation by one sigmoid."""
    return x * sigmoid(1.702 * x)


FORMS: dict[str, Callable[[Any], Any]] = {"tanh form": tanh_form, "sigmoid form": sigmoid_form}


def draw() -> Drawing:
    """Draw both distances on a logarithmic scale."""
    x = np.linspace(-6, 6, 193)
    chart = Chart("activations_gated_forms", height=280, right=24)
    at = np.array([-5.0, -4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0])
    table = {"x": [f"{v:g}" for v in at]}
    for series, (label, form) in enumerate(FORMS.items(), 1):
        error = np.abs(form(x) - gelu(x))
        chart.line(x, np.where(error > 1e-8, error, np.nan), series=series)
        table[label] = [f"{v:.1e}" for v in np.abs(form(at) - gelu(at))]
    chart.note("sigmoid form", (3.4, 1.1e-2), offset=(4, 8))
    chart.note("tanh form", (-4.3, 6e-5), offset=(-6, 6), ha="right")
    axes = chart.panels[0]
    axes.set_yscale("log")
    axes.set_ylim(1e-7, 1e-1)
    axes.minorticks_off()
    axes.set_yticks([1e-7, 1e-5, 1e-3, 1e-1], [power_of(10, n) for n in (-7, -5, -3, -1)])
    chart.labels(x="x", title="distance from the exact GELU")
    return chart.drawing(table)
