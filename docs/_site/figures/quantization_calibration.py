"""What a threshold costs: rounding and cutting at 4 bits, and where the four ways put it; and the divergence."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import kl_divergences, kl_range, min_max_range, mse_range, percentile_range, range_error

BITS = 4


def activations() -> np.ndarray:
    """Return normal numbers of which one in a thousand is twenty times as large, as on the page."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000).astype(np.float32)
    x[rng.choice(x.size, x.size // 1000, replace=False)] *= 20
    return x


def draw() -> Drawing:
    """Draw the mean squared error over the threshold, in its two parts, and beside it the divergence."""
    x = activations()
    chart = Chart("quantization_calibration", height=330, panels=2, left=56, right=24)
    error, divergence = chart.panels
    widths = np.geomspace(1, 40, 60)
    cut = np.array([np.mean((x - np.clip(x, -t, t)) ** 2, dtype=np.float64) for t in widths])
    total = np.array([range_error(x, (-t, t), bits=BITS) for t in widths])
    rounding = np.array([range_error(np.clip(x, -t, t), (-t, t), bits=BITS) for t in widths])
    for y, series, label, at, offset in (
        (total, 1, "all", 0, (4, 10)),
        (cut, 2, "cutting", 45, (4, 8)),
        (rounding, 3, "rounding", 6, (8, -12)),
    ):
        chart.line(widths, y, series=series)
        chart.note(label, (widths[at], y[at]), offset=offset)
    counts, edges = np.histogram(np.abs(x), bins=2048, range=(0, float(np.abs(x).max())))
    counts[0] = counts[1]
    kept, found = kl_divergences(counts, levels=2 ** (BITS - 1))
    finite = np.isfinite(found)
    divergence.plot(edges[kept][finite], found[finite], ".", color=COLORS["data-4"], markersize=4)
    marks = {
        "min-max": float(np.max(np.abs(min_max_range(x)))),
        "99.9 %": percentile_range(x).high,
        "mse": mse_range(x, bits=BITS).high,
        "KL": kl_range(x, bits=BITS).high,
    }
    for threshold in marks.values():
        error.axvline(threshold, color=COLORS["line-strong"], linewidth=1)
    for text, name, side in (("KL, 99.9 %", "KL", -4), ("mse", "mse", 4), ("min-max", "min-max", -4)):
        chart.note(text, (marks[name], 1.9), offset=(side, 0), ha="right" if side < 0 else "left")
    for axes in chart.panels:
        axes.set_xscale("log")
        axes.set_xlim(1, 40)
        axes.set_yscale("log")
        axes.set_xticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
        axes.minorticks_off()
    error.set_ylim(2e-3, 3)
    error.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    divergence.set_ylim(2e-3, 1)
    divergence.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    chart.labels(x="threshold", title="mean squared error, 4 bits")
    chart.labels(x="threshold", title="divergence, 8 levels", panel=1)
    shown = range(0, 60, 6)
    table = {
        "threshold": [f"{widths[i]:.2f}" for i in shown],
        "error": [f"{total[i]:.3g}" for i in shown],
        "by cutting": [f"{cut[i]:.3g}" for i in shown],
        "by rounding": [f"{rounding[i]:.3g}" for i in shown],
    }
    return chart.drawing(
        table, {name.replace("-", "_").replace(" %", "").replace(".", "_"): t for name, t in marks.items()}
    )
