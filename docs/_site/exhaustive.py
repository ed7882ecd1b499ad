"""Count what every code of the small formats means, and compare every float32's code with the one of other libraries.

Part of `dev.py verify`. A format of at most 16 bits has so few codes that all can be tried, and a float32 has so few
bit patterns that all can be converted: about a minute for each format of a byte. The other side is NumPy for float16
and ml_dtypes for the rest.
"""

import importlib.metadata
from datetime import UTC, datetime
from typing import Any

import ml_dtypes
import numpy as np

from docs._site.cache import digest
from reference.numbers import FORMATS, FloatFormat
from reference.numbers.lookup import from_codes, to_codes

__all__ = ["SMALL", "compared", "counted", "exhaustive", "exhaustive_hash"]

SMALL = [name for name, format in FORMATS.items() if format.bits <= 16]
CHUNK = 2**18


def counted(name: str) -> dict[str, int]:
    """Return what the codes of a format mean, how many decode otherwise elsewhere, and how many do not come back."""
    format = FORMATS[name]
    codes = np.arange(format.codes, dtype=_unsigned(name))
    values, theirs = from_codes(codes, format), codes.view(_type(name)).astype(np.float32)
    known = codes[~np.isnan(values)]
    back = to_codes(values[~np.isnan(values)], format)
    return {
        "codes": codes.size,
        "finite": int(np.isfinite(values).sum()),
        "infinite": int(np.isinf(values).sum()),
        "nan": int(np.isnan(values).sum()),
        "decoded_otherwise": int(np.count_nonzero(_other(values, theirs))),
        "not_back": int(np.count_nonzero(back != known)),
    }


def compared(name: str, stride: int = 1) -> dict[str, int]:
    """Convert every stride-th float32 in both libraries; how many, and how many get other codes.

    NaN is left out where the format has none. Of two codes for NaN, any will do.
    """
    format, inputs, differing = FORMATS[name], 0, 0
    for start in range(0, 2**32, CHUNK * stride):
        bits = np.arange(start, min(start + CHUNK * stride, 2**32), stride, dtype=np.int64)
        x = bits.astype(np.uint32).view(np.float32)
        x = x[~np.isnan(x)] if format.nan == "none" else x
        with np.errstate(all="ignore"):
            ours, theirs = to_codes(x, format), x.astype(_type(name)).view(_unsigned(name))
        other = np.flatnonzero(ours != theirs)
        inputs += x.size
        differing += int(np.count_nonzero(_meant_otherwise(ours[other], theirs[other], format)))
    return {"inputs": inputs, "differing": differing}


def exhaustive(stride: int = 1) -> dict[str, Any]:
    """Count and compare every small format.

    Returns:
        By format what was counted and compared, with the stride, the versions, the date and the hash.
    """
    found: dict[str, Any] = {}
    for name in SMALL:
        found[name] = {**counted(name), **compared(name, stride)}
        print(f"  {name}: {found[name]}", flush=True)
    return {
        "formats": found,
        "stride": stride,
        "versions": {library: importlib.metadata.version(library) for library in ("ml_dtypes", "numpy")},
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "hash": exhaustive_hash(),
    }


def exhaustive_hash() -> str:
    """Return the hash of what is compared and of our own code."""
    return digest("import docs._site.exhaustive\n")


def _type(name: str) -> Any:
    return np.dtype(np.float16 if name == "float16" else getattr(ml_dtypes, name))


def _unsigned(name: str) -> Any:
    return np.dtype(f"u{_type(name).itemsize}")


def _meant_otherwise(ours: Any, theirs: Any, format: FloatFormat) -> Any:
    return ~(np.isnan(from_codes(ours, format)) & np.isnan(from_codes(theirs, format)))


def _other(values: Any, theirs: Any) -> Any:
    same = (values == theirs) & (np.signbit(values) == np.signbit(theirs))
    return ~(same | (np.isnan(values) & np.isnan(theirs)))
