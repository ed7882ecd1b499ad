"""One game of the best random network and of an evolved one, and the plane in which the evolved one decides."""

from itertools import pairwise
from typing import Any

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from docs._site.session import recorded
from reference.training import Codec, Motion, Pendulum, SwingUp, controller, play, random_genomes, random_starts

CODEC, GAME = Codec((3, 6, 1)), Pendulum()
SEED = 0


def path(control: Any, start: Motion) -> tuple[Motion, np.ndarray]:
    """Return the motion and the direction of the motor at every step."""
    motions, directions = zip(*play(control, start), strict=True)
    return Motion(*(np.squeeze(part) for part in zip(*motions, strict=True))), np.squeeze(directions)


def draw() -> Drawing:
    """Draw two heights over time, then velocity over angle, with the half of the plane where the motor pushes right."""
    words = recorded().experiments.swing_up.fresh.genomes[SEED]
    evolved = np.array([[int(word, 16) for word in words]], np.uint64)
    random = random_genomes(100, CODEC.words, rng=np.random.default_rng((SEED, 0)))
    measure = SwingUp(CODEC, random_starts(8, rng=np.random.default_rng(8)))
    before = random[measure(random).argmin()][np.newaxis]
    start = Motion(*(part[:1] for part in random_starts(200, rng=np.random.default_rng(200))))
    games = {"random": before, "evolved": evolved}
    chart = Chart("training_swing_up", height=262, panels=3, right=14, left=44)
    time = GAME.step * np.arange(1, GAME.steps + 1)
    table: dict[str, list[str]] = {"network": [], "upright": [], "first upright at": [], "changes of direction": []}
    for panel, (name, genome) in enumerate(games.items()):
        motion, direction = path(controller(CODEC.decode(genome)), start)
        axes = chart.panels[panel]
        axes.axhspan(GAME.upright, 1, color=COLORS["line"], lw=0)
        chart.line(time, motion.cos, series=1, panel=panel, lw=1.4)
        axes.set_ylim(-1.08, 1.08)
        axes.set_yticks([-1, 0, 1])
        axes.set_xlim(0, time[-1])
        axes.set_xticks([0, 20, 40])
        chart.labels(x="time", title=f"{name}: height", panel=panel)
        up = motion.cos >= GAME.upright
        cells = (name, f"{up.mean():.0%}", f"{time[up.argmax()]:.1f}", str(sum(a != b for a, b in pairwise(direction))))
        for column, cell in zip(table, cells, strict=True):
            table[column].append(cell)
    axes = chart.panels[2]
    angle, velocity = np.linspace(-np.pi, np.pi, 73), np.linspace(-2.6, 2.6, 53)
    a, v = np.meshgrid(angle, velocity)
    output = controller(CODEC.decode(evolved))(Motion(np.cos(a).ravel(), np.sin(a).ravel(), v.ravel())).reshape(a.shape)
    axes.contourf(angle, velocity, output, levels=[0, np.inf], colors=[COLORS["line"]])
    turned = np.arctan2(motion.sin, motion.cos)
    turned[1:][np.abs(np.diff(turned)) > 3] = np.nan  # a line must not run across from one side to the other
    axes.plot(turned, motion.velocity, color=COLORS["data-1"], lw=1.2)
    for sign in (-1, 1):
        axes.plot(angle, sign * np.sqrt(2 * (1 - np.cos(angle))), color=COLORS["data-2"], ls=(0, (8, 3)), lw=1.2)
    axes.plot(0, 0, "o", color=COLORS["ink"], ms=5)
    axes.set_xticks([-np.pi, 0, np.pi], ["−π", "0", "π"])
    axes.set_yticks([-2, 0, 2])
    axes.grid(visible=False)
    chart.labels(x="angle", title="its velocity", panel=2)
    values = {"words": ", ".join(f"0x{word}" for word in words), "up": table["first upright at"][1]}
    return chart.drawing(table, values)
