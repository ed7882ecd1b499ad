"""What holds for every public function of the chapter: NaN, wrong kinds, extremes, shapes, dtypes, derivatives.

The functions are found by name, so a new one is tested as soon as it is exported.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference.activations as chapter
from reference.activations import SELU_ALPHA, SELU_SCALE

Function = Callable[..., Any]

FUNCTIONS: dict[str, Function] = {
    name: value for name in chapter.__all__ if inspect.isfunction(value := getattr(chapter, name))
}
ALONG_AN_AXIS = {"glu", "log_softmax", "logsumexp", "softmax", "softmax_jacobian", "swiglu"}
ON_MATRICES = {"affine_residual", "collapse", "is_dead", "linear_network"}
ON_FUNCTIONS = {"difference", "second_difference"}
WITHOUT_ARRAYS = {
    "best_error",
    "born_dead_bounds",
    "breakpoints",
    "from_kinks",
    "he_weights",
    "interpolating_network",
    "ray_survival",
    "sawtooth_network",
    "square_error",
}
ELEMENTWISE = sorted(FUNCTIONS.keys() - ALONG_AN_AXIS - ON_MATRICES - ON_FUNCTIONS - WITHOUT_ARRAYS)
BASES = [name for name in ELEMENTWISE if not name.endswith("_derivative")]
KEEP_INTEGERS = {"relu", "relu_derivative", "relu6", "relu6_derivative"}

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "celu": [{}, {"alpha": 0.7}],
    "elu": [{}, {"alpha": 1.7}],
    "gelu": [{}, {"approximate": "tanh"}],
    "leaky_relu": [{}, {"negative_slope": 0.2}],
}
WITH_OPTIONS = [
    pytest.param(name, options, id=f"{name}-{'-'.join(map(str, options.values())) or 'default'}")
    for name in ELEMENTWISE
    for options in OPTIONS.get(name.removesuffix("_derivative"), [{}])
]


def call(name: str, x: Any, **options: Any) -> Any:
    """Call an elementwise function; PReLU alone needs a second argument."""
    return FUNCTIONS[name](x, *([0.25] if name.startswith("prelu") else []), **options)


def extremes(dtype: Any) -> Any:
    """Both zeros, both infinities, the largest, the smallest normal and the smallest subnormal numbers."""
    info = np.finfo(dtype)
    positive = [0.0, info.smallest_subnormal, info.tiny, info.eps, 1.0, np.sqrt(info.max), info.max, np.inf]
    return np.asarray([*positive, *(-np.asarray(positive, dtype=dtype))], dtype=dtype)


# Every function has its place in one of the lists above


def test_the_lists_name_only_what_exists() -> None:
    assert FUNCTIONS.keys() >= ALONG_AN_AXIS | ON_MATRICES | ON_FUNCTIONS | WITHOUT_ARRAYS


@pytest.mark.parametrize("name", BASES)
def test_every_elementwise_function_has_its_derivative_with_the_same_options(name: str) -> None:
    assert f"{name}_derivative" in FUNCTIONS
    ours, derivative = (inspect.signature(FUNCTIONS[n]) for n in (name, f"{name}_derivative"))
    assert ours.parameters == derivative.parameters


def test_every_derivative_has_its_function() -> None:
    assert {name.removesuffix("_derivative") for name in ELEMENTWISE} == set(BASES)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - WITHOUT_ARRAYS - ON_FUNCTIONS))
def test_the_array_comes_first_and_options_are_keyword_only(name: str) -> None:
    first, *rest = inspect.signature(FUNCTIONS[name]).parameters.values()
    assert first.name in ("x", "weights")
    assert all((p.kind is p.KEYWORD_ONLY) == (p.default is not p.empty) for p in [first, *rest])


def test_the_chapter_exports_in_alphabetical_order() -> None:
    def order(name: str) -> tuple[bool, bool, str]:
        return not name.isupper(), not name[0].isupper(), name  # constants, classes, functions

    assert chapter.__all__ == sorted(set(chapter.__all__), key=order)


# NaN propagates, in all four array libraries


@pytest.mark.parametrize(("name", "options"), WITH_OPTIONS)
def test_nan_stays_nan_and_touches_no_neighbor(xp: Any, name: str, options: dict[str, Any]) -> None:
    x = xp.asarray([-1.0, float("nan"), 0.5, 7.0], dtype=xp.float32)
    assert np.isnan(np.asarray(call(name, x, **options))).tolist() == [False, True, False, False]


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "softmax_jacobian"])
def test_nan_spreads_over_its_row_and_no_other(xp: Any, name: str) -> None:
    x = xp.asarray([[1.0, float("nan"), 3.0], [1.0, 2.0, 3.0]], dtype=xp.float32)
    bad, good = np.asarray(FUNCTIONS[name](x))
    assert np.all(np.isnan(bad))
    assert np.all(np.isfinite(good))


@pytest.mark.parametrize("name", ["glu", "swiglu"])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_nan_in_either_half_of_a_gate_gives_nan(xp: Any, name: str, place: int) -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    values[place] = float("nan")
    got = np.asarray(FUNCTIONS[name](xp.asarray(values, dtype=xp.float32)))
    assert np.isnan(got).tolist() == [place % 2 == 0, place % 2 == 1]


def test_nan_passes_through_networks_fits_and_differences(xp: Any) -> None:
    x = xp.asarray([[1.0, float("nan")], [2.0, 3.0]], dtype=xp.float32)
    ones = xp.ones((2, 2), dtype=xp.float32)

    def row(y: Any) -> Any:
        return np.isnan(np.asarray(y)).tolist()

    assert row(chapter.linear_network(x, [ones, ones])) == [[True, True], [False, False]]
    assert row(chapter.collapse([ones, x])) == [[False, True], [False, True]]
    assert row(chapter.second_difference(lambda t: t * t, x, ones)) == [[False, True], [False, False]]
    assert row(chapter.sawtooth_network(2).evaluate(x)) == [[False, True], [False, False]]
    assert row(chapter.interpolating_network(2).evaluate(x)) == [[False, True], [False, False]]
    assert not bool(chapter.is_dead(x, [-ones]))  # a NaN is not 0
    assert row(chapter.affine_residual(ones, x)) is True


# What is no array raises a TypeError that says what to do


@pytest.mark.parametrize("name", sorted({*ELEMENTWISE, *ALONG_AN_AXIS}))
@pytest.mark.parametrize("wrong", [[1.0, 2.0], "1.0", (1.0, 2.0), None])
def test_what_is_no_array_raises_with_the_remedy(name: str, wrong: Any) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError, match=rf"expected an array, got {kind}; wrap it with np.asarray\(x\)"):
        call(name, wrong)


@pytest.mark.parametrize("name", sorted({*ELEMENTWISE, *ALONG_AN_AXIS}))
def test_a_bare_number_raises_with_the_remedy(name: str) -> None:
    with pytest.raises(TypeError, match=r"np.asarray\(x\)"):
        call(name, 1.0)


@pytest.mark.parametrize("name", sorted(n for n, f in FUNCTIONS.items() if "axis" in inspect.signature(f).parameters))
def test_a_bad_axis_raises_numpys_own_error(name: str) -> None:
    with pytest.raises(np.exceptions.AxisError, match="out of bounds"):
        FUNCTIONS[name](np.ones((2, 4)), axis=2)


# Extremes


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("name", "options"), WITH_OPTIONS)
def test_no_warning_and_no_nan_at_the_extremes(name: str, options: dict[str, Any], dtype: Any) -> None:
    x = extremes(dtype)
    if name == "selu":  # its slope is above 1: beyond this the result is out of the format's range
        x = x[~(np.isfinite(x) & (x > 0.95 * np.finfo(dtype).max))]
    if name.startswith("celu") and options:  # documented: dividing by an alpha below 1 overflows
        x = x[~(np.isfinite(x) & (x < -0.5 * np.finfo(dtype).max))]
    with np.errstate(all="raise", under="ignore"):
        y = call(name, x, **options)
    assert not np.any(np.isnan(y))
    assert y.dtype == dtype


def test_selu_overflows_only_where_its_value_does() -> None:
    largest = np.finfo(np.float32).max
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert chapter.selu(np.asarray(largest)) == np.inf
    assert chapter.selu(np.asarray(-largest)) == np.float32(-SELU_ALPHA * SELU_SCALE)


# Derivatives


@pytest.mark.parametrize(("name", "options"), [p for p in WITH_OPTIONS if not str(p.values[0]).endswith("_derivative")])
def test_derivatives_agree_with_central_differences(name: str, options: dict[str, Any]) -> None:
    step = 2.0**-17
    x = np.arange(-12, 12, 0.0625) + 0.03  # a kink is never between x - step and x + step
    slopes = (call(name, x + step, **options) - call(name, x - step, **options)) / (2 * step)
    np.testing.assert_allclose(call(f"{name}_derivative", x, **options), slopes, rtol=1e-8, atol=1e-9)


# Shapes and dtypes


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_numpy_keeps_every_shape_and_every_float(name: str, dtype: Any) -> None:
    for shape in [(), (3,), (2, 3, 4), (0,), (2, 0, 3)]:
        y = call(name, np.ones(shape, dtype=dtype))
        assert (y.shape, y.dtype) == (shape, dtype)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_library_keeps_shape_and_dtype_also_of_nothing(xp: Any, name: str) -> None:
    for shape in [(4,), (0,)]:
        x = xp.ones(shape, dtype=xp.float32)
        y = call(name, x)
        assert (y.shape, y.dtype) == (x.shape, x.dtype)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_input_is_left_alone(name: str) -> None:
    x = np.linspace(-9, 9, 19)
    before = x.copy()
    x.flags.writeable = False
    call(name, x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_integers_go_by_numpys_promotion(name: str) -> None:
    x = np.arange(-7, 8)
    got, expected = call(name, x), call(name, x.astype(np.float64))
    assert got.dtype == (np.int64 if name in KEEP_INTEGERS else np.float64)
    np.testing.assert_allclose(got, expected, rtol=1e-15)
