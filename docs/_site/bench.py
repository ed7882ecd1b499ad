"""Time the activations beside PyTorch, SciPy and JAX; `python3 dev.py bench` prints the table. Nothing here is a test.

`python3 dev.py bench live` times the pages' Python in the browser instead, `bench numbers` the casts between formats,
`bench autograd` training steps on the Tensor, `bench quantization` quantizers beside those of other libraries,
`bench genetic` generations beside theirs. `bench all`
measures the tables of all chapters in one form, and `bench --record` keeps them for the page of benchmarks.

All libraries take turns in one process on one thread, as `bench_rows` has it. Ours runs on NumPy arrays; the others on
their own.
"""

import argparse
import dataclasses
import importlib
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from docs._site.bench_rows import Row, measured
from reference import activations

__all__ = ["NAMES", "PEERS", "WHY", "gathered", "main", "one_thread", "peers"]

ROUNDS = 15
LONG = (65_536,)
ROWS = (512, 128)
ROW_FUNCTIONS = ("softmax", "log_softmax", "logsumexp")
PEERS = ("torch", "scipy", "jax")
OTHERS = ("all", "autograd", "genetic", "live", "numbers", "quantization")  # the tables of `bench_autograd` and so on
NAMES = [
    *("sigmoid", "log_sigmoid", "tanh", "softplus", "softsign", "hard_sigmoid"),
    *("relu", "leaky_relu", "relu6", "elu", "celu", "selu"),
    *("gelu", "gelu_tanh", "silu", "mish", "hard_swish", "glu", *ROW_FUNCTIONS),
]
Function = Callable[[Any], Any]
WHY = {
    "torch": "one compiled pass over the numbers with vector instructions; NumPy makes a new array for each operation"
    " of the formula, and some of ours compute in float64 for the sake of the last digit",
    "scipy": "`expit` and `log_expit` are one compiled loop each; the functions of a row are NumPy's operations too,"
    " but in float32, where ours take float64 for the sake of the last digit",
    "jax": "XLA compiles all operations of a formula into one loop, in float32 from end to end",
}
"""Why a library is faster, where it is."""


def one_thread() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Import PyTorch, SciPy's special functions and JAX so that each computes on one thread."""
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import scipy.special
    import torch

    torch.set_num_threads(1)
    return torch, scipy.special, jax


def peers(name: str) -> dict[str, Function]:
    """Return our function and the libraries', each from its own array to its own array.

    Args:
        name: The function, as this package calls it; `gelu_tanh` is GELU's tanh form.

    Returns:
        The functions by library; a library without such a function is left out.
    """
    torch, special, jax = one_thread()
    if name == "gelu_tanh":
        return {
            "ours": lambda x: activations.gelu(x, approximate="tanh"),
            "torch": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
            "jax": jax.jit(jax.nn.gelu),
        }
    theirs = {"log_sigmoid": "logsigmoid", "hard_sigmoid": "hardsigmoid", "hard_swish": "hardswish"}.get(name, name)
    found: dict[str, Function] = {"ours": getattr(activations, name)}
    functional = getattr(torch.nn.functional, theirs, None) or getattr(torch, theirs)
    found["torch"] = (lambda x: functional(x, -1)) if name in ROW_FUNCTIONS else functional
    in_scipy = {"sigmoid": "expit", "log_sigmoid": "log_expit"}.get(name, name)
    if hasattr(special, in_scipy):
        inside = getattr(special, in_scipy)
        found["scipy"] = (lambda x: inside(x, axis=-1)) if name in ROW_FUNCTIONS else inside
    in_jax = {"softsign": "soft_sign"}.get(name, name)
    if hasattr(jax.nn, in_jax):
        options = {"approximate": False} if name == "gelu" else {"axis": -1} if name in ROW_FUNCTIONS else {}
        outside = getattr(jax.nn, in_jax)
        found["jax"] = jax.jit(lambda x: outside(x, **options))
    return found


def on_library(library: str, x: Any) -> Any:
    """Return a NumPy array as the library's own array."""
    torch, _, jax = one_thread()
    return {"torch": torch.from_numpy, "jax": jax.numpy.asarray}.get(library, np.asarray)(x)


def gathered(rounds: int, names: Sequence[str] = ()) -> list[Row]:
    """Return the rows of the named functions, or of all; the limit is a copy of the numbers."""
    _, _, jax = one_thread()
    rows = []
    for name in names or NAMES:
        x = np.random.default_rng(0).normal(size=ROWS if name in (*ROW_FUNCTIONS, "glu") else LONG).astype(np.float32)
        calls: dict[str, Any] = {"limit": partial(np.copy, x)}
        for library, function in peers(name).items():
            call = partial(function, on_library(library, x))
            calls[library] = partial(_waited, jax, call) if library == "jax" else call
        rows.append(measured(name, calls, unit="ns a number", scale=1e9 / x.size, rounds=rounds))
    return rows


def _waited(jax: Any, call: Callable[[], Any]) -> Any:
    return jax.block_until_ready(call())


def main(arguments: list[str] | None = None) -> None:
    """Print the table and what it was measured on; or another one that is named first."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["--record"]:
        arguments = ["all", *arguments]
    if arguments[:1] and arguments[0] in OTHERS:
        importlib.import_module(f"docs._site.bench_{arguments[0]}").main(arguments[1:])
        return
    parser = argparse.ArgumentParser(prog="dev.py bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    rows = gathered(ROUNDS, parser.parse_args(arguments).names)
    printed = importlib.import_module("docs._site.bench_all").printed
    print(printed("activations", {"rows": [dataclasses.asdict(row) for row in rows]}))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", *PEERS))
    print("\nThe columns of the libraries and of the limit, a copy of the numbers, are their time divided by ours.")
    print(f"{LONG[0]:,} float32 numbers, or {ROWS[0]} rows of {ROWS[1]}; median of {ROUNDS} rounds; one thread each.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions}.")


if __name__ == "__main__":
    main()
