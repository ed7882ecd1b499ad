"""Four optimizers walk down the same bent valley, Rosenbrock's function."""

from functools import partial
from typing import Any

import numpy as np

from docs._site.plot import COLORS, DASHES, Chart, Drawing
from reference.training import adam, descent, momentum, sgd

START, STEPS = (-1.5, 1.0), 200
WALKS = {
    "descent": partial(sgd, learning_rate=1e-3),
    "momentum": partial(momentum, learning_rate=5e-4),
    "Adam": partial(adam, learning_rate=0.3),
}


def valley(w: Any) -> Any:
    """Return Rosenbrock's function of two numbers: its floor is the parabola w1 = w0^2, its lowest point (1, 1)."""
    across = w[1] - w[0] * w[0]
    along = 1 - w[0]
    return along * along + 100 * across * across


def draw() -> Drawing:
    """Draw the heights as thin lines and each walk as a path."""
    chart = Chart("training_optimizers", height=330, right=20, left=40)
    axes = chart.panels[0]
    a, b = np.meshgrid(np.linspace(-2, 1.6, 73), np.linspace(-0.9, 2.4, 67))
    axes.contour(a, b, valley((a, b)), levels=[1, 4, 16, 64, 256], colors=[COLORS["line-strong"]], linewidths=0.6)
    table: dict[str, list[str]] = {"optimizer": [], "steps": [], "ends at": [], "height": []}
    for series, (name, step) in enumerate(WALKS.items(), 1):
        start = tuple(np.asarray(value) for value in START)
        path = [START, *(state.weights for state, _ in descent(valley, start, [()] * STEPS, step))]
        x, y = np.asarray(path, dtype=float).T
        axes.plot(x, y, color=COLORS[f"data-{series}"], linestyle=DASHES[series - 1], lw=1.8)
        axes.plot(x[-1], y[-1], "o", color=COLORS[f"data-{series}"], ms=6)
        chart.note(name, (x[-1], y[-1]), offset=(8, 0))
        for column, value in zip(
            table, (name, str(STEPS), f"({x[-1]:.2f}, {y[-1]:.2f})", f"{valley((x[-1], y[-1])):.3f}"), strict=True
        ):
            table[column].append(value)
    axes.plot(1, 1, "+", color=COLORS["ink"], ms=10)
    axes.plot(*START, "s", color=COLORS["ink"], ms=5)
    axes.grid(visible=False)
    chart.labels(x="first weight", title="second weight")
    return chart.drawing(table)
