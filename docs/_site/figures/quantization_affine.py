"""The levels that three bits give numbers from -1 to 3, with a symmetric and with an asymmetric quantizer."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import Quantized, absmax_quantize, affine_quantize, dequantize

RANGE = np.array([-1.0, 3.0])


def levels(q: Quantized, codes: np.ndarray) -> np.ndarray:
    """Return the numbers that codes stand for beside the scale and zero point of q."""
    return dequantize(Quantized(codes.astype(q.codes.dtype), q.scale, q.zero_point))


def draw() -> Drawing:
    """Draw two rows of levels above the range that they should cover."""
    chart = Chart("quantization_affine", height=230, left=124, right=24)
    axes = chart.panels[0]
    symmetric, affine = absmax_quantize(RANGE, bits=3), affine_quantize(RANGE, bits=3)
    rows = [
        (2, "symmetric", np.arange(-3, 4), levels(symmetric, np.arange(-3, 4)), 1),
        (1, "asymmetric", np.arange(8), levels(affine, np.arange(8)), 2),
    ]
    axes.plot(RANGE, [0.25, 0.25], color=COLORS["line-strong"], linewidth=7, solid_capstyle="butt")
    chart.note("the numbers", (1, 0.25), ha="center", offset=(0, -15))
    table: dict[str, list[Any]] = {}
    for row, name, codes, numbers, series in rows:
        axes.plot([-3.3, 3.3], [row, row], color=COLORS["line"], linewidth=1)
        wasted = numbers < RANGE[0] - 0.3
        color = COLORS[f"data-{series}"]
        axes.plot(numbers[~wasted], np.full(np.sum(~wasted), row), "o", color=color, markersize=9)
        axes.plot(numbers[wasted], np.full(np.sum(wasted), row), "o", color=color, markersize=9, fillstyle="none")
        for code, number in zip(codes, numbers, strict=True):
            chart.note(f"{code}".replace("-", "−"), (float(number), row), ha="center", offset=(0, 15))
        chart.note(name, (-3.4, row), offset=(-8, 0), ha="right")
        table[f"{name} code"] = [str(code) for code in codes] + [""] * (8 - codes.size)
        table[f"{name} number"] = [f"{number:.3f}" for number in numbers] + [""] * (8 - codes.size)
    axes.set_xlim(-3.4, 3.4)
    axes.set_ylim(-0.35, 2.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(range(-3, 4))
    return chart.drawing(table, {"step": float(symmetric.scale), "finer": float(affine.scale)})
