"""What a small network says about the plane while it learns two spirals."""

from functools import partial

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.training import accuracy, adam, batches, cross_entropy, descent, forward, initialize, spirals

SHOWN = (0, 40, 400)


def draw() -> Drawing:
    """Draw the border between the two answers after none, some and all of the steps, over the examples."""
    rng = np.random.default_rng(0)
    x, y = spirals(240, rng=rng)
    start = initialize((2, 32, 32, 2), rng=rng)
    stream = batches(x, y, size=32, rng=rng, epochs=10**6)
    found = {0: start}
    states = descent(lambda w, a, b: cross_entropy(forward(a, w), b), start, stream, partial(adam, learning_rate=0.01))
    for state, _ in states:
        found[state.steps] = state.weights
        if state.steps == SHOWN[-1]:
            break
    chart = Chart("training_mlp", height=236, panels=3, right=12, left=12)
    side = np.linspace(-1.15, 1.15, 91)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    scores = []
    for panel, steps in enumerate(SHOWN):
        axes, weights = chart.panels[panel], found[steps]
        logits = forward(grid, weights)
        margin = logits[..., 1] - logits[..., 0]
        axes.contourf(side, side, margin, levels=[0, np.inf], colors=[COLORS["line"]])
        axes.contour(side, side, margin, levels=[0], colors=[COLORS["ink"]], linewidths=1.2)
        axes.plot(*x[y == 0][::2].T, ".", color=COLORS["data-1"], ms=4)
        axes.plot(*x[y == 1][::2].T, "x", color=COLORS["data-2"], ms=3.5, mew=1.1)
        axes.set_aspect("equal")
        axes.set_axis_off()
        scores.append(float(accuracy(forward(x, weights), y)))
        axes.set_title(f"{steps} steps" if steps else "as drawn", fontsize=12.5, color=COLORS["ink"])
    table = {"steps": [str(steps) for steps in SHOWN], "right": [f"{score:.0%}" for score in scores]}
    return chart.drawing(table)
