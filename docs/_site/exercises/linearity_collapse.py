"""Collapse with offsets: one matrix and one offset that do the work of many affine layers."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import collapse

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import collapse

def collapse_affine(weights, offsets):
    """Return W and b, so that x @ W + b is what the layers h @ weights[i] + offsets[i]
    make of x, one after the other. weights[i]: (d, e), offsets[i]: (e,).
    """
    return weights[0], offsets[0]  # your code here
'''

ANSWER = '''\
import numpy as np
from reference.activations import collapse

def collapse_affine(weights, offsets):
    """Return W and b, so that x @ W + b is what the layers h @ weights[i] + offsets[i]
    make of x, one after the other. weights[i]: (d, e), offsets[i]: (e,).
    """
    b = offsets[0]
    for weight, offset in zip(weights[1:], offsets[1:]):
        b = b @ weight + offset
    return collapse(weights), b
'''

CALL = "collapse_affine(weights, offsets)"
Layers = tuple[list[np.ndarray], list[np.ndarray]]


def check(names: Names) -> Iterator[str]:
    """Look at one layer, two, three, layers of different widths, fifty as on the page, and what became of them."""
    rng = np.random.default_rng(0)
    _one(names, _layers(rng, 2, 2))
    yield "One layer stays what it is."
    _two(names, _layers(rng, 2, 2, 2))
    yield "Two layers become one: the first offset goes through the second matrix."
    _three(names, _layers(rng, 2, 2, 2, 2))
    yield "So do three, where it goes through both that follow."
    _widths(names, _layers(rng, 5, 3, 7, 1))
    yield "The layers may have different widths."
    _fifty(names, rng)
    yield "For fifty layers the outputs agree to 1e-12."
    _untouched(names, _layers(rng, 2, 2, 2))
    yield "The layers are left as they were."


def _layers(rng: np.random.Generator, *widths: int) -> Layers:
    """Return random layers of small whole numbers, so that nothing is rounded."""
    weights = [rng.integers(-3, 4, size=pair).astype(float) for pair in pairwise(widths)]
    return weights, [rng.integers(1, 9, size=width).astype(float) for width in widths[1:]]


def _through(x: np.ndarray, layers: Layers) -> np.ndarray:
    for weight, offset in zip(*layers, strict=True):
        x = x @ weight + offset
    return x


def _of(names: Names, layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """Return the reader's matrix and offset; the offset may also be a row of a matrix."""
    pair = function(names, CALL)([w.copy() for w in layers[0]], [b.copy() for b in layers[1]])
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise Wrong(f"`{CALL}` returns {type(pair).__name__}: expected two arrays, the matrix and the offset.")
    width = layers[0][-1].shape[1]
    matrix = numbers(pair[0], (layers[0][0].shape[0], width), f"{CALL}[0]")
    offset = pair[1][0] if np.shape(pair[1]) == (1, width) else pair[1]
    return matrix, numbers(offset, (width,), f"{CALL}[1]")


def _one(names: Names, layers: Layers) -> None:
    matrix, offset = _of(names, layers)
    if not (np.allclose(matrix, layers[0][0]) and np.allclose(offset, layers[1][0])):
        raise Wrong("For a single layer the result is not that layer's own matrix and offset.")


def _two(names: Names, layers: Layers) -> None:
    (matrix, offset), ((first, second), (a, b)) = _of(names, layers), layers
    if np.allclose(matrix, second @ first):
        raise Wrong("The matrices stand in the wrong order: x meets the first one first, so W is W_1 @ W_2.")
    if not np.allclose(matrix, first @ second):
        raise Wrong(f"W is wrong for two layers: its first row is {matrix[0]}, expected {(first @ second)[0]}.")
    typical = {
        "Your b is b_1 + b_2: but the second layer multiplies what the first has added.": a + b,
        "Your b is b_2 alone: what the first layer adds is lost.": b,
        "Your b is b_1 alone: what the second layer adds is lost.": a,
        "Your b is b_1 @ W_2: what the second layer adds itself is lost.": a @ second,
        "In your b the first offset goes through its own matrix W_1: it is added after that one.": a @ first + b,
        "In your b the matrix stands on the wrong side: a row is multiplied from the right, b_1 @ W_2.": second @ a + b,
        "In your b the second offset goes through W_2 as well: it is added after that one.": (a + b) @ second,
        "In your b the first offset goes through W_1 and W_2: only W_2 comes after it.": a @ first @ second + b,
    }
    _offset(offset, _through(np.zeros(2), layers), typical, "For two layers")


def _three(names: Names, layers: Layers) -> None:
    (matrix, offset), ((_, second, third), (a, b, c)) = _of(names, layers), layers
    if not np.allclose(matrix, collapse(layers[0])):
        raise Wrong("W is right for two layers and wrong for three: which matrix is left out, or taken twice?")
    typical = {
        "Right for two layers. Of three, b_1 goes through W_2 alone, and W_3 follows too.": a @ second + b @ third + c,
        "Right for two layers. Of three, b has lost the first offset.": b @ third + c,
        "Right for two layers. Of three, b has lost the last offset.": a @ second + b,
        "Right for two layers. Of three, b_1 meets W_3 before W_2.": a @ third @ second + b @ third + c,
    }
    _offset(offset, _through(np.zeros(2), layers), typical, "Right for two layers. For three")


def _offset(found: np.ndarray, true: np.ndarray, typical: dict[str, np.ndarray], where: str) -> None:
    if not np.allclose(found, true):
        other = f"{where} b is {found}: expected {true}, which is the output for x = 0."
        raise Wrong(next((said for said, value in typical.items() if np.allclose(found, value)), other))


def _widths(names: Names, layers: Layers) -> None:
    x = np.eye(5)
    matrix, offset = _of(names, layers)
    if not np.allclose(x @ matrix + offset, _through(x, layers)):
        raise Wrong("For layers of the widths 5, 3, 7 and 1 the outputs are others than those of the layers.")


def _fifty(names: Names, rng: np.random.Generator) -> None:
    """Compare as the page does; an own order of the products costs rounding, which the tolerance leaves room for."""
    layers = [rng.normal(scale=0.25, size=(16, 16)) for _ in range(50)], [rng.normal(size=16) for _ in range(50)]
    x = rng.normal(size=(1000, 16))
    matrix, offset = _of(names, layers)
    true = _through(x, layers)
    apart = float(np.abs(x @ matrix + offset - true).max() / np.abs(true).max())
    if not apart < 1e-12:
        raise Wrong(f"For fifty layers the outputs are {apart:.1e} of the largest apart: expected below 1e-12.")


def _untouched(names: Names, layers: Layers) -> None:
    given = [w.copy() for w in layers[0]], [b.copy() for b in layers[1]]
    function(names, CALL)(*given)
    for name, before, after in zip(("weights", "offsets"), layers, given, strict=True):
        changed = [i for i, pair in enumerate(zip(before, after, strict=False)) if not np.array_equal(*pair)]
        if changed or len(before) != len(after):
            raise Wrong(
                f"Your function changes `{name}` itself{f', in entry {changed[0]}' if changed else ''}: "
                "`@=`, `+=` and `append` write into the caller's own. Make a new one."
            )
