"""What four gradients of nine weights say, over what the central difference measures."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.autograd import numerical_jacobian

MARKS = "os^D"


def draw() -> Drawing:
    """Draw the diagonal and the points of the right gradient and of three wrong ones."""
    random = np.random.default_rng(0)
    x, w, c = (random.normal(size=shape) for shape in ((4, 3), (3, 3), (4, 3)))
    measured = numerical_jacobian(lambda w: np.sum(c * (x @ w)), w)
    right = x.T @ c
    gradients = {"right": right, "minus": -right, "= for +=": right / 2, "transposed": right.T}
    chart = Chart("autograd_gradcheck", height=320, right=110, left=52)
    axes = chart.panels[0]
    limit = 1.08 * float(np.max(np.abs(right)))
    ends = np.array([-limit, limit])
    chart.line(ends, ends, series=1, color=COLORS["line-strong"], linestyle="-", linewidth=1)
    order = np.argsort(measured, axis=None)
    table = {"central difference": [f"{slope:.3f}" for slope in measured.ravel()[order]]}
    for series, (name, gradient) in enumerate(gradients.items(), 1):
        axes.plot(measured.ravel(), gradient.ravel(), MARKS[series - 1], ms=7, color=COLORS[f"data-{series}"])
        table[name] = [f"{slope:.3f}" for slope in gradient.ravel()[order]]
    at = np.argmax(measured)
    for name in ("right", "minus", "= for +="):
        chart.note(name, (limit, float(gradients[name].ravel()[at])), offset=(6, 0))
    chart.note("transposed", (limit, float(right.T.ravel()[at])), offset=(6, 0))
    axes.set_xlim(1.25 * float(np.min(measured)), limit)
    axes.set_ylim(-limit, limit)
    chart.labels(x="slope by central difference", title="slope by the gradient")
    return chart.drawing(table)
