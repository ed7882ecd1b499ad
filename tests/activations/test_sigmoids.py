"""Sigmoid, tanh, softplus and their relatives: values, symmetries, other libraries, and the error in ulp."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import REFERENCES, halves, measure
from reference.activations import (
    hard_sigmoid,
    hard_sigmoid_derivative,
    log_sigmoid,
    log_sigmoid_derivative,
    sigmoid,
    sigmoid_derivative,
    softplus,
    softplus_derivative,
    softsign,
    softsign_derivative,
    tanh,
    tanh_derivative,
)
from tests.accuracy import check_bar, check_corners
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
scipy_special: Any = need("scipy.special", "scipy")
torch: Any = need("torch")
jax: Any = need("jax")

Function = Callable[[Any], Any]

PAIRS: dict[str, tuple[Function, Function]] = {
    "sigmoid": (sigmoid, sigmoid_derivative),
    "log_sigmoid": (log_sigmoid, log_sigmoid_derivative),
    "tanh": (tanh, tanh_derivative),
    "softplus": (softplus, softplus_derivative),
    "softsign": (softsign, softsign_derivative),
    "hard_sigmoid": (hard_sigmoid, hard_sigmoid_derivative),
}
IN_TORCH = {
    "sigmoid": "sigmoid",
    "log_sigmoid": "logsigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "softsign": "softsign",
    "hard_sigmoid": "hardsigmoid",
}
BARS = {"sigmoid": 4.0, "log_sigmoid": 3.5, "tanh": 1.5, "softplus": 3.5, "softsign": 0.51}
TELLING = [-100.0, -87.3, -17.0, -3.0, -1.5, -1e-3, -0.0, 0.0, 1e-3, 1.5, 3.0, 17.0, 87.3, 100.0]


def numbers() -> Any:
    """Finite float64 numbers, most of them of a size that matters here."""
    return st.one_of(st.floats(-50, 50), st.floats(allow_nan=False, allow_infinity=False))


def at(function: Function, x: float) -> float:
    """Call a function on one number."""
    return float(function(np.asarray(x)))


# The definitions and their known values


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (sigmoid, [-np.inf, 0, np.log(3), np.inf], [0, 0.5, 0.75, 1]),
        (log_sigmoid, [-np.inf, 0, np.inf], [-np.inf, -np.log(2), 0]),
        (tanh, [-np.inf, 0, np.log(3), np.inf], [-1, 0, 0.8, 1]),
        (softplus, [-np.inf, 0, np.log(3), np.inf], [0, np.log(2), np.log(4), np.inf]),
        (softsign, [-np.inf, -1, 0, 3, np.inf], [-1, -0.5, 0, 0.75, 1]),
        (hard_sigmoid, [-np.inf, -3, 0, 1.5, 3, np.inf], [0, 0, 0.5, 0.75, 1, 1]),
    ],
)
def test_known_values(xp: Any, function: Function, x: list[float], expected: list[float]) -> None:
    got = np.asarray(function(xp.asarray(x, dtype=xp.float32)))
    np.testing.assert_allclose(got, expected, rtol=3e-7, atol=0)


@pytest.mark.parametrize(
    ("derivative", "at_zero", "at_infinity"),
    [
        (sigmoid_derivative, 0.25, (0, 0)),
        (log_sigmoid_derivative, 0.5, (1, 0)),
        (tanh_derivative, 1, (0, 0)),
        (softplus_derivative, 0.5, (0, 1)),
        (softsign_derivative, 1, (0, 0)),
        (hard_sigmoid_derivative, 1 / 6, (0, 0)),
    ],
)
def test_known_slopes(xp: Any, derivative: Function, at_zero: float, at_infinity: tuple[float, float]) -> None:
    got = np.asarray(derivative(xp.asarray([-np.inf, -0.0, 0.0, np.inf], dtype=xp.float32)))
    np.testing.assert_allclose(got, [at_infinity[0], at_zero, at_zero, at_infinity[1]], rtol=1e-7)


def test_the_textbook_forms_break_where_the_docstrings_say() -> None:
    one, x = np.float32(1), np.asarray([-104.5, 17.0, 12.0], dtype=np.float32)
    with np.errstate(over="ignore", divide="ignore"):
        naive = one / (one + np.exp(-x))
        assert np.log(naive[0]) == -np.inf
        assert np.log(naive[1]) == 0
    assert naive[1] * (one - naive[1]) == 0
    assert one - np.tanh(x[2]) ** 2 == 0
    assert sigmoid_derivative(x[1]) > 0
    assert tanh_derivative(x[2]) > 0
    assert -4.2e-8 < log_sigmoid(x[1]) < -4.1e-8
    with np.errstate(over="ignore", invalid="ignore"):
        up, down = np.exp(np.float32(88.8)), np.exp(np.float32(-88.8))
        assert np.isnan((up - down) / (up + down))


def test_unsigned_integers_do_not_wrap() -> None:
    x = np.asarray([0, 1, 200, 255], dtype=np.uint8)
    for name, pair in PAIRS.items():
        for function in pair:
            np.testing.assert_allclose(function(x), function(x.astype(np.float64)), rtol=2e-3, err_msg=name)


# Properties


@given(numbers())
def test_sigmoid_and_its_mirror_image_sum_to_1(x: float) -> None:
    assert at(sigmoid, x) + at(sigmoid, -x) == pytest.approx(1, rel=3e-16)


@given(numbers())
def test_tanh_and_softsign_are_odd(x: float) -> None:
    assert at(tanh, -x) == -at(tanh, x)
    assert at(softsign, -x) == -at(softsign, x)


@given(st.floats(-15, 15))
def test_tanh_is_a_stretched_sigmoid(x: float) -> None:
    assert at(tanh, x) == pytest.approx(2 * at(sigmoid, 2 * x) - 1, rel=1e-12, abs=3e-16)


@given(numbers())
def test_softplus_lies_above_relu_by_at_most_log_2(x: float) -> None:
    assert max(x, 0) <= at(softplus, x) <= max(x, 0) + np.log(2)


@given(numbers())
def test_log_sigmoid_is_minus_softplus_of_minus_x(x: float) -> None:
    assert at(log_sigmoid, x) == -at(softplus, -x)


@given(st.floats(-700, 700))
def test_log_sigmoid_is_the_logarithm_of_sigmoid(x: float) -> None:
    assert np.exp(at(log_sigmoid, x)) == pytest.approx(at(sigmoid, x), rel=2e-13)


@given(numbers(), st.floats(0, 10))
@pytest.mark.parametrize("name", PAIRS)
def test_all_rise(name: str, x: float, step: float) -> None:
    function = PAIRS[name][0]
    assert at(function, x) <= at(function, x + step) * (1 + 4e-16 * np.sign(at(function, x + step)))


@given(numbers())
@pytest.mark.parametrize("name", PAIRS)
def test_no_number_raises_a_warning(name: str, x: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        for function in PAIRS[name]:
            assert np.isfinite(at(function, x))


# Other libraries


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_slopes_agree_with_pytorch(name: str) -> None:
    x = torch.tensor(TELLING, dtype=torch.float64, requires_grad=True)
    function, derivative = PAIRS[name]
    options = {"threshold": 750} if name == "softplus" else {}  # from 20 on PyTorch's own returns x
    expected = getattr(torch.nn.functional, IN_TORCH[name])(x, **options)
    expected.sum().backward()
    here = x.detach().numpy()
    np.testing.assert_allclose(function(here), expected.detach().numpy(), rtol=1e-14)
    np.testing.assert_allclose(
        derivative(here), x.grad.numpy(), rtol=4e-8 if name == "hard_sigmoid" else 1e-14, atol=2e-16
    )


@pytest.mark.parametrize("name", PAIRS)
def test_automatic_differentiation_of_our_own_text_gives_our_derivative(name: str) -> None:
    function, derivative = PAIRS[name]
    x = torch.tensor(TELLING, dtype=torch.float32, requires_grad=True)
    function(x).sum().backward()
    by_jax = jax.vmap(jax.grad(function))(np.asarray(TELLING, dtype=np.float32))
    expected = derivative(np.asarray(TELLING))
    absolute = 2e-7 if name == "tanh" else 2e-38  # the library's rule for tanh is 1 - y * y
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-5, atol=absolute)
    np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=1e-5, atol=absolute)


def test_sigmoids_agree_with_scipy() -> None:
    x = np.linspace(-700, 700, 2801)
    np.testing.assert_allclose(sigmoid(x), scipy_special.expit(x), rtol=1e-15)
    np.testing.assert_allclose(log_sigmoid(x), scipy_special.log_expit(x), rtol=1e-15)


@pytest.mark.parametrize(
    ("derivative", "exact"),
    [
        (sigmoid_derivative, lambda x: 1 / (2 * mpmath.cosh(x / 2)) ** 2),
        (log_sigmoid_derivative, lambda x: 1 / (1 + mpmath.exp(x))),
        (tanh_derivative, lambda x: mpmath.sech(x) ** 2),
        (softplus_derivative, lambda x: 1 / (1 + mpmath.exp(-x))),
        (softsign_derivative, lambda x: (1 + abs(x)) ** -2),
    ],
)
def test_derivatives_keep_their_digits_far_out(derivative: Function, exact: Function) -> None:
    x = np.linspace(-43, 43, 345, dtype=np.float32)
    with mpmath.workdps(40):
        expected = [float(exact(mpmath.mpf(float(v)))) for v in x]
    np.testing.assert_allclose(derivative(x), expected, rtol=5e-7)


# Error in ulp


@pytest.mark.parametrize("name", BARS)
def test_the_error_stays_below_its_bar_on_every_1009th_float32(
    name: str, record_error: Callable[[str, object], None]
) -> None:
    check_bar(name, PAIRS[name][0], BARS[name], record_error)


@pytest.mark.parametrize("name", BARS)
def test_the_error_stays_small_on_every_float16(name: str) -> None:
    assert measure(PAIRS[name][0], REFERENCES[name], halves()).ulp <= 2.5


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_all_of_float16_and_the_corners_of_the_others_raise_no_warning(name: str, dtype: Any) -> None:
    check_corners(PAIRS[name], dtype)
