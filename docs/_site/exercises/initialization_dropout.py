"""Find the gain of a ReLU that is followed by dropout."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def layer(x, weight, p, rng):
    """ReLU, then dropout, which keeps a share 1 - p of the outputs."""
    h = np.maximum(x @ weight, 0)
    return h * (rng.random(h.shape) >= p) / (1 - p)

def dropout_gain(p):
    """Return the gain that keeps the mean square of a signal."""
    return 2**0.5
'''

ANSWER = '''\
import numpy as np

def layer(x, weight, p, rng):
    """ReLU, then dropout, which keeps a share 1 - p of the outputs."""
    h = np.maximum(x @ weight, 0)
    return h * (rng.random(h.shape) >= p) / (1 - p)

def dropout_gain(p):
    """Return the gain that keeps the mean square of a signal."""
    return (2 * (1 - p)) ** 0.5
'''

SHARES = np.array([0.0, 0.1, 0.25, 0.5, 0.8])


def check(names: Names) -> Iterator[str]:
    """No dropout, then five shares, then a deep network."""
    gain = function(names, "dropout_gain(p)")
    none = float(numbers(gain(0.0), (), "dropout_gain(0.0)"))
    if abs(none - 2**0.5) > 1e-9:
        raise Wrong(f"Without dropout it is ReLU's gain, 1.414; yours is {none:.4g}.")
    yield "Without dropout it is ReLU's gain."
    _compare(gain)
    yield "With dropout it is right for five shares."
    end = _deep(gain)
    if not 0.3 < end < 3:
        raise Wrong(f"Over 12 layers with half of the units dropped the mean square becomes {end:.2g} of what it was.")
    yield "A signal of 12 layers keeps its size with half of the units dropped."


def _compare(gain: Callable[[float], Any]) -> None:
    got = np.array([numbers(gain(float(p)), (), f"dropout_gain({p})") for p in SHARES])
    wanted = np.sqrt(2 * (1 - SHARES))
    if np.allclose(got, wanted, rtol=1e-9):
        return
    recognize(
        got,
        {
            "Your gain takes no notice of p: with half of the units at 0 and the others doubled, what is the mean "
            "square?": np.full(5, 2**0.5),
            "Dropout makes the mean square larger, not smaller: a share 1 − p of the units, each 1 / (1 − p) squared "
            "as large.": np.sqrt(2 / (1 - SHARES)),
            "That would keep the mean; the gain is to keep the mean square, so there is a root over 1 − p too.": (
                2**0.5 * (1 - SHARES)
            ),
            "That is the gain squared: take the root.": 2 * (1 - SHARES),
            "Your gain forgets ReLU, which halves the mean square.": np.sqrt(1 - SHARES),
            "The share that is kept is 1 − p.": np.sqrt(2 * SHARES),
        },
    )
    at = int(np.argmax(~np.isclose(got, wanted, rtol=1e-9)))
    raise Wrong(f"For p = {SHARES[at]:g} your gain is {got[at]:.4g}, expected {wanted[at]:.4g}.")


def _deep(gain: Callable[[float], Any]) -> float:
    ends = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(16, 144))
        for _ in range(12):
            h = np.maximum(x @ rng.normal(scale=float(gain(0.5)) / 12, size=(144, 144)), 0)
            x = h * (rng.random(h.shape) >= 0.5) / 0.5
        ends.append(float(np.mean(x * x)))
    return float(np.median(ends))
