"""Data sets: the curves they lie on, parts that share nothing, every class in every part, the digits as published."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from docs._site.digits import path
from reference.training import Dataset, Split, batches, datasets, spirals, split, square, two_moons
from reference.training import digits as read
from tests.needs import need
from tests.properties import given, st

stats: Any = need("scipy.stats", "scipy")

MAKERS: dict[str, Callable[..., Dataset]] = {"two_moons": two_moons, "spirals": spirals, "square": square}


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# What they are made of


def test_the_moons_are_two_half_circles() -> None:
    x, y = two_moons(501, rng=seeded(), noise=0.0)
    first, second = x[y == 0], x[y == 1]
    assert (len(first), len(second)) == (251, 250)
    np.testing.assert_allclose(np.hypot(*first.T), 1, rtol=1e-15)
    np.testing.assert_allclose(np.hypot(*(second - [1, 0.5]).T), 1, rtol=1e-15)
    assert first[:, 1].min() >= 0
    assert second[:, 1].max() <= 0.5


@pytest.mark.parametrize(("classes", "turns"), [(2, 1.0), (3, 0.5), (5, 2.5)])
def test_every_spiral_point_has_the_angle_of_its_arm_and_radius(classes: int, turns: float) -> None:
    x, y = spirals(300, rng=seeded(), classes=classes, turns=turns, noise=0.0)
    radius = np.hypot(*x.T)
    angle = 2 * np.pi * (y / classes + turns * radius)
    np.testing.assert_allclose(x, radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), atol=1e-14)
    assert np.bincount(y).tolist() == [300 // classes] * classes
    assert radius.max() < 1


def test_the_square_is_exact_without_noise() -> None:
    x, y = square(100, rng=seeded())
    assert x.shape == y.shape == (100, 1)
    assert np.all(y == x * x)
    assert np.all(np.abs(x) <= 1)


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(name: str) -> None:
    make = MAKERS[name]
    first, again, other = (make(50, rng=seeded(seed), noise=0.1) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", MAKERS)
def test_the_noise_is_normal_with_the_deviation_asked_for(name: str) -> None:
    make, n = MAKERS[name], 4000
    noisy, clean = (make(n, rng=seeded(1), noise=noise) for noise in (0.25, 0.0))
    noise = (noisy.y - clean.y if name == "square" else noisy.x - clean.x).ravel()
    assert stats.kstest(noise / 0.25, "norm").pvalue > 0.01
    assert np.array_equal(noisy.x if name == "square" else noisy.y, clean.x if name == "square" else clean.y)


@pytest.mark.parametrize("name", MAKERS)
def test_no_points_are_fine(name: str) -> None:
    x, y = MAKERS[name](0, rng=seeded())
    assert (len(x), len(y)) == (0, 0)


# Splits and minibatches


def parts_of(parts: Split) -> list[Any]:
    return [parts.x_train, parts.x_validation, parts.x_test]


def test_a_split_of_a_hundred_has_sixty_twenty_twenty() -> None:
    parts = split(np.arange(100.0), np.arange(100.0) ** 2, rng=seeded())
    assert [len(x) for x in parts_of(parts)] == [60, 20, 20]
    for x, y in [
        (parts.x_train, parts.y_train),
        (parts.x_validation, parts.y_validation),
        (parts.x_test, parts.y_test),
    ]:
        assert np.array_equal(x**2, y)


def test_a_split_is_fixed_by_its_seed() -> None:
    x, y = spirals(90, rng=seeded(), classes=3)
    first, again, other = (split(x, y, rng=seeded(seed)) for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(parts_of(first), parts_of(again), strict=True))
    assert not np.array_equal(first.x_test, other.x_test)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60).map(np.asarray),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.integers(0, 9),
)
def test_every_example_is_in_one_part_and_every_class_in_each_by_its_share(
    y: Any, a: float, b: float, seed: int
) -> None:
    n = len(y)
    if round(n * a) + round(n * b) >= n:
        return
    parts = split(np.arange(n), y, rng=seeded(seed), validation=a, test=b)
    assert sorted(np.concatenate(parts_of(parts))) == list(range(n))
    assert (len(parts.y_validation), len(parts.y_test)) == (round(n * a), round(n * b))
    for k in range(5):
        size = np.sum(y == k)
        assert abs(np.sum(parts.y_test == k) - size * round(n * b) / n) < 1
        assert abs(np.sum(parts.y_validation == k) - size * round(n * a) / n) < 2


def test_a_regression_is_split_at_random() -> None:
    """Sorted outputs, kept as floats, are not shared out evenly: the test sets' sizes of an upper half vary."""
    y = np.arange(40) / 40
    upper = [np.sum(split(y, y, rng=seeded(seed), test=0.5).y_test >= 0.5) for seed in range(300)]
    expected = 20 * 20 / 40
    deviation = np.sqrt(20 * 0.5 * 0.5 * 20 / 39)  # hypergeometric
    assert np.mean(upper) == pytest.approx(expected, abs=4 * deviation / np.sqrt(300))
    assert np.std(upper) == pytest.approx(deviation, rel=0.2)


def test_every_example_comes_into_the_test_set_equally_often() -> None:
    y = np.repeat([0, 1, 2], [10, 7, 3])
    seen = np.zeros(20)
    for seed in range(2000):
        seen[split(np.arange(20), y, rng=seeded(seed), test=0.25).x_test] += 1
    for k in range(3):
        share = seen[y == k].sum() / 2000 / np.sum(y == k)
        assert np.all(np.abs(seen[y == k] / 2000 - share) < 4 * np.sqrt(share * (1 - share) / 2000))


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (1.0, 0.0), (-0.1, 0.2), (0.2, -0.1), (0.7, 0.6)])
def test_shares_that_leave_nothing_to_train_on_raise(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="must be shares that leave training examples, got"):
        split(np.arange(10), np.arange(10), rng=seeded(), validation=validation, test=test)


def test_pairs_of_unequal_length_raise() -> None:
    for function in (lambda x, y: split(x, y, rng=seeded()), lambda x, y: next(batches(x, y, size=2, rng=seeded()))):
        with pytest.raises(ValueError, match="one row per example, got 5 and 4; pair them first"):
            function(np.ones(5), np.ones(4))


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 3))
def test_an_epoch_of_minibatches_sees_every_example_once(n: int, size: int, epochs: int) -> None:
    x, y = np.arange(n), -np.arange(n)
    seen = list(batches(x, y, size=size, rng=seeded(), epochs=epochs))
    assert all(np.array_equal(batch.x, -batch.y) for batch in seen)
    per_epoch = -(-n // size)
    assert len(seen) == epochs * per_epoch
    for epoch in range(epochs):
        mine = seen[epoch * per_epoch : (epoch + 1) * per_epoch]
        assert sorted(np.concatenate([batch.x for batch in mine])) == list(range(n))
        assert [len(batch.x) for batch in mine[:-1]] == [size] * (per_epoch - 1)


def test_every_epoch_has_its_own_order() -> None:
    first, second = batches(np.arange(50), np.arange(50), size=50, rng=seeded(), epochs=2)
    assert not np.array_equal(first.x, second.x)


@pytest.mark.parametrize("size", [0, -1])
def test_a_minibatch_of_nothing_raises(size: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1 example, got size={size}"):
        next(batches(np.ones(3), np.ones(3), size=size, rng=seeded()))


# The handwritten digits


def test_the_digits_are_those_of_the_uci_repository(digits: Dataset) -> None:
    x, y = digits
    assert (x.shape, y.shape) == ((1797, 64), (1797,))
    assert y.dtype == int
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # its table, optdigits.names
    assert np.array_equal(np.unique(x), np.arange(17) / 16)
    assert np.array_equal(x.astype(np.float16), x)


def test_a_split_of_the_digits_has_every_digit_in_every_part(digits: Dataset) -> None:
    parts = split(*digits, rng=seeded())
    for y in (parts.y_train, parts.y_validation, parts.y_test):
        shares = np.bincount(y) / len(y)
        np.testing.assert_allclose(shares, np.bincount(digits.y) / 1797, atol=2 / len(y))


def place(folder: Path, package: str) -> SimpleNamespace:
    """Put the file where a package has it, and return what the import system says of the package."""
    (folder / package).mkdir()
    file = folder / package / datasets.DIGITS_FILES[package]
    file.parent.mkdir(parents=True)
    file.write_bytes(path().read_bytes())
    return SimpleNamespace(origin=str(folder / package / "__init__.py"))


@pytest.mark.parametrize("package", datasets.DIGITS_FILES)
def test_each_place_of_the_digits_is_looked_into(
    package: str, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = place(tmp_path, package)
    monkeypatch.setattr(datasets, "find_spec", lambda name: spec if name == package else None)
    assert np.array_equal(read().x, digits.x)


@pytest.mark.parametrize("spec", [None, SimpleNamespace(origin=None), SimpleNamespace(origin="/nowhere/__init__.py")])
def test_without_the_file_the_error_says_how_to_get_it(spec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "find_spec", lambda name: spec)
    with pytest.raises(FileNotFoundError, match=r"pip install 'bits-to-backprop\[digits\]' brings it .* pass its path"):
        read()


def test_a_given_path_is_read_and_another_table_refused(digits: Dataset, tmp_path: Path) -> None:
    np.savetxt(tmp_path / "same.csv", np.column_stack([digits.x * 16, digits.y]), fmt="%d", delimiter=",")
    assert np.array_equal(read(tmp_path / "same.csv").x, digits.x)
    np.savetxt(tmp_path / "short.csv", np.ones((3, 65)), fmt="%d", delimiter=",")
    with pytest.raises(ValueError, match=r"a table of \(1797, 65\) numbers, .*short.csv has \(3, 65\); fetch it anew"):
        read(str(tmp_path / "short.csv"))
    with pytest.raises(FileNotFoundError, match=r"missing.csv"):
        read(tmp_path / "missing.csv")


# Everything where everything is few


def test_places_are_spread_so_that_any_run_of_them_has_its_share_within_one() -> None:
    for n in range(1, 13):
        for count in range(n + 1):
            chosen = datasets._spread(n, count)
            assert chosen.sum() == count
            for start in range(n):
                for stop in range(start, n + 1):
                    assert abs(chosen[start:stop].sum() - (stop - start) * count / n) < 1
