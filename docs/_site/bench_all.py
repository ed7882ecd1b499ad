"""Measure the tables of all chapters; `python3 dev.py bench --record` keeps them for the page of benchmarks.

Each table is measured in a process of its own, on one thread. What is recorded has the date, the machine, its load, the
versions, and a hash of the package's code that was timed. A table that cannot be measured here, such as the one on a
GPU, stays as it was recorded; a library that is missing has no times.
"""

import argparse
import dataclasses
import hashlib
import importlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docs._site.bench_rows import Row
from docs._site.cache import ROOT, code, imported
from docs._site.session import RECORDED
from docs._site.verify import write

__all__ = ["TABLES", "bench_hash", "gathered", "main", "printed", "processor"]

TABLES = {
    "activations": "bench",
    "numbers": "bench_numbers",
    "quantization": "bench_quantization",
    "autograd": "bench_autograd",
    "genetic": "bench_genetic",
    "gpu": "bench_gpu",
    "live": "bench_live",
}
"""The module of each table. It has `gathered(rounds)`, the rows; `PEERS`, packages with a version; and `WHY`."""

ROUNDS = 9
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ONE_THREAD |= {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def bench_hash(name: str) -> str:
    """Return the hash of the package's modules that a benchmark times."""
    found = imported(f"import docs._site.{TABLES[name]}\n")
    texts = [code(path.read_text(encoding="utf-8")) for each, path in sorted(found.items()) if each[:4] != "docs"]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]


def processor() -> str:
    """Return the name of the processor, or of its family where the system does not tell."""
    path = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.*)$", path.read_text(encoding="utf-8"), re.M) if path.exists() else None
    return " ".join(named[1].split()) if named else platform.processor() or platform.machine()


def gathered(name: str, rounds: int) -> dict[str, Any]:
    """Measure one table in this process.

    Args:
        name: The table, as in `TABLES`.
        rounds: How often everyone has a turn.

    Returns:
        Its rows, with all that the page says about them.
    """
    module = importlib.import_module(f"docs._site.{TABLES[name]}")
    before, start = os.getloadavg()[0], time.perf_counter()
    rows: list[Row] = module.gathered(rounds)
    return {
        "rows": [dataclasses.asdict(row) for row in rows],
        "rounds": rounds,
        "versions": _versions(module.PEERS),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "seconds": round(time.perf_counter() - start, 1),
        "load": [round(each, 2) for each in (before, os.getloadavg()[0])],
        "machine": getattr(module, "machine", processor)(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "hash": bench_hash(name),
    }


def _versions(packages: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for package in dict.fromkeys(("numpy", *packages)):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def printed(name: str, table: dict[str, Any]) -> str:
    """Return a table as text."""
    libraries = list(dict.fromkeys(library for row in table["rows"] for library in row["times"]))
    lines = [f"| {name} | ours | {' | '.join(libraries)} | limit |", "|---|--:|" + "--:|" * (len(libraries) + 1)]
    for row in table["rows"]:
        times = [f"{row['times'][library]:.3g}" if library in row["times"] else "" for library in libraries]
        limit = "" if row["limit"] is None else f"{row['limit']:.2g}"
        lines.append(f"| {row['task']} | {row['ours']:.4g} {row['unit']} | {' | '.join(times)} | {limit} |")
    return "\n".join(lines)


def _apart(name: str, rounds: int) -> dict[str, Any] | None:
    """Measure one table in a new process, on one thread; nothing where it cannot be measured."""
    command = [sys.executable, "-m", "docs._site.bench_all", "--here", name, "--rounds", str(rounds)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if done.returncode:
        print(f"{name}: not measured, exit status {done.returncode}\n{done.stdout[-500:]}", flush=True)
        return None
    found: dict[str, Any] = json.loads(done.stdout.rpartition("\n\0")[2])
    return found


def main(arguments: list[str] | None = None) -> None:
    """Measure the named tables, or all of them; print each, and with --record keep it."""
    parser = argparse.ArgumentParser(prog="dev.py bench all", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TABLES)}; default: all of them")
    parser.add_argument("--record", action="store_true", help="keep the result for the page of benchmarks")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often everyone has a turn ({ROUNDS})")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here:
        print("\n\0" + json.dumps(gathered(options.here, options.rounds)))
        return
    if unknown := set(options.names) - set(TABLES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(TABLES)}")
    for name in options.names or list(TABLES):
        table = _apart(name, options.rounds)
        if table is None:
            continue
        print(
            f"{printed(name, table)}\n\n{table['seconds']} s, load {table['load']}, {table['versions']}\n", flush=True
        )
        if options.record:
            data = json.loads(RECORDED.read_text(encoding="utf-8"))
            data.setdefault("benchmarks", {})[name] = table
            write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
