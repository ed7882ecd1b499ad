"""Inputs that decide about a rounding: the numbers of a format, the midpoints between them, and their neighbors."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.numbers import FloatFormat
from reference.numbers.rounding import values_by_fields

SPECIALS = [0.0, -0.0, np.inf, -np.inf, 1e-310, -1e-310, 5e-324, 1e-40, -1e-40, 1e300, -1e300]


def some_values(format: FloatFormat, count: int | None = None) -> NDArray[np.float64]:
    """Return all finite numbers of a format in order; of more than `count`, some stretches of neighbors."""
    codes: NDArray[Any] = np.arange(format.codes if format.bits <= 16 else 0, dtype=np.uint64)
    if count is not None and format.codes > count:
        starts = np.random.default_rng(0).integers(0, format.codes - 4, count // 4 - 3, dtype=np.uint64)
        starts = np.append(starts, np.asarray([0, format.max_code - 3, 2**format.fraction_bits - 1], dtype=np.uint64))
        codes = (starts[:, None] + np.arange(4, dtype=np.uint64)).reshape(-1)
    values = values_by_fields(codes, format)
    return np.unique(values[np.isfinite(values)])


def midpoints(format: FloatFormat, dtype: Any, count: int | None = None) -> NDArray[Any]:
    """Return numbers, midpoints, what is above the largest number, and the specials, each with its two neighbors."""
    values = some_values(format, count)
    top = float(format.max)
    with np.errstate(over="ignore"):
        beyond = np.asarray([top * (1 + k * 2.0 ** -(format.fraction_bits + 2)) for k in range(6)])
        exact = np.concatenate([values, values[1:] / 2 + values[:-1] / 2, beyond, -beyond, SPECIALS]).astype(dtype)
        around = [np.nextafter(exact, dtype(side)) for side in (np.inf, -np.inf)]
    return np.concatenate([exact, *around])


def nans(dtype: Any) -> NDArray[Any]:
    """Return NaNs of both signs, quiet and signaling, with the smallest and the largest payloads."""
    unsigned, fraction = (np.uint32, 23) if dtype == np.float32 else (np.uint64, 52)
    infinity = int(np.asarray(np.inf, dtype=dtype).view(unsigned))
    codes = [infinity + 1, infinity + 2 ** (fraction - 1), infinity + 2**fraction - 1]
    sign = 2 ** (8 * np.dtype(dtype).itemsize - 1)
    return np.asarray([*codes, *(code + sign for code in codes)], dtype=unsigned).view(dtype)
