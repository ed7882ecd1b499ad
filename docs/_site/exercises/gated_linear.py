"""Change SwiGLU so that it equals the original for small inputs and grows linearly for large ones."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import sigmoid, silu, softsign, swiglu

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import sigmoid, silu, softsign, swiglu, tanh

def calm_swiglu(x):
    """Return (..., n) for x: (..., 2n), near swiglu for small x, but no square."""
    a, b = np.split(x, 2, axis=-1)
    return silu(a) * b

row = np.array([1.0, -2.0, 3.0, 0.5])
for scale in (1e-3, 1, 100, 1000):
    print(scale, calm_swiglu(scale * row), swiglu(scale * row))
'''

ANSWER = '''\
import numpy as np
from reference.activations import silu, tanh

def calm_swiglu(x):
    """Return (..., n) for x: (..., 2n), near swiglu for small x, but no square."""
    a, b = np.split(x, 2, axis=-1)
    return silu(a) * tanh(b)  # softsign leaves both ends too slowly
'''

Block = Callable[[np.ndarray], Any]


def check(names: Names) -> Iterator[str]:
    """The shape, small inputs, the growth of large ones, and a small format."""
    block = function(names, "calm_swiglu(x)")
    _shapes(block)
    yield "It halves the last axis, of a row and of a batch."
    _small(block)
    yield "It equals swiglu within 1e-4 at scale 1e-3."
    for seed in range(3):
        _growth(block, seed)
    yield "From scale 100 to scale 1000 it grows by 10, for three random layers."
    _float16(block)
    yield "In float16 it stays finite where swiglu overflows."


def _shapes(block: Block) -> None:
    for shape in ((6,), (3, 4), (2, 3, 10)):
        call = f"calm_swiglu(x) for x of shape {shape}"
        numbers(block(np.ones(shape)), (*shape[:-1], shape[-1] // 2), call)


def _small(block: Block) -> None:
    x = 1e-3 * np.random.default_rng(0).normal(size=(20, 80))
    got, wanted = numbers(block(x), (20, 40), "calm_swiglu(x)"), swiglu(x)
    worst = _relative(got, wanted)
    if worst <= 1e-4:
        return
    a, b = np.split(x, 2, axis=-1)
    said = f"At scale 1e-3 your result is off by up to {worst:.1g} times swiglu's: "
    mistakes = {
        "the halves are swapped. silu takes the first one.": silu(b) * a,
        "a sigmoid is 1/2 near 0. Take a function that is b there.": silu(a) * sigmoid(b),
        "softsign(b) differs from b by the share |b| at once. Take a function that keeps closer.": silu(a)
        * softsign(b),
    }
    for mistake, value in mistakes.items():
        if _relative(got, value) <= 1e-4:
            raise Wrong(said + mistake)
    at = np.unravel_index(np.argmax(np.abs(got - wanted) / np.abs(wanted)), got.shape)
    halves = f"for a = {a[at]:.2g}, b = {b[at]:.2g}"
    raise Wrong(f"{said}{halves} it is {got[at]:.3g}, expected {wanted[at]:.3g}.")


def _relative(got: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.max(np.abs(got - wanted) / np.abs(wanted)))


def _growth(block: Block, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    x = rng.normal(size=(n // 2, n)) @ rng.normal(scale=n**-0.5, size=(n, 2 * n))
    sizes = [np.sqrt(np.mean(np.square(block(scale * x), dtype=float))) for scale in (100, 1000)]
    growth = sizes[1] / sizes[0]
    if abs(growth / 10 - 1) <= 0.01:
        return
    said = f"From scale 100 to scale 1000 your output grows by {growth:.2f}, expected 10 within 1 %: "
    if not growth > 0 or not np.isfinite(growth):
        why = "some output is 0, infinite or NaN."
    elif growth > 30:
        why = "still a square, as both factors grow. Bound one of them."
    elif growth < 3:
        why = "now nothing grows. Bound one factor, not their product."
    elif growth < 10.5:
        why = "the right idea, but your bound is reached too slowly."
    else:
        why = "the factor that you changed grows still. It must be bounded."
    raise Wrong(said + why)


def _float16(block: Block) -> None:
    x = np.array([256, 256], dtype=np.float16)
    got = numbers(block(x), (1,), "calm_swiglu(np.float16([256, 256]))")
    if not np.isfinite(got).all():
        raise Wrong(f"For float16 (256, 256) your code returns {got[0]}: some product on the way is above 65504.")
