"""Record what torchao and gguf make of telling blocks of numbers, so that the tests can compare without either.

`python3 -m docs._site.vectors_blocks` asks both. It writes `vectors_blocks.json`, the small vectors, and the entry
`blocks` of `recorded.json`: how many bytes of a million random numbers differ, and how the processor times compare.
Numbers, codes and scales are stored in hexadecimal, little end first, the values that are read back as a hash.
"""

import hashlib
import importlib
import importlib.metadata
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docs._site.cache import digest
from reference.quantization.blocks import (
    Blocks,
    block_dequantize,
    mxfp4_quantize,
    mxfp8_quantize,
    nvfp4_quantize,
    q4_0_quantize,
    q8_0_quantize,
)

__all__ = ["OURS", "VECTORS", "blocks_hash", "defined", "fingerprint", "main", "ours", "read", "rows"]

VECTORS = Path(__file__).with_suffix(".json")
COUNT = 10_000_000  # numbers that are timed
ROUNDS = 5
Answer = dict[str, NDArray[Any]]
"""The `codes`, the `scales`, and the `values` that they are read back as."""

OURS: dict[str, Callable[[NDArray[np.float32]], Blocks]] = {
    "mxfp8_floor": mxfp8_quantize,
    "mxfp8_even": lambda x: mxfp8_quantize(x, rule="even"),
    "mxfp4_floor": mxfp4_quantize,
    "mxfp4_even": lambda x: mxfp4_quantize(x, rule="even"),
    "nvfp4": nvfp4_quantize,
    "nvfp4_one": lambda x: nvfp4_quantize(x, tensor_scale=1.0),
    "q4_0": q4_0_quantize,
    "q8_0": q8_0_quantize,
}
"""Our functions, by the name of what a peer is asked for."""


def rows() -> dict[str, NDArray[np.float32]]:
    """Return what is asked, 64 numbers each: two blocks of 32, four of 16."""
    rng = np.random.default_rng(0)
    normal = rng.normal(size=64)
    steps, signs = np.arange(64), np.where(np.arange(64) % 2, -1, 1)
    found = {
        "normal": normal,
        "small": 1e-3 * normal,
        "heavy_tailed": rng.standard_t(3, size=64),
        "outlier": np.where(steps == 20, 60, normal),
        "zeros": 0 * normal,
        "minus_zeros": -0.0 * np.ones(64),
        "zero_block": np.where(steps < 32, normal, 0),
        "one_number": np.where(steps == 33, -3.7, 0),
        "constant": np.full(64, -0.3),
        "powers_of_two": signs * np.exp2(-(steps % 16.0)),
        "quarters": (steps - 28) / 4,  # every tie of E2M1, up to 8.75
        "sixteenths": (steps - 32) / 16,
        "halves_of_255": np.where(steps % 32 == 0, 127, signs * (steps - 32.5)),  # ties of Q8_0
        "halves_of_8": np.where(steps % 32 == 0, -8, (steps % 16 - 8) + 0.5),  # ties of Q4_0
        "largest_positive": np.where(steps == 5, 2.5, 0.5 * normal),
        "just_below_7": np.where(steps % 16 == 0, np.nextafter(np.float32(7), np.float32(0)), steps % 8),
        "seven": np.where(steps % 16 == 0, 7, steps % 8),
        "huge": 1e30 * normal,
        "largest_float32": np.where(steps == 9, np.finfo(np.float32).max, 1e37 * normal),
        "largest_of_q4_0": np.where(steps % 32 == 0, -524_000, 1e5 * normal),
        "tiny": 1e-30 * normal,
        "wide": normal * np.exp2(rng.integers(-20, 20, 64)),
        "float16_subnormal_scale": 1e-5 * normal,
        "float16_zero_scale": 1e-7 * normal,
        "around_2_to_the_minus_120": 2.0**-120 * normal,
        "smallest_scale": 2.0**-125 * normal,  # what torchao divides by another scale than it stores
        "subnormal": 2.0**-140 * normal,
    }
    return {name: x.astype(np.float32) for name, x in found.items()}


def ask(name: str, x: NDArray[np.float32]) -> Answer:
    """Ask the peer that has a format; x: (m, n)."""
    return _gguf(name, x) if name.startswith("q") else _torchao(name, x)


def _torchao(name: str, x: NDArray[np.float32]) -> Answer:
    torch = importlib.import_module("torch")
    t = torch.from_numpy(x)
    if name.startswith("nvfp4"):
        nv = importlib.import_module("torchao.prototype.mx_formats.nvfp4_tensor")
        scale = nv.per_tensor_amax_to_scale(t.abs().max()) if name == "nvfp4" else None
        q = nv.NVFP4Tensor.to_nvfp4(t, per_tensor_scale=scale, is_swizzled_scales=False)
        scales, codes, values = q.scale, q.qdata, q.dequantize(torch.float32)
    else:
        mx = importlib.import_module("torchao.prototype.mx_formats.mx_tensor")
        element = torch.float8_e4m3fn if name.startswith("mxfp8") else torch.float4_e2m1fn_x2
        rule = getattr(mx.ScaleCalculationMode, name.rpartition("_")[2].upper())
        scales, codes = mx.to_mx(t, element, 32, rule)
        values = mx.to_dtype(codes, scales, element, 32, torch.float32)
    return {
        "codes": codes.view(torch.uint8).numpy(),
        "scales": scales.view(torch.uint8).numpy().reshape(len(x), -1),
        "values": values.numpy(),
    }


def _gguf(name: str, x: NDArray[np.float32]) -> Answer:
    gguf = importlib.import_module("gguf")
    kind = getattr(gguf.GGMLQuantizationType, name.upper())
    with np.errstate(all="ignore"):
        rows = gguf.quants.quantize(x, kind)
        values = gguf.quants.dequantize(rows, kind)
    stored = rows.reshape(len(x), x.shape[1] // 32, -1)
    scales = np.ascontiguousarray(stored[..., :2]).view(np.uint16)[..., 0]
    return {"codes": stored[..., 2:].reshape(len(x), -1), "scales": scales, "values": values}


def ours(name: str, x: NDArray[np.float32]) -> Answer:
    """Return our own answer in the same form."""
    q = OURS[name](x)
    return {"codes": q.codes.view(np.uint8), "scales": q.scales, "values": block_dequantize(q)}


def defined(name: str, x: NDArray[np.float32]) -> bool:
    """Return whether gguf's scales are finite, so that there is something to compare; the MX formats have no limit."""
    limit = {"q4_0": 8 * 65_520, "q8_0": 127 * 65_520}.get(name, np.inf)
    return bool(np.abs(x).max() < limit)


def record() -> dict[str, Any]:
    """Return the vectors as plain data."""
    asked = rows()
    answers = {name: {row: _hex(ask(name, x[None])) for row, x in asked.items() if defined(name, x)} for name in OURS}
    return {"versions": versions(), "x": {row: x.tobytes().hex() for row, x in asked.items()}, "answers": answers}


def _hex(answer: Answer) -> dict[str, str]:
    codes, scales = (np.ascontiguousarray(answer[part]).tobytes().hex() for part in ("codes", "scales"))
    return {"codes": codes, "scales": scales, "values": fingerprint(answer["values"])}


def fingerprint(values: NDArray[np.float32]) -> str:
    """Return a hash of all bits of an array, NaN made the same: shorter than they are, and as good for comparing."""
    values = np.where(np.isnan(values), np.float32(np.nan), values)
    return hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()[:16]


def read() -> dict[str, Any]:
    """Return the recorded vectors."""
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


def blocks_hash() -> str:
    """Return the hash of what is asked and of our own code."""
    return digest("import docs._site.vectors_blocks\n")


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    return {name: importlib.metadata.version(name) for name in ("torch", "torchao", "gguf", "numpy")}


def agreement(count: int) -> dict[str, dict[str, int]]:
    """Compare random numbers of many sizes: how many numbers, and how many bytes of codes and scales differ."""
    rng = np.random.default_rng(1)
    shape = (count // 1024, 1024)
    x = (rng.normal(size=shape) * np.exp2(rng.integers(-12, 12, size=(shape[0], 1)))).astype(np.float32)
    found = {}
    for name in OURS:
        mine, theirs = ours(name, x), ask(name, x)
        differing = sum(int(np.count_nonzero(mine[part] != theirs[part])) for part in mine)
        found[name] = {"numbers": x.size, "differing": differing}
    return found


def speed(count: int = COUNT, rounds: int = ROUNDS) -> dict[str, float]:
    """Return how many times faster ours is, by processor time on one thread, as the median over the rounds."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    x = np.random.default_rng(0).normal(size=(count // 16_000, 16_000)).astype(np.float32)
    found = {}
    for name in ("mxfp8_floor", "mxfp4_floor", "nvfp4", "q4_0", "q8_0"):
        ratios = []
        for _ in range(rounds):
            mine, theirs = (_seconds(call, name, x) for call in (lambda name, x: OURS[name](x), _only_quantize))
            ratios.append(theirs / mine)
        found[name] = float(f"{statistics.median(ratios):.2g}")
    return found


def _only_quantize(name: str, x: NDArray[np.float32]) -> Any:
    torch = importlib.import_module("torch")
    t = torch.from_numpy(x)
    if name == "nvfp4":
        nv = importlib.import_module("torchao.prototype.mx_formats.nvfp4_tensor")
        return nv.nvfp4_quantize(t, 16, nv.per_tensor_amax_to_scale(t.abs().max()))
    if name.startswith("mx"):
        mx = importlib.import_module("torchao.prototype.mx_formats.mx_tensor")
        element = torch.float8_e4m3fn if name.startswith("mxfp8") else torch.float4_e2m1fn_x2
        return mx.to_mx(t, element, 32)
    gguf = importlib.import_module("gguf")
    return gguf.quants.quantize(x, getattr(gguf.GGMLQuantizationType, name.upper()))


def _seconds(call: Callable[..., Any], name: str, x: NDArray[np.float32]) -> float:
    start = time.process_time()
    call(name, x)
    return time.process_time() - start


def main() -> None:
    """Write the vectors and the entry of `recorded.json`."""
    # Not an import, for how the file is written is no part of what is measured and hashed.
    recorded = importlib.import_module("docs._site.session").RECORDED
    write = importlib.import_module("docs._site.verify").write
    vectors = record()
    VECTORS.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
    entry = {
        "agreement": agreement(2**20),
        "speed": speed(),
        "versions": versions(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "hash": blocks_hash(),
    }
    write({**json.loads(recorded.read_text(encoding="utf-8")), "blocks": entry})
    print(entry)


if __name__ == "__main__":
    main()
