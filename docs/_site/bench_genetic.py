"""Time the genetic search beside PyGAD, DEAP and evosax; `python3 dev.py bench genetic` prints the tables.

Nothing here is a test. All libraries take turns in one process on one thread and do the same work: 100 networks of
64-32-10 with 4-bit weights read the training digits; the two best live on, and 98 children of the ten best come from
uniform crossover and 1.5 % flipped bits. A library without flips of bits draws new codes instead, and changes as many.
The tables show medians over the rounds, as those of `bench_numbers` do.

PyGAD and DEAP use what they have built in, and get our loss of the whole population in one call. PyGAD measures its
population once more when a run begins, which is a part of its time here. evosax, which has
float weights and normal noise, gets these operators on codes of a byte each; they, its loss and the loop over
generations are compiled together. Its own SimpleGA stands beside it, which does other work.
"""

import argparse
import functools
import importlib
import importlib.metadata
import os
import platform
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from docs._site.bench import one_thread
from docs._site.bench_numbers import Call, in_turns
from docs._site.bench_rows import Row, measured
from docs._site.digits import path
from reference.quantization import pack_words
from reference.training import (
    Codec,
    NetworkLoss,
    Plan,
    digits,
    first_state,
    population_cross_entropy,
    random_genomes,
    run_population,
    split,
    step,
)

__all__ = ["GROWTH", "LIBRARIES", "PEERS", "WHY", "gathered", "growth", "main", "networks", "parts", "table"]

GENERATIONS, ROUNDS = 10, 9
RATE = 0.015
CHANGED = 1 - (1 - RATE) ** 4
"""The share of codes with a flipped bit."""

PLAN = Plan(size=100, elite=2, parents="best", among=10, rate=RATE)
FEW_FLIPS = replace(PLAN, rate=None, flips=10)  # a rate would cost a large network many more
GROWTH = [((64, 13, 10), 1297), ((64, 133, 10), 1297), ((64, 512, 128, 10), 1297), ((64, 1024, 896, 10), 128)]
PEERS = ("pygad", "deap", "evosax", "jax")
WHY = {
    "evosax": "XLA compiles the loop over the generations with the loss in it",
    "simple_ga": "XLA compiles the loop over the generations with the loss in it, and no codes have to be decoded",
}
"""Why a library is faster, where it is."""


def networks(sizes: tuple[int, ...] = (64, 32, 10), examples: int = 1297) -> NetworkLoss:
    """Return the loss of networks of these sizes on training digits."""
    found = split(*digits(path()), rng=np.random.default_rng(0), validation=0.0, test=500 / 1797)
    return NetworkLoss(Codec(sizes), found.x_train[:examples], found.y_train[:examples])


class Free(NetworkLoss):
    """A loss that costs nothing: what is left of a generation are the operators."""

    def __call__(self, genomes: Any, rows: Any = None) -> Any:
        """Return zeros."""
        return np.zeros(len(genomes))


def ours(loss: NetworkLoss, generations: int) -> Call:
    """This package: packed words"""
    start = first_state(loss, PLAN, words=loss.codec.words)
    return lambda: functools.reduce(lambda state, _: step(state, loss, PLAN), range(generations), start)


def of_codes(loss: NetworkLoss, codes: Any) -> Any:
    """Return the loss of networks whose codes are integers, (networks, 16 words)."""
    return loss(codes if isinstance(loss, Free) else pack_words(np.asarray(codes, np.uint8)))


def pygad(loss: NetworkLoss, generations: int) -> Call:
    """PyGAD: uniform crossover, random mutation, keep_elitism=2"""
    search = importlib.import_module("pygad").GA(
        num_generations=generations,
        fitness_func=lambda _, codes, places: (-of_codes(loss, codes)).tolist(),
        fitness_batch_size=PLAN.size,
        sol_per_pop=PLAN.size,
        num_parents_mating=PLAN.among,
        parent_selection_type="sss",  # the best ones
        keep_elitism=PLAN.elite,
        num_genes=16 * loss.codec.words,
        gene_type=int,
        gene_space=np.arange(16),
        crossover_type="uniform",
        mutation_type="random",
        mutation_num_genes=round(CHANGED * 16 * loss.codec.words),  # it never draws the code that is there
        suppress_warnings=True,
    )
    run: Call = search.run
    return run


def deap(loss: NetworkLoss, generations: int) -> Call:
    """DEAP: selBest, varAnd with cxUniform and mutUniformInt, on lists"""
    algorithms, base, tools = (importlib.import_module(f"deap.{name}") for name in ("algorithms", "base", "tools"))
    fitness = type("Fitness", (base.Fitness,), {"weights": (-1.0,)})
    individual = type("Individual", (list,), {})
    toolbox = base.Toolbox()
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    chance = CHANGED * 16 / 15  # a new code is the old one in one of 16 cases
    toolbox.register("mutate", tools.mutUniformInt, low=0, up=15, indpb=chance)

    def judged(individuals: list[Any]) -> list[Any]:
        for one, value in zip(individuals, of_codes(loss, individuals), strict=True):
            one.fitness = fitness((float(value),))
        return individuals

    def generation(population: list[Any], _: int) -> list[Any]:
        parents = random.choices(tools.selBest(population, PLAN.among), k=PLAN.children)
        children = algorithms.varAnd(parents, toolbox, cxpb=1.0, mutpb=1.0)
        return [*tools.selBest(population, PLAN.elite), *judged(children)]

    codes = np.random.default_rng(0).integers(16, size=(PLAN.size, 16 * loss.codec.words))
    start = judged([individual(row) for row in codes.tolist()])
    return lambda: functools.reduce(generation, range(generations), start)


def flip_table() -> Any:
    """Return the flips of a code for each number of 16 bits: one draw serves its four bits."""
    hits = np.bitwise_count(np.arange(16))
    ends = np.round(2**16 * np.cumsum(RATE**hits * (1 - RATE) ** (4 - hits))).astype(int)
    return np.repeat(np.arange(16, dtype=np.uint8), np.diff(ends, prepend=0))


def evosax(loss: NetworkLoss, generations: int) -> Call:
    """evosax: the same operators on bytes, added to SimpleGA and compiled"""
    jax, jnp, simple = (importlib.import_module(name) for name in ("jax", "jax.numpy", SIMPLE))
    width, codec = 16 * loss.codec.words, loss.codec

    def ask(self: Any, key: Any, state: Any, params: Any) -> Any:
        ranked, shape = state.population[jnp.argsort(state.fitness)], (PLAN.children, width)
        keys = jax.random.split(key, 4)
        mother, father = (ranked[jax.random.randint(k, shape[:1], 0, PLAN.among)] for k in keys[:2])
        coins = jax.random.bits(keys[2], shape, jnp.uint8) < 128
        flips = jnp.asarray(flip_table())[jax.random.bits(keys[3], shape, jnp.uint16)]
        return jnp.where(coins, mother, father) ^ flips, state

    def tell(self: Any, key: Any, population: Any, fitness: Any, state: Any, params: Any) -> Any:
        kept = jnp.argsort(state.fitness)[: PLAN.elite]
        known, losses = state.population[kept], state.fitness[kept]
        return state.replace(
            population=jnp.concatenate([known, population]), fitness=jnp.concatenate([losses, fitness])
        )

    def weights(codes: Any) -> Any:
        for place, (m, n), scale in zip(codec.places, codec.shapes, codec.scales, strict=True):
            values = (scale * jnp.asarray(codec.codebook.table))[codes[:, 16 * place.start : 16 * place.start + m * n]]
            yield values.reshape(-1, m, n)

    search = type("Search", (simple.SimpleGA,), {"_ask": ask, "_tell": tell})(
        population_size=PLAN.size, solution=jnp.zeros(width, jnp.uint8), metrics_fn=lambda *_: {}
    )
    start = jax.random.randint(jax.random.key(0), (PLAN.size, width), 0, 16).astype(jnp.uint8)
    return compiled(search, start, lambda codes: in_jax(loss, weights(codes)), generations)


def simple_ga(loss: NetworkLoss, generations: int) -> Call:
    """evosax: its SimpleGA, float weights, normal noise, parents from the better half, no elite"""
    jax, jnp, simple = (importlib.import_module(name) for name in ("jax", "jax.numpy", SIMPLE))
    ends = np.cumsum([0, *(m * n for m, n in loss.codec.shapes)]).tolist()

    def weights(numbers: Any) -> Any:
        for start, stop, shape in zip(ends, ends[1:], loss.codec.shapes, strict=False):
            yield numbers[:, start:stop].reshape(-1, *shape)

    search = simple.SimpleGA(population_size=PLAN.size, solution=jnp.zeros(ends[-1]), metrics_fn=lambda *_: {})
    start = 0.2 * jax.random.normal(jax.random.key(0), (PLAN.size, ends[-1]))
    return compiled(search, start, lambda numbers: in_jax(loss, weights(numbers)), generations, crossover_rate=0.5)


SIMPLE = "evosax.algorithms.population_based.simple_ga"


def in_jax(loss: NetworkLoss, weights: Any) -> Any:
    """Return the losses of networks in JAX, in the layout that ours has."""
    jnp, nn, lax = (importlib.import_module(name) for name in ("jax.numpy", "jax.nn", "jax.lax"))
    if isinstance(loss, Free):
        return sum(jnp.sum(layer[:, 0], axis=-1) for layer in weights)  # losses that depend on the codes, nearly free
    columns, layers = jnp.asarray(loss.columns), list(weights)

    def losses(layers: Any) -> Any:
        first, *others = layers
        h = (first.reshape(-1, first.shape[-1]) @ columns).reshape(*first.shape[:2], -1)
        for layer in others:
            h = layer[..., :-1] @ nn.relu(h) + layer[..., -1:]
        chosen = h[:, jnp.asarray(loss.y), jnp.arange(loss.examples)]
        return jnp.mean(nn.logsumexp(h, axis=1) - chosen, axis=1)

    networks = len(layers[0])
    chunk = max(size for size in range(1, 11) if networks % size == 0)  # a few, for the cache: 7 of 98, 10 of 100
    return lax.map(losses, [layer.reshape(-1, chunk, *layer.shape[1:]) for layer in layers]).reshape(-1)


def compiled(search: Any, start: Any, measure: Callable[[Any], Any], generations: int, **changes: Any) -> Call:
    """Return the search over generations as one compiled function."""
    jax = importlib.import_module("jax")
    params = search.default_params.replace(**changes)
    key = jax.random.key(1)

    def generation(state: Any, key: Any) -> Any:
        population, state = search.ask(key, state, params)
        state, _ = search.tell(key, population, measure(population), state, params)
        return state, None

    state = search.init(key, start, jax.jit(measure)(start), params)
    state = jax.tree.map(lambda old, new: jax.numpy.asarray(old, new.dtype), state, generation(state, key)[0])
    run = jax.jit(lambda state: jax.lax.scan(generation, state, jax.random.split(key, generations))[0])
    return lambda: jax.block_until_ready(run(state))


LIBRARIES: dict[str, Callable[[NetworkLoss, int], Call]] = {
    peer.__name__: peer for peer in (ours, pygad, deap, evosax, simple_ga)
}


def table(names: list[str], *, generations: int = GENERATIONS, rounds: int = ROUNDS) -> str:
    """Return the Markdown table of the libraries.

    Args:
        names: The libraries, as in `LIBRARIES`, beside ours.
        generations: In one turn.
        rounds: How often the libraries take turns.
    """
    with suppress(ImportError):  # a library that is missing gets a line of its own
        one_thread()
    loss = networks()
    free = Free(loss.codec, loss.x, loss.y)
    calls: dict[str, Call] = {}
    operators: dict[str, Call] = {}
    missing = {}
    for name in dict.fromkeys(["ours", *names]):
        try:
            calls[name], operators[name] = (LIBRARIES[name](each, generations) for each in (loss, free))
        except ImportError as error:
            missing[name] = f"{error.name} is not installed"
    found, alone = (in_turns(each, count=generations, rounds=rounds) for each in (calls, operators))
    lines = ["| library | generations a second | ours is faster by | by operators alone |", "|---|--:|--:|--:|"]
    for name in calls:
        ratio, factor = (1.0, 1.0) if name == "ours" else (found[name], alone[name])
        speed = 1e9 / found["ours"] / ratio
        lines.append(f"| {LIBRARIES[name].__doc__} | {speed:.1f} | {ratio:.1f} | {factor:.1f} |")
    lines += [f"| {LIBRARIES[name].__doc__} | {reason} | | |" for name, reason in missing.items()]
    return "\n".join(lines)


def parts(loss: NetworkLoss) -> dict[str, Call]:
    """Return what a generation consists of, all of it and its parts, and one large product to compare with."""
    state = first_state(loss, FEW_FLIPS, words=loss.codec.words)
    genomes = state.population[PLAN.elite :]
    chunks = [genomes[start : start + loss.chunk] for start in range(0, len(genomes), loss.chunk)]
    logits = [run_population(chunk, loss.codec, loss.columns) for chunk in chunks]
    square, out = np.ones((512, 512), np.float32), np.empty((512, 512), np.float32)
    return {
        "ours": lambda: step(state, loss, FEW_FLIPS),
        "operators": lambda: step(state, lambda genomes: np.zeros(len(genomes)), FEW_FLIPS),
        "decoding": lambda: [loss.codec.decode(chunk) for chunk in chunks],
        "loss": lambda: [population_cross_entropy(part, loss.y) for part in logits],
        "product": lambda: np.matmul(square, square, out=out),
    }


def products(loss: NetworkLoss) -> float:
    """Return how many of the products in `parts` a generation's networks come to."""
    return float(PLAN.children * loss.columns.shape[-1] * loss.codec.weights / 512**3)


def gathered(rounds: int, *, generations: int = GENERATIONS) -> list[Row]:
    """Return the rows of a whole search and of its operators alone; the limit are the products of the networks."""
    one_thread()
    loss, rows = networks(), []
    product, count = parts(loss)["product"], round(generations * products(loss))
    for task, each in (("whole search", loss), ("operators alone", Free(loss.codec, loss.x, loss.y))):
        calls: dict[str, Call] = {}
        for name, library in LIBRARIES.items():
            try:
                calls[name] = library(each, generations)
            except ImportError:
                continue
        if each is loss:
            calls["limit"] = lambda: [product() for _ in range(count)]
        scale = 1e3 / generations
        rows.append(measured(task, calls, unit="ms a generation", scale=scale, rounds=rounds, chunk=0))
    return rows


def growth(*, rounds: int = ROUNDS) -> str:
    """Return the Markdown table of networks from a thousand to a million weights."""
    header = ["weights", "examples", "ms a generation", "operators", "decoding", "loss", "limit of the products"]
    lines = [f"| {' | '.join([*header, 'packed, MB', 'float32, MB', 'peak of a loss, MB'])} |", "|--:" * 10 + "|"]
    for sizes, examples in GROWTH:
        loss = networks(sizes, examples)
        found = in_turns(parts(loss), count=1, rounds=rounds)
        found["limit"] = found["product"] * products(loss)
        shares = [f"{found[name]:.1%}" for name in ("operators", "decoding", "loss", "limit")]
        genomes = random_genomes(PLAN.size, loss.codec.words, rng=np.random.default_rng(0))
        tracemalloc.start()
        loss(genomes)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        sizes_mb = [f"{size / 1e6:.2f}" for size in (genomes.nbytes, 4 * PLAN.size * loss.codec.weights, peak)]
        cells = [f"{loss.codec.weights:,}", f"{examples:,}", f"{found['ours'] / 1e6:.1f}", *shares, *sizes_mb]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def versions() -> str:
    """Return the versions of the libraries that are installed."""
    installed = {found.metadata["Name"].lower(): found.version for found in importlib.metadata.distributions()}
    return ", ".join(f"{name} {installed.get(name, 'not installed')}" for name in ("numpy", *PEERS))


def main(arguments: list[str] | None = None) -> None:
    """Print the tables and what they were measured on."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # it counts only before NumPy is imported
        again = [sys.executable, "-m", "docs._site.bench_genetic", *arguments]
        raise SystemExit(subprocess.run(again, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=False).returncode)
    parser = argparse.ArgumentParser(prog="dev.py bench genetic", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "names", nargs="*", default=list(LIBRARIES), metavar="NAME", help=f"one of {', '.join(LIBRARIES)}"
    )
    parser.add_argument("--generations", type=int, default=GENERATIONS, help="in one turn")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often all take turns")
    options = parser.parse_args(arguments)
    print(table(list(options.names), generations=options.generations, rounds=options.rounds))
    print("\n" + growth(rounds=options.rounds))
    print(f"\nMedians of {options.rounds} rounds of {options.generations} generations; one thread.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}.")


if __name__ == "__main__":
    main()
