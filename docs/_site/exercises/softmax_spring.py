"""Give the drift a spring: a term of the loss that pulls all logits back, and where it leaves them."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.activations import logsumexp, softmax

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.activations import logsumexp, softmax

def gradient(x, targets, strength):
    """Return the slope by x of cross-entropy + strength * logsumexp(x) ** 2."""
    return softmax(x) - targets  # your code here: the spring is missing

targets = np.array([0.7, 0.2, 0.1])
for start in (0.0, 50.0):
    x = np.full(3, start)
    for _ in range(1000):
        x = x - gradient(x, targets, 0.1)
    print("mean", x.mean().round(2), "logits", x.round(2), "p", softmax(x).round(3))

mean = None  # of the logits in the end, to two digits or as a formula
'''

ANSWER = '''\
import numpy as np
from reference.activations import logsumexp, softmax

def gradient(x, targets, strength):
    """Return the slope by x of cross-entropy + strength * logsumexp(x) ** 2."""
    p = softmax(x)
    return p - targets + 2 * strength * logsumexp(x) * p

targets = np.array([0.7, 0.2, 0.1])
for start in (0.0, 50.0):
    x = np.full(3, start)
    for _ in range(1000):
        x = x - gradient(x, targets, 0.1)
    print("mean", x.mean().round(2), "logits", x.round(2), "p", softmax(x).round(3))

# The pushes add up to 0 where logsumexp(x) is 0, and there x is log p.
mean = np.mean(np.log(targets))
'''

CALL = "gradient(x, targets, strength)"
TARGETS = np.array([0.7, 0.2, 0.1])


def check(names: Names) -> Iterator[str]:
    """Look at no spring, at the spring's push, at large logits, at the end of both walks, and at the mean."""
    rng = np.random.default_rng(0)
    _without(names, rng)
    yield "Without a spring it is p minus the targets."
    _push(names, rng)
    yield "The spring pushes with the slope of its term."
    _large(names)
    yield "Logits around 1000 give numbers."
    _ends(names)
    yield "From 0 and from 50 the logits end at the same place, with p equal to the targets."
    _mean(names)
    yield "You found where the mean of the logits ends."


def _of(names: Names, x: np.ndarray, targets: np.ndarray, strength: float) -> np.ndarray:
    return numbers(function(names, CALL)(x.copy(), targets.copy(), strength), x.shape, CALL)


def _without(names: Names, rng: np.random.Generator) -> None:
    for x in rng.normal(size=(3, 3)):
        targets = softmax(rng.normal(size=3))
        found, true = _of(names, x, targets, 0.0), softmax(x) - targets
        if np.allclose(found, true):
            continue
        if np.allclose(found, -true):
            raise Wrong("With strength 0 the sign is turned: the slope is p − targets, and a step goes against it.")
        if np.allclose(found, softmax(x) - TARGETS):
            raise Wrong("Your code uses targets of its own: take those that it is given.")
        raise Wrong(f"With strength 0 you get {np.round(found, 3)}: expected p − targets, {np.round(true, 3)}.")


def _push(names: Names, rng: np.random.Generator) -> None:
    for strength, x in zip((0.1, 0.5, 2.0), rng.normal(scale=2, size=(3, 3)), strict=True):
        p, lse = softmax(x), logsumexp(x)
        push, true = _of(names, x, TARGETS, strength) - (p - TARGETS), 2 * strength * lse * p
        if np.allclose(push, true):
            continue
        other = f"For x = {np.round(x, 2)} and strength {strength:g} the spring pushes {np.round(push, 3)}: "
        other += f"expected {np.round(true, 3)}."
        typical = {
            "The spring does not push yet: with strength 0.1 the slope is the same as with 0.": np.zeros(3),
            "The 2 is missing: the slope of a square is twice the root, times the root's own slope.": true / 2,
            "Every logit gets the same push 2λ·lse: the slope of lse by each logit is its share p.": np.full(
                3, 2 * strength * lse
            ),
            "Every logit gets the same push λ·lse: the 2 is missing, and the slope of lse by each logit is p.": np.full(
                3, strength * lse
            ),
            "The push is λ p, the slope of lse itself: the term has its square.": strength * p,
            "The push is 2λ p: the factor lse of the chain rule is missing.": 2 * strength * p,
            "The push is λ·lse², the term itself: expected its slope by each logit.": np.full(3, strength * lse**2),
            "The push is λ·lse²·p: the slope of lse² is 2 lse times that of lse.": strength * lse**2 * p,
            "Your spring pulls each logit to 0, with 2λx: this term pulls at lse, and so leaves p alone.": (
                2 * strength * x
            ),
            "The strength does not count: multiply by it, it is 0.1 in the loop.": 2 * lse * p,
            "The spring pushes away from 0: its sign is turned.": -true,
        }
        raise Wrong(next((said for said, value in typical.items() if np.allclose(push, value)), other))


def _large(names: Names) -> None:
    for level in (1000.0, -1000.0):
        x = level + np.array([1.0, 0.0, -1.0])
        found, true = _of(names, x, TARGETS, 0.1), softmax(x) - TARGETS + 0.2 * logsumexp(x) * softmax(x)
        if not np.isfinite(found).all():
            raise Wrong(f"Around {level:.0f} the slope is {found}: the package's `logsumexp` does not overflow there.")
        if not np.allclose(found, true):
            raise Wrong(f"Around {level:.0f} the slope is {np.round(found, 2)}: expected {np.round(true, 2)}.")


def _ends(names: Names) -> None:
    low, high = _walked(names, 0.0), _walked(names, 50.0)
    if not np.allclose(low, high, atol=1e-6):
        raise Wrong(f"From 0 the logits end at {np.round(low, 2)}, from 50 at {np.round(high, 2)}.")
    if not np.allclose(softmax(low), TARGETS, atol=1e-6):
        raise Wrong(f"In the end p is {np.round(softmax(low), 3)}: expected the targets.")


def _walked(names: Names, start: float) -> np.ndarray:
    """Step as the page does, but 300 times: the slowest part shrinks by a tenth per step."""
    x = np.full(3, start)
    for _ in range(300):
        x = x - _of(names, x, TARGETS, 0.1)
    return x


def _mean(names: Names) -> None:
    mean, true = names.get("mean"), float(np.mean(np.log(TARGETS)))
    if mean is None:
        raise Wrong("`mean` is still None: the loop prints it. Where is logsumexp 0, and what are the logits then?")
    found = float(numbers(mean, (), "mean"))
    if abs(found - true) < 0.005:
        return
    typical = {
        "0 is where lse ends, not the mean: with lse = 0 the logits are log p.": 0.0,
        "That is the logarithm of the mean share: it is the mean of the logarithms.": float(np.log(TARGETS.mean())),
        "The sign is turned: shares are below 1, so their logarithms are negative.": -true,
        "That is the mean of all logits weighted with p: here each counts alike.": float(TARGETS @ np.log(TARGETS)),
        "That is their sum: the mean is a third of it.": 3 * true,
    }
    other = f"`mean` is {found:.4g}: what does the loop print once the slope is right?"
    raise Wrong(next((said for said, value in typical.items() if abs(found - value) < 0.005), other))
