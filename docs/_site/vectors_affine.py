"""What ONNX and PyTorch make of the same numbers: codes, scales and zero points, for the tests of the affine module.

`python3 -m docs._site.vectors_affine` asks them again and writes `vectors_affine.json`; ONNX is in the extra `peers`.
"""

import base64
import importlib
import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["FILE", "decoded", "encoded", "inputs", "main", "record"]

FILE = Path(__file__).with_suffix(".json")


def inputs() -> Iterator[np.ndarray]:
    """Yield float32 arrays: one-sided, shifted, tiny, large, constant, zeros, and with an outlier."""
    rng = np.random.default_rng(0)
    for shift, size in [(0, 1), (3, 1), (-0.5, 1e-3), (1, 1e4), (0, 1e-30), (2e37, 1e37)]:
        yield (shift + size * rng.standard_normal(97)).astype(np.float32)
    yield np.abs(rng.standard_normal(64)).astype(np.float32)
    yield np.append(rng.standard_normal(63), 60).astype(np.float32)
    yield np.full(8, 5, np.float32)
    yield np.zeros(8, np.float32)


def encoded(x: Any) -> dict[str, Any]:
    """Return an array as JSON: its type, its shape, and its bytes in base64."""
    array = np.asarray(x)
    return {"dtype": array.dtype.str, "shape": array.shape, "bytes": base64.b64encode(array.tobytes()).decode()}


def decoded(entry: dict[str, Any]) -> np.ndarray:
    """Return the array that `encoded` wrote."""
    return np.frombuffer(base64.b64decode(entry["bytes"]), entry["dtype"]).reshape(entry["shape"])


def _onnx(op: str, given: list[Any], results: int) -> list[np.ndarray]:
    """Run one ONNX operator in the reference implementation that comes with ONNX."""
    onnx = importlib.import_module("onnx")
    helper, kinds = onnx.helper, {"f": onnx.TensorProto.FLOAT, "i": onnx.TensorProto.INT8, "u": onnx.TensorProto.UINT8}
    values = {f"x{place}": np.asarray(x) for place, x in enumerate(given)}
    outs = [f"y{place}" for place in range(results)]
    graph = helper.make_graph(
        [helper.make_node(op, list(values), outs)],
        "one",
        [helper.make_tensor_value_info(name, kinds[x.dtype.kind], None) for name, x in values.items()],
        [helper.make_tensor_value_info(name, onnx.TensorProto.UNDEFINED, None) for name in outs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    answers = importlib.import_module("onnx.reference").ReferenceEvaluator(model).run(None, values)
    return [np.asarray(answer) for answer in answers]


def _torch(x: np.ndarray, scale: Any, zero_point: Any, dtype: str) -> np.ndarray:
    torch = importlib.import_module("torch")
    q = torch.quantize_per_tensor(torch.from_numpy(x), float(scale), int(zero_point), getattr(torch, dtype))
    return np.asarray(q.int_repr().numpy())


def record() -> dict[str, Any]:
    """Ask the libraries about every input.

    Returns:
        The cases, the answers to half-way numbers, and the versions.
    """
    cases = []
    for x in inputs():
        codes, scale, zero_point = _onnx("DynamicQuantizeLinear", [x], 3)
        symmetric = np.float32(np.maximum(np.abs(x).max() / np.float32(127), np.float32(2.0**-126)))
        cases.append(
            {
                "x": encoded(x),
                "dynamic": [encoded(codes), encoded(scale), encoded(zero_point)],
                "symmetric": encoded(symmetric),
                "onnx": encoded(_onnx("QuantizeLinear", [x, symmetric, np.int8(0)], 1)[0]),
                "torch": encoded(_torch(x, symmetric, 0, "qint8")),
                "torch_affine": encoded(_torch(x, scale, zero_point, "quint8")) if scale > 0 else None,
            }
        )
    halves, one = np.arange(-3, 4, dtype=np.float32) + np.float32(0.5), np.float32(1)
    ties = {
        "x": encoded(halves),
        "onnx": encoded(_onnx("QuantizeLinear", [halves, one, np.int8(1)], 1)[0]),
        "torch": encoded(_torch(halves, one, 1, "qint8")),
    }
    return {
        "cases": cases,
        "ties": ties,
        "versions": {name: importlib.metadata.version(name) for name in ("onnx", "torch")},
    }


def main() -> None:
    """Write the file of vectors."""
    FILE.write_text(json.dumps(record()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
