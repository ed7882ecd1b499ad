"""Compute the widget of the levels: what the reader's sixteen levels lose on normal weights, beside the best sixteen.

All is in closed form; nothing is sampled. Levels are a text like "-2.7,-2.1,...", in rising order, in standard
deviations.
"""

import math
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from reference.quantization import FP4_E2M1, INT4, LOG4, NF4, Codebook, gaussian_sqnr, lloyd_max

__all__ = ["DEFAULTS", "compute"]

COUNT, REACH = 16, 6.0
SHOWN = np.linspace(-4, 4, 193)
BELL = np.exp(-SHOWN * SHOWN / 2) / math.sqrt(2 * math.pi)
BOOKS = {"INT4": INT4, "NF4": NF4, "LOG4": LOG4, "E2M1": FP4_E2M1}
EVEN = ",".join(f"{-3 + 0.4 * place:.3g}" for place in range(COUNT))
DEFAULTS: dict[str, Any] = {"levels": EVEN, "level": 9}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    levels, chosen = _parsed(state["levels"]), state["level"]
    if type(chosen) is not int or not 1 <= chosen <= COUNT:
        raise ValueError(f"level must be a whole number from 1 to {COUNT}, got {chosen!r}")
    v, par = np.array(levels), _par()
    reached = gaussian_sqnr(Codebook("yours", tuple(levels)))
    bounds = (v[1:] + v[:-1]) / 2
    x = np.sort(np.concatenate([SHOWN, bounds]))
    error = (x - v[np.searchsorted(bounds, x)]) ** 2 * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    share, lost, means = _cells(v, bounds)
    at, part = levels[chosen - 1], share[chosen - 1]
    of_error = lost[chosen - 1] / lost.sum()
    score = "par" if par - reached < 0.005 else f"{par - reached:.2f} dB below par"
    return {
        "books": _books(),
        "levels": levels,
        "bounds": bounds.round(4).tolist(),
        "bell": _pairs(SHOWN, BELL),
        "error": _pairs(x[np.abs(x) <= 4], error[np.abs(x) <= 4]),
        "next": _written(np.where(share > 1e-12, means, v)),
        "shown": [
            ["your levels", f"{reached:.2f} dB"],
            ["par: the best sixteen", f"{par:.2f} dB"],
            ["score", score],
            [f"level {chosen}", f"{at:.3f}".replace("-", "−")],
            ["its share of the weights", f"{part:.1%}"],
            ["its share of the error", f"{of_error:.1%}"],
        ],
        "text": (
            f"Your sixteen levels reach {reached:.2f} dB on normal weights; the best sixteen reach {par:.2f}, which is "
            f"par: {score}. Level {chosen} at {at:.3g} takes {part:.1%} of the weights and {of_error:.1%} of the error."
        ).replace(" -", " −"),
    }


def _parsed(text: Any) -> list[float]:
    try:
        levels = [float(level) for level in text.split(",")]
    except (AttributeError, ValueError):
        raise ValueError(f"levels must be {COUNT} numbers with commas between them, got {text!r}") from None
    rising = all(low <= high for low, high in pairwise([-REACH, *levels, REACH]))  # NaN is in no order
    if len(levels) != COUNT or not rising:
        raise ValueError(f"levels must be {COUNT} rising numbers from {-REACH:g} to {REACH:g}, got {text!r}")
    return levels


def _cells(v: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each level's share of the weights, its part of the mean squared error, and the mean of its weights."""
    edges = np.array([-40.0, *bounds, 40.0])
    phi = np.exp(-edges * edges / 2) / math.sqrt(2 * math.pi)
    share = np.diff([math.erfc(-edge / math.sqrt(2)) / 2 for edge in edges])
    moment = -np.diff(phi)
    lost = share - np.diff(edges * phi) - 2 * v * moment + v * v * share
    return share, np.maximum(lost, 0), moment / np.maximum(share, 1e-300)


@cache
def _par() -> float:
    return gaussian_sqnr(_best())


@cache
def _best() -> Codebook:
    grid = np.linspace(-6, 6, 601)
    return lloyd_max(grid, COUNT, density=np.exp(-grid * grid / 2))


@cache
def _books() -> dict[str, str]:
    """Return the levels of each codebook at its best scale; of fewer than sixteen different values, 0 comes twice."""
    books = {name: np.sort(book.values) * _scale(book) for name, book in BOOKS.items()}
    return {name: _written(levels) for name, levels in {**books, "Lloyd-Max": np.array(_best().values)}.items()}


def _scale(book: Codebook) -> float:
    scales = np.linspace(2, 4.6, 53) / book.top
    return float(scales[np.argmax([gaussian_sqnr(book, scale=float(scale)) for scale in scales])])


def _written(levels: np.ndarray) -> str:
    return ",".join(f"{level:.4g}" for level in np.clip(levels, -REACH, REACH) + 0.0)


def _pairs(x: np.ndarray, y: np.ndarray) -> list[list[float]]:
    points: list[list[float]] = np.stack([x, y], axis=1).round(5).tolist()
    return points
