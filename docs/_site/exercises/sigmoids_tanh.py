"""A tanh from one exponential: accurate, odd, and without overflow."""

from collections.abc import Iterator
from types import CodeType, FunctionType

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def tanh(x):
    """Return tanh(x) in the dtype of x, with np.expm1 as the only exponential."""
    t = np.expm1(-2 * np.abs(x))  # e ** (-2 |x|) - 1
    return t  # your code here
'''

ANSWER = '''\
import numpy as np

def tanh(x):
    """Return tanh(x) in the dtype of x, with np.expm1 as the only exponential."""
    t = np.expm1(-2 * np.abs(x))  # e ** (-2 |x|) - 1
    return np.copysign(t / (2 + t), x)
'''

OTHERS = {"cosh", "e", "exp", "exp2", "float_power", "pow", "power", "sigmoid", "sinh", "softplus", "tan", "tanh"}
"""Names of functions that hold an exponential, or the whole answer."""


def check(names: Names) -> Iterator[str]:
    """Look at a few values, at large ones, at the digits, at the sign, and at what the code is made of."""
    _values(names)
    yield "It is tanh, on both sides of 0."
    _large(names)
    yield "Nothing overflows, up to 1e38 and ∞."
    _digits(names)
    yield "In float32 it stays within 4 ulp."
    _odd(names)
    yield "It is odd in every bit, that of the zero too."
    _made_of(names)
    yield "`np.expm1` is its only exponential."


def _of(names: Names, x: np.ndarray) -> np.ndarray:
    return numbers(function(names, "tanh(x)")(x.copy()), x.shape, f"tanh(x) for x of shape {x.shape}")


def _values(names: Names) -> None:
    x = np.array([[-2.0, -0.5, 0.0], [0.25, 1.0, 3.0]])
    found, true = _of(names, x), np.tanh(x)
    if np.allclose(found, true, atol=1e-6):
        return
    typical = [
        (-true, "The sign is turned everywhere: t is at most 0, and so is t / (2 + t)."),
        (np.abs(true), "`tanh(-2)` is positive: the size is right, but the sign of x is lost."),
        (
            -np.abs(true),
            "`tanh(2)` is negative: the size is right. t is never positive, so give the result the sign of x.",
        ),
        (np.tanh(x / 2), "You have tanh(x / 2): the exponent is −2|x|, not −|x|."),
        (np.tanh(2 * x), "You have tanh(2x): the exponent is −2|x|, and it stands in t already."),
        (np.expm1(-2 * np.abs(x)), "You return t itself: tanh|x| is a quotient of two short terms with t in both."),
    ]
    other = f"`tanh(1)` is {found[1, 1]:.4g}: expected {true[1, 1]:.4g}."
    raise Wrong(next((said for value, said in typical if np.allclose(found, value, atol=1e-6)), other))


def _large(names: Names) -> None:
    for dtype in (np.float32, np.float64):
        x = np.array([20, 100, 1000, 1e38, np.inf], dtype=dtype)
        for sign in (1, -1):
            found = _of(names, sign * x)
            bad = np.flatnonzero(~(np.abs(found - sign) < 1e-6))
            if bad.size and np.isnan(found[bad[0]]):
                raise Wrong(
                    f"`tanh({sign * x[bad[0]]:.4g})` is nan: an infinite exponential stands above and below the line. "
                    "Let it see negative numbers alone."
                )
            if bad.size:
                raise Wrong(f"`tanh({sign * x[bad[0]]:.4g})` is {found[bad[0]]:.4g}: expected {sign}.")


def _digits(names: Names) -> None:
    x = np.geomspace(1e-30, 12, 4000, dtype=np.float32)
    found, true = _of(names, x), np.tanh(x.astype(np.float64))
    if found.dtype != np.float32:
        raise Wrong(f"For float32 the result is {found.dtype}: which constant or function widens it?")
    error = np.abs(found - true) / np.spacing(true.astype(np.float32))
    worst = int(np.argmax(np.where(np.isnan(error), np.inf, error)))
    if error[worst] <= 4:
        return
    seen = f"`tanh({x[worst]:.2g})` in float32 is {error[worst]:.3g} ulp off"
    if x[worst] < 0.1:
        raise Wrong(
            f"{seen}: near 0 a difference of nearly equal numbers loses its digits. `np.expm1` is there for that."
        )
    raise Wrong(f"{seen}: at most 4 are allowed.")


def _odd(names: Names) -> None:
    zeros = _of(names, np.array([0.0, -0.0], dtype=np.float32))
    if np.any(np.signbit(zeros) != [False, True]):
        raise Wrong(
            f"`tanh([0.0, -0.0])` is [{zeros[0]}, {zeros[1]}]: expected [0.0, -0.0]. "
            "Comparing with 0, or `np.sign`, cannot tell the two zeros apart; what can?"
        )
    x = np.random.default_rng(0).normal(scale=3, size=4000).astype(np.float32)
    apart = np.flatnonzero(_of(names, x) != -_of(names, -x))
    if apart.size:
        raise Wrong(
            f"For {apart.size} of {x.size} inputs `tanh(-x)` is not `-tanh(x)`, {x[apart[0]]:.3g} for one: "
            "compute both from |x|, then set the sign."
        )
    if not np.isnan(_of(names, np.array(np.nan))):
        raise Wrong("`tanh(nan)` is a number: what is not a number must stay so.")


def _made_of(names: Names) -> None:
    used = _names_used(names)
    if others := sorted(used & OTHERS):
        raise Wrong(f"All values are right, but your code uses `{others[0]}`: build it from `np.expm1` alone.")
    if "expm1" not in used:
        raise Wrong(
            "All values are right, but there is no `np.expm1` in your code: the exercise is to build it from that."
        )


def _names_used(names: Names) -> set[str]:
    """Return the global and attribute names in the reader's own functions, and in functions inside these."""
    waiting: list[object] = [
        f.__code__ for f in names.values() if isinstance(f, FunctionType) and f.__globals__ is names
    ]
    used: set[str] = set()
    while waiting:
        if isinstance(code := waiting.pop(), CodeType):
            used.update(code.co_names)
            waiting.extend(code.co_consts)
    return used
