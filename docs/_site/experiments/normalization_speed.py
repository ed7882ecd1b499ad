"""Is RMS norm faster than layer norm? Both in PyTorch, eager and as plain formulas in NumPy, and this package's own.

One thread, float32. The functions take turns, and each round keeps the shortest of its times: what another process
takes away shows in the longer ones. A run is one round with numbers of its own.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
SHAPE = (4096, 1024)
TIMES = 12


def plain_layer(x: Any) -> Any:
    """The formula, twice through the data for the statistics."""
    d = x - np.mean(x, axis=-1, keepdims=True)
    return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + np.float32(1e-5))


def plain_rms(x: Any) -> Any:
    """The formula."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5))


def functions(x: Any) -> dict[str, Callable[[], Any]]:
    """Return what is timed, ready to call."""
    import torch

    torch.set_num_threads(1)
    t, functional = torch.from_numpy(x), torch.nn.functional
    weight = torch.ones(SHAPE[1])
    return {
        "torch_layer": lambda: functional.layer_norm(t, (SHAPE[1],), weight, eps=1e-5),
        "torch_rms": lambda: functional.rms_norm(t, (SHAPE[1],), weight, eps=1e-5),
        "plain_layer": lambda: plain_layer(x),
        "plain_rms": lambda: plain_rms(x),
        "ours_layer": lambda: layer_norm(x),
        "ours_rms": lambda: rms_norm(x),
    }


def run(seed: int, *, short: bool = False) -> dict[str, float]:
    """Return the shortest time of each function in milliseconds; a short run times nothing."""
    x = np.random.default_rng(seed).normal(size=SHAPE).astype(np.float32)
    best: dict[str, float] = {}
    for _ in range(0 if short else TIMES):
        for name, function in functions(x).items():
            start = time.perf_counter()
            function()
            best[name] = min(best.get(name, np.inf), 1e3 * (time.perf_counter() - start))
    return best


def summary(results: list[dict[str, float]]) -> dict[str, Any]:
    """Return the times, and by what factor RMS norm is slower than layer norm: the middle and both ends."""
    import importlib.metadata

    def spread(values: list[float]) -> dict[str, float]:
        low, middle, high = np.quantile(values, [0, 0.5, 1])
        return {"low": float(f"{low:.3g}"), "middle": float(f"{middle:.3g}"), "high": float(f"{high:.3g}")}

    times = {name: spread([result[name] for result in results]) for name in results[0]}
    kinds = {name.removesuffix("_rms") for name in times if name.endswith("_rms")}
    ratios = {
        kind: spread([result[f"{kind}_rms"] / result[f"{kind}_layer"] for result in results]) for kind in sorted(kinds)
    }
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "torch")}
    return {"ms": times, "ratio": ratios, "rows": SHAPE[0], "size": SHAPE[1], "versions": versions}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Times are not compared: what must stand is that both ways around were seen."""
    assert not short
    assert summary["ratio"]["plain"]["high"] < 1
    assert set(summary["ratio"]) == {"torch", "plain", "ours"}
