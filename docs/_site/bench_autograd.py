"""Time the differentiable Tensor beside other engines; `python3 -m docs._site.bench_autograd` prints the tables.

Nothing here is a test. Every library does the same step from the same float64 numbers: the loss, its gradients by all
weights, and the update. All take turns in one process on one thread. In each round every one of them computes for at
least `CHUNK_SECONDS`, and our time is divided by its time of that round; the tables show medians over the rounds, so a
machine that slows down for a while slows down all. micrograd, which takes seconds for a step, is asked only once a
round, in few rounds. HIPS autograd and micrograd are the packages `autograd` and `micrograd`; without them their rows
are missing.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from docs._site.bench_rows import Row, measured
from reference.activations import log_softmax, softmax
from reference.autograd import Operation, Tensor, operations
from reference.training import (
    OptimizerState,
    cross_entropy,
    digits,
    forward,
    initialize,
    sgd,
    value_and_gradient,
)

__all__ = ["PEERS", "STEPS", "WHY", "attention", "chain", "gathered", "main", "memory", "perceptron", "ratios", "table"]

CHUNK_SECONDS = 0.02
ROUNDS = 31
RATE = 0.1
SIZES, BATCH = (64, 32, 10), 64
CONTEXT, WIDTH = 64, 64
LENGTH = 500  # micrograd recurses, and would run out of stack
NAMES = ["numpy", "torch", "autograd", "micrograd"]
PEERS = ("torch", "autograd", "micrograd")
PRODUCTS = {
    "perceptron": [(64, 64, 32), (64, 32, 10), (64, 10, 32), (32, 64, 10), (64, 64, 32)],
    "attention": [(64, 64, 64)] * 15,  # 6 on the way forward; back, 2 for each, but none for the input
}
"""The shapes of the matrix products that a step cannot do without: (m, k) by (k, n)."""

WHY = {
    "torch": "its graph is made and walked in C++; ours takes Python's time for every operation",
    "torch, optim.SGD": "its graph is made and walked in C++; ours takes Python's time for every operation",
    "NumPy by hand": "no graph is made: the gradients of this one network stand there as formulas",
    "micrograd": "its numbers are Python's own; each of ours is an array, even of a single number",
}
"""Why a library is faster, where it is."""

Call = Callable[..., Any]
ONE_NODE = Operation("log_softmax", log_softmax, lambda g, y, x: g - np.exp(y) * np.sum(g, axis=-1, keepdims=True))
"""The package's text of log_softmax as one node, with a rule in closed form."""


def one_thread() -> ModuleType:
    """Import PyTorch so that it computes on one thread."""
    import torch

    torch.set_num_threads(1)
    return torch


def optional(*names: str) -> list[Any]:
    """Return modules, or nothing if one of them is not installed."""
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError:
        return []


# A perceptron with 32 hidden units learns digits: its loss, gradients and one step of descent


def perceptron() -> dict[str, Call]:
    """Return by library one step on 64 digits; each returns its loss and goes on from its own last weights."""
    data = digits()
    x, y = data.x[:BATCH], data.y[:BATCH]
    layers = initialize(SIZES, rng=np.random.default_rng(0))
    weights = [array for layer in layers for array in layer]
    return {
        "ours": _perceptron_ours(x, y, layers, cross_entropy),
        "ours, label picked": _perceptron_ours(x, y, layers, partial(_picked, log_softmax)),
        "ours, label picked, one node": _perceptron_ours(x, y, layers, partial(_picked, ONE_NODE)),
        "ours, value_and_gradient and sgd": _perceptron_ours_functions(x, y, layers),
        "NumPy by hand": _perceptron_numpy(x, y, weights),
        "torch": _perceptron_torch(x, y, weights, optimizer=False),
        "torch, optim.SGD": _perceptron_torch(x, y, weights, optimizer=True),
        **_perceptron_autograd(x, y, weights),
        **_perceptron_micrograd(x, y, weights),
    }


def _perceptron_ours(x: Any, y: Any, layers: Any, loss_of: Call) -> Call:
    leaves = [(Tensor(weight), Tensor(bias)) for weight, bias in layers]

    def step() -> float:
        loss = loss_of(forward(x, leaves), y)
        loss.backward()
        return _descend(loss, [w for layer in leaves for w in layer])

    return step


def _picked(log_softmax: Call, logits: Any, y: Any) -> Any:
    return -operations.mean(operations.take_along_axis(log_softmax(logits), y[:, None], axis=-1))


def _descend(loss: Any, leaves: list[Any]) -> float:
    for w in leaves:
        w.data = w.data - RATE * w.grad
        w.zero_grad()
    return float(loss.item())


def _perceptron_ours_functions(x: Any, y: Any, layers: Any) -> Call:
    state = OptimizerState(layers)

    def step() -> float:
        nonlocal state
        loss, gradients = value_and_gradient(lambda weights: cross_entropy(forward(x, weights), y), state.weights)
        state = sgd(state, gradients, learning_rate=RATE)
        return loss

    return step


def _perceptron_numpy(x: Any, y: Any, weights: list[Any]) -> Call:
    rows, state = np.arange(len(y)), list(weights)

    def step() -> float:
        w1, b1, w2, b2 = state
        a = x @ w1 + b1
        h = np.where(a > 0, a, 0)
        z = h @ w2 + b2
        top = np.max(z, axis=1, keepdims=True)
        e = np.exp(z - top)
        total = np.sum(e, axis=1, keepdims=True)
        loss = np.mean((np.log(total) + top)[:, 0] - z[rows, y])
        by_z = e / total
        by_z[rows, y] -= 1
        by_z /= len(y)
        by_a = by_z @ w2.T * (a > 0)
        gradients = [x.T @ by_a, by_a.sum(0), h.T @ by_z, by_z.sum(0)]
        state[:] = [w - RATE * g for w, g in zip(state, gradients, strict=True)]
        return float(loss)

    return step


def _perceptron_torch(x: Any, y: Any, weights: list[Any], *, optimizer: bool) -> Call:
    torch = one_thread()
    x, y, parameters = torch.tensor(x), torch.tensor(y), [torch.tensor(w, requires_grad=True) for w in weights]
    w1, b1, w2, b2 = parameters
    sgd_step = torch.optim.SGD(parameters, lr=RATE) if optimizer else None

    def step() -> float:
        loss = torch.nn.functional.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, y)
        loss.backward()
        if sgd_step is None:
            return _descend_torch(torch, loss, parameters)
        sgd_step.step()
        sgd_step.zero_grad()
        return float(loss.item())

    return step


def _descend_torch(torch: Any, loss: Any, parameters: list[Any]) -> float:
    with torch.no_grad():
        for w in parameters:
            w -= RATE * w.grad
            w.grad = None
    return float(loss.item())


def _perceptron_autograd(x: Any, y: Any, weights: list[Any]) -> dict[str, Call]:
    if not (found := optional("autograd", "autograd.numpy", "autograd.scipy.special")):
        return {}
    autograd, anp, special = found
    rows, state = np.arange(len(y)), list(weights)

    def loss(parameters: Any) -> Any:
        w1, b1, w2, b2 = parameters
        z = anp.dot(anp.maximum(anp.dot(x, w1) + b1, 0), w2) + b2
        return anp.mean(special.logsumexp(z, axis=1) - z[rows, y])

    both = autograd.value_and_grad(loss)

    def step() -> float:
        value, gradients = both(state)
        state[:] = [w - RATE * g for w, g in zip(state, gradients, strict=True)]
        return float(value)

    return {"autograd": step}


def _perceptron_micrograd(x: Any, y: Any, weights: list[Any]) -> dict[str, Call]:
    if not (found := optional("micrograd.engine")):
        return {}
    value = found[0].Value
    exp = _micrograd_exp(value)
    w1, b1, w2, b2 = [np.vectorize(value, otypes=[object])(w) for w in weights]
    parameters = [p for w in (w1, b1, w2, b2) for p in w.flat]

    def step() -> float:
        h = np.vectorize(lambda a: a.relu(), otypes=[object])(x.astype(object) @ w1 + b1)
        losses = []
        for row, label in zip(h @ w2 + b2, y, strict=True):
            e = [exp(z - max(other.data for other in row)) for z in row]
            losses.append(_micrograd_log(value, sum(e) / e[label]))
        loss = sum(losses) / len(y)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return float(loss.data)

    return {"micrograd": step}


def _micrograd_exp(value: Any) -> Callable[[Any], Any]:
    """Return exp for its Value, which has none, written as its own operations are."""

    def exp(x: Any) -> Any:
        out = value(np.exp(x.data), (x,), "exp")

        def backward() -> None:
            x.grad += out.data * out.grad

        out._backward = backward
        return out

    return exp


def _micrograd_log(value: Any, x: Any) -> Any:
    out = value(np.log(x.data), (x,), "log")

    def backward() -> None:
        x.grad += out.grad / x.data

    out._backward = backward
    return out


# One head of causal attention, with its residual, learns to copy given rows


def attention() -> dict[str, Call]:
    """Return by library one step of an attention block on 64 rows of 64 numbers."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, CONTEXT, WIDTH))
    weights = [rng.normal(size=(WIDTH, WIDTH)) / WIDTH**0.5 for _ in range(4)]
    mask = np.tri(CONTEXT) > 0
    return {"ours": _attention_ours(x, y, mask, weights), "torch": _attention_torch(x, y, mask, weights)}


def _block(xp: Any, softmax: Any, transpose: Any, x: Any, mask: Any, weights: Any) -> Any:
    query, key, value, out = weights
    scores = (x @ query) @ transpose(x @ key) / WIDTH**0.5
    return x + softmax(xp.where(mask, scores, -1e9)) @ (x @ value) @ out


def _attention_ours(x: Any, y: Any, mask: Any, weights: list[Any]) -> Call:
    leaves = [Tensor(w) for w in weights]

    def step() -> float:
        error = _block(operations, softmax, operations.matrix_transpose, x, mask, leaves) - y
        loss = operations.mean(error * error)
        loss.backward()
        return _descend(loss, leaves)

    return step


def _attention_torch(x: Any, y: Any, mask: Any, weights: list[Any]) -> Call:
    torch = one_thread()
    x, y, mask = torch.tensor(x), torch.tensor(y), torch.tensor(mask)
    parameters = [torch.tensor(w, requires_grad=True) for w in weights]

    def step() -> float:
        error = _block(torch, lambda z: torch.softmax(z, -1), lambda z: z.mT, x, mask, parameters) - y
        loss = torch.mean(error * error)
        loss.backward()
        return _descend_torch(torch, loss, parameters)

    return step


# What one operation costs: a chain of additions of single numbers, forward and back


def chain() -> dict[str, Call]:
    """Return by library five hundred additions of two single numbers and the pass back."""
    torch = one_thread()
    found: dict[str, Call] = {
        "ours": lambda: _chain(Tensor(1.0)),
        "torch": lambda: _chain(torch.tensor(1.0, dtype=torch.float64, requires_grad=True)),
    }
    if modules := optional("autograd"):
        slope = modules[0].grad(_added)
        found["autograd"] = lambda: slope(1.0)
    if modules := optional("micrograd.engine"):
        value = modules[0].Value
        found["micrograd"] = lambda: _chain(value(1.0))
    return found


def _added(x: Any) -> Any:
    y = x
    for _ in range(LENGTH):
        y = y + x
    return y


def _chain(x: Any) -> float:
    _added(x).backward()
    return float(x.grad)


STEPS: dict[str, Callable[[], dict[str, Call]]] = {"perceptron": perceptron, "attention": attention, "chain": chain}


def seconds(call: Call, calls: int) -> float:
    """Return the processor time of one call, of several in a row."""
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls


def ratios(name: str, *, rounds: int = ROUNDS, chunk: float = CHUNK_SECONDS) -> dict[str, dict[str, float]]:
    """Time one step in all libraries.

    Args:
        name: The step, as in `STEPS`.
        rounds: How often the libraries take turns; one that takes longer than `chunk` has a turn in the first three.
        chunk: The seconds that a library computes in its turn.

    Returns:
        By library `microseconds`, the time of its step, and `ratio`, our time divided by its time.
    """
    libraries = STEPS[name]()
    calls = {}
    for library, call in libraries.items():
        first = seconds(call, 1)
        calls[library] = 0 if first > 0.5 else max(1, round(chunk / seconds(call, 10)))
    times: dict[str, list[float]] = {library: [] for library in libraries}
    parts: dict[str, list[float]] = {library: [] for library in libraries}
    gc.collect()
    for turn in range(rounds):
        for library, call in libraries.items():
            if calls[library] or turn < 3:
                times[library].append(seconds(call, calls[library] or 1))
                parts[library].append(times["ours"][-1] / times[library][-1])
    return {
        library: {"microseconds": statistics.median(times[library]) * 1e6, "ratio": statistics.median(parts[library])}
        for library in libraries
    }


def gathered(rounds: int) -> list[Row]:
    """Return the rows of all steps; the limit are the step's matrix products, by NumPy's BLAS."""
    rows = []
    for name, libraries in STEPS.items():
        calls = {library: call for library, call in libraries().items() if not library.startswith("ours,")}
        pairs = [(np.ones((m, k)), np.ones((k, n))) for m, k, n in PRODUCTS.get(name, [])]
        if pairs:
            calls["limit"] = partial(_multiplied, pairs)
        rows.append(measured(name, calls, unit="microseconds a step", scale=1e6, rounds=rounds))
    return rows


def _multiplied(pairs: list[tuple[Any, Any]]) -> None:
    for a, b in pairs:
        np.matmul(a, b)


def memory() -> dict[str, float]:
    """Return what a graph holds on to.

    Returns:
        `node`, the bytes of a node of the chain, its number included; `graph`, the bytes of the perceptron's graph, and
        `arrays`, those of the arrays in it.
    """
    layers = [(Tensor(w), Tensor(b)) for w, b in initialize(SIZES, rng=np.random.default_rng(0))]
    data = digits()
    x, y, leaf = data.x[:BATCH], data.y[:BATCH], Tensor(1.0)
    cross_entropy(forward(x, layers), y)  # what is loaded or kept on first use
    node = _held(lambda: _added(leaf))[0] / LENGTH
    graph, loss = _held(lambda: cross_entropy(forward(x, layers), y))
    arrays, nodes = {}, [loss]
    for each in nodes:
        nodes.extend(each.parents)
        if each.parents:
            kept = [each._data, *(v for v in each._values if isinstance(v, np.ndarray))]
            arrays.update({id(v): v.nbytes for v in kept if not any(v is w._data for layer in layers for w in layer)})
    return {"node": node, "graph": graph, "arrays": float(sum(arrays.values()))}


def _held(make: Call) -> tuple[float, Any]:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    made = make()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held, made


def table(name: str, **options: Any) -> str:
    """Return the Markdown table of one step, with `rounds` and `chunk` as `ratios` takes them."""
    lines = ["| library | microseconds | ours / library |", "|---|--:|--:|"]
    for library, found in ratios(name, **options).items():
        ratio = "" if library == "ours" else f"{found['ratio']:.3g}"
        lines.append(f"| {library} | {found['microseconds']:,.0f} | {ratio} |")
    return "\n".join(lines)


def versions() -> dict[str, str]:
    """Return the versions of the libraries that are installed."""
    found = {}
    for name in NAMES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print the tables and what they were measured on."""
    parser = argparse.ArgumentParser(prog="bench_autograd", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(STEPS), metavar="NAME", help=f"one of {', '.join(STEPS)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often the libraries take turns")
    options = parser.parse_args(arguments)
    for name in options.names:
        print(f"{(STEPS[name].__doc__ or '').strip()}\n\n{table(name, rounds=options.rounds)}\n")
    held = memory()
    print(
        f"Memory: {held['node']:.0f} bytes for a node of the chain; the perceptron's graph {held['graph']:,.0f} bytes,"
    )
    print(f"{held['arrays']:,.0f} of them numbers.")
    print(f"float64; median of {options.rounds} rounds; one thread.")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {json.dumps(versions())}."
    )


if __name__ == "__main__":
    main()
