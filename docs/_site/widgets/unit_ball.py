"""Compute the widget of the norms: the vectors of norm 1 for any p, one vector, and where three penalties take it."""

import math
from typing import Any

import numpy as np

from reference.normalization import block_soft_threshold, lp_normalize, p_norm, shrink, soft_threshold

__all__ = ["DEFAULTS", "compute"]

DEFAULTS: dict[str, Any] = {"inverse": 0.5, "x": 2.5, "y": 0.8, "strength": 1.0}
LIMITS = {"inverse": (0, 4), "x": (-3, 3), "y": (-3, 3), "strength": (0, 3)}
TURN = np.linspace(0, 2 * np.pi, 193)
DIRECTIONS = np.stack([np.cos(TURN), np.sin(TURN)], axis=-1)
STEPS = {"L1": soft_threshold, "L2 squared": shrink, "L2": block_soft_threshold}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return the ball, the vector's norms, the vector of norm 1 in its direction, and the three steps."""
    s = _checked(state)
    p = math.inf if s["inverse"] == 0 else 1 / s["inverse"]
    x = np.array([s["x"], s["y"]])
    steps = {name: _pair(step(x, strength=s["strength"])) for name, step in STEPS.items()}
    powers = {"∞" if power == math.inf else f"{power:.3g}": power for power in (p, 1, 2, math.inf)}
    name = next(iter(powers))
    norm = float(p_norm(x, p=p))
    zeros = [label for label, (a, b) in steps.items() if (a == 0 or b == 0) and x.all()]
    return {
        "ball": [_pair(point) for point in lp_normalize(DIRECTIONS, p=p)],
        "unit": _pair(lp_normalize(x, p=p)),
        "steps": steps,
        "shown": [
            *([f"norm, p = {label}", _short(float(p_norm(x, p=power)))] for label, power in powers.items()),
            *([f"after {label}", f"({_short(a)}, {_short(b)})"] for label, (a, b) in steps.items()),
        ],
        "text": (
            f"The vector ({_short(s['x'])}, {_short(s['y'])}) has the norm {_short(norm)} for p = {name}"
            f"{', which below 1 is no norm' if p < 1 else ''}. With strength {_short(s['strength'])} "
            f"{_listed(zeros)} a number to exactly 0."
        ),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for name, value in state.items():
        if name not in DEFAULTS:
            raise ValueError(f"the widget has no setting {name!r}; its settings are {', '.join(DEFAULTS)}")
        low, high = LIMITS[name]
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{name} must lie between {low} and {high}, got {value!r}")
    return DEFAULTS | state


def _pair(point: Any) -> list[float]:
    a, b = point.tolist()
    return [round(a, 4) + 0.0, round(b, 4) + 0.0]  # + 0.0: no negative zero


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _listed(zeros: list[str]) -> str:
    if len(zeros) < 2:
        return f"only the step of {zeros[0]} takes" if zeros else "no step takes"
    return f"the steps of {' and '.join(zeros)} take"
