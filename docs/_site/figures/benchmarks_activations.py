"""The recorded benchmark of activations: each library's time divided by ours."""

from docs._site.bench_figure import compared
from docs._site.plot import Drawing


def draw() -> Drawing:
    """Draw it."""
    return compared("benchmarks_activations", "activations")
