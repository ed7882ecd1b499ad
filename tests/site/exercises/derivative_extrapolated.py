"""Answers to the exercise `derivative_extrapolated`."""


def answer(result: str = "(4 * near - far) / 3", power: str = "10", far: str = "2 * h") -> str:
    """An answer that combines the two differences so."""
    return f"""\
import numpy as np
from reference.autograd import central_difference, forward_difference

def extrapolated(f, x, h):
    near = central_difference(f, x, h=h)
    far = central_difference(f, x, h={far})
    return {result}

best_power = {power}
"""


WRONG = {
    "You return D(h) alone": answer("near"),
    "You return D(2h) alone": answer("far"),
    "the mean of both": answer("(near + far) / 2"),
    "the wrong way round": answer("(4 * far - near) / 3"),
    "is for errors in h": answer("2 * near - far"),
    "add up to 3": answer("4 * near - far"),
    "Both terms are added": answer("(4 * near + far) / 5"),
    "take central ones": answer("forward_difference(f, x, h=h)"),
    "For x**1 at 3 with h = 0.25 you get": answer("(16 * near - far) / 14"),
    "For x**3 at 3 with h = 0.25 you get": answer("(16 * near - far) / 15"),
    "For x⁵ your error is": answer("np.imag(f(x + 1e-100j)) / 1e-100"),
    "For x⁵ the errors for": answer(
        "(4 * near - far) / 3 + np.diff([f(x + k * h) for k in range(6)], n=5, axis=0)[0] / h**2"
    ),
    "is still open": answer(power="None"),
    "must be the whole number": answer(power="2.0**-10"),
    "suits the central difference alone": answer(power="17"),
    "rounding, about": answer(power="26"),
    "truncation, about": answer(power="4"),
}

RIGHT = [
    answer("near + (near - far) / 3", "9"),
    answer("(4 * far - near) / 3", "9", "h / 2"),
    answer("(8 * (f(x + h) - f(x - h)) - f(x + 2 * h) + f(x - 2 * h)) / (12 * h)", "11"),
]
