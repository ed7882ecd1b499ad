"""Genomes: whose code a child has, how many bits flip and that no bit knows of another, bad rates, the same seed.

Shares are compared with their probability within four standard deviations, on fixed seeds.
"""

from typing import Any

import numpy as np
import pytest

from reference.quantization import LOG4, log_codebook, pack_words, unpack_words
from reference.training import WORD_BITS, coin_mask, cross, flip_mask, mean_hits, random_genomes, twin
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
scipy_stats: Any = need("scipy.stats", "scipy")

RATES = [0.0005, 0.015, 0.2, 0.45]
ONES = np.uint64(2**WORD_BITS - 1)
SIGMAS = 4.0

COUNTS, WORDS, SEEDS = st.integers(0, 5), st.integers(0, 9), st.integers(0, 999)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def bits(words: np.ndarray) -> np.ndarray:
    """Each bit of the words as a row of its own, the lowest first."""
    return np.stack([(words >> np.uint64(place) & np.uint64(1)).reshape(-1) for place in range(WORD_BITS)])


def off(found: Any, share: float, count: int) -> Any:
    """How many standard deviations shares of `count` independent trials are off their probability."""
    return np.abs(np.asarray(found) - share) / np.sqrt(share * (1 - share) / count)


# Examples


def test_a_hexadecimal_digit_is_a_code_and_comes_from_one_parent() -> None:
    a, b, mask = (np.array([word], np.uint64) for word in (0x1111, 0x2222, 0xF0F0))
    assert [f"{child(a, b, mask)[0]:x}" for child in (cross, twin)] == ["1212", "2121"]


@pytest.mark.parametrize("words", [1, 2, 3, 4, 5, 151])
def test_each_code_of_a_child_is_one_parents_and_its_twin_has_the_others(words: int) -> None:
    rng = generator(words)
    a, b, mask = random_genomes(50, words, rng=rng), random_genomes(50, words, rng=rng), coin_mask(50, words, rng=rng)
    mother, father, coins = unpack_words(a), unpack_words(b), unpack_words(mask)
    assert set(np.unique(coins)) == {0, 15}
    assert np.array_equal(unpack_words(cross(a, b, mask)), np.where(coins, mother, father))
    assert np.array_equal(unpack_words(twin(a, b, mask)), np.where(coins, father, mother))


def test_the_words_of_a_mask_are_the_coins_of_one_word_shifted() -> None:
    """Four words from one random word must not be copies of each other."""
    coins = coin_mask(400, 4, rng=generator())
    for first in range(4):
        for second in range(first):
            agree = np.mean(unpack_words(coins[:, first]) == unpack_words(coins[:, second]))
            assert off(agree, 0.5, 400 * 16) < SIGMAS


@pytest.mark.parametrize("words", [4, 5])
def test_every_coin_is_fair(words: int) -> None:
    count = 4000
    heads = unpack_words(coin_mask(count, words, rng=generator(1))) == 15
    assert heads.shape == (count, 16 * words)
    assert off(heads.mean(axis=0), 0.5, count).max() < SIGMAS
    assert off(heads.mean(), 0.5, heads.size) < SIGMAS


def test_every_bit_of_a_random_genome_is_fair() -> None:
    share = bits(random_genomes(4000, 2, rng=generator(2))).mean(axis=1)
    assert off(share, 0.5, 8000).max() < SIGMAS


@pytest.mark.parametrize("rate", RATES)
def test_as_many_bits_flip_as_the_rate_says_in_each_place(rate: float) -> None:
    flipped = bits(flip_mask((500, 151), rate=rate, rng=generator(5)))
    assert off(flipped.mean(axis=1), rate, flipped.shape[1]).max() < SIGMAS
    assert off(flipped.mean(), rate, flipped.size) < SIGMAS


@pytest.mark.parametrize("rate", RATES[1:])
def test_no_bit_knows_of_another(rate: float) -> None:
    """Each two bits of a word are both flipped with the square of the rate, and so is a bit with itself a word on."""
    flipped = bits(flip_mask((20_000, 2), rate=rate, rng=generator(4))).astype(float)
    count = flipped.shape[1]
    together = (flipped @ flipped.T / count)[~np.eye(WORD_BITS, dtype=bool)]
    # Of 2016 pairs the largest deviation is expected near 3.5; five are as rare for it as four are for 20 of them.
    assert off(together, rate**2, count).max() < SIGMAS + 1
    pairs = flipped.reshape(WORD_BITS, -1, 2)
    neighbors = np.mean(pairs[..., 0] * pairs[..., 1])
    assert off(neighbors, rate**2, flipped.size // 2) < SIGMAS


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("rate", [0.005, 0.3])
def test_the_number_of_flips_of_a_child_is_binomial(rate: float, alone: bool) -> None:
    """Also of a child that is drawn alone: with a fixed number of hits it would always be odd, or always even."""
    rng, children, words = generator(5), 4000, 2
    shapes = [(1, words)] * children if alone else [(children, words)]
    masks = np.concatenate([flip_mask(shape, rate=rate, rng=rng) for shape in shapes])
    flips = np.bitwise_count(masks).sum(axis=1)
    assert off(np.mean(flips % 2), (1 - (1 - 2 * rate) ** (WORD_BITS * words)) / 2, children) < SIGMAS
    law = scipy_stats.binom(WORD_BITS * words, rate)
    edges = np.unique(law.ppf(np.linspace(0.05, 0.95, 10)))
    found = np.diff(np.concatenate([[0], np.searchsorted(np.sort(flips), edges, side="right"), [children]]))
    expected = children * np.diff(np.concatenate([[0], law.cdf(edges), [1]]))
    assert scipy_stats.chisquare(found, expected).pvalue > 1e-4


# The formulas of the page


@given(st.floats(0, 0.5, exclude_max=True))
def test_a_poisson_number_of_this_mean_is_odd_with_the_rate_as_probability(rate: float) -> None:
    with mpmath.workdps(50):
        exact = -mpmath.log1p(-2 * mpmath.mpf(rate)) / 2
        assert abs(mpmath.mpf(mean_hits(rate)) - exact) <= 4e-16 * exact
        assert mpmath.almosteq(-mpmath.expm1(-2 * exact) / 2, mpmath.mpf(rate), rel_eps=1e-40)


@pytest.mark.parametrize("rate", RATES)
def test_the_odd_terms_of_the_poisson_law_add_up_to_the_rate(rate: float) -> None:
    odd = scipy_stats.poisson(mean_hits(rate)).pmf(np.arange(1, 100, 2)).sum()
    assert odd == pytest.approx(rate, rel=1e-12)


def test_the_hits_of_each_bit_are_poisson_numbers_of_their_own() -> None:
    """A Poisson number of hits on m places: the law of two places together is the product of their laws."""
    m, mean = 3, 0.7
    with mpmath.workdps(30):

        def poisson(k: int, mu: Any) -> Any:
            return mpmath.exp(-mu) * mpmath.mpf(mu) ** k / mpmath.factorial(k)

        def together(i: int, j: int) -> Any:
            """i hits on the first place, j on the second and any number on the third."""
            return mpmath.nsum(
                lambda k: (
                    poisson(i + j + int(k), m * mpmath.mpf(mean))
                    * mpmath.factorial(i + j + int(k))
                    / (mpmath.factorial(i) * mpmath.factorial(j) * mpmath.factorial(int(k)))
                    / mpmath.mpf(m) ** (i + j + int(k))
                ),
                [0, 60],
            )

        for i, j in ((0, 0), (1, 0), (2, 3)):
            product = poisson(i, mpmath.mpf(mean)) * poisson(j, mpmath.mpf(mean))
            assert mpmath.almosteq(together(i, j), product, rel_eps=1e-15)


def test_flips_of_a_code_change_its_sign_or_move_it_by_1_2_or_4_places() -> None:
    values = np.asarray(log_codebook(zero=False).values)
    codes = np.arange(16)
    for place, factor in enumerate([2, 4, 16]):
        moved = np.abs(values[codes ^ 1 << place] / values)
        assert set(moved) == {factor, 1 / factor}
    assert np.array_equal(values[codes ^ 8], -values)
    assert np.array_equal(np.asarray(LOG4.values)[[0, 8]], [0, 0])


# Properties


@given(COUNTS, WORDS, SEEDS)
def test_shapes_and_types(count: int, words: int, seed: int) -> None:
    rng = generator(seed)
    genomes, mask = random_genomes(count, words, rng=rng), coin_mask(count, words, rng=rng)
    flips = flip_mask((count, words), rate=0.1, rng=rng)
    for array in (genomes, mask, flips, cross(genomes, genomes, mask), twin(genomes, genomes, mask), genomes ^ flips):
        assert array.shape == (count, words)
        assert array.dtype == np.uint64


@given(COUNTS, WORDS, SEEDS)
def test_children_by_masks_that_are_all_ones_or_all_zeros(count: int, words: int, seed: int) -> None:
    rng = generator(seed)
    a, b = random_genomes(count, words, rng=rng), random_genomes(count, words, rng=rng)
    none = np.zeros_like(a)
    assert np.array_equal(cross(a, b, none | ONES), a)
    assert np.array_equal(cross(a, b, none), b)
    assert np.array_equal(twin(a, b, none | ONES), b)
    assert np.array_equal(twin(a, b, none), a)


@given(COUNTS, WORDS, SEEDS)
def test_children_of_any_mask(count: int, words: int, seed: int) -> None:
    rng = generator(seed)
    a, b, mask = (random_genomes(count, words, rng=rng) for _ in range(3))
    kept = [array.copy() for array in (a, b, mask)]
    child, second = cross(a, b, mask), twin(a, b, mask)
    assert np.array_equal(child, (a & mask) | (b & ~mask))
    assert np.array_equal(second, cross(b, a, mask))
    assert np.array_equal(second, cross(a, b, ~mask))
    assert np.array_equal(child ^ second, a ^ b)
    assert np.array_equal(cross(a, a, mask), a)
    assert all(np.array_equal(*pair) for pair in zip((a, b, mask), kept, strict=True))


@given(WORDS, SEEDS)
def test_one_parent_or_one_mask_serves_many_children(words: int, seed: int) -> None:
    rng = generator(seed)
    a, b, mask = random_genomes(4, words, rng=rng), random_genomes(1, words, rng=rng), coin_mask(1, words, rng=rng)[0]
    assert np.array_equal(cross(a, b, mask)[2], cross(a[2], b[0], mask))


@given(COUNTS, WORDS, SEEDS, st.floats(0, 0.499))
def test_flips_can_be_taken_back_and_a_rate_of_0_flips_none(count: int, words: int, seed: int, rate: float) -> None:
    genomes = random_genomes(count, words, rng=generator(seed))
    flips = flip_mask(genomes.shape, rate=rate, rng=generator(seed))
    assert np.array_equal(genomes ^ flips ^ flips, genomes)
    assert not flip_mask(genomes.shape, rate=0.0, rng=generator(seed)).any()


@given(st.integers(0, 3), WORDS, SEEDS)
def test_a_flipped_genome_is_valid_codes_again(count: int, words: int, seed: int) -> None:
    rng = generator(seed)
    genomes = random_genomes(count, words, rng=rng)
    codes = unpack_words(genomes ^ flip_mask(genomes.shape, rate=0.3, rng=rng))
    assert codes.max(initial=0) <= 15
    assert np.isfinite(LOG4.table[codes]).all()
    assert np.array_equal(pack_words(codes).reshape(count, words), pack_words(codes))


@given(COUNTS, WORDS, SEEDS)
def test_the_same_seed_gives_the_same_genomes_and_another_one_others(count: int, words: int, seed: int) -> None:
    def all_of(rng: np.random.Generator) -> list[np.ndarray]:
        flips = flip_mask((count, words), rate=0.2, rng=rng)
        return [random_genomes(count, words, rng=rng), coin_mask(count, words, rng=rng), flips]

    first, again, other = (all_of(generator(s)) for s in (seed, seed, seed + 1))
    assert all(map(np.array_equal, first, again))
    if count * words:
        assert not np.array_equal(first[0], other[0])


# What is refused


@pytest.mark.parametrize("rate", [-0.001, 0.5, 1.0, 1.5, float("nan"), float("inf"), -float("inf")])
def test_a_rate_that_is_no_share_below_a_half_is_refused_by_name(rate: float) -> None:
    said = f"a flip rate is a share of the bits from 0 to below 0.5, got {rate}"
    with pytest.raises(ValueError, match=said):
        flip_mask((1, 1), rate=rate, rng=generator())
    with pytest.raises(ValueError, match=said):
        mean_hits(rate)


def test_nothing_is_drawn_for_a_rate_that_is_refused() -> None:
    rng = generator()
    before = rng.bit_generator.state
    with pytest.raises(ValueError, match=r"got 0\.5"):
        flip_mask((3, 3), rate=0.5, rng=rng)
    assert rng.bit_generator.state == before


def test_words_of_another_kind_are_refused() -> None:
    a = random_genomes(1, 1, rng=generator())
    with pytest.raises(TypeError, match="bitwise"):
        cross(a, a.astype(np.float64), a)
    with pytest.raises(TypeError, match="bitwise"):
        cross(a, a.astype(np.int64), a)


# Exhaustive


def test_every_pair_of_codes_under_both_coins() -> None:
    mother, father = (side.reshape(-1) for side in np.divmod(np.arange(256, dtype=np.uint8), 16))
    a, b = pack_words(mother), pack_words(father)
    for coin, (first, second) in ((15, (mother, father)), (0, (father, mother))):
        mask = pack_words(np.full(256, coin, np.uint8))
        assert np.array_equal(unpack_words(cross(a, b, mask)), first)
        assert np.array_equal(unpack_words(twin(a, b, mask)), second)


def test_every_bit_can_be_hit_and_the_hits_of_a_word_add_up() -> None:
    """At this rate a word has 11 hits on average, of which an assignment with repeated places would keep one."""
    flips = flip_mask((2000, 1), rate=0.15, rng=generator(6))
    assert np.bitwise_or.reduce(flips, axis=None) == ONES
    assert np.bitwise_count(flips).max() > 15
