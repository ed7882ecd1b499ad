"""Mean and variance: known values, exact fractions, other libraries, gradients, and how each way's error grows."""

import statistics
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import pytest

from reference.arrays import wider
from reference.autograd import Tensor, gradcheck
from reference.normalization import (
    Moments,
    centered,
    corrected_variance,
    mean,
    merge,
    one_pass_variance,
    root_mean_square,
    shifted_variance,
    two_pass_variance,
    variance,
    welford,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
jax: Any = need("jax")

Function = Callable[[Any], Any]

WAYS: dict[str, Function] = {
    "one_pass": one_pass_variance,
    "two_pass": two_pass_variance,
    "corrected": corrected_variance,
    "shifted": shifted_variance,
}
MEANS = [0.0, 10.0, 1e3, 1e4, 1e6]


def numbers(low: float = -1e6, high: float = 1e6, *, least: int = 1) -> Any:
    """A few float64 numbers."""
    return st.lists(st.floats(low, high), min_size=least, max_size=12).map(np.asarray)


def normal(mu: float, *, seed: int = 0, n: int = 1024, rows: int = 32, sigma: float = 1.0) -> Any:
    """Rows of float32 numbers around mu."""
    return (mu + sigma * np.random.default_rng(seed).normal(size=(rows, n))).astype(np.float32)


def streamed(x: Any) -> Moments:
    """The moments by Welford's step, one number after the other, in the type of x."""
    return reduce(welford, x, Moments())


def halved(x: Any) -> Moments:
    """The moments by merging those of the two halves."""
    half = len(x) // 2
    return merge(halved(x[:half]), halved(x[half:])) if half else Moments(1, x[0], 0 * x[0])


def standardized(x: Any) -> Any:
    """What layer norm is, without its parameters."""
    d = centered(x)
    return d / root_mean_square(d, eps=1e-5, keepdims=True)


def exactly(x: Any) -> Any:
    """The same in longdouble."""
    d = x.astype(np.longdouble) - np.mean(x.astype(np.longdouble), axis=-1, keepdims=True)
    d -= np.mean(d, axis=-1, keepdims=True)
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + 1e-5)


def ulps_of_largest(got: Any, exact: Any, dtype: Any) -> float:
    """The largest error, in ulp of the largest entry of its row."""
    unit = np.spacing(np.max(np.abs(exact), axis=-1, keepdims=True).astype(dtype)).astype(np.float64)
    return float(np.max(np.abs(np.asarray(got).astype(dtype) - exact) / unit))


# The definitions and their known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[1.0, 2.0, 6.0], [5.0, 5.0, 5.0]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(mean(x)), [3, 5])
    np.testing.assert_allclose(np.asarray(centered(x)), [[-2, -1, 3], [0, 0, 0]])
    np.testing.assert_allclose(np.asarray(variance(x)), [14 / 3, 0], rtol=2e-7)
    np.testing.assert_allclose(np.asarray(variance(x, correction=1)), [7, 0], rtol=2e-7)
    np.testing.assert_allclose(np.asarray(root_mean_square(x)), [np.sqrt(41 / 3), 5], rtol=2e-7)
    np.testing.assert_allclose(np.asarray(root_mean_square(0 * x, eps=1e-4)), [0.01, 0.01], rtol=2e-7)
    for function in WAYS.values():
        np.testing.assert_allclose(np.asarray(function(x)), [14 / 3, 0], rtol=3e-7)


def test_the_axes_and_the_dtype(xp: Any) -> None:
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7
    rows: dict[Any, Any] = {(0, 2): x.transpose(1, 0, 2).reshape(3, 8), 1: x.transpose(0, 2, 1), -1: x}
    for axis in rows if xp is np else [(0, 2)]:
        for function in (mean, variance, root_mean_square):
            y, kept = function(xp.asarray(x), axis=axis), function(xp.asarray(x), axis=axis, keepdims=True)
            np.testing.assert_allclose(np.asarray(y), function(rows[axis]), rtol=1e-6)
            assert kept.shape == np.sum(x, axis=axis, keepdims=True).shape
            assert y.dtype == xp.float32
        d = centered(xp.asarray(x), axis=axis)
        assert d.dtype == wider(xp.asarray(x)).dtype
        np.testing.assert_allclose(np.asarray(d), x - np.mean(x, axis=axis, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("function", [mean, variance, root_mean_square, *WAYS.values()])
def test_integers_do_not_wrap(function: Function) -> None:
    x = np.asarray([-128, 127, 127], dtype=np.int8)
    np.testing.assert_allclose(function(x), function(x.astype(np.float64)), rtol=1e-12)
    unsigned = np.asarray([0, 255, 255], dtype=np.uint8)
    np.testing.assert_allclose(function(unsigned), function(unsigned.astype(np.float64)), rtol=1e-12)


@pytest.mark.parametrize("correction", [3, 3.0, 4])
def test_a_variance_of_too_few_numbers_says_so(correction: float) -> None:
    with pytest.raises(ValueError, match=rf"more numbers than its correction, got n=3 and correction={correction}"):
        variance(np.ones((2, 3)), correction=correction)
    with pytest.raises(ValueError, match="got n=1 and correction=1"):
        variance(np.ones((1, 5, 1)), axis=(0, 2), correction=1)


@pytest.mark.parametrize("eps", [-1e-9, float("nan")])
def test_an_eps_below_zero_says_so(eps: float) -> None:
    with pytest.raises(ValueError, match="eps must be at least 0"):
        root_mean_square(np.ones(3), eps=eps)


@pytest.mark.parametrize("function", [mean, centered, variance, root_mean_square, *WAYS.values()])
def test_lists_and_bad_axes_raise(function: Any) -> None:
    with pytest.raises(TypeError, match=r"expected an array, got list; wrap it with np.asarray\(x\)"):
        function([1.0, 2.0])
    if function not in WAYS.values():
        with pytest.raises(np.exceptions.AxisError, match="out of bounds"):
            function(np.ones((2, 4)), axis=2)


def test_nan_spreads_over_its_row_and_no_other(xp: Any) -> None:
    x = xp.asarray([[1.0, float("nan"), 3.0], [1.0, 2.0, 3.0]], dtype=xp.float32)
    for function in (mean, variance, root_mean_square, centered, *WAYS.values()):
        bad, good = np.asarray(function(x))
        assert np.all(np.isnan(bad))
        assert np.all(np.isfinite(good))


def test_infinities() -> None:
    x = np.asarray([1.0, np.inf, 3.0])
    assert root_mean_square(x) == np.inf
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.all(np.isnan(centered(x)))


def test_the_moments_of_nothing() -> None:
    assert merge(Moments(), Moments()) == Moments()
    assert merge(Moments(), streamed([1.0, 2.0])) == merge(streamed([1.0, 2.0]), Moments()) == streamed([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        _ = Moments().variance


def test_an_array_of_features_is_streamed_at_once() -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    together = streamed(x)
    np.testing.assert_allclose(together.mean, x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(together.variance, x.var(axis=0), rtol=1e-14)


# Properties


@given(numbers())
def test_all_ways_agree_with_exact_fractions(x: Any) -> None:
    fractions = [Fraction(v) for v in x.tolist()]
    exact = float(statistics.pvariance(fractions))
    size = 1e-300 + float(np.max(np.abs(x))) ** 2
    for function in (variance, corrected_variance, two_pass_variance):
        assert float(function(x)) == pytest.approx(exact, rel=1e-14, abs=1e-31 * size)
    for function in (one_pass_variance, shifted_variance, lambda v: streamed(v).variance, lambda v: halved(v).variance):
        assert float(function(x)) == pytest.approx(exact, abs=1e-14 * size)
    assert float(mean(x)) == pytest.approx(float(statistics.mean(fractions)), abs=4e-16 * size**0.5)


@given(numbers(least=2), st.integers(1, 11))
def test_merging_the_moments_of_two_parts_gives_those_of_the_whole(x: Any, cut: int) -> None:
    a, b = streamed(x[: min(cut, len(x))]), streamed(x[min(cut, len(x)) :])
    whole, size = streamed(x), float(np.max(np.abs(x)))
    for merged in (merge(a, b), merge(b, a)):
        assert merged.count == whole.count
        assert merged.mean == pytest.approx(whole.mean, abs=1e-14 * size)
        assert merged.squares == pytest.approx(whole.squares, abs=1e-13 * size**2)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(1, 3000))
def test_a_constant_row_has_deviations_and_variance_of_exactly_zero(value: float, n: int) -> None:
    for dtype in (np.float32, np.float64):
        x = np.full((1, n), value, dtype=dtype)
        assert not np.any(centered(x))
        assert variance(x) == 0
        assert mean(x) == x[0, 0]


@given(st.floats(-1e300, 1e300), st.integers(1, 300))
def test_so_has_one_of_float64_numbers(value: float, n: int) -> None:
    assert not np.any(centered(np.full(n, value)))


@given(numbers(), st.integers(-900, 400))
def test_a_scale_by_a_power_of_two_scales_the_result(x: Any, exponent: int) -> None:
    x = np.round(x, 3)
    scale = 2.0**exponent
    np.testing.assert_allclose(root_mean_square(x * scale), root_mean_square(x) * scale, rtol=1e-14)
    np.testing.assert_allclose(mean(x * scale), mean(x) * scale, rtol=1e-14)
    if exponent > -400:
        np.testing.assert_allclose(variance(x * scale), variance(x) * scale**2, rtol=1e-14)


@given(numbers())
def test_only_one_pass_can_be_negative(x: Any) -> None:
    for function in (variance, two_pass_variance, lambda v: streamed(v).variance, lambda v: halved(v).variance):
        assert function(x) >= 0


@given(numbers(), st.floats(0, 10))
def test_the_mean_square_is_the_variance_plus_the_squared_mean(x: Any, eps: float) -> None:
    expected = np.sqrt(float(variance(x)) + float(mean(x)) ** 2 + eps)
    assert float(root_mean_square(x, eps=eps)) == pytest.approx(expected, rel=1e-12)


# Extremes


@pytest.mark.parametrize("size", [1e200, 1.0, 1e-200, 1e-310])
def test_squares_neither_overflow_nor_vanish(size: float) -> None:
    x = size * np.asarray([1.0, -7.0, 1.0, 7.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_allclose(root_mean_square(x), 5 * size, rtol=1e-12)
        np.testing.assert_allclose(root_mean_square(centered(x)), size * np.sqrt(24.75), rtol=1e-12)


@pytest.mark.parametrize("size", [1e20, 1e-25, 3e-38])
def test_nor_where_float32_is_the_widest(xp: Any, size: float) -> None:
    x = xp.asarray(np.asarray([1.0, -7.0, 1.0, 7.0]) * size, dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(root_mean_square(x)), 5 * size, rtol=4e-7)


def test_a_small_eps_counts_beside_small_numbers_and_not_beside_large_ones(xp: Any) -> None:
    x = xp.asarray([[1e-30, -1e-30], [3e18, -3e18]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(root_mean_square(x, eps=1e-5)), [np.sqrt(1e-5), 3e18], rtol=3e-7)


# Accuracy


@pytest.mark.parametrize("mu", MEANS)
def test_standardized_rows_are_right_whatever_their_mean(
    xp: Any, mu: float, record_error: Callable[[str, object], None]
) -> None:
    x = normal(mu)
    worst = ulps_of_largest(standardized(xp.asarray(x)), exactly(x), np.float32)
    if xp is np:
        record_error(f"centered / root_mean_square, mean {mu:g}", f"{worst:12.4g} ulp of the largest")
    assert worst <= (3.5 if xp.__name__ == "jax.numpy" else 0.51)  # in JAX float32 is the widest type


@pytest.mark.parametrize("mu", MEANS)
def test_so_they_are_in_float64_which_nothing_is_wider_than(mu: float) -> None:
    x = mu + np.random.default_rng(1).normal(size=(32, 1024))
    assert ulps_of_largest(standardized(x), exactly(x), np.float64) <= 3


def test_so_they_are_for_large_numbers_and_for_every_spread_of_float16(xp: Any) -> None:
    x = normal(0, sigma=1e20)
    assert ulps_of_largest(standardized(xp.asarray(x)), exactly(x), np.float32) <= 3
    if xp.__name__ != "array_api_strict":  # it has no float16
        for mu, sigma in ((0, 1), (100, 1), (1000, 10), (0, 5000)):
            half = normal(mu, sigma=sigma).astype(np.float16)
            assert ulps_of_largest(standardized(xp.asarray(half)), exactly(half), np.float16) <= 0.51


def test_one_subtraction_of_the_mean_is_not_enough_in_float64() -> None:
    x = 1e6 + np.random.default_rng(1).normal(size=(32, 1000))
    d = x - np.mean(x, axis=-1, keepdims=True)
    once = d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + 1e-5)
    assert ulps_of_largest(once, exactly(x), np.float64) > 1000


def test_the_variance_of_float32_numbers_is_rounded_once(record_error: Callable[[str, object], None]) -> None:
    worst = 0.0
    for mu in MEANS:
        x = normal(mu)
        exact = np.var(x.astype(np.longdouble), axis=-1)
        worst = max(worst, float(np.max(np.abs(variance(x) - exact) / np.spacing(exact.astype(np.float32)))))
    record_error("variance", f"{worst:12.4g} ulp")
    assert worst <= 0.51


# How the error of each way grows with the condition number


def errors(way: Function, mu: float) -> list[float]:
    """The relative errors of a float32 variance over ten seeds."""
    found = []
    for seed in range(10):
        x = normal(mu, seed=seed, rows=1, n=1000)[0]
        exact = float(variance(x.astype(np.float64)))
        found.append(abs(float(way(x)) - exact) / exact)
    return found


def root_mean(values: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize(
    ("way", "power"),
    [
        (one_pass_variance, 2),
        (lambda x: streamed(x).variance, 1),
        (lambda x: halved(x).variance, 1),
        (corrected_variance, 0),
    ],
)
def test_the_error_grows_with_a_power_of_the_mean(way: Function, power: int) -> None:
    near, far = root_mean(errors(way, 1e2)), root_mean(errors(way, 1e5))
    assert power - 0.35 <= np.log10(far / near) / 3 <= power + 0.35


def test_two_passes_add_the_square_of_the_error_of_the_mean() -> None:
    for seed in range(10):
        x = normal(1e6, seed=seed, rows=1, n=1000)[0]
        wide = x.astype(np.float64)
        offset = float(x.mean()) - float(wide.mean())
        assert float(two_pass_variance(x)) - float(wide.var()) == pytest.approx(offset**2, abs=3e-7)
    assert max(errors(two_pass_variance, 1e2)) < 2e-7


def test_corrected_and_shifted_stay_within_a_few_roundings() -> None:
    for mu in (0.0, 1e2, 1e4, 1e6):
        assert max(errors(corrected_variance, mu)) < 3e-7
        assert max(errors(shifted_variance, mu)) < 6e-7


def test_a_shift_by_an_outlier_is_as_bad_as_none() -> None:
    x = normal(0, n=1000, rows=1)[0]
    x[0] = 1e4  # the variance is now about 1e5, the shift 1e4 away from nearly all numbers
    x[1:] += 3
    exact = float(variance(x.astype(np.float64)))
    assert abs(float(shifted_variance(x)) - exact) > 20 * abs(float(corrected_variance(x)) - exact)


def test_one_pass_comes_out_negative_or_far_too_large_at_a_mean_of_1e5() -> None:
    found = [float(one_pass_variance(normal(1e5, seed=seed, rows=1, n=4096)[0])) for seed in range(10)]
    assert min(found) < 0
    assert all(value % 1024 == 0 for value in found)  # one ulp of a float32 near 1e10
    assert max(map(abs, found)) >= 1024


# Other libraries


@pytest.mark.parametrize("correction", [0, 1])
def test_variance_agrees_with_numpy_and_pytorch(correction: int) -> None:
    x = 5 + np.random.default_rng(0).normal(size=(3, 4, 5))
    for axis in (0, -1, (0, 2)):
        expected = np.var(x, axis=axis, ddof=correction)
        np.testing.assert_allclose(variance(x, axis=axis, correction=correction), expected, rtol=1e-13)
        theirs = torch.var(torch.tensor(x), dim=axis, correction=correction).numpy()
        np.testing.assert_allclose(variance(x, axis=axis, correction=correction), theirs, rtol=1e-13)
        np.testing.assert_allclose(mean(x, axis=axis), np.mean(x, axis=axis), rtol=1e-13)


# Gradients

GRADIENTS: dict[str, tuple[Function, Function]] = {
    "mean": (mean, lambda x: np.full_like(x, 1 / x.shape[-1])),
    "variance": (variance, lambda x: 2 * (x - x.mean(-1, keepdims=True)) / x.shape[-1]),
    "root_mean_square": (
        lambda x: root_mean_square(x, eps=0.1),
        lambda x: x / x.shape[-1] / np.sqrt(np.mean(x * x, -1, keepdims=True) + 0.1),
    ),
    "centered": (lambda x: centered(x)[..., 0], lambda x: np.eye(1, x.shape[-1])[0] - 1 / x.shape[-1] + 0 * x),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_in_all_engines_are_the_closed_form(name: str) -> None:
    function, gradient = GRADIENTS[name]
    x = np.random.default_rng(0).normal(size=(3, 5)) + 2
    ours = Tensor(x)
    function(ours).backward(np.ones(3))
    theirs = torch.tensor(x, requires_grad=True)
    function(theirs).sum().backward()
    by_jax = jax.grad(lambda v: function(v).sum())(jax.numpy.asarray(x, dtype=np.float32))
    np.testing.assert_allclose(np.asarray(ours.grad), gradient(x), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(theirs.grad.numpy(), gradient(x), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(np.asarray(by_jax), gradient(x), rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_pass_gradcheck(name: str) -> None:
    function = GRADIENTS[name][0]
    x = np.random.default_rng(1).normal(size=(2, 4))
    assert gradcheck(function, x)


def test_gradients_of_a_constant_row_are_finite() -> None:
    ours = Tensor(np.full((2, 4), 7.0))
    standardized(ours).backward(np.arange(8.0).reshape(2, 4))
    expected = np.sqrt(1e5) * (np.arange(8.0).reshape(2, 4) - [[1.5], [5.5]])
    np.testing.assert_allclose(np.asarray(ours.grad), expected, rtol=1e-12)


def test_gradients_of_huge_numbers_are_right() -> None:
    for engine in (Tensor, lambda x: torch.tensor(x, requires_grad=True)):
        x = engine(np.asarray([3e200, -4e200]))
        root_mean_square(x).backward()
        np.testing.assert_allclose(np.asarray(x.grad), [0.6 / np.sqrt(2), -0.8 / np.sqrt(2)], rtol=1e-12)
