"""Answers to the exercise `piecewise_twelve`."""

WIDE = "BrickNetwork(interpolating_network(12).layers, (0, 1), -best_error(12))"
DEEP = "BrickNetwork(sawtooth_network(4).layers, sawtooth_network(4).readout, -(2.0**-11))"


def networks(wide: str = WIDE, deep: str = DEEP, pieces: str = "16") -> str:
    """An answer that returns these."""
    return f"""
import numpy as np
from reference.activations import BrickNetwork, Bricks, best_error, from_kinks, square_error
from reference.activations import interpolating_network, sawtooth_network

def wide():
    return {wide}

def deep():
    return {deep}

fewest_pieces = {pieces}
"""


WRONG = {
    "all of it lies above the parabola. Lower it": networks("interpolating_network(12)"),
    "all of it lies above the parabola, with 11 ReLUs of 12": networks("interpolating_network(11)"),
    "all of it lies below the parabola": networks(WIDE.replace("-best_error(12)", "-2 * best_error(12)")),
    "Move the bias until both are equal": networks(WIDE.replace("-best_error(12)", "-1.3 * best_error(12)")),
    "it takes more pieces": networks("BrickNetwork(interpolating_network(8).layers, (0, 1), -best_error(8))"),
    "`wide()` has 16 ReLUs, 4 more than allowed": networks("interpolating_network(16)"),
    "`wide()` has 4 layers": networks("sawtooth_network(4)"),
    "`deep()` has 36 ReLUs": networks(deep="sawtooth_network(12)"),
    "`deep()` has 1 layer": networks(deep=WIDE),
    "The error of `deep()` is 9.77e-04": networks(deep="sawtooth_network(4)"),
    "The error of `deep()` is 1.95e-03": networks(
        deep="BrickNetwork(sawtooth_network(3).layers, sawtooth_network(3).readout, -(2.0**-9))"
    ),
    "returns float": networks("square_error(interpolating_network(12))"),
    "returns NoneType": networks("None"),
    "not below 5e-4": networks(pieces="12"),
    "fewer are, too": networks(pieces="2**5"),
    "must be a whole number": networks(pieces="15.8"),
}

RIGHT = [
    # kinks placed by hand; and folds of two ReLUs, as the third does nothing on [0, 1]
    networks(
        "from_kinks([i / 11.5 for i in range(13)], [(i / 11.5) ** 2 - 9.4e-4 for i in range(13)])",
        "BrickNetwork((Bricks((0.0, 0.5), (2.0, -4.0)),) * 5, (1.0, *(-(4.0**-s) for s in range(1, 6))))",
    ),
    # a kink less, as the readout takes the input as well
    networks(
        "BrickNetwork((Bricks(tuple(i / 12 for i in range(1, 12)), (1 / 6,) * 11),), (1 / 12, 1), -best_error(12))"
    ),
]
