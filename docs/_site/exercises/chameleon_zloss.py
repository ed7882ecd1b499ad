"""The gradient of the z-loss by the logits of a batch."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize
from reference.activations.softmax import logsumexp, softmax
from reference.training.losses import z_loss_gradient

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import logsumexp, softmax

def z_gradient(logits, c):
    """The gradient of c * mean(logsumexp(logits)**2), (rows, n)."""
    return np.zeros_like(logits)  # your code here

print(z_gradient(np.array([[0.0, 0.0], [3.0, 1.0]]), 1.0))
'''

ANSWER = '''\
import numpy as np
from reference.activations import logsumexp, softmax

def z_gradient(logits, c):
    """The gradient of c * mean(logsumexp(logits)**2), (rows, n)."""
    log_z = logsumexp(logits, keepdims=True)  # one for each row
    return 2 * c * log_z * softmax(logits) / len(logits)

print(z_gradient(np.array([[0.0, 0.0], [3.0, 1.0]]), 1.0))
'''

CALL = "z_gradient(logits, c)"


def check(names: Names) -> Iterator[str]:
    """Look at one row, at several, at the coefficient, and at rows that have drifted far."""
    rng = np.random.default_rng(0)
    _look(names, rng.normal(size=(1, 4)) + 1, 1.0, "one row")
    yield "One row is pushed by 2 c log Z p."
    _look(names, 2 * rng.normal(size=(5, 3)), 1.0, "five rows")
    yield "Five rows have a log Z each, and share the mean."
    _look(names, rng.normal(size=(3, 6)), 1e-4, "a coefficient of 1e-4")
    yield "The coefficient counts."
    _look(names, np.array([[1000.0, 998.0], [-1000.0, -1001.0]]), 1e-2, "drifts of ±1000")
    yield "A drift of 1000 is pushed down, one of −1000 up, and nothing overflows."


def _look(names: Names, logits: np.ndarray, c: float, case: str) -> None:
    found = numbers(function(names, CALL)(logits.copy(), c), logits.shape, f"{CALL} for {case}")
    true = z_loss_gradient(logits, coefficient=c)
    if np.allclose(found, true, rtol=1e-6, atol=1e-12):
        return
    if not np.isfinite(found).all():
        raise Wrong(f"For {case} the gradient is not finite: exp overflows. The package's functions do not.")
    rows, p, log_z = len(logits), softmax(logits), logsumexp(logits, keepdims=True)
    mistakes = {
        f"For {case} there is no push at all.": np.zeros_like(true),
        f"For {case} you have the gradient of the sum over the rows: the loss takes their mean.": true * rows,
        f"For {case} the 2 of the square is missing.": true / 2,
        f"For {case} every logit of a row is pushed alike: the slope of log Z by a logit is its probability.": (
            2 * c * log_z / rows + 0 * p
        ),
        f"For {case} that is the slope of log Z itself: the loss has its square.": c * p / rows,
        f"For {case} the factor log Z of the chain rule is missing.": 2 * c * p / rows,
        f"For {case} all rows use one mean of log Z: each row is pushed by its own.": 2 * c * log_z.mean() * p / rows,
        f"For {case} you divide by all {true.size} logits: the mean is over the {rows} rows.": true * rows / true.size,
        f"For {case} the sign is turned: it must point to where the loss grows.": -true,
        f"For {case} the coefficient is missing.": true / c,
    }
    recognize(found, mistakes)
    at = np.unravel_index(np.argmax(np.abs(found - true)), true.shape)
    raise Wrong(f"For {case} the entry {tuple(map(int, at))} is {found[at]:.4g}: expected {true[at]:.4g}.")
