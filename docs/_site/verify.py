"""Measure what the build must not: experiments longer than 5 s, and other libraries' figures.

`python3 dev.py verify` runs this and writes `recorded.json`, which pages and figures read. Each entry carries a hash of
the code that it measured; a test fails when the code has changed since.
"""

import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from docs._site import source
from docs._site.cache import ROOT, code, digest, module_file
from docs._site.session import RECORDED
from docs._site.ulp import REFERENCES, ROW_REFERENCES, ROWS, measure, sweep

__all__ = ["EXPERIMENTS", "experiment_hash", "load", "main"]

FOLDER = Path(__file__).with_name("experiments")
EXPERIMENTS = sorted(path.stem for path in FOLDER.glob("*.py"))
VECTORS = sorted(path.stem for path in Path(__file__).parent.glob("vectors_*.py"))
PLACES = ["samples", "engines", "ulp", "disagreements", "vectors", "exhaustive", "pages", "lighthouse", "stamp"]
PEER_STRIDE = 101
# Below -87.3 sigmoid(x) itself is no normal float32, and a product with it has fewer digits to give.
PARTS = {name: [(name, -87.3, np.inf), (f"{name}_tail", -np.inf, -87.3)] for name in ("silu", "mish")}
LIBRARIES = ["numpy", "torch", "scipy", "jax"]


def load(name: str) -> ModuleType:
    """Import an experiment: `SEEDS`, `run(seed, short=False)`, `summary(results)` and `check(summary, short)`."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def experiment_hash(name: str) -> str:
    """Return the hash of an experiment and of what it imports from the project."""
    return digest((FOLDER / f"{name}.py").read_text(encoding="utf-8"))


def experiment(name: str) -> dict[str, Any]:
    """Run an experiment over its seeds; its summary, with the hash, the seeds and the seconds it took."""
    script, start = load(name), time.perf_counter()
    summary: dict[str, Any] = script.summary([script.run(seed) for seed in script.SEEDS])
    seconds = round(time.perf_counter() - start, 1)
    about = {"seeds": len(script.SEEDS), "seconds": seconds, "date": today()}
    return {**summary, "hash": experiment_hash(name), **about}


def peers() -> dict[str, dict[str, Any]]:
    """Return, by function and library, what is measured: each takes and returns a float32 NumPy array."""
    import jax
    import scipy.special
    import torch

    from reference import activations

    def on_torch(function: Any) -> Any:
        return lambda x: function(torch.from_numpy(x)).numpy()

    def on_jax(function: Any) -> Any:
        compiled = jax.jit(function)
        return lambda x: np.asarray(compiled(x))

    half, one = np.float32(0.5), np.float32(1)
    slope, cubic = np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715)

    def textbook_gelu_tanh(x: Any) -> Any:
        return half * x * (one + np.tanh(slope * (x + cubic * x * x * x)))

    functional, special, nn = torch.nn.functional, scipy.special, jax.nn
    return {
        "sigmoid": {
            "ours": activations.sigmoid,
            "textbook": lambda x: one / (one + np.exp(-x)),
            "torch": on_torch(torch.sigmoid),
            "scipy": special.expit,
            "jax": on_jax(nn.sigmoid),
        },
        "log_sigmoid": {
            "ours": activations.log_sigmoid,
            "textbook": lambda x: np.log(one / (one + np.exp(-x))),
            "torch": on_torch(functional.logsigmoid),
            "scipy": special.log_expit,
            "jax": on_jax(nn.log_sigmoid),
        },
        "tanh": {
            "ours": activations.tanh,
            "textbook": lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
            "torch": on_torch(torch.tanh),
            "jax": on_jax(jax.numpy.tanh),
        },
        "softplus": {
            "ours": activations.softplus,
            "textbook": lambda x: np.log(one + np.exp(x)),
            "torch": on_torch(functional.softplus),
            "scipy": lambda x: np.logaddexp(np.float32(0), x),
            "jax": on_jax(nn.softplus),
        },
        "softsign": {
            "ours": activations.softsign,
            "textbook": lambda x: x / (one + np.abs(x)),
            "torch": on_torch(functional.softsign),
            "jax": on_jax(nn.soft_sign),
        },
        "silu": {
            "ours": activations.silu,
            "textbook": lambda x: x / (one + np.exp(-x)),
            "torch": on_torch(functional.silu),
            "jax": on_jax(nn.silu),
        },
        "mish": {
            "ours": activations.mish,
            "textbook": lambda x: x * np.tanh(np.log(one + np.exp(x))),
            "torch": on_torch(functional.mish),
            "jax": on_jax(nn.mish),
        },
        "gelu": {
            "ours": activations.gelu,
            "textbook": lambda x: half * x * (one + special.erf(x / np.sqrt(np.float32(2)))),
            "torch": on_torch(functional.gelu),
            "jax": on_jax(lambda x: nn.gelu(x, approximate=False)),
        },
        "gelu_tanh": {
            "ours": lambda x: activations.gelu(x, approximate="tanh"),
            "textbook": lambda x: (
                half * x * (one + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)))
            ),
            "torch": on_torch(lambda x: functional.gelu(x, approximate="tanh")),
            "jax": on_jax(nn.gelu),
        },
    }


def row_peers() -> dict[str, dict[str, Any]]:
    """Return the same for functions of a row."""
    import jax
    import scipy.special
    import torch

    from reference import activations

    def textbook_softmax(x: Any) -> Any:
        e = np.exp(x)
        return e / np.sum(e, axis=-1, keepdims=True)

    return {
        "softmax": {
            "ours": activations.softmax,
            "textbook": textbook_softmax,
            "torch": lambda x: torch.softmax(torch.from_numpy(x), -1).numpy(),
            "scipy": lambda x: scipy.special.softmax(x, axis=-1),
            "jax": lambda x: np.asarray(jax.nn.softmax(x)),
        },
        "log_softmax": {
            "ours": activations.log_softmax,
            "textbook": lambda x: np.log(textbook_softmax(x)),
            "torch": lambda x: torch.log_softmax(torch.from_numpy(x), -1).numpy(),
            "scipy": lambda x: scipy.special.log_softmax(x, axis=-1),
            "jax": lambda x: np.asarray(jax.nn.log_softmax(x)),
        },
        "logsumexp": {
            "ours": activations.logsumexp,
            "textbook": lambda x: np.log(np.sum(np.exp(x), axis=-1)),
            "torch": lambda x: torch.logsumexp(torch.from_numpy(x), -1).numpy(),
            "scipy": lambda x: scipy.special.logsumexp(x, axis=-1).astype(np.float32),
            "jax": lambda x: np.asarray(jax.nn.logsumexp(x, axis=-1)),
        },
    }


def accuracy_hash() -> str:
    """Return the hash of the functions whose accuracy is recorded, with all that they call, and of the references.

    A function is taken as it is pasted, so what else its module holds does not count.
    """
    measured = {f"activations.{name.removesuffix('_tanh')}" for name in (*REFERENCES, *ROW_REFERENCES)}
    functions = (source.find(f"reference.{name}") for name in sorted({"arrays.erfc", *measured}))
    texts = [code(module_file("docs._site.ulp").read_text(encoding="utf-8")), *map(source.paste_ready, functions)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]


def identifier(name: str) -> str:
    """Return a row's name as a page can write it: `30 times normal` as `_30_times_normal`."""
    words = re.sub(r"\W+", "_", name)
    return f"_{words}" if words[0].isdigit() else words


def entry(worst: Any) -> dict[str, Any]:
    """Return a worst case as plain data. An infinite error is stored as Infinity, which Python's JSON reads back."""
    return {
        "worst": float(f"{worst.ulp:.4g}"),
        "at": [float(f"{x:.9g}") for x in worst.at[:4]],
        "inputs": worst.inputs,
    }


def accuracy(stride: int, peer_stride: int) -> dict[str, Any]:
    """Measure ours on every stride-th float32 and the libraries on every peer_stride-th; rows on all rows.

    What stands recorded for the same code, strides and versions is kept.
    """
    state = {"hash": accuracy_hash(), "stride": stride, "peer_stride": peer_stride, "versions": versions()}
    known = json.loads(RECORDED.read_text(encoding="utf-8")).get("ulp", {})
    known = known if all(known.get(name) == value for name, value in state.items()) else {}
    result: dict[str, Any] = {**state, "date": today()}
    with np.errstate(all="ignore"):
        for name, functions in peers().items():
            for part, low, high in PARTS.get(name, [(name, -np.inf, np.inf)]):
                for who, function in functions.items():
                    every = stride if who == "ours" else peer_stride
                    found = known.get(part, {}).get(who)
                    found = found or entry(sweep(function, REFERENCES[name], every, low=low, high=high))
                    result.setdefault(part, {})[who] = found
                    print(f"  {part} {who}: {found['worst']}", flush=True)
        for name, functions in row_peers().items():
            for who, function in functions.items():
                cases = {rows: entry(measure(function, ROW_REFERENCES[name], ROWS[rows])) for rows in ROWS}
                result.setdefault(name, {})[who] = {identifier(key): case for key, case in cases.items()}
    return result


SAMPLES = re.compile(r"^(\S+) +(\d+) samples +(\d+) equal *(.*)$", re.MULTILINE)


def samples_hash() -> str:
    """Return the hash of the engine and of the functions that PyTorch's own samples are put to."""
    return digest("import reference.activations\nimport reference.autograd\nimport reference.arrays\n")


def samples() -> dict[str, Any]:
    """Run PyTorch's own samples through the engine; how many operators and samples agree, and why others do not apply.

    The test and the table that its run ends with are the measurement; this reads the table.
    """
    tests = ["tests/autograd/test_operations.py", "-k", "pytorchs_own_samples", "-q"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *tests], cwd=ROOT, capture_output=True, text=True, check=False
    )
    rows = SAMPLES.findall(run.stdout)
    if run.returncode or not rows:
        raise SystemExit(f"PyTorch's own samples did not all agree:\n{run.stdout[-2000:]}")
    reasons: Counter[str] = Counter()
    for *_, others in rows:
        for count, reason in re.findall(r"(\d+) not applicable: (.+?)(?=, \d+ not applicable:|$)", others):
            reasons[reason] += int(count)
    total, equal = sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows)
    return {
        "operators": len(rows),
        "samples": total,
        "equal": equal,
        "not_applicable": sum(reasons.values()),
        "differing": total - equal - sum(reasons.values()),
        "reasons": dict(reasons),
        "hash": samples_hash(),
        "date": today(),
        "torch": importlib.metadata.version("torch"),
    }


def engines() -> dict[str, Any]:
    """Time the steps of the engines, and measure what a graph holds; keys are names that a page can write."""
    from docs._site import bench_autograd as bench

    steps = {
        name: {identifier(library): rounded(found) for library, found in bench.ratios(name).items()}
        for name in bench.STEPS
    }
    return {**steps, "memory": rounded(bench.memory()), "versions": bench.versions(), "rounds": bench.ROUNDS}


def rounded(values: dict[str, float]) -> dict[str, float]:
    """Return numbers with four digits: a measured time has no more."""
    return {name: float(f"{value:.4g}") for name, value in values.items()}


def versions() -> dict[str, str]:
    """Return the versions of the libraries that are measured."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def today() -> str:
    """Return the date of a measurement."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def stamp() -> dict[str, str]:
    """Return when and with what was measured."""
    return {"date": today(), "python": platform.python_version(), **versions()}


def write(data: dict[str, Any]) -> None:
    """Replace the file of recorded values in one step."""
    part = RECORDED.with_suffix(".part")
    part.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(RECORDED)


def record(**results: Any) -> None:
    """Put results into the file as it is now: another measurement may have written since."""
    write({**json.loads(RECORDED.read_text(encoding="utf-8")), **results})


def main(arguments: list[str] | None = None) -> None:
    """Measure everything, or only what is named, and store each result as soon as it stands."""
    parser = argparse.ArgumentParser(prog="dev.py verify", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="an experiment, samples, engines, ulp, disagreements, vectors, exhaustive, pages, lighthouse or stamp;"
        " repeat it",
    )
    parser.add_argument("--stride", type=int, default=1, help="measure every n-th float32 (default: all)")
    options = parser.parse_args(arguments)
    known = [*EXPERIMENTS, *PLACES]
    if unknown := set(options.only or []) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    for name in EXPERIMENTS:
        if not options.only or name in options.only:
            print(f"experiment {name} ...", flush=True)
            result = experiment(name)
            data = json.loads(RECORDED.read_text(encoding="utf-8"))
            data.setdefault("experiments", {})[name] = result
            write(data)
            print(f"  {result['seeds']} seeds, {result['seconds']} s", flush=True)
    for name, measured in (("samples", samples), ("engines", engines)):
        if not options.only or name in options.only:
            print(f"{name} of the autograd chapter ...", flush=True)
            result = measured()
            record(**{name: result})
            print(f"  {result}", flush=True)
    if not options.only or "ulp" in options.only:
        print(f"accuracy of ours on every {options.stride}. float32 ...", flush=True)
        result = accuracy(options.stride, max(options.stride, PEER_STRIDE))
        record(ulp=result, stamp=stamp())
    if not options.only or "disagreements" in options.only:
        from docs._site.disagreements import disagreements

        print("the same numbers asked of every library ...", flush=True)
        answers = disagreements()
        record(disagreements=answers)
        print(f"  {answers['versions']}", flush=True)
    if not options.only or "vectors" in options.only:
        for name in VECTORS:
            print(f"{name}: what other libraries make of telling numbers ...", flush=True)
            importlib.import_module(f"docs._site.{name}").main()
    if not options.only or "exhaustive" in options.only:
        from docs._site.exhaustive import exhaustive

        print(f"the codes of every {options.stride}. float32 in all small formats ...", flush=True)
        record(exhaustive=exhaustive(options.stride))
    if not options.only or "pages" in options.only:
        from docs._site.pages import visited

        print("every page in a browser ...", flush=True)
        record(pages={"date": stamp()["date"], "pages": visited()})
    if not options.only or "lighthouse" in options.only:
        from docs._site.audit import lighthouse

        print("Lighthouse ...", flush=True)
        pages = lighthouse()
        record(lighthouse={"date": stamp()["date"], "pages": pages})
        for address, figures in pages.items():
            print(f"  {address}: {figures}", flush=True)
    if not options.only or "stamp" in options.only:
        from docs._site.stamp import stamped

        record(verification=stamped())
        print("stamped: the code is that of all measurements", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
