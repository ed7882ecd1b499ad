"""Rounding to nearest, GPTQ and the int8 product: the paper's formulas, what must hold, all codes of a small row."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from reference.quantization import (
    Quantized,
    absmax_quantize,
    affine_quantize,
    dequantize,
    gptq,
    int8_matmul,
    inverse_factor,
    longest_sum,
    output_error,
    round_to_nearest,
)
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")

ONE = np.asarray(1, np.float32)
OPTIONS: list[dict[str, Any]] = [
    {"bits": bits, "block_size": block_size, "symmetric": symmetric, "act_order": act_order}
    for bits in (2, 3, 4, 8)
    for block_size in (None, 4, 5)
    for symmetric in (False, True)
    for act_order in (False, True)
]
seeds = st.integers(0, 2**32 - 1)


def layer(seed: int, *, rows: int = 5, columns: int = 12, examples: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A weight, and inputs of which each is a mixture of few causes, as in a network."""
    rng = np.random.default_rng(seed)
    causes, mixture = rng.normal(size=(examples, 4)), rng.normal(size=(4, columns))
    return rng.normal(size=(rows, columns)), causes @ mixture + 0.3 * rng.normal(size=(examples, columns))


def damped(x: np.ndarray, damping: float = 0.01) -> np.ndarray:
    h: np.ndarray = x.T @ x
    return h + damping * np.mean(np.diag(h)) * np.eye(len(h))


def on_grid(value: float, q: Quantized, row: int, column: int) -> int:
    """One weight's code by the definition, in Python numbers."""
    block = column // (q.block_size or q.codes.shape[1])
    top: int = 2 ** int(q.bits)
    low, high = (1 - top // 2, top // 2 - 1) if q.zero_point is None else (0, top - 1)
    zero = 0 if q.zero_point is None else int(q.zero_point[row, block])
    return min(max(round(float(np.float32(value) / q.scale[row, block])) + zero, low), high)


def number(code: int, q: Quantized, row: int, column: int) -> float:
    """What a code stands for."""
    block = column // (q.block_size or q.codes.shape[1])
    zero = 0 if q.zero_point is None else int(q.zero_point[row, block])
    return float(np.float32(code - zero) * q.scale[row, block])


def brain_surgeon(weight: np.ndarray, x: np.ndarray, grid: Quantized, order: Any) -> np.ndarray:
    """The codes by equations 2 and 3 of the paper: the inverse Hessian itself, reduced by one column at a time."""
    w, inverse, codes = weight.copy(), np.linalg.inv(damped(x)), np.zeros(weight.shape, int)
    left = list(order)
    while left:
        j = left[0]
        for row in range(len(w)):
            codes[row, j] = on_grid(w[row, j], grid, row, j)
            change = (w[row, j] - number(codes[row, j], grid, row, j)) / inverse[j, j]
            w[row, left] -= change * inverse[j, left]
        inverse = inverse - np.outer(inverse[:, j], inverse[j]) / inverse[j, j]
        left = left[1:]
    return codes


# The paper's formulas


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_gptq_is_the_optimal_brain_surgeon_in_a_fixed_order(options: dict[str, Any]) -> None:
    weight, x = layer(1)
    order = np.argsort(-np.diag(x.T @ x)) if options["act_order"] else np.arange(12)
    q = gptq(weight, x, **options)
    grid = round_to_nearest(weight, **{key: options[key] for key in ("bits", "block_size", "symmetric")})
    np.testing.assert_array_equal(q.codes, brain_surgeon(weight, x, grid, order))


def test_rounding_to_nearest_is_one_scale_for_each_row_or_block() -> None:
    weight, _ = layer(0)
    pairs = [
        (round_to_nearest(weight, bits=3), affine_quantize(weight, bits=3, axis=0)),
        (round_to_nearest(weight, bits=3, symmetric=True), absmax_quantize(weight, bits=3, axis=0)),
        (round_to_nearest(weight, bits=3, block_size=4), affine_quantize(weight, bits=3, block_size=4)),
    ]
    for ours, direct in pairs:
        np.testing.assert_array_equal(dequantize(ours), dequantize(direct))
    assert round_to_nearest(weight).bits == 4


def test_the_factor_holds_the_inverses_of_all_that_is_left() -> None:
    h = damped(layer(2)[1], 0.0)
    factor = inverse_factor(h, damping=0.0)
    np.testing.assert_array_equal(factor, np.triu(factor))
    for j in range(len(h)):
        first_row = np.linalg.inv(h[j:, j:])[0]
        np.testing.assert_allclose(factor[j, j:], first_row / first_row[0] ** 0.5, rtol=1e-8, atol=1e-10)


def test_output_error_is_that_of_the_outputs() -> None:
    weight, x = layer(3)
    q = round_to_nearest(weight, bits=3)
    np.testing.assert_allclose(output_error(weight, q, x), np.mean((x @ dequantize(q).T - x @ weight.T) ** 2))


# What must hold


@given(seeds, st.sampled_from(OPTIONS))
def test_gptq_keeps_the_grid_and_rounding_stays_nearest(seed: int, options: dict[str, Any]) -> None:
    weight, x = layer(seed)
    q = gptq(weight, x, **options)
    grid = round_to_nearest(weight, **{key: options[key] for key in ("bits", "block_size", "symmetric")})
    np.testing.assert_array_equal(q.scale, grid.scale)
    assert (q.codes.dtype, q.codes.shape, q.nbytes) == (grid.codes.dtype, grid.codes.shape, grid.nbytes)
    assert q.codes.max() <= 2 ** options["bits"] - 1 - options["symmetric"] * 2 ** (options["bits"] - 1)
    nearest, chosen = (np.abs(dequantize(each) - weight) for each in (grid, q))
    assert np.all(nearest <= chosen + 1e-6)


@given(seeds, st.integers(2, 4))
def test_inputs_that_are_not_correlated_leave_rounding_to_nearest(seed: int, bits: int) -> None:
    rng = np.random.default_rng(seed)
    weight, x = rng.normal(size=(4, 6)), np.diag(rng.uniform(0.1, 10, size=6))
    np.testing.assert_array_equal(gptq(weight, x, bits=bits).codes, round_to_nearest(weight, bits=bits).codes)


@given(seeds)
def test_a_layer_of_one_input_is_rounded_to_nearest(seed: int) -> None:
    weight, x = layer(seed, columns=1)
    np.testing.assert_array_equal(gptq(weight, x).codes, round_to_nearest(weight).codes)


@given(seeds, st.sampled_from([option for option in OPTIONS if not option["act_order"]]))
def test_rows_do_not_know_of_each_other_and_neither_do_examples(seed: int, options: dict[str, Any]) -> None:
    weight, x = layer(seed)
    codes = gptq(weight, x, **options).codes
    np.testing.assert_array_equal(gptq(weight[2:3], x, **options).codes, codes[2:3])
    np.testing.assert_array_equal(gptq(weight, np.concatenate([x, x]) * 4, **options).codes, codes)


@given(seeds, st.booleans())
def test_act_order_is_another_order_of_the_columns(seed: int, symmetric: bool) -> None:
    weight, x = layer(seed)
    order = np.argsort(-np.sum(x * x, axis=0))
    sorted_first = gptq(weight[:, order], x[:, order], bits=3, symmetric=symmetric)
    q = gptq(weight, x, bits=3, symmetric=symmetric, act_order=True)
    np.testing.assert_array_equal(q.codes[:, order], sorted_first.codes)


@pytest.mark.parametrize("options", [option for option in OPTIONS if option["bits"] < 8], ids=str)
def test_gptq_changes_the_outputs_less(options: dict[str, Any]) -> None:
    for seed in range(5):
        weight, x = layer(seed, rows=16, columns=20, examples=400)
        grid = round_to_nearest(weight, **{key: options[key] for key in ("bits", "block_size", "symmetric")})
        known, new = x[:200], x[200:]
        q = gptq(weight, known, **options)
        assert output_error(weight, q, known) < 0.8 * output_error(weight, grid, known), seed
        assert output_error(weight, q, new) < output_error(weight, grid, new), seed


def test_an_input_that_is_always_0_changes_nothing() -> None:
    weight, x = layer(4)
    x[:, 3] = 0
    q = gptq(weight, x, bits=3)
    np.testing.assert_array_equal(q.codes[:, 3], round_to_nearest(weight, bits=3).codes[:, 3])


def test_strong_damping_comes_back_to_rounding_to_nearest() -> None:
    weight, x = layer(5)
    np.testing.assert_array_equal(gptq(weight, x, damping=1e9).codes, round_to_nearest(weight).codes)


def test_the_weight_that_came_in_is_left_alone() -> None:
    weight, x = layer(6)
    before = weight.copy()
    gptq(weight, x)
    np.testing.assert_array_equal(weight, before)


# The int8 product


@given(seeds, st.integers(1, 6), st.integers(0, 40), st.integers(1, 6), st.booleans(), st.booleans())
def test_the_product_is_exact_but_for_one_rounding(
    seed: int, m: int, k: int, n: int, by_row: bool, by_column: bool
) -> None:
    rng = np.random.default_rng(seed)
    a = absmax_quantize(rng.normal(size=(m, k)), axis=0 if by_row else None)
    b = absmax_quantize(rng.normal(size=(k, n)), axis=1 if by_column else None)
    got = int8_matmul(a, b)
    assert got.dtype == np.float32
    assert got.shape == (m, n)
    exact = dequantize(a).astype(float) @ dequantize(b).astype(float)
    np.testing.assert_allclose(got, exact, rtol=1e-6, atol=1e-6)


@given(seeds)
def test_the_product_lies_near_that_of_the_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(5, 30)), rng.normal(size=(30, 4))
    q, r = absmax_quantize(a, axis=0), absmax_quantize(b, axis=1)
    half, other = q.scale / 2, r.scale / 2
    bound = half * np.abs(b).sum(axis=0) + np.abs(a).sum(axis=1, keepdims=True) * other + 30 * half * other
    assert np.all(np.abs(int8_matmul(q, r) - a @ b) <= bound * 1.0001)


def test_the_integer_sum_is_pytorchs() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.integers(-127, 128, size=shape).astype(np.int8) for shape in ((17, 64), (64, 8)))
    theirs = torch._int_mm(torch.asarray(a), torch.asarray(b)).numpy()
    np.testing.assert_array_equal(int8_matmul(Quantized(a, ONE), Quantized(b, ONE)), theirs)


def test_the_longest_sum_fits_and_the_next_is_refused() -> None:
    longest = longest_sum()
    assert longest == 133_144
    assert longest * 127**2 < 2**31 <= (longest + 1) * 127**2
    codes = np.full((1, longest + 1), 127, np.int8)
    full = Quantized(codes[:, :longest], ONE)
    assert int8_matmul(full, Quantized(full.codes.T, ONE)) == np.float32(127**2 * longest)
    assert int8_matmul(full, Quantized(-full.codes.T, ONE)) == np.float32(-(127**2) * longest)
    over = Quantized(codes, ONE)
    with pytest.raises(ValueError, match=r"k up to 133144 was expected, got \(1, 133145\)"):
        int8_matmul(over, Quantized(codes.T, ONE))


# All codes of a small row


def test_the_best_of_all_codes_is_never_worse_and_often_the_same() -> None:
    every = np.array(list(product(range(4), repeat=4)))
    same, better, worse = 0, 0, 0
    for seed in range(60):
        weight, x = layer(seed, rows=1, columns=4)
        q, grid = gptq(weight, x, bits=2), round_to_nearest(weight, bits=2)
        assert q.zero_point is not None
        change = (every - q.zero_point.item()) * q.scale.item() - weight
        errors = np.einsum("ij,jk,ik->i", change, damped(x), change)
        at = {name: errors[(every == each.codes).all(axis=1)][0] for name, each in (("gptq", q), ("nearest", grid))}
        assert errors.min() <= min(at.values())
        same += at["gptq"] == errors.min()
        better += at["gptq"] < at["nearest"]
        worse += at["gptq"] > at["nearest"]
    assert 30 <= same < 60
    assert better >= 10 > 5 >= worse  # it is greedy: a column is never looked at again


# Bad input


@pytest.mark.parametrize(
    ("weight", "x", "options", "message"),
    [
        (np.ones(3), np.ones((2, 3)), {}, r"a weight is \(outputs, inputs\), got the shape \(3,\); reshape"),
        (np.ones((2, 3)), np.ones((5, 4)), {}, r"x must be \(examples, 3\) for this weight, got \(5, 4\)"),
        (np.ones((2, 3)), np.ones(3), {}, r"x must be \(examples, 3\) for this weight, got \(3,\)"),
        (np.ones((2, 3)), np.zeros((5, 3)), {}, "must be finite and not all 0; pass examples"),
        (np.ones((2, 3)), np.full((5, 3), np.nan), {}, "must be finite and not all 0"),
        (np.ones((2, 3)), np.ones((5, 3)), {"damping": 0.0}, r"no inverse with damping=0.0; raise it"),
        (np.full((2, 3), np.inf), np.ones((5, 3)), {}, "only finite"),
        (np.ones((2, 3)), np.ones((5, 3)), {"bits": 1}, "2 to 8 bits, got bits=1"),
    ],
)
def test_bad_input_gets_one_sentence(weight: Any, x: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gptq(weight, x, **options)


def test_what_the_product_cannot_do_gets_one_sentence() -> None:
    x = np.arange(6.0).reshape(2, 3)
    rows, columns = absmax_quantize(x, axis=0), absmax_quantize(x.T, axis=1)
    unsigned = Quantized(rows.codes.astype(np.uint8), rows.scale)
    with pytest.raises(ValueError, match="must be int8, got uint8 and int8; quantize with absmax_quantize"):
        int8_matmul(unsigned, columns)
    with pytest.raises(ValueError, match=r"a scale inside the sum cannot leave it; .* got the shapes \(1, 3\)"):
        int8_matmul(absmax_quantize(x, axis=1), columns)
    with pytest.raises(ValueError, match=r"a scale inside the sum .* \(3, 1\)"):
        int8_matmul(rows, absmax_quantize(x.T, axis=0))
    with pytest.raises(ValueError, match=r"was expected, got \(2, 3\) and \(2, 3\)"):
        int8_matmul(rows, rows)


def test_a_zero_point_is_not_left_out_silently() -> None:
    shifted = Quantized(np.ones((1, 2), np.int8), ONE, np.full((1, 1), 5, np.int8))
    plain = Quantized(np.ones((2, 1), np.int8), ONE)
    with pytest.raises(ValueError, match="a zero point would be left out of the sum"):
        int8_matmul(shifted, plain)


def test_scales_whose_product_float32_does_not_hold_are_multiplied_in_float64() -> None:
    a, b = np.array([[1, -1]], np.int8), np.array([[1], [1]], np.int8)
    large, small, smaller = (np.array(scale, np.float32) for scale in (1e20, 1e-17, 1e-23))
    assert int8_matmul(Quantized(a, large), Quantized(b, large)) == 0
    tiny = int8_matmul(Quantized(abs(a), smaller), Quantized(b, small))
    np.testing.assert_allclose(tiny, 2e-40, rtol=1e-4)


def test_a_weight_of_another_shape_than_its_codes_is_refused() -> None:
    q = round_to_nearest(np.eye(3)[:, :2])
    with pytest.raises(ValueError, match=r"the weight must have the shape of its codes, \(3, 2\), got \(1, 2\)"):
        output_error(np.ones((1, 2)), q, np.ones((4, 2)))
