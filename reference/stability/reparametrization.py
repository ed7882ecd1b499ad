r"""A product of weights, one update of all of them, and every order of its Taylor series.

A gradient says how the output changes if one weight moves and all others stay. A step moves all of them. In a chain of
multiplications, the simplest deep network there is, what that costs can be written down: the output is a polynomial in
the step, and the gradient knows its first term alone.

Notation: $y = x\, w_1 w_2 \cdots w_l$ is the chain, of one unit per layer and without activations. Its weights are an
array of shape (..., l), so that many chains are computed at once; x is a number. $g_i = \partial y / \partial w_i$ is
the gradient, and $d_i$ what a step adds to $w_i$: for descent on y at the rate $\epsilon$ it is $-\epsilon g_i$. All is
computed in `wider(weights)` and rounded once. NaN propagates.

Explained on the page `docs/stability/reparametrization.md`.
"""

from reference.arrays import Array, array_namespace, narrow, wider
from reference.normalization.layer_norm import layer_norm

__all__ = ["chain", "chain_gradient", "chain_orders", "elementary_symmetric", "normalized_chain", "rate_for_drop"]


def chain(weights: Array, *, x: float = 1.0) -> Array:
    r"""Return the output of a chain, $y = x\, w_1 w_2 \cdots w_l$.

    It is linear in x and in each $w_i$ while the others stay (multilinear), and of degree l in all of them together.

    Args:
        weights: (..., l).
        x: The input.

    Returns:
        (...).

    Source: Goodfellow, Bengio and Courville 2016, "Deep Learning", section 8.7.1. Hard case: without weights it is x.

    Example:
        >>> import numpy as np
        >>> from reference.stability import chain
        >>> float(chain(np.array([2.0, 3.0, 5.0]), x=0.5))
        15.0
    """
    xp = array_namespace(weights)
    return narrow(x * xp.prod(wider(weights), axis=-1), weights)


def chain_gradient(weights: Array, *, x: float = 1.0) -> Array:
    r"""Return the gradient of a chain's output, $g_i = x \prod_{j \ne i} w_j$.

    It is the product of what lies before a weight and what lies behind it: y / w_i would fail for a weight of 0.

    Args:
        weights: (..., l), at least one.
        x: The input.

    Returns:
        (..., l).

    Source: the product rule. Hard case: beside one weight of 0 all other weights have gradient 0.

    Example:
        >>> import numpy as np
        >>> from reference.stability import chain_gradient
        >>> chain_gradient(np.array([2.0, 0.0, 5.0]))
        array([ 0., 10.,  0.])
    """
    xp = array_namespace(weights)
    w = wider(weights)
    ones = xp.ones_like(w[..., 0])
    before, behind = [ones], [ones]
    for i in range(w.shape[-1] - 1):
        before.append(before[-1] * w[..., i])
        behind.append(behind[-1] * w[..., -1 - i])
    return narrow(x * xp.stack(before, axis=-1) * xp.stack(behind[::-1], axis=-1), weights)


def rate_for_drop(weights: Array, *, x: float = 1.0, drop: float = 0.1) -> Array:
    r"""Return the learning rate at which the first order promises that y falls by `drop`: drop / $g^\top g$.

    A step $w \leftarrow w - \epsilon g$ changes y by $-\epsilon\, g^\top g$ in the first order.

    Args:
        weights: (..., l), at least one.
        x: The input.
        drop: By how much y should fall.

    Returns:
        (...).

    Source: Goodfellow, Bengio and Courville 2016, section 8.7.1, with a drop of 0.1. Hard case: a gradient of 0 gives
    inf (NumPy warns).

    Example:
        >>> import numpy as np
        >>> from reference.stability import rate_for_drop
        >>> float(rate_for_drop(np.array([3.0, 4.0])))
        0.004
    """
    xp = array_namespace(weights)
    g = chain_gradient(wider(weights), x=x)
    return narrow(drop / xp.sum(g * g, axis=-1), weights)


def chain_orders(weights: Array, step: Array, *, x: float = 1.0) -> Array:
    r"""Return what each order of the Taylor series adds to $x \prod_i (w_i + d_i)$, from order 0, which is y, to l.

    Order k is x times the sum, over all sets S of k weights, of $\prod_{i \in S} d_i \prod_{i \notin S} w_i$: of all
    orders together $2^l$ products. Here they are found in l rounds, as the coefficients of $x \prod_i (w_i + d_i t)$, a
    polynomial in t that is multiplied out factor by factor. They add up to the output after the step.

    Args:
        weights: w, (..., l).
        step: d, of the same shape.
        x: The input.

    Returns:
        (..., l + 1).

    Raises:
        ValueError: If the shapes differ.

    Source: Taylor's theorem; Goodfellow, Bengio and Courville 2016, equation 8.34, multiplied out.

    Example:
        >>> import numpy as np
        >>> from reference.stability import chain_orders
        >>> chain_orders(np.array([2.0, 3.0]), np.array([0.5, -1.0]))
        array([ 6. , -0.5, -0.5])
    """
    xp = array_namespace(weights, step)
    if weights.shape != step.shape:
        raise ValueError(
            f"a step must have the shape of the weights, {(*weights.shape,)}, got {(*step.shape,)}; reshape one of them"
        )
    w, d = wider(weights), wider(step)
    orders = [x * xp.ones_like(xp.sum(w, axis=-1))]
    for i in range(w.shape[-1]):
        kept = [order * w[..., i] for order in orders]
        moved = [order * d[..., i] for order in orders]
        orders = [kept[0], *(a + b for a, b in zip(kept[1:], moved, strict=False)), moved[-1]]
    return narrow(xp.stack(orders, axis=-1), weights)


def elementary_symmetric(values: Array) -> Array:
    r"""Return the elementary symmetric polynomials $e_k = \sum_{|S| = k} \prod_{i \in S} r_i$, for k from 0 to n.

    They are the orders of a chain of ones. For weights that are not 0, `chain_orders(w, d)` is y times theirs of
    $r_i = d_i / w_i$, the relative steps; if all n of these are equal, $e_k = \binom{n}{k} r^k$.

    Args:
        values: r, (..., n).

    Returns:
        (..., n + 1).

    Source: Vieta's formulas: the coefficients of $\prod_i (1 + r_i t)$.

    Example:
        >>> import numpy as np
        >>> from reference.stability import elementary_symmetric
        >>> elementary_symmetric(np.array([1.0, 2.0, 3.0]))
        array([ 1.,  6., 11.,  6.])
    """
    xp = array_namespace(values)
    return chain_orders(xp.ones_like(values), values)


def normalized_chain(x: Array, weights: Array, *, eps: float = 1e-8) -> Array:
    r"""Return the outputs $y = w_l\, \hat h$ of a chain whose last hidden unit is batch-normalized.

    $h = x\, w_1 \cdots w_{l-1}$ for every example, and $\hat h = (h - \mu) / \sqrt{\sigma^2 + \delta}$ with mean and
    variance of the batch. The lower weights cancel: they only turn the sign, or make h so small that $\delta$ counts.

    Args:
        x: (..., n), a batch of n examples, along the last axis.
        weights: (l,), at least one.
        eps: $\delta$, under the root; $10^{-8}$ as in the book.

    Returns:
        (..., n).

    Source: Goodfellow, Bengio and Courville 2016, equations 8.35 to 8.37. Hard case: a lower weight of 0 gives 0.

    Example:
        >>> import numpy as np
        >>> from reference.stability import normalized_chain
        >>> x = np.array([-1.0, 1.0])
        >>> np.round(normalized_chain(x, np.array([7.0, 0.2, 3.0])), 6)
        array([-3.,  3.])
        >>> np.round(normalized_chain(x, np.array([-1.0, 0.2, 3.0])), 6)
        array([ 3., -3.])
    """
    hidden = wider(x) * chain(wider(weights)[:-1])
    return narrow(layer_norm(hidden, axis=-1, eps=eps) * wider(weights)[-1], weights)
