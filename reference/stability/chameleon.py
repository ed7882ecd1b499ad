r"""Norms that grow, logits that drift: QK-norm, z-loss, and the order of the norms.

A small transformer on which each measure of the Chameleon paper can be switched on and off. It is Llama in small: RMS
norm, SwiGLU, causal attention, no biases; rotary positions are left out. On this package's `Tensor` it can be trained.

Notation: tokens are (..., t) integers, the stream x is (..., t, n), a head has size d; a *branch* is what is added to
the stream, attention or the feed-forward layer; $Z = \sum_c e^{z_c}$ for a row of logits z.

Explained on the page `docs/stability/chameleon.md`.
"""

from __future__ import annotations  # naming np.random.Generator would load numpy.random

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from reference.activations.gated import swiglu
from reference.activations.softmax import softmax
from reference.arrays import Array, array_namespace
from reference.normalization.layer_norm import layer_norm
from reference.normalization.rms_norm import rms_norm

__all__ = [
    "CHAMELEON_7B",
    "CHAMELEON_34B",
    "LLAMA",
    "Recipe",
    "Trace",
    "Transformer",
    "add_branch",
    "attention_logits",
    "draw_transformer",
    "transformer",
]


@dataclass(frozen=True)
class Recipe:
    """Which measures against divergence are switched on.

    Attributes:
        qk_norm: Whether queries and keys are layer-normalized in each head.
        norm_order: "pre" normalizes what enters a branch, "swin" what leaves it.
        dropout: The share of each branch's output that is set to 0 in training.
        z_loss: The coefficient of the z-loss.

    Raises:
        ValueError: If the order is neither, or the dropout is no share below 1.

    Source: Chameleon Team 2024, arXiv:2405.09818, section 2.3.

    Example:
        >>> from reference.stability import CHAMELEON_7B
        >>> CHAMELEON_7B
        Recipe(qk_norm=True, norm_order='pre', dropout=0.1, z_loss=1e-05)
    """

    qk_norm: bool = False
    norm_order: str = "pre"
    dropout: float = 0.0
    z_loss: float = 0.0

    def __post_init__(self) -> None:
        _check_order(self.norm_order)
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be a share from 0 to below 1, got {self.dropout}; Chameleon's is 0.1")


def _check_order(norm_order: str) -> None:
    if norm_order not in ("pre", "swin"):
        raise ValueError(f'norm_order must be "pre" or "swin", got {norm_order!r}; choose one of them')


LLAMA = Recipe()
"""None of the measures."""
CHAMELEON_7B = Recipe(qk_norm=True, dropout=0.1, z_loss=1e-5)
"""The recipe of the smaller model."""
CHAMELEON_34B = Recipe(qk_norm=True, norm_order="swin", z_loss=1e-5)
"""The recipe of the larger model: its dropout is 0, since dropout and the other order did not help together."""


class _Block(NamedTuple):
    """The parameters of a block: matrices (n, n), `gate_up` (n, 2f), `down` (f, n); norms of (2, d) and of (n,)."""

    query: Array
    key: Array
    value: Array
    output: Array
    gate_up: Array
    down: Array
    query_norm: Array  # weight and bias, for all heads
    key_norm: Array
    attention_norm: Array
    ffn_norm: Array


class Transformer(NamedTuple):
    """A transformer's parameters: `embedding` (vocabulary, n), blocks, `norm` (n,), `head` (n, vocabulary).

    Example:
        >>> from reference.stability import Transformer
        >>> Transformer._fields
        ('embedding', 'blocks', 'norm', 'head')
    """

    embedding: Array
    blocks: tuple[_Block, ...]
    norm: Array
    head: Array


class Trace(NamedTuple):
    """What a pass shows: its logits, the stream at the start and after each block, each block's attention logits.

    Example:
        >>> from reference.stability import Trace
        >>> Trace._fields
        ('logits', 'stream', 'attention')
    """

    logits: Array
    stream: tuple[Array, ...]
    attention: tuple[Array, ...]


def draw_transformer(
    vocabulary: int, *, width: int, heads: int, layers: int, rng: np.random.Generator, scale: float = 1.0
) -> Transformer:
    r"""Return random parameters: normal weights of standard deviation scale / sqrt(fan-in), and norms of weight 1.

    The embedding's standard deviation is 1, whatever the scale.

    The hidden size of the feed-forward layer is 8/3 of the width, as in Llama.

    Raises:
        ValueError: If the heads do not divide the width.

    Example:
        >>> import numpy as np
        >>> from reference.stability import draw_transformer
        >>> model = draw_transformer(10, width=12, heads=3, layers=2, rng=np.random.default_rng(0))
        >>> model.blocks[0].gate_up.shape, model.blocks[0].key_norm.shape, model.head.shape
        ((12, 64), (2, 4), (12, 10))
    """
    if width % heads:
        raise ValueError(f"{heads} heads must divide the width, got {width}; try {width + -width % heads}")

    hidden, one = 8 * width // 3, np.ones(width)
    plain = np.stack([np.ones(width // heads), np.zeros(width // heads)])
    sizes = [*4 * [(width, width)], (width, 2 * hidden), (hidden, width)]

    def matrix(n: int, m: int) -> Array:
        return rng.normal(scale=scale / n**0.5, size=(n, m))

    embedding = rng.normal(size=(vocabulary, width))
    blocks = tuple(_Block(*[*(matrix(n, m) for n, m in sizes), plain, plain, one, one]) for _ in range(layers))
    return Transformer(embedding, blocks, one, matrix(width, vocabulary))


def add_branch(x: Array, branch: Callable[[Array], Array], weight: Array, *, norm_order: str = "pre") -> Array:
    r"""Return the stream with a branch added: x + branch(norm(x)), or x + norm(branch(x)) in Swin's order.

    In Swin's order a branch adds a vector of RMS 1, times the norm's weights, whatever its own weights are.

    Args:
        x: (..., n), the stream.
        branch: A function of such an array.
        weight: (n,), of the RMS norm.
        norm_order: "pre" or "swin".

    Raises:
        ValueError: If the order is neither.

    Source: pre: Llama, Touvron et al. 2023, arXiv:2302.13971, section 2.2; swin: Liu et al. 2022, arXiv:2111.09883,
    section 3.2, and Chameleon-34B, arXiv:2405.09818, section 2.3.

    Example:
        >>> import numpy as np
        >>> from reference.stability import add_branch
        >>> x, one = np.array([1.0, -1.0]), np.ones(2)
        >>> for order in ("pre", "swin"):
        ...     print(np.round(add_branch(x, lambda h: 100 * h, one, norm_order=order), 2))
        [ 101. -101.]
        [ 2. -2.]
    """
    _check_order(norm_order)
    if norm_order == "swin":
        return x + rms_norm(branch(x), weight=weight)
    return x + branch(rms_norm(x, weight=weight))


def attention_logits(query: Array, key: Array, *, norms: tuple[Array, Array] | None = None) -> Array:
    r"""Return the attention logits $q^\top k / \sqrt d$ of each query with each key.

    QK-norm applies layer norm to both. With weight 1 and bias 0 their length is then at most $\sqrt d$, so by Cauchy
    and Schwarz no logit is larger than $\sqrt d$ in size; a pair of one direction reaches it, but for the norm's eps.

    Args:
        query: (..., t, d).
        key: (..., s, d); the logits are then (..., t, s).
        norms: For QK-norm the norms of queries and keys, (2, d) each: weight and bias.

    Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1; QK-norm: Dehghani et al. 2023, arXiv:2302.05442.

    Example:
        >>> import numpy as np
        >>> from reference.stability import attention_logits
        >>> q, plain = np.array([[300.0, -300.0, 0.0, 0.0]]), np.array([np.ones(4), np.zeros(4)])
        >>> attention_logits(q, q), np.round(attention_logits(q, q, norms=(plain, plain)), 6)
        (array([[90000.]]), array([[2.]]))
    """
    xp = array_namespace(query, key)
    if norms is not None:
        query, key = (layer_norm(x, weight=w[0, :], bias=w[1, :]) for x, w in zip((query, key), norms, strict=True))
    return xp.matmul(query, xp.moveaxis(key, -1, -2)) / query.shape[-1] ** 0.5


def transformer(
    tokens: Array, model: Transformer, recipe: Recipe = LLAMA, *, rng: np.random.Generator | None = None
) -> Trace:
    """Return the logits for the next token after each, with what the pass shows.

    Args:
        tokens: (..., t), integers; a NumPy array where the parameters are Tensors.
        model: The parameters, arrays of one library.
        recipe: Which measures are on; its z-loss is for the loss that is made of the logits.
        rng: The source of chance of dropout; None for evaluation.

    Source: Touvron et al. 2023, arXiv:2302.13971, section 2.2; the measures: arXiv:2405.09818, section 2.3.

    Example:
        >>> import numpy as np
        >>> from reference.stability import CHAMELEON_34B, draw_transformer, transformer
        >>> model = draw_transformer(10, width=12, heads=3, layers=2, rng=np.random.default_rng(0))
        >>> trace = transformer(np.array([3, 1, 4]), model, CHAMELEON_34B)
        >>> trace.logits.shape, len(trace.stream), trace.attention[0].shape
        ((3, 10), 3, (3, 3, 3))
    """
    xp = array_namespace(model.head)
    rows = xp.take(model.embedding, xp.reshape(tokens, (-1,)), axis=0)
    x = xp.reshape(rows, (*tokens.shape, rows.shape[-1]))
    stream, attention = [x], list[Array]()
    for block in model.blocks:
        attend = partial(_attention, block=block, recipe=recipe, rng=rng, seen=attention)
        feed = partial(_feed_forward, block=block, recipe=recipe, rng=rng)
        for branch, weight in ((attend, block.attention_norm), (feed, block.ffn_norm)):
            x = add_branch(x, branch, weight, norm_order=recipe.norm_order)
        stream.append(x)
    logits = xp.matmul(rms_norm(x, weight=model.norm), model.head)
    return Trace(logits, tuple(stream), tuple(attention))


def _attention(x: Array, block: _Block, recipe: Recipe, rng: np.random.Generator | None, seen: list[Array]) -> Array:
    """Return what causal attention adds, and note its logits in `seen`."""
    xp = array_namespace(x, block.output)
    shape, d = x.shape, block.query_norm.shape[-1]
    query, key, value = (
        xp.moveaxis(xp.reshape(xp.matmul(x, weight), (*shape[:-1], -1, d)), -2, -3)
        for weight in (block.query, block.key, block.value)
    )
    logits = attention_logits(query, key, norms=(block.query_norm, block.key_norm) if recipe.qk_norm else None)
    seen.append(logits)
    past = xp.tril(xp.ones_like(logits)) > 0
    mixed = xp.matmul(softmax(xp.where(past, logits, -xp.inf)), value)
    return _dropout(xp.matmul(xp.reshape(xp.moveaxis(mixed, -3, -2), shape), block.output), recipe.dropout, rng)


def _feed_forward(x: Array, block: _Block, recipe: Recipe, rng: np.random.Generator | None) -> Array:
    xp = array_namespace(x, block.down)
    return _dropout(xp.matmul(swiglu(xp.matmul(x, block.gate_up)), block.down), recipe.dropout, rng)


def _dropout(x: Array, rate: float, rng: np.random.Generator | None) -> Array:
    """Return x with a share of its entries 0 and the others larger, so that the mean stays."""
    xp = array_namespace(x)
    kept = rate == 0 or rng is None or xp.asarray(rng.random((*x.shape,)) >= rate)
    return x if kept is True else xp.where(kept, x / (1 - rate), 0.0)
