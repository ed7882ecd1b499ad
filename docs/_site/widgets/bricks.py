"""Compute the widget of bricks: a curve imitated by straight pieces with the reader's kinks, and depth against width.

The reader's network is the package's `from_kinks` through the curve at 0, at the kinks and at 1. Par is the smallest
error that any chain of as many straight pieces can have, where that is known.
"""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from docs._site.widgets._curves import GRID, MOST, NAMES, TOP, Curve, best_interpolations, curve_of, gaps
from reference.activations import (
    BrickNetwork,
    best_error,
    from_kinks,
    interpolating_network,
    sawtooth_network,
    square_error,
)

__all__ = ["DEFAULTS", "compute"]

DEPTHS = range(13)
FEW = 1e-12  # errors below it are rounding
SHOWN = np.linspace(0, 1, 65) ** 2
DEFAULTS: dict[str, Any] = {
    "mode": "kinks",
    "curve": "square",
    "kinks": "0.25,0.5",
    "kink": 1,
    "shift": False,
    "points": "".join(f"{height:02.0f}" for height in TOP * (0.5 + 0.4 * np.sin(3 * np.pi * GRID))),
    "relus": 12,
}
CHOICES = {"mode": ("kinks", "depth"), "curve": tuple(NAMES), "shift": (False, True)}
LARGEST = {"kink": MOST - 1, "relus": 3 * DEPTHS[-1]}
CONTROLS = {"most": LARGEST | {"point": GRID.size - 1, "height": TOP}, "curves": NAMES}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    for key, allowed in CHOICES.items():
        if type(state[key]) is not type(DEFAULTS[key]) or state[key] not in allowed:
            raise ValueError(f"{key} must be one of {', '.join(map(str, allowed))}, got {state[key]!r}")
    for key, largest in LARGEST.items():
        if type(state[key]) is not int or not 1 <= state[key] <= largest:
            raise ValueError(f"{key} must be a whole number from 1 to {largest}, got {state[key]!r}")
    _check_points(state["points"])
    kinks = _parsed(state["kinks"])
    return _depth_data(state, kinks) if state["mode"] == "depth" else _kinks_data(state, kinks)


def _check_points(points: Any) -> None:
    if not (isinstance(points, str) and len(points) == 2 * GRID.size and points.isascii() and points.isdigit()):
        raise ValueError(f"points must be {GRID.size} heights of two digits each, got {points!r}")


def _parsed(text: Any) -> list[float]:
    """Return the kinks of a text like "0.25,0.5"."""
    try:
        kinks = [float(kink) for kink in text.split(",")] if text != "" else []
    except (AttributeError, ValueError):
        raise ValueError(f'kinks must be numbers with commas between them, like "0.25,0.5", got {text!r}') from None
    if len(kinks) >= MOST or not all(left + 1e-5 < right for left, right in pairwise([0.0, *kinks, 1.0])):
        raise ValueError(f"kinks must be at most {MOST - 1} increasing numbers between 0 and 1, got {text!r}")
    return kinks


def _network(curve: Curve, kinks: list[float], shift: bool) -> tuple[BrickNetwork, np.ndarray, np.ndarray]:
    """Return the network through the curve at its kinks, with where it may miss the curve most and by how much.

    Shifted, it misses the curve as much above as below.
    """
    ends = [0.0, *kinks, 1.0]
    network = from_kinks(ends, curve.value(np.asarray(ends)).tolist())
    x, gap = gaps(network, curve)
    middle = float(gap.max() + gap.min()) / 2 if shift else 0.0
    return BrickNetwork(network.layers, network.readout, bias=network.bias - middle), x, gap - middle


@cache
def _square_pars(pieces: int) -> tuple[float, float, list[float]]:
    even = interpolating_network(pieces)
    return square_error(even), best_error(pieces), list(even.layers[0].kinks[1:])


def _pars(state: dict[str, Any], curve: Curve, pieces: int) -> tuple[float, float | None, list[float]]:
    """Return the smallest error through points of the curve, of all lines (None: not known), and the kinks of both.

    Over a piece where the curve bends one way, its chord errs to one side, and the best line is that chord, moved by
    half of its error. So no chain of pieces does better than half of the best interpolation.
    """
    if state["curve"] == "square":
        return _square_pars(pieces)
    drawn = state["points"] if state["curve"] == "drawn" else ""
    through, places = best_interpolations(state["curve"], drawn)[pieces - 1]
    return through, through / 2 if curve.bends_one_way else None, places


def _kinks_data(state: dict[str, Any], kinks: list[float]) -> dict[str, Any]:
    """Return the reader's network over its curve, their difference, and what it is measured by."""
    curve = curve_of(state["curve"], state["points"])
    network, x, gap = _network(curve, kinks, state["shift"])
    error = square_error(network) if state["curve"] == "square" else float(np.abs(gap).max())
    error = error if error > FEW else 0.0
    through, par, places = _pars(state, curve, len(kinks) + 1)
    worst = int(np.argmax(np.abs(gap)))
    ends, fine = np.asarray([0.0, *kinks, 1.0]), np.unique(np.concatenate([x, SHOWN]))
    line = network.evaluate(np.concatenate([ends, fine]))
    values = curve.value(fine)
    found = "" if state["curve"] == "square" else " found"
    return {
        **CONTROLS,
        "mode": "kinks",
        "name": curve.name,
        "curve": _pairs(fine, values),
        "network": _pairs(ends, line[: ends.size]),
        "gap": _pairs(fine, line[ends.size :] - values),
        "worst": [round(float(value), 6) for value in (x[worst], curve.value(x)[worst], gap[worst])],
        "error": error,
        "par": par,
        "chosen": min(state["kink"], len(kinks)),
        "places": ",".join(f"{place:.5g}" for place in places),
        "shown": [
            ["pieces, one ReLU each", str(network.relus)],
            ["largest error", _digits(error)],
            [f"best{found} through points of the curve", _digits(through)],
            [f"par: best{found} of all lines", "not known" if par is None else _digits(par)],
            ["score", _score(error, par)],
            ["weights: change of slope", "  ".join(map(_digits, network.layers[0].weights))],
        ],
        "text": _words(curve, network.relus, error, float(x[worst]), state["shift"], through, par),
    }


def _pairs(x: np.ndarray, y: np.ndarray) -> list[list[float]]:
    points: list[list[float]] = np.stack([x, y], axis=1).round(6).tolist()
    return points


def _digits(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _score(error: float, par: float | None) -> str:
    if par is None:
        return "none without par"
    if par < FEW:
        return "par" if error < FEW else "par would be no error"
    return f"{error / par:.2f} × par"


def _words(curve: Curve, pieces: int, error: float, at: float, shift: bool, through: float, par: float | None) -> str:
    line = f"{'One' if pieces == 1 else pieces} straight piece{'s' if pieces > 1 else ''}"
    how = "shifted so that the error is as large above as below" if shift else "through points of the curve"
    first = f"{line}, {how}, miss{'es' if pieces == 1 else ''} {curve.name} by at most {_digits(error)}"
    first += f", at x = {at:.3g}." if error else "."
    if par is None:
        return f"{first} Through points {_digits(through)} is possible; what other lines could do is not known: no par."
    if par < FEW:
        return f"{first} As many pieces can be without error."
    none = "No line of as many pieces" if curve is curve_of("square", "") else "No choice of kinks that was tried"
    return f"{first} {none} is better than {_digits(par)}, which is par: {_score(error, par)}."


@cache
def _depth_errors() -> tuple[list[float], list[float]]:
    """Return the largest error of each deep network: exact, and computed in float32 at 2,048 random points."""
    networks = [sawtooth_network(depth) for depth in DEPTHS]
    x = np.random.default_rng(0).random(2048, dtype=np.float32)
    square = x.astype(np.float64) ** 2
    rounded = [float(np.max(np.abs(network.evaluate(x).astype(np.float64) - square))) for network in networks]
    return [square_error(network) for network in networks], rounded


def _depth_data(state: dict[str, Any], kinks: list[float]) -> dict[str, Any]:
    """Return the errors of wide and of deep networks for the square against the number of their ReLUs."""
    exact, rounded = _depth_errors()
    relus, depth = state["relus"], state["relus"] // 3
    wide, deep = best_error(relus), exact[depth]
    crossing = next(3 * m for m in DEPTHS[1:] if exact[m] < best_error(3 * m))
    yours = square_error(_network(curve_of("square", ""), kinks, state["shift"])[0])
    layers = f"{depth} layer{'s' * (depth != 1)} of three"
    ahead = f"{max(wide, deep) / min(wide, deep):,.3g} times {'less' if deep < wide else 'more'}"
    return {
        **CONTROLS,
        "mode": "depth",
        "wide": [[n, best_error(n)] for n in range(1, LARGEST["relus"] + 1)],
        "deep": [[3 * m, exact[m]] for m in DEPTHS[1:]],
        "rounded": [[3 * m, rounded[m]] for m in DEPTHS[1:]],
        "yours": [len(kinks) + 1, yours],
        "now": [[relus, wide], [3 * depth, deep]],
        "shown": [
            ["ReLUs", str(relus)],
            ["one layer at its best", _digits(wide)],
            [layers, _digits(deep)],
            ["the same in float32", _digits(rounded[depth])],
            ["depth wins from", f"{crossing} ReLUs"],
        ],
        "text": (
            f"With {relus} ReLU{'s' * (relus > 1)} one layer misses x² by {_digits(wide)} at best, {layers} by "
            f"{_digits(deep)}: {ahead}. From {crossing} ReLUs on depth wins; in float32 it ends near "
            f"{_digits(rounded[-1])}."
        ),
    }
