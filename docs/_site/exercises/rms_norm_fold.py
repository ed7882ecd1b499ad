"""A linear layer takes the mean of its outputs away itself, so that RMS norm behind it is layer norm."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def fold(W, b):
    """Return W2 and b2 such that rms_norm(x @ W2 + b2) is layer_norm(x @ W + b).

    W: (in, out), b: (out,), and the results as well.
    """
    return W, b  # your code here
'''

ANSWER = '''\
import numpy as np

def fold(W, b):
    """Return W2 and b2 such that rms_norm(x @ W2 + b2) is layer_norm(x @ W + b).

    W: (in, out), b: (out,), and the results as well.
    """
    # The mean of the outputs is x @ mean(W) + mean(b), with means over the outputs.
    return W - np.mean(W, axis=1, keepdims=True), b - np.mean(b)
'''

CALL = "fold(W, b)"


def check(names: Names) -> Iterator[str]:
    """Look at the shapes, at the outputs' mean, and at both layers' results."""
    rng = np.random.default_rng(0)
    _of(names, rng.normal(size=(3, 5)), rng.normal(size=5))
    yield "The new weight and bias have the shapes of the old."
    for fan_in, fan_out in ((3, 5), (4, 4), (6, 2)):
        weight, bias = rng.normal(size=(fan_in, fan_out)), rng.normal(size=fan_out) + 1
        new = _of(names, weight, bias)
        _mean(rng.normal(size=(7, fan_in)), weight, bias, new)
    yield "The new layer's outputs have the mean 0 for every x."
    x, weight, bias = rng.normal(size=(7, 3)), rng.normal(size=(3, 5)) + 2, rng.normal(size=5)
    new_weight, new_bias = _of(names, weight, bias)
    found, true = rms_norm(x @ new_weight + new_bias), layer_norm(x @ weight + bias)
    if not np.allclose(found, true, atol=1e-9):
        raise Wrong(
            f"The means are 0, but RMS norm gives {np.round(found[0], 3)} where layer norm gave "
            f"{np.round(true[0], 3)}: subtract the mean and change nothing else."
        )
    yield "RMS norm behind it gives what layer norm gave."


def _of(names: Names, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = function(names, CALL)(weight.copy(), bias.copy())
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Wrong(f"{CALL} gives {type(found).__name__}: expected two arrays, the new weight and the new bias.")
    new = np.asarray(found[0]), np.asarray(found[1])
    if new[0].shape != weight.shape or new[1].shape != bias.shape:
        raise Wrong(
            f"For W of shape {weight.shape} and b of shape {bias.shape} you return the shapes {new[0].shape} and "
            f"{new[1].shape}: expected the same as before."
        )
    return new


def _mean(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, new: tuple[np.ndarray, np.ndarray]) -> None:
    means = np.mean(x @ new[0] + new[1], axis=-1)
    if np.allclose(means, 0, atol=1e-9):
        return
    by_column = weight - weight.mean(axis=0)
    typical = {
        "You return them as they came.": np.array_equal(new[0], weight) and np.array_equal(new[1], bias),
        "The weight is right. The bias adds its own mean to every output: take that away too.": (
            np.allclose(new[0], weight - weight.mean(axis=1, keepdims=True))
        ),
        "The bias is right, the weight as it came: its rows add a mean that depends on x.": (
            np.array_equal(new[0], weight) and np.allclose(new[1], bias - bias.mean())
        ),
        "You center each column of W, over its inputs: the mean that must go runs over the outputs, axis 1.": (
            np.allclose(new[0], by_column)
        ),
        "You subtract one mean of the whole W: each row has a mean of its own, since x weighs the rows.": (
            np.allclose(new[0], weight - weight.mean())
        ),
    }
    other = f"For one x the outputs have the mean {means[0]:.3g}: expected 0."
    raise Wrong(next((said for said, true in typical.items() if true), other))
