"""What a step leaves of a chain's output, against the share of it that the first order promises to take away."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.stability.reparametrization import chain, chain_gradient, rate_for_drop

DROP = 0.1
MARKED = {1.1: (0, 14), 0.7: (30, 5), 0.5: (-34, 0)}
LINES = [
    (1, "first order", 250.0, True),
    (3, "3 layers", 250.0, True),
    (10, "10 layers", 34.0, False),
    (30, "30 layers", 61.0, True),
]
"""Layers, label, and where it stands."""


def left(layers: int, share: float) -> float:
    """Return the output after the step in units of the output before it, for a chain of equal weights."""
    weights = np.full(layers, (DROP / share) ** (1 / layers))
    step = -rate_for_drop(weights, drop=DROP) * chain_gradient(weights)
    return float(chain(weights + step) / chain(weights))


def draw() -> Drawing:
    """Draw the size of what is left for chains of several lengths, and the three chains of the page."""
    chart = Chart("stability_reparametrization", height=340, right=92, left=62)
    axes = chart.panels[0]
    shares = np.logspace(-2, np.log10(250), 441)
    table = {"share asked for": [f"{share:g}" for share in (0.01, 0.1, 1, 3, 10, 30, 100)]}
    for series, (layers, label, at, right) in enumerate(LINES, 1):
        sizes = np.array([abs(left(layers, share)) for share in shares])
        chart.line(shares, np.maximum(sizes, 1e-12), series=series)
        chart.note(
            label, (at, abs(left(layers, at))), offset=(8, 0) if right else (-8, 0), ha="left" if right else "right"
        )
        table[label] = [f"{left(layers, float(share)):.3g}" for share in table["share asked for"]]
    for weight, offset in MARKED.items():
        share = DROP / weight**10
        axes.plot(share, abs(left(10, share)), "o", color=COLORS["ink"], markersize=6)
        chart.note(f"w = {weight}", (share, abs(left(10, share))), offset=offset, ha="center")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xlim(0.01, shares[-1])
    axes.set_ylim(1e-7, 1e11)
    axes.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    powers = (-6, -3, 0, 3, 6, 9)
    axes.set_yticks([10.0**n for n in powers], [power_of(10, n) if n else "1" for n in powers])
    chart.labels(x="drop asked for, as a share of the output", title="size of the output after the step, before it 1")
    return chart.drawing(table)
