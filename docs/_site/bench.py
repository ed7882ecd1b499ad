"""Time the activations beside PyTorch, SciPy and JAX; `python3 dev.py bench` prints the table. Nothing here is a test.

`python3 dev.py bench live` times the pages' Python in the browser instead, `bench numbers` the casts between formats,
`bench autograd` training steps on the Tensor, `bench quantization` quantizers beside those of other libraries,
`bench genetic` generations beside theirs.

All libraries take turns in one process on one thread: in each round every one of them handles the same arrays for at
least `CHUNK_SECONDS`, and its time is divided by ours of that round. The table shows the median over the rounds, so
a machine that slows down for a while slows down all of them. Ours runs on NumPy arrays; the others on their own.
"""

import argparse
import importlib
import importlib.metadata
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from reference import activations

__all__ = ["main", "peers", "ratios", "table"]

CHUNK_SECONDS = 0.01
ROUNDS = 15
LONG = (65_536,)
ROWS = (512, 128)
ROW_FUNCTIONS = ("softmax", "log_softmax", "logsumexp")
LIBRARIES = ("torch", "scipy", "jax")
OTHERS = ("autograd", "genetic", "live", "numbers", "quantization")  # the tables of `bench_autograd` and so on
NAMES = [
    *("sigmoid", "log_sigmoid", "tanh", "softplus", "softsign", "hard_sigmoid"),
    *("relu", "leaky_relu", "relu6", "elu", "celu", "selu"),
    *("gelu", "gelu_tanh", "silu", "mish", "hard_swish", "glu", *ROW_FUNCTIONS),
]
Function = Callable[[Any], Any]


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


def seconds(function: Function, x: Any, calls: int) -> float:
    """Return the seconds of one call, of several in a row; JAX answers before it has computed, so wait for it."""
    start = time.perf_counter()
    for _ in range(calls):
        result = function(x)
    getattr(result, "block_until_ready", lambda: None)()
    return (time.perf_counter() - start) / calls


def ratios(name: str, *, rounds: int = ROUNDS, chunk: float = CHUNK_SECONDS) -> dict[str, float]:
    """Time one function in all libraries.

    Args:
        name: The function, as in `NAMES`.
        rounds: How often the libraries take turns.
        chunk: The seconds that a library computes in its turn.

    Returns:
        Under `ours` the nanoseconds per number, under each library our time divided by its time.
    """
    shape = ROWS if name in ROW_FUNCTIONS or name == "glu" else LONG
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    functions = peers(name)
    inputs = {library: on_library(library, x) for library in functions}
    calls = {}
    for library, function in functions.items():
        seconds(function, inputs[library], 2)  # compiles, warms the caches
        calls[library] = max(1, round(chunk / seconds(function, inputs[library], 3)))
    turns = [
        {library: seconds(functions[library], inputs[library], calls[library]) for library in functions}
        for _ in range(rounds)
    ]
    result = {library: statistics.median(turn["ours"] / turn[library] for turn in turns) for library in functions}
    return {**result, "ours": statistics.median(turn["ours"] for turn in turns) / x.size * 1e9}


def table(names: list[str], **options: Any) -> str:
    """Return the Markdown table of some functions.

    Args:
        names: The functions, as in `NAMES`.
        **options: `rounds` and `chunk`, as `ratios` takes them.

    Returns:
        A header and one line for each function.
    """
    lines = ["| function | NumPy, ns a number | over PyTorch | over SciPy | over JAX |", "|---|--:|--:|--:|--:|"]
    for name in names:
        found = ratios(name, **options)
        others = [f"{found[library]:.2f}" if library in found else "" for library in LIBRARIES]
        lines.append(f"| `{name}` | {found['ours']:.2f} | {' | '.join(others)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Print the table and what it was measured on; or another one that is named first."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] and arguments[0] in OTHERS:
        importlib.import_module(f"docs._site.bench_{arguments[0]}").main(arguments[1:])
        return
    parser = argparse.ArgumentParser(prog="dev.py bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    names = parser.parse_args(arguments).names
    print(table(list(names)))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", *LIBRARIES))
    print("\nThe last three columns are our time divided by theirs.")
    print(f"{LONG[0]:,} float32 numbers, or {ROWS[0]} rows of {ROWS[1]}; median of {ROUNDS} rounds; one thread each.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions}.")


if __name__ == "__main__":
    main()
