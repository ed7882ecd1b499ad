"""What a derivative is: the same step in two places of a sigmoid, and lines through two points of 1/x."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.activations import sigmoid
from reference.autograd import forward_difference

PLACES = (-4.0, -0.5)
STEPS = (1.0, 0.5, 0.25)


def draw() -> Drawing:
    """Draw both panels."""
    chart = Chart("autograd_derivative", height=270, panels=2, right=68, left=36)
    rises = [_step(chart, place, series) for series, place in enumerate(PLACES, 2)]
    slopes = _lines(chart)
    chart.labels(x="x", title="the same step in two places")
    chart.labels(x="x", title="1/x, and lines through two points", panel=1)
    names = [f"sigmoid, from {start:g} to {start + 1:g}" for start in PLACES] + [
        f"1/x, from 1 to {1 + h:g}" for h in STEPS
    ]
    table = {"change": [*names, "1/x, at 1"], "slope": [f"{slope:.3f}" for slope in [*rises, *slopes, -1.0]]}
    return chart.drawing(table)


def _step(chart: Chart, start: float, series: int) -> float:
    """Draw a step of 1 and the rise that it makes, and return that."""
    low, high = sigmoid(np.array([start, start + 1]))
    if series == 2:
        x = np.linspace(-6, 6, 121)
        chart.line(x, sigmoid(x), series=1)
    chart.line([start, start + 1], [low, low], series=series, linestyle="-")
    chart.line([start + 1, start + 1], [low, high], series=series, linestyle="-", linewidth=4)
    chart.note(f"{high - low:.2f}", (start + 1, (low + high) / 2), offset=(-30, 16) if start < -1 else (8, 0))
    return float(high - low)


def _lines(chart: Chart) -> list[float]:
    """Draw 1/x with its tangent at 1 and three lines through two points, and return their slopes."""
    x = np.linspace(0.5, 2.2, 86)
    chart.line(x, 1 / x, series=1, panel=1)
    slopes = [float(forward_difference(np.reciprocal, np.array(1.0), h=h)) for h in STEPS]
    ends = np.array([0.6, 2.2])
    for series, (h, slope) in enumerate(zip(STEPS, slopes, strict=True), 2):
        chart.line(ends, 1 + slope * (ends - 1), series=series, panel=1, linewidth=1.5)
        chart.panels[1].plot([1 + h], [1 / (1 + h)], "o", ms=5, color=COLORS[f"data-{series}"])
        chart.note(f"h = {h:g}", (2.2, 1 + 1.2 * slope), offset=(6, {2: 3, 3: -2}.get(series, 0)), panel=1)
    chart.line(ends, 2 - ends, series=1, panel=1, color=COLORS["ink"], linestyle="-", linewidth=1)
    chart.note("tangent", (2.2, -0.2), offset=(6, -2), panel=1)
    chart.panels[1].plot([1], [1], "o", ms=6, color=COLORS["ink"])
    chart.panels[1].set_ylim(-0.3, 2.05)
    chart.panels[1].set_xlim(0.4, 2.25)
    return slopes
