"""The power of two that MXFP4 scales a block by, exact for every float32."""

from collections.abc import Callable, Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def mx_scale(block):
    """Return the scale of a block of 32 float32 numbers, not all of them 0."""
    amax = np.abs(block).max()
    return 2.0 ** np.floor(np.log2(amax))  # not yet

block = np.zeros(32, dtype=np.float32)
block[0] = -7.5
print(mx_scale(block))
'''

ANSWER = '''\
import numpy as np

def mx_scale(block):
    """Return the scale of a block of 32 float32 numbers, not all of them 0."""
    fraction, exponent = np.frexp(np.abs(block).max())
    # The fraction is at least 1/2, and 4 is E2M1's largest power of two.
    return 2.0 ** (int(exponent) - 1 - 2)

block = np.zeros(32, dtype=np.float32)
block[0] = -7.5
print(mx_scale(block))
'''

CALL = "mx_scale(block)"


def check(names: Names) -> Iterator[str]:
    """Plain blocks, powers of two, signs, and what lies just below a power of two."""
    _same(names, [5.0, 6.0, 7.5, 100.0, 0.3], _plain)
    yield "The largest magnitude over the scale lies between 4 and 8."
    _same(names, [4.0, 8.0, 0.25, 2.0**60, 2.0**-60], lambda x, got: "At a power of two itself the quotient must be 4.")
    yield "A power of two is right."
    _same(
        names,
        [-7.5, -5.0, -64.0],
        lambda x, got: "Its largest magnitude is that of a negative number: take `np.abs` first.",
    )
    yield "A negative number can be the largest."
    below = [float(np.nextafter(np.float32(2.0**e), np.float32(0))) for e in (3, 10, -5, 40, -100)]
    _same(names, below, _rounded)
    yield "Just below a power of two it is right as well."


def _plain(x: float, got: float) -> str:
    if got == 4 * _scale(x):
        return "It brings the largest magnitude between 1 and 2: E2M1 has numbers up to 6, so bring it between 4 and 8."
    if got == 2 * _scale(x):
        return (
            "It brings the largest magnitude between 2 and 4: round the logarithm down, not up, or look at frexp's 1/2."
        )
    return "The rule is the power of two at or below the largest magnitude, divided by 4."


def _rounded(x: float, got: float) -> str:
    if got == 2 * _scale(x):
        return "This number is just below a power of two: its float32 logarithm rounds up to a whole one."
    return "This number is just below a power of two."


def _scale(x: float) -> float:
    return float(2.0 ** (int(np.frexp(np.float32(abs(x)))[1]) - 3))


def _same(names: Names, largest: list[float], said: Callable[[float, float], str]) -> None:
    for x in largest:
        block = np.zeros(32, dtype=np.float32)
        block[[3, 9, 30]] = x, abs(x) / 3, -abs(x) / 5
        given = block.copy()
        got = float(numbers(function(names, CALL)(given), (), f"{CALL} for a block"))
        if not np.array_equal(given, block):
            raise Wrong("Your function changes the block that it is given: work on a copy.")
        if got != _scale(x):
            raise Wrong(f"A block with {x:.9g} gets the scale {got:.6g}, expected {_scale(x):.6g}. {said(x, got)}")
