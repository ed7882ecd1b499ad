r"""Losses: one number that says how wrong a network is, and that gradients can make smaller.

Mean squared error judges numbers, cross-entropy judges classes. For classes the network's last layer gives logits, any
numbers, and softmax is part of the loss: taken together they need no logarithm of a probability that has rounded to 0.

All is computed in `wider(x)` and rounded once. What has weight 0 adds nothing, also where the log-probability is -inf.
NaN makes the loss NaN, so does the mean of nothing (NumPy warns of 0/0). Shapes that do not fit raise a ValueError.

Notation: `logits` is x of shape (..., n), with the n classes along the last axis (PyTorch has those of images at
axis 1); p is softmax(x). A gradient is with respect to the first argument, whose dtype the result has.

Explained on the page `docs/training/losses.md`.
"""

from math import prod

from reference.activations.sigmoids import log_sigmoid, sigmoid
from reference.activations.softmax import log_softmax, logsumexp, softmax
from reference.arrays import Array, array_namespace, narrow, wider

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "cross_entropy",
    "cross_entropy_gradient",
    "mse",
    "mse_gradient",
    "z_loss",
    "z_loss_gradient",
]


def mse(prediction: Array, target: Array) -> Array:
    r"""Return the mean squared error, $\frac{1}{m} \sum_i (y_i - t_i)^2$ over all m numbers y of the prediction.

    Raises:
        ValueError: If the shapes differ: (n, 1) and (n,) would broadcast to n * n differences.

    Source: Legendre 1805, as a sum.

    Example:
        >>> import numpy as np
        >>> from reference.training import mse
        >>> float(mse(np.array([1.0, 2.0]), np.array([1.0, 0.0])))
        2.0
    """
    xp = array_namespace(prediction, target)
    _same_shape(prediction, target)
    error = wider(prediction) - wider(target)
    return narrow(xp.sum(error * error) / prod(error.shape), prediction)


def mse_gradient(prediction: Array, target: Array) -> Array:
    r"""Return the gradient of the mean squared error, $\frac{2}{m} (y_i - t_i)$.

    Example:
        >>> import numpy as np
        >>> from reference.training import mse_gradient
        >>> mse_gradient(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
        array([0., 2.])
    """
    _same_shape(prediction, target)
    error = wider(prediction) - wider(target)
    return narrow(2 * error / prod(error.shape), prediction)


def cross_entropy(
    logits: Array,
    target: Array,
    *,
    weight: Array | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Array:
    r"""Return the cross-entropy, $-\sum_c w_c\, q_c \log p_c$ per row, between target shares q and softmax(logits).

    For a label k, q is 1 at k and the loss is $-w_k \log p_k$. Label smoothing by $\varepsilon$ takes that share from
    the target and gives it to all n classes evenly: $q'_c = (1 - \varepsilon)\, q_c + \varepsilon / n$.

    The mean over labels is a weighted one: it divides by the sum of their $w_k$, without ignored rows. The mean over
    rows of probabilities divides by their number. Both as in PyTorch.

    Args:
        logits: (..., n).
        target: Labels from 0 to n - 1, integers of shape (...), or probabilities of shape (..., n), summing to 1.
        weight: w, (n,); None stands for ones.
        label_smoothing: From 0 to 1.
        ignore_index: A label, such as -100, whose rows do not count.
        reduction: "mean", "sum", or "none" for one loss per row.

    Raises:
        ValueError: If shapes do not fit or an option has no such value; if rows of probabilities have an ignore_index.

    Source: smoothing: Szegedy et al. 2016, arXiv:1512.00567, section 7. Hard cases: a label that is no class gives
    NaN (values are not checked, so that it runs under jit); if all rows are ignored the mean is NaN; a class with
    logit -inf costs inf if it is the target, and nothing if its share is 0.

    Example:
        >>> import numpy as np
        >>> from reference.training import cross_entropy
        >>> logits = np.log(np.array([[0.25, 0.75], [0.5, 0.5]]))
        >>> np.round(cross_entropy(logits, np.array([1, 0]), reduction="none"), 4)
        array([0.2877, 0.6931])
        >>> np.round(cross_entropy(logits, np.array([1, 0]), reduction="none", label_smoothing=0.1), 4)
        array([0.3426, 0.6931])
    """
    xp = array_namespace(logits, target)
    x = wider(logits)
    log_p = log_softmax(x)
    mass, count = _mass(x, target, weight, label_smoothing, ignore_index, reduction)
    shares = xp.sum(_product(mass, log_p), axis=-1 if reduction == "none" else None)
    return narrow(shares / -count, logits)


def cross_entropy_gradient(
    logits: Array,
    target: Array,
    *,
    weight: Array | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Array:
    r"""Return the gradient of the cross-entropy by the logits: for plain labels $(p - q) / \text{rows}$.

    In general it is $p_c \sum_j w_j q'_j - w_c q'_c$, divided by what the mean divides by; each row sums to 0, for the
    loss does not feel a common shift. Options and errors are those of `cross_entropy`; "none" gives what "sum" gives.

    Example:
        >>> import numpy as np
        >>> from reference.training import cross_entropy_gradient
        >>> np.round(cross_entropy_gradient(np.log(np.array([[0.25, 0.75]])), np.array([1])), 6)
        array([[ 0.25, -0.25]])
    """
    xp = array_namespace(logits, target)
    x = wider(logits)
    mass, count = _mass(x, target, weight, label_smoothing, ignore_index, reduction)
    gradient = xp.sum(mass, axis=-1, keepdims=True) * softmax(x) - mass
    return narrow(gradient / count, logits)


def binary_cross_entropy(logits: Array, target: Array) -> Array:
    r"""Return the mean cross-entropy of yes-or-no answers, $-t \log \sigma(x) - (1 - t) \log \sigma(-x)$.

    The target t is the probability of yes, from 0 to 1, and has the shape of the logits x.

    Source: Cox 1958, as the likelihood of logistic regression. Hard case: an infinite logit costs 0 where it is
    right for certain, else inf.

    Example:
        >>> import numpy as np
        >>> from reference.training import binary_cross_entropy
        >>> float(binary_cross_entropy(np.array([1000.0, -1000.0]), np.array([1.0, 1.0])))
        500.0
    """
    xp = array_namespace(logits, target)
    _same_shape(logits, target)
    x, t = wider(logits), wider(target)
    losses = _product(t, log_sigmoid(x)) + _product(1 - t, log_sigmoid(-1 * x))
    return narrow(-1 * xp.sum(losses) / prod(x.shape), logits)


def binary_cross_entropy_gradient(logits: Array, target: Array) -> Array:
    r"""Return the gradient of the binary cross-entropy, $\frac{1}{m} (\sigma(x_i) - t_i)$ for m logits.

    Computed as $(1 - t)\, \sigma(x) - t\, \sigma(-x)$: for a confident right answer the difference itself rounds to 0.

    Example:
        >>> import numpy as np
        >>> from reference.training import binary_cross_entropy_gradient
        >>> binary_cross_entropy_gradient(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
        array([-0.25,  0.25])
    """
    _same_shape(logits, target)
    x, t = wider(logits), wider(target)
    return narrow(((1 - t) * sigmoid(x) - t * sigmoid(-1 * x)) / prod(x.shape), logits)


def z_loss(logits: Array, *, coefficient: float) -> Array:
    r"""Return $c$ times the mean of $\log^2 Z$ over the rows, where $\log Z = \mathrm{logsumexp}(x)$.

    Cross-entropy lets the logits drift, for it does not feel a common shift. This term is least where Z = 1. The
    coefficient c is 1e-4 in PaLM and 1e-5 in Chameleon.

    Source: Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, section 5. Hard case: a row of -inf costs inf.

    Example:
        >>> import numpy as np
        >>> from reference.training import z_loss
        >>> round(float(z_loss(np.array([[0.0, 0.0], [3.0, 3.0]]), coefficient=1.0)), 4)
        7.0599
    """
    xp = array_namespace(logits)
    log_z = logsumexp(wider(logits))
    return narrow(coefficient * xp.sum(log_z * log_z) / prod(log_z.shape), logits)


def z_loss_gradient(logits: Array, *, coefficient: float) -> Array:
    r"""Return the gradient of the z-loss, $\frac{2c}{\text{rows}} \log Z \cdot p$.

    Example:
        >>> import numpy as np
        >>> from reference.training import z_loss_gradient
        >>> np.round(z_loss_gradient(np.array([[0.0, 0.0]]), coefficient=1.0), 6)
        array([[0.693147, 0.693147]])
    """
    x = wider(logits)
    log_z = logsumexp(x, keepdims=True)
    return narrow(2 * coefficient * log_z / prod(log_z.shape) * softmax(x), logits)


def _mass(
    x: Array, target: Array, weight: Array | None, label_smoothing: float, ignore_index: int | None, reduction: str
) -> tuple[Array, Array]:
    """Return by what each log-probability is multiplied, (..., n), and what the sum is divided by.

    Raises:
        ValueError: If the target or an option does not fit.
    """
    xp = array_namespace(x, target)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction must be "mean", "sum" or "none", got {reduction!r}; choose one of them')
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be a share from 0 to 1, got {label_smoothing}; 0.1 is common")
    if target.shape != x.shape[:-1]:
        _same_shape(x, target)
        if ignore_index is not None:
            raise ValueError(f"ignore_index={ignore_index} is a label, the target has probabilities; use a weight of 0")
    labels = target.shape != x.shape
    q = _one_hot(x, target, ignore_index) if labels else wider(target)
    rows = xp.sum(q if weight is None else weight * q) if labels else prod(x.shape[:-1])
    if label_smoothing:
        q = (1 - label_smoothing) * q + label_smoothing / x.shape[-1] * xp.sum(q, axis=-1, keepdims=True)
    return q if weight is None else weight * q, rows if reduction == "mean" else 1


def _one_hot(x: Array, target: Array, ignore_index: int | None) -> Array:
    """Return rows with 1 at the label: all 0 where it is to be ignored, all NaN where it is no class.

    Not a lookup by index, which libraries offer in different ways: a comparison and a product run everywhere.
    """
    xp = array_namespace(target)
    n = x.shape[-1]
    hit = target[..., None] == xp.arange(n, device=getattr(target, "device", None))  # JAX's tracers have no device
    q = xp.where(((target >= 0) & (target < n))[..., None], xp.astype(hit, x.dtype), xp.nan)
    return q if ignore_index is None else xp.where((target == ignore_index)[..., None], 0.0, q)


def _product(mass: Array, log_p: Array) -> Array:
    """Return mass * log_p, and 0 where the mass is 0, also for -inf: what does not count must not make NaN."""
    xp = array_namespace(mass, log_p)
    return mass * xp.where(mass == 0, 0.0, log_p)


def _same_shape(x: Array, target: Array) -> None:
    if x.shape != target.shape:
        raise ValueError(
            f"the target has shape {(*target.shape,)}, which does not fit {(*x.shape,)}; reshape one of them"
        )
