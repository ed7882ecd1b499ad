"""Compute the widget of the switches: one pass through a small transformer, and what each measure does to its numbers.

The logits also get a common shift, as training lets them drift. It changes no probability until bfloat16 stores it.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from reference.activations.softmax import logsumexp, softmax
from reference.numbers.formats import BFLOAT16
from reference.numbers.lookup import round_to
from reference.numbers.rounding import ulp
from reference.stability.chameleon import Recipe, Trace, draw_transformer, transformer
from reference.training.losses import z_loss, z_loss_gradient

__all__ = ["DEFAULTS", "compute"]

LAYERS, WIDTH, HEADS, VOCABULARY = 6, 16, 2, 24
TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6])
DEFAULTS: dict[str, Any] = {"qk_norm": False, "swin": False, "z_loss": False, "scale": 2.0, "drift": 0, "seed": 0}
LIMITS = {"scale": (1.0, 8.0), "drift": (-300, 300), "seed": (0, 9)}
COEFFICIENT = 1e-5


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    trace = _pass(s["qk_norm"], s["swin"], float(s["scale"]), s["seed"])
    stream = [float(np.sqrt(np.mean(x * x))) for x in trace.stream]
    attention = [float(np.max(np.abs(np.tril(logits)))) for logits in trace.attention]
    logits = trace.logits + s["drift"]
    log_z = float(np.mean(logsumexp(logits)))
    moved = _moved(logits)
    spacing = float(ulp(np.array([stream[-1]]), BFLOAT16)[0])
    pull = float(z_loss_gradient(logits, coefficient=COEFFICIENT).sum()) if s["z_loss"] else 0.0
    price = float(z_loss(logits, coefficient=COEFFICIENT)) if s["z_loss"] else 0.0
    return {
        "stream": [_rounded(value) for value in stream],
        "attention": [_rounded(value) for value in attention],
        "bound": float((WIDTH // HEADS) ** 0.5),
        "shown": [
            ["stream at the end, RMS", _digits(stream[-1])],
            ["bfloat16's spacing there", _digits(spacing)],
            ["largest attention logit", _digits(max(attention))],
            ["mean log Z", _digits(log_z)],
            ["z-loss", _digits(price) if s["z_loss"] else "off"],
            ["push on all logits together", _digits(-pull)],
            ["probability that bfloat16 moves", f"{moved:.1%}"],
        ],
        "text": _words(s, stream[-1], max(attention), log_z, pull, moved),
    }


@lru_cache(maxsize=64)  # while only the drift is moved, or the weights back again, the pass stays
def _pass(qk_norm: bool, swin: bool, scale: float, seed: int) -> Trace:
    model = draw_transformer(
        VOCABULARY, width=WIDTH, heads=HEADS, layers=LAYERS, rng=np.random.default_rng(seed), scale=scale
    )
    model = model._replace(head=model.head / scale)  # the output layer stays, so that log Z does not follow the slider
    return transformer(TOKENS, model, Recipe(qk_norm=qk_norm, norm_order="swin" if swin else "pre"))


def _moved(logits: np.ndarray) -> float:
    """Return the share of the probability that lies elsewhere once the logits are stored in bfloat16."""
    return float(np.mean(np.sum(np.abs(softmax(round_to(logits, BFLOAT16)) - softmax(logits)), axis=-1)) / 2)


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key, value in state.items():
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
        if key not in LIMITS:
            if not isinstance(value, bool):
                raise ValueError(f"{key} must be true or false, got {value!r}")
            continue
        low, high = LIMITS[key]
        kinds = (int, float) if key == "scale" else (int,)
        if type(value) not in kinds or not low <= value <= high:
            number = "number" if key == "scale" else "whole number"
            raise ValueError(f"{key} must be a {number} from {low:g} to {high:g}, got {value!r}")
    return DEFAULTS | state


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _digits(value: float) -> str:
    return f"{value:{',.0f' if abs(value) >= 1000 else '.3g'}}".replace("-", "−") if value else "0"


def _words(s: dict[str, Any], stream: float, attention: float, log_z: float, pull: float, moved: float) -> str:
    names = {"qk_norm": "QK-norm", "swin": "Swin's order of norms", "z_loss": "z-loss"}
    chosen = [name for key, name in names.items() if s[key]]
    switched = " and ".join([", ".join(chosen[:-1]), chosen[-1]] if len(chosen) > 1 else chosen)
    force = f"the z-loss pushes all logits together by {_digits(-pull)}" if s["z_loss"] else "nothing pushes it back"
    return (
        f"With {switched or 'no measure'}, and all weights times {s['scale']:g}: the stream ends with an RMS of "
        f"{_digits(stream)} and the largest attention logit is {_digits(attention)}; log Z is {_digits(log_z)} and "
        f"{force}; stored in bfloat16, {moved:.1%} of the probability moves."
    )
