r"""A genetic algorithm on packed genomes: rank, keep the best, let the rest be their children.

Nothing here knows what a genome means. A measure gives every genome a loss, smaller is better, and that number is all
that the search learns from: no gradient, no derivative, no backward pass. It is black-box optimization.

`evolution` is an iterator of states, and a state is also the checkpoint. What a run needs beside the search, such as a
progress bar, a plot, an early stop or a file, is a loop over it. The random numbers of a generation depend on the seed
and the generation alone, so a run that is resumed goes on as if it had never stopped.

Notation: a population is (size, words), uint64, best first; `losses` is (size,).

Explained on the page `docs/training/genetic.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.training.genomes import WORD_BITS, coin_mask, cross, flip_mask, random_genomes, twin

__all__ = ["Plan", "State", "evolution", "first_state", "step"]

Measure = Callable[..., Any]  # measure(genomes), or measure(genomes, rows) on a minibatch, gives losses (networks,)
_PARENTS = ("best", "tournament", "softmax", "uniform")


@dataclass(frozen=True)
class Plan:
    """The settings of a run.

    Attributes:
        size: Genomes in the population.
        elite: The best ones that live on unchanged.
        newcomers: Random genomes in every generation; all others are children.
        parents: How a parent is chosen: "best" by lot from the `among` best, "tournament" as the best of
            `among` drawn ones, "softmax" with probability proportional to exp(-loss / temperature), "uniform" from all.
        among: See parents.
        temperature: See parents, in units of the loss.
        crossover: The share of children with two parents, drawn apart, so now and then the same; others copy one.
        twins: Whether each pair has two children, the second with what the first did not get.
        rate: The probability of each bit of a child to be flipped; without rate and flips 0.015. It is where a run
            begins: who goes on from a state has the state's rate, and `replace(state, rate=...)` sets another.
        flips: The mean number of flipped bits in a child, instead of a rate.
        halve_after: After so many generations without a new best the rate is halved, if that leaves 1 flip a child.
        minibatch: The examples that a generation is measured on, drawn anew each time; None takes all.

    Raises:
        ValueError: If a setting has no such value, or they do not fit together.

    Example:
        >>> from reference.training import Plan
        >>> Plan(elite=2, flips=5).children
        98
    """

    size: int = 100
    elite: int = 2
    newcomers: int = 0
    parents: str = "best"
    among: int = 10
    temperature: float = 0.02
    crossover: float = 1.0
    twins: bool = False
    rate: float | None = None
    flips: float | None = None
    halve_after: int | None = None
    minibatch: int | None = None

    def __post_init__(self) -> None:
        for names, holds, contract in self._contracts():
            if not holds:
                seen = ", ".join(f"{name}={getattr(self, name)!r}" for name in names.split())
                raise ValueError(f"{contract}, got {seen}")

    def _contracts(self) -> Iterator[tuple[str, bool, str]]:
        room, lot = self.size - self.elite, self.parents in ("best", "tournament") and self.children > 0
        yield "elite size", 0 <= self.elite < self.size, "elite leaves room for new genomes, from 0 to below size"
        yield "newcomers", 0 <= self.newcomers <= room, f"newcomers fill what the elite leaves, from 0 to {room}"
        yield "parents", self.parents in _PARENTS, f"parents is one of {', '.join(_PARENTS)}"
        yield "among size", not lot or 1 <= self.among <= self.size, "children need parents: among is from 1 to size"
        yield "temperature", self.temperature > 0, "temperature is greater than 0"
        yield "crossover", 0 <= self.crossover <= 1, "crossover is a share from 0 to 1"
        yield "rate flips", None in (self.rate, self.flips), "give rate (per bit) or flips (per child), not both"
        yield "rate", self.rate is None or 0 <= self.rate < 0.5, "rate is a share of the bits, from 0 to below 0.5"
        yield "flips", self.flips is None or self.flips >= 0, "flips are bits per child, at least 0"
        yield "halve_after", self.halve_after is None or self.halve_after >= 1, "halve_after is None or at least 1"
        yield "minibatch", self.minibatch is None or self.minibatch >= 1, "minibatch is None or at least 1 example"

    @property
    def children(self) -> int:
        """How many children a generation has."""
        return self.size - self.elite - self.newcomers


@dataclass(frozen=True, eq=False)
class State:
    """A population and all that the next generation depends on.

    Attributes:
        seed: Of the run. Generation 0 draws the numbers of `default_rng(seed)`, so draw your data with another one.
        generation: 0 for the random population.
        population: (size, words), uint64, best first.
        losses: (size,), float64, in the same order; NaN comes last.
        rate: The flip rate per bit of the next generation.
        stale: Generations since the last new best, or since the rate was halved.

    Example:
        >>> import numpy as np
        >>> from reference.training import State
        >>> state = State(0, 0, np.zeros((2, 1), dtype=np.uint64), np.array([0.5, np.nan]), rate=0.015, stale=0)
        >>> float(state.losses[0]), state.failed
        (0.5, 1)
    """

    seed: int
    generation: int
    population: NDArray[np.uint64]
    losses: NDArray[np.float64]
    rate: float
    stale: int

    @property
    def best(self) -> NDArray[np.uint64]:
        """The genome with the smallest loss, (words,)."""
        return np.asarray(self.population[0])

    @property
    def failed(self) -> int:
        """How many genomes have a loss of NaN."""
        return int(np.isnan(self.losses).sum())


def first_state(measure: Measure, plan: Plan, *, words: int, seed: int = 0) -> State:
    """Return generation 0: random genomes of so many words, measured and ranked.

    Raises:
        ValueError: If there is not one loss for each genome, or the plan has too many flips or a too large minibatch.

    Example:
        >>> import numpy as np
        >>> from reference.training import Plan, first_state
        >>> ones = lambda genomes: np.bitwise_count(genomes).sum(axis=1)
        >>> first_state(ones, Plan(), words=1).losses[:3]
        array([24., 24., 24.])
    """
    rate, bits = 0.015 if plan.rate is None else plan.rate, WORD_BITS * words
    if plan.flips is not None and not (rate := plan.flips / bits) < 0.5:
        raise ValueError(f"flips are fewer than half of a genome's {bits} bits, got flips={plan.flips!r}")
    rng = np.random.default_rng((seed, 0))
    genomes = random_genomes(plan.size, words, rng=rng)
    losses = _measured(measure, genomes, _minibatch(measure, plan, rng))
    order = np.argsort(losses, kind="stable")
    return State(seed, 0, genomes[order], losses[order], rate, 0)


def step(state: State, measure: Measure, plan: Plan) -> State:
    """Return the next generation: the elite, the children of chosen parents, and newcomers, ranked by their loss.

    Only what is new is measured; on a minibatch all are, since losses on different examples cannot be compared.

    Raises:
        ValueError: As `first_state`, or if the state has not as many genomes as the plan.

    Source: Holland 1975, "Adaptation in Natural and Artificial Systems"; elitism: De Jong 1975.

    Example:
        >>> import numpy as np
        >>> from reference.training import Plan, first_state, step
        >>> ones, plan = lambda genomes: np.bitwise_count(genomes).sum(axis=1), Plan()
        >>> step(first_state(ones, plan, words=1), ones, plan).losses[:3]
        array([20., 20., 21.])
    """
    if len(state.losses) != plan.size:
        raise ValueError(f"the plan has size={plan.size}, the state {len(state.losses)} genomes")
    rng = np.random.default_rng((state.seed, state.generation + 1))
    rows = _minibatch(measure, plan, rng)
    children = _children(state, plan, rng)
    newcomers = random_genomes(plan.newcomers, len(state.best), rng=rng)
    pool = np.concatenate([state.population[: plan.elite], children, newcomers])
    known = plan.elite if rows is None else 0
    fresh = _measured(measure, pool[known:], rows)
    losses = np.concatenate([state.losses[:known], fresh])
    rate, stale = _mutation(state, plan, losses)
    order = np.argsort(losses, kind="stable")
    return State(state.seed, state.generation + 1, pool[order], losses[order], rate, stale)


def evolution(
    measure: Measure, plan: Plan, *, words: int | None = None, seed: int = 0, state: State | None = None
) -> Iterator[State]:
    """Yield states without end: the first one, or the one to go on from, then one for each generation.

    A state to go on from has its own seed and words; the arguments of these names are for a first one.

    Raises:
        ValueError: As `step`, or if neither words nor a state is given.

    Example:
        >>> from itertools import islice
        >>> import numpy as np
        >>> from reference.training import Plan, evolution
        >>> ones = lambda genomes: np.bitwise_count(genomes).sum(axis=1)
        >>> [float(state.losses[0]) for state in islice(evolution(ones, Plan(), words=1), 0, 20, 4)]
        [24.0, 10.0, 4.0, 1.0, 0.0]
    """
    if state is None:
        if words is None:
            raise ValueError("a run needs words of a genome, or a state to go on from")
        state = first_state(measure, plan, words=words, seed=seed)
    while True:
        yield state
        state = step(state, measure, plan)


def _children(state: State, plan: Plan, rng: np.random.Generator) -> NDArray[np.uint64]:
    count, words = plan.children, state.population.shape[1]
    pairs = -(-count // 2) if plan.twins else count
    mother, father = (state.population[_chosen(state, plan, pairs, rng)] for _ in range(2))
    mask = coin_mask(pairs, words, rng=rng)
    alone = rng.random(pairs) >= plan.crossover
    mask[alone] = np.uint64(2**WORD_BITS - 1)  # all of the mother
    born = [cross(mother, father, mask)] + [twin(mother, father, mask)] * plan.twins
    return np.concatenate(born)[:count] ^ flip_mask((count, words), rate=state.rate, rng=rng)


def _chosen(state: State, plan: Plan, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    if plan.parents == "softmax":
        best = np.fmin.reduce(state.losses)  # fmin passes over NaN, which gets no share
        with np.errstate(invalid="ignore", over="ignore"):  # where losses are infinite
            shares = np.nan_to_num(np.exp((best - state.losses) / plan.temperature))
        shares[state.losses == best] = 1.0
        return np.asarray(rng.choice(plan.size, size=count, p=shares / shares.sum() if shares.any() else None))
    if plan.parents == "tournament":  # ranked best first, so the smallest place wins
        return np.asarray(rng.integers(plan.size, size=(count, plan.among)).min(axis=1))
    return rng.integers(plan.among if plan.parents == "best" else plan.size, size=count)


def _minibatch(measure: Measure, plan: Plan, rng: np.random.Generator) -> NDArray[np.intp] | None:
    if plan.minibatch is None:
        return None
    examples = getattr(measure, "examples", 0)
    if plan.minibatch > examples:
        raise ValueError(f"minibatch={plan.minibatch} needs a measure of as many examples, got {examples}: NetworkLoss")
    return rng.choice(examples, size=plan.minibatch, replace=False)


def _measured(measure: Measure, genomes: NDArray[np.uint64], rows: NDArray[np.intp] | None) -> NDArray[np.float64]:
    losses = np.asarray(measure(genomes) if rows is None else measure(genomes, rows), np.float64)
    if losses.shape != (len(genomes),):
        raise ValueError(f"a measure gives one loss for each of {len(genomes)} genomes, got the shape {losses.shape}")
    return losses


def _mutation(state: State, plan: Plan, losses: NDArray[np.float64]) -> tuple[float, int]:
    old = losses[: plan.elite] if plan.elite else state.losses
    best, found = (np.fmin.reduce(each, initial=np.inf) for each in (old, losses[plan.elite :]))
    stale = 0 if found < best else state.stale + 1
    if plan.halve_after and stale >= plan.halve_after and state.rate * WORD_BITS * len(state.best) >= 2:
        return state.rate / 2, 0
    return state.rate, stale
