"""Build ReLU6 as a difference of two ReLUs, and find the power of ten at which float32 breaks it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from docs._site.exercises.rectifiers_leak import calls, number, recognize
from reference.activations import relu, relu6

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import relu

def ceiling(x):
    """Return relu6(x) as a difference of two calls of relu."""
    return relu(x)

print(ceiling(np.float32([-2, 3, 8])))

first_wrong = None  # the smallest power of ten, as float32, at which it is not 6
result_there = None  # what it returns there
'''

ANSWER = '''\
import numpy as np
from reference.activations import relu

def ceiling(x):
    """Return relu6(x) as a difference of two calls of relu."""
    return relu(x) - relu(x - 6)

powers = np.float32(10) ** np.arange(1, 20, dtype=np.float32)
at = np.argmax(ceiling(powers) != 6)
first_wrong = powers[at]  # 1e8: the float32 next to it are 8 apart
result_there = ceiling(powers)[at]  # 8: x - 6 is rounded to x - 8
'''


def check(names: Names) -> Iterator[str]:
    """Values by hand, random float32, NaN, the form, then the number."""
    ceiling = function(names, "ceiling(x)")
    _by_hand(ceiling)
    yield "It is 0 on the left, x between 0 and 6, and 6 on the right."
    _small_numbers(ceiling)
    yield "It equals relu6 in every bit for random float32 up to a million, tiny ones too, and NaN stays NaN."
    found = calls(names, "relu", lambda: ceiling(np.array([-2.0, 8.0])))
    if found != 2:
        raise Wrong(f"The values are right, but the calls of `relu` are {found}: make it 2.")
    yield "It calls relu twice."
    _power(number(names, "first_wrong"), number(names, "result_there"))
    yield "You know where rounding breaks it, and what is left of the ceiling there."


def _by_hand(ceiling: Callable[[np.ndarray], Any]) -> None:
    x = np.array([-2.0, 0.0, 3.0, 6.0, 8.0])
    got = numbers(ceiling(x), x.shape, "ceiling(x)")
    mistakes = {
        "At x = 8 your code returns 8, expected 6: nothing takes away the 2 above the ceiling yet.": relu(x),
        f"At x = 3 your code returns {got[2]:g}, expected 3: your second ReLU is on below 6. It must be on above 6, "
        "to take away what is too much.": relu(x) - relu(6 - x),
        f"At x = 8 your code returns {got[4]:g}, expected 6: the two ReLUs stand in the wrong order.": relu(x - 6)
        - relu(x),
        f"At x = 8 your code returns {got[4]:g}, expected 6: you add what should be taken away.": relu(x) + relu(x - 6),
        "At x = 3 your code returns 0, expected 3: a ReLU of the whole difference starts only at 6.": relu(x - 6),
    }
    recognize(got, mistakes)
    for value, result, wanted in zip(x, got, relu6(x), strict=True):
        if result != wanted:
            raise Wrong(f"At x = {value:g} your code returns {result:g}, expected {wanted:g}.")


def _small_numbers(ceiling: Callable[[np.ndarray], Any]) -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=1000) * 10.0 ** rng.integers(-30, 6, size=1000)).astype(np.float32)
    x = np.append(x, np.float32(np.nan))
    got, wanted = numbers(ceiling(x), x.shape, "ceiling(x)"), relu6(x)
    if np.array_equal(got, wanted, equal_nan=True):
        return
    off = np.abs(got - wanted) / np.maximum(np.abs(wanted), np.finfo(np.float32).tiny)
    at = int(np.argmax(np.where(np.isnan(got) & np.isnan(wanted), 0, off)))  # a NaN on one side counts most
    said = f"At x = {x[at]:.3g} in float32 your code returns {got[at]:.3g}, expected {wanted[at]:.3g}"
    if abs(x[at]) < 1:
        raise Wrong(f"{said}: 6 - (6 - x) rounds a small x away. Leave x whole, and take away only what is above 6.")
    raise Wrong(f"{said}.")


def _power(power: float, result: float) -> None:
    narrow, wide = (_first(dtype) for dtype in (np.float32, np.float64))
    if not np.isfinite(power) or power < 10 or not np.isclose(power, 10.0 ** round(np.log10(power))):
        raise Wrong(f"`first_wrong` is {power:g}: write the power of ten itself, such as 1e3.")
    if power < narrow:
        raise Wrong(f"At 1e{np.log10(power):.0f} float32 still returns 6. How far apart are its neighbors there?")
    if power == wide:
        raise Wrong("`first_wrong` is right for float64: give your code `np.float32(x)`.")
    if power > narrow:
        raise Wrong(f"At 1e{np.log10(power):.0f} it is wrong, but at a smaller power of ten too.")
    if result != _difference(power, np.float32):
        raise Wrong(f"`result_there` is {result:g}: which float32 is nearest to 1e{np.log10(power):.0f} - 6?")


def _first(dtype: type) -> float:
    """Find the smallest power of ten at which the difference of the page is not 6."""
    return next(10.0**k for k in range(1, 39) if _difference(10.0**k, dtype) != 6)


def _difference(x: float, dtype: type) -> float:
    one: np.ndarray = np.asarray([x], dtype=dtype)
    return float((relu(one) - relu(one - 6))[0])
