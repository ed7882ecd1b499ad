"""The negative tail of GELU in float32: what is there, and where the textbook form stops."""

import math

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.activations.gated import gelu


def draw() -> Drawing:
    """Draw the size of the exact GELU, of its textbook float32 form, and of the tanh form."""
    x = np.linspace(-13.5, -1, 101).astype(np.float32)
    erf = np.array([math.erf(v) for v in x / np.sqrt(np.float32(2))], dtype=np.float32)
    textbook = np.float32(0.5) * x * (1 + erf)
    lines = {
        "exact": (np.abs(gelu(x)), 1),
        "tanh form": (np.abs(gelu(x, approximate="tanh")), 3),
        "textbook": (np.abs(textbook), 2),
    }
    chart = Chart("activations_gated_tail", height=320, right=24, left=64)
    axes = chart.panels[0]
    for size, series in (lines["exact"], lines["tanh form"], lines["textbook"]):
        shown = size > 1e-38
        chart.line(x[shown], size[shown], series=series, linewidth=3.5 if series == 2 else 2)
    stop = x[textbook != 0][0]
    axes.vlines(stop, 1e-38, np.abs(gelu(stop)), color=COLORS["muted"], linewidth=1, linestyle=(0, (1, 3)))
    chart.note("textbook stops", (float(stop), 1e-34), offset=(8, 0))
    chart.note("exact", (-11, 1e-26), offset=(-10, 8), ha="right")
    chart.note("tanh form", (-9.2, 1e-30), offset=(6, -4))
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(1e-38, 3)
    axes.set_yticks([1e-36, 1e-27, 1e-18, 1e-9, 1], [*(power_of(10, n) for n in (-36, -27, -18, -9)), "1"])
    chart.labels(x="x", title="size of the result, float32")
    table = {"x": [f"{v:g}" for v in x[::8]]}
    for label, (size, _) in lines.items():
        table[label] = [f"{v:.2e}" for v in size[::8]]
    return chart.drawing(table, {"textbook_stops": float(stop)})
