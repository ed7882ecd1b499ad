"""Read one weight of a packed genome."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.quantization import LOG4, NF4, unpack_words
from reference.training import random_genomes

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.quantization import LOG4

def weight(words, place, values, scale):
    """Return the weight of code number `place`; number 0 is lowest in word 0."""
    return 0.0  # your code here

words = np.array([0xF7, 0x5], dtype=np.uint64)
for place in (0, 1, 2, 16):
    print(place, weight(words, place, LOG4.values, 2.0))
'''

ANSWER = '''\
import numpy as np
from reference.quantization import LOG4

def weight(words, place, values, scale):
    """Return the weight of code number `place`; number 0 is lowest in word 0."""
    code = int(words[place // 16]) >> 4 * (place % 16) & 15
    return scale * values[code]

words = np.array([0xF7, 0x5], dtype=np.uint64)
for place in (0, 1, 2, 16):
    print(place, weight(words, place, LOG4.values, 2.0))
'''

CALL = "weight(words, place, values, scale)"


def check(names: Names) -> Iterator[str]:
    """All places of random genomes, with two codebooks."""
    for seed, (book, scale) in enumerate(((LOG4, 0.5), (NF4, 1.5), (LOG4, 2.0))):
        words = random_genomes(1, 3, rng=np.random.default_rng(seed))[0]
        for place in range(48):
            _one(names, words, place, book.values, scale)
        yield f"All 48 codes of a genome are read, with {book.name} and the scale {scale:g}."


def _one(names: Names, words: np.ndarray, place: int, values: tuple[float, ...], scale: float) -> None:
    got = float(numbers(function(names, CALL)(words.copy(), place, values, scale), (), CALL))
    codes = unpack_words(words)
    wanted = scale * values[codes[place]]
    if np.isclose(got, wanted):
        return
    word, left = place // 16, place % 16
    typical = {
        values[codes[place]]: "the scale is missing",
        float(codes[place]): "that is the code, not the value it stands for",
        scale * float(codes[place]): "that is the code times the scale: look the code up in the values first",
        scale
        * values[codes[16 * word + 15 - left]]: "you count from the highest bits; the first code is in the lowest",
        scale * values[codes[place ^ 1]]: "the two codes of each byte have changed places",
        scale * values[codes[16 * (2 - word) + left]]: "you count from the last word",
        scale * values[codes[left]]: f"code {place} is in word {word}, not in the first one",
    }
    seen = next((said for value, said in typical.items() if np.isclose(got, value)), "look at which four bits you take")
    raise Wrong(f"`weight` returns {got:g} for place {place}, expected {wanted:g}: {seen}.")
