"""Weights of a 2-2-2 network that says whether exactly one of its inputs is on."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import forward

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.training import forward

questions = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = np.array([0, 1, 1, 0])  # 1 where exactly one input is on

def network():
    """Return two layers, each a weight (2, 2) and a bias (2,)."""
    hidden = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.0])
    output = np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([0.5, 0.0])
    return hidden, output

print(forward(questions, network()).argmax(axis=1))
'''

ANSWER = '''\
import numpy as np
from reference.training import forward

questions = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = np.array([0, 1, 1, 0])  # 1 where exactly one input is on

def network():
    """Return two layers, each a weight (2, 2) and a bias (2,)."""
    hidden = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
    output = np.array([[0.0, 1.0], [0.0, -2.0]]), np.array([0.5, 0.0])
    return hidden, output

print(forward(questions, network()).argmax(axis=1))
'''

QUESTIONS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ANSWERS = np.array([0, 1, 1, 0])


def check(names: Names) -> Iterator[str]:
    """Look at the shapes, at the four answers, and at inputs that are only nearly on or off."""
    layers = _layers(names)
    yield "Both layers have a 2 by 2 weight and a bias of 2."
    logits = forward(QUESTIONS, layers)
    _answers(logits)
    yield "All four answers are right."
    margin = float(np.abs(logits[:, 1] - logits[:, 0]).min())
    if margin < 1e-3:
        raise Wrong(f"The answers are right by a hair: the closest two logits are {margin:.0e} apart, make it 0.001.")
    near = QUESTIONS + 1e-4 * margin * np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]])
    if not np.array_equal(forward(near, layers).argmax(axis=1), ANSWERS):
        raise Wrong("An input that is off by less than a thousandth changes an answer: use smaller weights.")
    yield "They stay right for inputs that are a little off."


def _layers(names: Names) -> list[tuple[np.ndarray, np.ndarray]]:
    found = function(names, "network()")()
    try:
        (weight, bias), (weight_2, bias_2) = found
    except (TypeError, ValueError):
        raise Wrong("`network()` must return two pairs, each a weight and a bias: `return hidden, output`.") from None
    layers = []
    for place, (one, two) in enumerate([(weight, bias), (weight_2, bias_2)], 1):
        w, b = numbers(one, (2, 2), f"the weight of layer {place}"), numbers(two, (2,), f"the bias of layer {place}")
        if not (np.isfinite(w).all() and np.isfinite(b).all()):
            raise Wrong(f"Layer {place} has an infinite number or a NaN: all of its numbers must be finite.")
        layers.append((w, b))
    return layers


def _answers(logits: np.ndarray) -> None:
    found = logits.argmax(axis=1)
    wrong = np.flatnonzero(found != ANSWERS)
    if not len(wrong):
        if np.any(logits[:, 0] == logits[:, 1]):
            raise Wrong("Two logits are equal, and which is larger is left to chance: separate them.")
        return
    if np.array_equal(found, [0, 1, 1, 1]):
        raise Wrong("That is *or*: 1, 1 is answered with 1. Subtract something that only both inputs together turn on.")
    if np.array_equal(found, [0, 0, 0, 1]):
        raise Wrong("That is *and*: only 1, 1 is answered with 1.")
    if np.array_equal(found, 1 - ANSWERS):
        raise Wrong("All four answers are the wrong way round: swap the two columns of the last layer.")
    first = QUESTIONS[wrong[0]].astype(int).tolist()
    raise Wrong(f"{len(wrong)} of 4 answers are wrong: {first} gives the logits {np.round(logits[wrong[0]], 3)}.")
