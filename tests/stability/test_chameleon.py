"""The small transformer: the paper's two recipes, bounds and growth, PyTorch's own layers, and gradients."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from reference.activations import logsumexp, silu, swiglu
from reference.autograd import Tensor
from reference.normalization.rms_norm import rms_norm
from reference.numbers import BFLOAT16, round_to, ulp
from reference.stability import (
    CHAMELEON_7B,
    CHAMELEON_34B,
    LLAMA,
    Recipe,
    add_branch,
    attention_logits,
    draw_transformer,
    transformer,
)
from reference.training import OptimizerState, adam, cross_entropy, tree_map, value_and_gradient, z_loss
from tests.needs import need
from tests.properties import given, st

torch: Any = need("torch")
functional: Any = need("torch.nn.functional")

TOKENS = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])
SWITCHES = [Recipe(qk_norm=qk, norm_order=order) for qk in (False, True) for order in ("pre", "swin")]


def model(seed: int = 0, scale: float = 1.0) -> Any:
    """A transformer of two blocks."""
    return draw_transformer(10, width=12, heads=3, layers=2, rng=np.random.default_rng(seed), scale=scale)


def rms(x: Any) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(x * x)))


def plain(d: int) -> Any:
    """The parameters of a norm that has learned nothing: weight 1 and bias 0."""
    return np.stack([np.ones(d), np.zeros(d)])


# Examples from the source


def test_the_recipes_are_those_of_section_2_3() -> None:
    assert Recipe(qk_norm=False, norm_order="pre", dropout=0.0, z_loss=0.0) == LLAMA
    assert Recipe(qk_norm=True, norm_order="pre", dropout=0.1, z_loss=1e-5) == CHAMELEON_7B
    assert Recipe(qk_norm=True, norm_order="swin", dropout=0.0, z_loss=1e-5) == CHAMELEON_34B


def test_the_two_orders_are_those_of_the_paper() -> None:
    x, weight = np.random.default_rng(0).normal(size=(2, 5, 8))
    weight = weight[0]
    branch = partial(np.multiply, 3)
    np.testing.assert_array_equal(add_branch(x, branch, weight), x + 3 * rms_norm(x, weight=weight))
    np.testing.assert_array_equal(add_branch(x, branch, weight, norm_order="swin"), x + rms_norm(3 * x, weight=weight))


@pytest.mark.parametrize("options", [{"norm_order": "post"}, {"dropout": 1.0}, {"dropout": -0.1}])
def test_a_recipe_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(norm_order|dropout) must be "):
        Recipe(**options)


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="5 heads must divide the width, got 12; try 15"):
        draw_transformer(10, width=12, heads=5, layers=1, rng=np.random.default_rng(0))


def test_nan_goes_through() -> None:
    weights = model()
    assert np.isnan(transformer(TOKENS, weights._replace(norm=np.nan * weights.norm)).logits).all()


# Properties


@given(st.integers(0, 2**32 - 1), st.integers(2, 64), st.floats(-3, 6))
def test_qk_norm_bounds_the_logits_by_the_root_of_the_head_size(seed: int, d: int, power: float) -> None:
    q, k = 10**power * np.random.default_rng(seed).normal(size=(2, 6, d))
    assert np.abs(attention_logits(q, k, norms=(plain(d), plain(d)))).max() <= d**0.5 * (1 + 1e-12)


@pytest.mark.parametrize("d", [2, 8, 64, 128])
def test_equal_queries_and_keys_reach_the_bound(d: int) -> None:
    q = 100 * np.random.default_rng(0).normal(size=(5, d))
    logits = np.diagonal(attention_logits(q, q, norms=(plain(d), plain(d))))
    np.testing.assert_allclose(logits, d**0.5, rtol=1e-5)
    assert np.diagonal(attention_logits(q, q)).max() > 1000


def test_the_weights_of_the_norm_can_lift_the_bound() -> None:
    q = np.random.default_rng(0).normal(size=(5, 16))
    large = plain(16) * 3
    assert attention_logits(q, q, norms=(large, large)).max() == pytest.approx(9 * 4, rel=1e-4)


@pytest.mark.parametrize("recipe", SWITCHES)
def test_no_token_sees_a_later_one(recipe: Recipe) -> None:
    other = TOKENS.copy()
    other[:, 3:] = 7
    before, after = (transformer(tokens, model(), recipe).logits for tokens in (TOKENS, other))
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert np.all(np.abs(before[:, 3:] - after[:, 3:]).max(axis=-1) > 1e-3)


def test_a_switch_changes_what_it_is_for() -> None:
    base, qk, swin = (transformer(TOKENS, model(scale=4.0), r) for r in (LLAMA, *SWITCHES[1:3][::-1]))
    assert np.abs(qk.attention[0]).max() <= 2 < np.abs(base.attention[0]).max()
    assert rms(swin.stream[-1]) < 3 < rms(base.stream[-1])
    for trace in (base, qk, swin):
        assert [x.shape for x in trace.stream] == [(2, 5, 12)] * 3
        assert [x.shape for x in trace.attention] == [(2, 3, 5, 5)] * 2


def test_dropout_keeps_the_mean_and_is_off_without_chance() -> None:
    recipe = Recipe(dropout=0.25)
    still = transformer(TOKENS, model(), recipe)
    np.testing.assert_array_equal(still.logits, transformer(TOKENS, model(), LLAMA).logits)
    first = replace(recipe, dropout=0.0)
    start, after = transformer(TOKENS, model(), first).stream[:2]
    rng = np.random.default_rng(0)
    draws = np.array([transformer(TOKENS, model(), recipe, rng=rng).stream[1] for _ in range(300)])
    assert np.mean(draws == start) > 0.25**2 / 2
    assert np.std(draws.mean(axis=0) - after) < 0.2 * np.std(after - start)


# Predictions, over five seeds


def grown(order: str, scale: float, seed: int, *, width: int = 48, layers: int = 32) -> float:
    """The RMS of a stream after some SwiGLU branches with random weights of this scale."""
    rng, hidden = np.random.default_rng(seed), 2 * width
    x = rng.normal(size=(16, width))
    x = x / rms(x)
    for _ in range(layers):
        up = rng.normal(scale=scale / width**0.5, size=(width, 2 * hidden))
        down = rng.normal(scale=scale / hidden**0.5, size=(hidden, width))

        def feed(h: Any, up: Any = up, down: Any = down) -> Any:
            return swiglu(h @ up) @ down

        x = add_branch(x, feed, np.ones(width), norm_order=order)
    return rms(x)


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_the_stream_grows_with_the_weights_only_if_norms_come_first(scale: float) -> None:
    gate = rms(silu(scale * np.random.default_rng(9).normal(size=100_000)))
    predicted = {"pre": (1 + 32 * (scale**2 * gate) ** 2) ** 0.5, "swin": 33**0.5}
    for order, expected in predicted.items():
        assert [grown(order, scale, seed) for seed in range(5)] == pytest.approx([expected] * 5, rel=0.1)


def test_the_first_step_of_adam_moves_the_mean_of_the_logits_and_descent_does_not() -> None:
    bias = np.zeros(10)
    _, slope = value_and_gradient(lambda b: cross_entropy(b, np.array(3)), bias)
    assert np.mean(slope) == pytest.approx(0, abs=1e-17)
    after = adam(OptimizerState(bias), slope, learning_rate=0.01).weights
    assert np.mean(after) == pytest.approx(-0.01 * 8 / 10, rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_z_loss_alone_brings_log_z_to_0(seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(4, 10)) + 5
    for _ in range(300):
        logits = logits - value_and_gradient(partial(z_loss, coefficient=4.0), logits)[1]
    np.testing.assert_allclose(logsumexp(logits), 0, atol=1e-6)


def test_the_spacing_of_bfloat16_is_2_at_300_and_its_range_that_of_float32() -> None:
    assert ulp(np.array([300.0]), BFLOAT16).item() == 2
    assert round_to(np.array([301.0]), BFLOAT16).item() == 300
    assert np.isfinite(round_to(np.array([3e38]), BFLOAT16)).all()


# PyTorch


def by_torch(tokens: Any, weights: Any, recipe: Recipe) -> Any:
    """The same transformer out of PyTorch's functions."""
    width = weights.norm.shape[0]
    x = functional.embedding(tokens, weights.embedding)

    def norm(h: Any, weight: Any) -> Any:
        return functional.rms_norm(h, (width,), weight, 1e-5)

    def attention(h: Any, b: Any) -> Any:
        d = b.query_norm.shape[1]
        q, k, v = ((h @ w).unflatten(-1, (-1, d)).transpose(-2, -3) for w in (b.query, b.key, b.value))
        if recipe.qk_norm:
            q = functional.layer_norm(q, (d,), *b.query_norm)
            k = functional.layer_norm(k, (d,), *b.key_norm)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return mixed.transpose(-2, -3).flatten(-2) @ b.output

    def feed(h: Any, b: Any) -> Any:
        gate, up = (h @ b.gate_up).chunk(2, dim=-1)
        return (functional.silu(gate) * up) @ b.down

    for b in weights.blocks:
        for branch, weight in ((attention, b.attention_norm), (feed, b.ffn_norm)):
            x = x + (norm(branch(x, b), weight) if recipe.norm_order == "swin" else branch(norm(x, weight), b))
    return norm(x, weights.norm) @ weights.head


def varied(seed: int) -> Any:
    """A transformer whose norms have learned something."""
    rng = np.random.default_rng(seed)
    return tree_map(lambda w: w + 0.3 * rng.normal(size=w.shape), model(seed))


@pytest.mark.parametrize("recipe", SWITCHES)
def test_logits_and_gradients_are_those_of_pytorch(recipe: Recipe) -> None:
    here, target = varied(1), np.roll(TOKENS, -1, axis=1)
    there = tree_map(lambda w: torch.tensor(w, requires_grad=True), here)
    expected = by_torch(torch.tensor(TOKENS), there, recipe)
    np.testing.assert_allclose(transformer(TOKENS, here, recipe).logits, expected.detach().numpy(), rtol=1e-9)
    functional.cross_entropy(expected.flatten(0, 1), torch.tensor(target).flatten()).backward()
    _, gradients = value_and_gradient(lambda w: cross_entropy(transformer(TOKENS, w, recipe).logits, target), here)

    def compare(ours: Any, theirs: Any) -> None:
        used = theirs.grad is not None  # without QK-norm its parameters have none
        np.testing.assert_allclose(ours, theirs.grad.numpy() if used else 0, rtol=1e-7, atol=1e-11)

    tree_map(compare, gradients, there)


def test_every_library_gives_the_same(xp: Any) -> None:
    weights = varied(2)
    there = tree_map(lambda w: xp.asarray(w, dtype=xp.float32), weights)
    got = transformer(xp.asarray(TOKENS), there, CHAMELEON_34B, rng=np.random.default_rng(0)).logits
    assert got.dtype == xp.float32
    expected = transformer(TOKENS, weights, CHAMELEON_34B).logits
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-3, atol=1e-4)
    dropped = transformer(xp.asarray(TOKENS), there, CHAMELEON_7B, rng=np.random.default_rng(0)).logits
    assert dropped.shape == got.shape


def test_a_tensor_runs_with_dropout_and_gives_every_parameter_a_gradient() -> None:
    leaves = tree_map(Tensor, varied(3))
    trace = transformer(TOKENS, leaves, CHAMELEON_7B, rng=np.random.default_rng(0))
    (cross_entropy(trace.logits, TOKENS) + z_loss(trace.logits, coefficient=1e-5)).backward()
    tree_map(lambda leaf: np.testing.assert_array_less(0, np.abs(leaf.grad).max()), leaves)


def test_an_order_that_is_neither_is_refused() -> None:
    x = np.ones((1, 2))
    with pytest.raises(ValueError, match=r"norm_order must be .pre. or .swin., got 'Swin'; choose one of them"):
        add_branch(x, lambda h: h, np.ones(2), norm_order="Swin")
