"""Compute the widget of Goodfellow's chain: what each order of the Taylor series adds, and what a step really does."""

from typing import Any

import numpy as np

from reference.stability.reparametrization import chain, chain_gradient, chain_orders, rate_for_drop

__all__ = ["DEFAULTS", "compute"]

DEFAULTS: dict[str, Any] = {"l": 10, "w": 1.1, "rate": -10, "drop": False}
LIMITS = {"l": (1, 20), "w": (0.3, 1.6), "rate": (-40, 40)}
"""The rate is 10 to the power of a tenth of its setting."""
DROP = 0.1


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    s = _checked(state)
    weights = np.full(s["l"], float(s["w"]))
    gradient, before = chain_gradient(weights), float(chain(weights))
    rate = float(rate_for_drop(weights, drop=DROP)) if s["drop"] else 10 ** (s["rate"] / 10)
    orders = chain_orders(weights, -rate * gradient).tolist()
    truth = float(chain(weights - rate * gradient)) - before
    partial = [float(f"{value:.6g}") for value in np.cumsum(orders).tolist()]
    first = orders[1]
    return {
        "orders": [float(f"{value:.6g}") for value in orders],
        "sums": partial,
        "truth": float(f"{truth:.6g}"),
        "after": float(f"{before + truth:.6g}"),
        "shown": [
            ["output before", _digits(before)],
            ["rate", _digits(rate)],
            ["asked for, share of it", _digits(-first / before)],
            ["first order", _signed(first)],
            ["second order", _signed(orders[2]) if s["l"] > 1 else "none"],
            ["truth", _signed(truth)],
        ],
        "text": _words(s, rate, before, orders, truth),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for key, value in state.items():
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
        if key == "drop":
            if not isinstance(value, bool):
                raise ValueError(f"drop must be true or false, got {value!r}")
            continue
        low, high = LIMITS[key]
        kinds = (int, float) if key == "w" else (int,)
        if type(value) not in kinds or not low <= value <= high:
            number = "number" if key == "w" else "whole number"
            raise ValueError(f"{key} must be a {number} from {low} to {high}, got {value!r}")
    return DEFAULTS | state


def _digits(value: float) -> str:
    return f"{value:,.3g}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:+,.3g}".replace("-", "−")


def _words(s: dict[str, Any], rate: float, before: float, orders: list[float], truth: float) -> str:
    chain_words = f"{s['l']} layer{'s' * (s['l'] > 1)} of weight {s['w']:g}, output {_digits(before)}"
    first = f"{chain_words}, one step at the rate {_digits(rate)}: the first order promises {_signed(orders[1])}, "
    if np.isclose(truth, orders[1], rtol=0.05):
        return f"{first}and the truth is {_signed(truth)}."
    largest = 2 + int(np.argmax(np.abs(orders[2:])))
    verdict = "the output grows" if abs(before + truth) > abs(before) else "the truth"
    end = f"{verdict} by {_signed(truth)}" if verdict == "the output grows" else f"{verdict} is {_signed(truth)}"
    return f"{first}{end}; the largest correction is order {largest} with {_signed(orders[largest])}."
