"""Singular values of a product of random matrices against depth, beside the growth that theory predicts."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing, power_of
from reference.activations import collapse

SIZE, SEEDS = 8, 5
DEPTHS = np.asarray([1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
SHOWN = (2, 4, 6, 8)


def digamma(x: float) -> float:
    """Return psi(x) for x = 1/2, 1, 3/2, ... from psi(x + 1) = psi(x) + 1/x."""
    start = 1.0 if x % 1 == 0 else 0.5
    steps = np.arange(start, x)
    return float(-np.euler_gamma - (2 * np.log(2) if start == 0.5 else 0) + np.sum(1 / steps))


def rate(k: int) -> float:
    """Return the expected growth per layer of the logarithm of the k-th singular value, k from 1."""
    return float(0.5 * (np.log(2 / SIZE) + digamma((SIZE - k + 1) / 2)))


def measured() -> np.ndarray:
    """Return the logarithm of each singular value over the largest, (seeds, depths, SIZE)."""
    found = np.empty((SEEDS, len(DEPTHS), SIZE))
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        weights = [rng.normal(scale=SIZE**-0.5, size=(SIZE, SIZE)) for _ in range(DEPTHS[-1])]
        for i, depth in enumerate(DEPTHS):
            values = np.linalg.svd(collapse(weights[:depth]), compute_uv=False)
            found[seed, i] = np.log10(values / values[0])
    return found


def draw() -> Drawing:
    """Draw the median over the seeds as marks, the prediction as lines, the precision of float64 as a floor."""
    found = measured()
    middle, floor = np.median(found, axis=0), np.log10(np.finfo(np.float64).eps)
    chart = Chart("activations_linearity_spectrum", height=330, right=104, left=64)
    axes = chart.panels[0]
    depth = np.asarray([0, 50])
    for series, k in enumerate(SHOWN, 1):
        slope = (rate(k) - rate(1)) / np.log(10)
        end = min(50.0, -21.0 / slope)
        chart.line(np.asarray([0, end]), np.asarray([0, end * slope]), series=series)
        axes.plot(DEPTHS, middle[:, k - 1], "o", ms=5, color=COLORS[f"data-{series}"])
        place = (end, middle[-1, k - 1]) if end == 50 else (end, -20.0)
        chart.note(f"number {k}", place, offset=(8, 0))
    axes.plot(depth, [floor, floor], color=COLORS["muted"], lw=1)
    chart.note("precision of float64", (0.5, floor), offset=(0, -9), color=COLORS["muted"])
    axes.set_ylim(-21, 1)
    axes.set_xlim(0, 51)
    axes.set_yticks([0, -5, -10, -15, -20], ["1", *(power_of(10, -p) for p in (5, 10, 15, 20))])
    chart.labels(x="layers", title="singular value, as a share of the largest")
    table = {"layers": [str(d) for d in DEPTHS]}
    for k in SHOWN:
        table[f"number {k}, predicted"] = [f"{10 ** (d * (rate(k) - rate(1)) / np.log(10)):.0e}" for d in DEPTHS]
        table[f"number {k}, median of {SEEDS}"] = [f"{10**v:.0e}" for v in middle[:, k - 1]]
    return chart.drawing(table, {"seeds": SEEDS})
