"""Combine two central differences so that their first error cancels, and find the step that suits the result."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers, recognize
from reference.autograd import central_difference

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.autograd import central_difference

def extrapolated(f, x, h):
    """Return f'(x) from the central differences of the steps h and 2h."""
    return central_difference(f, x, h=h)

best_power = None  # the whole number n for which h = 2**-n suits exp best

x = np.linspace(0, 1, 101)
for n in range(1, 21):
    print(n, np.max(np.abs(extrapolated(np.exp, x, 2.0**-n) - np.exp(x))))
'''

ANSWER = '''\
import numpy as np
from reference.autograd import central_difference

def extrapolated(f, x, h):
    """Return f'(x) from the central differences of the steps h and 2h."""
    near, far = (central_difference(f, x, h=step) for step in (h, 2 * h))
    return (4 * near - far) / 3

x, steps = np.linspace(0, 1, 101), 2.0 ** -np.arange(21)
errors = [np.max(np.abs(extrapolated(np.exp, x, h) - np.exp(x))) for h in steps]
best_power = int(np.argmin(errors))
'''

CALL = "extrapolated(f, x, h)"
X = np.array([0.5, 1.0, 2.0, 3.0])
H = 0.25


def check(names: Names) -> Iterator[str]:
    """Look at powers of x, whose errors are known exactly, then at the number."""
    extrapolated = function(names, CALL)
    _powers(extrapolated)
    yield "It is exact up to x⁴, as one difference is up to x²."
    _order(extrapolated)
    yield "For x⁵ half the step leaves a sixteenth of the error."
    _best(number(names, "best_power"))
    yield "You know its best step for the exponential."


def _power(n: int) -> Callable[[Any], Any]:
    return lambda x: x**n


def _powers(extrapolated: Callable[..., Any]) -> None:
    for n in (1, 3, 4):
        got = numbers(extrapolated(_power(n), X.copy(), H), X.shape, f"{CALL} for x**{n}")
        exact = n * X ** (n - 1)
        if np.allclose(got, exact, rtol=1e-12):
            continue
        near, far = (central_difference(_power(n), X, h=step) for step in (H, 2 * H))
        forward = (X + H) ** n / H - X**n / H
        recognize(
            got,
            {
                "You return D(h) alone: mix in D(2h), whose first error is four times as large.": near,
                "You return D(2h) alone: mix it with D(h), whose first error is a quarter of that.": far,
                "That is the mean of both: their errors have the same sign, so one weight must be negative.": (
                    (near + far) / 2
                ),
                "The weights are the wrong way round: D(h) is the better one and gets the 4.": (4 * far - near) / 3,
                "2 D(h) − D(2h) is for errors in h; those here go with h², so D(2h) errs four times as much.": (
                    2 * near - far
                ),
                "Your weights add up to 3: divide the sum by 3.": 4 * near - far,
                "Both terms are added: with weights of one sign the errors cannot cancel.": (4 * near + far) / 5,
                "The weighted sum is of forward differences: take central ones.": forward,
            },
        )
        raise Wrong(f"For x**{n} at {X[-1]:g} with h = {H} you get {got[-1]:.6g}: expected {exact[-1]:.6g}.")


def _order(extrapolated: Callable[..., Any]) -> None:
    """Compare the errors of two steps; for x**5 they are -4 h**4, with the steps h and h/2 a sixteenth of that."""
    one, half = (
        float(np.max(np.abs(numbers(extrapolated(_power(5), X.copy(), h), X.shape, CALL) - 5 * X**4)))
        for h in (H, H / 2)
    )
    if one < H**4 / 10:
        raise Wrong(f"For x⁵ your error is {one:.1g}, but two differences leave 4 h⁴: compute it from D(h) and D(2h).")
    if not 15 < one / half < 17 or one > 4.1 * H**4:
        raise Wrong(
            f"For x⁵ the errors for h = {H} and {H / 2} are {one:.2g} and {half:.2g}: expected 4 h⁴, a sixteenth for "
            "half the step. Does the step that you were given reach both differences?"
        )


def _best(power: float) -> None:
    if power != round(power) or not 0 < power < 50:
        raise Wrong(f"`best_power` is {power:g}: it must be the whole number n of h = 2**-n.")
    if 15 <= power <= 18:
        raise Wrong(
            f"{power:g} suits the central difference alone: with h⁴ the left arm falls faster, and h may be larger."
        )
    if abs(power - 10) > 2:
        side = "rounding, about ε / h, is" if power > 10 else "truncation, about h⁴ / 30, is"
        raise Wrong(f"At h = 2**-{power:g} {side} still the larger part: where are the two equal?")
