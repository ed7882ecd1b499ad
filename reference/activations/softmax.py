r"""Softmax, its logarithm, and log-sum-exp: a row of numbers becomes a row of probabilities.

Softmax exponentiates the numbers of a row (logits) and divides by the sum. It is no elementwise function: every
output depends on every input of its row, so its derivative is a matrix, the Jacobian.

A common shift of the logits cancels. So the largest is subtracted first, and exp only sees gaps, $x_i - \max x \le 0$,
which cannot overflow. The largest then adds exactly 1 to the sum, and log1p of the *others* keeps what they add,
however little: that is where a confident prediction has its digits. All is computed in `wider(x)` and rounded once.
Nothing is wider than float64: such input keeps the errors of the steps, a few ulp.

Notation: `x` is an array of logits, `axis` its row direction, of size n; the result has the dtype of `x` (integers
become the library's default float, array-api-strict refuses them). NaN makes its whole row NaN. So does a largest
logit of +inf, and a row of nothing but -inf: inf - inf has no answer. A single -inf is a logit of probability 0.
An empty row has no largest element: the library raises its own error.

Explained on the page `docs/activations/softmax.md`.
"""

from reference.arrays import Array, array_namespace, narrow, wider

__all__ = ["log_softmax", "logsumexp", "softmax", "softmax_jacobian"]


def softmax(x: Array, *, axis: int = -1, temperature: float = 1.0) -> Array:
    r"""Return $p_i = \frac{e^{x_i / T}}{\sum_j e^{x_j / T}}$: positive numbers that sum to 1 along the axis.

    Args:
        x: (..., n, ...), the logits.
        axis: The axis that sums to 1.
        temperature: T > 0, not checked. Towards 0 the largest logit takes all, towards infinity all become equal;
            0 gives NaN, a negative T turns the order around and may overflow.

    Source: Bridle 1990; the temperature: Hinton, Vinyals and Dean 2015, arXiv:1503.02531, equation 1.
    Hard cases: as the module says; equal logits share equally.

    Example:
        >>> import numpy as np
        >>> from reference.activations import softmax
        >>> np.round(softmax(np.array([1.0, 2.0, 1000.0, -np.inf])), 6)
        array([0., 0., 1., 0.])
        >>> np.round(softmax(np.array([1.0, 2.0, 3.0]), temperature=2.0), 6)
        array([0.186324, 0.307196, 0.50648 ])
    """
    xp = array_namespace(x)
    e = xp.exp(_gaps(wider(x), axis, temperature=temperature))
    return narrow(e / xp.sum(e, axis=axis, keepdims=True), x)


def softmax_jacobian(x: Array) -> Array:
    r"""Return the Jacobian of softmax along the last axis, $\mathrm{diag}(p) - p p^T$.

    Its entries are $\frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} - p_j)$. It is symmetric, of rank n - 1, since
    its rows sum to 0. The diagonal is computed from that, as the sum of the other products in its row: for a
    probability near 1, 1 - p is lost.

    Args:
        x: (..., n), the logits.

    Returns:
        (..., n, n).

    Example:
        >>> import numpy as np
        >>> from reference.activations import softmax_jacobian
        >>> softmax_jacobian(np.log(np.array([1.0, 3.0]))) * 16
        array([[ 3., -3.],
               [-3.,  3.]])
    """
    xp = array_namespace(x)
    p = softmax(wider(x))
    products = p[..., :, None] * p[..., None, :]
    # The identity, made from products so that it has their device, dtype and leading axes.
    eye = xp.tril(xp.triu(xp.ones_like(products)))
    products = products * (1 - eye)
    return narrow(eye * xp.sum(products, axis=-1, keepdims=True) - products, x)


def log_softmax(x: Array, *, axis: int = -1) -> Array:
    r"""Return $\log p_i = (x_i - m) - \log\left(1 + \sum_{j \ne k} e^{x_j - m}\right)$, where $m = x_k$ is the maximum.

    The log of softmax(x) instead is -inf where a probability underflows, and 0 where the others do not show in 1.

    Args:
        x: (..., n, ...), the logits.
        axis: The axis along which the exponentials of the result sum to 1.

    Source: the formula. Hard cases: as the module says; a logit of -inf gives -inf, a finite one never does: a gap
    beyond the dtype gives its most negative finite number.

    Example:
        >>> import numpy as np
        >>> from reference.activations import log_softmax
        >>> print([float(f"{y:.6g}") for y in log_softmax(np.array([0.0, -50.0]))])
        [-1.92875e-22, -50.0]
    """
    xp = array_namespace(x)
    w = wider(x)
    gaps = _gaps(w, axis, lowest=-xp.finfo(xp.result_type(x, 1.0)).max)
    y = gaps - xp.log1p(_others(gaps, axis))
    return narrow(y + xp.where(xp.isinf(w), w, 0.0), x)


def logsumexp(x: Array, *, axis: int = -1, keepdims: bool = False) -> Array:
    r"""Return $\log \sum_j e^{x_j}$, a smooth maximum: between $\max x$ and $\max x + \log n$.

    Computed as $m + \log\left(1 + \sum_{j \ne k} e^{x_j - m}\right)$, where $m = x_k$ is the maximum. The gradient
    with respect to x is softmax(x).

    Args:
        x: (..., n, ...).
        axis: The axis to sum over.
        keepdims: Whether to keep that axis, with size 1.

    Returns:
        (..., ...), or (..., 1, ...) with `keepdims`.

    Source: the formula. Hard cases: a row of -inf gives -inf, a row with +inf gives inf, NaN gives NaN. A result r
    near 0 is a difference: its error is about 2e-16 |m|, so float32 keeps its digits down to |r| = 1e-8 |m|.

    Example:
        >>> import numpy as np
        >>> from reference.activations import logsumexp
        >>> np.round(logsumexp(np.array([[1000.0, 1000.0], [-np.inf, -np.inf]])), 6)
        array([1000.693147,        -inf])
    """
    xp = array_namespace(x)
    w = wider(x)
    top = xp.max(w, axis=axis, keepdims=True)
    y = xp.where(xp.isinf(top), top, top + xp.log1p(_others(_gaps(w, axis), axis)))
    return narrow(y if keepdims else xp.squeeze(y, axis=axis), x)


def _gaps(x: Array, axis: int, *, lowest: float = -1e4, temperature: float = 1.0) -> Array:
    """Return (x - max(x)) / T, no lower than `lowest`: by default far below where exp is 0.

    Halves keep the difference finite, and the floor keeps the quotient finite; NaN stands for inf - inf.
    """
    xp = array_namespace(x)
    top = xp.max(x, axis=axis, keepdims=True)
    top = xp.where(xp.isinf(top), xp.nan, top)
    halves = xp.maximum(x / 2 - top / 2, lowest / 2 * abs(temperature))
    return 2 * (halves / temperature)


def _others(gaps: Array, axis: int) -> Array:
    """Return the sum of exp(gaps) without one of the entries where the gap is 0; further ones, ties, count 1 each."""
    xp = array_namespace(gaps)
    ties = xp.sum(xp.astype(gaps == 0, gaps.dtype), axis=axis, keepdims=True) - 1
    return ties + xp.sum(xp.where(gaps == 0, 0.0, xp.exp(gaps)), axis=axis, keepdims=True)
