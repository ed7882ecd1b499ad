"""The array helpers: which library an array is of, more precision and back, no gradient, and erfc."""

import sys
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import measure
from reference.arrays import _ERFC, array_namespace, erfc, narrow, stop_gradient, wider
from reference.autograd import Tensor, operations
from tests.needs import need
from tests.properties import given, st

mpmath: Any = need("mpmath")
scipy_special: Any = need("scipy.special", "scipy")
torch: Any = need("torch")
jax: Any = need("jax")

# Abramowitz and Stegun 1964, table 7.1: erf(x) to 10 digits
ERF = {0.0: 0.0, 0.5: 0.5204998778, 1.0: 0.8427007929, 1.5: 0.9661051465, 2.0: 0.9953222650}
EXTREMES = [-np.inf, -1e300, -30.0, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, 26.5, 27.3, 30.0, 1e300, np.inf]


# array_namespace


def test_an_array_knows_its_library(xp: Any) -> None:
    x = xp.asarray([1.0, 2.0])
    assert array_namespace(x) is array_namespace(x, 2.0, x, 3)
    assert array_namespace(x).__name__ == xp.__name__


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int8, np.bool_])
def test_a_numpy_scalar_counts_as_an_array(kind: Any) -> None:
    assert array_namespace(kind(1)) is np


@pytest.mark.parametrize("wrong", [[1.0], (1.0,), "1.0", None, 1j])
def test_what_is_no_array_raises_with_the_remedy(wrong: Any) -> None:
    with pytest.raises(TypeError, match=rf"got {type(wrong).__name__}; wrap it with np.asarray"):
        array_namespace(wrong)


def test_numbers_alone_raise_with_the_remedy() -> None:
    with pytest.raises(TypeError, match=r"got numbers only; wrap one with np.asarray\(x\)"):
        array_namespace(1, 2.0, True)


def test_two_libraries_raise_and_are_named() -> None:
    with pytest.raises(TypeError, match=r"must be of one library, got array_api_compat\.torch and numpy"):
        array_namespace(np.ones(2), torch.ones(2))


def test_numpy_arrays_beside_a_tensor_are_constants() -> None:
    x, w = np.ones(2), Tensor([1.0, 2.0])
    assert array_namespace(w) is operations
    assert array_namespace(x, w, np.float64(2), 3) is operations
    assert array_namespace(w, x) is operations


@pytest.mark.parametrize("foreign", [torch.ones(2), jax.numpy.ones(2)], ids=["torch", "jax"])
def test_nothing_else_is_a_constant_beside_a_tensor(foreign: Any) -> None:
    for arrays in ([Tensor([1.0]), foreign], [foreign, np.ones(2), Tensor([1.0])]):
        with pytest.raises(TypeError, match=r"must be of one library, got .*reference\.autograd\.operations"):
            array_namespace(*arrays)


def test_a_tensor_without_array_api_compat_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(ImportError, match=r"pip install 'bits-to-backprop\[torch\]'"):
        array_namespace(torch.ones(2))


# wider and narrow


def test_wider_is_the_widest_real_floating_type_and_narrow_the_way_back(xp: Any) -> None:
    x = xp.asarray([0.1, 3.0], dtype=xp.float32)
    wide = wider(x)
    assert wide.dtype == (xp.float32 if xp.__name__ == "jax.numpy" else xp.float64)
    assert narrow(wide, x).dtype == xp.float32
    assert np.array_equal(np.asarray(narrow(wide, x)), np.asarray(x))


def test_jax_with_x64_has_float64() -> None:
    with jax.enable_x64(True):
        assert wider(jax.numpy.ones(2, dtype="float32")).dtype == np.float64


def test_numpy_2_0_has_no_inspection_and_has_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(np, "__array_namespace_info__", raising=False)
    assert wider(np.ones(2, dtype=np.float16)).dtype == np.float64


def test_the_small_types_go_there_and_back() -> None:
    for x in (np.ones(2, dtype=np.float16), torch.ones(2, dtype=torch.bfloat16), jax.numpy.ones(2, dtype="bfloat16")):
        assert narrow(wider(x), x).dtype == x.dtype


def test_integers_become_the_librarys_default_float() -> None:
    for x in (np.arange(3, dtype=np.int8), torch.arange(3), jax.numpy.arange(3)):
        assert narrow(wider(x), x).dtype == (x * 1.0).dtype


def test_strict_mixes_no_integers_with_floats() -> None:
    x: Any = need("array_api_strict").asarray([1, 2])
    with pytest.raises(TypeError, match="Python float scalars"):
        narrow(wider(x), x)


def test_scalars_and_arrays_without_axes_stay_what_they_are() -> None:
    assert wider(np.float32(0.5)) == 0.5
    assert narrow(np.float64(0.5), np.float32(1)).dtype == np.float32
    assert wider(np.asarray(0.5, dtype=np.float32)).shape == ()


def test_the_gradient_passes_through() -> None:
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    narrow(wider(x) * 3, x).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    assert float(jax.grad(lambda t: narrow(wider(t) * 3, t))(0.5)) == 3


# stop_gradient


def test_no_gradient_goes_through_in_any_library() -> None:
    tensors: list[Any] = [Tensor(3.0), torch.tensor(3.0, requires_grad=True)]
    for x in tensors:
        (x * stop_gradient(x)).backward()
        assert float(x.grad) == 3
    assert float(jax.grad(lambda x: x * stop_gradient(x))(3.0)) == 3
    assert float(jax.jit(jax.grad(lambda x: x * stop_gradient(x)))(3.0)) == 3


def test_what_has_no_gradient_stays_as_it_is(xp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = xp.asarray([1.0, 2.0])
    assert np.array_equal(np.asarray(stop_gradient(x)), [1, 2])
    assert type(stop_gradient(x)) is type(x)
    monkeypatch.delitem(sys.modules, "jax")
    for constant in (np.ones(2), 2.0):
        assert stop_gradient(constant) is constant


# erfc


def test_erfc_has_the_digits_of_the_table(xp: Any) -> None:
    x = wider(xp.asarray(list(ERF), dtype=xp.float32))
    digits = 6e-8 if x.dtype == xp.float32 else 5.1e-11
    np.testing.assert_allclose(np.asarray(erfc(x)), [1 - y for y in ERF.values()], rtol=0, atol=digits)
    np.testing.assert_allclose(np.asarray(erfc(-x)), [1 + y for y in ERF.values()], rtol=0, atol=2 * digits)


def test_erfc_is_exact_where_it_should_be(xp: Any) -> None:
    x = xp.asarray([-np.inf, -0.0, 0.0, np.inf, np.nan], dtype=xp.float32)
    np.testing.assert_array_equal(np.asarray(erfc(x)), [2, 1, 1, 0, np.nan])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_erfc_raises_no_warning_at_the_extremes(dtype: Any) -> None:
    with np.errstate(over="ignore"):
        x = np.asarray(EXTREMES).astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        y = erfc(x)
    assert y.dtype == dtype
    assert np.all((y >= 0) & (y <= 2))


@given(st.floats(-30, 30))
def test_erfc_of_opposite_numbers_sums_to_2(x: float) -> None:
    assert float(erfc(np.asarray(x)) + erfc(np.asarray(-x))) == pytest.approx(2, rel=5e-16)


@given(st.floats(-30, 30), st.floats(1e-6, 1))
def test_erfc_falls(x: float, step: float) -> None:
    here, there = erfc(np.asarray([x, x + step]))
    assert there <= here


def test_a_fresh_chebyshev_fit_gives_the_same_coefficients() -> None:
    def q(y: Any) -> Any:
        t = 4 * (1 + y) / (1 - y)
        f = (1 + 2 * t) * mpmath.exp(t * t) * mpmath.erfc(t)
        return (f - 1) / (1 + y) if t else 4 * (1 - 1 / mpmath.sqrt(mpmath.pi))

    with mpmath.workdps(40):  # t = 30 is y = 26/34
        coefficients, error = mpmath.chebyfit(q, [-1, mpmath.mpf(26) / 34], len(_ERFC), error=True)
    assert tuple(map(float, coefficients)) == _ERFC
    assert error < 3e-16


def test_the_scaled_function_stays_between_1_and_1_3() -> None:
    t = np.linspace(0, 30, 3001)
    scaled = (1 + 2 * t) * scipy_special.erfcx(t)
    assert 1 <= scaled.min() < scaled.max() < 1.3


def test_erfc_is_within_6_ulp_of_mpmath_in_float64() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-6, 26.5, 1500), 10 ** rng.uniform(-8, 0, 500), np.linspace(0, 5, 500)])
    with mpmath.workdps(40):
        exact = [mpmath.erfc(mpmath.mpf(float(v))) for v in x]
        errors = [abs(mpmath.mpf(float(y)) - e) / np.spacing(float(e)) for y, e in zip(erfc(x), exact, strict=True)]
    assert max(errors) <= 6


def test_erfc_keeps_its_digits_in_float32_too() -> None:
    x = np.concatenate([np.linspace(-4, 9, 40001), np.linspace(-1e-3, 1e-3, 10001)]).astype(np.float32)
    assert measure(erfc, lambda v: scipy_special.erfc(v.astype(np.float64)), x).ulp <= 7


def test_erfc_agrees_with_scipy_and_torch() -> None:
    x = np.linspace(-6, 26, 5001)  # SciPy and PyTorch give up subnormal results
    np.testing.assert_allclose(erfc(x), scipy_special.erfc(x), rtol=2e-13)
    np.testing.assert_allclose(erfc(torch.asarray(x)), torch.special.erfc(torch.asarray(x)), rtol=2e-13)


def test_automatic_differentiation_of_erfc_is_minus_the_density_also_at_0() -> None:
    points = np.asarray([-5.0, -0.5, 0.0, 1e-9, 0.25, 3.0, 40.0])
    exact = -2 / np.sqrt(np.pi) * np.exp(-points * points)
    x = torch.tensor(points, requires_grad=True)
    erfc(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), exact, rtol=1e-12, atol=1e-300)
    slopes = jax.vmap(jax.grad(erfc))(points.astype(np.float32))
    np.testing.assert_allclose(np.asarray(slopes), exact, rtol=3e-5, atol=1e-37)
