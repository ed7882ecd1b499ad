"""Four bits as a circle of sixteen integers, and what becomes of numbers beyond it."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.numbers import IntegerFormat, wrap

INT4 = IntegerFormat(4)


def draw() -> Drawing:
    """Draw the circle of codes, and wrapping beside clipping."""
    chart = Chart("numbers_integers", height=330, panels=2, right=66, left=20)
    _circle(chart)
    x = np.arange(-20, 21)
    wrapped = np.array([wrap(int(value), 4) for value in x])
    clipped = np.clip(x, INT4.min, INT4.max)
    axes = chart.panels[1]
    starts = [0, *(np.flatnonzero(np.diff(wrapped) < 0) + 1).tolist(), x.size]
    for first, end in pairwise(starts):
        chart.line(x[first:end], wrapped[first:end], series=2, panel=1)
    chart.line(x, clipped, "clip", series=1, panel=1)
    chart.note("wrap", (20, wrapped[-1]), panel=1)
    axes.set_xticks([-16, -8, 0, 8, 16])
    axes.set_yticks([-8, -4, 0, 4, 7])
    axes.set_ylim(-9.5, 9.5)
    chart.labels("the number", panel=1, title="what int4 holds of it")
    codes = range(INT4.codes)
    table: dict[str, list[Any]] = {
        "code": [f"{code:04b}" for code in codes],
        "int4": [INT4.decode(code) for code in codes],
        "its negative, wrapped": [wrap(-INT4.decode(code), 4) for code in codes],
    }
    return chart.drawing(table)


def _circle(chart: Chart) -> None:
    axes = chart.panels[0]
    axes.set_axis_off()
    axes.set_xlim(-1.45, 1.45)
    axes.set_ylim(-1.45, 1.45)
    turn = np.linspace(0, 2 * math.pi, 121)
    axes.plot(0.86 * np.sin(turn), 0.86 * np.cos(turn), color=COLORS["line-strong"], linewidth=1)
    for code in range(INT4.codes):
        value, angle = INT4.decode(code), 2 * math.pi * code / INT4.codes
        x, y = math.sin(angle), math.cos(angle)
        color = COLORS["sign"] if value < 0 else COLORS["fraction"]
        axes.plot([0.86 * x], [0.86 * y], "s" if value < 0 else "o", color=color, markersize=7)
        middle: dict[str, Any] = {"ha": "center", "offset": (0, 0)}
        chart.note(f"{value}".replace("-", "−"), (1.12 * x, 1.12 * y), **middle)
        if code % 4 == 0:
            chart.note(f"{code:04b}", (0.52 * x, 0.6 * y), color=COLORS["muted"], **middle)
    chart.note("+1 →", (0.05, 0.28), ha="center", offset=(0, 0))
    angle = 2 * math.pi * 7.5 / INT4.codes
    ends = [(0.74 * math.sin(angle), 0.74 * math.cos(angle)), (1.0 * math.sin(angle), 1.0 * math.cos(angle))]
    axes.plot(*zip(*ends, strict=True), color=COLORS["ink"], linewidth=2, linestyle=(0, (2, 2)))
