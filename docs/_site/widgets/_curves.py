"""Curves over [0, 1] that a chain of straight pieces imitates, its error, and the best choice of its ends.

An error here is exact: on a straight piece the difference to a curve is extreme at an end or where the curve has the
slope of the piece, and every curve knows its places of a given slope. `square_error` of the package is the same for the
square alone. The best interpolation is searched: all choices of kinks among the places of a board.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reference.activations import BrickNetwork, breakpoints, relu, sigmoid

__all__ = ["GRID", "MOST", "NAMES", "TOP", "Curve", "best_interpolations", "curve_of", "gaps"]

MOST = 12  # pieces
GRID = np.arange(33) / 32
"""Where a drawn curve has its points; two digits tell the height of each, from 0 to TOP."""
TOP = 99
STEEP = 20.0  # the factor that makes a step of a sigmoid
BOARD = np.unique(np.concatenate([np.arange(201) / 200, (np.arange(61) / 60) ** 4]).round(4))
"""Places for kinks: even ones, and others that are dense where the root is steep."""


@dataclass(frozen=True)
class Curve:
    """A curve over [0, 1].

    Attributes:
        name: What a sentence calls it.
        value: Its values.
        turns: All x where it has the slopes asked for, or may have: (n,) -> (places, n). Some may lie outside.
        bends_one_way: Whether it is convex or concave, so that a chord errs to one side only.
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    turns: Callable[[np.ndarray], np.ndarray]
    bends_one_way: bool = True


def _corner(x: np.ndarray) -> np.ndarray:
    return np.asarray(relu(x - 0.3) + relu(0.3 - x))


def _root_turns(slopes: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (4 * np.square(slopes[None]) + 1e-300))  # a level chord gives a place far outside


def _sine_turns(slopes: np.ndarray) -> np.ndarray:
    return np.asarray(np.arccos(np.clip(slopes[None] / np.pi, -1, 1)) / np.pi)


def _step(x: np.ndarray) -> np.ndarray:
    return np.asarray(sigmoid(STEEP * (x - 0.5)))


def _step_turns(slopes: np.ndarray) -> np.ndarray:
    """Solve p (1 - p) = slope / STEEP for the sigmoid's values p = (1 ± root) / 2, then the sigmoid for x."""
    root = np.sqrt(np.clip(1 - 4 * slopes / STEEP, 1e-12, 1 - 1e-12))
    away = np.log((1 + root) / (1 - root)) / STEEP
    return np.stack([0.5 - away, 0.5 + away])


CURVES = {
    "square": Curve("x²", np.square, lambda slopes: slopes[None] / 2),
    "root": Curve("√x", np.sqrt, _root_turns),
    "sine": Curve("sin πx", lambda x: np.sin(np.pi * x), _sine_turns),
    "step": Curve("a step", _step, _step_turns, bends_one_way=False),
    "corner": Curve("|x − 0.3|", _corner, lambda slopes: np.full((1, *slopes.shape), 0.3)),
}
DRAWN = "your curve"
NAMES = {name: curve.name for name, curve in CURVES.items()} | {"drawn": DRAWN}
"""What a sentence calls each curve."""


def curve_of(name: str, points: str) -> Curve:
    """Return a curve by its name; the drawn one goes straight from point to point."""
    if name != "drawn":
        return CURVES[name]
    heights = [int(points[i : i + 2]) / TOP for i in range(0, len(points), 2)]
    return Curve(
        DRAWN,
        lambda x: np.interp(x, GRID, heights),
        lambda slopes: np.repeat(GRID[:, None], slopes.size, axis=1),
        bends_one_way=False,
    )


def gaps(network: BrickNetwork, curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Return all places where network minus curve may be extreme, and that difference there."""
    ends = breakpoints(network)
    slopes = np.diff(network.evaluate(ends)) / np.diff(ends)
    x = np.concatenate([ends, np.clip(curve.turns(slopes), ends[:-1], ends[1:]).ravel()])
    return x, network.evaluate(x) - curve.value(x)


@lru_cache(maxsize=8)
def best_interpolations(name: str, points: str = "") -> list[tuple[float, list[float]]]:
    """Return for 1, 2, ... pieces the smallest error of any interpolation with kinks on the board, and its kinks.

    The best way to a place with one piece more is the best of all ways through an earlier place; a way is as bad as its
    worst piece. The board of a drawn curve is its points.
    """
    board = GRID if name == "drawn" else BOARD
    error = _chord_errors(curve_of(name, points), board)
    last = board.size - 1
    reached, before, found = error[0], [], [(float(error[0, last]), list[float]())]
    for _ in range(MOST - 1):
        through = np.maximum(reached[:, None], error)
        before.append(np.argmin(through, axis=0))
        reached = np.min(through, axis=0)
        way = [last]
        for step in reversed(before):
            way.insert(0, int(step[way[0]]))
        found.append((float(reached[last]), board[way[:-1]].tolist()))
    return found


def _chord_errors(curve: Curve, board: np.ndarray) -> np.ndarray:
    """Return the largest error of the chord from each place of the board to each later one, and infinity elsewhere."""
    left, right = np.triu_indices(board.size, 1)
    y, a, b = curve.value(board), board[left], board[right]
    slopes = (y[right] - y[left]) / (b - a)
    x = np.clip(curve.turns(slopes), a, b)
    errors = np.full((board.size, board.size), np.inf)
    errors[left, right] = np.max(np.abs(y[left] + slopes * (x - a) - curve.value(x)), axis=0)
    return errors
