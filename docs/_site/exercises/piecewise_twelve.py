"""Build x squared from twelve ReLUs, in one layer and in several, and say which of the two can be halved again."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from docs._site.exercises.rectifiers_leak import number
from reference.activations import BrickNetwork, best_error, square_error

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import BrickNetwork, best_error, from_kinks, square_error
from reference.activations import interpolating_network, sawtooth_network

def wide():
    """Return a BrickNetwork of one layer, at most 12 ReLUs, square_error below 1e-3."""
    return interpolating_network(12)

def deep():
    """Return one of several layers, at most 12 ReLUs, square_error below 5e-4."""
    return sawtooth_network(2)

print(square_error(wide()), square_error(deep()))

fewest_pieces = None  # how many straight pieces an error below 5e-4 needs at least
'''

ANSWER = '''\
import numpy as np
from reference.activations import BrickNetwork, best_error, square_error
from reference.activations import interpolating_network, sawtooth_network

def lowered(network):
    """Return the network, lowered by half of its error, which lies above alone."""
    return BrickNetwork(network.layers, network.readout, -square_error(network) / 2)

def wide():
    """Return a BrickNetwork of one layer, at most 12 ReLUs, square_error below 1e-3."""
    return lowered(interpolating_network(12))

def deep():
    """Return one of several layers, at most 12 ReLUs, square_error below 5e-4."""
    return lowered(sawtooth_network(4))

# 16: one layer of 12 ReLUs makes 13 pieces at most, four layers of 3 make 2**4
fewest_pieces = next(p for p in range(1, 99) if best_error(p) < 5e-4)
'''


def check(names: Names) -> Iterator[str]:
    """One layer, several layers, then the number that explains the difference."""
    wide, deep = function(names, "wide()"), function(names, "deep()")
    _below(_network(wide, "wide()"), 1e-3, "wide()")
    yield "wide() is below 1e-3 with one layer of at most 12 ReLUs."
    _below(_network(deep, "deep()"), 5e-4, "deep()")
    yield "deep() is below 5e-4 with at most 12 ReLUs, too."
    _pieces(number(names, "fewest_pieces"))
    yield "You know how many pieces that takes, more than one layer of 12 ReLUs makes."


def _network(build: Callable[[], Any], call: str) -> BrickNetwork:
    found = build()
    if not isinstance(found, BrickNetwork):
        raise Wrong(f"`{call}` returns {type(found).__name__}: it must be a BrickNetwork.")
    if found.relus > 12:
        raise Wrong(f"`{call}` has {found.relus} ReLUs, {found.relus - 12} more than allowed.")
    layers = len(found.layers)
    if call == "wide()" and layers != 1:
        raise Wrong(f"`{call}` has {layers} layers: put all its ReLUs side by side in one.")
    if call == "deep()" and layers < 2:
        raise Wrong(f"`{call}` has {layers} layer: put its ReLUs in several, each of which sees the one before.")
    return found


def _below(network: BrickNetwork, bar: float, call: str) -> None:
    error = square_error(network)
    if error < bar:
        return
    above, below = _sides(network)
    said = f"The error of `{call}` is {error:.2e}, expected less than {bar:g}: "
    if not np.isfinite(error):
        why = "some weight is infinite or NaN."
    elif min(above, below) < 0.05 * error:
        side, shift = ("above", "Lower it by half of that") if above > below else ("below", "Raise it by half of that")
        relus = f", with {network.relus} ReLUs of 12" if network.relus < 12 else ""
        why = f"all of it lies {side} the parabola{relus}. {shift}, by the bias."
    elif max(above, below) > 1.2 * min(above, below):
        why = f"up to {above:.2e} above the parabola, {below:.2e} below. Move the bias until both are equal."
    else:
        why = f"it is even on both sides, so it takes more pieces. It has {network.relus} ReLUs."
    raise Wrong(said + why)


def _sides(network: BrickNetwork) -> tuple[float, float]:
    """Return how far the network lies above the parabola and below it, at most."""
    x = np.linspace(0, 1, 2**12 + 1)
    gap = network.evaluate(x) - x * x
    return max(float(gap.max()), 0.0), max(float(-gap.min()), 0.0)


def _pieces(pieces: float) -> None:
    if not pieces.is_integer() or pieces < 1:
        raise Wrong(f"`fewest_pieces` is {pieces:g}: it must be a whole number, at least 1.")
    reached = best_error(int(pieces))
    if reached >= 5e-4:
        raise Wrong(f"The best error of {pieces:g} pieces is {reached:.2e}, not below 5e-4: see `best_error`.")
    if best_error(int(pieces) - 1) < 5e-4:
        raise Wrong(f"{pieces:g} pieces are enough, {best_error(int(pieces)):.2e} at best, but fewer are, too.")
