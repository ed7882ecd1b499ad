"""Time quantizers beside bitsandbytes, torchao, gguf and PyTorch; `python3 dev.py bench quantization` prints the table.

Nothing here is a test. All libraries take turns in one process on one thread with the same float32 numbers, and all
pack what they make. The table shows medians over the rounds, as that of `bench_numbers` does.
"""

import argparse
import importlib
import importlib.metadata
import os
import platform
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from docs._site.bench_numbers import Call, in_turns
from docs._site.bench_rows import Row, measured
from reference.quantization import (
    NF4,
    absmax_quantize,
    codebook_quantize,
    dequantize_nibbles,
    mxfp4_quantize,
    mxfp8_quantize,
    nvfp4_quantize,
    pack_nibbles,
    q4_0_quantize,
    q8_0_quantize,
)

__all__ = ["PEERS", "TASKS", "WHY", "gathered", "main", "table"]

COUNT = 9_961_472  # about ten million numbers: 608 rows of 16,384, whole blocks of every size
ROUNDS = 5
PEERS = ("bitsandbytes", "torchao", "gguf", "torch")
WHY = {
    "bitsandbytes": "its kernels are compiled C++, one pass over the codes",
    "torchao": "PyTorch has a compiled conversion to 8-bit floats; ours looks the codes up in a table",
    "gguf": "NumPy too; but it leaves the float16 of the scales to the processor, where ours encodes them by the rules"
    " of the chapter on numbers, and ours refuses NaN and infinity, which takes one more pass",
    "torch": "two compiled operations with vector instructions",
}
"""Why a library is faster, where it is."""


def peer(name: str) -> Any:
    """Import a library and let PyTorch use one thread."""
    importlib.import_module("torch").set_num_threads(1)
    return importlib.import_module(name)


def nf4_quantize(x: Any) -> dict[str, Call]:
    """NF4 in blocks of 64, two codes a byte."""
    functional, t = peer("bitsandbytes.functional"), peer("torch").from_numpy(x)

    def ours() -> Any:
        return pack_nibbles(codebook_quantize(x, NF4, block_size=64).codes, high_first=True)

    return {"ours": ours, "bitsandbytes": lambda: functional.quantize_4bit(t, blocksize=64, quant_type="nf4")}


def nf4_dequantize(x: Any, *, given: bool = False) -> dict[str, Call]:
    """NF4 in blocks of 64 back to float32, into a new array."""
    functional, t = peer("bitsandbytes.functional"), peer("torch").from_numpy(x)
    packed, state = functional.quantize_4bit(t, blocksize=64, quant_type="nf4")
    codes, scale = packed.numpy().reshape(-1), state.absmax.numpy()
    out = np.empty(x.size, np.float32) if given else None
    return {
        "ours": lambda: dequantize_nibbles(codes, NF4, scale, high_first=True, out=out),
        "bitsandbytes": lambda: functional.dequantize_4bit(packed, state),
    }


def nf4_dequantize_out(x: Any) -> dict[str, Call]:
    """NF4 in blocks of 64 back to float32, ours into a given array (bitsandbytes cannot on a CPU)."""
    return nf4_dequantize(x, given=True)


def int4_pack(x: Any) -> dict[str, Call]:
    """Codes of 4 bits, two a byte."""
    codes = (np.arange(x.size) % 16).astype(np.uint8)
    t = peer("torch").from_numpy(codes)
    return {"ours": lambda: pack_nibbles(codes), "torch": lambda: t[::2] | t[1::2] << 4}


def int8_rows(x: Any) -> dict[str, Call]:
    """8 bits, a scale for each row."""
    functional, t = peer("torchao.quantization.quant_primitives"), peer("torch").from_numpy(x)
    torch = peer("torch")
    shape = (1, x.shape[1])

    def torchao() -> Any:
        symmetric = functional.MappingType.SYMMETRIC
        scale, zero = functional.choose_qparams_affine(t, symmetric, shape, torch.int8, eps=1e-30)
        return functional.quantize_affine(t, shape, scale, zero, torch.int8)

    return {"ours": lambda: absmax_quantize(x, axis=0), "torchao": torchao}


def mxfp4(x: Any) -> dict[str, Call]:
    """MXFP4: E2M1 in blocks of 32 with a scale of E8M0."""
    mx, torch, t = peer("torchao.prototype.mx_formats.mx_tensor"), peer("torch"), peer("torch").from_numpy(x)
    return {"ours": lambda: mxfp4_quantize(x), "torchao": lambda: mx.to_mx(t, torch.float4_e2m1fn_x2, 32)}


def mxfp8(x: Any) -> dict[str, Call]:
    """MXFP8: E4M3 in blocks of 32 with a scale of E8M0."""
    mx, torch, t = peer("torchao.prototype.mx_formats.mx_tensor"), peer("torch"), peer("torch").from_numpy(x)
    return {"ours": lambda: mxfp8_quantize(x), "torchao": lambda: mx.to_mx(t, torch.float8_e4m3fn, 32)}


def nvfp4(x: Any) -> dict[str, Call]:
    """NVFP4: E2M1 in blocks of 16 with a scale of E4M3 and one for all."""
    nv, t = peer("torchao.prototype.mx_formats.nvfp4_tensor"), peer("torch").from_numpy(x)

    def torchao() -> Any:
        return nv.nvfp4_quantize(t, 16, nv.per_tensor_amax_to_scale(t.abs().max()))

    return {"ours": lambda: nvfp4_quantize(x), "torchao": torchao}


def by_gguf(name: str, quantize: Callable[[Any], Any], x: Any) -> dict[str, Call]:
    """Return the calls for a format of gguf."""
    gguf = peer("gguf")
    kind = getattr(gguf.GGMLQuantizationType, name)
    return {"ours": lambda: quantize(x), "gguf": lambda: gguf.quants.quantize(x, kind)}


def q4_0(x: Any) -> dict[str, Call]:
    """Q4_0: 4 bits in blocks of 32."""
    return by_gguf("Q4_0", q4_0_quantize, x)


def q8_0(x: Any) -> dict[str, Call]:
    """Q8_0: 8 bits in blocks of 32."""
    return by_gguf("Q8_0", q8_0_quantize, x)


TASKS: dict[str, Callable[[Any], dict[str, Call]]] = {
    task.__name__: task
    for task in (
        *(nf4_quantize, nf4_dequantize, nf4_dequantize_out, int4_pack, int8_rows),
        *(mxfp4, mxfp8, nvfp4, q4_0, q8_0),
    )
}


def gathered(rounds: int, *, count: int = COUNT) -> list[Row]:
    """Return the rows of all tasks whose libraries are installed; the limit is a copy of the numbers or codes."""
    x = np.random.default_rng(0).normal(size=(count // 16_384, 16_384)).astype(np.float32)
    rows = []
    for name, task in TASKS.items():
        try:
            calls: dict[str, Call] = {
                **task(x),
                "limit": partial(np.copy, x.astype(np.uint8) if task is int4_pack else x),
            }
        except ImportError:
            continue
        rows.append(measured(name, calls, unit="ns a number", scale=1e9 / x.size, rounds=rounds, chunk=0))
    return rows


def table(names: list[str], *, count: int = COUNT, rounds: int = ROUNDS) -> str:
    """Return the Markdown table of some tasks.

    Args:
        names: The tasks, as in `TASKS`.
        count: How many numbers, a multiple of 16,384.
        rounds: How often the libraries take turns.

    Returns:
        A header and a line for each task.
    """
    x = np.random.default_rng(0).normal(size=(count // 16_384, 16_384)).astype(np.float32)
    lines = ["| task | what | ours, ns a number | peer | its time / ours |", "|---|---|--:|---|--:|"]
    for name in names:
        try:
            calls = TASKS[name](x)
        except ImportError as error:
            lines.append(
                f"| `{name}` | {(TASKS[name].__doc__ or '').rstrip('.')} | | {error.name} is not installed | |"
            )
            continue
        found = in_turns(calls, count=x.size, rounds=rounds)
        (other,) = set(found) - {"ours"}
        what = (TASKS[name].__doc__ or "").rstrip(".")
        lines.append(f"| `{name}` | {what} | {found['ours']:.2f} | {other} | {found[other]:.1f} |")
    return "\n".join(lines)


def versions() -> str:
    """Return the versions of the libraries that are installed."""
    installed = {found.metadata["Name"].lower(): found.version for found in importlib.metadata.distributions()}
    return ", ".join(f"{name} {installed.get(name, 'not installed')}" for name in ("numpy", *PEERS))


def main(arguments: list[str] | None = None) -> None:
    """Print the table and what it was measured on."""
    parser = argparse.ArgumentParser(prog="dev.py bench quantization", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(TASKS), metavar="NAME", help=f"one of {', '.join(TASKS)}")
    parser.add_argument("--count", type=int, default=COUNT, help="how many numbers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often the libraries take turns")
    options = parser.parse_args(arguments)
    print(table(list(options.names), count=options.count, rounds=options.rounds))
    print(f"\n{options.count:,} float32 numbers, normally distributed; median of {options.rounds} rounds; one thread.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}.")


if __name__ == "__main__":
    main()
