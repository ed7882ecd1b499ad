"""The same number asked of several libraries: what each makes of inputs for which a format has no place of its own.

The table is recorded by `python3 dev.py verify --only disagreements`. ml_dtypes and PyTorch are asked again in the
tests; gfloat and ONNX are not installed there. ONNX saturates unless told otherwise, gfloat does not.
"""

import importlib
import importlib.metadata
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from docs._site.cache import digest
from reference.numbers.encoding import encode
from reference.numbers.floats import decode
from reference.numbers.formats import (
    FLOAT4_E2M1FN,
    FLOAT8_E4M3FN,
    FLOAT8_E4M3FNUZ,
    FLOAT8_E5M2,
    FLOAT8_E8M0FNU,
    FloatFormat,
)

__all__ = ["CASES", "PEERS", "answers", "disagreements", "disagreements_hash", "rounded_up"]

CASES: dict[str, tuple[FloatFormat, float]] = {
    "e4m3_464": (FLOAT8_E4M3FN, 464.0),
    "e4m3_480": (FLOAT8_E4M3FN, 480.0),
    "e4m3_inf": (FLOAT8_E4M3FN, np.inf),
    "e4m3fnuz_250": (FLOAT8_E4M3FNUZ, 250.0),
    "e5m2_61440": (FLOAT8_E5M2, 61440.0),
    "e5m2_inf": (FLOAT8_E5M2, np.inf),
    "e2m1_7": (FLOAT4_E2M1FN, 7.0),
    "e2m1_inf": (FLOAT4_E2M1FN, np.inf),
    "e2m1_nan": (FLOAT4_E2M1FN, np.nan),
    "e8m0_three_quarters": (FLOAT8_E8M0FNU, 0.75),
    "e8m0_zero": (FLOAT8_E8M0FNU, 0.0),
    "e8m0_minus_one": (FLOAT8_E8M0FNU, -1.0),
    "e8m0_inf": (FLOAT8_E8M0FNU, np.inf),
    "e8m0_just_above": (FLOAT8_E8M0FNU, 1.25 * 2.0**-127),
    "e8m0_smallest": (FLOAT8_E8M0FNU, 2.0**-127),
    "e8m0_below": (FLOAT8_E8M0FNU, 2.0**-149),
}
"""What is asked, by a name that a page can write. Every number is a float32."""

Ask = Callable[[FloatFormat, float], float]
"""How a library is asked: it raises LookupError where it has no such conversion, ValueError where it refuses."""


def _ours(format: FloatFormat, x: float, *, saturate: bool = False) -> float:
    return float(decode(encode(x, format, saturate=saturate), format))


def _ml_dtypes(format: FloatFormat, x: float) -> float:
    library = importlib.import_module("ml_dtypes")
    with np.errstate(all="ignore"):
        return float(np.float32(x).astype(getattr(library, format.name)))


def _torch(format: FloatFormat, x: float) -> float:
    library = importlib.import_module("torch")
    dtype = getattr(library, format.name, None)
    if dtype is None:
        raise LookupError(format.name)
    return float(library.tensor(x, dtype=library.float32).to(dtype).to(library.float32))


def _gfloat(format: FloatFormat, x: float, *, saturate: bool = False) -> float:
    known = {FLOAT8_E4M3FN: "e4m3", FLOAT8_E5M2: "e5m2", FLOAT4_E2M1FN: "e2m1", FLOAT8_E8M0FNU: "e8m0"}
    if format not in known:
        raise LookupError(format.name)
    info = getattr(importlib.import_module("gfloat.formats"), f"format_info_ocp_{known[format]}")
    return float(importlib.import_module("gfloat").round_float(info, x, sat=saturate))


def _onnx(format: FloatFormat, x: float, *, saturate: bool = True) -> float:
    shorter = {FLOAT8_E8M0FNU: "float8e8m0", FLOAT4_E2M1FN: "float4e2m1"}
    name = shorter.get(format, format.name.replace("_", ""))
    to = getattr(importlib.import_module("onnx").TensorProto, name.upper())
    cast = importlib.import_module("onnx.reference.ops.op_cast").cast_to
    with np.errstate(all="ignore"):
        return float(cast(np.array([x], dtype=np.float32), to, saturate).astype(np.float32).reshape(()))


PEERS: dict[str, tuple[str | None, Ask]] = {
    "ours": (None, _ours),
    "ours_saturating": (None, lambda format, x: _ours(format, x, saturate=True)),
    "ml_dtypes": ("ml_dtypes", _ml_dtypes),
    "torch": ("torch", _torch),
    "gfloat": ("gfloat", _gfloat),
    "gfloat_saturating": ("gfloat", lambda format, x: _gfloat(format, x, saturate=True)),
    "onnx": ("onnx", _onnx),
    "onnx_not_saturating": ("onnx", lambda format, x: _onnx(format, x, saturate=False)),
}
"""Who is asked: by name the package that has a version, and how."""


def answers(who: str) -> dict[str, str]:
    """Ask one library all that is asked."""
    ask = PEERS[who][1]
    return {name: _said(ask, format, x) for name, (format, x) in CASES.items()}


def _said(ask: Ask, format: FloatFormat, x: float) -> str:
    try:
        y = ask(format, x)
    except LookupError:
        return "none"
    except ValueError:
        return "refuses"
    exponent = math.log2(abs(y)) if y and math.isfinite(y) else 0
    if abs(exponent) > 20 and exponent == round(exponent):
        said = f"2<sup>{exponent:.0f}</sup>"
    else:
        said = f"{y:.6g}".replace("nan", "NaN").replace("inf", "∞")
    return said.replace("-", "−")


def rounded_up(who: str) -> int:
    """Count the float32 numbers between 2**-127 and 1.5 * 2**-127 that a library turns into 2**-126.

    Args:
        who: `"ml_dtypes"` or `"torch"`, which convert whole arrays to E8M0.

    Returns:
        How many. The nearer power of two is 2**-127, code 0, for all of them; 2**-126 has code 1.
    """
    x = np.arange(2**22 + 1, 2**22 + 2**21, dtype=np.uint32).view(np.float32)
    if who == "torch":
        torch = importlib.import_module("torch")
        codes = torch.from_numpy(x).to(torch.float8_e8m0fnu).view(torch.uint8).numpy()
    else:
        codes = x.astype(importlib.import_module("ml_dtypes").float8_e8m0fnu).view(np.uint8)
    return int(np.count_nonzero(codes == 1))


def disagreements_hash() -> str:
    """Return the hash of what is asked, and of our own code that answers."""
    return digest("import docs._site.disagreements\n")


def disagreements() -> dict[str, Any]:
    """Ask every library everything.

    Returns:
        The answers by library and case, with the versions, the date and the hash.
    """
    versions = {package: importlib.metadata.version(package) for package, _ in PEERS.values() if package}
    return {
        **{who: answers(who) for who in PEERS},
        "rounded_up": {who: rounded_up(who) for who in ("ml_dtypes", "torch")},
        "versions": versions,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "hash": disagreements_hash(),
    }
