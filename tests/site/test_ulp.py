"""The measuring instrument is itself measured: its exact values by mpmath, its ulp by known errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docs._site.ulp import REFERENCES, ROW_REFERENCES, ROWS, measure, patterns, sweep, ulp_error
from tests.needs import need

mpmath: Any = need("mpmath")
torch: Any = need("torch")


def sigmoid(x: Any) -> Any:
    """In mpmath."""
    return 1 / (1 + mpmath.exp(-x))


IN_MPMATH: dict[str, Callable[[Any], Any]] = {
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "tanh": lambda x: mpmath.tanh(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "gelu": lambda x: x / 2 * mpmath.erfc(-x / mpmath.sqrt(2)),
    "gelu_tanh": lambda x: x * sigmoid(mpmath.sqrt(8 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)),
}


def test_every_reference_is_compared() -> None:
    assert IN_MPMATH.keys() == REFERENCES.keys()


@pytest.mark.parametrize("name", REFERENCES)
def test_the_references_are_exact_to_a_thousandth_of_an_ulp(name: str) -> None:
    rng = np.random.default_rng(0)
    size = np.concatenate([10 ** rng.uniform(-38, 2, 250), rng.uniform(0, 15, 250), rng.uniform(0, 110, 250)])
    x = np.concatenate([size, -size]).astype(np.float32).astype(np.float64)
    with mpmath.workdps(60):
        exact = [IN_MPMATH[name](mpmath.mpf(float(v))) for v in x]
        pairs = list(zip(REFERENCES[name](x), exact, strict=True))
        errors = [abs((mpmath.mpf(float(got)) - e) / e) for got, e in pairs if abs(e) >= 2.0**-126]
    assert len(errors) > 900
    assert max(errors) <= 1e-3 * 2.0**-24


@pytest.mark.parametrize("rows", ROWS)
def test_the_row_references_too(rows: str) -> None:
    x = ROWS[rows][::37]
    parts = {name: function(x.astype(np.longdouble)) for name, function in ROW_REFERENCES.items()}
    nearer = "near" in rows  # a difference: what counts is the error against the row's maximum
    with mpmath.workdps(120):
        for i, row in enumerate(x):
            logits = [mpmath.mpf(float(v)) for v in row]
            total = max(logits) + mpmath.log(mpmath.fsum(mpmath.exp(v - max(logits)) for v in logits))
            here = mpmath.mpf(repr(parts["logsumexp"][i]).split("'")[1])
            assert abs(here - total) <= 1e-3 * 2.0**-24 * (1e-8 * abs(max(logits)) if nearer else abs(total))
            for j, v in enumerate(logits):
                assert float(parts["log_softmax"][i, j]) == pytest.approx(float(v - total), rel=1e-11, abs=1e-300)
                assert float(parts["softmax"][i, j]) == pytest.approx(float(mpmath.exp(v - total)), rel=1e-11)


@pytest.mark.parametrize(
    ("got", "exact", "error"),
    [
        (1.0, 1.0, 0),
        (1 + 2.0**-23, 1.0, 1),
        (1 - 2.0**-24, 1.0, 0.5),  # below 1 the numbers lie closer
        (1.0, 1 + 2.0**-24, 0.5),
        (0.0, 2.0**-149, 1),
        (np.inf, 1.0, np.inf),
        (np.nan, 1.0, np.inf),
        (np.nan, np.nan, 0),
        (-np.inf, -np.inf, 0),
        (np.inf, 3.41e38, 0),
        (np.inf, 3.4e38, np.inf),
    ],
)
def test_the_ulp_of_known_errors(got: float, exact: float, error: float) -> None:
    assert ulp_error(np.asarray([got], dtype=np.float32), np.asarray([exact])).tolist() == [error]


def test_the_ulp_is_that_of_the_results_type() -> None:
    assert ulp_error(np.ones(1, dtype=np.float16), np.asarray([1 + 2.0**-11])).tolist() == [0.5]


def test_the_measured_function_must_return_float32() -> None:
    with pytest.raises(TypeError, match="must return float32 or float16, got float64"):
        ulp_error(np.ones(2), np.ones(2))


def test_the_patterns_are_all_finite_float32() -> None:
    x = np.concatenate(list(patterns(4093)))
    assert x.dtype == np.float32
    assert np.all(np.isfinite(x))
    assert x.size == pytest.approx(2**32 / 4093 * 255 / 256, rel=1e-3)
    first = next(patterns())
    assert np.array_equal(first.view(np.uint32), np.arange(2**14))


def test_a_sweep_finds_the_tail_that_pytorchs_gelu_loses() -> None:
    def theirs(x: Any) -> Any:
        return torch.nn.functional.gelu(torch.asarray(x)).numpy()

    lost = sweep(theirs, REFERENCES["gelu"], 100003, low=-14, high=-1)
    assert lost.ulp > 1e6
    assert -14 <= lost.at[0] < -5
    # On the right it loses a digit at most: how many ulp depends on the kernel that PyTorch has for the processor.
    assert sweep(theirs, REFERENCES["gelu"], 100003, low=0, high=10).ulp < 16


def test_a_measurement_finds_the_peak_that_pytorchs_log_softmax_loses() -> None:
    def theirs(x: Any) -> Any:
        return torch.log_softmax(torch.asarray(x), dim=-1).numpy()

    lost = measure(theirs, ROW_REFERENCES["log_softmax"], ROWS["one confident peak"])
    assert lost.ulp > 1e6
    assert len(lost.at) == 16
    assert "ulp at" in str(lost)
