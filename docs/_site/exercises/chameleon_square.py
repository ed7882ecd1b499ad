"""Find the planted bug: a z-loss without its square, which pushes the logits down for ever."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers, recognize
from reference.activations.softmax import logsumexp
from reference.autograd import Tensor
from reference.training.losses import cross_entropy, z_loss

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import logsumexp
from reference.arrays import array_namespace
from reference.training import cross_entropy, value_and_gradient

def loss(logits, target, c=0.05):
    """Return cross-entropy with a z-loss that is to hold log Z at 0."""
    xp, log_z = array_namespace(logits), logsumexp(logits)
    return cross_entropy(logits, target) + c * xp.mean(log_z)

logits, target = np.zeros((1, 3)), np.array([[0.7, 0.2, 0.1]])
for step in range(100):
    _, gradient = value_and_gradient(loss, logits, target)
    logits = logits - gradient
print("log Z", logsumexp(logits).round(2), "logits", logits.round(2))

goal = None  # to which log Z should the right loss lead?
'''

ANSWER = '''\
import numpy as np
from reference.activations import logsumexp
from reference.arrays import array_namespace
from reference.training import cross_entropy, value_and_gradient

def loss(logits, target, c=0.05):
    """Return cross-entropy with a z-loss that is to hold log Z at 0."""
    xp, log_z = array_namespace(logits), logsumexp(logits)
    return cross_entropy(logits, target) + c * xp.mean(log_z * log_z)

logits, target = np.zeros((1, 3)), np.array([[0.7, 0.2, 0.1]])
for step in range(100):
    _, gradient = value_and_gradient(loss, logits, target)
    logits = logits - gradient
print("log Z", logsumexp(logits).round(2), "logits", logits.round(2))

goal = 0.0
'''

CALL = "loss(logits, target, c)"
TARGET = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])


def check(names: Names) -> Iterator[str]:
    """Look at one row, at rows that drift apart, at the push of the gradient, and at the goal."""
    _look(names, np.array([[-3.0, -5.0, -6.0]]), "one row")
    yield "One row pays c log² Z on top of cross-entropy."
    _look(names, np.array([[4.0, 4.0, 4.0], [-6.0, -6.0, -6.2]]), "two rows that drift apart")
    yield "Two rows that drift apart pay each for its own."
    _walk(names)
    yield "From +8 and from −8, log Z is led towards 0."
    if abs(number(names, "goal")) > 1e-9:
        raise Wrong(f"`goal` is {number(names, 'goal'):g}: where is the z-loss the smallest?")
    yield "You named the goal."


def _look(names: Names, logits: np.ndarray, case: str) -> None:
    target, c = TARGET[: len(logits)], 0.5
    found = numbers(function(names, CALL)(logits.copy(), target.copy(), c), (), f"{CALL} for {case}")
    plain, log_z = float(cross_entropy(logits, target)), logsumexp(logits)
    true = plain + float(z_loss(logits, coefficient=c))
    if np.isclose(found, true, rtol=1e-9):
        return
    mistakes = {
        f"For {case} the bug is still there: log Z itself has no smallest value, so it pushes down for ever.": (
            plain + c * log_z.mean()
        ),
        f"For {case} you square the mean of log Z: rows of opposite drift then cost nothing. Average the squares.": (
            plain + c * log_z.mean() ** 2
        ),
        f"For {case} you take the size of log Z: its push does not fade near 0. The square's does.": (
            plain + c * np.abs(log_z).mean()
        ),
        f"For {case} the z-loss is gone: cross-entropy alone does not hold log Z anywhere.": plain,
        f"For {case} cross-entropy is gone: only the z-loss is left.": true - plain,
        f"For {case} that is the sum over the rows: take the mean.": plain + c * (log_z**2).sum(),
        f"For {case} the coefficient is squared, too.": plain + c**2 * (log_z**2).mean(),
    }
    recognize(found, mistakes)
    raise Wrong(f"For {case} the loss is {found:.5g}: expected {true:.5g}.")


def _walk(names: Names) -> None:
    for start in (8.0, -8.0):
        leaf = Tensor(np.log(TARGET[:1]) + start)
        value = function(names, CALL)(leaf, TARGET[:1], 0.05)
        if not isinstance(value, Tensor):
            raise Wrong("Of a Tensor the loss is no Tensor: take xp's functions, so that it has a gradient.")
        value.backward()
        push = -float(np.sum(leaf.grad)) if leaf.grad is not None else 0.0
        if not np.isclose(push, -0.1 * start):
            raise Wrong(
                f"At log Z = {start:g} the logits are pushed by {push:.3g} together: expected {-0.1 * start:g}."
            )
