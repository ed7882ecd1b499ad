"""Digits read right at 2 bits and with three values: rounded after training, by GPTQ, and trained rounded."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded

WAYS = {"nearest": "rounded", "gptq": "GPTQ", "aware": "trained rounded", "tuned": "trained on"}


def draw() -> Drawing:
    """Draw a dot for each seed and a bar at the mean."""
    found = recorded().experiments.quantization_digits
    chart = Chart("quantization_quantization_aware_digits", height=310, panels=2, right=20, left=48)
    table: dict[str, list[str]] = {"weights": [], "way": [], "lowest": [], "mean": [], "highest": []}
    for panel, (scheme, bits) in enumerate({"2": "at 2 bits", "ternary": "with three values"}.items()):
        axes = chart.panels[panel]
        ways = [way for way in WAYS if hasattr(found, f"{way}_{scheme}")]
        for place, way in enumerate(ways):
            row = getattr(found, f"{way}_{scheme}")
            spread = place + np.linspace(-0.12, 0.12, len(row.all))
            axes.plot(spread, 100 * np.array(row.all), "o", color=COLORS["data-1"], ms=4)
            axes.plot([place - 0.25, place + 0.25], [100 * row.mean] * 2, color=COLORS["data-2"], lw=2.5)
            numbers = (f"{100 * value:.1f} %" for value in (row.lowest, row.mean, row.highest))
            for column, cell in zip(table, (bits.partition(" ")[2], WAYS[way], *numbers), strict=True):
                table[column].append(cell)
        axes.axhline(100 * found.float32.mean, color=COLORS["line-strong"], lw=1, linestyle=(0, (2, 3)))
        chart.note("float32", (len(ways) - 0.5, 100 * found.float32.mean), offset=(0, 10), panel=panel, ha="right")
        axes.set_xticks(range(len(ways)), [WAYS[way].replace(" ", "\n") for way in ways])
        axes.set_xlim(-0.5, len(ways) - 0.5)
        axes.set_ylim(64, 101)
        chart.labels(panel=panel, title=f"right, percent, {bits}")
    return chart.drawing(table)
