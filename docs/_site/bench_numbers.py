"""Time rounding to few bits beside ml_dtypes and gfloat; `python3 -m docs._site.bench_numbers` prints the tables.

Nothing here is a test. Ours and the others take turns in one process on one thread, with the same ten million float32
numbers, and each call makes a new result. The table shows medians over the rounds: of our processor time, and of the
time of each other library divided by ours of the same round, so that a machine that slows down for a while slows down
all of them.
"""

import argparse
import importlib
import importlib.metadata
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from docs._site.bench_rows import Row, measured
from reference.numbers import FORMATS
from reference.numbers.lookup import from_codes, round_to, to_codes

__all__ = ["PEERS", "WHY", "Call", "calls", "gathered", "in_turns", "main", "memory", "ratios", "table"]

COUNT = 10_000_000
ROUNDS = 9
NAMES = [
    "float8_e4m3fn",
    "float8_e5m2",
    "float4_e2m1fn",
    "float6_e2m3fn",
    "float8_e8m0fnu",
    "bfloat16",
    "float16",
    "tf32",
]
TASKS = ["codes", "decode", "values"]
PEERS = ("ml_dtypes", "gfloat")
WHY = {
    "ml_dtypes": "float16 (here NumPy's own) is a type of the processor, and bfloat16 is half a float32: one compiled"
    " loop converts them by an instruction or a shift, where ours takes several operations or looks the answer up",
}
"""Why a library is faster, where it is."""

GFLOAT = {"float8_e4m3fn": "format_info_ocp_e4m3", "float8_e5m2": "format_info_ocp_e5m2"}
GFLOAT |= {"float4_e2m1fn": "format_info_ocp_e2m1", "float6_e2m3fn": "format_info_ocp_e2m3"}
GFLOAT |= {
    "float8_e8m0fnu": "format_info_ocp_e8m0",
    "bfloat16": "format_info_bfloat16",
    "float16": "format_info_binary16",
}
Call = Callable[[], Any]


def numbers(name: str, count: int) -> Any:
    """Return normally distributed float32 numbers; for a format without a sign their absolute values."""
    x = np.random.default_rng(0).normal(size=count).astype(np.float32)
    return x if FORMATS[name].signed else np.abs(x)


def calls(name: str, task: str, *, count: int = COUNT) -> dict[str, Call]:
    """Return what does a task in ours and in the other libraries, as far as they are installed and know the format.

    Args:
        name: The format.
        task: `codes`, from float32 to codes; `decode`, from codes to float32; `values`, from float32 to float32.
        count: How many numbers.

    Returns:
        The calls by library.
    """
    format, x = FORMATS[name], numbers(name, count)
    codes = to_codes(x, format)
    ours: dict[str, Call] = {
        "codes": lambda: to_codes(x, format),
        "decode": lambda: from_codes(codes, format),
        "values": lambda: round_to(x, format),
    }
    return {"ours": ours[task], **_by_ml_dtypes(name, task, x, codes), **_by_gfloat(name, task, x, codes)}


def _by_ml_dtypes(name: str, task: str, x: Any, codes: Any) -> dict[str, Call]:
    import ml_dtypes

    kind = np.float16 if name == "float16" else getattr(ml_dtypes, name, None)
    if kind is None:
        return {}
    theirs = codes.view(kind)
    tasks: dict[str, Call] = {
        "codes": lambda: x.astype(kind),
        "decode": lambda: theirs.astype(np.float32),
        "values": lambda: x.astype(kind).astype(np.float32),
    }
    return {"ml_dtypes": tasks[task]}


def _by_gfloat(name: str, task: str, x: Any, codes: Any) -> dict[str, Call]:
    try:
        gfloat, formats = importlib.import_module("gfloat"), importlib.import_module("gfloat.formats")
    except ImportError:
        return {}
    if name not in GFLOAT:
        return {}
    info = getattr(formats, GFLOAT[name])
    tasks: dict[str, Call] = {
        "codes": lambda: gfloat.encode_ndarray(info, gfloat.round_ndarray(info, x)),
        "decode": lambda: gfloat.decode_ndarray(info, codes),
        "values": lambda: gfloat.round_ndarray(info, x),
    }
    return {"gfloat": tasks[task]}


def seconds(call: Call) -> float:
    """Return the processor time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def ratios(name: str, task: str, *, count: int = COUNT, rounds: int = ROUNDS) -> dict[str, float]:
    """Time one task on one format in all libraries.

    Args:
        name: The format.
        task: As in `calls`.
        count: How many numbers.
        rounds: How often the libraries take turns.

    Returns:
        Under `ours` the nanoseconds per number, under each library its time divided by ours.
    """
    return in_turns(calls(name, task, count=count), count=count, rounds=rounds)


def in_turns(libraries: dict[str, Call], *, count: int, rounds: int) -> dict[str, float]:
    """Let libraries take turns at one task.

    Args:
        libraries: The call of each; ours is among them.
        count: How many numbers a call handles.
        rounds: How often they take turns.

    Returns:
        Medians: under `ours` the nanoseconds per number, under each library its time divided by ours.
    """
    for call in libraries.values():
        call()  # fills the tables
    turns = [{library: seconds(call) for library, call in libraries.items()} for _ in range(rounds)]
    result = {library: statistics.median(turn[library] / turn["ours"] for turn in turns) for library in libraries}
    return {**result, "ours": statistics.median(turn["ours"] for turn in turns) / count * 1e9}


def gathered(rounds: int, *, count: int = COUNT) -> list[Row]:
    """Return the rows of all formats and tasks; the limit is a copy of the float32 numbers."""
    rows = []
    for name in NAMES:
        copy = partial(np.copy, numbers(name, count))
        for task in TASKS:
            libraries: dict[str, Call] = {**calls(name, task, count=count), "limit": copy}
            rows.append(
                measured(f"{name} {task}", libraries, unit="ns a number", scale=1e9 / count, rounds=rounds, chunk=0)
            )
    return rows


def memory(name: str, task: str, *, count: int = COUNT) -> float:
    """Return the peak of memory in one of our calls, its result included, divided by the size of its input."""
    call = calls(name, task, count=count)["ours"]
    tracemalloc.start()
    result = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    item = to_codes(np.ones(1), FORMATS[name]).itemsize if task == "decode" else 4
    return float(peak / (result.size * item))


def table(names: list[str], *, count: int = COUNT, rounds: int = ROUNDS) -> str:
    """Return the Markdown table of some formats.

    Args:
        names: The formats, as in `NAMES`.
        count: How many numbers.
        rounds: How often the libraries take turns.

    Returns:
        A header and a line for each format and task.
    """
    header = ["format", "task", "ours, ns a number", *(f"{peer} / ours" for peer in PEERS), "peak memory / input"]
    lines = [f"| {' | '.join(header)} |", "|---|---" + "|--:" * (len(PEERS) + 2) + "|"]
    for name in names:
        for task in TASKS:
            found = ratios(name, task, count=count, rounds=rounds)
            others = [f"{found[peer]:.1f}" if peer in found else "" for peer in PEERS]
            cells = [f"`{name}`", task, f"{found['ours']:.2f}", *others, f"{memory(name, task, count=count):.2f}"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def versions() -> str:
    """Return the versions of the libraries that are installed."""
    found = []
    for name in ("numpy", *PEERS):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


def main(arguments: list[str] | None = None) -> None:
    """Print the table and what it was measured on."""
    parser = argparse.ArgumentParser(prog="dev.py bench numbers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--count", type=int, default=COUNT, help="how many numbers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often the libraries take turns")
    options = parser.parse_args(arguments)
    print(table(list(options.names), count=options.count, rounds=options.rounds))
    print(f"\n{options.count:,} float32 numbers, normally distributed; median of {options.rounds} rounds; one thread.")
    print(
        "Memory counts the result: a fourth of the input for codes of a byte, four times the input for decoding them."
    )
    print("ml_dtypes takes two casts for values; float16 beside it is NumPy's own.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}.")


if __name__ == "__main__":
    main()
