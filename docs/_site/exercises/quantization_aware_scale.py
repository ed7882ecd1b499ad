"""The scale of least squares for given ternary codes."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.quantization import absmean_ternary

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def best_scale(w, codes):
    """Return the s for which the sum of (w - s * codes)**2 is smallest."""
    return np.abs(w).mean()  # your code here

w = np.array([0.1, -0.5, 0.4, -2.0])
print(best_scale(w, np.array([0.0, -1.0, 1.0, -1.0])))
'''

ANSWER = '''\
import numpy as np

def best_scale(w, codes):
    """Return the s for which the sum of (w - s * codes)**2 is smallest."""
    weight = np.sum(codes * codes)
    return np.sum(w * codes) / weight if weight else 0.0

w = np.array([0.1, -0.5, 0.4, -2.0])
print(best_scale(w, np.array([0.0, -1.0, 1.0, -1.0])))
'''


def check(names: Names) -> Iterator[str]:
    """Normal weights with their own codes, other codes, two bits, and codes of 0."""
    rng = np.random.default_rng(0)
    w = rng.normal(size=400)
    codes = absmean_ternary(w).codes
    _look(names, w, codes, "normal weights and their ternary codes")
    yield "For ternary codes it is the best scale."
    _look(names, w, rng.integers(-1, 2, size=400).astype(float), "codes that have nothing to do with the weights")
    yield "It is so for any codes of −1, 0 and 1."
    _look(names, w, np.clip(np.rint(w / 0.4), -3, 3), "codes from −3 to 3")
    yield "And for codes of more than three values."
    matrix = w.reshape(20, 20)
    _look(names, matrix, codes.reshape(20, 20), "a matrix")
    yield "It takes a matrix."
    _look(names, w, np.zeros(400), "codes that are all 0")
    yield "Codes that are all 0 get a number."


def _look(names: Names, w: np.ndarray, codes: np.ndarray, case: str) -> None:
    with np.errstate(all="ignore"):
        found = numbers(function(names, "best_scale(w, codes)")(w.copy(), codes.copy()), (), "best_scale(w, codes)")
    used = np.abs(w)[codes != 0]
    best = float(np.sum(w * codes) / np.sum(codes * codes)) if used.size else 0.0
    if np.isnan(found):
        raise Wrong(f"For {case} the scale is NaN: 0 / 0. Any number will do there, so return 0.")
    if not used.size or np.allclose(found, best, rtol=1e-9, atol=1e-12):
        return
    recognize(
        found,
        {
            f"For {case}: that is the mean magnitude of all weights, also of those that became 0.": np.abs(w).mean(),
            f"For {case}: you divide by the number of all codes, but those that are 0 do not use the scale.": (
                np.sum(w * codes) / codes.size
            ),
            f"For {case}: magnitudes are right only while each code has its weight's sign and is ±1.": used.mean(),
            f"For {case}: a large code pulls twice: the sum below is of squares.": (
                np.sum(w * codes) / np.abs(codes).sum()
            ),
            f"For {case}: that is the largest magnitude.": np.abs(w).max(),
        },
    )
    lost, least = (float(np.sum((w - s * codes) ** 2)) for s in (float(found), best))
    raise Wrong(f"For {case}: with {float(found):.4g} the sum is {lost:.5g}, and {least:.5g} is possible.")
