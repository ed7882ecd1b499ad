"""Draw a recorded benchmark: for each task the libraries' times divided by ours, on a logarithmic scale."""

import re
from collections.abc import Iterator
from typing import Any

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.tables import stored
from docs._site.timing import peer_name

__all__ = ["compared"]

MARKERS = "os^Dv"
ROW, LINE, HEAD, FOOT = 21, 18, 24, 48
"""The height of a task, of a line of the legend, and of what stands above and below the tasks."""


def compared(figure: str, name: str, *, left: int = 150) -> Drawing:
    """Draw a table of `dev.py bench --record`.

    Args:
        figure: The name of the figure.
        name: The table.
        left: The room for the names of the tasks.

    Returns:
        A drawing with a line for each task and a mark for each library; the data holds all numbers.
    """
    table = stored()["benchmarks"][name]
    rows, versions = table["rows"], table["versions"]
    libraries = list(dict.fromkeys(library for row in rows for library in row["times"]))
    legend = list(_legend([*libraries, *(["limit"] if any(row["limit"] for row in rows) else [])]))
    top = HEAD + LINE * legend[-1][2]
    height = top + FOOT + ROW * len(rows)
    chart = Chart(figure, height=height, left=left, right=24)
    axes = chart.panels[0]
    chart.panels[0].figure.subplots_adjust(top=1 - top / height)
    axes.axvline(1, color=COLORS["line-strong"], lw=1.5)
    for place, row in enumerate(rows):
        marks = {**row["times"], **({"limit": row["limit"]} if row["limit"] else {})}
        axes.plot([min(1, *marks.values()), max(1, *marks.values())], [place] * 2, color=COLORS["line"], lw=1)
        for mark, time in marks.items():
            axes.plot(time, place, **_style(libraries, mark))
    whole = axes.figure.transFigure
    for mark, x, line in legend:
        y = 1 - (10 + LINE * line) / height
        axes.plot(x, y, transform=whole, clip_on=False, **_style(libraries, mark))
        axes.text(x + 0.017, y, _plain(mark), transform=whole, va="center", color=COLORS["ink"])
    _scales(axes, rows)
    chart.labels(x="time divided by ours: left of 1 is faster")
    return chart.drawing(_data(table, libraries, versions), {"tasks": len(rows)})


def _legend(marks: list[str]) -> Iterator[tuple[str, float, int]]:
    """Yield each mark with its place: so far from the left, as a share of the width, in so many lines below the top."""
    x, line = 0.015, 0
    for mark in marks:
        wide = (len(_plain(mark)) + 4) * 0.0165  # as wide as on a phone, where the letters are larger
        if x > 0.015 and x + wide > 1:
            x, line = 0.015, line + 1
        yield mark, x, line
        x += wide


def _plain(mark: str) -> str:
    return peer_name(mark, {}).replace("`", "")


def _style(libraries: list[str], mark: str) -> dict[str, Any]:
    if mark == "limit":
        return {"marker": "|", "color": COLORS["muted"], "ms": 11, "mew": 2, "ls": ""}
    series = libraries.index(mark)
    return {"marker": MARKERS[series], "color": COLORS[f"data-{series + 1}"], "ms": 7, "ls": ""}


def _scales(axes: Any, rows: list[dict[str, Any]]) -> None:
    times = [time for row in rows for time in (*row["times"].values(), row["limit"] or 1, 1)]
    low, high = min(times) / 1.4, max(times) * 1.4
    steps = [10.0**e * f for e in range(-5, 7) for f in ((1,) if high / low > 300 else (1, 2, 5))]
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xticks(shown := [step for step in steps if low <= step <= high], [f"{step:,g}" for step in shown])
    axes.set_yticks(range(len(rows)), [re.sub(r"^float\d_", "", row["task"]) for row in rows])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _data(table: dict[str, Any], libraries: list[str], versions: dict[str, str]) -> dict[str, list[str]]:
    rows = table["rows"]
    ours = f"ours, {rows[0]['unit']}"
    columns = {"task": [row["task"] for row in rows], ours: [f"{row['ours']:.4g}" for row in rows]}
    for library in libraries:
        head = f"{peer_name(library, versions).replace('`', '')} / ours"
        columns[head] = [f"{row['times'][library]:.3g}" if library in row["times"] else "" for row in rows]
    if any(row["limit"] for row in rows):
        columns["limit / ours"] = [f"{row['limit']:.2g}" if row["limit"] else "" for row in rows]
    return columns
