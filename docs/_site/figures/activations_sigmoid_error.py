"""The largest error of three float32 sigmoids, in ulp, along x."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from docs._site.plot import Chart, Drawing, power_of
from reference.activations.sigmoids import sigmoid, tanh

EDGES = np.arange(-104, 21, 2)
PER_BIN = 4000


def textbook(x: Any) -> Any:
    """Compute it as the formula is printed."""
    return 1 / (1 + np.exp(-x))


def through_tanh(x: Any) -> Any:
    """Compute it from tanh."""
    return np.float32(0.5) + np.float32(0.5) * tanh(x / 2)


def worst(function: Callable[[Any], Any], x: Any) -> float:
    """Return the largest error in units of the last place of the exact result."""
    exact = 1 / (1 + np.exp(-x.astype(np.float64)))
    ulp = np.spacing(exact.astype(np.float32)).astype(np.float64)
    with np.errstate(over="ignore"):
        return float(np.max(np.abs(function(x).astype(np.float64) - exact) / ulp))


def draw() -> Drawing:
    """Draw the three curves on a logarithmic scale."""
    generator = np.random.default_rng(0)
    bins = [generator.uniform(low, high, PER_BIN).astype(np.float32) for low, high in itertools.pairwise(EDGES)]
    middle = (EDGES[:-1] + EDGES[1:]) / 2
    chart = Chart("activations_sigmoid_error", height=300, right=24)
    table: dict[str, Any] = {"x": [f"{x:g}" for x in middle]}
    forms: dict[str, tuple[Any, int, tuple[float, float]]] = {
        "ours": (sigmoid, 1, (-97, 0.12)),
        "textbook": (textbook, 2, (-87.5, 2e4)),
        "through tanh": (through_tanh, 3, (-60, 1e8)),
    }
    for label, (function, series, at) in forms.items():
        errors = [worst(function, x) for x in bins]
        table[label] = [f"{error:.2g}" for error in errors]
        chart.line(middle, errors, series=series)
        chart.note(label, at)
    axes = chart.panels[0]
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(0.05, 1e9)
    axes.set_yticks([1, 1e2, 1e4, 1e6, 1e8], ["1", *(power_of(10, n) for n in (2, 4, 6, 8))])
    chart.labels(x="x", title="largest error in ulp")
    return chart.drawing(table)
