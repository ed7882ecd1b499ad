"""Find the gain that keeps the signal of a mystery activation."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, number
from reference.arrays import Array, array_namespace
from reference.stability import activation_gains, gaussian_moments, measure_depth, predict_depth
from reference.training import initialize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.arrays import array_namespace
from reference.stability import gaussian_moments, predict_depth

def mystery(x):
    """An activation that no table of gains knows."""
    xp = array_namespace(x)
    return x * xp.exp(-x * x / 4) + 0.3 * x

gain = None  # so that inputs of deviation 1 stay so, to two decimals
'''

ANSWER = '''\
import numpy as np
from reference.arrays import array_namespace
from reference.stability import gaussian_moments, predict_depth

def mystery(x):
    """An activation that no table of gains knows."""
    xp = array_namespace(x)
    return x * xp.exp(-x * x / 4) + 0.3 * x

_, square, _ = gaussian_moments(mystery)
gain = square**-0.5
'''

DEPTH = 100


def mystery(x: Array) -> Array:
    """The activation of the exercise."""
    xp = array_namespace(x)
    return x * xp.exp(-x * x / 4) + 0.3 * x


def check(names: Names) -> Iterator[str]:
    """The number, then a hundred layers, then a network."""
    gain = number(names, "gain")
    moments, gains = gaussian_moments(mystery), activation_gains(mystery)
    if gain <= 0:
        raise Wrong(f"A gain is above 0, yours is {gain:.3g}.")
    _recognize(gain, moments, gains)
    yield "It is one over the root of the mean square."
    signal = predict_depth(mystery, DEPTH, gain=gain).signal[1:]
    if not 0.8 < signal[-1] / signal[0] < 1.25:
        raise Wrong(f"After {DEPTH} layers the signal is {signal[-1] / signal[0]:.2g} of what it was: more digits.")
    yield "The predicted signal stays over a hundred layers."
    rng = np.random.default_rng(0)
    weights = [layer.weight for layer in initialize((64,) * (DEPTH + 1), rng=rng, gain=gain)]
    found = measure_depth(*_ends(rng, weights), activation=mystery).signal
    if not 0.4 < found[-1] / signal[0] < 2.5:
        raise Wrong(f"A network of width 64 ends at {found[-1]:.2g}: more digits.")
    yield "So does that of a network of width 64."


def _ends(rng: np.random.Generator, weights: list[np.ndarray]) -> tuple[Any, Any, Any]:
    x, gradient = rng.normal(size=(2, 16, 64))
    return x, weights, gradient


def _recognize(gain: float, moments: Any, gains: Any) -> None:
    if abs(gain - gains.forward) < 0.006:
        return
    mistakes = {
        "That is the gain of the gradient, from the slopes: a signal asks for the mean of the squares.": gains.backward,
        "That is the mean square itself: which gain squared, times it, is 1?": moments.square,
        "Turn it over: your number is the root of the mean square, which the gain has to make up for.": (
            moments.square**0.5
        ),
        "That is one over the mean square: the gain is squared on its way into a mean square, so take the root.": (
            1 / moments.square
        ),
        "That is ReLU's gain: this is no ReLU.": 2**0.5,
        "That is the gain that libraries give for tanh: this is no tanh.": 5 / 3,
        "A gain of 1 suits a linear layer.": 1.0,
    }
    for said, value in mistakes.items():
        if abs(gain - value) < 0.006:
            raise Wrong(said)
    way = "shrinks" if gain < gains.forward else "grows"
    raise Wrong(f"With a gain of {gain:.3g} a deviation of 1 {way} to {gain * moments.square**0.5:.3f} in one layer.")
