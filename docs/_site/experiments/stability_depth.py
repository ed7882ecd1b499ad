"""What do 50 layers of 512 units make of signal and gradient? Four networks by layer, and rules of initialization."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from reference.activations import relu, sigmoid, tanh
from reference.stability.depth import DepthCurves, measure_depth, predict_depth
from reference.stability.initialization import glorot, he, lecun, orthogonal, torch_linear

SEEDS = range(5)
DEPTH, WIDTH = 50, 512
FEW, MANY = 16, 256
"""Examples in a batch: many where batch norm averages over them."""

ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh}
NETS: dict[str, tuple[str, float, str]] = {
    "tanh": ("tanh", 5 / 3, "none"),
    "batch": ("relu", 1.0, "batch"),
    "sigmoid": ("sigmoid", 4.0, "none"),
    "control": ("relu", 2**0.5, "none"),
}
"""Activation, gain and normalization."""

Rule = Callable[[np.random.Generator], np.ndarray]
RULES: dict[str, tuple[Rule, float]] = {
    "he": (lambda rng: he(WIDTH, WIDTH, rng=rng), 2**0.5),
    "glorot": (lambda rng: glorot(WIDTH, WIDTH, rng=rng), 1.0),
    "lecun": (lambda rng: lecun(WIDTH, WIDTH, rng=rng), 1.0),
    "orthogonal": (lambda rng: orthogonal(WIDTH, WIDTH, rng=rng, gain=2**0.5), 2**0.5),
    "torch": (lambda rng: torch_linear(WIDTH, WIDTH, rng=rng).weight, 3**-0.5),
}
"""How a matrix is drawn, and its gain; PyTorch's layers without their biases."""


def scaled(rng: np.random.Generator, *, gain: float) -> np.ndarray:
    """Return a normal matrix of this gain."""
    return gain * lecun(WIDTH, WIDTH, rng=rng)


def measured(rng: np.random.Generator, draw: Rule, activation: str, norm: str) -> DepthCurves:
    """Return the curves of one network."""
    weights = [draw(rng) for _ in range(DEPTH)]
    x, gradient = rng.normal(size=(2, MANY if norm == "batch" else FEW, WIDTH))
    return measure_depth(x, weights, gradient, activation=ACTIVATIONS[activation], normalization=norm)


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return the curves of the four networks, and the two ends for each rule (short: the first network alone)."""
    rng = np.random.default_rng(seed)
    nets = {}
    for name, (activation, gain, norm) in NETS.items():
        if not short or name == "tanh":
            curves = measured(rng, partial(scaled, gain=gain), activation, norm)
            nets[name] = {"signal": curves.signal, "gradient": curves.gradient}
    ends = {}
    for activation, name in pairs() if not short else ():
        curves = measured(rng, RULES[name][0], activation, "none")
        ends[f"{activation}_{name}"] = {"signal": curves.signal[-1], "gradient": curves.gradient[0]}
    return {"nets": nets, "ends": ends}


def pairs() -> Iterator[tuple[str, str]]:
    """Yield every activation of the table with every rule."""
    for activation in ("relu", "tanh"):
        for name in RULES:
            yield activation, name


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median over the seeds with the lowest and the highest, beside the prediction."""
    nets = {}
    for name, (activation, gain, norm) in NETS.items():
        predicted = predict_depth(ACTIVATIONS[activation], DEPTH, gain=gain, normalization=norm)
        found = {part: np.array([result["nets"][name][part] for result in results]) for part in predicted._fields}
        nets[name] = {
            "signal": spread(found["signal"][:, -1], predicted.signal[-1]),
            "gradient": spread(found["gradient"][:, 0], predicted.gradient[0]),
            "factor": spread(inner(found["gradient"]), inner(predicted.gradient)),
            "signals": digits(np.median(found["signal"], axis=0)),
            "gradients": digits(np.median(found["gradient"], axis=0)),
        }
    rules = {}
    for activation, name in pairs():
        predicted = predict_depth(ACTIVATIONS[activation], DEPTH, gain=RULES[name][1])
        ends = [result["ends"][f"{activation}_{name}"] for result in results]
        rules[f"{activation}_{name}"] = {
            "signal": spread(np.array([end["signal"] for end in ends]), predicted.signal[-1]),
            "gradient": spread(np.array([end["gradient"] for end in ends]), predicted.gradient[0]),
        }
    return {"depth": DEPTH, "width": WIDTH, "batch": FEW, "batch_normalized": MANY, "nets": nets, "rules": rules}


def inner(gradient: np.ndarray) -> Any:
    """Return by how much a layer multiplies the gradient on average, without the first layer and the last."""
    return (gradient[..., 1] / gradient[..., -2]) ** (1 / (DEPTH - 2))


def spread(found: np.ndarray, predicted: float) -> dict[str, float]:
    """Return the prediction, the median, the lowest and the highest, with four digits."""
    middle, low, high = np.median(found), found.min(), found.max()
    return dict(zip(("predicted", "median", "lowest", "highest"), digits([predicted, middle, low, high]), strict=True))


def digits(values: Any) -> list[float]:
    """Return numbers with four digits."""
    return [float(f"{value:.4g}") for value in values]


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """Assert that measurements lie by the predictions, and one more network by the recorded ones."""
    for name, net in summary["nets"].items():
        for part, most in (("signal", 1.5), ("gradient", 2.0), ("factor", 1.015)):
            assert 1 / most < net[part]["median"] / net[part]["predicted"] < most, (name, part)
    for name, rule in summary["rules"].items():
        for part in ("signal", "gradient"):
            # rules whose signal fades are predicted to a factor of 2, orthogonal matrices by no theory of normal sums
            assert 0.4 < rule[part]["median"] / rule[part]["predicted"] < 2.5, (name, part)
    for part in ("signal", "gradient"):
        recorded = np.array(summary["nets"]["tanh"][f"{part}s"])
        assert np.allclose(short["nets"]["tanh"][part], recorded, rtol=0.4), part
