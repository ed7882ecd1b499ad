"""Compute the widget of the outlier: one weight of a row is dragged out, and 4 bits are spent per tensor and in blocks.

The error is that of the other weights alone: an outlier that is stored well would hide what it does to them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from reference.quantization import (
    Blocks,
    absmax_quantize,
    block_dequantize,
    dequantize,
    mxfp4_quantize,
    nvfp4_quantize,
    q4_0_quantize,
    sqnr,
)

__all__ = ["AT", "COUNT", "DEFAULTS", "SCHEMES", "compute", "weights"]

COUNT, AT, SEED = 128, 45, 7
DEFAULTS: dict[str, Any] = {"value": 8.0, "scheme": "int4_32"}
MOST = 60
SCHEMES = {
    "int4_64": ("int4, blocks of 64", 64),
    "int4_32": ("int4, blocks of 32", 32),
    "int4_16": ("int4, blocks of 16", 16),
    "mxfp4": ("MXFP4, blocks of 32", 32),
    "nvfp4": ("NVFP4, blocks of 16", 16),
    "q4_0": ("Q4_0, blocks of 32", 32),
}
FORMATS: dict[str, Callable[[Any], Blocks]] = {"mxfp4": mxfp4_quantize, "nvfp4": nvfp4_quantize, "q4_0": q4_0_quantize}


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    s = DEFAULTS | state
    if not isinstance(s["scheme"], str) or s["scheme"] not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}, got {s['scheme']!r}")
    value = s["value"]
    if type(value) not in (int, float) or not -MOST <= value <= MOST:
        raise ValueError(f"value must be a number between {-MOST} and {MOST}, got {value!r}")
    x, (name, size) = weights(float(value)), SCHEMES[s["scheme"]]
    tensor = dequantize(absmax_quantize(x, bits=4))
    blocks = _in_blocks(x, s["scheme"], size)
    block = slice(AT // size * size, AT // size * size + size)
    rows = [_row("int4, one scale for all", x, tensor), _row(name, x, blocks)]
    inside = np.zeros(COUNT, dtype=bool)
    inside[block] = True
    own, others = (_rest(x, blocks, part) for part in (inside, ~inside))
    return {
        "at": AT,
        "block": [block.start, block.stop],
        "weights": x.astype(np.float64).round(3).tolist(),
        "schemes": {key: label for key, (label, _) in SCHEMES.items()},
        "rows": rows,
        "shown": [
            ["the outlier", _digits(value)],
            [rows[0]["name"], f"{_digits(rows[0]['sqnr'])} dB"],
            ["levels in use", f"{rows[0]['levels']} of 15"],
            ["its block", f"{_digits(own)} dB"],
            ["the other blocks", f"{_digits(others)} dB"],
        ],
        "text": _words(float(value), rows, size, own, others),
    }


@cache
def _others() -> Any:
    return np.random.default_rng(SEED).normal(size=COUNT).astype(np.float32)


def weights(value: float) -> Any:
    """Return the row: normal weights, and one of the given value."""
    x = _others().copy()
    x[AT] = value
    return x


def _in_blocks(x: Any, scheme: str, size: int) -> Any:
    if scheme in FORMATS:
        return block_dequantize(FORMATS[scheme](x))
    return dequantize(absmax_quantize(x, bits=4, block_size=size))


def _row(name: str, x: Any, y: Any) -> dict[str, Any]:
    """Return a row of results: the error of all weights but the outlier, and how many values these take."""
    rest = np.delete(y, AT)
    return {
        "name": name,
        "values": y.astype(np.float64).round(3).tolist(),
        "sqnr": _rest(x, y, np.ones(COUNT, dtype=bool)),
        "levels": int(np.unique(rest).size),
        "zeros": int(np.count_nonzero(rest == 0)),
    }


def _rest(x: Any, y: Any, part: Any) -> float:
    """Return the decibels of a part of the weights, without the outlier."""
    part = part & (np.arange(COUNT) != AT)
    return round(sqnr(x[part], y[part]), 2)


def _digits(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _words(value: float, rows: list[dict[str, Any]], size: int, own: float, others: float) -> str:
    tensor = rows[0]
    return (
        f"One of {COUNT} weights is {_digits(value)}. With one scale, int4 turns {tensor['zeros']} others into 0 and "
        f"keeps {_digits(tensor['sqnr'])} dB. With a scale for every {size}, its block keeps {_digits(own)} dB and the "
        f"other blocks {_digits(others)} dB."
    )
