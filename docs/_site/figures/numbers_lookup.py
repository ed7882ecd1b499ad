"""One float32 on its way to E4M3, twice: rounded to nearest first, and rounded to odd first."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.numbers.encoding import RoundingMode
from reference.numbers.formats import FLOAT8_E4M3FN, FloatFormat
from reference.numbers.lookup import round_to

X = np.float32(1.069)
BETWEEN = FloatFormat("E8M5", 8, 5)
WAYS = {
    "nearest first": (RoundingMode.NEAREST_EVEN, 2.0, "sign"),
    "to odd first": (RoundingMode.TO_ODD, 0.0, "fraction"),
}


def draw() -> Drawing:
    """Draw a number line for each way: the numbers of both formats, x, and its two steps."""
    chart = Chart("numbers_lookup", height=280, right=24, left=24)
    axes = chart.panels[0]
    low, high = 1.0, 1.125
    grid = np.linspace(low, high, 5)
    table: dict[str, list[str]] = {"way": [], "x": [], "5 fraction bits": [], "3 fraction bits": []}
    right = float(round_to(X, FLOAT8_E4M3FN))
    for name, (mode, y, color) in WAYS.items():
        first = float(round_to(X, BETWEEN, mode=mode))
        last = float(round_to(np.float32(first), FLOAT8_E4M3FN))
        axes.hlines(y, low, high, COLORS["line-strong"], lw=1.5)
        for place in grid:
            wide = place in (low, high)
            reach = 0.22 if wide else 0.1
            axes.vlines(place, y - reach, y + reach, COLORS["ink" if wide else "line-strong"], lw=2)
        axes.plot([float(X)], [y], "o", color=COLORS["ink"], ms=7)
        for start, end, height in ((float(X), first, 0.5), (first, last, 0.85)):
            arrow = {"arrowstyle": "->", "color": COLORS[color], "lw": 2, "connectionstyle": "arc3,rad=0"}
            axes.annotate("", (end, y + height), (start, y + height), arrowprops=arrow)
        chart.note(
            f"{name}: {last:g} is {'right' if last == right else 'wrong'}",
            (low, y + 0.85),
            offset=(-4, 12),
            color=COLORS["ink"],
        )
        for place, text in ((low, "1"), (high, "1.125"), (1.0625, "midpoint"), (1.03125, "odd"), (1.09375, "odd")):
            chart.note(text, (place, y), offset=(0, -18), ha="center", color=COLORS["muted"])
        chart.note("x", (float(X), y), offset=(5, 10))
        table = {
            key: [*column, cell]
            for (key, column), cell in zip(table.items(), (name, f"{X:g}", f"{first:g}", f"{last:g}"), strict=True)
        }
    axes.set_xlim(low - 0.008, high + 0.008)
    axes.set_ylim(-0.3, 3.4)
    axes.set_axis_off()
    return chart.drawing(table)
