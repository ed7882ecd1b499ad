"""A small transformer on two kinds of tokens, trained by five recipes at five rates: does it learn, and what grows?

Half of a sequence is text-like: a token nearly fixes the next. The other half is image-like: any of sixteen tokens may
come. All weights are shared.
"""

from functools import partial
from typing import Any

import numpy as np

from reference.activations.softmax import logsumexp
from reference.autograd import Tensor
from reference.stability.chameleon import (
    CHAMELEON_7B,
    CHAMELEON_34B,
    LLAMA,
    Recipe,
    Transformer,
    draw_transformer,
    transformer,
)
from reference.training.losses import cross_entropy, z_loss
from reference.training.optimizers import OptimizerState, adamw, value_and_gradient

__all__ = ["SEEDS", "check", "run", "summary"]

SEEDS = range(5)
RATES = [0.01, 0.03, 0.1, 0.3, 1.0]
STEPS, WARM_UP, BATCH, HALF = 120, 20, 8, 8
TEXT, IMAGE, NOISE = 8, 16, 0.1
LAYERS, WIDTH, HEADS = 2, 16, 2
RECIPES: dict[str, Recipe] = {
    "llama": LLAMA,
    "qk_norm": Recipe(qk_norm=True),
    "swin": Recipe(norm_order="swin"),
    "chameleon_7b": CHAMELEON_7B,
    "chameleon_34b": CHAMELEON_34B,
}
QUANTITIES = ("loss", "rms", "attention", "log_z")
SHORT = ["llama", "chameleon_34b"]
SHORT_RATE = 0.3


def sequences(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return sequences (count, 2 * HALF + 1): text-like tokens, then image-like ones."""
    following = np.random.default_rng(7).permutation(TEXT)
    columns = [rng.integers(TEXT, size=count)]
    for _ in range(HALF):
        noisy = rng.random(count) < NOISE
        columns.append(np.where(noisy, rng.integers(TEXT, size=count), following[columns[-1]]))
    return np.concatenate([np.stack(columns, axis=1), TEXT + rng.integers(IMAGE, size=(count, HALF))], axis=1)


def loss(model: Transformer, tokens: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> Tensor:
    """Return cross-entropy with the recipe's z-loss."""
    logits = transformer(tokens[:, :-1], model, recipe, rng=rng).logits
    value: Tensor = cross_entropy(logits, tokens[:, 1:]) + z_loss(logits, coefficient=recipe.z_loss)
    return value


def trained(seed: int, recipe: Recipe, rate: float) -> list[float]:
    """Return the loss on new sequences, the last stream's RMS, the largest attention logit and the mean log Z."""
    rng = np.random.default_rng(seed)
    start = draw_transformer(TEXT + IMAGE, width=WIDTH, heads=HEADS, layers=LAYERS, rng=rng)
    state = OptimizerState(start)
    step = partial(adamw, betas=(0.9, 0.95), weight_decay=0.1)
    with np.errstate(all="ignore"):  # the largest rates may diverge
        for t in range(1, STEPS + 1):
            batch = sequences(BATCH, rng)
            _, gradients = value_and_gradient(partial(loss, recipe=recipe, rng=rng), state.weights, batch)
            state = step(state, gradients, learning_rate=rate * min(1, t / WARM_UP))
        new = sequences(64, np.random.default_rng(1000 + seed))
        trace = transformer(new[:, :-1], state.weights, recipe)
        last, logits = trace.stream[-1], np.stack(trace.attention)
        values = (cross_entropy(trace.logits, new[:, 1:]), np.sqrt(np.mean(last * last)), np.max(np.abs(logits)))
        return [float(value) for value in (*values, np.mean(logsumexp(trace.logits)))]


def run(seed: int, *, short: bool = False) -> dict[str, Any]:
    """Return by recipe, for all rates, what `trained` returns (short: two recipes at one rate)."""
    names, rates = (SHORT, [SHORT_RATE]) if short else (list(RECIPES), RATES)
    return {name: [trained(seed, RECIPES[name], rate) for rate in rates] for name in names}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return by recipe and quantity the median, lowest and highest over the seeds, for all rates."""
    found: dict[str, Any] = {}
    for name in RECIPES:
        values = np.array([result[name] for result in results])  # seed, rate, quantity
        found[name] = {
            quantity: {
                "median": _rounded(np.median(values[:, :, k], axis=0)),
                "lowest": _rounded(values[:, :, k].min(axis=0)),
                "highest": _rounded(values[:, :, k].max(axis=0)),
            }
            for k, quantity in enumerate(QUANTITIES)
        }
        found[name]["finite"] = int(np.isfinite(values).all(axis=(1, 2)).sum())
    kept, stray = 1 - NOISE + NOISE / TEXT, NOISE / TEXT
    text = -kept * np.log(kept) - (TEXT - 1) * stray * np.log(stray)
    floor = (HALF * text + HALF * np.log(IMAGE)) / (2 * HALF)
    return {**found, "rates": RATES, "steps": STEPS, "floor": floor, "uniform": float(np.log(TEXT + IMAGE))}


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]


def check(summary: dict[str, Any], short: dict[str, Any]) -> None:
    """At a high rate the recorded order must hold for one seed: who learns, and whose numbers grow."""
    at = RATES.index(SHORT_RATE)
    for name in SHORT:
        for k, quantity in enumerate(QUANTITIES):
            assert short[name][0][k] <= 3 * max(summary[name][quantity]["highest"][at], 1), (name, quantity)
    assert short["chameleon_34b"][0][0] < short["llama"][0][0]
    assert 10 * short["chameleon_34b"][0][1] < short["llama"][0][1]
