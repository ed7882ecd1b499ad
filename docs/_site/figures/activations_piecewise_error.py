"""The error of shallow and deep ReLU networks for x^2 against the number of their ReLUs."""

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from reference.activations import best_error, interpolating_network, sawtooth_network, square_error

DEPTHS = range(1, 15)


def float32_error(depth: int) -> float:
    """Return the largest error of the sawtooth network that computes in float32, over random points."""
    x = np.random.default_rng(0).random(2**15, dtype=np.float32)
    exact = x.astype(np.float64) ** 2
    return float(np.max(np.abs(sawtooth_network(depth).evaluate(x).astype(np.float64) - exact)))


def draw() -> Drawing:
    """Draw four curves on a logarithmic scale."""
    relus = np.asarray([3 * depth for depth in DEPTHS])
    chart = Chart("activations_piecewise_error", height=340, right=150, left=64)
    curves = {
        "one layer": [square_error(interpolating_network(int(n))) for n in relus],
        "best for n pieces": [best_error(int(n)) for n in relus],
        "deep": [square_error(sawtooth_network(depth)) for depth in DEPTHS],
        "deep, in float32": [float32_error(depth) for depth in DEPTHS],
    }
    for series, (label, errors) in enumerate(curves.items(), 1):
        shift = {"one layer": 7, "best for n pieces": -8}.get(label, 0)
        chart.line(relus, errors, label, series=series, shift=shift, marker="o", ms=4)
    axes = chart.panels[0]
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xlim(2, 42.5)
    axes.set_xticks([3, 12, 21, 30, 39])
    axes.set_yticks([10.0**-n for n in range(1, 10, 2)], [power_of(10, -n) for n in range(1, 10, 2)])
    chart.labels(x="number of ReLUs", title="largest error on [0, 1]")
    table = {"ReLUs": [str(n) for n in relus]} | {k: [f"{v:.2g}" for v in errors] for k, errors in curves.items()}
    return chart.drawing(table, {"floor": curves["deep, in float32"][-1]})
