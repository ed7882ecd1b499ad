"""What bitsandbytes makes of numbers in NF4, and in which order libraries pack 4-bit codes, for the tests.

`python3 -m docs._site.vectors_codebooks` asks them again and writes `vectors_codebooks.json`; bitsandbytes, torchao and
ONNX are in the extra `peers`.
"""

import importlib
import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from docs._site.vectors_affine import encoded

__all__ = ["FILE", "inputs", "main", "record"]

FILE = Path(__file__).with_suffix(".json")


def inputs() -> Iterator[np.ndarray]:
    """Yield float32 arrays of whole blocks of 64: normal, heavy-tailed, tiny, with zeros, half-way between values."""
    rng = np.random.default_rng(0)
    yield rng.standard_normal(512).astype(np.float32)
    yield (rng.standard_t(2, 256) * 1e-4).astype(np.float32)
    yield (rng.standard_normal(128) * 1e-30).astype(np.float32)
    yield np.repeat(np.array([0, 1, -2, 0.5], np.float32), 64)
    codes = importlib.import_module("reference.quantization.codebooks").NF4.table
    halves = (codes[1:] + codes[:-1]) / np.float32(2)
    near = [
        np.nextafter(halves, np.float32(-2)),
        halves,
        np.nextafter(halves, np.float32(2)),
        codes,
        np.array([1, -1, 0], np.float32),
    ]
    yield np.concatenate(near)


def _nf4(x: np.ndarray) -> dict[str, Any]:
    torch, functional = importlib.import_module("torch"), importlib.import_module("bitsandbytes.functional")
    packed, state = functional.quantize_4bit(torch.from_numpy(x), blocksize=64, quant_type="nf4")
    back = functional.dequantize_4bit(packed, state)
    results = {"packed": packed, "absmax": state.absmax, "back": back}
    return {"x": encoded(x), **{name: encoded(y.numpy().reshape(-1)) for name, y in results.items()}}


def _packed(codes: np.ndarray) -> dict[str, Any]:
    onnx, torch = importlib.import_module("onnx"), importlib.import_module("torch")
    tensor = onnx.helper.make_tensor("codes", onnx.TensorProto.UINT4, codes.shape, codes.tolist())
    raw = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor)).raw_data
    torchao = importlib.import_module("torchao.prototype.mx_formats.kernels").pack_uint4(torch.from_numpy(codes))
    return {"codes": encoded(codes), "onnx": encoded(np.frombuffer(raw, np.uint8)), "torchao": encoded(torchao.numpy())}


def record() -> dict[str, Any]:
    """Ask the libraries.

    Returns:
        The NF4 cases, the packed codes, the values of bitsandbytes' FP4, and the versions.
    """
    fp4 = importlib.import_module("bitsandbytes.functional").get_4bit_type("fp4", device="cpu")
    names = ("bitsandbytes", "torchao", "onnx", "torch")
    return {
        "nf4": [_nf4(x) for x in inputs()],
        "packed": _packed(np.random.default_rng(0).integers(0, 16, 64).astype(np.uint8)),
        "bitsandbytes_fp4": [round(float(value), 7) for value in fp4],
        "versions": {name: importlib.metadata.version(name) for name in names},
    }


def main() -> None:
    """Write the file of vectors."""
    FILE.write_text(json.dumps(record()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
