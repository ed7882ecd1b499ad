"""One change that makes a search of what was random drawing: children in place of newcomers."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.training import random_genomes

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.training import coin_mask, cross, flip_mask, random_genomes

def breed(population, rng):
    """Return 98 new genomes for the next generation; the best two live on without you.
    population: (100, words), uint64, best first.
    """
    words = population.shape[1]
    return random_genomes(98, words, rng=rng)  # your code here

rng = np.random.default_rng(0)
print(breed(random_genomes(100, 4, rng=rng), rng).shape)
'''

ANSWER = '''\
import numpy as np
from reference.training import coin_mask, cross, flip_mask, random_genomes

def breed(population, rng):
    """Return 98 new genomes for the next generation; the best two live on without you.
    population: (100, words), uint64, best first.
    """
    words = population.shape[1]
    mother, father = population[rng.integers(10, size=(2, 98))]
    children = cross(mother, father, coin_mask(98, words, rng=rng))
    return children ^ flip_mask(children.shape, rate=0.015, rng=rng)

rng = np.random.default_rng(0)
print(breed(random_genomes(100, 4, rng=rng), rng).shape)
'''

CALL = "breed(population, rng)"
WORDS, GENERATIONS, SEEDS = 4, 40, range(3)


def check(names: Names) -> Iterator[str]:
    """Look at what comes back, then let it search for a hidden genome beside random drawing."""
    rng = np.random.default_rng(1)
    ranked = random_genomes(100, WORDS, rng=rng)
    kept = ranked.copy()
    new = _bred(names, ranked, rng)
    if not np.array_equal(ranked, kept):
        raise Wrong("Your code writes into the population: make new arrays, the best two must live on as they are.")
    yield "98 genomes come back, and the population is left as it was."
    _found(new, kept)
    yield "They owe something to their parents, and are new."
    wrong = [_searched(names, seed) for seed in SEEDS]
    drawn = [_searched({"breed": lambda population, rng: random_genomes(98, WORDS, rng=rng)}, seed) for seed in SEEDS]
    _judge(wrong, drawn)
    few, many = max(wrong), min(drawn)
    yield f"After {GENERATIONS} generations at most {few} of {64 * WORDS} bits are wrong; drawing leaves {many}."


def _bred(names: Names, population: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    new: Any = function(names, CALL)(population, rng)
    if new is None:
        raise Wrong("`breed(population, rng)` returns None: does your function end with a `return`?")
    array = np.asarray(new)
    if array.dtype != np.uint64:
        raise Wrong(f"`breed(population, rng)` gives {array.dtype}: genomes are words of uint64.")
    if array.shape != (98, WORDS):
        raise Wrong(f"`breed(population, rng)` has shape {array.shape}: expected (98, {WORDS}).")
    return array


def _found(new: np.ndarray, population: np.ndarray) -> None:
    """Tell random genomes, and copies, from children: by the bits in which they differ from the nearest parent."""
    apart = np.bitwise_count(new[:, np.newaxis] ^ population).sum(axis=2).min(axis=1)
    if np.mean(apart) > 0.38 * 64 * WORDS:
        raise Wrong(
            "The 98 owe nothing to the population: that is random search, the loop 2 of the notes. Use parents."
        )
    if not apart.any():
        raise Wrong(
            "The 98 are copies of what was there: nothing new can be found. Cross two parents, or flip some bits."
        )


def _searched(names: Names, seed: int) -> int:
    """Return how many bits of the best genome are wrong after all generations."""
    rng = np.random.default_rng(seed)
    hidden, population = random_genomes(1, WORDS, rng=rng), random_genomes(100, WORDS, rng=rng)
    for _ in range(GENERATIONS):
        wrong = np.bitwise_count(population ^ hidden).sum(axis=1)
        population = population[np.argsort(wrong, kind="stable")]
        population = np.concatenate([population[:2], _bred(names, population.copy(), rng)])
    return int(np.bitwise_count(population ^ hidden).sum(axis=1).min())


def _judge(wrong: list[int], drawn: list[int]) -> None:
    if max(wrong) <= 30:
        return
    if min(wrong) > min(drawn) - 10:
        said = "no better than random drawing: are the parents the best of the population, which stand first?"
    else:
        said = "better, but far from what is possible: are there too many flips, too few, or too many parents?"
    raise Wrong(f"After {GENERATIONS} generations {wrong} bits are wrong, random drawing leaves {drawn}: {said}")
