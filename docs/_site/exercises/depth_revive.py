"""Bring the gradient of a deep sigmoid network back by one change of its settings."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function
from reference.activations import sigmoid
from reference.stability import measure_depth, predict_depth
from reference.training import initialize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
import reference.activations
from reference.stability import predict_depth

def settings():
    """Return the network's settings: change one of them."""
    return {
        "activation": "sigmoid",  # any elementwise one of reference.activations
        "gain": 1.0,
        "normalization": "none",  # "none", "batch", "layer" or "rms"
    }

how = settings()
how["activation"] = getattr(reference.activations, how["activation"])
curves = predict_depth(depth=30, **how)
print(f"signal {curves.signal[-1]:.2g}, gradient {curves.gradient[0]:.2g}")
'''

ANSWER = '''\
import numpy as np
import reference.activations
from reference.stability import predict_depth

def settings():
    """Return the network's settings: change one of them."""
    return {
        "activation": "sigmoid",  # any elementwise one of reference.activations
        "gain": 1.0,
        "normalization": "batch",  # "none", "batch", "layer" or "rms"
    }

how = settings()
how["activation"] = getattr(reference.activations, how["activation"])
curves = predict_depth(depth=30, **how)
print(f"signal {curves.signal[-1]:.2g}, gradient {curves.gradient[0]:.2g}")
'''

START: dict[str, Any] = {"activation": "sigmoid", "gain": 1.0, "normalization": "none"}
DEPTH, WIDTH = 30, 64


def check(names: Names) -> Iterator[str]:
    """One change, the prediction, then five networks."""
    settings = _settings(names)
    changed = [name for name, value in START.items() if settings[name] != value]
    if not changed:
        raise Wrong("Nothing is changed yet: choose one of the three settings.")
    if len(changed) > 1:
        raise Wrong(f"You changed {' and '.join(changed)}: one change is enough, put one of them back.")
    yield "Exactly one setting is changed."
    how = {**settings, "activation": _activation(settings["activation"])}
    try:
        gradient = predict_depth(depth=DEPTH, **how).gradient[0]
    except ValueError as error:
        raise Wrong(f"The package refuses these settings: {error}.") from None
    _judge(gradient, changed[0], "by the prediction")
    yield "By the prediction the first layer gets between a tenth and ten times the last one's gradient."
    found = np.median([_measured(how, seed) for seed in range(5)])
    _judge(found, changed[0], "as the median of five networks of width 64", slack=3)
    yield "Five networks of width 64 agree."


def _settings(names: Names) -> dict[str, Any]:
    settings = function(names, "settings()")()
    if not isinstance(settings, dict) or set(settings) != set(START):
        raise Wrong(f"`settings()` must return a dict with the keys {', '.join(START)}.")
    gain = settings["gain"]
    if isinstance(gain, bool) or not isinstance(gain, int | float) or not gain > 0:
        raise Wrong(f"The gain must be a number above 0, not {gain!r}.")
    return settings


def _activation(name: Any) -> Any:
    import reference.activations as activations

    elementwise = [each[: -len("_derivative")] for each in activations.__all__ if each.endswith("_derivative")]
    if name not in elementwise or name == "prelu":
        raise Wrong(f"The activation must be one of {', '.join(e for e in elementwise if e != 'prelu')}, not {name!r}.")
    return getattr(activations, name)


def _judge(gradient: float, changed: str, how: str, slack: float = 1) -> None:
    if 0.1 / slack <= gradient <= 10 * slack:
        return
    told = f"With this {changed} the first layer's gradient is {gradient:.1e} of the last one's, {how}"
    if gradient > 1:
        raise Wrong(f"{told}: too much of a good thing, now it explodes.")
    dead = predict_depth(sigmoid, DEPTH).gradient[0]
    better = "still vanishes, though less" if gradient > 100 * dead else "is no better than before"
    raise Wrong(f"{told}: it {better}.")


def _measured(how: dict[str, Any], seed: int) -> float:
    rng = np.random.default_rng(seed)
    layers = initialize((WIDTH,) * (DEPTH + 1), rng=rng, gain=how["gain"])
    x, gradient = rng.normal(size=(2, 32, WIDTH))
    rest = {name: how[name] for name in ("activation", "normalization")}
    curves = measure_depth(x, [layer.weight for layer in layers], gradient, **rest)
    return float(curves.gradient[0] / curves.gradient[-1])
