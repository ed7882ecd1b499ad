"""How much the result of one example moves with the examples beside it, against the size of the batch."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.normalization import batch_norm, group_norm

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
DRAWS = 2000


def draw() -> Drawing:
    """Draw the standard deviation over random neighbors, with the prediction, for batch norm and group norm."""
    rng = np.random.default_rng(0)
    chart = Chart("normalization_group_norm", height=300, right=120, left=56)
    moved, still = [], []
    for n in SIZES:
        x = rng.normal(size=(n, DRAWS))  # each channel is a draw of the neighbors
        x[0] = 0.0
        moved.append(float(batch_norm(x)[0][0].std()))
        alone = np.concatenate([np.tile([-1.0, 0.0, 1.0, 2.0], (1, 1)), rng.normal(size=(n - 1, 4))])
        still.append(float(np.abs(group_norm(alone, 2)[0] - group_norm(alone[:1], 2)[0]).max()))
    predicted = [(n - 1) ** 0.5 / n for n in SIZES]
    axes = chart.panels[0]
    chart.line(SIZES, predicted, series=2)
    chart.line(SIZES, moved, series=1, marker="o", ms=6, mew=0, linestyle="", clip_on=False)
    chart.line(SIZES, still, "group norm", series=3)
    chart.note("predicted", (SIZES[0], predicted[0]), offset=(4, -22))
    chart.note("batch norm, measured", (SIZES[1], moved[1]), offset=(10, 6))
    axes.set_xscale("log", base=2)
    axes.minorticks_off()
    axes.set_xticks(SIZES, [str(n) for n in SIZES])
    axes.set_ylim(0, 1.05)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    chart.labels(x="examples in the batch", title="how far one example's result moves with its neighbors")
    table = {"examples": [str(n) for n in SIZES], "batch norm": [f"{v:.3f}" for v in moved]}
    table |= {"predicted": [f"{v:.3f}" for v in predicted], "group norm": [f"{v:.3f}" for v in still]}
    return chart.drawing(table)
