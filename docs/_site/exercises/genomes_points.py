"""Exchange a piece of two genomes: crossover with two points."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.quantization import unpack_words
from reference.training import random_genomes

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.quantization import pack_words
from reference.training import cross, twin

def two_points(a, b, start, stop):
    """Return two children: a with b's codes start to stop - 1, and b with a's."""
    return a, b

a, b = np.zeros(2, dtype=np.uint64), pack_words([15] * 32)
for child in two_points(a, b, 3, 18):
    print([f"{word:016x}" for word in child])
'''

ANSWER = '''\
import numpy as np
from reference.quantization import pack_words
from reference.training import cross, twin

def two_points(a, b, start, stop):
    """Return two children: a with b's codes start to stop - 1, and b with a's."""
    codes = np.zeros(16 * a.shape[-1], dtype=np.uint8)
    codes[start:stop] = 15
    mask = pack_words(codes)
    return twin(a, b, mask), cross(a, b, mask)
'''

PIECES, ENDS = [(3, 18), (0, 16), (5, 6)], [(31, 48), (0, 48), (7, 7)]


def check(names: Names) -> Iterator[str]:
    """Pieces of many lengths, of one genome and of many, with the parents left as they are."""
    a, b = random_genomes(2, 3, rng=np.random.default_rng(1))
    for start, stop in PIECES:
        _compare(_call(names, a, b, start, stop), a, b, start, stop)
    yield "Pieces change places, within a word and beyond it."
    for start, stop in ENDS:
        _compare(_call(names, a, b, start, stop), a, b, start, stop)
    yield "So do the last codes, all of them, and none."
    many, others = np.split(random_genomes(8, 3, rng=np.random.default_rng(2)), 2)
    _compare(_call(names, many, others, 3, 18), many, others, 3, 18)
    yield "It takes many parents at once."


def _compare(got: list[np.ndarray], a: np.ndarray, b: np.ndarray, start: int, stop: int) -> None:
    mother, father, first, second = (unpack_words(words).reshape(-1, 16 * words.shape[-1]) for words in (a, b, *got))
    places = np.arange(mother.shape[1])
    inside = (places >= start) & (places < stop)
    wanted = [np.where(inside, father, mother), np.where(inside, mother, father)]
    called = f"two_points(a, b, {start}, {stop})"
    for said, children in (
        ("", wanted),
        (
            "leaves the second child as b was: a slice of NumPy is a view, and what was to go there had been "
            "overwritten. Copy it first, or use a mask.",
            [wanted[0], father],
        ),
        ("gives the children in the other order: the first is a, with a piece of b.", wanted[::-1]),
        ("returns the parents: start and stop count codes, sixteen to a word.", [mother, father]),
    ):
        if np.array_equal(first, children[0]) and np.array_equal(second, children[1]):
            if said:
                raise Wrong(f"`{called}` {said}")
            return
    _place(called, first, mother, wanted[0], stop)


def _place(called: str, first: np.ndarray, mother: np.ndarray, wanted: np.ndarray, stop: int) -> None:
    """Say where the first child differs from what was expected, or that the second does."""
    wrong = np.flatnonzero(np.any(first != wanted, axis=0))
    if not wrong.size:
        raise Wrong(f"The first child of `{called}` is right, the second is not: it gets what the first did not get.")
    outside = [int(place) for place in wrong if np.array_equal(wanted[:, place], mother[:, place])]
    place = outside[0] if outside else int(wrong[0])
    if wrong.tolist() == [stop]:
        raise Wrong(f"`{called}` also exchanges code {stop}: the piece ends before it.")
    row = int(np.argmax(first[:, place] != wanted[:, place]))
    got, code, pair = int(first[row, place]), int(wanted[row, place]), f" of pair {row}" if len(first) > 1 else ""
    said = f"In the first child{pair} of `{called}` code {place} is {got:04b}, expected {code:04b}"
    if outside and pair:
        raise Wrong(f"{said}, as in a: start and stop count codes, along the last axis, and not parents.")
    if outside:
        raise Wrong(f"{said}, as in a: it is outside of the piece. Code 0 is in the lowest bits of the first word.")
    raise Wrong(f"{said}, as in b: a code comes whole from one parent, so its mask is 1111.")


def _call(names: Names, a: np.ndarray, b: np.ndarray, start: int, stop: int) -> list[np.ndarray]:
    called, given = f"two_points(a, b, {start}, {stop})", (a.copy(), b.copy())
    got: Any = function(names, "two_points(a, b, start, stop)")(*given, start, stop)
    if not (np.array_equal(given[0], a) and np.array_equal(given[1], b)):
        raise Wrong("Your function changes the parents: leave them as they are, and return new arrays.")
    if not isinstance(got, tuple | list | np.ndarray) or len(got) != 2:
        raise Wrong(f"`{called}` must return two children, got {type(got).__name__}.")
    children = [numbers(child, a.shape, f"{called}[{i}]") for i, child in enumerate(got)]
    for child in children:
        if child.dtype != np.uint64:
            raise Wrong(f"The children are of type {child.dtype}: expected uint64 words, as the parents.")
    return children
