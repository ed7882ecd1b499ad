"""The size of RMS norm's output against the size of its input: where eps ends it, and where squares leave float32."""

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from reference.normalization.rms_norm import rms_norm

ROW = np.array([1.0, -1.0, 1.0, -1.0])  # its root mean square is 1
EPS = 1e-5


def size(y: np.ndarray) -> np.ndarray:
    """Return the root mean square of rows, in float64."""
    return np.asarray(np.sqrt(np.mean(y.astype(np.float64) ** 2, axis=-1)))


def textbook(x: np.ndarray) -> np.ndarray:
    """RMS norm without eps as its formula stands, in the type of x."""
    return np.asarray(x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True)))


def draw() -> Drawing:
    """Draw both panels."""
    chart = Chart("normalization_rms_norm", height=300, panels=2, right=24)
    sizes = 10.0 ** np.linspace(-9, 2, 111)
    inside = size(rms_norm(sizes[:, None] * ROW, eps=EPS))
    chart.line(sizes, inside, series=1)
    chart.line(sizes, sizes / (sizes + EPS), series=2)
    chart.note("eps under", (1e-2, 0.6), offset=(0, 0))
    chart.note("eps after", (8e-6, 0.6), offset=(0, 0), ha="right")
    powers = np.linspace(-44, 38, 165)
    x = (10.0 ** powers[:, None] * ROW).astype(np.float32)
    with np.errstate(all="ignore"):
        plain = size(textbook(x))
    ours = size(rms_norm(x, eps=0.0))
    chart.line(10.0**powers, ours, series=1, panel=1)
    known = np.isfinite(plain)
    chart.line(10.0 ** powers[known], plain[known], series=2, panel=1)
    chart.note("ours", (1e-30, 1), offset=(0, 10), panel=1, ha="center")
    chart.note("formula", (10**18.5, 0.5), offset=(-6, 10), panel=1, ha="right")
    chart.note("∞", (1e-34, 0.0), offset=(0, 10), panel=1, ha="center")
    for panel, ticks in enumerate([(-9, -6, -3, 0), (-40, -20, 0, 20, 38)]):
        axes = chart.panels[panel]
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xticks([10.0**p for p in ticks], [power_of(10, p) for p in ticks])
        axes.set_ylim(0, 1.2)
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    chart.labels(x="size of the input", title="size of the output", panel=0)
    chart.labels(x="size of the input", title="float32, without eps", panel=1)
    marks = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1.0]
    table = {
        "size of the input": [f"{s:g}" for s in marks],
        "eps under the root": [f"{size(rms_norm(s * ROW, eps=EPS)):.3g}" for s in marks],
        "eps after it": [f"{s / (s + EPS):.3g}" for s in marks],
    }
    return chart.drawing(table)
