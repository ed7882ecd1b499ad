r"""Normalize each channel over the batch, and remember how it looked.

In training every channel is centered and scaled by the mean and the variance that it has *in this batch*, so the result
of an example depends on the examples beside it. Along the way moving averages of both are kept. In evaluation these
stand in for the batch's own: the layer is then a fixed scale and shift per channel, and the result of an example is its
own alone.

The state comes in and goes out, and nothing is changed in place: `y, running = batch_norm(x, running)`.

Notation: `x` is (batch, channels, ...), with the channels on axis 1 at any rank from 2 on, as in PyTorch; n counts the
numbers of one channel: the batch for (batch, channels), batch times height times width for images. $\hat x$ is the
normalized x. All is computed in `wider(x)` and rounded once to the dtype of `x`. The running statistics stay wide, and
no gradient goes through them. In training NaN or an infinity makes its channel NaN, and the channel's state for good,
at momentum 0 too; in evaluation it stays in its place.

Explained on the page `docs/normalization/batch_norm.md`.
"""

import math
from typing import Any, NamedTuple

from reference.arrays import Array, array_namespace, narrow, stop_gradient, wider
from reference.normalization.moments import centered, mean, root_mean_square, variance
from reference.normalization.rms_norm import along_axis, sum_of_rows

__all__ = ["ChannelGradients", "Running", "batch_norm", "batch_norm_backward", "per_channel"]


class Running(NamedTuple):
    """What batch norm remembers of the batches it has seen, the state that evaluation needs.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import Running
        >>> Running(mean=np.zeros(2), variance=np.ones(2))
        Running(mean=array([0., 0.]), variance=array([1., 1.]), batches=0)
    """

    mean: Array  # (channels,)
    variance: Array  # (channels,), of the unbiased kind
    batches: Any = 0  # how many have come in


class ChannelGradients(NamedTuple):
    """The gradient by each input of batch, group or instance norm, each of that input's shape.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import ChannelGradients
        >>> ChannelGradients(x=np.zeros((8, 3)), weight=np.ones(3), bias=np.ones(3)).bias.shape
        (3,)
    """

    x: Array
    weight: Array
    bias: Array


def batch_norm(
    x: Array,
    running: Running | None = None,
    *,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = True,
    momentum: float | None = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Running]:
    r"""Return $y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$ of each channel, and the next state.

    In training $\mu$ and $\sigma^2 = \frac1n \sum (x - \mu)^2$ are those of the batch. The state r moves towards
    them by the share m, the momentum: $r \leftarrow (1 - m)\, r + m\, s$, where s is the mean and, for the variance,
    the unbiased $\frac{n}{n - 1} \sigma^2$. In evaluation $\mu$ and $\sigma^2$ are the state, and it stays as it is.

    Args:
        x: (batch, channels, ...).
        running: The state. None starts one, in training, with the means 0 and the variances 1.
        weight: $\gamma$, (channels,); None stands for ones.
        bias: $\beta$, (channels,); None stands for zeros.
        training: Whether to normalize by the batch.
        momentum: m, the share of the new batch. Keras uses the word for the share of the old ones, 1 - m. None gives
            all batches the same weight: m is 1 over their number.
        eps: $\varepsilon$, at least 0, which keeps a channel of equal numbers from 0 / 0.

    Returns:
        y, with the shape and dtype of x, and the state.

    Raises:
        ValueError: If x has no axis of channels, weight, bias or state have another shape, or eps is negative; in
            training, if a channel has fewer than two numbers and so no variance; in evaluation, if there is no state.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2; the state as in torch.nn.BatchNorm1d.
    Hard cases: as the module says; equal numbers in a channel give exactly its bias, and NaN where eps is 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import batch_norm
        >>> x = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 90.0]])
        >>> y, running = batch_norm(x)
        >>> y.round(3)
        array([[-1.225, -0.843],
               [ 0.   , -0.562],
               [ 1.225,  1.405]])
        >>> batch_norm(x[:1], running, training=False)[0].round(3)
        array([[0.8  , 0.434]])
    """
    scale, shift = per_channel(weight, x, default=1.0), per_channel(bias, x, default=0.0)
    xp = array_namespace(x, scale, shift)
    deviations, size = _parts(x, running, training, eps)
    y = xp.astype(deviations / size * scale + shift, xp.result_type(x, 1.0))
    return y, _moved(running, x, momentum) if training else _known(running)


def batch_norm_backward(
    grad: Array,
    x: Array,
    running: Running | None = None,
    *,
    weight: Array | None = None,
    training: bool = True,
    eps: float = 1e-5,
) -> ChannelGradients:
    r"""Return the gradients by x, weight and bias, given the gradient g by the result of `batch_norm`.

    With means over the n numbers of a channel,
    $\frac{\partial}{\partial x} = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}
    \left(g - \overline{g} - \hat x\, \overline{g \hat x}\right)$, and
    $\frac{\partial}{\partial \gamma} = \sum g \hat x$, $\frac{\partial}{\partial \beta} = \sum g$.
    What the bracket takes out of g would shift the channel, or stretch it: neither changes the result. In evaluation
    $\mu$ and $\sigma$ are constants, and g stands there alone.

    Args:
        grad: g, of the shape of x.
        x: (batch, channels, ...), what `batch_norm` was given.
        running: The state that it was given.
        weight: The same weight.
        training: The same.
        eps: The same.

    Returns:
        The gradients `x`, `weight` and `bias`, in the dtype of x; without a weight that of a weight of ones.

    Raises:
        ValueError: As `batch_norm`.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, section 3, their six lines in one. Hard case: in a channel of
    equal numbers the slope is $\gamma / \sqrt\varepsilon$, 316 by default.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import batch_norm_backward
        >>> x, g = np.array([[1.0], [2.0], [6.0]]), np.array([[0.0], [0.0], [1.0]])
        >>> by_x, by_weight, by_bias = batch_norm_backward(g, x, eps=0.0)
        >>> by_x.T.round(4), by_weight.round(4), by_bias
        (array([[ 0.0441, -0.0551,  0.011 ]]), array([1.3887]), array([1.]))
    """
    scale = per_channel(weight, x, default=1.0)
    xp = array_namespace(grad, x, scale)
    deviations, size = _parts(x, running, training, eps)
    x_hat, g, axes = deviations / size, wider(grad), _all_but_channels(x)
    by_weight, by_bias = sum_of_rows(g * x_hat, axis=1), sum_of_rows(g, axis=1)
    if training:
        g = g - xp.mean(g, axis=axes, keepdims=True) - x_hat * xp.mean(g * x_hat, axis=axes, keepdims=True)
    return ChannelGradients(narrow(g * scale / size, x), narrow(by_weight, x), narrow(by_bias, x))


def per_channel(values: Array | None, x: Array, *, default: float) -> Array:
    """Return one number for each channel with axes of size 1 added so that they lie along axis 1 of x.

    Args:
        values: (channels,), or None.
        x: (batch, channels, ...).
        default: What None stands for.

    Raises:
        ValueError: If x has no axis of channels, or values another shape.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import per_channel
        >>> per_channel(np.ones(3), np.ones((2, 3, 4)), default=0.0).shape
        (1, 3, 1)
    """
    if x.ndim < 2:
        raise ValueError(f"expected (batch, channels, ...), got the shape {tuple(x.shape)}; x[:, None] is one channel")
    return default if values is None else along_axis(values, x, axis=1)


def _all_but_channels(x: Array) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _parts(x: Array, running: Running | None, training: bool, eps: float) -> tuple[Array, Array]:
    # The numerator x - mu and the denominator sqrt(sigma^2 + eps).
    xp = array_namespace(x, *(running[:2] if running else ()))
    if not training:
        center, spread = (along_axis(wider(values), x, axis=1) for values in _known(running)[:2])
        if not eps >= 0:
            raise ValueError(f"eps must be at least 0, got {eps}; layers use 1e-5")
        return wider(x) - center, xp.sqrt(spread + eps)
    axes = _all_but_channels(x)
    if (n := math.prod(x.shape[i] for i in axes)) < 2:
        raise ValueError(
            f"batch_norm in training needs two numbers per channel, got {n} in the shape {tuple(x.shape)}; take a "
            "larger batch, or evaluate with training=False"
        )
    deviations = centered(x, axis=axes)
    return deviations, root_mean_square(deviations, axis=axes, eps=eps, keepdims=True)


def _known(running: Running | None) -> Running:
    if running is None:
        raise ValueError("batch_norm in evaluation needs the state of a training, got None; pass running=...")
    return running


def _moved(running: Running | None, x: Array, momentum: float | None) -> Running:
    x, axes = wider(stop_gradient(x)), _all_but_channels(x)
    xp = array_namespace(x)
    now = mean(x, axis=axes), variance(x, axis=axes, correction=1)
    old = Running(xp.zeros_like(now[0]), xp.ones_like(now[1])) if running is None else running
    for values in old[:2]:
        if (shape := tuple(getattr(values, "shape", ()))) != tuple(now[0].shape):
            raise ValueError(f"the state needs one number per channel, {tuple(now[0].shape)}, got the shape {shape}")
    share = 1 / (old.batches + 1) if momentum is None else momentum
    means, variances = ((1 - share) * before + share * batch for before, batch in zip(old[:2], now, strict=True))
    return Running(means, variances, old.batches + 1)
