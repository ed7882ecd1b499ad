"""Place the kinks of a one-layer network so that it imitates the square root with few pieces."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import from_kinks

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import from_kinks

def kinks(pieces):
    """Return pieces + 1 increasing numbers from 0 to 1: the ends of the pieces."""
    return [i / pieces for i in range(pieces + 1)]

root = from_kinks(kinks(12), [kink**0.5 for kink in kinks(12)])
x = np.linspace(0, 1, 4001) ** 4  # close together where the pieces are short
print(np.max(np.abs(root.evaluate(x) - np.sqrt(x))))  # below 4e-3?
'''

ANSWER = '''\
import numpy as np

def kinks(pieces):
    """Return pieces + 1 increasing numbers from 0 to 1: the ends of the pieces."""
    return np.linspace(0, 1, pieces + 1) ** 4
'''

GRID = np.linspace(0, 1, 4001) ** 4


def check(names: Names) -> Iterator[str]:
    """The form, the error of twelve pieces, then the law for other numbers of pieces."""
    kinks = function(names, "kinks(pieces)")
    for pieces in [2, *np.random.default_rng(0).integers(3, 40, size=5).tolist()]:
        _placed(kinks, pieces)
    yield "It returns the ends of as many pieces as are asked for, from 0 to 1."
    _twelve(_placed(kinks, 12))
    yield "Twelve pieces miss the square root by less than 4e-3."
    _law([_worst(_placed(kinks, pieces))[0] for pieces in (12, 24, 48)])
    yield "With twice the pieces, and four times, the error falls with the square."


def _placed(kinks: Callable[[int], Any], pieces: int) -> np.ndarray:
    call = f"kinks({pieces})"
    given = kinks(pieces)
    if np.shape(given) == (pieces,):
        raise Wrong(f"`{call}` returns {pieces} numbers: expected {pieces + 1}, as {pieces} pieces have one end more.")
    found = numbers(given, (pieces + 1,), call).astype(float)
    for name, got, wanted in (("first", found[0], 0.0), ("last", found[-1], 1.0)):
        if got != wanted:
            raise Wrong(f"The {name} number of `{call}` is {got:.3g}: expected {wanted:g}.")
    at = int(np.argmin(np.diff(found)))
    if not found[at] < found[at + 1]:
        raise Wrong(f"In `{call}` {found[at + 1]:.3g} follows {found[at]:.3g}: each number must be larger.")
    return found


def _worst(kinks: np.ndarray) -> tuple[float, float]:
    """Return the largest error on the page's grid and where it lies."""
    network = from_kinks(kinks.tolist(), np.sqrt(kinks).tolist())
    errors = np.abs(network.evaluate(GRID) - np.sqrt(GRID))
    return float(np.max(errors)), float(GRID[np.argmax(errors)])


def _twelve(kinks: np.ndarray) -> None:
    error, x = _worst(kinks)
    if error < 4e-3:
        return
    widths = np.diff(kinks)
    piece = int(np.searchsorted(kinks, x))
    said = f"With 12 pieces the largest error is {error:.2g}, at x = {x:.2g} in piece {piece}, expected below 4e-3: "
    if np.allclose(widths, widths[0]):
        why = "all pieces are equal. The root is most curved near 0, so the pieces there must be shorter."
    elif widths[0] > widths[-1]:
        why = "your pieces are short near 1, where the root is nearly straight. Turn them round."
    elif np.allclose(widths, widths[::-1]):
        why = "your pieces are short at both ends. Near 1 the root is nearly straight."
    elif piece == 1:
        why = "the first piece is too long."
    else:
        why = f"the first pieces take too many kinks, so piece {piece} is {widths[piece - 1]:.2g} long."
    raise Wrong(said + why)


def _law(errors: list[float]) -> None:
    for pieces, before, after in zip((24, 48), errors, errors[1:], strict=False):
        if after > before / 3:  # 4 in the long run, for the best kinks 3.85 on the way from 12 to 24
            said = (
                f"From {pieces // 2} pieces to {pieces} the error falls by {before / after:.1f} only, expected nearly 4"
            )
            raise Wrong(f"{said}: the rule for your kinks fits 12 pieces alone.")
