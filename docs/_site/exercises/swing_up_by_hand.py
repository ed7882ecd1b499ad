"""A controller written by hand that swings the pendulum up and holds it there, better than the evolved ones."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import Motion, energy, fallen, play, random_starts

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np
from reference.training import energy, fallen, random_starts

def control(motion):
    """Return numbers whose signs are where the motor pushes. motion.cos, motion.sin and
    motion.velocity are arrays; the angle is 0 upright.
    """
    return motion.velocity  # your code here

starts = random_starts(50, rng=np.random.default_rng(0))
print(round(float(np.mean(fallen(control, starts))), 3))
'''

ANSWER = '''\
import numpy as np
from reference.training import energy, fallen, random_starts

def control(motion):
    """Return numbers whose signs are where the motor pushes. motion.cos, motion.sin and
    motion.velocity are arrays; the angle is 0 upright.
    """
    pump = motion.velocity * (1 - energy(motion))
    catch = -motion.sin - motion.velocity
    return np.where(motion.cos > 0.9, catch, pump)

starts = random_starts(50, rng=np.random.default_rng(0))
print(round(float(np.mean(fallen(control, starts))), 3))
'''

STARTS = random_starts(60, rng=np.random.default_rng(7))
BEST = 0.19


def check(names: Names) -> Iterator[str]:
    """Play sixty games: does it get up, does it stay, and how long does it take?"""
    asked = function(names, "control(motion)")
    level = Motion(np.zeros(3), np.ones(3), np.array([-1.0, 0.5, 1.0]))
    numbers(asked(level), (3,), "control(motion) for three pendulums")
    games = [motion for motion, _ in play(lambda motion: np.asarray(asked(motion), float), STARTS)]
    path = Motion(*(np.stack(part) for part in zip(*games, strict=True)))
    up = path.cos >= 0.9
    _gets_up(path, up)
    yield "It swings the pendulum up from every start."
    _stays(path, up)
    yield "It stays up."
    share = float(np.mean(fallen(lambda motion: np.asarray(asked(motion), float), STARTS)))
    if share > BEST:
        raise Wrong(
            f"It is not upright for {share:.3f} of the time, on the mean over 60 starts: get below {BEST}. Does every "
            "push on the way up go along with the velocity? Does the catch begin early enough?"
        )
    yield f"It is not upright for only {share:.3f} of the time."


def _gets_up(path: Motion, up: Any) -> None:
    missed = int((~up.any(axis=0)).sum())
    if not missed:
        return
    highest = float(np.median(np.max(path.cos, axis=0)))
    if highest < 0:
        raise Wrong(
            f"In half of the games it never gets higher than {highest:.2f}: the motor is too weak to lift it. "
            "Push the way it moves, so that each swing gains energy."
        )
    raise Wrong(
        f"In {missed} of {up.shape[1]} games it never gets upright; the largest energy of the worst is "
        f"{energy(path).max(axis=0).min():.2f}, and it takes 1. Push along with the velocity until the energy is 1."
    )


def _stays(path: Motion, up: Any) -> None:
    late = up[-25:].mean(axis=0)
    lost = late < 0.9
    if not lost.any():
        return
    last = float(np.median(energy(path)[-25:][:, lost]))
    if last > 1.5:
        raise Wrong(
            f"In {lost.sum()} of {len(lost)} games it spins over the top, with an energy of {last:.1f} in the end. "
            "Upright at rest is 1: stop gaining energy there."
        )
    raise Wrong(
        f"In {lost.sum()} of {len(lost)} games it gets up and does not stay. Near the top the right energy "
        "is not enough: push against the angle and against the velocity there."
    )
