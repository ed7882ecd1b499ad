"""How often is a ReLU network dead before its first training step? Counted over widths, depths and seeds."""

from typing import Any

import numpy as np

from reference.activations.dying import born_dead_bounds, he_weights, is_dead

SEEDS = range(5)
WIDTHS = (2, 3, 5, 10)
DEPTHS = (2, 5, 10, 15, 20, 30, 40)
NETWORKS = 4000
RAYS = np.array([[-1.0], [1.0]])
"""Without biases, one input on each side of 0 stands for all inputs of a network with one input."""


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the share of dead networks by width, one number per depth (short: up to width 3 only)."""
    rng = np.random.default_rng(seed)
    shares = {}
    for width in WIDTHS[:2] if short else WIDTHS:
        dead = [is_dead(RAYS, he_weights(width, depth, rng=rng, networks=NETWORKS)) for depth in DEPTHS]
        shares[f"width_{width}"] = [float(np.mean(each)) for each in dead]
    return {"shares": shares}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by width the mean share, the lowest and highest seed, and the two theoretical bounds at each depth."""
    widths = {}
    for width in WIDTHS:
        shares = np.array([result["shares"][f"width_{width}"] for result in results])
        lower, upper = zip(*(born_dead_bounds(width, depth) for depth in DEPTHS), strict=True)
        widths[f"width_{width}"] = {
            "mean": shares.mean(axis=0).round(6).tolist(),
            "lowest": shares.min(axis=0).tolist(),
            "highest": shares.max(axis=0).tolist(),
            "lower": list(lower),
            "upper": list(upper),
        }
    return {"depths": list(DEPTHS), "networks": NETWORKS, **widths}


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Assert that the means lie between the bounds and that one more seed lies near the recorded ones."""
    for width in WIDTHS:
        recorded = summary[f"width_{width}"]
        mean, lower, upper = (np.array(recorded[key]) for key in ("mean", "lower", "upper"))
        noise = 4 * np.sqrt(upper * (1 - lower) / (len(SEEDS) * NETWORKS))
        assert np.all((lower - noise <= mean) & (mean <= upper + noise)), width
        if f"width_{width}" in short["shares"]:
            assert np.allclose(short["shares"][f"width_{width}"], mean, atol=0.04), width
