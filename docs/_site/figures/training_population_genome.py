"""Two words of a genome, code by code, and the weights of the two layers that they are."""

from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import unpack_words
from reference.training import Codec, random_genomes

SIZES = (3, 4, 2)


def cell(axes: Any, x: float, y: float, width: float, text: str, value: float | None, top: float) -> None:
    """Draw a cell: blue above 0, orange below, the stronger the larger; without a value it is padding."""
    color = COLORS["line-strong"] if value is None else COLORS["data-1"] if value > 0 else COLORS["data-2"]
    strength = 0.0 if not value else 0.1 + 0.45 * abs(value) / top
    axes.add_patch(Rectangle((x, y), width, 0.9, facecolor=color, alpha=strength, linewidth=0))
    axes.add_patch(Rectangle((x, y), width, 0.9, fill=False, edgecolor=COLORS["line-strong"], linewidth=0.8))
    tone = COLORS["muted"] if value is None else COLORS["ink"]
    axes.text(x + width / 2, y + 0.42, text, ha="center", va="center", fontsize=12.5, color=tone)


def draw() -> Drawing:
    """Draw each word as sixteen codes, lowest bits first, and below it the layer's matrix with the biases last."""
    codec = Codec(SIZES)
    genome = random_genomes(1, codec.words, rng=np.random.default_rng(3))
    layers = [layer[0] for layer in codec.decode(genome)]
    codes = unpack_words(genome[0]).reshape(2, 16)
    chart = Chart("training_population_genome", height=310, left=8, right=8)
    axes = chart.panels[0]
    table: dict[str, list[str]] = {"weight": [], "code": [], "value": []}
    for number, (layer, row) in enumerate(zip(layers, codes, strict=True)):
        top, flat, left = float(np.abs(layer).max()), layer.reshape(-1), 11.2 * number
        axes.text(left, 9.7, f"word {number}: layer {number + 1}", fontsize=12.5, va="center", color=COLORS["ink"])
        for place, code in enumerate(row):
            value = float(flat[place]) if place < flat.size else None
            cell(axes, left + 0.625 * place, 8.1, 0.59, f"{code:x}", value, top)
        units, inputs = layer.shape
        for unit in range(units):
            for source in range(inputs):
                value = float(layer[unit, source])
                cell(axes, left + 2 * source, 5.2 - unit, 1.9, f"{value:.2g}", value, top)
                name = "bias" if source == inputs - 1 else f"input {source + 1}"
                table["weight"].append(f"layer {number + 1}, unit {unit + 1}, {name}")
                table["code"].append(f"{row[unit * inputs + source]:x}")
                table["value"].append(f"{value:.3g}")
        axes.text(left + 2 * inputs - 1.05, 6.6, "bias", ha="center", fontsize=12.5, color=COLORS["muted"])
        axes.text(left, 6.6, "one unit in each row", fontsize=12.5, color=COLORS["muted"])
    axes.set_xlim(-0.1, 21.3)
    axes.set_ylim(2.0, 10.2)
    axes.set_axis_off()
    return chart.drawing(table)
