"""A random search whose step depends on its state alone."""

from collections.abc import Iterator
from typing import Any

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

rng = np.random.default_rng(0)

def step(state):
    """Take (seed, number, x) to the next state: a try near x, kept if it is lower."""
    seed, number, x = state
    other = x + rng.normal()  # your code here
    return seed, number + 1, other if curve(other) < curve(x) else x

def curve(x):
    return (x - 2) ** 2 + np.sin(5 * x)

state = (0, 0, -3.0)
for _ in range(20):
    state = step(state)
print(round(state[2], 2))
'''

ANSWER = '''\
import numpy as np

def step(state):
    """Take (seed, number, x) to the next state: a try near x, kept if it is lower."""
    seed, number, x = state
    other = x + np.random.default_rng((seed, number)).normal()
    return seed, number + 1, other if curve(other) < curve(x) else x

def curve(x):
    return (x - 2) ** 2 + np.sin(5 * x)

state = (0, 0, -3.0)
for _ in range(20):
    state = step(state)
print(round(state[2], 2))
'''

CALL = "step(state)"
FAR = -1e6  # so far up the curve's left side that every step to the right is taken, and none to the left


def check(names: Names) -> Iterator[str]:
    """Repeat a step, resume a run at each of its states, and compare the draws of steps and of seeds."""
    step = function(names, CALL)
    run = [(0, 0, -3.0)]
    for _ in range(12):
        run.append(_next(step, run[-1]))
    if any(state[:2] != (0, number) for number, state in enumerate(run)):
        raise Wrong("A step must keep the seed and add 1 to the number: return `seed, number + 1, ...`.")
    if len({state[2] for state in run}) < 3:
        raise Wrong("After 12 steps from -3 the search has hardly moved: draw a number that differs from step to step.")
    tries = (_next(step, run[0]) for _ in range(20))  # a try that is not lower changes nothing, now and then twice
    again = next((other for other in tries if other != run[1]), run[1])
    if again != run[1]:
        raise Wrong(
            f"The same state gives {run[1][2]:.3f} the first time and {again[2]:.3f} the second: something outside "
            "of the state is drawn from. Make the generator in `step`."
        )
    yield "The same state always gives the same next one."
    for stop in range(len(run)):
        state = run[stop]
        for _ in range(stop, 12):
            state = _next(step, state)
        if state != run[-1]:
            raise Wrong(f"A run that goes on from state {stop} ends at {state[2]:.3f}, not at {run[-1][2]:.3f}.")
    yield "A run goes on from any of its states to the same end."
    draws = _draws(step, [(0, number) for number in range(200)])
    if len(set(draws)) < 50:
        raise Wrong("Every step draws the same number: the generator must depend on the step's number too.")
    yield "Each step draws a number of its own."
    if _draws(step, [(1, number) for number in range(200)]) == draws:
        raise Wrong("Seeds 0 and 1 draw the same numbers: the generator must depend on the seed too.")
    shifted = _draws(step, [(1, number) for number in range(199)])
    if shifted == draws[1:]:
        raise Wrong(
            "Seed 1 draws in each step what seed 0 draws in the next: do not add them up, give both as a tuple."
        )
    grid = [(seed, number) for seed in range(12) for number in range(12)]
    moved = [draw for draw in _draws(step, grid) if draw]
    if len(set(moved)) < len(moved):
        raise Wrong("Some pairs of seed and step share their number: give both to the generator, as a tuple.")
    yield "No two pairs of seed and step share theirs."


def _next(step: Any, state: Any) -> tuple[int, int, float]:
    found = step(state)
    try:
        seed, number, x = found
    except (TypeError, ValueError):
        raise Wrong(f"`{CALL}` must return a state of three, (seed, number, x); it gives {found!r}.") from None
    return seed, number, float(x)


def _draws(step: Any, pairs: list[tuple[int, int]]) -> list[float]:
    """What is drawn by seed and number, seen from far: 0 where the step is not taken."""
    return [round(_next(step, (seed, number, FAR))[2] - FAR, 6) for seed, number in pairs]
