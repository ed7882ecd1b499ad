"""A bfloat16 weight that takes 500 steps of a thousandth: rounded to nearest, and by chance with five seeds."""

import numpy as np

from docs._site.plot import Chart, Drawing
from reference.numbers import BFLOAT16, RoundingMode
from reference.numbers.lookup import round_to

STEPS, STEP, SEEDS = 500, 1e-3, range(5)


def path(mode: RoundingMode, seed: int = 0) -> np.ndarray:
    """Return the weight before and after each step."""
    rng = np.random.default_rng(seed)
    weights = [np.ones(1)]
    for _ in range(STEPS):
        weights.append(round_to(weights[-1] + STEP, BFLOAT16, mode=mode, rng=rng))
    return np.concatenate(weights)


def draw() -> Drawing:
    """Draw the exact line, the flat one of rounding to nearest, and the five stairs around the exact line."""
    chart = Chart("numbers_rounding_stochastic", height=300, right=130)
    paths = [path(RoundingMode.STOCHASTIC, seed) for seed in SEEDS]
    nearest = path(RoundingMode.NEAREST_EVEN)
    every = np.arange(0, STEPS + 1, 5)
    for stairs in paths:
        chart.line(every, stairs[every], series=2, linestyle="-", linewidth=1, drawstyle="steps-post")
    chart.line([0, STEPS], [1, 1 + STEPS * STEP], "exact")
    chart.line([0, STEPS], [nearest[0], nearest[-1]], "nearest", series=3)
    chart.note("stochastic,", (STEPS, 1.39), offset=(6, 6))
    chart.note("five seeds", (STEPS, 1.39), offset=(6, -8))
    axes = chart.panels[0]
    axes.set_ylim(0.97, 1.58)
    axes.set_yticks([1, 1.1, 1.2, 1.3, 1.4, 1.5])
    chart.labels(x="steps of 0.001", title="weight in bfloat16")
    shown = range(0, STEPS + 1, 100)
    table = {"steps": [str(n) for n in shown], "exact": [f"{1 + n * STEP:.3f}" for n in shown]}
    table["nearest"] = [f"{nearest[n]:.3f}" for n in shown]
    table |= {f"seed {seed}": [f"{stairs[n]:.3f}" for n in shown] for seed, stairs in zip(SEEDS, paths, strict=True)}
    ends = sorted(float(stairs[-1]) for stairs in paths)
    return chart.drawing(table, {"nearest": float(nearest[-1]), "lowest": ends[0], "highest": ends[-1]})
