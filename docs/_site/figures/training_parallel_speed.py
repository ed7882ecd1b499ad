"""What two workers gain against the work in a task: the formula, and what was measured."""

from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded

ENGINES = {"two": "processes", "dask": "Dask"}


def draw() -> Drawing:
    """Draw a curve for each engine, and its measured gains with their range."""
    found = recorded().experiments.parallel_speed
    chart = Chart("training_parallel_speed", height=320, left=44, right=20)
    axes = chart.panels[0]
    work = np.geomspace(0.05, 500, 100)  # milliseconds in a task
    table: dict[str, list[Any]] = {
        name: [] for name in ("engine", "weights", "genomes to a task", "ms of work", "formula", "measured", "range")
    }
    for series, (engine, shown) in enumerate(ENGINES.items(), 1):
        price = getattr(found, f"{engine}_task_ms").median
        chart.line(work, work / (work / 2 + price), series=series)
        chart.note(shown, (2 * price, 1.0), offset=(8, -10))  # where the formula gives 1
        for name in ("small", "large"):
            network = getattr(found, name)
            for chunk in (7, 49):
                point = getattr(network, f"{engine}_{chunk}")
                each = network.pools_ms.median * chunk / found.genomes
                axes.plot([each] * 2, [point.gain.lowest, point.gain.highest], color=COLORS[f"data-{series}"], lw=1.5)
                axes.plot(each, point.gain.median, "o", color=COLORS[f"data-{series}"], ms=7)
                cells = (shown, f"{network.weights:,}", chunk, f"{each:.1f}", f"{point.predicted.median:.2f}")
                measured = (f"{point.gain.median:.2f}", f"{point.gain.lowest:.2f} to {point.gain.highest:.2f}")
                for column, cell in zip(table, (*cells, *measured), strict=True):
                    table[column].append(cell)
    axes.axhline(1, color=COLORS["line-strong"], lw=1)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(0.05, 500)
    axes.set_ylim(0, 2.1)
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    chart.labels(x="milliseconds of work in a task", title="times as fast as one process")
    return chart.drawing(table)
