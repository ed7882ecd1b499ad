"""One network that is born dead, layer by layer: two rays go in, fewer and fewer units answer, then none."""

import numpy as np

from docs._site.plot import COLORS, DASHES, Chart, Drawing
from reference.activations.dying import he_weights
from reference.activations.rectifiers import relu

WIDTH, LAYERS, SEED = 3, 4, 273


def draw() -> Drawing:
    """Draw the output of each unit of each layer over the input, on one scale for each layer."""
    weights = [weight[0] for weight in he_weights(WIDTH, LAYERS, rng=np.random.default_rng(SEED))]
    chart = Chart("activations_dying_layers", height=230, panels=LAYERS, right=12, left=24)
    h = x = np.array([[-1.0], [0.0], [1.0]])
    table: dict[str, list[str]] = {"x": [f"{value:g}" for value in x[:, 0]]}
    for layer, weight in enumerate(weights):
        h = relu(h @ weight)
        axes = chart.panels[layer]
        for unit in range(WIDTH):
            style = {"color": COLORS[f"data-{unit + 1}"], "linestyle": DASHES[unit], "clip_on": False}
            axes.plot(x[:, 0], h[:, unit], **style)
            table[f"layer {layer + 1}, unit {unit + 1}"] = [f"{value:.3f}" for value in h[:, unit]]
        axes.set_xticks([-1, 0, 1], ["−1", "0", "1"])
        axes.set_ylim(0, 1.05 * (h.max() or 1))
        axes.set_yticks([0], ["0"])
        off = int(np.sum(np.all(h == 0, axis=0)))
        chart.labels(x="input", title=f"layer {layer + 1}: {off} off", panel=layer)
    return chart.drawing(table)
