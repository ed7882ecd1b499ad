"""Write swish with a knob, and find the knob that comes closest to GELU, by the functions and by their gates."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from docs._site.exercises.rectifiers_leak import number, recognize
from reference.activations import gelu, sigmoid
from reference.arrays import erfc

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import gelu, sigmoid

grid = np.linspace(-8, 8, 800)  # an even number, so that 0 is not on it

def swish(x, beta):
    """Return x times a gate, the sigmoid of beta * x."""
    return x

def distance(beta):
    """Return the largest distance between swish and gelu on the grid."""
    return 0.0

closest = None  # the knob for which this distance is smallest, to two decimals
closest_gates = None  # the same for the gates, sigmoid(beta * x) and gelu(x) / x
'''

ANSWER = '''\
import numpy as np
from reference.activations import gelu, sigmoid

grid = np.linspace(-8, 8, 800)  # an even number, so that 0 is not on it

def swish(x, beta):
    """Return x times a gate, the sigmoid of beta * x."""
    return x * sigmoid(beta * x)

def distance(beta):
    """Return the largest distance between swish and gelu on the grid."""
    return np.max(np.abs(swish(grid, beta) - gelu(grid)))

def gate_distance(beta):
    """Return the largest distance between the gates."""
    return np.max(np.abs(sigmoid(beta * grid) - gelu(grid) / grid))

knobs = np.linspace(1.5, 2.0, 501)
closest = min(knobs, key=distance)
closest_gates = min(knobs, key=gate_distance)  # the number of the paper, 1.702
'''

GRID = np.linspace(-8, 8, 801)
GELU, GATE = gelu(GRID), erfc(-GRID / 2**0.5) / 2
KNOBS = np.linspace(1.5, 2.0, 101)
DENSITY = np.exp(-GRID * GRID / 2)
NEAR = 0.006  # two decimals, and half a step of the knobs


def check(names: Names) -> Iterator[str]:
    """The function, the measure, then the two knobs."""
    swish, distance = function(names, "swish(x, beta)"), function(names, "distance(beta)")
    _swish(swish)
    yield "swish is right for random inputs and knobs, negative and large ones too."
    _distance(distance)
    yield "distance is right for random knobs."
    _knob(number(names, "closest"))
    yield "Your knob brings the functions closest."
    _gate_knob(number(names, "closest_gates"))
    yield "Your other knob brings the gates closest, and it is the number of the paper."


def _swish(swish: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(scale=4, size=100), [0.0, 1000.0, -1000.0]])
    for beta in [1.0, 1.702, *rng.uniform(-3, 3, size=4)]:
        call = f"swish(x, {beta:.3g})"
        got, wanted = numbers(swish(x, beta), x.shape, call), x * sigmoid(beta * x)
        if np.allclose(got, wanted, rtol=1e-9, atol=1e-12):
            continue
        mistakes = {
            f"`{call}` returns x itself: nothing gates it yet.": x,
            f"`{call}` returns the gate alone: multiply x by it.": sigmoid(beta * x),
            f"`{call}` multiplies by beta outside of the gate as well: the knob turns inside alone.": beta * wanted,
            f"`{call}` has the knob outside of the sigmoid: it belongs inside.": beta * x * sigmoid(x),
            f"`{call}` ignores the knob: it returns the same for every beta.": x * sigmoid(x),
            f"`{call}` divides by the knob inside the sigmoid: multiply.": x * sigmoid(x / beta),
        }
        recognize(got, mistakes)
        at = np.flatnonzero(~np.isclose(got, wanted, rtol=1e-9, atol=1e-12))[0]
        why = ": an exponential overflows, and infinity is divided by itself." if np.isnan(got[at]) else "."
        raise Wrong(f"`swish({x[at]:.3g}, {beta:.3g})` returns {got[at]:.3g}, expected {wanted[at]:.3g}{why}")


def _gap(beta: float) -> np.ndarray:
    return np.asarray(GRID * sigmoid(beta * GRID) - GELU)


def _largest(beta: float) -> float:
    return float(np.max(np.abs(_gap(beta))))


def _gates(beta: float) -> float:
    return float(np.max(np.abs(sigmoid(beta * GRID) - GATE)))


def _distance(distance: Callable[..., Any]) -> None:
    for beta in np.random.default_rng(1).uniform(1.6, 2, size=4):
        call, gap = f"distance({beta:.3g})", _gap(beta)
        got, wanted = float(numbers(distance(beta), (), f"distance({beta:.3g})")), _largest(beta)
        measures = {
            "the mean of the distances": np.mean(np.abs(gap)),
            "the mean of the squares": np.mean(gap * gap),
            "the root of the mean square": np.sqrt(np.mean(gap * gap)),
            "the largest difference with its sign, so what lies below does not count": np.max(gap),
            "the distance of the gates": _gates(beta),
        }
        if abs(got / wanted - 1) < 1e-3:  # another grid shifts the largest one by less
            continue
        for measure, value in measures.items():
            if np.isclose(got, value, rtol=2e-3, atol=0):
                raise Wrong(f"`{call}` returns {measure}: expected the largest distance, {wanted:.3g}, got {got:.3g}.")
        raise Wrong(f"`{call}` returns {got:.3g}, expected {wanted:.3g}: the largest of the absolute differences.")


def _best(measure: Callable[[float], float]) -> float:
    return float(min(KNOBS, key=measure))


def _knob(knob: float) -> None:
    best = _best(_largest)
    if abs(knob - best) <= NEAR:
        return
    said = f"At `closest` = {knob:.4g} the largest distance is {_largest(knob):.4f}, and another knob reaches "
    said += f"{_largest(best):.4f}"
    others = {
        "Yours brings the gates closest, not the functions": _best(_gates),
        "Yours has the smallest mean square distance under a normal density": _best(
            lambda beta: float(np.mean(_gap(beta) ** 2 * DENSITY))
        ),
        "Yours has the smallest mean square distance": _best(lambda beta: float(np.mean(_gap(beta) ** 2))),
    }
    for why, value in others.items():
        if abs(knob - value) <= 0.004:
            raise Wrong(f"{said}. {why}.")
    raise Wrong(f"{said}. Try the knobs from 1.5 to 2 in a loop.")


def _gate_knob(knob: float) -> None:
    best = _best(_gates)
    if abs(knob - best) > NEAR:
        said = f"At `closest_gates` = {knob:.4g} the gates are up to {_gates(knob):.4f} apart"
        raise Wrong(f"{said}, and another knob reaches {_gates(best):.4f}: measure the gates, without the factor x.")
