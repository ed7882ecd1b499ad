"""Turn the bounds on networks born dead into promises about widths, in both directions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import born_dead_bounds

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import born_dead_bounds

def enough(depth, chance):
    """Return the smallest width that promises: fewer than this share are born dead."""
    return 1

def too_thin(depth, chance):
    """Return the largest width that promises: more than this share are born dead."""
    return 1

print(born_dead_bounds(10, 100))
print(enough(100, 1e-3), too_thin(100, 1e-3))
'''

ANSWER = '''\
import numpy as np
from reference.activations import born_dead_bounds

def enough(depth, chance):
    """Return the smallest width that promises: fewer than this share are born dead."""
    width = 1
    while born_dead_bounds(width, depth).upper >= chance:
        width += 1
    return width

def too_thin(depth, chance):
    """Return the largest width that promises: more than this share are born dead."""
    width = 1
    while born_dead_bounds(width + 1, depth).lower > chance:
        width += 1
    return width

print(enough(100, 1e-3), too_thin(100, 1e-3))  # 17 and 11
'''

Question = tuple[int, float]


def check(names: Names) -> Iterator[str]:
    """The page's question for one bound, then for the other, then random questions for both."""
    enough, too_thin = function(names, "enough(depth, chance)"), function(names, "too_thin(depth, chance)")
    _enough(enough, (100, 1e-3))
    yield "For 100 layers and one in a thousand it knows the width that is enough."
    _too_thin(too_thin, (100, 1e-3))
    yield "It knows the largest width that is too thin."
    for question in _questions():
        _enough(enough, question)
        _too_thin(too_thin, question)
    yield "It is right for twenty random depths and chances."


def _questions() -> list[Question]:
    rng = np.random.default_rng(0)
    depths, chances = rng.integers(3, 500, size=20).tolist(), 10 ** rng.uniform(-4, -0.5, size=20)
    return list(zip(depths, chances.tolist(), strict=True))


def _width(found: Callable[..., Any], question: Question, call: str) -> int:
    got = float(numbers(found(*question), (), call))
    if not got.is_integer() or got < 1:
        raise Wrong(f"`{call}` returns {got:g}: a width is a whole number, at least 1.")
    return int(got)


def _enough(found: Callable[..., Any], question: Question) -> None:
    depth, chance = question
    call = f"enough({depth}, {chance:.3g})"
    got = _width(found, question, call)
    upper, lower = born_dead_bounds(got, depth).upper, born_dead_bounds(got, depth).lower
    wanted = _first(lambda width: born_dead_bounds(width, depth).upper < chance)
    if got > wanted:
        raise Wrong(f"`{call}` returns {got}: it is enough, but {got - 1} is, too.")
    if got < wanted and got == _first(lambda width: born_dead_bounds(width, depth).lower < chance):
        said = (
            f"`{call}` returns {got}, from the lower bound: it says that a share of at least {lower:.2g} is born dead."
        )
        raise Wrong(f"{said} A promise of fewer needs the upper bound, {upper:.2g} there.")
    if got < wanted:
        raise Wrong(f"`{call}` returns {got}: there a share of up to {upper:.2g} may be born dead.")


def _too_thin(found: Callable[..., Any], question: Question) -> None:
    depth, chance = question
    call = f"too_thin({depth}, {chance:.3g})"
    got = _width(found, question, call)
    upper, lower = born_dead_bounds(got, depth).upper, born_dead_bounds(got, depth).lower
    wanted = _first(lambda width: born_dead_bounds(width, depth).lower <= chance) - 1
    if got < wanted:
        raise Wrong(f"`{call}` returns {got}: it is too thin, but {got + 1} is, too.")
    if got > wanted and got == _first(lambda width: born_dead_bounds(width, depth).upper <= chance) - 1:
        said = (
            f"`{call}` returns {got}, from the upper bound: it says that a share of at most {upper:.2g} is born dead."
        )
        raise Wrong(f"{said} A promise of more needs the lower bound, {lower:.2g} there.")
    if got > wanted:
        raise Wrong(f"`{call}` returns {got}: there a share of {max(lower, 0):.2g} is all that is certain.")


def _first(test: Callable[[int], bool]) -> int:
    return next(width for width in range(1, 100) if test(width))
