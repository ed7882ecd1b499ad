"""The formats as bars from their smallest to their largest number, with the bits of precision that they have."""

import math
from typing import Any

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.numbers import FORMATS, FloatFormat

LOW, HIGH = -27, 20
WIDE = (-11, 5)
"""Formats with 8 exponent bits and more run out of the picture; their ends stand written in a gap of the bar."""


def _ends(format: FloatFormat) -> tuple[int, int, float]:
    """Return the logarithms to base 2 of the smallest number, of the smallest normal one, and of the largest."""
    return format.emin - format.fraction_bits * format.subnormals, format.emin, math.log2(format.max)


def draw() -> Drawing:
    """Draw a bar for each format on an axis of powers of two: thin where numbers are subnormal."""
    chart = Chart("numbers_formats", height=24 * len(FORMATS) + 84, left=204, right=60)
    axes = chart.panels[0]
    heads = ["format", "smallest", "smallest normal", "largest", "bits of precision"]
    columns: dict[str, list[str]] = {head: [] for head in heads}
    style: dict[str, Any] = {"color": COLORS["exponent"], "linewidth": 9}
    for row, (name, format) in enumerate(FORMATS.items()):
        y, (low, normal, high), bits = -row, _ends(format), str(1 + format.fraction_bits)
        if low < LOW:
            axes.hlines([y, y], [LOW, WIDE[1]], [WIDE[0], HIGH], **style)
            axes.plot([LOW], [y], "<", color=COLORS["exponent"], markersize=11, clip_on=False)
            axes.plot([HIGH], [y], ">", color=COLORS["exponent"], markersize=11, clip_on=False)
            chart.note(
                f"{power_of(2, low)} to {power_of(2, round(high))}", (sum(WIDE) / 2, y), offset=(0, 0), ha="center"
            )
        else:
            axes.hlines(y, low, normal, color=COLORS["exponent"], linewidth=2)
            axes.hlines(y, normal, high, **style)
        chart.note(name, (LOW, y), offset=(-14, 0), ha="right")
        chart.note(bits, (HIGH, y), offset=(24, 0), color=COLORS["fraction"])
        cells = [name, power_of(2, low), power_of(2, normal), f"{float(format.max):.6g}", bits]
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    chart.note("bits", (HIGH, 1), offset=(24, 0), color=COLORS["fraction"])
    axes.set_xlim(LOW, HIGH)
    axes.set_ylim(0.7 - len(FORMATS), 0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")
    ticks = [-24, -16, -8, 0, 8, 16]
    axes.set_xticks(ticks, [power_of(2, exponent) if exponent else "1" for exponent in ticks])
    return chart.drawing(columns)
