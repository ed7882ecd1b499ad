r"""A pendulum swung up by a motor that knows only left and right: a task without a gradient.

The pendulum hangs and the motor is too weak to lift it, so it has to swing back and forth first, and balance at last. A
small network decides where the motor pushes, by the sign of its output. How long the pendulum was upright is then a
count of moments. It does not move with a weight until it jumps, so its derivative is 0 wherever there is one.

A balance loses what is known about it, a digit every 2.3 units of time. So nothing here needs more than sums, products
and quotients, one at a time, which every computer rounds alike: the same genomes get the same losses everywhere.

Units: lengths in the pendulum's length l, time in $\sqrt{l / g}$ (0.32 s for a meter), torque in m g l, the least that
holds it level. Notation: the angle $\theta$ is 0 upright, so the height is $\cos \theta$; $\omega$ is the velocity.

Explained on the page `docs/training/swing_up.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.training.population import Codec

__all__ = ["Motion", "Pendulum", "SwingUp", "controller", "energy", "fallen", "play", "random_starts", "swing"]

Control = Callable[["Motion"], Any]
"""`control(motion)` gives the numbers whose signs are the directions of the motor."""


class Motion(NamedTuple):
    r"""Where pendulums are and how fast they turn, each an array of one shape: $\cos \theta$, $\sin \theta$, $\omega$.

    Example:
        >>> from reference.training import Motion, energy
        >>> hanging, upright = Motion(-1.0, 0.0, 0.0), Motion(1.0, 0.0, 0.0)
        >>> energy(hanging), energy(upright)
        (-1.0, 1.0)
    """

    cos: Any
    sin: Any
    velocity: Any


@dataclass(frozen=True)
class Pendulum:
    """The rules of the game.

    Attributes:
        torque: Of the motor, in m g l: from 1 on it can lift the pendulum directly.
        step: Between two decisions of the motor.
        steps: Decisions in a game.
        upright: The height, in l, from which on it counts as upright; 0.9 is 26 degrees to both sides.

    Raises:
        ValueError: If a setting is out of its range.

    Example:
        >>> from reference.training import Pendulum
        >>> game = Pendulum()
        >>> game.torque, game.steps * game.step
        (0.4, 40.0)
    """

    torque: float = 0.4
    step: float = 0.2
    steps: int = 200
    upright: float = 0.9

    def __post_init__(self) -> None:
        if not 0 <= self.torque < math.inf:
            raise ValueError(f"the torque is a finite number of at least 0, got {self.torque}; 0.4 makes a good game")
        if not 0 < self.step <= 0.5:
            raise ValueError(f"a step is more than 0 and at most 0.5, got {self.step}; a swing takes 6.28")
        if self.steps < 1:
            raise ValueError(f"a game has at least 1 step, got {self.steps}; give it some swings")
        if not -1 < self.upright < 1:
            raise ValueError(f"upright is a height between -1 and 1, got {self.upright}; 1 is the highest point itself")


def _turn(cos: Any, sin: Any, t: Any) -> tuple[Any, Any]:
    """Return a direction turned by the angle 2 arctan t, without a sine: Cayley's form of a rotation."""
    square = t * t
    c, s = (1 - square) / (1 + square), 2 * t / (1 + square)
    return c * cos - s * sin, s * cos + c * sin


def random_starts(count: int, *, rng: np.random.Generator) -> Motion:
    """Return (count,) pendulums that hang and move a little: up to 53 degrees from the lowest point, speed up to 1.

    Example:
        >>> import numpy as np
        >>> from reference.training import random_starts
        >>> random_starts(4, rng=np.random.default_rng(0)).cos.round(2)
        array([-0.96, -0.9 , -0.65, -0.62])
    """
    t, half = rng.random((2, count)) - 0.5
    return Motion(*_turn(-1.0, 0.0, t), 2 * half)


def energy(motion: Motion) -> Any:
    r"""Return the energy of motion and height, $\omega^2 / 2 + \cos \theta$, in m g l: at rest -1 hanging, 1 upright.

    Example:
        >>> from reference.training import Motion, energy
        >>> energy(Motion(-1.0, 0.0, 2.0))  # fast enough to get up
        1.0
    """
    return motion.velocity * motion.velocity / 2 + motion.cos


def swing(motion: Motion, torque: ArrayLike, *, step: float) -> Motion:
    r"""Return the motion a step later, by half a push, a turn with the new velocity, and half a push.

    The push is $\dot\omega = \sin \theta + \text{torque}$. The turn is $2 \arctan(\omega h / 2)$ for a step h, which is
    $\omega h$ up to its cube. All errors are of order $h^2$, and those of the energy do not add up: it wavers.

    Args:
        motion: It is left as it is.
        torque: Positive ones push to larger angles.
        step: h.

    Source: Verlet 1967, "Computer experiments on classical fluids", Physical Review 159, 98 (leapfrog).

    Example:
        >>> from reference.training import Motion, energy, swing
        >>> motion = Motion(0.0, 1.0, 0.0)  # level
        >>> for _ in range(1000):
        ...     motion = swing(motion, 0.0, step=0.2)
        >>> abs(energy(motion)) < 0.01
        True
    """
    half = step / 2
    velocity = motion.velocity + half * (motion.sin + torque)
    cos, sin = _turn(motion.cos, motion.sin, half * velocity)
    return Motion(cos, sin, velocity + half * (sin + torque))


def controller(layers: Sequence[NDArray[Any]]) -> Control:
    r"""Return the function that asks networks with inputs $\cos \theta$, $\sin \theta$, $\omega$ for their output.

    The sums run in one order, whatever the number of networks, so that a network decides alone as it does among others.

    Args:
        layers: Weights (networks, out, in + 1), the last column the bias, as of `Codec.decode`: ReLU, the last linear.

    Returns:
        A function of a motion of shape (starts,) or (networks, starts) that gives (networks, starts).

    Raises:
        ValueError: If there are not three inputs and one output.

    Example:
        >>> import numpy as np
        >>> from reference.training import Motion, controller
        >>> follow = controller([np.array([[[0.0, 0.0, 1.0, 0.0]]])])  # pushes along with the velocity
        >>> follow(Motion(*np.array([[-1.0, -1.0], [0.0, 0.0], [0.5, -0.25]])))
        array([[ 0.5 , -0.25]])
    """
    ends = layers[0].shape[-1] - 1, layers[-1].shape[-2]
    if ends != (3, 1):
        raise ValueError(
            f"a pendulum's network has 3 inputs and 1 output, got {ends[0]} and {ends[1]}; "
            "take a codec of the sizes (3, 6, 1)"
        )
    matrices = [np.moveaxis(w, 0, -1)[..., np.newaxis].astype(float) for w in layers]

    def control(motion: Motion) -> Any:
        units: Any = motion
        for place, matrix in enumerate(matrices):
            total = matrix[:, -1]
            for k, unit in enumerate(np.maximum(units, 0) if place else units):
                total = total + matrix[:, k] * unit
            units = total
        return units[0]

    return control


def play(
    control: Control,
    start: Motion,
    *,
    pendulum: Pendulum = Pendulum(),
) -> Iterator[tuple[Motion, Any]]:
    """Yield for each step of a game the motion after it and the direction of the motor, -1, 0 or 1.

    Example:
        >>> from reference.training import Motion, play
        >>> heights = [motion.cos for motion, _ in play(lambda motion: motion.velocity, Motion(-1.0, 0.0, 0.1))]
        >>> len(heights), bool(max(heights[:20]) > 0), bool(max(heights) > 0.9)  # it takes time
        (200, False, True)
    """
    motion = start
    for _ in range(pendulum.steps):
        direction = np.sign(control(motion))
        motion = swing(motion, pendulum.torque * direction, step=pendulum.step)
        yield motion, direction


def fallen(control: Control, start: Motion, *, pendulum: Pendulum = Pendulum()) -> Any:
    """Return the share of a game in which the pendulum is not upright; NaN where its motion is.

    Example:
        >>> from reference.training import Motion, fallen
        >>> float(fallen(lambda motion: 0.0, Motion(-1.0, 0.0, 0.0)))  # motor off
        1.0
    """
    low: Any = 0
    for motion, _ in play(control, start, pendulum=pendulum):
        # A comparison would lose NaN.
        low = low + np.heaviside(pendulum.upright - motion.cos, 0)
    return low / pendulum.steps


@dataclass(frozen=True, eq=False)
class SwingUp:
    """A measure for evolution: genomes in, for each the share of its games in which the pendulum was not upright.

    Attributes:
        codec: How genomes are read: 3 inputs, 1 output.
        starts: From where the games start, three arrays (starts,).
        pendulum: The rules.

    Raises:
        ValueError: If the codec has another number of inputs or outputs, or there is no start.

    Example:
        >>> import numpy as np
        >>> from reference.training import Codec, SwingUp, random_genomes, random_starts
        >>> rng = np.random.default_rng(0)
        >>> codec = Codec((3, 6, 1))
        >>> measure = SwingUp(codec, random_starts(8, rng=rng))
        >>> measure(random_genomes(100, codec.words, rng=rng)).shape
        (100,)
    """

    codec: Codec
    starts: Motion
    pendulum: Pendulum = Pendulum()

    def __post_init__(self) -> None:
        controller(self.codec.decode(np.zeros((1, self.codec.words), np.uint64)))  # refuses another shape
        if not self.examples:
            raise ValueError("a score needs games, got no start; draw some by random_starts")

    @property
    def examples(self) -> int:
        """How many starts there are to draw a minibatch from."""
        return len(self.starts.velocity)

    def __call__(self, genomes: NDArray[np.uint64], rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Return the losses (networks,), over all starts or over the rows of a minibatch."""
        starts = self.starts if rows is None else Motion(*(part[rows] for part in self.starts))
        shares = fallen(controller(self.codec.decode(genomes)), starts, pendulum=self.pendulum)
        return np.asarray(shares.mean(axis=1))
