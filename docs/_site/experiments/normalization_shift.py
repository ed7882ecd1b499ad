"""Does batch norm train well because the inputs of its layers shift less? Santurkar's experiment, small.

A network of 12 layers with tanh learns two spirals, without batch norm, with it, and with noise behind it: at every
step each unit gets a new random shift and scale, so that what the next layer sees jumps from step to step. All three
are trained with a large and with a small learning rate, the six networks of a seed side by side: (n, networks, units).
"""

from itertools import pairwise
from typing import Any

import numpy as np

from reference.normalization import batch_norm, batch_norm_backward
from reference.training.datasets import spirals
from reference.training.losses import cross_entropy, cross_entropy_gradient

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
KINDS = ("plain", "batch", "noisy")
RATES = (2.0, 0.1)
NAMES = {2.0: "large", 0.1: "small"}
EXAMPLES, WIDTH, DEPTH, STEPS, SHORT = 120, 24, 12, 600, 40
EVERY = 40  # steps from one noted loss to the next
SHIFT, STRETCH = 0.5, 0.25  # a noisy unit is moved by up to 0.5 and stretched by 0.75 to 1.25
PLAIN, NORMED = slice(0, len(RATES)), slice(len(RATES), None)


def start(rng: np.random.Generator) -> dict[str, list[np.ndarray]]:
    """Return the same random weights for all networks, of variance 1 / fan-in, with biases 0 and scales 1."""
    sizes, copies = (2, *[WIDTH] * (DEPTH - 1), 2), len(KINDS) * len(RATES)
    weights = [rng.normal(scale=n**-0.5, size=(n, m)) for n, m in pairwise(sizes)]
    return {
        "weight": [np.repeat(weight[None], copies, axis=0) for weight in weights],
        "scale": [np.ones((copies, WIDTH)) for _ in weights[1:]],
        "bias": [np.zeros((copies, m)) for m in sizes[1:]],
    }


def times(h: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Multiply (n, networks, units) by each network's own matrix."""
    product: np.ndarray = (h.swapaxes(0, 1) @ weight).swapaxes(0, 1)
    return product


def columns(z: np.ndarray) -> np.ndarray:
    """Lay the networks with batch norm side by side: a channel for each unit of each."""
    return z[:, NORMED].reshape(len(z), -1)


def layer(z: np.ndarray, scale: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return what enters tanh: the sums and a bias, or their batch norm."""
    normed, _ = batch_norm(columns(z), weight=scale[NORMED].ravel(), bias=bias[NORMED].ravel())
    return np.concatenate([z[:, PLAIN] + bias[PLAIN], normed.reshape(z[:, NORMED].shape)], axis=1)


def layer_backward(grad: np.ndarray, z: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by the sums, the scale and the bias."""
    by_x, by_scale, by_bias = batch_norm_backward(columns(grad), columns(z), weight=scale[NORMED].ravel())
    plain, none = grad[:, PLAIN], np.zeros_like(scale[PLAIN])
    return (
        np.concatenate([plain, by_x.reshape(z[:, NORMED].shape)], axis=1),
        np.concatenate([none, by_scale.reshape(scale[NORMED].shape)]),
        np.concatenate([plain.sum(axis=0), by_bias.reshape(scale[NORMED].shape)]),
    )


def forward(net: dict[str, list[np.ndarray]], x: np.ndarray, rng: np.random.Generator | None) -> tuple[Any, Any]:
    """Return the logits and, layer by layer, its input, its sums, its noise, what enters tanh, and tanh."""
    copies = len(net["bias"][0])
    h, tape = np.repeat(x[:, None], copies, axis=1), []
    for weight, scale, bias in zip(net["weight"], net["scale"], net["bias"], strict=False):
        z = times(h, weight)
        stretch, shift = np.ones((copies, WIDTH)), np.zeros((copies, WIDTH))
        if rng is not None:
            stretch[-len(RATES) :] = rng.uniform(1 - STRETCH, 1 + STRETCH, size=(len(RATES), WIDTH))
            shift[-len(RATES) :] = rng.uniform(-SHIFT, SHIFT, size=(len(RATES), WIDTH))
        inside = stretch * layer(z, scale, bias) + shift
        tape.append((h, z, stretch, inside, h := np.tanh(inside)))
    return times(h, net["weight"][-1]) + net["bias"][-1], tape


def gradients(net: dict[str, list[np.ndarray]], logits: np.ndarray, tape: Any, y: np.ndarray) -> Any:
    """Return the gradients of every network's own loss, from the last layer to the first."""
    grad = np.stack([cross_entropy_gradient(logits[:, k], y) for k in range(logits.shape[1])], axis=1)
    found: dict[str, list[np.ndarray]] = {"weight": [], "scale": [], "bias": [grad.sum(axis=0)]}
    h = tape[-1][-1]
    for i in reversed(range(len(tape))):
        found["weight"].append(h.transpose(1, 2, 0) @ grad.swapaxes(0, 1))
        h, z, stretch, _, out = tape[i]
        grad = times(grad, net["weight"][i + 1].mT) * (1 - out * out) * stretch
        grad, by_scale, by_bias = layer_backward(grad, z, net["scale"][i])
        found["scale"].append(by_scale)
        found["bias"].append(by_bias)
    found["weight"].append(h.transpose(1, 2, 0) @ grad.swapaxes(0, 1))
    return {name: values[::-1] for name, values in found.items()}


def losses(logits: np.ndarray, y: np.ndarray) -> list[float]:
    """Return the loss of each network."""
    return [float(cross_entropy(logits[:, k], y)) for k in range(logits.shape[1])]


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Train the six networks; their losses without noise, and how far the means in front of tanh move in a step."""
    rng, noise = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    x, y = spirals(EXAMPLES, rng=rng)
    net = start(rng)
    rates = np.tile(RATES, len(KINDS))
    history, shifts, before = [], [], None
    for step in range((SHORT if short else STEPS) + 1):
        if step % EVERY == 0:
            history.append(losses(forward(net, x, None)[0], y))
        logits, tape = forward(net, x, noise)
        means = np.stack([inside.mean(axis=0) for *_, inside, _ in tape])
        if before is not None:
            shifts.append(np.abs(means - before).mean(axis=(0, 2)))
        before, slopes = means, gradients(net, logits, tape, y)
        for name, values in net.items():
            net[name] = [
                v - rates.reshape(-1, *[1] * (v.ndim - 1)) * g for v, g in zip(values, slopes[name], strict=True)
            ]
    return {"losses": np.transpose(history).tolist(), "shifts": np.mean(shifts, axis=0).tolist()}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, by rate and kind, the curves of all seeds, the last losses and the shifts, sorted, with their middle."""
    found: dict[str, Any] = {"steps": list(range(0, STEPS + 1, EVERY)), "width": WIDTH, "examples": EXAMPLES}
    for i, (kind, rate) in enumerate((kind, rate) for kind in KINDS for rate in RATES):
        curves = [[_short(v) for v in result["losses"][i]] for result in results]
        last = sorted(curve[-1] for curve in curves)
        shift = sorted(_short(result["shifts"][i]) for result in results)
        found.setdefault(NAMES[rate], {})[kind] = {
            "curves": curves,
            "last": [curve[-1] for curve in curves],
            "lowest": last[0],
            "middle": last[len(last) // 2],
            "highest": last[-1],
            "shift": {"lowest": shift[0], "middle": shift[len(shift) // 2], "highest": shift[-1]},
        }
    for name in NAMES.values():
        middle = {kind: found[name][kind]["shift"]["middle"] for kind in KINDS}
        found[name]["ratio"] = {kind: _short(middle["noisy"] / middle[kind]) for kind in KINDS[:2]}
        pairs = zip(found[name]["noisy"]["last"], found[name]["batch"]["last"], strict=True)
        found[name]["worse"] = sum(noisy > batch for noisy, batch in pairs)
    return found


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Assert what the page says, and that one seed starts as recorded: later the large rate is chaotic."""
    large = summary["large"]
    assert large["plain"]["lowest"] > 1 > large["noisy"]["highest"]
    assert large["batch"]["highest"] < 1
    assert min(large["ratio"].values()) > 10
    for i, (kind, rate) in enumerate((kind, rate) for kind in KINDS for rate in RATES):
        recorded = summary[NAMES[rate]][kind]["curves"][0]
        same = len(short["losses"][i]) if rate < 1 else 1
        assert np.allclose(short["losses"][i][:same], recorded[:same], rtol=0.02), (kind, rate)
