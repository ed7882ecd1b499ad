"""Where one flip of one bit takes the magnitude of a 4-bit weight, in plain and in Gray order."""

from itertools import product
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.quantization import LOG4, Codebook, log_codebook

BOOKS = {"LOG4": LOG4, "Gray order": log_codebook(gray=True)}
MARKS = ["o", "s", "^"]
TICKS = ["0", "1/64", "1/32", "1/16", "1/8", "1/4", "1/2", "1"]


def places(book: Codebook) -> list[int]:
    """Return, by the code's three low bits, the place of its magnitude in order of size."""
    order: list[int] = np.argsort(np.argsort(book.values[:8])).tolist()
    return order


def traps(book: Codebook) -> int:
    """Count the pairs of magnitudes of which no single flip of the first comes nearer to the second."""
    place = places(book)
    return sum(
        all(abs(place[code ^ 1 << bit] - place[goal]) >= abs(place[code] - place[goal]) for bit in range(3))
        for code, goal in product(range(8), repeat=2)
        if code != goal
    )


def draw() -> Drawing:
    """Draw magnitude after a flip against magnitude before."""
    chart = Chart("training_genomes", height=330, panels=2, right=48, left=52)
    table: dict[str, list[Any]] = {"before": [], "order": [], "bit 0": [], "bit 1": [], "bit 2": []}
    for panel, (name, book) in enumerate(BOOKS.items()):
        axes, place = chart.panels[panel], places(book)
        for step in (-1, 1):
            axes.plot([0, 7], [step, 7 + step], color=COLORS["line-strong"], linewidth=1, linestyle=(0, (4, 4)))
        for bit, mark in enumerate(MARKS):
            after = [place[code ^ 1 << bit] for code in range(8)]
            color = COLORS[f"data-{bit + 1}"]
            axes.plot(place, after, mark, color=color, markersize=8, markerfacecolor=COLORS["bg"], markeredgewidth=2)
            last = place.index(7)
            chart.note(f"bit {bit}", (7, after[last]), offset=(10, 0), panel=panel)
        axes.set_xticks(range(8), [tick if i % 2 == 0 else "" for i, tick in enumerate(TICKS)])
        axes.set_yticks(range(8), TICKS if panel == 0 else [])
        axes.set_xlim(-0.4, 7.4)
        axes.set_ylim(-0.5, 7.5)
        chart.labels("before", panel=panel, title=f"{name}: after one flip")
        for code in np.argsort(place).tolist():
            table["before"].append(TICKS[place[code]])
            table["order"].append(name)
            for bit in range(3):
                table[f"bit {bit}"].append(TICKS[place[code ^ 1 << bit]])
    values = {"traps_plain": traps(LOG4), "traps_gray": traps(BOOKS["Gray order"]), "pairs": 8 * 7}
    return chart.drawing(table, values)
