"""The mean squared error of a range, taken apart: rounding inside, cutting outside."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.quantization import affine_quantize, dequantize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.quantization import affine_quantize, dequantize, range_error

def parts(x, t):
    """Return the error of the numbers inside -t to t, and that of those outside."""
    y = dequantize(affine_quantize(x, bits=4, limits=(-t, t)))
    return np.mean((x - y) ** 2), 0.0  # your code here

x = np.random.default_rng(0).normal(size=1000).astype(np.float32)
print(parts(x, 2.0), range_error(x, (-2.0, 2.0), bits=4))
'''

ANSWER = '''\
import numpy as np
from reference.quantization import affine_quantize, dequantize, range_error

def parts(x, t):
    """Return the error of the numbers inside -t to t, and that of those outside."""
    y = dequantize(affine_quantize(x, bits=4, limits=(-t, t)))
    squares, outside = (x - y) ** 2, np.abs(x) > t
    return np.mean(squares * ~outside), np.mean(squares * outside)

x = np.random.default_rng(0).normal(size=1000).astype(np.float32)
print(parts(x, 2.0), range_error(x, (-2.0, 2.0), bits=4))
'''

CALL = "parts(x, t)"


def check(names: Names) -> Iterator[str]:
    """Their sum, each of them, and ranges in which one of them is 0."""
    x = np.random.default_rng(3).standard_t(4, size=2000).astype(np.float32)
    for t in (1.5, 3.0):
        got, wanted = _parts(names, x, t), _wanted(x, t)
        recognize(got, _mistakes(x, t, wanted))
        if abs(got.sum() / wanted.sum() - 1) > 1e-4:
            seen = f"Your parts at t = {t:g} add up to {got.sum():.5g}, and the whole error is {wanted.sum():.5g}."
            raise Wrong(f"{seen} Each number belongs to one part, and both are divided by the count of all.")
        if not np.allclose(got, wanted, rtol=1e-3):
            raise Wrong(
                f"At t = {t:g} you have {got[0]:.5g} inside and {got[1]:.5g} outside, expected {wanted[0]:.5g} and "
                f"{wanted[1]:.5g}: outside is what is larger than t on either side."
            )
    yield "Both parts are right, and add up to the whole error."
    got = _parts(names, x, float(np.abs(x).max()) + 1)
    if got[1] != 0 or not got[0] > 0:
        raise Wrong("With a range wider than all numbers nothing is outside: its part must be 0, and not NaN.")
    yield "Where nothing is outside, its part is 0."
    got = _parts(names, x[np.abs(x) > 2], 1.0)
    if got[0] != 0 or not got[1] > 0:
        raise Wrong("With a range narrower than all numbers nothing is inside: its part must be 0, and not NaN.")
    yield "Where nothing is inside, its part is 0."


def _parts(names: Names, x: Any, t: float) -> Any:
    found = function(names, CALL)(x.copy(), t)
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        raise Wrong(f"`{CALL}` must return two numbers, the part inside and the part outside.")
    return numbers(found, (2,), CALL).astype(np.float64)


def _squares(x: Any, t: float) -> Any:
    y = dequantize(affine_quantize(x, bits=4, limits=(-t, t)))
    return (x - y).astype(np.float64) ** 2


def _wanted(x: Any, t: float) -> Any:
    squares, outside = _squares(x, t), np.abs(x) > t
    return np.array([np.mean(squares * ~outside), np.mean(squares * outside)])


def _mistakes(x: Any, t: float, wanted: Any) -> dict[str, Any]:
    squares, outside = _squares(x, t), np.abs(x) > t
    return {
        "The two are swapped: the first is that of the numbers inside.": wanted[::-1],
        "Each part is divided by the count of its own numbers: divide both by that of all.": [
            squares[~outside].mean(),
            squares[outside].mean(),
        ],
        "Only the numbers above t count as outside: those below -t are outside too.": [
            np.mean(squares * (x <= t)),
            np.mean(squares * (x > t)),
        ],
    }
