"""Stochastic rounding of float32 to bfloat16: one random integer and one addition."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def stochastic_bfloat16(x, rng):
    """Return uint16 codes of bfloat16, rounded by chance, for finite float32 x."""
    u = x.view(np.uint32)
    chance = rng.integers(0, 10, u.shape, dtype=np.uint32)  # your code here
    return ((u + chance) >> 16).astype(np.uint16)

quarter = np.full(1000, 1 + 2**-9, dtype=np.float32)  # a quarter of the way
codes = stochastic_bfloat16(quarter, np.random.default_rng(0))
print("went up:", np.mean(codes == 0x3F81))
'''

ANSWER = '''\
import numpy as np

def stochastic_bfloat16(x, rng):
    """Return uint16 codes of bfloat16, rounded by chance, for finite float32 x."""
    u = x.view(np.uint32)
    chance = rng.integers(0, 2**16, u.shape, dtype=np.uint32)
    return ((u + chance) >> 16).astype(np.uint16)

quarter = np.full(1000, 1 + 2**-9, dtype=np.float32)  # a quarter of the way
codes = stochastic_bfloat16(quarter, np.random.default_rng(0))
print("went up:", np.mean(codes == 0x3F81))
'''

CALL = "stochastic_bfloat16(x, rng)"
DRAWS = 20_000


def check(names: Names) -> Iterator[str]:
    """Look at which codes come, at exact numbers, at how often a number goes up, at its own draw for each, at signs."""
    _neighbors(names)
    yield "Only the two neighbors come."
    _exact(names)
    _together(names)
    yield "A number that bfloat16 has stays as it is."
    _shares(names)
    yield "Each number goes up as often as it should."
    _independent(names)
    yield "Each number has a draw of its own, from `rng`."


def _of(names: Names, bits: np.ndarray, seed: int = 0) -> np.ndarray:
    x = bits.astype(np.uint32).view(np.float32)
    found = numbers(function(names, CALL)(x.copy(), np.random.default_rng(seed)), x.shape, CALL)
    if found.dtype.kind == "f":
        raise Wrong(f"`{CALL}` gives {found.dtype}: expected the codes, integers of 16 bits.")
    return found.astype(np.int64)


def _neighbors(names: Names) -> None:
    bits = np.random.default_rng(1).integers(0x00800000, 0x7F000000, DRAWS)
    bits[::2] |= 0x80000000
    beyond = _of(names, bits) - (bits >> 16)
    if beyond.max() > 1:
        raise Wrong(f"A code is {int(beyond.max())} steps up: what you add must stay below 2**16.")
    if beyond.min() < 0:
        raise Wrong("A code is below the lower neighbor: nothing may be subtracted.")
    if (beyond == 0).all():
        raise Wrong("Nothing ever goes up: a random number of how many bits can carry into the upper half?")


def _exact(names: Names) -> None:
    bits = np.arange(0, 0x7F80) << 16
    if (_of(names, bits) != bits >> 16).any():
        raise Wrong("1.0 sometimes becomes the next number, and bfloat16 has it: the largest draw must be 2**16 − 1.")


def _together(names: Names) -> None:
    bits = np.full(1000, (0x3F80 << 16) | 0x8000)
    results = [_of(names, bits, seed) for seed in range(12)]
    if all((codes == codes[0]).all() for codes in results) and len({int(codes[0]) for codes in results}) > 1:
        raise Wrong("All numbers of an array go the same way: draw one random number for each, of the shape of x.")


def _shares(names: Names) -> None:
    for share in (1 / 4, 1 / 2, 7 / 8, 1 / 64):
        for sign in (0, 0x80000000):
            bits = np.full(DRAWS, (0x3F80 << 16) | sign | int(share * 2**16))
            seen = float(np.mean(_of(names, bits) != bits >> 16))
            if abs(seen - share) > 5 * (share * (1 - share) / DRAWS) ** 0.5:
                raise Wrong(_told(share, seen, sign))


def _told(share: float, seen: float, sign: int) -> str:
    text = f"A number {share:g} of the way goes {'away from zero' if sign else 'up'} in {seen:.1%} of the draws"
    if seen in (0, 1):
        return f"{text}: it does not depend on chance, or the random numbers are too small to reach it."
    if abs(seen - 0.5) < 0.02:
        return f"{text}, like a coin: the probability must be the share of the way."
    return f"{text}, expected {share:.1%}: let the random number take every value below 2**16 equally often."


def _independent(names: Names) -> None:
    bits = np.full(1000, (0x3F80 << 16) | 0x8000)
    first, again, other = (_of(names, bits, seed) for seed in (7, 7, 8))
    if (first != again).any():
        raise Wrong("The same generator gives other results the second time: draw from `rng`, not from another one.")
    if (first == other).all():
        raise Wrong("Two generators give the same results: draw from `rng`, not from one of your own.")
