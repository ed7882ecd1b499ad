"""The explorer reads what the package computes, measures float32 with exact values, and finds the extreme slopes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import REFERENCES, ulp_error
from docs._site.widgets.activation_explorer import DEFAULTS, FUNCTIONS, compute
from reference import activations
from tests.needs import need, need_node

need_node()

mpmath: Any = need("mpmath")


def shown(name: str, **state: Any) -> dict[str, Any]:
    """Return what is shown of one function."""
    data = compute({**DEFAULTS, "first": name, "second": "none", **state})
    assert len(data["series"]) == 1
    one: dict[str, Any] = data["series"][0]
    return one


def elu(x: Any, alpha: float = 1) -> Any:
    """In mpmath."""
    return x if x > 0 else alpha * mpmath.expm1(x)


IN_MPMATH: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "leaky_relu": lambda x: max(x, mpmath.mpf(0.01) * x),
    "prelu": lambda x: max(x, mpmath.mpf(0.01) * x),
    "elu": elu,
    "celu": elu,  # the same for alpha = 1
    "selu": lambda x: activations.SELU_SCALE * elu(x, activations.SELU_ALPHA),
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
}
"""What `REFERENCES` lacks, at the explorer's first parameters."""


def exact(name: str, x: Any) -> Any:
    """Return exact values in float64, from `REFERENCES` (which a test compares with mpmath) or from mpmath here."""
    if name in REFERENCES:
        return REFERENCES[name](x)
    with mpmath.workdps(40):
        return np.asarray([float(IN_MPMATH[name](mpmath.mpf(float(v)))) for v in x])


def test_all_functions_with_a_derivative_are_offered() -> None:
    named = {name for name in activations.__all__ if f"{name}_derivative" in activations.__all__}
    assert FUNCTIONS.keys() == named | {"gelu_tanh"}
    assert FUNCTIONS.keys() == REFERENCES.keys() | IN_MPMATH.keys()
    assert compute(DEFAULTS)["functions"]["prelu"] == ["slope"]
    assert compute(DEFAULTS)["functions"]["celu"] == ["alpha"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_float64_value_that_float32_is_measured_with_is_exact_to_a_thousandth_of_an_ulp(name: str) -> None:
    x = np.random.default_rng(0).uniform(-100, 100, 2000).astype(np.float32)
    x = np.concatenate([x, x / 20, x / 2000]).astype(np.float64)
    value, knobs = FUNCTIONS[name][0], {"weight": 0.01} if name == "prelu" else {}
    here, there = value(x, **knobs), exact(name, x)
    ulp = np.maximum(np.spacing(np.abs(there).astype(np.float32)).astype(np.float64), 2.0**-149) / 2
    assert np.max(np.abs(here - there) / ulp) <= 1e-3


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_error_of_float32_is_the_one_against_exact_values(name: str) -> None:
    value, knobs = FUNCTIONS[name][0], {"weight": 0.01} if name == "prelu" else {}
    for x in (-60.3, -5.3, -1.0, -0.1, 0.0, 0.7, 2.9):
        at = np.asarray([x], dtype=np.float32)
        error = ulp_error(value(at, **knobs), exact(name, at.astype(np.float64)))[0]
        read = shown(name, x=x)
        told = 0.0 if read["error"] == "exact" else float(read["error"].removesuffix(" ulp"))
        assert told == pytest.approx(error, rel=0.06, abs=2e-3)  # two digits are shown
        assert np.float32(read["float32"]) == value(at, **knobs)[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_slope_are_read_at_the_float32_nearest_to_x(name: str) -> None:
    knobs = {"weight": 0.01} if name == "prelu" else {}
    at = np.asarray([np.float32(0.1)], dtype=np.float64)
    read = shown(name, x=0.1)
    assert float(read["value"]) == pytest.approx(FUNCTIONS[name][0](at, **knobs)[0], rel=1e-8)
    assert float(read["slope"]) == pytest.approx(FUNCTIONS[name][1](at, **knobs)[0], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "span", "least", "largest"),
    [
        ("gelu", 4, ("-0.1289", "at -1.4142"), ("1.1289", "at 1.4142")),
        ("silu", 8, ("-0.099839", "at -2.3994"), ("1.0998", "at 2.3994")),
        ("silu", 2, ("-0.090784", "at -2"), ("1.0908", "at 2")),
        ("mish", 8, ("-0.11253", "at -2.2564"), ("1.0885", "at 1.4906")),
        ("sigmoid", 8, ("0.00033524", "at ±8"), ("0.25", "at 0")),
        ("relu", 8, ("0", "up to 0"), ("1", "from 0 on")),
        ("relu6", 8, ("0", "up to 0 and from 6 on"), ("1", "from 0 to 6")),
        ("relu6", 4, ("0", "up to 0"), ("1", "from 0 on")),
        ("hard_sigmoid", 4, ("0", "up to -3 and from 3 on"), ("0.16667", "from -3 to 3")),
        ("hard_sigmoid", 2, ("0.16667", "everywhere"), ("0.16667", "everywhere")),
        ("hard_swish", 4, ("-0.5", "just above -3"), ("1.5", "just below 3")),
        ("selu", 4, ("0.032201", "at -4"), ("1.7581", "at 0")),
    ],
)
def test_the_extreme_slopes(name: str, span: int, least: tuple[str, str], largest: tuple[str, str]) -> None:
    one = shown(name, span=span)
    assert [(one[end]["slope"], one[end]["where"]) for end in ("low", "high")] == [least, largest]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("span", [2, 4, 8])
def test_no_slope_on_a_finer_grid_is_more_extreme(name: str, span: int) -> None:
    one = shown(name, span=span)
    slopes = FUNCTIONS[name][1](np.linspace(-span, span, 100_001), **({"weight": 0.01} if name == "prelu" else {}))
    assert float(one["low"]["slope"]) == pytest.approx(np.min(slopes), rel=2e-4, abs=1e-8)
    assert float(one["high"]["slope"]) == pytest.approx(np.max(slopes), rel=2e-4, abs=1e-8)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("span", [2, 8])
def test_the_lines_drawn_are_the_curves(name: str, span: int) -> None:
    one, knobs = shown(name, span=span), {"weight": 0.01} if name == "prelu" else {}
    for key, function, tolerance in zip(("values", "slopes"), FUNCTIONS[name], (0.002 * span, 0.006), strict=True):
        runs: list[list[list[float]]] = [[]]
        for point in one[key]:
            runs.append([]) if point is None else runs[-1].append(point)
        assert [runs[0][0][0], runs[-1][-1][0]] == [-span, span]
        for run in runs:
            x = np.linspace(run[0][0], run[-1][0], 999)[1:-1]  # at its ends the slope may jump
            drawn = np.interp(x, *np.transpose(run))
            assert np.max(np.abs(drawn - function(x, **knobs))) <= tolerance


@pytest.mark.parametrize(("name", "jumps"), [("relu", 1), ("relu6", 2), ("hard_swish", 2), ("selu", 1), ("gelu", 0)])
def test_a_slope_is_interrupted_where_it_jumps(name: str, jumps: int) -> None:
    assert shown(name, span=8)["slopes"].count(None) == jumps


def test_parameters_reach_the_functions_that_have_them() -> None:
    assert shown("elu", alpha=2.5, x=-100)["value"] == "-2.5"
    assert shown("prelu", slope=0.25, x=-2)["value"] == "-0.5"
    assert shown("leaky_relu", slope=0.25, x=-2)["label"] == "leaky_relu (slope 0.25)"
    assert shown("relu", slope=0.25)["label"] == "relu"


def test_the_text_says_what_is_read() -> None:
    assert compute(DEFAULTS)["text"] == (
        "gelu at −1 is −0.1587 with slope −0.08332; "
        "between −4 and 4 its slope goes from −0.1289 (at −1.4142) to 1.1289 (at 1.4142). "
        "silu at −1 is −0.2689 with slope 0.07233; "
        "between −4 and 4 its slope goes from −0.099839 (at −2.3994) to 1.0998 (at 2.3994)."
    )


def test_the_same_function_twice_is_drawn_once() -> None:
    assert len(compute({**DEFAULTS, "second": DEFAULTS["first"]})["series"]) == 1
