"""max(x, 0) and the slope that three ways to write it have at the kink."""

from collections.abc import Callable
from typing import Any

import numpy as np

from docs._site.bench_autograd import LENGTH
from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded
from reference.activations import log_softmax, relu
from reference.autograd import Tensor, operations

WAYS: dict[str, Callable[[Any], Any]] = {
    "relu(x)": relu,
    "maximum(x, 0)": lambda x: operations.maximum(x, 0.0),
    "clip(x, 0, None)": lambda x: operations.clip(x, 0.0, None),
}


def draw() -> Drawing:
    """Draw the function, and through its kink a line of each way's slope."""
    chart = Chart("autograd_operations", height=290, right=150)
    axes = chart.panels[0]
    ends = np.array([-1.0, 1.0])
    axes.plot([-1, 0, 1], [0, 0, 1], color=COLORS["line-strong"], linewidth=7, alpha=0.5)
    slopes = {}
    for series, (name, way) in enumerate(WAYS.items(), 1):
        x = Tensor(0.0)
        way(x).backward()
        slopes[name] = float(np.asarray(x.grad))
        chart.line(ends, slopes[name] * ends, series=series)
        chart.note(f"{name}: {slopes[name]:g}", (1.0, slopes[name]), offset=(6, 0))
    axes.set_xlim(-1, 1)
    axes.set_ylim(-1.05, 1.05)
    chart.labels(x="x", title="max(x, 0), and the slope at 0 by the way it is written")
    return chart.drawing({"way": list(WAYS), "slope at 0": [f"{slope:g}" for slope in slopes.values()]}, _nodes())


def _nodes() -> dict[str, Any]:
    """Return what the nodes of log_softmax should cost, at the recorded cost of one, and what they were measured to."""
    steps = recorded().engines
    saved = sum(1 for _ in log_softmax(Tensor(np.zeros((64, 10)))).backward_steps(np.ones((64, 10)))) - 1
    each = steps.chain.ours.microseconds / LENGTH
    parts = vars(steps.perceptron)
    many, one = (parts[name].microseconds for name in ("ours_label_picked", "ours_label_picked_one_node"))
    predicted, measured = saved * each, many - one
    return {
        "saved": saved,
        "each": each,
        "predicted": predicted,
        "measured": measured,
        "share": 100 * measured / many,
        "agrees": abs(measured / predicted - 1) < 0.25,
    }
