"""What the page of benchmarks says in words and tables about what `dev.py bench --record` has measured."""

import importlib

from docs._site.bench_all import TABLES as MODULES
from docs._site.bench_all import bench_hash
from docs._site.tables import LIBRARIES, linked, listed, rows, said, stored

__all__ = ["TABLES", "conditions", "each", "faster", "gpu", "losses", "peer_name"]

TABLES = ("conditions", "each", "faster", "gpu")
NAMES = {
    "torch, optim.SGD": ("torch", "PyTorch {} with `optim.SGD`"),
    "simple_ga": ("evosax", "SimpleGA of evosax {}"),
    "NumPy by hand": ("numpy", "NumPy {} by hand"),
}
"""Whose version a name has that is no package's, and how it is said."""

NOTHING = "Nothing is recorded yet: `python3 dev.py bench --record` measures it."
EVEN = 0.95
"""A time above this share of ours is no lead: so much differs from run to run."""


def peer_name(name: str, versions: dict[str, str]) -> str:
    """Return a library with its version, if it is known."""
    package, words = NAMES.get(name, (name, f"{LIBRARIES.get(name, name)} {{}}"))
    return " ".join(words.format(versions.get(package, "").partition("+")[0]).split())


def conditions(name: str) -> str:
    """Return when, where and with what a table was measured."""
    table = stored().get("benchmarks", {}).get(name)
    if table is None:
        return NOTHING
    found = [peer_name(package, table["versions"]) for package in table["versions"]]
    before, after = table["load"]
    busy = " The machine had not been idle before." if before > table["cores"] / 2 else ""
    changed = "" if table["hash"] == bench_hash(name) else " **The code has changed since.**"
    return (
        f"Measured on {table['date']}, {table['rounds']} rounds in {table['seconds']:,.0f} s, on {table['machine']}"
        f" with {table['cores']} cores; load average {before:g} before and {after:g} after.{busy}{changed}"
        f" Python {table['python']}, {listed(found)}."
    )


def losses(name: str) -> dict[str, list[tuple[str, float]]]:
    """Return by library the tasks in which it is faster than ours, with its time divided by ours."""
    found: dict[str, list[tuple[str, float]]] = {}
    for row in stored().get("benchmarks", {}).get(name, {}).get("rows", []):
        for peer, ratio in row["times"].items():
            if ratio < EVEN:
                found.setdefault(peer, []).append((row["task"], ratio))
    return found


def faster(name: str) -> str:
    """Return which libraries are faster at which tasks, by how much, and why."""
    table = stored().get("benchmarks", {}).get(name)
    if table is None:
        return ""
    why: dict[str, str] = importlib.import_module(f"docs._site.{MODULES[name]}").WHY
    lines = []
    for peer, tasks in losses(name).items():
        of = sum(peer in row["times"] for row in table["rows"])
        best, ratio = min(tasks, key=lambda each: each[1])
        shown = f"{len(tasks)} of {of} task{'s' * (of > 1)},{' most' * (len(tasks) > 1)} at `{best}`"
        words = f"is faster at {shown}, {said(1 / ratio, '.2g')} times: {why.get(peer, '')}."
        lines.append(f"- **{peer_name(peer, table['versions'])}** {words}")
    return "\n".join(lines) or "No library is faster at any of these tasks."


def each(name: str) -> str:
    """Return all numbers of a table."""
    table = stored().get("benchmarks", {}).get(name)
    if table is None:
        return ""
    peers = list(dict.fromkeys(peer for row in table["rows"] for peer in row["times"]))
    limited = any(row["limit"] for row in table["rows"])
    lines = []
    for row in table["rows"]:
        times = [said(row["times"][peer]) if peer in row["times"] else "" for peer in peers]
        limit = [said(row["limit"], ".2g") if row["limit"] else ""] if limited else []
        ours = f"{row['ours']:,.0f}" if row["ours"] >= 1000 else f"{row['ours']:.3g}"
        lines.append([_task(row["task"]), ours, *times, *limit])
    heads = [f"{peer_name(peer, table['versions'])} / ours:" for peer in peers]
    return rows(["task", f"ours, {table['rows'][0]['unit']}:", *heads, *(["limit / ours:"] if limited else [])], lines)


def gpu() -> str:
    """Return the section about a GPU, or nothing where none was measured."""
    if "gpu" not in stored().get("benchmarks", {}):
        return ""
    said = (
        "The same functions on PyTorch's tensors on a GPU; not a line of them is written for it. The limit is a copy of"
        " the tensor within the GPU's memory."
    )
    return "\n\n".join(["## On a GPU", said, conditions("gpu"), each("gpu"), faster("gpu")])


def _task(name: str) -> str:
    for chapter in ("activations", "normalization"):
        found = getattr(importlib.import_module(f"reference.{chapter}"), name, None)
        if found is not None:
            return linked(f"{found.__module__}.{name}", f"`{name}`")
    return name
