"""The level set of a two-input ReLU network that adds two piecewise linear squares: a polygon beside the circle."""

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing
from reference.activations import BrickNetwork, relu, sawtooth_network


def radius(network: BrickNetwork, angle: np.ndarray) -> np.ndarray:
    """Return, by bisection, how far the level 1 is from the center in each direction."""
    low, high = np.full(angle.shape, 0.5), np.full(angle.shape, 1.0)
    for _ in range(50):
        middle = (low + high) / 2
        sides = (middle * np.cos(angle), middle * np.sin(angle))
        inside = sum(network.evaluate(relu(side) + relu(-side)) for side in sides) < 1
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low


def corners(network: BrickNetwork, pieces: int) -> np.ndarray:
    """Return the polygon's corners: the directions in which a coordinate reaches a kink of the square."""
    fine = np.linspace(0, np.pi / 2, 2001)
    r = radius(network, fine)
    kinks = np.arange(pieces + 1) / pieces
    at = np.unique(
        np.concatenate([np.interp(kinks, r * np.sin(fine), fine), np.interp(-kinks, -r * np.cos(fine), fine)])
    )
    quarter = at[:-1]
    angle = np.concatenate([quarter + turn * np.pi / 2 for turn in range(4)] + [np.asarray([2 * np.pi])])
    r = np.tile(radius(network, quarter), 4)
    r = np.append(r, r[0])
    return np.stack([r * np.cos(angle), r * np.sin(angle)])


def draw() -> Drawing:
    """Draw three polygons, each over the same circle."""
    chart = Chart("activations_piecewise_circle", height=236, panels=3, right=12, left=12)
    turn = np.linspace(0, 2 * np.pi, 73)
    table: dict[str, list[str]] = {"depth of each square": [], "sides": [], "largest gap": []}
    for panel, depth in enumerate((0, 1, 3)):
        network, axes = sawtooth_network(depth), chart.panels[panel]
        x, y = corners(network, 2**depth)
        axes.plot(np.cos(turn), np.sin(turn), color=COLORS["muted"], lw=1, clip_on=False)
        axes.plot(x, y, marker="o" if depth < 2 else "", color=COLORS["data-1"], ms=3.5, clip_on=False)
        axes.set_aspect("equal")
        axes.set_axis_off()
        gap = float(np.max(1 - radius(network, np.linspace(0, np.pi / 2, 2001))))
        sides = len(x) - 1
        bricks = 4 + 2 * network.relus
        axes.set_title(f"{sides} sides, {bricks} ReLUs", fontsize=12.5, color=COLORS["ink"])
        table["depth of each square"].append(str(depth))
        table["sides"].append(str(sides))
        table["largest gap"].append(f"{gap:.4f}")
    return chart.drawing(table)
