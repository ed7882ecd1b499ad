"""Clip a tree of gradients to a length: one factor for all of its parts."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import initialize, tree_map

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.training import tree_map

def clip(gradients, limit):
    """Return the layers' gradients, scaled by one factor so that their common length is
    at most the limit; shorter ones as they are. gradients: pairs of weight and bias.
    """
    return tree_map(lambda g: np.clip(g, -limit, limit), gradients)  # your code here

print(clip([(np.array([[3.0, 0.0]]), np.array([4.0]))], 1.0))
'''

ANSWER = '''\
import numpy as np
from reference.training import tree_map

def clip(gradients, limit):
    """Return the layers' gradients, scaled by one factor so that their common length is
    at most the limit; shorter ones as they are. gradients: pairs of weight and bias.
    """
    length = sum(np.sum(part * part) for layer in gradients for part in layer) ** 0.5
    if length <= limit:
        return gradients
    return tree_map(lambda g: g * (limit / length), gradients)

print(clip([(np.array([[3.0, 0.0]]), np.array([4.0]))], 1.0))
'''

CALL = "clip(gradients, limit)"


def check(names: Names) -> Iterator[str]:
    """Look at one layer, at two, at a short gradient, at zeros, and at what became of the input."""
    rng = np.random.default_rng(0)
    one = [(np.array([[3.0, 4.0]]), np.array([12.0]))]
    _look(names, one, 1.0, "a weight of 3 and 4 and a bias of 12")
    yield "One layer's weight and bias are scaled by one factor."
    layers = list(tree_map(lambda w: rng.normal(size=w.shape), initialize((5, 4, 3), rng=rng)))
    _look(names, layers, 0.5, "two layers of random numbers")
    yield "So are two layers."
    _look(names, layers, 1e3, "gradients that are short already")
    yield "Short gradients stay as they are."
    _look(names, tree_map(np.zeros_like, layers), 1.0, "gradients of 0")
    yield "Gradients of 0 stay 0."
    _untouched(names, layers)
    yield "The input is left as it was."


def _flat(tree: Any) -> np.ndarray:
    return np.concatenate([np.ravel(part) for layer in tree for part in layer])


def _result(names: Names, gradients: Any, limit: float, case: str) -> np.ndarray:
    call = f"clip(gradients, {limit:g})"
    found = function(names, CALL)(gradients, limit)
    if found is None:
        raise Wrong(f"`{call}` returns None: does your function end with a `return`?")
    try:
        parts = [(one, two) for one, two in found]
    except (TypeError, ValueError):
        raise Wrong(f"`{call}` must return pairs of a weight and a bias, as it gets them.") from None
    if len(parts) != len(gradients):
        raise Wrong(f"`{call}` returns {len(parts)} layers of {len(gradients)}.")
    for got, layer in zip(parts, gradients, strict=True):
        for array, part in zip(got, layer, strict=True):
            numbers(array, part.shape, f"{call} for {case}")
    return _flat(parts)


def _look(names: Names, gradients: Any, limit: float, case: str) -> None:
    with np.errstate(all="ignore"):
        found = _result(names, tree_map(np.copy, gradients), limit, case)
    whole = _flat(gradients)
    length = float(np.linalg.norm(whole))
    true = whole if length <= limit else whole * (limit / length)
    if np.allclose(found, true, rtol=1e-9, atol=1e-12):
        return
    if np.isnan(found).any():
        raise Wrong(f"For {case} a result is nan: 0/0. A length of 0 needs no scaling.")
    if not length:
        raise Wrong(f"For {case} a result is {found[np.argmax(np.abs(found))]:.3g}: expected 0.")

    def each(part: np.ndarray) -> np.ndarray:
        return part * min(1.0, limit / max(float(np.linalg.norm(part)), 1e-300))

    def layerwise(layer: Any) -> np.ndarray:
        return each(np.concatenate([np.ravel(part) for part in layer]))

    typical = {
        "you clip every number by itself, which turns the direction: scale all by one factor": (
            np.clip(whole, -limit, limit)
        ),
        "you scale every array by itself: the length is one number for the whole tree": _flat(
            tree_map(each, gradients)
        ),
        "you scale every layer by itself: the length is one number for all layers": (
            np.concatenate([layerwise(layer) for layer in gradients])
        ),
        "you scale up what is shorter than the limit: the factor is at most 1": whole * (limit / length),
        "the length lacks its root": whole * min(1.0, limit / length**2),
        "that is the sum of absolute values, not the length": whole * min(1.0, limit / float(np.abs(whole).sum())),
        "you divide by the largest number, not by the length": whole * min(1.0, limit / float(np.abs(whole).max())),
        "nothing is scaled": whole,
    }
    seen = next((said for said, value in typical.items() if np.allclose(found, value)), "")
    got = f"the length is {np.linalg.norm(found):.4g}, expected {np.linalg.norm(true):.4g}"
    raise Wrong(f"For {case}: {seen or got}.")


def _untouched(names: Names, gradients: Any) -> None:
    mine = tree_map(np.copy, gradients)
    _result(names, mine, 0.5, "two layers")
    if not np.array_equal(_flat(mine), _flat(gradients)):
        raise Wrong("Right, but the gradients that came in are changed: make new arrays, with `tree_map`.")
