"""What a checkpoint's name holds when the process that saves is killed, byte by byte, for two ways to write."""

import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.training import Codec, Plan, State, load_state, random_genomes, save_state

PLAN, WORDS = Plan(), Codec((64, 32, 10)).words
LABELS = {"old": "the old one", "new": "the new one", "none": "nothing that loads"}
SHADES = {"old": "data-1", "new": "ok", "none": "sign"}


def draw() -> Drawing:
    """Draw two bars: over the old file, and under another name that then takes its place."""
    chart = Chart("training_checkpoints", height=210, left=20, right=24)
    axes = chart.panels[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        old, new = (_saved(path, generation) for generation in (1, 2))
        places = sorted({*range(0, len(new), len(new) // 60), len(new) - 1, len(new)})
        rows = {
            "over the old file": [_loaded(path, new[:place]) for place in places],
            "another name, then in its place": [_loaded(path, new if p == len(new) else old) for p in places],
        }
    kilobytes = np.array(places) / 1e3
    for row, (name, found) in enumerate(rows.items()):
        y = 1 - row
        chart.note(name, (0, y + 0.36), offset=(0, 0))
        for start, end, kind in _pieces(found, [*kilobytes, kilobytes[-1] + 1.6]):
            axes.barh(y, end - start, left=start, height=0.36, color=COLORS[SHADES[kind]], linewidth=0)
        chart.note(LABELS[found[0]], (kilobytes[-1] / 2, y - 0.34), offset=(0, 0), ha="center", color=COLORS["muted"])
    chart.note(LABELS["new"], (kilobytes[-1] + 1.6, 0.5), offset=(0, 0), ha="right", color=COLORS["muted"])
    axes.set_xlim(0, kilobytes[-1] + 1.6)
    axes.set_ylim(-0.6, 1.7)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    chart.labels(x="kilobytes that were written when the process was killed")
    table: dict[str, list[Any]] = {
        "killed after": [f"{place:,} bytes" for place in (0, places[30], len(new) - 1, len(new))],
        **{name: [LABELS[found[i]] for i in (0, 30, -2, -1)] for name, found in rows.items()},
    }
    return chart.drawing(table, {"bytes": len(new), "population": 8 * PLAN.size * WORDS})


def _pieces(found: list[str], ends: list[float]) -> Iterator[tuple[float, float, str]]:
    """Yield where each stretch of the same result starts and ends."""
    start = 0
    for kind, group in groupby(found):
        length = len(list(group))
        yield ends[start], ends[start + length], kind
        start += length


def _saved(path: Path, generation: int) -> bytes:
    genomes = random_genomes(PLAN.size, WORDS, rng=np.random.default_rng(generation))
    save_state(State(0, generation, genomes, np.zeros(PLAN.size), 0.015, 0), path, plan=PLAN)
    return path.read_bytes()


def _loaded(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    try:
        return ["old", "new"][load_state(path, plan=PLAN).generation - 1]
    except ValueError:
        return "none"
