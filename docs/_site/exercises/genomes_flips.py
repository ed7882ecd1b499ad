"""Words whose bits are 1 with a given probability, each independently."""

import math
from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def flip_mask(shape, rate, rng):
    """Return uint64 words whose bits are 1 with probability rate, independently."""
    mask = np.zeros(shape, dtype=np.uint64)
    hits = rng.poisson(0)  # how many, on average?
    return mask

print(flip_mask((2, 2), 0.25, np.random.default_rng(0)))
'''

ANSWER = '''\
import numpy as np

def flip_mask(shape, rate, rng):
    """Return uint64 words whose bits are 1 with probability rate, independently."""
    mask = np.zeros(shape, dtype=np.uint64)
    hits = rng.poisson(-np.log(1 - 2 * rate) / 2 * 64 * mask.size)
    place = rng.integers(64 * mask.size, size=hits, dtype=np.uint64)
    np.bitwise_xor.at(mask.reshape(-1), place // 64, np.uint64(1) << place % 64)
    return mask
'''

WORDS = 20_000
BITS = np.arange(64, dtype=np.uint64)[:, np.newaxis]


def check(names: Names) -> Iterator[str]:
    """Its type, the share of flips in each place and in all, and what the flips of a word have in common."""
    if _call(names, (3, 5), 0.0).any():
        raise Wrong("At a rate of 0 some bits are 1: no bit may flip.")
    yield "The words have the right shape and type, and at a rate of 0 no bit flips."
    for rate in (0.02, 0.3):
        bits = _bits(_call(names, (WORDS // 4, 4), rate))
        _places(bits, rate)
        _share(float(bits.mean()), rate)
    yield "As many bits flip as the rate says, in each of the 64 places."
    together = float(np.mean(bits[:-1] * bits[1:]))
    if abs(together - rate**2) > 0.01:
        said = f"Two neighboring bits flip together in {together:.3f} of the cases, expected {rate**2:.3f}"
        raise Wrong(f"{said}: draw each bit by itself.")
    yield "No bit knows of its neighbor."
    counts = [int(np.bitwise_count(_call(names, (1, 2), 0.1, seed)).sum()) for seed in range(300)]
    if np.var(counts) < 8:  # expected 11.5, with a standard deviation of 1
        said = f"In masks of 128 bits the number of flips is always from {min(counts)} to {max(counts)}"
        raise Wrong(f"{said}, which varies too little: the number of hits is random, too.")
    yield "The number of flips varies as it should."


def _bits(mask: np.ndarray) -> np.ndarray:
    words = mask.reshape(-1)
    if words.any() and np.all(words == words[0]):
        raise Wrong("All words are the same: each word needs flips of its own.")
    return (words >> BITS & np.uint64(1)).astype(np.float64)


def _places(bits: np.ndarray, rate: float) -> None:
    shares = bits.mean(axis=1)
    mean = float(shares.mean())
    place = int(np.abs(shares - mean).argmax())
    if abs(shares[place] - mean) > 5 * math.sqrt(mean * (1 - mean) / WORDS):
        said = f"At a rate of {rate} bit {place} of a word flips in {shares[place]:.4f} of the cases"
        raise Wrong(f"{said}, on average it is {mean:.4f}: all 64 bits have the same chance.")


def _share(found: float, rate: float) -> None:
    hits = -math.log(1 - 2 * rate) / 2
    mistakes = {
        "a bit that is hit twice flips back, so the hits must be more than the flips": (1 - math.exp(-2 * rate)) / 2,
        "it flips every bit that is hit at all, but one that is hit twice flips back": 1 - math.exp(-hits),
        "it flips every bit that is hit at all, and there are too few hits besides": 1 - math.exp(-rate),
        "it keeps one hit of each word, as an assignment to repeated places keeps the last one; "
        "`np.bitwise_xor.at` keeps all": (1 - math.exp(-64 * hits)) / 64,
    }
    said = f"At a rate of {rate} your code flips {found:.4f} of the bits"
    for why, share in {"": rate, **mistakes}.items():
        if abs(found - share) < 5 * math.sqrt(share * (1 - share) / (64 * WORDS)):
            if why:
                raise Wrong(f"{said}: {why}.")
            return
    raise Wrong(f"{said}: expected {rate:.4f}.")


def _call(names: Names, shape: tuple[int, ...], rate: float, seed: int = 0) -> np.ndarray:
    said = f"flip_mask({shape}, {rate}, rng)"
    got = function(names, "flip_mask(shape, rate, rng)")(shape, rate, np.random.default_rng(seed))
    array = numbers(got, shape, said)
    if array.dtype != np.uint64:
        raise Wrong(f"`{said}` is of type {array.dtype}: expected uint64.")
    return array
