"""Difference quotients: their formulas, their two errors and the V that these draw, the complex step, Jacobians."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference import activations
from reference.autograd import (
    best_step,
    central_difference,
    complex_step,
    difference_error,
    directional_derivative,
    error_curve,
    forward_difference,
    numerical_jacobian,
)
from tests.needs import need
from tests.properties import given, st

Function = Callable[..., Any]
torch: Any = need("torch")
mpmath: Any = need("mpmath")
EPS = 2.0**-52
POINTS = np.random.default_rng(0).uniform(0.5, 2.0, size=400)
DECADES = 10.0 ** -np.arange(1, 17)


def polynomials() -> Any:
    """One to five small whole coefficients, the constant first."""
    return st.lists(st.integers(-9, 9), min_size=1, max_size=5)


def polynomial(coefficients: list[int]) -> Function:
    """The polynomial, for any numbers that can be multiplied and added."""
    return lambda x: sum(c * x**k for k, c in enumerate(coefficients)) + 0 * x


def slope_of(coefficients: list[int]) -> Function:
    """Its derivative."""
    return polynomial([k * c for k, c in enumerate(coefficients)][1:] or [0])


# Examples from the definition


def test_the_slope_of_a_square() -> None:
    def square(x: Any) -> Any:
        return x * x

    x = np.asarray([1.0, 3.0, -2.0])
    assert forward_difference(square, x, h=0.5).tolist() == [2.5, 6.5, -3.5]  # 2x + h
    assert forward_difference(square, x, h=-0.5).tolist() == [1.5, 5.5, -4.5]  # the backward difference
    assert central_difference(square, x, h=0.5).tolist() == (2 * x).tolist()  # no error for a parabola
    assert complex_step(square, x).tolist() == (2 * x).tolist()


@pytest.mark.parametrize(
    ("f", "derivative"),
    [(np.exp, np.exp), (np.sin, np.cos), (np.log, np.reciprocal), (np.sqrt, lambda x: 0.5 / np.sqrt(x))],
)
def test_known_derivatives_to_the_accuracy_of_each_method(f: Function, derivative: Function) -> None:
    exact = derivative(POINTS)
    np.testing.assert_allclose(forward_difference(f, POINTS), exact, rtol=0, atol=3e-7)
    np.testing.assert_allclose(central_difference(f, POINTS), exact, rtol=0, atol=5e-10)
    np.testing.assert_allclose(complex_step(f, POINTS), exact, rtol=1e-15)


def test_a_kink_gives_the_mean_of_both_slopes_and_one_sided_differences_give_each() -> None:
    zero = np.zeros(1)
    assert central_difference(np.abs, zero) == 0
    assert central_difference(activations.relu, zero) == 0.5
    assert (forward_difference(np.abs, zero), forward_difference(np.abs, zero, h=-1e-8)) == (1, -1)


# The V-curve


def test_the_forward_difference_is_best_near_1e_8_and_keeps_half_of_the_digits() -> None:
    curve = error_curve(np.sin, np.cos, POINTS, h=DECADES)
    assert curve.h[np.argmin(curve.forward)] == 1e-8
    assert 1e-9 < curve.forward.min() < 3e-8


def test_the_central_difference_is_best_near_1e_5_and_keeps_two_thirds() -> None:
    curve = error_curve(np.sin, np.cos, POINTS, h=DECADES)
    assert curve.h[np.argmin(curve.central)] == 1e-5
    assert 1e-12 < curve.central.min() < 3e-11


def test_the_complex_step_has_no_floor_but_that_of_the_function() -> None:
    steps = 10.0 ** -np.asarray([8, 20, 100, 200, 290])
    curve = error_curve(np.sin, np.cos, POINTS, h=steps)
    assert np.all(curve.complex_step <= 4e-16)
    for f, exact in [(np.exp, np.exp(POINTS)), (np.sin, np.cos(POINTS))]:
        assert np.all(np.abs(complex_step(f, POINTS, h=1e-100) - exact) <= np.spacing(np.abs(exact)))


def test_both_arms_have_the_slopes_that_theory_gives_them() -> None:
    curve = error_curve(np.sin, np.cos, POINTS, h=DECADES)
    for errors, order, best in [(curve.forward, 1, 8), (curve.central, 2, 5), (curve.complex_step, 2, 8)]:
        falling = np.log10(errors[: best - 2] / errors[1 : best - 1])
        np.testing.assert_allclose(falling, order, atol=0.1)
    for errors, best in [(curve.forward, 8), (curve.central, 5)]:
        rising = np.log10(errors[-1] / errors[best]) / (len(errors) - 1 - best)
        assert rising == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize(("order", "method"), [(1, forward_difference), (2, central_difference)])
def test_the_predicted_error_bounds_the_measured_one_and_is_not_far_off(order: int, method: Function) -> None:
    # Steps are powers of two, so that x + h is exact, as the prediction supposes. Sines and cosines are at most 1.
    for k in range(2, 48):
        h = 2.0**-k
        predicted = difference_error(h, order=order)
        measured = np.max(np.abs(method(np.sin, POINTS, h=h) - np.cos(POINTS)))
        assert sum(predicted) / 8 < measured < 1.1 * sum(predicted)


def test_a_step_that_is_no_power_of_two_pays_for_the_rounding_of_x_plus_h() -> None:
    x = POINTS + 1e6
    exact, even, odd = np.cos(x), 2.0**-17, 1e-5
    good = np.max(np.abs(central_difference(np.sin, x, h=even) - exact))
    bad = np.max(np.abs(central_difference(np.sin, x, h=odd) - exact))
    assert good < 1e-10
    assert bad > 1e-6


def test_a_step_below_the_spacing_of_x_gives_0_without_a_warning() -> None:
    assert forward_difference(np.exp, np.ones(1), h=1e-17) == 0
    assert central_difference(np.exp, np.ones(1), h=1e-17) == 0


def test_float32_keeps_three_digits_with_its_own_steps_and_none_with_those_of_float64() -> None:
    x = POINTS.astype(np.float32)
    exact = np.exp(POINTS)
    assert np.max(np.abs(forward_difference(np.exp, x, h=2.0**-11) / exact - 1)) < 1e-3
    assert np.max(np.abs(central_difference(np.exp, x, h=2.0**-7) / exact - 1)) < 1e-4
    assert np.all(forward_difference(np.exp, x) == 0)
    assert central_difference(np.exp, x, h=2.0**-7).dtype == np.float32


def test_the_best_step_is_where_the_predicted_error_is_least() -> None:
    for order in (1, 2):
        for value, derivative, eps in [(1, 1, EPS), (3, 0.5, EPS), (-0.1, -20, 2.0**-23)]:
            options: dict[str, Any] = {"order": order, "value": value, "derivative": derivative, "eps": eps}
            h = best_step(**options)
            least, near = difference_error(h, **options), [difference_error(h * k, **options) for k in (0.9, 1.1)]
            assert all(sum(least) < sum(error) for error in near)
            assert least.rounding == pytest.approx(order * least.truncation)


def test_the_best_steps_go_with_the_square_and_the_cube_root_of_eps() -> None:
    assert best_step(order=1) == pytest.approx(np.sqrt(2 * EPS))
    assert best_step(order=2) == pytest.approx(np.cbrt(1.5 * EPS))
    assert best_step(order=1, eps=2.0**-23) / best_step(order=1) == pytest.approx(2.0**14.5)
    with pytest.raises(ZeroDivisionError):
        best_step(order=1, derivative=0)


# Properties


@given(polynomials(), st.integers(-20, 20), st.integers(1, 6))
def test_errors_of_polynomials_are_those_of_the_taylor_series(coefficients: list[int], at: int, power: int) -> None:
    x, h, f, slope = np.asarray(at / 4), 2.0**-power, polynomial(coefficients), slope_of(coefficients)
    _, _, second, third, fourth = [*coefficients, 0, 0, 0, 0][:5]
    assert central_difference(f, x, h=h) == slope(x) + h * h * (third + 4 * x * fourth)
    if len(coefficients) <= 3:
        assert forward_difference(f, x, h=h) == slope(x) + h * second


@given(polynomials(), st.floats(-3, 3))
def test_the_complex_step_is_exact_to_rounding(coefficients: list[int], at: float) -> None:
    exact = slope_of(coefficients)(at)
    scale = polynomial([abs(k * c) for k, c in enumerate(coefficients)][1:] or [0])(abs(at))
    assert complex_step(polynomial(coefficients), np.asarray(at)) == pytest.approx(exact, rel=0, abs=1e-14 * scale)


@given(st.lists(st.integers(-5, 5), min_size=6, max_size=6), st.lists(st.integers(-5, 5), min_size=3, max_size=3))
def test_the_jacobian_of_a_linear_function_is_its_matrix(entries: list[int], direction: list[int]) -> None:
    matrix, x, d = np.reshape(entries, (2, 3)).astype(float), np.asarray([1.0, -2.0, 0.5]), np.asarray(direction, float)
    assert np.array_equal(numerical_jacobian(lambda t: matrix @ t, x, h=0.5), matrix)
    assert np.array_equal(directional_derivative(lambda t: matrix @ t, x, d, h=0.5), matrix @ d)
    assert np.array_equal(directional_derivative(lambda t: matrix @ t, x, 2 * d, h=0.5), 2 * matrix @ d)


@given(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 3), max_size=2))
def test_the_jacobian_has_the_shape_of_the_result_and_then_that_of_the_input(into: list[int], out: list[int]) -> None:
    got = numerical_jacobian(lambda x: np.zeros(out) + np.sum(x), np.ones(into))
    assert got.shape == (*out, *into)
    np.testing.assert_allclose(got, 1, rtol=1e-10)


@given(st.integers(0, 1000))
def test_the_derivative_along_a_direction_is_the_jacobian_times_the_direction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, d = rng.normal(size=(2, 2, 3))

    def f(x: Any) -> Any:
        return np.sin(x) @ x.T

    along = np.tensordot(numerical_jacobian(f, x), d, axes=2)
    np.testing.assert_allclose(directional_derivative(f, x, d), along, rtol=1e-8, atol=1e-8)


# Other arrays


def test_differences_run_on_every_library(xp: Any) -> None:
    x, d = xp.asarray([1.0, 2.0], dtype=xp.float32), xp.asarray([1.0, -1.0], dtype=xp.float32)
    f = activations.sigmoid
    exact = np.asarray(activations.sigmoid_derivative(np.asarray([1.0, 2.0])))
    np.testing.assert_allclose(np.asarray(forward_difference(f, x, h=2.0**-9)), exact, atol=2e-3)
    np.testing.assert_allclose(np.asarray(central_difference(f, x, h=2.0**-6)), exact, atol=1e-4)
    np.testing.assert_allclose(np.asarray(directional_derivative(f, x, d, h=2.0**-6)), exact * [1, -1], atol=1e-4)
    np.testing.assert_allclose(np.asarray(numerical_jacobian(f, x, h=2.0**-6)), np.diag(exact), atol=1e-4)


def test_jacobians_agree_with_pytorch() -> None:
    rng = np.random.default_rng(1)
    cases: list[tuple[Function, tuple[int, ...]]] = [
        (activations.softmax, (5,)),
        (activations.log_softmax, (2, 3)),
        (activations.logsumexp, (2, 3)),
        (activations.gelu, (4,)),
    ]
    for f, shape in cases:
        x = rng.normal(size=shape)
        theirs = torch.autograd.functional.jacobian(f, torch.asarray(x))
        np.testing.assert_allclose(numerical_jacobian(f, x), theirs, rtol=1e-8, atol=1e-10)


def test_the_complex_step_agrees_with_40_digits() -> None:
    with mpmath.workdps(40):
        exact = [
            float(mpmath.diff(lambda t: mpmath.exp(t) / (mpmath.sin(t) ** 3 + mpmath.cos(t) ** 3) ** 0.5, t))
            for t in (0.5, 1.0, 1.5)
        ]
    got = complex_step(lambda t: np.exp(t) / np.sqrt(np.sin(t) ** 3 + np.cos(t) ** 3), np.asarray([0.5, 1.0, 1.5]))
    np.testing.assert_allclose(got, exact, rtol=2e-15)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "log_sigmoid", "relu", "elu", "celu", "selu"])
def test_activations_without_abs_take_complex_numbers(name: str) -> None:
    x = np.asarray([-3.0, -0.5, 0.7, 2.0])
    exact = getattr(activations, f"{name}_derivative")(x)
    np.testing.assert_allclose(complex_step(getattr(activations, name), x), exact, rtol=2e-14)


# Bad input and hard cases


def test_functions_that_return_real_numbers_are_refused() -> None:
    for f in (np.abs, np.real, lambda x: np.abs(x) ** 2, lambda x: x > 0):
        with pytest.raises(TypeError, match=r"needs a function that returns complex numbers .* where\(x < 0, -x, x\)"):
            complex_step(f, np.asarray([1.0, -2.0]))
    with pytest.raises(TypeError, match="needs a function that returns complex"):
        error_curve(np.abs, np.sign, np.ones(1), h=DECADES)
    for f in (np.floor, np.cbrt):
        with pytest.raises(TypeError, match="not supported"):
            complex_step(f, np.ones(1))


def test_abs_inside_a_function_makes_the_complex_step_wrong_without_a_word_as_documented() -> None:
    x = np.asarray([1.0])
    assert central_difference(lambda x: x / (1 + np.abs(x)), x) == pytest.approx(0.25)
    assert complex_step(lambda x: x / (1 + np.abs(x)), x) == 0.5
    assert complex_step(lambda x: x / (1 + np.where(x < 0, -x, x)), x) == 0.25


def test_where_maximum_and_clip_work_in_the_complex_step() -> None:
    x = np.asarray([-2.0, 0.5, 3.0])
    assert complex_step(lambda x: np.where(x < 0, 0, x), x).tolist() == [0, 1, 1]
    assert complex_step(lambda x: np.maximum(x, 0), x).tolist() == [0, 1, 1]
    assert complex_step(lambda x: np.clip(x, -1, 1), x).tolist() == [0, 1, 0]


def test_a_list_as_a_direction_is_refused() -> None:
    with pytest.raises(TypeError, match="expected an array, got list"):
        directional_derivative(np.sum, np.ones(2), [1.0, 2.0])


def test_nan_stays_and_a_step_of_0_is_nan() -> None:
    x = np.asarray([np.nan, 1.0])
    for method in (forward_difference, central_difference, complex_step):
        assert np.isnan(method(lambda x: x * x, x)).tolist() == [True, False]
    with np.errstate(invalid="ignore"):
        assert np.isnan(forward_difference(np.exp, x, h=0)).all()
        assert np.isnan(central_difference(np.exp, x, h=0)).all()


def test_functions_that_return_python_numbers_and_points_without_axes() -> None:
    assert numerical_jacobian(lambda x: float(np.sum(x)), np.ones(2), h=0.5).tolist() == [1, 1]
    assert numerical_jacobian(lambda x: float(np.sum(x)), np.ones((0, 2))).shape == (0, 2)
    assert numerical_jacobian(lambda x: x * x, np.asarray(3.0), h=0.5) == 6
