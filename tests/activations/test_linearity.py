"""Linear networks collapse; the best affine fit and differences tell what is linear in what."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from reference.activations import affine_residual, collapse, difference, linear_network, relu, second_difference
from tests.needs import need
from tests.properties import given, st

Function = Callable[..., Any]
sympy: Any = need("sympy")


def integers(seed: int, *shape: int) -> Any:
    """Small integers as floats: sums and products of a few of them are exact."""
    return np.random.default_rng(seed).integers(-4, 5, size=shape).astype(np.float64)


# Examples from the source: y = x W1 W2 ... Wl, linear in x, not linear in W


def test_fifty_layers_are_one_matrix() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(scale=16**-0.5, size=(16, 16)) for _ in range(50)]
    x = rng.normal(size=(8, 16))
    deep, flat = linear_network(x, weights), x @ collapse(weights)
    assert np.allclose(deep, flat, rtol=1e-9, atol=1e-12 * np.abs(deep).max())
    assert collapse(weights).shape == (16, 16)


def test_an_empty_network_is_the_identity_and_has_no_matrix() -> None:
    x = np.ones((2, 3))
    assert np.array_equal(linear_network(x, []), x)
    with pytest.raises(ValueError, match="expected at least one weight matrix, got none"):
        collapse([])


def test_the_network_is_linear_in_x() -> None:
    weights = [integers(seed, 3, 3) for seed in range(4)]
    at, direction = integers(10, 2, 3), integers(11, 2, 3)
    assert not np.any(second_difference(lambda x: linear_network(x, weights), at, direction))


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_it_is_linear_in_each_matrix_and_of_degree_l_in_all_together(depth: int) -> None:
    x, weights = integers(1, 2, 3), integers(2, depth, 3, 3)
    network = partial(linear_network, x)
    for layer in range(depth):
        one = np.zeros_like(weights)
        one[layer] = integers(3 + layer, 3, 3)
        assert not np.any(second_difference(network, weights, one))
    together = integers(9, depth, 3, 3)
    assert np.any(difference(network, weights, together, order=depth))
    assert not np.any(difference(network, weights, together, order=depth + 1))
    assert np.any(second_difference(network, weights, together)) == (depth > 1)


def test_a_straight_line_with_an_offset_is_affine_and_not_linear() -> None:
    x = integers(0, 20, 1)
    y = 3 * x + 2
    assert affine_residual(x, y) < 1e-14
    assert np.all(3 * (x + x) + 2 != y + y)


def test_relu_is_affine_on_data_that_keeps_every_unit_on_one_side() -> None:
    rng = np.random.default_rng(0)
    x, first, second = rng.normal(size=(200, 3)), rng.normal(size=(3, 8)), rng.normal(size=(8, 2))
    assert affine_residual(x, relu(x @ first + 100.0) @ second) < 1e-12
    assert affine_residual(x, relu(x @ first) @ second) > 0.1


def test_the_residual_of_x_squared_is_the_known_one() -> None:
    x = np.linspace(-1, 1, 20001)[:, None]
    assert affine_residual(x, x * x) == pytest.approx((4 / 45) ** 0.5, rel=1e-3)  # the variance of x^2, x uniform


def test_the_residual_ignores_columns_that_repeat(xp: Any) -> None:
    x = xp.asarray([[-1.0, -2.0], [0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], dtype=xp.float32)
    y = xp.asarray([1.0, 0.0, 1.0, 4.0], dtype=xp.float32)
    assert float(affine_residual(x, y)) == pytest.approx(1.0, rel=1e-5)  # y - (x + 1) = 1, -1, -1, 1


def test_lists_are_not_taken_for_arrays() -> None:
    calls: list[Function] = [
        lambda: linear_network([[1.0]], [np.eye(1)]),
        lambda: linear_network(np.eye(1), [[[1.0]]]),
        lambda: affine_residual([[1.0]], [1.0]),
        lambda: difference(np.sin, [1.0], np.ones(1)),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"expected an array, got list; wrap it with np.asarray\(x\)"):
            call()


def test_a_number_serves_as_direction_and_keeps_the_dtype() -> None:
    at = np.asarray([1.0, 2.0], dtype=np.float32)
    got = second_difference(lambda x: x * x, at, 0.5)
    assert got.dtype == np.float32
    assert got.tolist() == [0.5, 0.5]


def test_shapes_that_do_not_fit_raise_the_librarys_error() -> None:
    with pytest.raises(ValueError, match="matmul"):
        linear_network(np.ones((2, 3)), [np.ones((4, 2))])


# Properties


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_collapsing_changes_no_output(seed: int, depth: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=depth + 1)
    weights = [integers(seed + i, sizes[i], sizes[i + 1]) for i in range(depth)]
    x = integers(seed, 3, sizes[0])
    assert np.array_equal(linear_network(x, weights), x @ collapse(weights))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6), st.integers(-9, 9), st.integers(1, 4))
def test_one_difference_more_than_the_degree_gives_zero(coefficients: list[int], at: int, step: int) -> None:
    def polynomial(x: Any) -> Any:
        return sum(c * x**k for k, c in enumerate(coefficients))

    start, direction = np.asarray(float(at)), np.asarray(float(step))
    assert difference(polynomial, start, direction, order=len(coefficients)) == 0
    highest = difference(polynomial, start, direction, order=len(coefficients) - 1)
    factorial = int(np.prod(np.arange(1, len(coefficients))))
    assert highest == coefficients[-1] * factorial * step ** (len(coefficients) - 1)


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 3))
def test_every_affine_map_has_residual_zero(seed: int, inputs: int, outputs: int) -> None:
    x, matrix, offset = integers(seed, 20, inputs), integers(seed + 1, inputs, outputs), integers(seed + 2, outputs)
    assert affine_residual(x, x @ matrix + offset) < 1e-12


# Oracles


def test_the_residual_agrees_with_least_squares() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    design = np.column_stack([x, np.ones(40)])
    fit = design @ np.linalg.lstsq(design, y)[0]
    assert affine_residual(x, y) == pytest.approx(np.sqrt(np.mean((y - fit) ** 2)), rel=1e-12)


def test_differences_agree_with_sympy() -> None:
    x = sympy.Symbol("x")
    cubic = x**3 - 2 * x
    shifted = [cubic.subs(x, x + k) for k in range(4)]
    exact = sympy.expand(shifted[2] - 2 * shifted[1] + shifted[0]).subs(x, 5)
    assert difference(lambda t: t * t * t - 2 * t, np.asarray(5.0), np.asarray(1.0), order=2) == float(exact)


def test_every_library_gives_the_same(xp: Any) -> None:
    x, weights = integers(0, 2, 3), [integers(1, 3, 4), integers(2, 4, 2)]
    there = [xp.asarray(w, dtype=xp.float32) for w in weights]
    at, step = xp.asarray(x, dtype=xp.float32), xp.ones((2, 3), dtype=xp.float32)
    assert np.array_equal(np.asarray(linear_network(at, there)), linear_network(x, weights))
    assert np.array_equal(np.asarray(collapse(there)), collapse(weights))
    assert not np.any(np.asarray(second_difference(lambda t: linear_network(t, there), at, step)))
    y = linear_network(at, there)
    assert float(affine_residual(at, y)) < 1e-4


def test_a_negative_order_is_refused() -> None:
    with pytest.raises(ValueError, match="order counts differences and must be at least 0, got -1"):
        difference(lambda x: x, np.zeros(2), np.ones(2), order=-1)


def test_a_second_difference_evaluates_the_middle_exactly() -> None:
    def jump(x: Any) -> Any:
        return np.where(x == 0.3, 1.0, 0.0)

    assert second_difference(jump, np.array(0.3), np.array(0.1)) == -2
