"""Write down by what batch norm multiplies the gradient in each layer."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.activations import elu, gelu, relu, sigmoid, tanh
from reference.stability import GaussianMoments, gaussian_moments

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import relu, tanh
from reference.stability import gaussian_moments

def batch_norm_factor(phi):
    """Return what one layer of batch norm and phi multiplies the gradient by."""
    mean, square, slope_square = gaussian_moments(phi)
    return None
'''

ANSWER = '''\
import numpy as np
from reference.activations import relu, tanh
from reference.stability import gaussian_moments

def batch_norm_factor(phi):
    """Return what one layer of batch norm and phi multiplies the gradient by."""
    mean, square, slope_square = gaussian_moments(phi)
    return (slope_square / (square - mean**2)) ** 0.5
'''

PHIS = {"relu": relu, "tanh": tanh, "sigmoid": sigmoid, "gelu": gelu, "elu": elu}

Rule = Callable[[GaussianMoments], float]


def _variance(m: GaussianMoments) -> float:
    return m.square - m.mean**2


MISTAKES: dict[str, Rule] = {
    "That is the factor of the gradient's square: take the root.": lambda m: m.slope_square / _variance(m),
    "That is layer norm's factor: batch norm also takes away the mean, so the divisor is smaller.": lambda m: (
        (m.slope_square / m.square) ** 0.5
    ),
    "Turn the fraction over: the norm divides the gradient by the deviation.": lambda m: (
        (_variance(m) / m.slope_square) ** 0.5
    ),
    "That is what the slopes do alone: the norm also divides by the deviation of the layer before.": lambda m: (
        m.slope_square**0.5
    ),
    "That is what the norm does alone: the slopes are missing.": lambda m: _variance(m) ** -0.5,
    "The variance is the mean of the squares minus the square of the mean.": lambda m: (
        (m.slope_square / (m.square - m.mean)) ** 0.5 if m.square > m.mean else float("nan")
    ),
}


def check(names: Names) -> Iterator[str]:
    """ReLU, then all the others, then the inequality."""
    factor = function(names, "batch_norm_factor(phi)")
    _compare(factor, ["relu"])
    yield "ReLU has the factor of the theory."
    _compare(factor, list(PHIS))
    yield "So have tanh, sigmoid, GELU and ELU."
    line = float(numbers(factor(lambda x: 3.0 * x), (), "batch_norm_factor(lambda x: 3 * x)"))
    if abs(line - 1) > 1e-6:
        raise Wrong(f"A straight line has the factor 1, since nothing bends; yours gives {line:.4g}.")
    yield "For a straight line it is 1, and for nothing else."


def _compare(factor: Callable[[Any], Any], chosen: list[str]) -> None:
    moments = [gaussian_moments(PHIS[name]) for name in chosen]
    got = np.array([numbers(factor(PHIS[name]), (), f"batch_norm_factor({name})") for name in chosen])
    wanted = np.array([(m.slope_square / _variance(m)) ** 0.5 for m in moments])
    if np.allclose(got, wanted, rtol=1e-6):
        return
    recognize(got, {said: [rule(m) for m in moments] for said, rule in MISTAKES.items()})
    at = int(np.argmax(~np.isclose(got, wanted, rtol=1e-6)))
    raise Wrong(f"For {chosen[at]} your factor is {got[at]:.4g}, expected {wanted[at]:.4g}.")
