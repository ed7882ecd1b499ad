"""How large an attention logit can be when the weights of the two norms have been trained."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def bound(query_weight, key_weight):
    """Return what no attention logit exceeds in size. Weights: (d,)."""
    d = len(query_weight)
    return d**0.5  # right for weights of 1

print(bound(np.ones(64), np.ones(64)))
'''

ANSWER = '''\
import numpy as np

def bound(query_weight, key_weight):
    """Return what no attention logit exceeds in size. Weights: (d,)."""
    d = len(query_weight)
    # The sum of w_q w_k q k / sqrt(d); q and k have length sqrt(d)
    return d**0.5 * np.max(np.abs(query_weight * key_weight))

print(bound(np.ones(64), np.ones(64)))
'''

CALL = "bound(query_weight, key_weight)"


def check(names: Names) -> Iterator[str]:
    """Look at weights of 1, at one common factor, at weights that differ, and at large ones in different places."""
    rng = np.random.default_rng(0)
    _look(names, np.ones(64), np.ones(64), "weights of 1")
    yield "Weights of 1 have the bound √d."
    _look(names, np.full(16, 3.0), np.full(16, -2.0), "factors of 3 and −2")
    yield "Common factors multiply it, whatever their sign."
    _look(names, rng.uniform(0.5, 2, size=32), rng.uniform(0.5, 2, size=32), "random weights")
    yield "It holds for weights that differ."
    apart = np.ones(8), np.ones(8)
    apart[0][0], apart[1][1] = 10.0, 10.0
    _look(names, *apart, "large weights in different places")
    yield "It is not needlessly large where the large weights do not meet."


def _look(names: Names, query: np.ndarray, key: np.ndarray, case: str) -> None:
    found = float(numbers(function(names, CALL)(query.copy(), key.copy()), (), f"{CALL} for {case}"))
    d, product = len(query), query * key
    loose, center = d**0.5 * np.max(np.abs(product)), np.eye(d) - 1 / d
    # Layer norm gives vectors of mean 0 alone, so the largest logit is that of the product between two projections.
    tight = d**0.5 * float(np.linalg.norm(center @ np.diag(product) @ center, ord=2))
    if tight * (1 - 1e-9) <= found <= loose * (1 + 1e-9):
        return
    mistakes = {
        f"For {case} you return √d: the weights stretch queries and keys after they were normalized.": d**0.5,
        f"For {case} only one of the two norms counts: the logit is a product of both.": (
            d**0.5 * np.max(np.abs(query))
        ),
        f"For {case} a negative weight makes the bound negative: take sizes.": -loose,
        f"For {case} the division by √d is missing: both lengths are √d, and their product is divided once.": (
            d * np.max(np.abs(product))
        ),
        f"For {case} that holds, but is too large: entry i of a query only meets entry i of a key.": (
            d**0.5 * np.max(np.abs(query)) * np.max(np.abs(key))
        ),
        f"For {case} you took the mean of the products: a query can lie along the largest of them.": (
            d**0.5 * np.mean(np.abs(product))
        ),
    }
    recognize(np.asarray(found), mistakes)
    if found < tight:
        raise Wrong(f"For {case} a query and a key reach {tight:.4g}, you return {found:.4g}.")
    raise Wrong(f"For {case} you return {found:.4g}: it holds, but {loose:.4g} does, too.")
