"""Softmax, log-softmax, log-sum-exp and the Jacobian: values, invariances, hard rows, the error in ulp."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import ROW_REFERENCES, ROWS, measure
from reference.activations import log_softmax, logsumexp, softmax, softmax_jacobian
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
scipy_special: Any = need("scipy.special", "scipy")
torch: Any = need("torch")
jax: Any = need("jax")

Function = Callable[..., Any]

FUNCTIONS: dict[str, Function] = {"softmax": softmax, "log_softmax": log_softmax, "logsumexp": logsumexp}
BARS = {"softmax": 1.0, "log_softmax": 2.0, "logsumexp": 2.0}
INF, NAN = np.inf, np.nan


def rows_of(low: float = -1e300, high: float = 1e300) -> Any:
    """One to eight finite float64 logits."""
    return st.lists(st.floats(low, high), min_size=1, max_size=8).map(np.asarray)


def exact_rows(x: Any, digits: int = 60) -> tuple[list[list[Any]], list[Any]]:
    """Return log-softmax and log-sum-exp of float rows from mpmath."""
    with mpmath.workdps(digits):
        logits = [[mpmath.mpf(float(v)) for v in row] for row in x]
        sums = [mpmath.log(mpmath.fsum(mpmath.exp(v) for v in row)) for row in logits]
        return [[v - total for v in row] for row, total in zip(logits, sums, strict=True)], sums


# The definitions and their known values


def test_known_values(xp: Any) -> None:
    x = xp.asarray([[0.0, np.log(3.0)], [7.0, 7.0]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(softmax(x)), [[0.25, 0.75], [0.5, 0.5]], rtol=2e-7)
    np.testing.assert_allclose(np.asarray(log_softmax(x)), np.log([[0.25, 0.75], [0.5, 0.5]]), rtol=4e-7)
    np.testing.assert_allclose(np.asarray(logsumexp(x)), [np.log(4), 7 + np.log(2)], rtol=2e-7)
    expected = [[[3 / 16, -3 / 16], [-3 / 16, 3 / 16]], [[0.25, -0.25], [-0.25, 0.25]]]
    np.testing.assert_allclose(np.asarray(softmax_jacobian(x)), expected, rtol=4e-7)


def test_the_axis(xp: Any) -> None:
    x = xp.reshape(xp.arange(24, dtype=xp.float32), (2, 3, 4)) / 7
    for axis in range(-3, 3) if xp is np else [0]:
        moved = xp.moveaxis(x, axis, -1)
        for function in (softmax, log_softmax):
            expected = np.moveaxis(np.asarray(function(moved)), -1, axis)
            np.testing.assert_allclose(np.asarray(function(x, axis=axis)), expected, rtol=1e-6)
        np.testing.assert_allclose(np.asarray(logsumexp(x, axis=axis)), np.asarray(logsumexp(moved)), rtol=1e-6)
        kept = logsumexp(x, axis=axis, keepdims=True)
        assert kept.shape == tuple(1 if i == axis % 3 else n for i, n in enumerate(x.shape))
    assert softmax_jacobian(x).shape == (2, 3, 4, 4)


def test_the_temperature_divides_the_logits(xp: Any) -> None:
    x = xp.asarray([1.0, 2.0, 4.0, -INF], dtype=xp.float32)
    for temperature in (1e-3, 0.5, 3.0, 1e3):
        expected = np.asarray(softmax(x / temperature))
        np.testing.assert_allclose(np.asarray(softmax(x, temperature=temperature)), expected, rtol=2e-6, atol=1e-38)
    cold, hot = softmax(x, temperature=1e-3), softmax(x[:3], temperature=1e9)
    np.testing.assert_array_equal(np.asarray(cold), [0, 0, 1, 0])
    np.testing.assert_allclose(np.asarray(hot), 1 / 3, rtol=1e-6)


def test_a_large_temperature_brings_large_gaps_into_reach(xp: Any) -> None:
    x = xp.asarray([0.0, -1e31, -INF], dtype=xp.float32)
    p = np.asarray(softmax(x, temperature=1e31))
    np.testing.assert_allclose(p, [0.7310586, 0.2689414, 0], rtol=1e-6)
    cold = np.asarray(softmax(xp.asarray([0.0, -1e-6, -1.0]), temperature=1e-6))
    np.testing.assert_allclose(cold, [0.7310586, 0.2689414, 0], rtol=1e-6)
    ends = np.asarray([1e308, -1e308])
    np.testing.assert_allclose(softmax(ends, temperature=1e308), [0.8807971, 0.1192029], rtol=1e-6)


def test_a_temperature_of_0_gives_nan_and_a_negative_one_turns_the_order_around() -> None:
    x = np.asarray([0.0, 1.0, 3.0])
    with np.errstate(invalid="ignore"):
        assert np.all(np.isnan(softmax(x, temperature=0.0)))
    np.testing.assert_allclose(softmax(x, temperature=-2.0), softmax(-x / 2), rtol=1e-15)


HARD_ROWS = [
    # logits, softmax, log_softmax, logsumexp
    ([0.0, -INF], [1, 0], [0, -INF], 0),
    ([-INF, 5.0, -INF], [0, 1, 0], [-INF, 0, -INF], 5),
    ([-INF, -INF], [NAN, NAN], [NAN, NAN], -INF),
    ([0.0, INF], [NAN, NAN], [NAN, NAN], INF),
    ([INF, -INF], [NAN, NAN], [NAN, NAN], INF),
    ([INF, INF], [NAN, NAN], [NAN, NAN], INF),
    ([0.0, NAN], [NAN, NAN], [NAN, NAN], NAN),
    ([INF, NAN], [NAN, NAN], [NAN, NAN], NAN),
    ([-INF, NAN], [NAN, NAN], [NAN, NAN], NAN),
    ([3.0], [1], [0], 3),
    ([-INF], [NAN], [NAN], -INF),
    ([0.0, -200.0], [1, 0], [0, -200], 0),
    ([0.0, 0.0, -1e4], [0.5, 0.5, 0], [-np.log(2), -np.log(2), -1e4 - np.log(2)], np.log(2)),
]


@pytest.mark.parametrize(("x", "p", "log_p", "total"), HARD_ROWS)
def test_hard_rows(xp: Any, x: list[float], p: list[float], log_p: list[float], total: float) -> None:
    row = xp.asarray(x, dtype=xp.float32)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(np.asarray(softmax(row)), p, rtol=1e-6, atol=1e-38)
        np.testing.assert_allclose(np.asarray(log_softmax(row)), log_p, rtol=1e-6, atol=1e-38)
        np.testing.assert_allclose(np.asarray(logsumexp(row)), total, rtol=1e-6, atol=1e-38)
        assert np.all(np.isnan(np.asarray(softmax_jacobian(row))) == np.isnan(p[0]))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("temperature", [1.0, 1e-6, 30.0])
def test_the_ends_of_the_range_raise_no_warning(dtype: Any, temperature: float) -> None:
    most = np.finfo(dtype).max
    x = np.asarray([[most, -most, 0], [-most, -most, -most], [most, most, -INF], [0, 1e-7, -INF]], dtype=dtype)
    with np.errstate(all="raise", under="ignore"):
        p, log_p, total = softmax(x, temperature=temperature), log_softmax(x), logsumexp(x)
    expected = np.asarray([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]])
    np.testing.assert_allclose(p[:3], expected, rtol=1e-3)
    np.testing.assert_array_equal(total[:3], x[:3, 0])
    assert log_p[0].tolist() == [0, -most, -most]  # the true gap of 2 * most does not exist in the dtype
    assert np.isneginf(log_p).tolist() == np.isneginf(x).tolist()


def test_an_empty_axis_raises_the_librarys_own_error_and_no_rows_are_fine() -> None:
    for function in FUNCTIONS.values():
        with pytest.raises(ValueError, match="zero-size array"):
            function(np.ones((3, 0)))
        assert function(np.ones((0, 3))).size == 0


def test_every_float_keeps_its_type_and_integers_become_the_default_float() -> None:
    for function in (*FUNCTIONS.values(), softmax_jacobian):
        for dtype in (np.float16, np.float32, np.float64):
            assert function(np.ones((2, 3), dtype=dtype)).dtype == dtype
        assert function(np.ones((2, 3), dtype=np.int8)).dtype == np.float64
        assert function(torch.ones((2, 3), dtype=torch.int64)).dtype == torch.float32
        with pytest.raises(TypeError, match="Python float scalars"):
            function(need("array_api_strict").asarray([1, 2]))


# Properties


@given(rows_of())
def test_softmax_sums_to_1_and_keeps_the_order(x: Any) -> None:
    p = softmax(x)
    assert p.sum() == pytest.approx(1, rel=1e-15)
    assert np.all(np.diff(p[np.argsort(x)]) >= 0)


@given(rows_of(-100, 100), st.integers(-1000, 1000))
def test_a_common_shift_changes_nothing_but_the_sum(x: Any, shift: int) -> None:
    np.testing.assert_allclose(softmax(x + shift), softmax(x), rtol=1e-11)
    np.testing.assert_allclose(log_softmax(x + shift), log_softmax(x), rtol=1e-11, atol=1e-11)
    assert logsumexp(x + shift) == pytest.approx(logsumexp(x) + shift, rel=1e-11, abs=1e-11)


@given(rows_of(-700, 700))
def test_log_softmax_is_the_logarithm_of_softmax(x: Any) -> None:
    np.testing.assert_allclose(np.exp(log_softmax(x)), softmax(x), rtol=1e-12, atol=1e-307)


@given(rows_of())
def test_logsumexp_lies_between_the_maximum_and_log_n_more(x: Any) -> None:
    total = float(logsumexp(x))
    assert x.max() <= total <= (x.max() + np.log(x.size)) * (1 + 4e-16 * np.sign(x.max()))


@given(rows_of(-50, 50))
def test_the_jacobian_is_symmetric_of_rank_n_minus_1_and_its_rows_sum_to_0(x: Any) -> None:
    jacobian = softmax_jacobian(x)
    assert np.array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-16)
    p = softmax(x)
    np.testing.assert_allclose(jacobian, np.diag(p) - np.outer(p, p), atol=1e-15)
    values = np.linalg.eigvalsh(softmax_jacobian(x / 25))  # logits within 2 of 0, so that no probability vanishes
    assert np.sum(values > 1e-6) == x.size - 1


# Other libraries


def test_values_agree_with_pytorch_and_scipy() -> None:
    x = np.random.default_rng(0).normal(size=(20, 9)) * 20
    for function, theirs, scipys in [
        (softmax, torch.softmax, scipy_special.softmax),
        (log_softmax, torch.log_softmax, scipy_special.log_softmax),
        (logsumexp, torch.logsumexp, scipy_special.logsumexp),
    ]:
        np.testing.assert_allclose(function(x), theirs(torch.asarray(x), dim=-1), rtol=1e-13, atol=1e-12)
        np.testing.assert_allclose(function(x), scipys(x, axis=-1), rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("x", [[1.0, 2.0, -3.0], [0.5, 0.5, 0.5], [2.0, 2.0, -1.0], [0.0, -INF, 1.0], [40.0, 0.0, 1.0]])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_automatic_differentiation_of_our_own_text_agrees_also_at_ties(name: str, x: list[float]) -> None:
    function, weights = FUNCTIONS[name], np.asarray([3.0, -1.0, 2.0]) if name != "logsumexp" else np.asarray(1.0)
    ours, theirs = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for _ in range(2))
    masked = np.isneginf(x)
    keep = torch.tensor(~masked if name == "log_softmax" else True)
    torch.where(keep, function(ours) * torch.asarray(weights), 0.0).sum().backward()
    torch.where(keep, getattr(torch, name)(theirs, dim=-1) * torch.asarray(weights), 0.0).sum().backward()
    np.testing.assert_allclose(ours.grad, theirs.grad, rtol=1e-12, atol=1e-15)

    def loss(t: Any) -> Any:
        return jax.numpy.sum(jax.numpy.where(keep.numpy(), function(t) * weights.astype(np.float32), 0.0))

    by_jax = jax.grad(loss)(np.asarray(x, dtype=np.float32))
    np.testing.assert_allclose(np.asarray(by_jax), theirs.grad, rtol=1e-5, atol=1e-6)


def test_the_jacobian_is_what_automatic_differentiation_finds() -> None:
    x = np.asarray([[1.0, -2.0, 0.5, 3.0], [0.0, 0.0, -INF, 1.0]])
    for row, jacobian in zip(x, softmax_jacobian(x), strict=True):
        by_torch = torch.autograd.functional.jacobian(softmax, torch.asarray(row))
        np.testing.assert_allclose(jacobian, by_torch, rtol=1e-12, atol=1e-17)
        by_jax = jax.jacobian(softmax)(row.astype(np.float32))
        np.testing.assert_allclose(jacobian, np.asarray(by_jax), rtol=1e-5, atol=1e-8)


def test_everything_runs_under_jit() -> None:
    x = np.asarray([[1.0, -2.0], [0.0, 50.0]], dtype=np.float32)
    for function in (*FUNCTIONS.values(), softmax_jacobian):
        np.testing.assert_allclose(np.asarray(jax.jit(function)(x)), function(x), rtol=1e-5, atol=1e-37)


def test_the_jacobian_keeps_what_one_minus_p_loses() -> None:
    p_small = np.exp(np.float64(-50)) / (1 + np.exp(np.float64(-50)))
    jacobian = softmax_jacobian(np.asarray([0.0, -50.0]))
    np.testing.assert_allclose(jacobian, [[p_small, -p_small], [-p_small, p_small]], rtol=1e-14)


# Error in ulp


@pytest.mark.parametrize("rows", [rows for rows in ROWS if rows != "log-sum-exp nearer to 0"])
@pytest.mark.parametrize("name", BARS)
def test_the_error_stays_below_its_bar(name: str, rows: str, record_error: Callable[[str, object], None]) -> None:
    worst = measure(FUNCTIONS[name], ROW_REFERENCES[name], ROWS[rows])
    record_error(f"{name}, {rows}", worst)
    assert worst.ulp <= BARS[name]


def test_nearer_to_0_than_1e_8_the_error_is_absolute(record_error: Callable[[str, object], None]) -> None:
    rows = ROWS["log-sum-exp nearer to 0"]
    record_error("logsumexp, log-sum-exp nearer to 0", measure(logsumexp, ROW_REFERENCES["logsumexp"], rows))
    exact = np.asarray([float(total) for total in exact_rows(rows)[1]])
    assert 0 < np.abs(exact).min() < np.abs(exact).max() < 1e-7
    errors = np.abs(logsumexp(rows).astype(np.float64) - exact)
    assert np.all(errors <= 5e-16 * np.abs(rows.max(axis=-1)) + 2.0**-24 * np.abs(exact))


@pytest.mark.parametrize("name", ["log_softmax", "logsumexp"])
def test_the_row_with_a_confident_peak_is_exact_to_an_ulp_by_mpmath(name: str) -> None:
    rows = ROWS["one confident peak"][:40]
    exact = np.asarray(exact_rows(rows)[name == "logsumexp"], dtype=np.float64)
    np.testing.assert_allclose(FUNCTIONS[name](rows), exact, rtol=6.1e-8)


def test_float16_is_rounded_correctly_up_to_ties() -> None:
    rows = ROWS["30 times normal"].astype(np.float16)
    for name, function in FUNCTIONS.items():
        assert measure(function, ROW_REFERENCES[name], rows).ulp <= 0.501
