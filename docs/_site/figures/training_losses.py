"""Two losses of a yes-or-no answer, and how hard each pulls at the logit."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.activations import sigmoid
from reference.activations.sigmoids import log_sigmoid


def draw() -> Drawing:
    """Draw cross-entropy in bits beside the squared error of the probability, then both slopes, over the logit."""
    chart = Chart("training_losses", height=300, panels=2, right=20, left=48)
    x = np.linspace(-8, 8, 81)
    p = sigmoid(x)
    bits, squared = -log_sigmoid(x) / np.log(2), (1 - p) ** 2
    pulls = 1 - p, 2 * (1 - p) * p * (1 - p)
    for panel, curves in enumerate(((bits, squared), pulls)):
        chart.line(x, curves[0], series=1, panel=panel)
        chart.line(x, curves[1], series=2, panel=panel)
    chart.note("cross-entropy", (-5.2, 8.2), offset=(0, 0))
    chart.note("squared error", (-7.6, 1.9), offset=(0, 0))
    chart.note("cross-entropy", (-0.7, 0.8), offset=(0, 0), panel=1)
    chart.note("squared error", (-7.6, 0.22), offset=(0, 0), panel=1)
    chart.panels[1].set_ylim(0, 1.06)
    chart.labels(x="logit of the right answer", title="loss", panel=0)
    chart.labels(x="logit of the right answer", title="pull on the logit", panel=1)
    shown = slice(None, None, 10)
    table = {
        "logit": [f"{value:g}" for value in x[shown]],
        "cross-entropy, bits": [f"{value:.3f}" for value in bits[shown]],
        "squared error": [f"{value:.3f}" for value in squared[shown]],
        "pull of cross-entropy": [f"{value:.4f}" for value in pulls[0][shown]],
        "pull of squared error": [f"{value:.4f}" for value in pulls[1][shown]],
    }
    return chart.drawing(table)
