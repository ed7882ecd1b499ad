"""What rounding and GPTQ leave of a network that reads digits: its outputs' error, and how much it reads right."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from docs._site.session import recorded

BITS = (8, 4, 3, 2)


def draw() -> Drawing:
    """Draw both over the bits: mean of five seeds, and for the accuracy the worst and the best."""
    found = recorded().experiments.quantization_digits
    chart = Chart("quantization_post_training_digits", height=300, panels=2, right=24, left=48)
    table: dict[str, list[str]] = {"bits": [], "way": [], "output error": [], "lowest": [], "mean": [], "highest": []}
    places = np.arange(len(BITS))
    left, right = (_plain(axes) for axes in chart.panels)
    for series, (way, shown) in enumerate({"gptq": "GPTQ", "nearest": "nearest"}.items(), 1):
        rows = [getattr(found, f"{way}_{bits}") for bits in BITS]
        chart.line(places, [row.outputs for row in rows], series=series, marker="o", ms=4)
        low, mean, high = (100 * np.array([getattr(row, key) for row in rows]) for key in ("lowest", "mean", "highest"))
        right.fill_between(places, low, high, color=COLORS[f"data-{series}"], alpha=0.15, lw=0)
        chart.line(places, mean, series=series, panel=1, marker="o", ms=4)
        chart.note(shown, (2, rows[2].outputs), offset=(0, -14 if way == "gptq" else 14), ha="center")
        chart.note(shown, (3, mean[-1]), offset=(-30, 16 if way == "gptq" else -6), panel=1, ha="right")
        for bits, row in zip(BITS, rows, strict=True):
            cells = (
                f"{bits}",
                shown,
                f"{row.outputs:.1e}",
                *(f"{100 * v:.1f} %" for v in (row.lowest, row.mean, row.highest)),
            )
            for column, cell in zip(table, cells, strict=True):
                table[column].append(cell)
    left.set_yscale("log")
    left.minorticks_off()
    left.set_yticks([1e-5, 1e-3, 1e-1], [power_of(10, -n) for n in (5, 3, 1)])
    right.axhline(100 * found.float32.mean, color=COLORS["line-strong"], lw=1, linestyle=(0, (2, 3)))
    chart.note("float32", (0, 100 * found.float32.mean), offset=(4, 12), panel=1)
    right.set_ylim(80, 101)
    right.set_yticks([80, 85, 90, 95, 100])
    chart.labels(x="bits", title="error of the outputs, relative")
    chart.labels(x="bits", title="digits read right, percent", panel=1)
    return chart.drawing(table)


def _plain(axes: Any) -> Any:
    axes.set_xticks(range(len(BITS)), [str(bits) for bits in BITS])
    axes.set_xlim(-0.15, len(BITS) - 0.85)
    return axes
