"""The running mean that Adam keeps, with its correction."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def corrected_means(values, decay):
    """Return the running mean after each value, corrected as in Adam. values: (n,)."""
    m, means = 0.0, []
    for value in values:
        m = decay * m + (1 - decay) * value
        means.append(m)  # too small at first
    return np.array(means)

print(corrected_means(np.ones(5), 0.9))
'''

ANSWER = '''\
import numpy as np

def corrected_means(values, decay):
    """Return the running mean after each value, corrected as in Adam. values: (n,)."""
    m, means = 0.0, []
    for step, value in enumerate(values, 1):
        m = decay * m + (1 - decay) * value
        means.append(m / (1 - decay**step))
    return np.array(means)

print(corrected_means(np.ones(5), 0.9))
'''

CALL = "corrected_means(values, decay)"


def check(names: Names) -> Iterator[str]:
    """Look at constant values, at random ones, at long memories and at none."""
    _look(names, np.ones(5), 0.9, "values of 1")
    yield "The mean of ones is 1 from the first step on."
    _look(names, np.random.default_rng(0).normal(size=30), 0.9, "thirty random values")
    yield "Random values have their weighted means."
    _look(names, np.arange(6.0), 0.999, "0 to 5 and a decay of 0.999")
    yield "A long memory starts as the plain mean."
    _look(names, np.arange(4.0), 0.0, "a decay of 0")
    yield "Without memory it is the last value."


def _look(names: Names, values: np.ndarray, decay: float, case: str) -> None:
    found = numbers(function(names, CALL)(values.copy(), decay), values.shape, f"{CALL} for {case}")
    plain, fed = 0.0, 0.0
    raw, true, back = [], [], []
    for step, value in enumerate(values, 1):
        plain = decay * plain + (1 - decay) * value
        raw.append(plain)
        true.append(plain / (1 - decay**step))
        fed = (decay * fed + (1 - decay) * value) / (1 - decay**step)
        back.append(fed)
    if np.allclose(found, true, rtol=1e-9, atol=1e-12):
        return
    if not np.isfinite(found).all():
        raise Wrong(f"For {case} a result is not finite: the first value has the number 1, so divide by 1 − decay¹.")
    steps = np.arange(1, len(values) + 1)
    typical = {
        "the means start at 0 and are not corrected": np.array(raw),
        "you feed the corrected mean back into the sum: keep m as it is and correct only what you return": np.array(
            back
        ),
        "you divide by 1 − decay in every step: the power of the decay is missing": np.array(raw)
        / max(1 - decay, 1e-9),
        "the power is one too high: the first value has the number 1": np.array(raw) / (1 - decay ** (steps + 1)),
        "that is the plain mean, which forgets nothing": np.cumsum(values) / steps,
        "you multiply by 1 − decay to the step: divide": np.array(raw) * (1 - decay**steps),
    }
    seen = next((said for said, value in typical.items() if np.allclose(found, value)), "")
    first = int(np.argmax(~np.isclose(found, true)))
    other = f"value {first + 1} is {found[first]:.4g}, expected {true[first]:.4g}"
    raise Wrong(f"For {case}: {seen or other}.")
