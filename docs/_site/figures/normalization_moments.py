"""The relative error of five float32 variances against the mean in standard deviations, over ten seeds."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.normalization import (
    Moments,
    corrected_variance,
    merge,
    one_pass_variance,
    two_pass_variance,
    variance,
    welford,
)

MEANS = 10 ** np.arange(0, 6.25, 0.5)
SEEDS = range(10)
FLOOR = 2e-9


def halves(x: Any) -> Moments:
    """Return the moments of the two halves, merged."""
    half = len(x) // 2
    return merge(halves(x[:half]), halves(x[half:])) if half else Moments(1, x[0], 0 * x[0])


WAYS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "one pass": (one_pass_variance, 2),
    "Welford": (lambda x: reduce(welford, x, Moments()).variance, 3),
    "merged": (lambda x: halves(x).variance, 4),
    "two passes": (two_pass_variance, 5),
    "corrected": (corrected_variance, 1),
}


def rows(mu: float) -> list[Any]:
    """Return a thousand float32 numbers around mu, for each seed."""
    return [(np.random.default_rng(seed).normal(size=1000) + mu).astype(np.float32) for seed in SEEDS]


def error(way: Callable[[Any], Any], mu: float) -> float:
    """Return the root mean square of the relative errors over the seeds."""
    exact = [float(variance(x.astype(np.float64))) for x in rows(mu)]
    found = [float(way(x)) for x in rows(mu)]
    return float(np.sqrt(np.mean((np.asarray(found) / exact - 1) ** 2)))


def draw() -> Drawing:
    """Draw the errors on logarithmic axes, with the two powers of the mean that they are predicted to follow."""
    chart = Chart("normalization_moments", height=340, right=100, left=56)
    axes = chart.panels[0]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    u = 2.0**-24
    table = {"mean": [f"{mu:.3g}" for mu in MEANS]}
    for power in (1, 2):
        style: Any = {"color": COLORS["line-strong"], "linestyle": (0, (2, 3)), "linewidth": 1.5}
        chart.line(MEANS, u * (1 + MEANS**2) ** (power / 2), **style)
    chart.note("u k²", (10**2.5, u * 10**5), offset=(-4, 12), ha="right", color=COLORS["muted"])
    chart.note("u k", (10**2, u * 10**2), offset=(-4, 12), ha="right", color=COLORS["muted"])
    shifts = {"one pass": 0, "Welford": 3, "merged": 4, "two passes": -7, "corrected": 0}
    for name, (way, series) in WAYS.items():
        found = [max(error(way, mu), FLOOR) for mu in MEANS]
        chart.line(MEANS, found, name, series=series, shift=shifts[name])
        table[name] = [f"{each:.1e}" for each in found]
    axes.axhline(1, color=COLORS["line-strong"], linewidth=1)
    chart.note("as large as the variance", (1, 1), offset=(4, 9), color=COLORS["muted"])
    axes.set_xlim(1, 10**6)
    axes.set_ylim(5e-9, 1e6)
    axes.set_xticks([1, 10, 100, 1e3, 1e4, 1e5, 1e6], ["1", "10", *(power_of(10, n) for n in (2, 3, 4, 5, 6))])
    axes.set_yticks(
        [1e-8, 1e-6, 1e-4, 1e-2, 1, 100, 1e4],
        [*(power_of(10, n) for n in (-8, -6, -4, -2)), "1", "100", power_of(10, 4)],
    )
    chart.labels(x="mean, in standard deviations", title="relative error of the variance")
    return chart.drawing(table)
