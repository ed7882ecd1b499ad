"""What six random networks say about two moons, each in its own way."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.training import Codec, error_rates, random_genomes, run_population, two_moons

SHOWN = 6


def draw() -> Drawing:
    """Draw the border between the two answers of each network over the examples, and how many of them it gets right."""
    rng = np.random.default_rng(0)
    x, y = two_moons(120, rng=rng)
    codec = Codec((2, 16, 2))
    genomes = random_genomes(SHOWN, codec.words, rng=rng)
    chart = Chart("training_population", height=172, panels=SHOWN, right=8, left=8)
    chart.panels[0].figure.subplots_adjust(wspace=0.1)
    across, up = (
        np.linspace(low - 0.4, high + 0.4, 61) for low, high in zip(x.min(axis=0), x.max(axis=0), strict=True)
    )
    grid = np.stack(np.meshgrid(across, up)).reshape(2, -1).astype(np.float32)
    logits = run_population(genomes, codec, grid)
    margins = (logits[:, 1] - logits[:, 0]).reshape(SHOWN, 61, 61)
    right = 1 - error_rates(run_population(genomes, codec, x.T.astype(np.float32)), y)
    for axes, margin, score in zip(chart.panels, margins, right, strict=True):
        axes.contourf(across, up, margin, levels=[0, np.inf], colors=[COLORS["line"]])
        axes.contour(across, up, margin, levels=[0], colors=[COLORS["ink"]], linewidths=1.2)
        axes.plot(*x[y == 0][::2].T, ".", color=COLORS["data-1"], ms=4)
        axes.plot(*x[y == 1][::2].T, "x", color=COLORS["data-2"], ms=3.5, mew=1.1)
        axes.set_axis_off()
        axes.set_title(f"{score:.0%}", fontsize=12.5, color=COLORS["ink"])
    table = {
        "genome, its first word": [f"{genome[0]:016x}" for genome in genomes],
        "right": [f"{score:.0%}" for score in right],
    }
    return chart.drawing(table, {"shown": SHOWN, "words": codec.words})
