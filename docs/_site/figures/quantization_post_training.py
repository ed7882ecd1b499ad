"""Two weights on a grid of codes, with curves of equal output error: where rounding and where GPTQ take them."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import dequantize, gptq, inverse_factor, round_to_nearest

WEIGHT = np.array([[1.42, 1.38, 0.0, 3.0]])  # the last two stretch the grid of 2 bits over 0, 1, 2, 3
CORRELATIONS = {"unrelated inputs": 0.0, "inputs that move together": 0.9}


def inputs(correlation: float) -> np.ndarray:
    """Return inputs with a Hessian of exactly this correlation between the first two."""
    hessian = np.eye(4)
    hessian[0, 1] = hessian[1, 0] = correlation
    factor: np.ndarray = np.linalg.cholesky(hessian).T
    return factor


def draw() -> Drawing:
    """Draw the plane of the first two weights, once for each kind of inputs."""
    chart = Chart("quantization_post_training", height=330, panels=2, right=16, left=52)
    table: dict[str, list[str]] = {"inputs": [], "way": [], "weights": [], "output error": []}
    for panel, (name, correlation) in enumerate(CORRELATIONS.items()):
        x = inputs(correlation)
        ends = {"nearest": round_to_nearest(WEIGHT, bits=2), "GPTQ": gptq(WEIGHT, x, bits=2)}
        _plane(chart, panel, name, x[:2, :2])
        for way, q in ends.items():
            change = dequantize(q) - WEIGHT
            place = tuple(dequantize(q)[0, :2].tolist())
            cells = (name, way, f"({place[0]:g}, {place[1]:g})", f"{float(np.sum((x @ change.T) ** 2)):.2f}")
            for column, cell in zip(table, cells, strict=True):
                table[column].append(cell)
        _ways(chart, panel, x, {way: dequantize(q)[0] for way, q in ends.items()})
    return chart.drawing(table)


def _plane(chart: Chart, panel: int, name: str, x: np.ndarray) -> None:
    axes: Any = chart.panels[panel]
    a, b = np.meshgrid(np.linspace(0.4, 2.5, 85), np.linspace(0.4, 2.5, 85))
    outputs = np.stack([a - WEIGHT[0, 0], b - WEIGHT[0, 1]], axis=-1) @ x.T
    levels = [0.01, 0.05, 0.13, 0.3, 0.7]
    axes.contour(a, b, np.sum(outputs**2, axis=-1), levels=levels, colors=[COLORS["line-strong"]], linewidths=0.7)
    grid = np.array([(i, j) for i in (1, 2) for j in (1, 2)])
    axes.plot(*grid.T, "s", color=COLORS["muted"], ms=5)
    axes.set_xlim(0.4, 2.5)
    axes.set_ylim(0.4, 2.5)
    axes.set_xticks([1, 2])
    axes.set_yticks([1, 2])
    axes.grid(visible=False)
    chart.labels(x="first weight", y="second weight", panel=panel, title=name)


def _ways(chart: Chart, panel: int, x: np.ndarray, ends: dict[str, np.ndarray]) -> None:
    """Draw the way to the nearest point, and GPTQ's: round the first, move the second, round it."""
    axes: Any = chart.panels[panel]
    start, factor = WEIGHT[0, :2], inverse_factor(x.T @ x)
    first = ends["GPTQ"][0]
    moved = start[1] - (start[0] - first) * factor[0, 1] / factor[0, 0]
    nearest = np.stack([start, ends["nearest"][:2]])
    path = np.array([start, (first, moved), ends["GPTQ"][:2]])
    axes.plot(*nearest.T, color=COLORS["data-2"], linestyle=(0, (6, 3)), lw=1.8)
    axes.plot(*path.T, color=COLORS["data-1"], lw=1.8)
    axes.plot(*path[1], ".", color=COLORS["data-1"], ms=8)
    axes.plot(*start, "o", color=COLORS["ink"], ms=6)
    chart.note("trained", tuple(start), offset=(9, 0), panel=panel)
    chart.note("nearest", tuple(nearest[1]), offset=(0, -14), panel=panel, ha="center")
    if ends["GPTQ"][1] != ends["nearest"][1]:
        chart.note("GPTQ", tuple(path[-1]), offset=(0, 14), panel=panel, ha="center")
    else:
        chart.note("and GPTQ", tuple(path[-1]), offset=(0, -30), panel=panel, ha="center")
