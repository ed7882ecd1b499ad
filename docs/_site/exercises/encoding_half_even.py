"""Rounding to the nearest integer, ties to even, from the floor alone."""

import math
from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from docs._site.exercises.check import Names, Wrong, calls, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import math
import numpy as np

def half_even(x):
    """Return the integer nearest to a float x; from half-way, the even one."""
    return math.floor(x)  # your code here

x = np.array([0.5, 1.5, 2.5, -0.5, 2.7]).tolist()
print([half_even(each) for each in x])
'''

ANSWER = '''\
import math
import numpy as np

def half_even(x):
    """Return the integer nearest to a float x; from half-way, the even one."""
    below = math.floor(x)
    rest = x - below
    up = rest > 0.5 or (rest == 0.5 and below % 2 == 1)
    return below + up

x = np.array([0.5, 1.5, 2.5, -0.5, 2.7]).tolist()
print([half_even(each) for each in x])
'''

CALL = "half_even(x)"


def check(names: Names) -> Iterator[str]:
    """Look at ordinary numbers, at ties, at negative numbers, where x + 0.5 is rounded, and at how it is done."""
    for x in (2.25, 2.75, 7.0, 0.0, 1e6 + 0.25):
        _same(names, x, "no tie: take the nearer one.")
    yield "Numbers that are no ties go to the nearer integer."
    _ties(names)
    yield "A tie goes to the even integer."
    for x in (-2.25, -2.75, -0.5, -1.5, -2.5, -3.5, -7.0):
        _same(names, x, "below zero `math.floor` still goes down, and `int` does not.")
    yield "Negative numbers go the same way."
    _hard(names)
    yield "Numbers for which x + 0.5 is rounded come out right."
    _alone(names)
    yield "Only the floor rounds."


def _of(names: Names, x: float) -> int:
    return int(numbers(function(names, CALL)(x), (), f"half_even({x!r})"))


def _same(names: Names, x: float, said: str) -> None:
    got = _of(names, x)
    if got != round(x):
        raise Wrong(f"`half_even({x!r})` is {got}, expected {round(x)}: {said}")


def _ties(names: Names) -> None:
    ties = [0.5, 1.5, 2.5, 3.5]
    got = [_of(names, x) for x in ties]
    typical: dict[tuple[int, ...], str] = {
        (1, 2, 3, 4): "Every tie goes up: 0.5 becomes 1 and 2.5 becomes 3. Only from an odd floor is up the even one.",
        (0, 1, 2, 3): "Every tie goes down: 1.5 becomes 1. From an odd floor the even integer is the one above.",
        (1, 1, 3, 3): "Every tie goes to the odd integer: 0.5 becomes 1, and 1.5, too. Turn the question around.",
    }
    if got != [0, 2, 2, 4]:
        raise Wrong(typical.get(tuple(got), f"0.5, 1.5, 2.5 and 3.5 become {got}, expected [0, 2, 2, 4]."))


def _hard(names: Names) -> None:
    x = float(np.nextafter(0.5, 0))
    if _of(names, x) == 1:
        raise Wrong(
            f"`half_even({x!r})` is 1, and the number is below one half: x + 0.5 is rounded up to 1 before the floor "
            "is taken. Look at x minus its floor, which is exact."
        )
    for x in (2.0**52 + 1, -(2.0**52) - 1, 2.0**53 + 2, 1e18, 4503599627370495.5, 5e-324):
        _same(names, x, "a large float is an integer already, and there x + 0.5 is no float, so it is rounded.")


def _alone(names: Names) -> None:
    cast(dict[str, Any], names).setdefault("round", round)
    if calls(names, "round", lambda: _of(names, 2.75)):
        raise Wrong("Right, but `round` does it for you: it already goes to even. Use `math.floor` alone.")
    module = names.get("math", math)
    seen = {name: getattr(module, name) for name in ("ceil", "trunc", "rint") if hasattr(module, name)}
    for name, original in seen.items():
        if _counts(names, module, name, original):
            raise Wrong(f"Right, but `math.{name}` rounds, too: `math.floor` is the only one that you have here.")


def _counts(names: Names, module: Any, name: str, original: Any) -> bool:
    used = False

    def noticed(x: Any) -> Any:
        nonlocal used
        used = True
        return original(x)

    setattr(module, name, noticed)
    try:
        for x in (2.75, -2.75, 2.5):
            _of(names, x)
    finally:
        setattr(module, name, original)
    return used
