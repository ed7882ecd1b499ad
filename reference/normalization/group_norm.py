r"""Normalize groups of channels, each example for itself: group norm, and instance norm, its case of one channel each.

The channels of an example are cut into groups of neighbors, and each group is centered and scaled over all its numbers,
those of all its channels and places. No other example takes part. So there is nothing to remember, training and
evaluation are the same, and a batch of one is as good as any.

One group is layer norm over all axes but the batch; as many groups as channels is instance norm. The weight and the
bias belong to single channels all the same, as in batch norm.

Notation: `x` is (batch, channels, ...), with the channels on axis 1, of which `groups` is a divisor; $\hat x$ is the
normalized x. All is computed in `wider(x)` and rounded once to the dtype of `x`. NaN makes its group NaN, as does
an infinity.

Explained on the page `docs/normalization/group_norm.md`.
"""

import math

from reference.arrays import Array, array_namespace, narrow, wider
from reference.normalization.batch_norm import ChannelGradients, per_channel
from reference.normalization.layer_norm import layer_norm, layer_norm_backward
from reference.normalization.rms_norm import sum_of_rows

__all__ = ["group_norm", "group_norm_backward", "instance_norm", "instance_norm_backward"]


def group_norm(
    x: Array,
    groups: int,
    *,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    r"""Return $y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$ with $\mu$ and $\sigma$ by group.

    It is `layer_norm` of x with each group laid out as one row.

    Args:
        x: (batch, channels, ...).
        groups: How many groups of channels / groups neighbors.
        weight: $\gamma$, (channels,); None stands for ones.
        bias: $\beta$, (channels,); None stands for zeros.
        eps: $\varepsilon$, at least 0.

    Returns:
        y, with the shape and dtype of x.

    Raises:
        ValueError: If x has no axis of channels, the number of groups does not divide them, a group has fewer than two
            numbers (it would always give its bias), or weight or bias has another shape.

    Source: Wu and He 2018, arXiv:1803.08494, equations 1 to 7. Hard cases: as the module says; equal numbers in a group
    give exactly the bias, and NaN where eps is 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import group_norm
        >>> group_norm(np.array([[1.0, 3.0, -40.0, 40.0]]), 2).round(3)
        array([[-1.,  1., -1.,  1.]])
        >>> group_norm(np.array([[1.0, 3.0, -40.0, 40.0]]), 1).round(3)
        array([[ 0.   ,  0.071, -1.448,  1.378]])
    """
    scale, shift = per_channel(weight, x, default=1.0), per_channel(bias, x, default=0.0)
    xp = array_namespace(x, scale, shift)
    y = xp.reshape(layer_norm(_rows(wider(x), groups), eps=eps), x.shape)
    return xp.astype(y * scale + shift, xp.result_type(x, 1.0))


def group_norm_backward(
    grad: Array,
    x: Array,
    groups: int,
    *,
    weight: Array | None = None,
    eps: float = 1e-5,
) -> ChannelGradients:
    r"""Return the gradients by x, weight and bias, given the gradient g by the result of `group_norm`.

    The gradient by x is that of layer norm, with $g \gamma$ for g and each group laid out as one row. The other two are
    $\frac{\partial}{\partial \gamma} = \sum g \hat x$ and $\frac{\partial}{\partial \beta} = \sum g$, over the numbers
    of a channel in all examples.

    Args:
        grad: g, of the shape of x.
        x: (batch, channels, ...), what `group_norm` was given.
        groups: The same number.
        weight: The same weight.
        eps: The same eps.

    Returns:
        The gradients `x`, `weight` and `bias`, in the dtype of x; without a weight that of a weight of ones.

    Raises:
        ValueError: As `group_norm`.

    Source: the chain rule through the formula. Hard cases: as for `group_norm`.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import group_norm_backward
        >>> x, g = np.array([[1.0, 3.0, -40.0, 40.0]]), np.array([[0.0, 1.0, 0.0, 0.0]])
        >>> by_x, by_weight, by_bias = group_norm_backward(g, x, 1, eps=0.0)
        >>> by_x.round(4), by_weight.round(2), by_bias
        (array([[-0.0088,  0.0264, -0.0079, -0.0097]]), array([0.  , 0.07, 0.  , 0.  ]), array([0., 1., 0., 0.]))
    """
    scale = per_channel(weight, x, default=1.0)
    xp = array_namespace(grad, x, scale)
    w, g = wider(x), wider(grad)
    by_rows = layer_norm_backward(_rows(g * scale, groups), _rows(w, groups), eps=eps).x
    by_x, x_hat = xp.reshape(by_rows, x.shape), group_norm(w, groups, eps=eps)
    by_weight, by_bias = sum_of_rows(g * x_hat, axis=1), sum_of_rows(g, axis=1)
    return ChannelGradients(narrow(by_x, x), narrow(by_weight, x), narrow(by_bias, x))


def instance_norm(
    x: Array,
    *,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    r"""Return x normalized in each channel of each example: `group_norm` with as many groups as channels.

    It takes out what a channel of a picture has as a whole, its brightness and contrast, and leaves the pattern.

    Args:
        x: (batch, channels, ...), with at least one axis behind the channels.
        weight: $\gamma$, (channels,); None stands for ones.
        bias: $\beta$, (channels,); None stands for zeros.
        eps: $\varepsilon$, at least 0.

    Raises:
        ValueError: As `group_norm`.

    Source: Ulyanov, Vedaldi and Lempitsky 2016, arXiv:1607.08022, equation 3, without a state, as is PyTorch's default.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import instance_norm
        >>> instance_norm(np.array([[[1.0, 2.0, 3.0], [700.0, 800.0, 900.0]]])).round(3)
        array([[[-1.225,  0.   ,  1.225],
                [-1.225,  0.   ,  1.225]]])
    """
    return group_norm(x, _channels(x), weight=weight, bias=bias, eps=eps)


def instance_norm_backward(
    grad: Array, x: Array, *, weight: Array | None = None, eps: float = 1e-5
) -> ChannelGradients:
    """Return the gradients by x, weight and bias, given the gradient g by the result of `instance_norm`.

    Args:
        grad: g, of the shape of x.
        x: (batch, channels, ...), what `instance_norm` was given.
        weight: The same weight.
        eps: The same eps.

    Raises:
        ValueError: As `group_norm`.

    Source: `group_norm_backward` with as many groups as channels.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import instance_norm_backward
        >>> x, g = np.array([[[1.0, 2.0, 6.0]]]), np.array([[[0.0, 0.0, 1.0]]])
        >>> instance_norm_backward(g, x, eps=0.0).x.round(4)
        array([[[ 0.0441, -0.0551,  0.011 ]]])
    """
    return group_norm_backward(grad, x, _channels(x), weight=weight, eps=eps)


def _channels(x: Array) -> int:
    per_channel(None, x, default=0.0)  # raises where x has no channels
    return int(x.shape[1])


def _rows(x: Array, groups: int) -> Array:
    xp = array_namespace(x)
    batch, channels, *places = x.shape
    if groups < 1 or channels % groups:
        divisors = ", ".join(str(i) for i in range(1, channels + 1) if channels % i == 0)
        raise ValueError(f"groups must divide the channels, got {groups} for {channels}; take one of {divisors}")
    if (n := channels // groups * math.prod(places)) < 2:
        raise ValueError(
            f"a group needs two numbers, got {n} with {groups} groups in the shape {tuple(x.shape)}; take fewer "
            "groups, or keep the axes behind the channels"
        )
    return xp.reshape(x, (batch, groups, n))
