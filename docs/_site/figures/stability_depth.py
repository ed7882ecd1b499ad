"""Signal and gradient over 50 layers of four networks: predicted lines, measured dots, all on one logarithmic scale."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded
from reference.activations import relu, sigmoid, tanh
from reference.stability.depth import predict_depth

NETS = {
    "tanh": ("tanh, 5/3", tanh, 5 / 3, "none"),
    "batch": ("ReLU, BN", relu, 1.0, "batch"),
    "sigmoid": ("sigmoid, 4", sigmoid, 4.0, "none"),
    "control": ("ReLU, He", relu, 2**0.5, "none"),
}
LEVELS = (-10, -5, 0, 5)


def draw() -> Drawing:
    """Draw a panel for each network."""
    data = recorded().experiments.stability_depth
    chart = Chart("stability_depth", height=300, panels=len(NETS), right=14, left=44)
    layers = np.arange(data.depth + 1)
    table: dict[str, list[str]] = {"layer": [str(layer) for layer in layers[::10]]}
    for panel, (name, (title, phi, gain, norm)) in enumerate(NETS.items()):
        axes, found = chart.panels[panel], getattr(data.nets, name)
        predicted = predict_depth(phi, data.depth, gain=gain, normalization=norm)
        for series, (line, dots, mark) in enumerate(
            zip(predicted, (found.signals, found.gradients), "os", strict=True), 1
        ):
            chart.line(layers, np.log10(line), series=series, panel=panel)
            axes.plot(
                layers[::5], np.log10(dots[::5]), mark, color=COLORS[f"data-{series}"], markersize=4, clip_on=False
            )
        table[f"{title}: signal"] = [f"{value:.2g}" for value in found.signals[::10]]
        table[f"{title}: gradient"] = [f"{value:.2g}" for value in found.gradients[::10]]
        axes.set_ylim(-11.5, 5.5)
        axes.set_yticks(LEVELS, [power_of(10, n) if n else "1" for n in LEVELS] if panel == 0 else [""] * len(LEVELS))
        axes.set_xticks([0, 25, 50])
        chart.labels(x="layer", title=title, panel=panel)
    chart.note("gradient", (4, 3.6), panel=0)
    chart.note("signal", (18, -1.4), panel=0)
    tanh_net, batch = data.nets.tanh.gradient, data.nets.batch.factor
    values = {
        "tanh_agrees": 0.5 < tanh_net.median / tanh_net.predicted < 2,
        "factor_agrees": abs(batch.median / batch.predicted - 1) < 0.015,
    }
    return chart.drawing(table, values)
