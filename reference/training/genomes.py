r"""Genomes: strings of bits in words of 64, crossed by a coin and changed by flips.

A genome holds sixteen 4-bit codes to a word, as `pack_words` packs them. So a child of two parents takes three
operations for sixteen codes, whatever the codes mean, and a flip of any bit gives another valid code.

The random functions draw from the generator that they are given; the same seed gives the same genomes.

Notation: genomes are of shape (..., words), uint64; a `mask` is of that shape too, with ones where it acts.

Explained on the page `docs/training/genomes.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["WORD_BITS", "coin_mask", "cross", "flip_mask", "mean_hits", "random_genomes", "twin"]

_Words: TypeAlias = NDArray[np.uint64]

WORD_BITS = 64
"""Bits to a word, sixteen codes of 4 bits."""

_ONES = 2**WORD_BITS - 1
_LOW_BITS = np.uint64(0x1111111111111111)  # the lowest bit of each code
_CODE = np.uint64(15)


def random_genomes(count: int, words: int, *, rng: np.random.Generator) -> _Words:
    """Return genomes of random bits, each bit 1 with probability 1/2.

    Returns:
        (count, words), uint64.

    Example:
        >>> import numpy as np
        >>> from reference.training import random_genomes
        >>> genomes = random_genomes(100, 2, rng=np.random.default_rng(0))
        >>> genomes.shape, genomes.dtype
        ((100, 2), dtype('uint64'))
    """
    return rng.integers(_ONES, size=(count, words), dtype=np.uint64, endpoint=True)


def coin_mask(count: int, words: int, *, rng: np.random.Generator) -> _Words:
    """Return a coin for every 4-bit code: all four bits of it are 1 with probability 1/2, else all are 0.

    A code needs one random bit, so a random word gives the masks of four words: the lowest bits of its sixteen codes
    make the first mask, the next ones the second.

    Returns:
        (count, words), uint64.

    Example:
        >>> import numpy as np
        >>> from reference.training import coin_mask
        >>> f"{coin_mask(1, 1, rng=np.random.default_rng(1))[0, 0]:016x}"
        '0f00ffffff0000ff'
    """
    random = random_genomes(count, -(-words // 4), rng=rng)
    coins = [(random >> np.uint64(k) & _LOW_BITS) * _CODE for k in range(4)]
    return np.concatenate(coins, axis=-1)[:, :words]


def cross(a: _Words, b: _Words, mask: _Words) -> _Words:
    r"""Return children, $(a \wedge m) \vee (b \wedge \lnot m)$: the bits of a where the mask is 1, else those of b.

    With a `coin_mask` each code comes whole from one parent (uniform crossover).

    Args:
        a: (..., words), one parent of each child.
        b: (..., words), the other one.
        mask: (..., words). The three shapes are broadcast.

    Source: Syswerda 1989, "Uniform crossover in genetic algorithms", ICGA 3, pages 2-9.

    Example:
        >>> import numpy as np
        >>> from reference.training import cross
        >>> a, b, mask = (np.array([word], dtype=np.uint64) for word in (0xAAAA, 0xBBBB, 0x0FF0))
        >>> f"{cross(a, b, mask)[0]:x}"
        'baab'
    """
    return b ^ ((a ^ b) & mask)  # (a & mask) | (b & ~mask) takes four operations


def twin(a: _Words, b: _Words, mask: _Words) -> _Words:
    """Return the second child of a pair, which gets from each parent what the first child did not get.

    Example:
        >>> import numpy as np
        >>> from reference.training import twin
        >>> a, b, mask = (np.array([word], dtype=np.uint64) for word in (0xAAAA, 0xBBBB, 0x0FF0))
        >>> f"{twin(a, b, mask)[0]:x}"
        'abba'
    """
    return cross(b, a, mask)


def mean_hits(rate: float) -> float:
    r"""Return the mean $\lambda = -\ln(1 - 2 p) / 2$ of a Poisson number that is odd with probability p.

    A Poisson number of mean $\lambda$ is odd with probability $(1 - e^{-2 \lambda}) / 2$, which stays below 1/2.

    Args:
        rate: p, from 0 to below 1/2.

    Raises:
        ValueError: If the rate is not from 0 to below 1/2.

    Hard case: for a small rate $\lambda = p + p^2 + \ldots$, computed without the digits that 1 - 2 p would lose.

    Example:
        >>> from reference.training import mean_hits
        >>> round(mean_hits(0.3), 4), mean_hits(1e-20)
        (0.4581, 1e-20)
    """
    if not 0 <= rate < 0.5:
        contract = "a flip rate is a share of the bits from 0 to below 0.5"
        raise ValueError(f"{contract}, got {rate}; 0.5 would be random")
    return -math.log1p(-2 * rate) / 2


def flip_mask(shape: Sequence[int], *, rate: float, rng: np.random.Generator) -> _Words:
    r"""Return words whose bits are 1 with probability `rate`, each independently: `genomes ^ mask` flips those bits.

    No bit is asked one by one. A Poisson number of hits falls on random bits, and a bit that is hit an odd number of
    times is 1. The hits of each bit are then Poisson numbers of their own, independent of each other, of a mean
    (`mean_hits`) for which they are odd with probability `rate`: not nearly, but exactly.

    Args:
        shape: Of the words.
        rate: p, from 0 to below 1/2.
        rng: The source of hits.

    Returns:
        Words of that shape, uint64.

    Raises:
        ValueError: If the rate is not from 0 to below 1/2.

    Source: a colored Poisson process; Kingman 1993, "Poisson Processes", section 5.1.

    Example:
        >>> import numpy as np
        >>> from reference.training import flip_mask
        >>> mask = flip_mask((100, 100), rate=0.015, rng=np.random.default_rng(0))
        >>> round(float(np.bitwise_count(mask).sum() / (64 * mask.size)), 4)
        0.0151
    """
    mask = np.zeros(shape, np.uint64)
    bits = WORD_BITS * mask.size
    place = rng.integers(bits, size=rng.poisson(mean_hits(rate) * bits), dtype=np.uint64)
    word, bit = np.divmod(place, np.uint64(WORD_BITS))
    # An assignment, mask[word] ^= ..., would keep one hit of each word.
    np.bitwise_xor.at(mask.reshape(-1), word, np.uint64(1) << bit)
    return mask
