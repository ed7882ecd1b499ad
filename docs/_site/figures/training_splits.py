"""Test scores of twenty networks on random fifths of the digits, and on fifths of the file in one piece."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded


def draw() -> Drawing:
    """Draw one dot for each network: random splits in one row, and one row for each piece of the file."""
    found = recorded().experiments.training_splits
    rows = {"random fifths": found.random}
    rows |= {f"piece {place + 1} of the file": scores for place, scores in enumerate(found.pieces)}
    chart = Chart("training_splits", height=270, right=24, left=140)
    axes = chart.panels[0]
    for place, scores in enumerate(rows.values()):
        color = COLORS["data-1" if place == 0 else "data-2"]
        axes.plot(100 * np.asarray(scores), np.full(len(scores), -place), ".", color=color, ms=9, alpha=0.7)
        axes.plot([100 * np.mean(scores)] * 2, [-place - 0.3, -place + 0.3], color=color, lw=1.5)
    axes.set_yticks([-place for place in range(len(rows))], list(rows))
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.margins(x=0.04)
    axes.grid(visible=False)
    chart.labels(x="accuracy on the held-out fifth, percent")
    columns = {"held out": list(rows), "networks": [str(len(scores)) for scores in rows.values()]}
    for word, pick in (("lowest", np.min), ("mean", np.mean), ("highest", np.max)):
        columns[word] = [f"{pick(scores):.1%}" for scores in rows.values()]
    return chart.drawing(columns)
