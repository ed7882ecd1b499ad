"""How well a network reads digits after ten epochs, against the learning rate, for three optimizers."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded


def draw() -> Drawing:
    """Draw mean and spread of the validation accuracy over five seeds."""
    found = recorded().experiments.training_rates
    chart = Chart("training_rates", height=320, right=24, left=56)
    axes = chart.panels[0]
    names = {"sgd": "descent", "momentum": "momentum", "adam": "Adam"}
    table: dict[str, list[str]] = {"optimizer": [], "rate": [], "lowest": [], "mean": [], "highest": []}
    for series, (name, shown) in enumerate(names.items(), 1):
        curve = getattr(found, name)
        rates, mean = np.asarray(curve.rates), 100 * np.asarray(curve.validation)
        low, high = 100 * np.asarray(curve.lowest), 100 * np.asarray(curve.highest)
        axes.fill_between(rates, low, high, color=COLORS[f"data-{series}"], alpha=0.15, lw=0)
        chart.line(rates, mean, series=series)
        best = int(mean.argmax())
        chart.note(shown, (rates[best], mean[best]), offset=(0, 12), ha="center")
        for k, rate in enumerate(curve.rates):
            cells = (shown, f"{rate:g}", *(f"{value[k]:.1f} %" for value in (low, mean, high)))
            for column, cell in zip(table, cells, strict=True):
                table[column].append(cell)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(2.5e-4, 4)
    axes.set_ylim(0, 106)
    axes.set_xticks([1e-3, 1e-2, 1e-1, 1], [*(power_of(10, -n) for n in (3, 2, 1)), "1"])
    chart.labels(x="learning rate", title="right on the validation set, percent")
    return chart.drawing(table)
