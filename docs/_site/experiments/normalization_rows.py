"""How far layer norm and RMS norm of float32 rows are off: this package's, the textbook forms, PyTorch's and JAX's.

Errors are in ulp of the largest number of a row, the worst of all rows of a seed. The exact result comes from
extended precision (float64 where the platform has no wider type).
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
ROWS, SIZE = 100, 1024
EPS = np.float32(1e-5)
NONE = np.float32(0)  # of a row around 1e-25 any eps would be all that is left

Function = Callable[[Any, Any], Any]


def inputs(rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    """Return the rows of each case, by layer."""
    noise = rng.normal(size=(ROWS, SIZE))
    shifted = {f"mean_{name}": noise + float(name) for name in ("0", "10", "1e3", "1e4", "1e6")}
    layer = {**shifted, "constant": np.full((ROWS, SIZE), 12345.678), "large": noise * 1e20}
    rms = {"normal": noise, "large": noise * 1e20, "small": noise * 1e-25}
    return {"layer": layer, "rms": rms}


def exact(layer: str, x: Any, eps: float) -> Any:
    """Return the result in extended precision."""
    w = x.astype(np.longdouble)
    if layer == "layer":
        w = w - np.mean(w, axis=-1, keepdims=True)
        w = w - np.mean(w, axis=-1, keepdims=True)
    return w / np.sqrt(np.mean(w * w, axis=-1, keepdims=True) + np.longdouble(eps))


def one_pass(x: Any, eps: Any) -> Any:
    """Mean and mean of squares, both from one reading."""
    mean = np.mean(x, axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) - mean * mean + eps)


def two_passes(x: Any, eps: Any) -> Any:
    """The mean first, then the squares of what is left."""
    d = x - np.mean(x, axis=-1, keepdims=True)
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + eps)


def textbook_rms(x: Any, eps: Any) -> Any:
    """The formula as it stands."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)


def libraries() -> dict[str, dict[str, Function]]:
    """Return the functions of other libraries, by layer and name."""
    import jax
    import torch

    functional: Any = torch.nn.functional
    return {
        "layer": {
            "torch": lambda x, eps: functional.layer_norm(torch.tensor(x), (SIZE,), eps=float(eps)).numpy(),
            "jax": lambda x, eps: np.asarray(jax.nn.standardize(x, axis=-1, epsilon=float(eps))),
        },
        "rms": {"torch": lambda x, eps: functional.rms_norm(torch.tensor(x), (SIZE,), eps=float(eps)).numpy()},
    }


def functions(short: bool) -> dict[str, dict[str, Function]]:
    """Return what is measured; a short run leaves the other libraries out."""
    others = {"layer": {}, "rms": {}} if short else libraries()
    return {
        "layer": {
            "ours": lambda x, eps: layer_norm(x, eps=float(eps)),
            "one_pass": one_pass,
            "two_passes": two_passes,
            **others["layer"],
        },
        "rms": {"ours": lambda x, eps: rms_norm(x, eps=float(eps)), "textbook": textbook_rms, **others["rms"]},
    }


def error(got: Any, true: Any) -> float:
    """Return the largest error in ulp of the row's largest; in ulp of 1 where the row should be 0; NaN stays NaN."""
    top = np.max(np.abs(true), axis=-1, keepdims=True).astype(np.float64)
    step = 2.0 ** (np.floor(np.log2(np.where(top == 0, 1, top))) - 23)
    return float(np.max(np.abs(got - true) / step))


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Measure every function on every case."""
    found: dict[str, Any] = {}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = inputs(np.random.default_rng(seed))
        for layer, each in functions(short).items():
            for name, rows in cases[layer].items():
                x, eps = rows.astype(np.float32), NONE if name == "small" else EPS
                true = exact(layer, x, float(eps))
                for who, function in each.items():
                    y = function(x, eps)
                    got = {"error": error(y, true), "zeros": not np.any(y), "nan": float(np.mean(np.isnan(y)))}
                    found.setdefault(layer, {}).setdefault(who, {})[name] = got
    return found


def said(low: float, high: float, zeros: bool, constant: bool) -> str:
    """Return a cell of the table: the errors over the seeds, or what came instead."""
    if not np.isfinite(high):
        return "NaN" if np.isnan(high) else "infinite"
    if zeros and not constant:
        return "all 0"
    if zeros:
        return "0"
    if high < 10:
        return f"{high:.1f}"
    power = int(np.floor(np.log10(high)))
    return f"{high:.0f}" if power < 4 else f"{high / 10**power:.0f} · 10{str(power).translate(SUPERSCRIPT)}"


SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return for each cell the smallest and the largest error over the seeds, and how a table says it."""
    import importlib.metadata

    table: dict[str, Any] = {}
    for layer, each in results[0].items():
        for who, cases in each.items():
            for name in cases:
                cells = [result[layer][who][name] for result in results]
                errors = [cell["error"] for cell in cells]
                low, high = (float(f"{of(errors):.3g}") for of in (np.min, np.max))
                zeros = all(c["zeros"] for c in cells)
                table.setdefault(layer, {}).setdefault(who, {})[name] = {
                    "low": low,
                    "high": high,
                    "nan": float(f"{max(c['nan'] for c in cells):.2g}"),
                    "said": said(low, high, zeros, name == "constant"),
                }
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "torch", "jax")}
    return {**table, "versions": versions, "rows": ROWS, "size": SIZE}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """A short run must show the same for the forms that need no other library."""
    for layer in ("layer", "rms"):
        for name, cell in short[layer]["ours"].items():
            assert cell["error"] <= 1 >= summary[layer]["ours"][name]["high"]
    for who, name, least in (
        ("two_passes", "mean_1e6", 1e4),
        ("one_pass", "mean_10", 20),
        ("two_passes", "constant", 1e3),
    ):
        assert summary["layer"][who][name]["low"] > least < short["layer"][who][name]["error"]
    assert np.isnan(short["layer"]["one_pass"]["mean_1e6"]["error"])
    assert short["rms"]["textbook"]["large"]["zeros"]
    assert summary["rms"]["torch"]["large"]["said"] == "all 0"
