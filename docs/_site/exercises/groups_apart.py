"""Four bits for most numbers, none lost of the largest few."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.quantization.affine import absmax_quantize, dequantize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.quantization import absmax_quantize, dequantize

def apart(x, keep):
    """Return x after 4 bits, but the keep largest magnitudes as they are."""
    return dequantize(absmax_quantize(x, bits=4))

x = np.array([0.5, -1.0, 40.0, 0.25], dtype=np.float32)
print(apart(x, 1))
'''

ANSWER = '''\
import numpy as np
from reference.quantization import absmax_quantize, dequantize

def apart(x, keep):
    """Return x after 4 bits, but the keep largest magnitudes as they are."""
    outliers = np.argsort(np.abs(x))[x.size - keep :]
    rest = x.copy()
    rest[outliers] = 0
    back = dequantize(absmax_quantize(rest, bits=4))
    back[outliers] = x[outliers]
    return back
'''


def check(names: Names) -> Iterator[str]:
    """Several outliers of both signs, one, none, and all."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(64).astype(np.float32)
    x[[3, 40, 41]] = [60, -50, 55]
    _same(names, x, 3)
    _same(names, x, 5)
    yield "Outliers of both signs stay, and the rest gets a scale of its own."
    _same(names, np.array([0.5, -1.0, 40.0, 0.25], np.float32), 1)
    yield "So does a single one."
    _same(names, x, 0)
    yield "With keep = 0 it is a plain quantizer."
    _same(names, x, 64)
    yield "With all kept nothing is lost."


def _same(names: Names, x: np.ndarray, keep: int) -> None:
    call = f"apart(x, {keep})"
    given = x.copy()
    got = numbers(function(names, "apart(x, keep)")(given, keep), x.shape, call)
    if not np.array_equal(given, x):
        raise Wrong("Your function changes the array that it is given: work on a copy.")
    outliers = np.argsort(np.abs(x))[x.size - keep :]
    rest = x.copy()
    rest[outliers] = 0
    wanted = dequantize(absmax_quantize(rest, bits=4))
    wanted[outliers] = x[outliers]
    if np.allclose(got, wanted, rtol=1e-5, atol=1e-6):
        return
    if keep and np.allclose(got, dequantize(absmax_quantize(x, bits=4))):
        raise Wrong(f"`{call}` quantizes everything with one scale: the largest magnitudes must stay as they are.")
    mixed = dequantize(absmax_quantize(x, bits=4))
    mixed[outliers] = x[outliers]
    if np.allclose(got, mixed):
        raise Wrong(f"`{call}` keeps the outliers, but the scale of the rest still sees them: take them out first.")
    biggest = np.argsort(x)[x.size - keep :]
    if keep and np.array_equal(got[biggest], x[biggest]):
        raise Wrong(f"`{call}` keeps the largest numbers: large negative ones are outliers too, sort by magnitude.")
    lost = [int(i) for i in outliers if abs(got[i] - x[i]) > 1e-5 * abs(x[i])]
    if lost:
        raise Wrong(f"`{call}` makes {got[lost[0]]:g} of the outlier {x[lost[0]]:g}: it must stay as it is.")
    place = int(np.argmax(np.abs(got - wanted)))
    raise Wrong(f"`{call}` makes {got[place]:g} of {x[place]:g}, expected {wanted[place]:g}.")
