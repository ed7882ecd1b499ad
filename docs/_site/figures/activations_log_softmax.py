"""The error of two float32 log_softmax of a confident row against how far its peak stands above the rest."""

from typing import Any

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from reference.activations.softmax import log_softmax

PER_BIN = 40


def textbook(x: Any) -> Any:
    """Shift by the maximum, sum, take the logarithm."""
    gaps = x - np.max(x, axis=-1, keepdims=True)
    return gaps - np.log(np.sum(np.exp(gaps), axis=-1, keepdims=True))


def worst(function: Any, low: float, high: float) -> float:
    """Return the largest error of the peak's log-probability, in units of the last place of the exact result."""
    gaps = np.linspace(low, high, PER_BIN).astype(np.float32)
    rows = np.stack([np.zeros_like(gaps), -gaps], axis=-1)
    exact = -np.log1p(np.exp(-gaps.astype(np.float64)))
    ulp = np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)
    return float(np.max(np.abs(function(rows)[:, 0].astype(np.float64) - exact) / ulp))


def draw() -> Drawing:
    """Draw both on a logarithmic scale."""
    chart = Chart("activations_log_softmax", height=300, right=24)
    edges = np.arange(0, 41)
    middle = edges[:-1] + 0.5
    table: dict[str, Any] = {"gap": [f"{x:g}" for x in middle]}
    for series, (label, function, at) in enumerate(
        [("ours", log_softmax, (27, 2.2)), ("the usual form", textbook, (27, 9e7))], 1
    ):
        errors = [worst(function, float(e), float(e) + 1) for e in edges[:-1]]
        table[label] = [f"{error:.2g}" for error in errors]
        chart.line(middle, errors, series=series)
        chart.note(label, at, offset=(0, 0))
    axes = chart.panels[0]
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(0.1, 1e9)
    axes.set_xlim(0, 40)
    axes.set_yticks([1, 1e2, 1e4, 1e6, 1e8], ["1", *(power_of(10, n) for n in (2, 4, 6, 8))])
    chart.labels(x="gap between the two logits", title="largest error in ulp")
    return chart.drawing(table)
