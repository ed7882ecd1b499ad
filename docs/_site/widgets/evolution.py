"""Compute the widget of evolution: 4-bit networks after so many generations, and what the best of them does.

A run is kept and goes on from where it was left, so that a step costs one generation. Inputs are multiples of 1/32 and
weights multiples of small powers of two, so float32 holds every output exactly. The browser gets the generations that
the build got, but where two cross-entropies of the moons differ in their last digits alone: `exp` may round otherwise.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from reference.quantization.codebooks import LOG4
from reference.quantization.packing import unpack_words
from reference.training.datasets import two_moons
from reference.training.genetic import Plan, State, first_state, step
from reference.training.population import (
    Codec,
    NetworkLoss,
    population_mse,
    run_population,
)

__all__ = ["DEFAULTS", "compute"]

DEFAULTS: dict[str, Any] = {
    "task": "moons",
    "rate": 1.5,
    "generation": 40,
    "elite": 2,
    "seed": 0,
    "crossover": True,
}
LIMITS: dict[str, tuple[int, int]] = {"rate": (0, 10), "generation": (0, 200), "elite": (0, 20), "seed": (0, 20)}
CHOICES: dict[str, tuple[Any, ...]] = {"task": ("moons", "square"), "crossover": (True, False)}
SIZE = 100
GRID = 32
"""Steps of inputs to 1."""


class Task(NamedTuple):
    """What the networks are to learn: its name, the measure, and fresh examples."""

    name: str
    measure: NetworkLoss
    fresh: NetworkLoss


def _on_grid(x: np.ndarray) -> np.ndarray:
    return np.round(x * GRID) / GRID


def _moons(n: int, seed: int) -> NetworkLoss:
    x, y = two_moons(n, rng=np.random.default_rng(seed))
    return NetworkLoss(Codec((2, 16, 2), scales=(4, 1)), _on_grid(x), y, chunk=SIZE)


def _square(n: int) -> NetworkLoss:
    x = np.linspace(-1, 1, n)[:, np.newaxis]
    return NetworkLoss(Codec((1, 16, 1), scales=(4, 1)), x, x * x, population_mse, chunk=SIZE)


TASKS = {
    "moons": Task("two moons", _moons(64, 25), _moons(200, 26)),  # seeds that no run has
    "square": Task("x²", _square(33), _square(2 * GRID + 1)),
}
ACROSS, UP = np.arange(-12, 21) / 8, np.arange(-36, 53) / 32
"""The places at which the best network is asked for its class."""
PLACES = np.stack([a.reshape(-1) for a in np.meshgrid(ACROSS, UP)]).astype(np.float32)


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key or a value that cannot be.
    """
    return _answer(**_checked(state))


@lru_cache(maxsize=48)  # as many as a drag passes
def _answer(**s: Any) -> dict[str, Any]:
    task = TASKS[s["task"]]
    codec = task.measure.codec
    states = _run(s["task"], s["rate"], s["elite"], s["crossover"], s["seed"], s["generation"])
    losses = np.stack([each.losses for each in states])
    codes = _codes(states[-1].population, codec)
    alike = float(np.mean(codes == codes[0]))
    quality, said = _quality(task, states[-1].best)
    picture = _regions if s["task"] == "moons" else _curve
    return {
        "tasks": {key: each.name for key, each in TASKS.items()},
        "limits": LIMITS,
        "values": LOG4.values,
        "layers": [m * n for m, n in codec.shapes],
        "codes": np.frombuffer(b"0123456789abcdef", np.uint8)[codes].tobytes().decode(),
        "x": task.measure.x.tolist(),
        "y": task.measure.y.reshape(-1).tolist(),
        "best": _levels(losses[:, 0]),
        "middle": _levels(np.median(losses, axis=1)),
        **picture(states[-1].best, codec),
        "shown": [
            ["best loss", f"{losses[-1, 0]:.2g}"],
            ["median loss", f"{np.median(losses[-1]):.2g}"],
            quality,
            ["codes as in the best", f"{alike:.0%}"],
            ["flipped bits a child", f"{s['rate'] / 100 * 4 * codec.weights:.1f}"],
        ],
        "text": _words(s, task, losses, alike, said),
    }


def _checked(state: dict[str, Any]) -> dict[str, Any]:
    for name, value in state.items():
        if name not in DEFAULTS:
            raise ValueError(f"the widget has no setting {name!r}; its settings are {', '.join(DEFAULTS)}")
        if name in CHOICES:
            if type(value) is not type(DEFAULTS[name]) or value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {', '.join(map(str, CHOICES[name]))}, got {value!r}")
        elif type(value) not in (int, float) or not LIMITS[name][0] <= value <= LIMITS[name][1]:
            raise ValueError(f"{name} must lie between {LIMITS[name][0]} and {LIMITS[name][1]}, got {value!r}")
        elif name != "rate" and type(value) is not int:
            raise ValueError(f"{name} must be a whole number, got {value!r}")
    return DEFAULTS | state


# The run


def _run(task: str, rate: float, elite: int, crossover: bool, seed: int, generation: int) -> list[State]:
    """Return the states of a run up to a generation."""
    states, plan = _kept(task, rate, elite, crossover, seed)
    while len(states) <= generation:
        states.append(step(states[-1], TASKS[task].measure, plan))
    return states[: generation + 1]


@lru_cache(maxsize=48)
def _kept(task: str, rate: float, elite: int, crossover: bool, seed: int) -> tuple[list[State], Plan]:
    """Return a run as far as it has come; whoever needs more of it appends."""
    plan = Plan(size=SIZE, elite=elite, rate=rate / 100, crossover=float(crossover))
    return [replace(_first(task, seed), rate=rate / 100)], plan


@lru_cache(maxsize=4)  # the same for every rate, and as costly as a step
def _first(task: str, seed: int) -> State:
    measure = TASKS[task].measure
    return first_state(measure, Plan(size=SIZE), words=measure.codec.words, seed=seed)


# What is drawn


def _codes(population: np.ndarray, codec: Codec) -> np.ndarray:
    """Return the codes of the weights, (networks, weights), without the padding of the words."""
    parts = zip(codec.places, codec.shapes, strict=True)
    layers = [unpack_words(population[:, place]).reshape(SIZE, -1)[:, : m * n] for place, (m, n) in parts]
    return np.concatenate(layers, axis=1)


def _outputs(genome: np.ndarray, codec: Codec, columns: np.ndarray) -> np.ndarray:
    outputs: np.ndarray = run_population(genome[np.newaxis], codec, columns)[0]
    return outputs


def _regions(genome: np.ndarray, codec: Codec) -> dict[str, Any]:
    """Return, for each row of places, where class 1 begins and ends in turn."""
    logits = _outputs(genome, codec, PLACES)
    margin = (logits[1] - logits[0]).reshape(len(UP), len(ACROSS))
    inside = margin > 0
    regions: list[list[float]] = [[float(ACROSS[0])] if first else [] for first in inside[:, 0]]
    rows, columns = np.nonzero(inside[:, 1:] != inside[:, :-1])
    before, after = margin[rows, columns], margin[rows, columns + 1]
    crossed = ACROSS[columns] + before / (before - after) / 8
    for row, x in zip(rows.tolist(), crossed.round(3).tolist(), strict=True):
        regions[row].append(x)
    return {"rows": UP.tolist(), "regions": [row + [float(ACROSS[-1])] * (len(row) % 2) for row in regions]}


def _curve(genome: np.ndarray, codec: Codec) -> dict[str, Any]:
    x = TASKS["square"].fresh.columns
    return {"curve": np.stack([x[0], _outputs(genome, codec, x)[0]], axis=1).round(3).tolist()}


def _levels(losses: np.ndarray) -> list[float]:
    levels: list[float] = np.log10(np.maximum(losses, 1e-9)).round(2).tolist()
    return levels


def _quality(task: Task, genome: np.ndarray) -> tuple[list[str], str]:
    """Return how the best network does where it was not trained, for the readout and in words."""
    outputs, y = _outputs(genome, task.measure.codec, task.fresh.columns), task.fresh.y
    if task.measure.loss is population_mse:
        worst = f"{np.abs(outputs[0] - y[:, 0]).max():.2g}"
        return ["largest error", worst], f"is off by {worst} at most"
    share = f"{np.mean(outputs.argmax(axis=0) == y):.1%}"
    return ["fresh points right", share], f"has {share} of {len(y)} fresh points right"


def _words(s: dict[str, Any], task: Task, losses: np.ndarray, alike: float, said: str) -> str:
    best, parents = losses[:, 0], "two parents" if s["crossover"] else "one parent"
    text = (
        f"Generation {s['generation']} on {task.name}, with {s['rate']:.1f}% of the bits flipped, {parents} a child "
        f"and an elite of {s['elite']}: the best loss is {best[-1]:.2g}, the median {np.median(losses[-1]):.2g}, and "
        f"the best network {said}."
    )
    if s["generation"] == 0:
        return f"{text} All genomes are random."
    if s["elite"] == 0:
        return f"{text} Without an elite the best loss rose {np.sum(np.diff(best) > 0)} times out of {s['generation']}."
    share = f"{alike:.0%} of all codes are those of the best genome."
    return f"{text} {'Without flips a lost code never comes back: ' if s['rate'] == 0 else ''}{share}"
