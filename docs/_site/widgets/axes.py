"""Compute the widget of the axes: which numbers of a small matrix are normalized together, and which results move.

A row is an example, a column a channel. One cell is replaced by the reader's value; each layer's result is compared
with that for the matrix as it was.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from reference.normalization import group_norm, layer_norm, rms_norm

__all__ = ["DEFAULTS", "compute"]

MATRIX = np.array(
    [
        [2.0, 5.0, -1.0, 0.0, 7.0, 3.0],
        [4.0, 3.0, 1.0, -2.0, 8.0, 3.0],
        [1.0, 6.0, 0.0, 1.0, 9.0, -5.0],
        [3.0, 4.0, -3.0, 2.0, 8.0, 4.0],
    ]
)
DEFAULTS: dict[str, Any] = {"row": 2, "column": 3, "value": 12, "groups": 2}
RANGES = {"row": (1, 4), "column": (1, 6), "value": (-20, 20)}
GROUPS = (1, 2, 3)  # of six channels; six groups would be of one number each
SEEN = 5e-3
"""From this change on a result differs in the two decimals that are shown."""

Matrix = np.ndarray


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    for key, (low, high) in RANGES.items():
        if type(state[key]) is not int or not low <= state[key] <= high:
            raise ValueError(f"{key} must be a whole number from {low} to {high}, got {state[key]!r}")
    if type(state["groups"]) is not int or state["groups"] not in GROUPS:
        raise ValueError(f"groups must be one of {', '.join(map(str, GROUPS))}, got {state['groups']!r}")
    row, column, groups = state["row"] - 1, state["column"] - 1, state["groups"]
    x = MATRIX.tolist()
    before, x[row][column] = x[row][column], float(state["value"])
    panels = [_panel(name, x, row, column, groups) for name in ("batch", "layer", "rms", "group")]
    return {
        "ranges": RANGES,
        "groups": GROUPS,
        "matrix": [[_number(v, "g") for v in line] for line in x],
        "values": [[int(v) for v in line] for line in x],
        "cell": [row, column],
        "panels": panels,
        "text": _words(state, before, panels),
    }


def _layers(groups: int) -> dict[str, Callable[[Matrix], Matrix]]:
    return {
        "batch": lambda x: layer_norm(x, axis=-2),  # batch_norm(x)[0] without its state, which takes most of its time
        "layer": layer_norm,
        "rms": rms_norm,
        "group": lambda x: group_norm(x.reshape(-1, x.shape[-1]), groups).reshape(x.shape),
    }


@cache
def _results(name: str, groups: int, column: int) -> tuple[Matrix, Matrix]:
    """Return a layer's results, and which of them move, for each row and value of the cell: a drag looks them up."""
    layer, low, high = _layers(groups)[name], *RANGES["value"]
    rows = range(len(MATRIX))
    x = np.tile(MATRIX, (len(rows), high - low + 1, 1, 1))
    for row in rows:
        x[row, :, row, column] = np.arange(low, high + 1)
    y = layer(x)
    return y, np.abs(y - layer(MATRIX)) >= SEEN


def _set(name: str, row: int, column: int, groups: int) -> tuple[int, int, int, int]:
    """Return the first row and column of the numbers that share a mean with the cell, and how many there are."""
    if name == "batch":
        return 0, column, MATRIX.shape[0], 1
    size = MATRIX.shape[1] // groups if name == "group" else MATRIX.shape[1]
    return row, column // size * size, 1, size


def _panel(name: str, x: list[list[float]], row: int, column: int, groups: int) -> dict[str, Any]:
    top, left, high, wide = _set(name, row, column, groups)
    value = int(x[row][column]) - RANGES["value"][0]
    y, moved = (found[row, value].tolist() for found in _results(name, groups if name == "group" else 1, column))
    values = [v for line in x[top : top + high] for v in line[left : left + wide]]
    mean = 0.0 if name == "rms" else sum(values) / len(values)
    size = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    group = f"group norm of {groups} group{'s' * (groups > 1)}"
    titles = {"batch": "batch norm", "layer": "layer norm", "rms": "RMS norm", "group": group}
    shown = f"root mean square {size:.2f}" if name == "rms" else f"mean {mean:.2f}, deviation {size:.2f}"
    across, down = range(left, left + wide), range(top, top + high)
    return {
        "title": titles[name],
        "note": f"{len(values)} numbers: {shown}".replace("-", "−"),
        "rows": [[_number(v) for v in line] for line in y],
        "inside": [[i in down and j in across for j in range(MATRIX.shape[1])] for i in range(MATRIX.shape[0])],
        "moved": moved,
        "box": [top, left, high, wide],
    }


def _number(value: float, digits: str = ".2f") -> str:
    text = f"{value:{digits}}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def _words(state: dict[str, Any], before: float, panels: list[dict[str, Any]]) -> str:
    cell = f"Example {state['row']}, channel {state['column']}, is {_number(state['value'], 'g')}"
    if state["value"] == before:
        return f"{cell}, as it was: no result moves."
    counts = [f"{panel['title']} moves {sum(map(sum, panel['moved']))} of 24 results" for panel in panels]
    return f"{cell} instead of {_number(before, 'g')}: {'; '.join(counts)}."
