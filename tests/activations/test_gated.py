"""GELU, SiLU, Mish, hard swish, GLU and SwiGLU: values, shapes of the curves, other libraries, the error in ulp."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import REFERENCES, halves, measure
from reference.activations import (
    gelu,
    gelu_derivative,
    glu,
    hard_swish,
    hard_swish_derivative,
    mish,
    mish_derivative,
    relu6,
    sigmoid,
    silu,
    silu_derivative,
    swiglu,
)
from tests.accuracy import check_bar, check_corners
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
scipy_optimize: Any = need("scipy.optimize", "scipy")
torch: Any = need("torch")
jax: Any = need("jax")

Function = Callable[..., Any]

gelu_tanh = partial(gelu, approximate="tanh")
gelu_tanh_derivative = partial(gelu_derivative, approximate="tanh")
PAIRS: dict[str, tuple[Function, Function]] = {
    "gelu": (gelu, gelu_derivative),
    "gelu_tanh": (gelu_tanh, gelu_tanh_derivative),
    "silu": (silu, silu_derivative),
    "mish": (mish, mish_derivative),
    "hard_swish": (hard_swish, hard_swish_derivative),
}
IN_TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "gelu": ("gelu", {}),
    "gelu_tanh": ("gelu", {"approximate": "tanh"}),
    "silu": ("silu", {}),
    "mish": ("mish", {}),
    "hard_swish": ("hardswish", {}),
}
BARS = {"gelu": 2.0, "gelu_tanh": 2.0, "silu": 5.0, "mish": 5.0}
TELLING = [-4.0, -3.0, -1.5, -0.75, -1e-3, -0.0, 0.0, 1e-3, 0.5, 1.5, 3.0, 4.0, 17.0]


def finite() -> Any:
    """Finite float64 numbers, most of them of a size that matters here."""
    return st.one_of(st.floats(-50, 50), st.floats(allow_nan=False, allow_infinity=False))


def at(function: Function, x: float) -> float:
    """Call a function on one number."""
    return float(function(np.asarray(x)))


# The definitions and their known values


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (gelu, [0, -0.158655254, 0, 0.841344746, np.inf]),  # the normal distribution: 0.158655254 lies below -1
        (gelu_tanh, [0, -0.158808009, 0, 0.841191991, np.inf]),
        (silu, [0, -0.268941421, 0, 0.731058579, np.inf]),
        (mish, [0, -0.303401461, 0, 0.865098388, np.inf]),
        (hard_swish, [0, -1 / 3, 0, 2 / 3, np.inf]),
    ],
)
def test_known_values_and_the_limit_at_minus_infinity(xp: Any, function: Function, expected: list[float]) -> None:
    got = np.asarray(function(xp.asarray([-np.inf, -1.0, 0.0, 1.0, np.inf], dtype=xp.float32)))
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    assert np.signbit(got[0])


@pytest.mark.parametrize(
    ("derivative", "lowest", "steepest", "slope"),
    [
        (gelu_derivative, -0.7517915, np.sqrt(2), 1.1289),
        (silu_derivative, -1.2784645, 2.3993573, 1.0998),
        (mish_derivative, -1.1924, 1.4906, 1.0885),
    ],
)
def test_the_curves_dip_below_0_and_are_steeper_than_1(
    derivative: Function, lowest: float, steepest: float, slope: float
) -> None:
    assert scipy_optimize.brentq(lambda x: at(derivative, x), -2, -0.5) == pytest.approx(lowest, abs=1e-3)
    best = scipy_optimize.minimize_scalar(lambda x: -at(derivative, x), bounds=(1, 3), method="bounded")
    assert best.x == pytest.approx(steepest, abs=1e-3)
    assert -best.fun == pytest.approx(slope, abs=1e-4)


def test_the_tanh_form_of_gelu_is_within_4_8e_4() -> None:
    x = np.linspace(-10, 10, 200001)
    gap = np.abs(gelu(x) - gelu_tanh(x))
    assert 4.7e-4 < gap.max() < 4.8e-4
    assert abs(x[gap.argmax()]) == pytest.approx(2.7, abs=0.02)


def test_gelu_names_both_forms_when_asked_for_another() -> None:
    for function in (gelu, gelu_derivative):
        with pytest.raises(ValueError, match='must be "none" or "tanh", got \'erf\''):
            function(np.ones(2), approximate="erf")


def test_glu_gates_the_first_half_and_swiglu_by_the_first_half(xp: Any) -> None:
    x = xp.asarray([[1.0, -2.0, 0.0, 3.0], [0.0, 1.0, np.inf, -np.inf]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(glu(x)), [[0.5, -2 / (1 + np.exp(-3))], [0, 0]], rtol=1e-6)
    x = xp.asarray([[1.0, -2.0, 5.0, 3.0]], dtype=xp.float32)
    np.testing.assert_allclose(np.asarray(swiglu(x)), [[5 * 0.73105858, -6 * 0.11920292]], rtol=1e-6)


@pytest.mark.parametrize("gate", [glu, swiglu])
def test_the_halves_lie_along_the_axis(xp: Any, gate: Function) -> None:
    x = xp.reshape(xp.arange(48, dtype=xp.float32), (2, 4, 6)) / 10
    last, first = np.asarray(gate(x)), np.asarray(gate(x, axis=0))
    assert (last.shape, np.asarray(gate(x, axis=1)).shape, first.shape) == ((2, 4, 3), (2, 2, 6), (1, 4, 6))
    moved = gate(xp.moveaxis(x, 0, -1))
    np.testing.assert_array_equal(first, np.moveaxis(np.asarray(moved), -1, 0))


@pytest.mark.parametrize("gate", [glu, swiglu])
def test_an_odd_axis_raises_with_the_remedy(gate: Function) -> None:
    with pytest.raises(ValueError, match=r"axis 0 must have an even size .* got shape \(3, 4\); pad or drop one entry"):
        gate(np.ones((3, 4)), axis=0)


def test_swiglu_is_shazeers_layer_with_both_weights_in_one_matrix() -> None:
    rng = np.random.default_rng(0)
    x, w, v, w2 = (rng.normal(size=shape) for shape in [(5, 4), (4, 6), (4, 6), (6, 4)])
    layer = (silu(x @ w) * (x @ v)) @ w2
    np.testing.assert_allclose(swiglu(x @ np.concatenate([w, v], axis=-1)) @ w2, layer, rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "large", "shut"),
    [("float16", 1000.0, -18.0), ("float32", 1e38, -110.0)],  # the gate alone is 0 in this type
)
def test_a_large_number_counts_behind_a_gate_that_is_all_but_shut(dtype: str, large: float, shut: float) -> None:
    x = np.asarray([[large, shut], [shut, large]], dtype=dtype)
    open_by = 1 / (1 + np.exp(-float(x[0, 1])))
    exact = np.asarray([open_by * float(x[0, 0]), shut * open_by * float(x[0, 0])])
    got = np.concatenate([glu(x[:1]), swiglu(x[1:])])[:, 0]
    assert got.dtype == x.dtype
    assert np.all(np.abs(got - exact) <= 0.501 * np.abs(np.spacing(got)).astype(np.float64))  # rounded once


def test_swiglu_of_two_256s_leaves_float16() -> None:
    with np.errstate(over="ignore"):
        assert swiglu(np.asarray([256.0, 256.0], dtype=np.float16)) == np.inf
    assert swiglu(np.asarray([256.0, 256.0], dtype=np.float32)) == 65536


# Properties


@given(finite())
@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "silu", "hard_swish"])
def test_a_gate_and_its_mirror_image_share_x(name: str, x: float) -> None:
    function = PAIRS[name][0]  # x g(x) - (-x) g(-x) = x, since g(x) + g(-x) = 1
    assert at(function, x) - at(function, -x) == pytest.approx(x, rel=2e-15, abs=5e-324)


@given(finite())
@pytest.mark.parametrize("name", PAIRS)
def test_all_lie_between_relu_and_a_shallow_dip(name: str, x: float) -> None:
    assert min(x, 0, max(-0.4, x)) <= at(PAIRS[name][0], x) <= max(x, 0)


@given(finite())
@pytest.mark.parametrize("name", PAIRS)
def test_no_number_raises_a_warning(name: str, x: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        for function in PAIRS[name]:
            assert np.isfinite(at(function, x))


@given(finite())
def test_hard_swish_is_the_product_with_relu6(x: float) -> None:
    assert at(hard_swish, x) == pytest.approx(x * (at(relu6, x + 3) / 6), rel=1e-15)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_the_gates_of_two_numbers(a: float, b: float) -> None:
    x = np.asarray([a, b])
    assert float(glu(x)[0]) == a * at(sigmoid, b)
    assert float(swiglu(x)[0]) == at(silu, a) * b


# Other libraries


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_slopes_agree_with_pytorch(name: str) -> None:
    x = torch.tensor(TELLING, dtype=torch.float64, requires_grad=True)
    (function, derivative), (theirs, options) = PAIRS[name], IN_TORCH[name]
    expected = getattr(torch.nn.functional, theirs)(x, **options)
    expected.sum().backward()
    here = x.detach().numpy()
    np.testing.assert_allclose(function(here), expected.detach().numpy(), rtol=1e-11)
    np.testing.assert_allclose(derivative(here), x.grad.numpy(), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("name", PAIRS)
def test_automatic_differentiation_of_our_own_text_gives_our_derivative(name: str) -> None:
    function, derivative = PAIRS[name]
    points = [x for x in TELLING if name != "hard_swish" or abs(x) != 3]  # at its two kinks libraries split the slope
    x = torch.tensor(points, dtype=torch.float32, requires_grad=True)
    function(x).sum().backward()
    by_jax = jax.vmap(jax.grad(function))(np.asarray(points, dtype=np.float32))
    expected = derivative(np.asarray(points))
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=2e-6)
    np.testing.assert_allclose(np.asarray(by_jax), expected, rtol=1e-5, atol=5e-7)


def test_glu_agrees_with_pytorch_in_value_and_gradient() -> None:
    values = np.random.default_rng(0).normal(size=(3, 8))
    ours, theirs = (torch.tensor(values, requires_grad=True) for _ in range(2))
    (glu(ours, axis=1) ** 2).sum().backward()
    (torch.nn.functional.glu(theirs, dim=1) ** 2).sum().backward()
    np.testing.assert_allclose(ours.grad, theirs.grad, rtol=1e-12)


def test_the_derivative_of_gelu_keeps_its_digits_in_the_tail() -> None:
    x = np.linspace(-13, -1, 241, dtype=np.float32)
    with mpmath.workdps(40):
        exact = [float(mpmath.ncdf(mpmath.mpf(float(v))) + mpmath.mpf(float(v)) * mpmath.npdf(float(v))) for v in x]
    np.testing.assert_allclose(gelu_derivative(x), exact, rtol=1.2e-7)


def test_float64_loses_what_the_docstring_says() -> None:
    x = np.linspace(-37, 0, 1001)[:-1]
    with mpmath.workdps(40):
        exact = [mpmath.mpf(float(v)) * mpmath.erfc(-mpmath.mpf(float(v)) / mpmath.sqrt(2)) / 2 for v in x]
        errors = [abs(mpmath.mpf(float(y)) - e) / np.spacing(-float(e)) for y, e in zip(gelu(x), exact, strict=True)]
    assert max(errors) <= 1700
    assert max(e for e, v in zip(errors, x, strict=True) if v > -3) <= 11


# Error in ulp


@pytest.mark.parametrize("name", BARS)
def test_the_error_stays_below_its_bar_on_every_1009th_float32(
    name: str, record_error: Callable[[str, object], None]
) -> None:
    check_bar(name, PAIRS[name][0], BARS[name], record_error)


@pytest.mark.parametrize("name", BARS)
def test_every_float16_is_rounded_correctly_up_to_ties(name: str) -> None:
    assert measure(PAIRS[name][0], REFERENCES[name], halves()).ulp <= 0.501


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_all_of_float16_and_the_corners_of_the_others_raise_no_warning(name: str, dtype: Any) -> None:
    check_corners(PAIRS[name], dtype)
