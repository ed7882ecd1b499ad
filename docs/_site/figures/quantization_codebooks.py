"""The values of each codebook on one line, under the bell curve of the weights."""

import math
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import FP4_E2M1, INT4, LOG4, NF4, TERNARY, Codebook, gaussian_sqnr, log_codebook

ROWS = [
    ("INT4", INT4),
    ("LOG4", LOG4),
    ("base √2", log_codebook(base=2**0.5)),
    ("E2M1", FP4_E2M1),
    ("NF4", NF4),
    ("ternary", TERNARY),
]


def best(codebook: Codebook) -> tuple[float, float]:
    """Return the scale with the least error for normal numbers, and its ratio in dB."""
    scales = np.geomspace(0.5, 6, 400) / codebook.top
    ratios = [gaussian_sqnr(codebook, scale=float(scale)) for scale in scales]
    place = int(np.argmax(ratios))
    return float(scales[place]), ratios[place]


def draw() -> Drawing:
    """Draw a row of marks for each codebook at its best scale."""
    chart = Chart("quantization_codebooks", height=330, left=96, right=84)
    axes = chart.panels[0]
    x = np.linspace(-4.4, 4.4, 177)
    axes.fill_between(x, 6.2, 6.2 + 1.5 * np.exp(-x * x / 2), color=COLORS["line"])
    chart.note("weights", (1.3, 7.1))
    table: dict[str, list[Any]] = {"codebook": [], "scale": [], "dB": [], "values": []}
    for row, (name, codebook) in enumerate(ROWS):
        scale, ratio = best(codebook)
        height, values = 5.4 - row, np.unique(codebook.values) * scale
        axes.plot([-4.4, 4.4], [height, height], color=COLORS["line"], linewidth=1)
        axes.plot(values, np.full(values.size, height), "|", color=COLORS["data-1"], markersize=17, markeredgewidth=2)
        chart.note(name, (-4.4, height), offset=(-8, 0), ha="right")
        chart.note(f"{ratio:.1f} dB", (4.4, height), offset=(8, 0))
        table["codebook"].append(name)
        table["scale"].append(f"{scale:.3f}")
        table["dB"].append(f"{ratio:.2f}")
        table["values"].append(" ".join(f"{value:.3g}" for value in np.unique(codebook.values)))
    axes.set_xlim(-4.4, 4.4)
    axes.set_ylim(-0.2, 7.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    chart.labels("standard deviations of the weights")
    floor = math.floor(min(map(float, table["dB"])))
    return chart.drawing(table, {"least": floor})
