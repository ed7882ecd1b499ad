"""The error of three sums against how many numbers they add: root mean squares of twelve seeds, with their spread."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.numbers.sums import kahan_sum, naive_sum, pairwise_sum, sum_error

SIZES = [3 * 2**k for k in range(1, 13)]
"""The sums are then near 1.5 times a power of two: one ulp is the same for all seeds."""
SEEDS = range(12)
METHODS = {"naive": (naive_sum, 2), "pairwise": (pairwise_sum, 1), "Kahan": (kahan_sum, 3)}


def errors(n: int) -> dict[str, list[float]]:
    """Return the errors of each method over the seeds, from the smallest to the largest."""
    samples = [np.random.default_rng(seed).uniform(size=n).astype(np.float32) for seed in SEEDS]
    return {name: sorted(sum_error(function(x), x) for x in samples) for name, (function, _) in METHODS.items()}


def walk(n: int) -> float:
    """Return the error that independent roundings would add up to, as the root of its mean square, in ulp."""
    parts = np.arange(2, n + 1) / 2  # the mean of a number is 1/2
    unit = np.spacing(parts.astype(np.float32)).astype(np.float64)
    return float(np.sqrt(np.sum(unit**2) / 12) / unit[-1])


def draw() -> Drawing:
    """Draw root mean squares as lines, the spread of the seeds as bars, and the predictions for the naive sum."""
    found = [errors(n) for n in SIZES]
    chart = Chart("numbers_sums", height=320, right=130, left=50)
    axes = chart.panels[0]
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.minorticks_off()
    chart.line(
        SIZES, [0.75 * (n - 1) for n in SIZES], color=COLORS["line-strong"], linestyle=(0, (8, 3)), linewidth=1.5
    )
    chart.note("bound for naive", (SIZES[7], 0.75 * SIZES[7]), offset=(-6, 8), ha="right")
    chart.line(SIZES, [walk(n) for n in SIZES], color=COLORS["line-strong"], linestyle=(0, (2, 3)), linewidth=1.5)
    chart.note("random walk", (SIZES[-1], walk(SIZES[-1])), offset=(6, -10))
    table = {"numbers": [f"{n}" for n in SIZES]}
    for name, (_, series) in METHODS.items():
        rows = [row[name] for row in found]
        shown = [float(np.sqrt(np.mean(np.square(row)))) for row in rows]
        chart.line(SIZES, shown, name, series=series, shift={"naive": 8, "pairwise": 9, "Kahan": -9}[name])
        if name == "naive":
            axes.vlines(SIZES, [max(row[0], 0.05) for row in rows], [row[-1] for row in rows], COLORS["data-2"], lw=1)
        table[name] = [f"{mean:.2f}, {row[0]:.2f} to {row[-1]:.2f}" for mean, row in zip(shown, rows, strict=True)]
    axes.set_xlim(SIZES[0], SIZES[-1])
    axes.set_ylim(0.05, 2e4)
    axes.set_xticks([6, 96, 1536, 12288], ["6", "96", "1536", "12288"])
    axes.set_yticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"])
    chart.labels(x="numbers added", title="error in ulp")
    return chart.drawing(table)
