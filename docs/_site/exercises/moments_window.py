"""Slide a window: one number leaves the moments and one comes in, without a look at the others."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.normalization import Moments

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.normalization import Moments

def replace(moments, old, new):
    """Return the moments after `old` has left the window and `new` has come in."""
    return moments  # your code here

window = Moments(count=3, mean=3.0, squares=14.0)  # of 1, 2 and 6
print(replace(window, 1.0, 4.0))  # of 2, 6 and 4: mean 4, squares 4 + 4 + 0
'''

ANSWER = '''\
import numpy as np
from reference.normalization import Moments

def replace(moments, old, new):
    """Return the moments after `old` has left the window and `new` has come in."""
    step = new - old
    mean = moments.mean + step / moments.count
    squares = moments.squares + step * ((new - mean) + (old - moments.mean))
    return Moments(moments.count, mean, squares)

window = Moments(count=3, mean=3.0, squares=14.0)  # of 1, 2 and 6
print(replace(window, 1.0, 4.0))  # of 2, 6 and 4: mean 4, squares 4 + 4 + 0
'''

CALL = "replace(moments, old, new)"


def check(names: Names) -> Iterator[str]:
    """By hand, the same number again, a long way in float64, and far from 0 in float32."""
    replace = function(names, CALL)
    _by_hand(replace)
    yield "For 1, 2 and 6 with 4 instead of 1 it gives the moments of 2, 6 and 4."
    _same(replace)
    yield "A number that replaces itself changes nothing."
    _slides(replace)
    yield "Over hundreds of steps it agrees with the moments of the window."
    _far(replace)
    yield "It does so in float32, too, around 10,000."


def _of(replace: Callable[..., Any], moments: Moments, old: Any, new: Any) -> Moments:
    result = replace(moments, old, new)
    if not isinstance(result, Moments):
        raise Wrong(f"`{CALL}` gives {type(result).__name__}: expected `Moments(count, mean, squares)`.")
    if result.count != moments.count:
        raise Wrong(
            f"The count becomes {result.count}: one number leaves and one comes in, so it stays {moments.count}."
        )
    return result


def _by_hand(replace: Callable[..., Any]) -> None:
    _, mean, squares = vars(_of(replace, Moments(3, 3.0, 14.0), 1.0, 4.0)).values()
    if mean == 3 and squares == 14:
        raise Wrong("Nothing changes yet: with 4 instead of 1 the mean moves from 3 to 4.")
    if not np.isclose(mean, 4):
        raise Wrong(f"The mean becomes {mean:g}: expected 4. The sum grows by new − old = 3, the mean by 3 / 3.")
    typical = {
        14.0: "The squares stay at 14: expected 8. They change, since a number far from the mean has left.",
        23.0: "The squares grow by (new − old)², which forgets where the mean is: expected 8.",
        11.0: "The squares become 11: you took the old mean for both numbers. The new number belongs to the new mean.",
        5.0: "The squares become 5: you took the new mean for both numbers. The old number belongs to the old mean.",
        20.0: "The squares move by 6 in the wrong direction: expected 8, the window is narrower now.",
    }
    if not np.isclose(squares, 8):
        raise Wrong(typical.get(round(float(squares), 6), f"The squares become {squares:g}: expected 4 + 4 + 0 = 8."))


def _same(replace: Callable[..., Any]) -> None:
    found = _of(replace, Moments(4, 2.5, 5.0), 4.0, 4.0)
    if not np.allclose([found.mean, found.squares], [2.5, 5.0]):
        raise Wrong(f"Replacing 4 by 4 gives the mean {found.mean:g} and the squares {found.squares:g}: nothing moved.")


def _walk(replace: Callable[..., Any], x: Any, n: int, allowed: float) -> None:
    window = x[:n].astype(np.float64)
    kind = x.dtype.type
    moments = Moments(n, kind(window.mean()), kind(np.sum((window - window.mean()) ** 2)))
    for at in range(n, len(x)):
        moments = _of(replace, moments, x[at - n], x[at])
        window = x[at - n + 1 : at + 1].astype(np.float64)
        found, exact = float(moments.variance), float(window.var())
        if not abs(found - exact) <= allowed * exact:
            far = "; do you subtract squares of the numbers themselves?" if abs(window.mean()) > 100 else "."
            raise Wrong(f"After {at - n + 1} steps the variance is {found:.4g}, of the window it is {exact:.4g}{far}")


def _slides(replace: Callable[..., Any]) -> None:
    _walk(replace, np.random.default_rng(0).normal(size=500), 16, 1e-9)


def _far(replace: Callable[..., Any]) -> None:
    x = (np.random.default_rng(1).normal(size=200) + 10_000).astype(np.float32)
    _walk(replace, x, 64, 0.05)
