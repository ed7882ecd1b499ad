"""What one outlier does to a row of weights in four bits: one scale for all, and a scale for each block."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import absmax_quantize, dequantize

SIZE, BLOCK, PLACE = 64, 16, 37


def draw() -> Drawing:
    """Draw the same weights twice, with the levels that each scheme has and what it makes of them."""
    chart = Chart("quantization_groups", height=300, panels=2, right=16, left=40)
    w = np.random.default_rng(4).standard_normal(SIZE).astype(np.float32)
    w[PLACE] = 16.0
    whole, blocks = absmax_quantize(w, bits=4), absmax_quantize(w, bits=4, block_size=BLOCK)
    table: dict[str, list[Any]] = {"weight": [f"{x:.2f}" for x in w]}
    for panel, (title, q) in enumerate({"one scale": whole, "a scale for every 16": blocks}.items()):
        axes, y = chart.panels[panel], dequantize(q)
        scales = np.repeat(q.scale, BLOCK) if q.block_size else np.full(SIZE, q.scale)
        for start in range(0, SIZE, BLOCK):
            for code in range(-7, 8):
                level = code * scales[start]
                if abs(level) < 4.2:
                    axes.plot([start - 0.5, start + BLOCK - 0.5], [level, level], color=COLORS["line"], linewidth=1)
        axes.plot(np.arange(SIZE), w, "o", color=COLORS["line-strong"], markersize=3.5)
        axes.plot(np.arange(SIZE), y, "s", color=COLORS[f"data-{panel + 1}"], markersize=4.5, fillstyle="none")
        axes.set_ylim(-4.2, 4.2)
        axes.set_xlim(-1, SIZE)
        axes.set_xticks(range(0, SIZE + 1, BLOCK))
        axes.grid(False)
        chart.note("16 ↑", (PLACE, 3.7), panel=panel, offset=(5, 0))
        axes.plot([PLACE], [3.9], "^", color=COLORS["ink"], markersize=5)
        chart.labels("place in the row", "weight" if not panel else "", panel=panel, title=title)
        table[title] = [f"{x:.2f}" for x in y]
    return chart.drawing(table)
