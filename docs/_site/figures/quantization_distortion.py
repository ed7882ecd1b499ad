"""The best sixteen levels under the bell curve with their bounds, and what each number of levels can reach."""

import math
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import Codebook, gaussian_sqnr, lloyd_max

GRID = np.linspace(-6, 6, 1201)
NORMAL = np.exp(-GRID * GRID / 2)


def even(levels: int) -> float:
    """Return the ratio of evenly spaced levels at their best distance."""
    steps = np.linspace(0.05, 2.2, 431)
    places = np.arange(levels) - (levels - 1) / 2
    return max(gaussian_sqnr(Codebook("even", tuple(places.tolist())), scale=float(step)) for step in steps)


def draw() -> Drawing:
    """Draw the levels of the best codebook, and best and even levels over their number."""
    chart = Chart("quantization_distortion", height=280, panels=2, right=64, left=44)
    left, right = chart.panels
    x = np.linspace(-3.6, 3.6, 145)
    best = lloyd_max(GRID, 16, density=NORMAL)
    values = np.array(best.values)
    bounds = (values[1:] + values[:-1]) / 2
    height = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    chart.line(x, height, series=1)
    for bound in bounds:
        left.plot([bound, bound], [0, 0.399 * math.exp(-bound * bound / 2)], color=COLORS["line-strong"], linewidth=1)
    left.plot(values, np.zeros(16), "o", color=COLORS["data-2"], markersize=5, clip_on=False)
    left.set_ylim(0, 0.44)
    left.set_yticks([])
    left.set_xticks([-3, -2, -1, 0, 1, 2, 3])
    chart.labels("standard deviations", title="sixteen best levels")
    counts = list(range(2, 17))
    reached = [gaussian_sqnr(lloyd_max(GRID, n, density=NORMAL)) for n in counts]
    evenly = [even(n) for n in counts]
    chart.line(counts, reached, "best", series=1, panel=1, shift=5)
    chart.line(counts, evenly, "even", series=2, panel=1, shift=-6)
    right.set_xticks([2, 4, 8, 12, 16])
    right.set_yticks([5, 10, 15, 20])
    right.set_ylim(3, 22)
    chart.labels("levels", "dB", panel=1)
    table: dict[str, list[Any]] = {
        "levels": counts,
        "best, dB": [f"{ratio:.2f}" for ratio in reached],
        "even, dB": [f"{ratio:.2f}" for ratio in evenly],
    }
    return chart.drawing(table, {"even16": evenly[-1], "best16": reached[-1], "best3": reached[1]})
