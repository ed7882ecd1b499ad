"""Norms: known values, the axioms, other libraries, range and accuracy, gradients, and the steps of three penalties."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autograd import Tensor, gradcheck
from reference.normalization import (
    block_soft_threshold,
    l1_norm,
    l2_norm,
    lp_normalize,
    p_norm,
    safe_scale,
    shrink,
    soft_threshold,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
jax: Any = need("jax")
scipy_linalg: Any = need("scipy.linalg", "scipy")

Function = Callable[..., Any]

POWERS = [0.5, 1, 1.5, 2, 3, 10, np.inf]
STEPS: dict[str, Function] = {
    "soft_threshold": soft_threshold,
    "shrink": shrink,
    "block_soft_threshold": block_soft_threshold,
}
PENALTIES: dict[str, Function] = {
    "soft_threshold": l1_norm,
    "shrink": lambda y: l2_norm(y) ** 2 / 2,
    "block_soft_threshold": l2_norm,
}


def vectors(low: float = -1e3, high: float = 1e3, *, size: int = 0) -> Any:
    """A few float64 numbers."""
    return st.lists(st.floats(low, high), min_size=size or 1, max_size=size or 8).map(np.asarray)


def powers(least: float = 1.0) -> Any:
    """What p can be."""
    return st.one_of(st.floats(least, 20), st.sampled_from([max(least, 1.0), 2.0, np.inf]))


# The definitions and their known values


def check(got: Any, expected: Any) -> None:
    """Compare with exact values, up to a few roundings of float32."""
    np.testing.assert_allclose(np.asarray(got), expected, rtol=5e-7)


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[3.0, -4.0, 0.0], [0.0, 0.0, 0.0]], dtype=xp.float32)
    zeros = [0.0, 0.0, 0.0]
    check(l1_norm(x), [7, 0])
    check(l2_norm(x), [5, 0])
    check(p_norm(x, p=3), [91 ** (1 / 3), 0])
    check(p_norm(x, p=0.5), [7 + 4 * np.sqrt(3), 0])
    check(p_norm(x, p=np.inf), [4, 0])
    check(safe_scale(x), [[4], [1]])
    check(safe_scale(x, least=7), [[7], [7]])
    check(lp_normalize(x), [[0.6, -0.8, 0], zeros])
    check(lp_normalize(x, p=1), [[3 / 7, -4 / 7, 0], zeros])
    check(soft_threshold(x, strength=3.5), [[0, -0.5, 0], zeros])
    check(shrink(x, strength=1), [[1.5, -2, 0], zeros])
    check(block_soft_threshold(x, strength=2.5), [[1.5, -2, 0], zeros])
    check(block_soft_threshold(x, strength=5), [zeros, zeros])


def test_the_axes_and_the_dtype(xp: Any) -> None:
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4) - 11
    for axis in ((0, 2), 1, -1) if xp is np else [(0, 2)]:
        for function, exact in ((l1_norm, np.sum(np.abs(x), axis=axis)), (l2_norm, np.sqrt(np.sum(x * x, axis=axis)))):
            y = function(xp.asarray(x), axis=axis)
            np.testing.assert_allclose(np.asarray(y), exact, rtol=1e-6)
            assert y.dtype == xp.float32
            assert function(xp.asarray(x), axis=axis, keepdims=True).shape == np.sum(x, axis=axis, keepdims=True).shape
        unit = lp_normalize(xp.asarray(x), axis=axis)
        np.testing.assert_allclose(np.asarray(l2_norm(unit, axis=axis)), np.ones_like(exact), rtol=1e-6)
        assert unit.dtype == xp.float32


@pytest.mark.parametrize("p", [0, -1, float("nan")])
def test_a_p_that_makes_no_norm_says_so(p: float) -> None:
    for function in (p_norm, lp_normalize):
        with pytest.raises(ValueError, match=rf"needs p above 0, got p={p}"):
            function(np.ones(3), p=p)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("strength", [-1e-9, float("nan")])
def test_a_penalty_that_pushes_away_from_0_says_so(name: str, strength: float) -> None:
    with pytest.raises(ValueError, match="strength of a penalty must be at least 0"):
        STEPS[name](np.ones(3), strength=strength)


@pytest.mark.parametrize("function", [l1_norm, l2_norm, lp_normalize, safe_scale, *STEPS.values()])
def test_lists_and_bad_axes_raise(function: Function) -> None:
    options = {"strength": 1.0} if function in STEPS.values() else {}
    with pytest.raises(TypeError, match=r"expected an array, got list; wrap it with np.asarray\(x\)"):
        function([1.0, 2.0], **options)
    if not options:
        with pytest.raises(np.exceptions.AxisError, match="out of bounds"):
            function(np.ones((2, 4)), axis=2)


def test_integers_do_not_wrap() -> None:
    x = np.asarray([-128, 100, 100], dtype=np.int8)
    assert [l1_norm(x), l2_norm(x), p_norm(x, p=np.inf)] == pytest.approx([328, np.sqrt(36384), 128])
    np.testing.assert_array_equal(soft_threshold(x, strength=28), [-100, 72, 72])
    np.testing.assert_array_equal(soft_threshold(np.asarray([0, 255], dtype=np.uint8), strength=5), [0, 250])


def test_nan_spreads_over_its_row_and_no_other(xp: Any) -> None:
    x = xp.asarray([[1.0, float("nan"), 0.0], [1.0, 2.0, 0.0]], dtype=xp.float32)
    functions: list[Function] = [l1_norm, l2_norm, lambda v: p_norm(v, p=np.inf), lp_normalize]
    for function in functions:
        bad, good = np.asarray(function(x))
        assert np.all(np.isnan(bad))
        assert np.all(np.isfinite(good))
    assert np.all(np.isnan(np.asarray(block_soft_threshold(x, strength=1))[0]))
    for step in (soft_threshold, shrink):
        assert np.isnan(np.asarray(step(x, strength=1))).tolist() == [[False, True, False], [False] * 3]


def test_infinities(xp: Any) -> None:
    x = xp.asarray([1.0, -float("inf"), 3.0], dtype=xp.float32)
    for p in POWERS:
        assert float(p_norm(x, p=p)) == np.inf
    assert np.asarray(soft_threshold(x, strength=1)).tolist() == [0, -np.inf, 2]


def test_no_entries() -> None:
    assert l1_norm(np.ones((2, 0))).tolist() == [0, 0]
    with pytest.raises(ValueError, match="zero-size"):
        l2_norm(np.ones((2, 0)))
    assert l2_norm(np.ones((0, 2))).shape == (0,)


# Properties: what makes it a norm, and what the page says about it


@given(vectors(size=4), vectors(size=4), powers())
def test_a_sum_is_no_longer_than_its_parts_together(x: Any, y: Any, p: float) -> None:
    assert p_norm(x + y, p=p) <= (p_norm(x, p=p) + p_norm(y, p=p)) * (1 + 1e-12) + 1e-300


def test_below_1_it_can_be() -> None:
    x, y = np.asarray([1.0, 0.0]), np.asarray([0.0, 1.0])
    assert p_norm(x + y, p=0.5) == 4 > p_norm(x, p=0.5) + p_norm(y, p=0.5)


@given(vectors(), powers(0.25), st.integers(-900, 900))
def test_a_factor_comes_out(x: Any, p: float, exponent: int) -> None:
    x = np.round(x, 3)
    np.testing.assert_allclose(p_norm(x * 2.0**exponent, p=p), p_norm(x, p=p) * 2.0**exponent, rtol=1e-12)
    np.testing.assert_allclose(p_norm(-3 * x, p=p), 3 * p_norm(x, p=p), rtol=1e-12)


@given(vectors(), powers(0.25), powers(0.25))
def test_a_larger_p_gives_no_larger_norm(x: Any, p: float, q: float) -> None:
    low, high = sorted([p, q])
    assert p_norm(x, p=high) <= p_norm(x, p=low) * (1 + 1e-12)


@given(vectors())
def test_l1_and_l2_differ_by_at_most_the_root_of_n(x: Any) -> None:
    largest, l2, l1 = p_norm(x, p=np.inf), l2_norm(x), l1_norm(x)
    assert largest <= l2 * (1 + 1e-15)
    assert l2 <= l1 * (1 + 1e-15)
    assert l1 <= np.sqrt(x.size) * l2 * (1 + 1e-15)


@given(vectors(size=5), vectors(size=5), powers())
def test_a_product_is_bounded_by_two_dual_norms(x: Any, y: Any, p: float) -> None:
    q = {1.0: np.inf, np.inf: 1.0}.get(p) or p / (p - 1)
    assert abs(x @ y) <= p_norm(x, p=p) * p_norm(y, p=q) * (1 + 1e-9) + 1e-300


@given(vectors(), powers(0.25))
def test_what_is_normalized_has_norm_1_and_the_same_direction(x: Any, p: float) -> None:
    unit = lp_normalize(x, p=p)
    if np.any(x):
        assert float(p_norm(unit, p=p)) == pytest.approx(1, rel=1e-12)
        np.testing.assert_allclose(unit * p_norm(x, p=p), x, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(lp_normalize(unit, p=p), unit, rtol=1e-12, atol=1e-300)
    else:
        assert not np.any(unit)


@pytest.mark.parametrize("name", STEPS)
@given(x=vectors(-10, 10, size=3), other=vectors(-10, 10, size=3), strength=st.floats(0, 8))
def test_no_other_point_is_better_than_the_step(name: str, x: Any, other: Any, strength: float) -> None:
    def cost(y: Any) -> float:
        return float(l2_norm(y - x) ** 2 / 2 + strength * PENALTIES[name](y))

    best = STEPS[name](x, strength=strength)
    for rival in (other, x, 0 * x, best + (other - best) * 1e-3):
        assert cost(best) <= cost(rival) + 1e-12 * (1 + cost(rival))


@pytest.mark.parametrize("name", STEPS)
@given(x=vectors(-10, 10, size=3), y=vectors(-10, 10, size=3), strength=st.floats(0, 8))
def test_a_step_brings_no_two_points_apart(name: str, x: Any, y: Any, strength: float) -> None:
    step = STEPS[name]
    apart = l2_norm(step(x, strength=strength) - step(y, strength=strength))
    assert apart <= l2_norm(x - y) + 1e-12


@given(vectors(-10, 10), st.floats(1e-3, 8))
def test_which_steps_reach_zero(x: Any, strength: float) -> None:
    np.testing.assert_array_equal(soft_threshold(x, strength=strength) == 0, np.abs(x) <= strength)
    np.testing.assert_array_equal(shrink(x, strength=strength) == 0, x == 0)
    whole = block_soft_threshold(x, strength=strength)
    assert bool(np.all(whole == 0)) == bool(l2_norm(x) <= strength)


# Range and accuracy


@pytest.mark.parametrize("p", POWERS)
@pytest.mark.parametrize("size", [1e307, 1e200, 1e-200, 1e-300, 5e-324])
def test_powers_neither_overflow_nor_vanish(p: float, size: float) -> None:
    x = size * np.asarray([1.0, -1.0, 0.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        expected = size * (1 if p == np.inf else 2 ** (1 / p))
        np.testing.assert_allclose(p_norm(x, p=p), expected, rtol=1e-14, atol=5e-324)
        if size > 1e-320:
            np.testing.assert_allclose(lp_normalize(x, p=p), x / size / p_norm(x / size, p=p), rtol=1e-14)


@pytest.mark.parametrize("size", [1e30, 1e-25])
def test_nor_where_float32_is_the_widest(xp: Any, size: float) -> None:
    x = xp.asarray(np.asarray([3.0, -4.0]) * size, dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(l2_norm(x)), 5 * size, rtol=4e-7)
    np.testing.assert_allclose(np.asarray(lp_normalize(x)), [0.6, -0.8], rtol=4e-7)


@given(vectors(-1e150, 1e150))
def test_l2_is_within_three_ulp_of_hypot(x: Any) -> None:
    exact = math.hypot(*x)
    assert abs(float(l2_norm(x)) - exact) <= 3 * np.spacing(exact)


def test_float32_and_float16_are_rounded_once(record_error: Callable[[str, object], None]) -> None:
    x = np.random.default_rng(0).normal(size=(64, 1000)) * 10.0 ** np.linspace(-30, 30, 64)[:, None]
    for dtype, rows in ((np.float32, x), (np.float16, x[29:33])):
        rows = rows.astype(dtype)
        exact = np.asarray([math.hypot(*map(float, row)) for row in rows])
        worst = float(np.max(np.abs(l2_norm(rows) - exact) / np.spacing(exact.astype(dtype))))
        if dtype is np.float32:
            record_error("l2_norm", f"{worst:12.4g} ulp")
        assert worst <= 0.5001


# Other libraries


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, np.inf])
def test_norms_agree_with_numpy_scipy_and_pytorch(p: float) -> None:
    x = np.random.default_rng(0).normal(size=(4, 7))
    np.testing.assert_allclose(p_norm(x, p=p), np.linalg.norm(x, ord=p, axis=-1), rtol=1e-14)
    np.testing.assert_allclose(p_norm(x[0], p=p), scipy_linalg.norm(x[0], ord=p), rtol=1e-14)
    np.testing.assert_allclose(p_norm(x, p=p), torch.linalg.vector_norm(torch.tensor(x), p, dim=-1), rtol=1e-14)
    np.testing.assert_allclose(
        lp_normalize(x, p=p), torch.nn.functional.normalize(torch.tensor(x), p=p, dim=-1), rtol=1e-14
    )


def test_pytorchs_normalize_and_norm_do_what_the_docstring_and_the_page_say() -> None:
    short = torch.tensor([6e-14, -8e-14], dtype=torch.float64)
    assert float(l2_norm(torch.nn.functional.normalize(short, dim=0))) == pytest.approx(0.1)
    assert float(l2_norm(lp_normalize(short))) == pytest.approx(1)
    zero = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.normalize(zero, dim=0)[0].backward()
    assert zero.grad.tolist() == pytest.approx([1e12, 0])
    large = torch.tensor([1e20, 1.0], requires_grad=True)
    norm = torch.linalg.vector_norm(large)
    norm.backward()
    assert float(norm.detach()) == np.inf
    assert large.grad.tolist() == [0, 0]
    assert np.linalg.norm(np.asarray([1000], dtype=np.float16).astype(np.float64)) == 1000
    with np.errstate(over="ignore"):
        assert np.linalg.norm(np.asarray([1000], dtype=np.float16)) == np.inf


def test_soft_threshold_agrees_with_pytorch() -> None:
    x = np.random.default_rng(0).normal(size=100) * 3
    theirs = torch.nn.functional.softshrink(torch.tensor(x), 0.75).numpy()
    np.testing.assert_allclose(soft_threshold(x, strength=0.75), theirs, rtol=1e-15)


# Gradients


@pytest.mark.parametrize("p", [1, 2, 3, np.inf])
def test_gradients_in_all_engines_are_pytorchs(p: float) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    x[1] = 0
    theirs = torch.tensor(x, requires_grad=True)
    torch.linalg.vector_norm(theirs, p, dim=-1).sum().backward()
    expected = theirs.grad.numpy()
    ours, by_torch = Tensor(x), torch.tensor(x, requires_grad=True)
    p_norm(ours, p=p).backward(np.ones(3))
    p_norm(by_torch, p=p).sum().backward()
    for gradient in (np.asarray(ours.grad), by_torch.grad.numpy()):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12)
    if p == 2:
        by_jax = jax.grad(lambda v: p_norm(v, p=p).sum())(jax.numpy.asarray(x, dtype=np.float32))
        np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=2e-6)


@pytest.mark.parametrize("p", [1, 1.5, 2, 5])
def test_gradients_pass_gradcheck(p: float) -> None:
    x = np.asarray([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])
    assert gradcheck(lambda t: p_norm(t, p=p), x)
    assert gradcheck(lambda t: lp_normalize(t, p=p), x)


@pytest.mark.parametrize("name", STEPS)
def test_the_steps_gradients_pass_gradcheck(name: str) -> None:
    assert gradcheck(lambda t: STEPS[name](t, strength=0.75), np.asarray([1.0, -2.0, 0.5]))
    assert gradcheck(lambda t: STEPS[name](t, strength=0.75), np.asarray([0.25, -0.125]))


def test_the_gradient_of_a_normalized_vector_of_zeros_passes_unchanged() -> None:
    for engine in (Tensor, lambda x: torch.tensor(x, requires_grad=True)):
        x = engine(np.zeros(3))
        lp_normalize(x)[0].backward()
        np.testing.assert_array_equal(np.asarray(x.grad), [1, 0, 0])


def test_the_gradient_of_a_norm_beyond_the_range_of_squares() -> None:
    for engine in (Tensor, lambda x: torch.tensor(x, requires_grad=True)):
        x = engine(np.asarray([3e200, -4e200]))
        l2_norm(x).backward()
        np.testing.assert_allclose(np.asarray(x.grad), [0.6, -0.8], rtol=1e-14)


def test_a_vector_whose_norm_no_float_holds_is_normalized_all_the_same() -> None:
    np.testing.assert_allclose(lp_normalize(np.full(4, 1e308)), 0.5)
    np.testing.assert_allclose(lp_normalize(np.full(2, 5e-324)), np.sqrt(0.5))
