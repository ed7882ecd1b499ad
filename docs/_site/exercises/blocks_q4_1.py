"""GGUF's Q4_1: sixteen codes from a block's minimum to its maximum, both ends stored as float16."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def q4_1(block):
    """Return what Q4_1 reads back of 32 float32 numbers."""
    m, d = block.min(), (block.max() - block.min()) / 15
    return block  # your code here

block = np.linspace(0, 3, 32, dtype=np.float32)
print(q4_1(block))
'''

ANSWER = '''\
import numpy as np

def q4_1(block):
    """Return what Q4_1 reads back of 32 float32 numbers."""
    m, d = block.min(), (block.max() - block.min()) / np.float32(15)
    codes = np.floor((block - m) / d + 0.5) if d > 0 else np.zeros(32)
    stored_d, stored_m = (np.float32(np.float16(value)) for value in (d, m))
    return (np.minimum(codes, 15) * stored_d + stored_m).astype(np.float32)

block = np.linspace(0, 3, 32, dtype=np.float32)
print(q4_1(block))
'''

CALL = "q4_1(block)"


def check(names: Names) -> Iterator[str]:
    """Whole steps, rounding, a minimum that float16 lacks, a constant, and all together."""
    whole = np.append(np.arange(16.0), np.arange(16.0)[::-1]).astype(np.float32) - 4
    _same(names, whole, {
        "The codes come back without the minimum: add it.": whole + 4,
        "The scale divides the range into 16 steps: sixteen codes have 15 steps between them.": _read(whole, steps=16),
        "Every code is one too large: add a half before `np.floor`, no more.": _read(whole, half=1.0),
        "Its range is symmetric: start at the minimum, not at minus the largest magnitude.": _symmetric(whole),
    }, "Each of these numbers is a whole step above the minimum, so it must be exact.")  # fmt: skip
    yield "Sixteen whole steps from the minimum to the maximum come back exact."
    between = np.append(np.minimum(whole[:30] + 0.6, 10.6), [-4.0, 11.0]).astype(np.float32)
    _same(names, between, {
        "It cuts off where it should round: add a half before `np.floor`.": _read(between, half=0.0),
        "The codes are not rounded: they must be whole numbers.": _read(between, whole=False),
    }, "Between two steps the nearer one must be taken.")  # fmt: skip
    yield "Between two steps it takes the nearer one."
    x = np.random.default_rng(2).normal(size=32).astype(np.float32)
    _same(names, x, {
        "It reads back what was never stored: scale and minimum have float16's digits.": _read(x, half_type=False),
        "The codes are found with the rounded scale: find them with the float32 one.": _read(x, early=True),
    }, "The stored scale and minimum are float16.")  # fmt: skip
    yield "Scale and minimum are those that float16 can store."
    constant = np.full(32, -1.5, dtype=np.float32)
    _same(names, constant, {}, "A constant block has d = 0: dividing by it gives NaN. Its numbers are the minimum.")
    yield "A constant block comes back as it was."


def _read(
    x: Any, *, steps: int = 15, half: float = 0.5, whole: bool = True, half_type: bool = True, early: bool = False
) -> Any:
    m, d = x.min(), (x.max() - x.min()) / np.float32(steps)
    stored_m, stored_d = (np.float32(np.float16(value)) if half_type else value for value in (m, d))
    if early:
        m, d = stored_m, stored_d
    codes = np.zeros(32, dtype=np.float32) if d == 0 else (x - m) / d + (half if whole else 0)
    codes = np.clip(np.floor(codes) if whole else codes, 0, 15)
    return (codes * stored_d + stored_m).astype(np.float32)


def _symmetric(x: Any) -> Any:
    d = np.abs(x).max() / np.float32(7)
    return (np.clip(np.rint(x / d), -8, 7) * d).astype(np.float32)


def _same(names: Names, x: Any, mistakes: dict[str, Any], said: str) -> None:
    given = x.copy()
    got = numbers(function(names, CALL)(given), (32,), CALL)
    if not np.array_equal(given, x):
        raise Wrong("Your function changes the block that it is given: work on a copy.")
    wanted = _read(x)
    if np.allclose(got, wanted, rtol=2e-6, atol=1e-6):
        return
    recognize(got, mistakes)
    at = int(np.flatnonzero(~np.isclose(got, wanted, rtol=2e-6, atol=1e-6))[0])
    raise Wrong(f"`{CALL}` makes {got[at]:.5g} of {x[at]:.5g}, expected {wanted[at]:.5g}. {said}")
