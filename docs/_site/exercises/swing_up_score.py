"""A score for a game that a pendulum cannot get by spinning, hanging or falling through."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, numbers
from reference.training import Motion, energy, play

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def loss(height, velocity):
    """Return one number for a game, from 0 (held up from the first moment on) to 1
    (never held up). height and velocity: arrays (moments,); the highest point is 1.
    """
    return 1 - np.mean(height >= 0.9)  # your code here

turns = np.linspace(0, 40 * np.pi, 1000)
print(round(float(loss(np.cos(turns), np.full(1000, 3.0))), 2))  # a propeller
'''

ANSWER = '''\
import numpy as np

def loss(height, velocity):
    """Return one number for a game, from 0 (held up from the first moment on) to 1
    (never held up). height and velocity: arrays (moments,); the highest point is 1.
    """
    low = np.flatnonzero(height < 0.9)
    since = low[-1] + 1 if len(low) else 0  # from here on it was up without a break
    return since / len(height)

turns = np.linspace(0, 40 * np.pi, 1000)
print(round(float(loss(np.cos(turns), np.full(1000, 3.0))), 2))  # a propeller
'''

START = Motion(np.array(-1.0), np.array(0.0), np.array(0.3))

Game = tuple[np.ndarray, np.ndarray]


def _hold(motion: Motion) -> Any:
    pump = motion.velocity * (1 - energy(motion))
    return np.where(motion.cos > 0.9, -motion.sin - motion.velocity, pump)


def _spin(motion: Motion) -> Any:
    return motion.velocity


def _creep(motion: Motion) -> Any:
    return np.where(energy(motion) < 1.05, motion.velocity, 0.0)


def _game(control: Any) -> Game:
    motions = [motion for motion, _ in play(control, START)]
    return np.array([float(m.cos) for m in motions]), np.array([float(m.velocity) for m in motions])


def check(names: Names) -> Iterator[str]:
    """Let pendulums hang, stand, spin, creep over the top, and swing up and stay; then look at a mirror image."""
    function(names, "loss(height, velocity)")
    still = np.zeros(200)
    _near(_loss(names, (still - 1, still)), 1, "A pendulum that hangs still")
    _near(_loss(names, (still + 1, still)), 0, "A pendulum that stands upright from the start")
    yield "Hanging scores 1 and standing 0."
    _spins(names)
    yield "Spinning scores 1 as well."
    held = _game(_hold)
    low = float(np.mean(held[0] < 0.9))
    _near(_loss(names, held), low, f"A pendulum that swings up and stays, upright for {1 - low:.0%} of the game,")
    yield "Swinging up and staying is worth the time that it stays."
    creeping = _game(_creep)
    found = _loss(names, creeping)
    if not found > 0.93:
        raise Wrong(
            "A pendulum that creeps over the top again and again, upright and slow for "
            f"{np.mean(creeping[0] >= 0.9):.0%} of the time, gets {found:.2f}. It is never held: let only the last "
            "stretch without a break count."
        )
    yield "Creeping over the top, again and again, is worth nothing."
    if not abs(_loss(names, (held[0], -held[1])) - _loss(names, held)) < 1e-9:
        raise Wrong("The mirror image of a game gets another loss: only the size of the velocity may count.")
    yield "A mirror image is worth the same."


def _loss(names: Names, game: Game) -> float:
    found = function(names, "loss(height, velocity)")(game[0].copy(), game[1].copy())
    return float(numbers(found, (), "loss(height, velocity)"))


def _near(found: float, expected: float, who: str) -> None:
    if not abs(found - expected) < 0.04:
        raise Wrong(
            f"{who} gets {found:.2f}: expected {expected:.2f}, the share of the game in which it is not held up."
        )


def _spins(names: Names) -> None:
    turning = np.cos(np.linspace(0, 20 * np.pi, 190)), np.full(190, 1.6)
    found = {"faster and faster": _loss(names, _game(_spin)), "evenly": _loss(names, turning)}
    for how, value in found.items():
        if not value > 0.93:
            passing = f"{np.mean(turning[0] >= 0.9):.0%}"
            raise Wrong(
                f"A pendulum that turns {how} gets {value:.2f}: expected 1, for it is never held. It passes the top, "
                f"and an even turn spends {passing} of its time there."
            )
