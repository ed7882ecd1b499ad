r"""The length of a vector: L1, L2 and every p between and beyond, and what a penalty on it does to the vector.

A norm says how large a vector is, as one number. They differ in how they count: L1 adds the sizes of the entries, L2
adds their squares, the maximum norm only sees the largest. Dividing a vector by its norm leaves its direction.

A square overflows long before a number does, in float64 from 1.4e154 on, and below 1e-162 it vanishes. So the largest
entry is divided out first and multiplied back at the end (`safe_scale`), as `hypot` does it for two numbers.

Notation: `x` is an array, `axis` one axis or a tuple of axes, with n entries together. A norm is computed in `wider(x)`
and rounded once, so it has the dtype of `x` (integers become the library's default float; array-api-strict refuses
them). NaN makes the norm NaN, else an infinity makes it infinite. The gradient at a vector of zeros is 0, as in
PyTorch. Without entries there is no largest one: the library raises its own error, but the L1 norm is 0.

Explained on the page `docs/normalization/norms.md`.
"""

import math
from typing import TypeAlias

from reference.arrays import Array, array_namespace, narrow, stop_gradient, wider

__all__ = [
    "Axis",
    "block_soft_threshold",
    "l1_norm",
    "l2_norm",
    "lp_normalize",
    "p_norm",
    "safe_scale",
    "shrink",
    "soft_threshold",
]

Axis: TypeAlias = int | tuple[int, ...]
"""The axis, or axes, whose entries make up one vector."""


def safe_scale(x: Array, *, axis: Axis = -1, least: float = 0.0) -> Array:
    r"""Return $s = \max(|x_1|, \dots, |x_n|, \mathrm{least})$ to divide by before squaring, or 1 if s is 0 or infinite.

    No square of x / s overflows, and one that vanishes is too small to count. The scale is multiplied back later, so
    the result does not depend on it, and no gradient goes through it (`stop_gradient`).

    Args:
        x: (..., n, ...).
        axis: The axis or axes.
        least: What else is going to be squared and added, as $\sqrt\varepsilon$ in a normalization layer.

    Returns:
        (..., 1, ...), in the dtype of x.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import safe_scale
        >>> safe_scale(np.array([[3e200, -4e200], [0.0, 0.0]]))
        array([[4.e+200],
               [1.e+000]])
    """
    xp = array_namespace(x)
    s = xp.maximum(xp.max(xp.abs(stop_gradient(x)), axis=axis, keepdims=True), least)
    return xp.where((s == 0) | xp.isinf(s), 1.0, s)


def l1_norm(x: Array, *, axis: Axis = -1, keepdims: bool = False) -> Array:
    r"""Return $\|x\|_1 = \sum_i |x_i|$, the length of a way along the axes.

    Args:
        x: (..., n, ...).
        axis: The axis or axes.
        keepdims: Whether to keep the axes, with size 1.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import l1_norm
        >>> l1_norm(np.array([[3.0, -4.0], [0.0, 0.0]]))
        array([7., 0.])
    """
    xp = array_namespace(x)
    y = xp.sum(xp.abs(wider(x)), axis=axis, keepdims=True)
    return narrow(y if keepdims else xp.squeeze(y, axis=axis), x)


def l2_norm(x: Array, *, axis: Axis = -1, keepdims: bool = False) -> Array:
    r"""Return $\|x\|_2 = \sqrt{\sum_i x_i^2}$, the straight distance from 0.

    Args:
        x: (..., n, ...).
        axis: The axis or axes.
        keepdims: Whether to keep the axes, with size 1.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import l2_norm
        >>> l2_norm(np.array([[3e200, -4e200], [3e-200, -4e-200]]))
        array([5.e+200, 5.e-200])
    """
    return p_norm(x, p=2, axis=axis, keepdims=keepdims)


def p_norm(x: Array, *, p: float, axis: Axis = -1, keepdims: bool = False) -> Array:
    r"""Return $\|x\|_p = \left( \sum_i |x_i|^p \right)^{1/p}$, and for infinite p the limit, $\max_i |x_i|$.

    The larger p is, the more the largest entry counts and the smaller is the result.

    Args:
        x: (..., n, ...).
        p: Above 0. Below 1 the result is no norm: $\|x + y\|_p$ can be more than $\|x\|_p + \|y\|_p$, and the
            gradient at an entry of 0 is NaN.
        axis: The axis or axes.
        keepdims: Whether to keep the axes, with size 1.

    Raises:
        ValueError: If p is not above 0.

    Source: F. Riesz 1910, "Untersuchungen über Systeme integrierbarer Funktionen".

    Example:
        >>> import numpy as np
        >>> from reference.normalization import p_norm
        >>> x = np.array([3.0, -4.0])
        >>> print(p_norm(x, p=1), p_norm(x, p=2), p_norm(x, p=100).round(9), p_norm(x, p=np.inf))
        7.0 5.0 4.0 4.0
    """
    if not p > 0:
        raise ValueError(f"a p-norm needs p above 0, got p={p}; to count the entries that are not 0, sum(x != 0)")
    xp = array_namespace(x)
    size = xp.abs(wider(x))
    if p == math.inf:
        y = xp.max(size, axis=axis, keepdims=True)
    else:
        s = safe_scale(size, axis=axis)
        total = xp.sum((size / s) ** p, axis=axis, keepdims=True)
        # A root's slope at 0 is inf, and inf times 0 a gradient of NaN: it never gets the 0.
        root = xp.where(total == 0, 1.0, total) ** (1 / p)
        y = s * xp.where(total == 0, 0.0, root)
    return narrow(y if keepdims else xp.squeeze(y, axis=axis), x)


def lp_normalize(x: Array, *, p: float = 2, axis: Axis = -1) -> Array:
    r"""Return $x / \|x\|_p$, the vector of norm 1 in the same direction.

    PyTorch's `normalize` divides by $\max(\|x\|_p, 10^{-12})$ instead: it leaves what is shorter too short, and its
    gradient at 0 is $10^{12}$.

    Args:
        x: (..., n, ...).
        p: Above 0.
        axis: The axis or axes.

    Raises:
        ValueError: If p is not above 0.

    Hard cases: a vector of zeros has no direction and stays as it is, with a gradient that passes unchanged. An
    infinity gives NaN (inf / inf) and makes the other entries 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import lp_normalize
        >>> print(lp_normalize(np.array([[3e-200, -4e-200], [0.0, 0.0]])).round(9))
        [[ 0.6 -0.8]
         [ 0.   0. ]]
    """
    xp = array_namespace(x)
    w = wider(x)
    w = w / safe_scale(w, axis=axis)  # the norm itself can overflow
    norm = p_norm(w, p=p, axis=axis, keepdims=True)
    return narrow(w / xp.where(norm == 0, 1.0, norm), x)


def soft_threshold(x: Array, *, strength: float) -> Array:
    r"""Return $\mathrm{sign}(x_i) \max(|x_i| - \lambda, 0)$: every entry moves towards 0 by $\lambda$, and stops there.

    It is the proximal step of the L1 norm, the y with the least $\frac{1}{2} \|y - x\|_2^2 + \lambda \|y\|_1$.

    Args:
        x: (...).
        strength: $\lambda$, at least 0.

    Raises:
        ValueError: If the strength is below 0.

    Source: Donoho 1995, "De-noising by soft-thresholding", equation 4. Hard case: it is computed as x minus its own
    clipping, in the dtype of x, so that a small entry becomes exactly 0.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import soft_threshold
        >>> soft_threshold(np.array([3.0, -0.5, -4.0]), strength=1.0)
        array([ 2.,  0., -3.])
    """
    xp = array_namespace(x)
    x, strength = 1.0 * x, _checked(strength)
    return x - xp.clip(x, -strength, strength)


def shrink(x: Array, *, strength: float) -> Array:
    r"""Return $\frac{x_i}{1 + \lambda}$: every entry loses the same share, so none of them becomes 0.

    It is the proximal step of the squared L2 norm, the y with the least
    $\frac{1}{2} \|y - x\|_2^2 + \frac{\lambda}{2} \|y\|_2^2$.

    Args:
        x: (...).
        strength: $\lambda$, at least 0.

    Raises:
        ValueError: If the strength is below 0.

    Source: Parikh and Boyd 2014, "Proximal Algorithms", section 6.1.1.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import shrink
        >>> shrink(np.array([3.0, -0.5, -4.0]), strength=1.0)
        array([ 1.5 , -0.25, -2.  ])
    """
    xp = array_namespace(x)
    return xp.divide(x, 1 + _checked(strength))


def block_soft_threshold(x: Array, *, strength: float, axis: Axis = -1) -> Array:
    r"""Return $x \max\left(1 - \frac{\lambda}{\|x\|_2}, 0\right)$: shorter by $\lambda$, or all entries 0 at once.

    It is the proximal step of the L2 norm without the square, the y with the least
    $\frac{1}{2} \|y - x\|_2^2 + \lambda \|y\|_2$.

    Args:
        x: (..., n, ...).
        strength: $\lambda$, at least 0.
        axis: The axis or axes.

    Raises:
        ValueError: If the strength is below 0.

    Source: Parikh and Boyd 2014, "Proximal Algorithms", section 6.5.1.

    Example:
        >>> import numpy as np
        >>> from reference.normalization import block_soft_threshold
        >>> print(block_soft_threshold(np.array([[3.0, -4.0], [0.3, -0.4]]), strength=1.0).round(9))
        [[ 2.4 -3.2]
         [ 0.  -0. ]]
    """
    xp = array_namespace(x)
    w = wider(x)
    norm, strength = l2_norm(w, axis=axis, keepdims=True), _checked(strength)
    kept = xp.where(norm <= strength, 0.0, 1 - strength / xp.where(norm <= strength, 1.0, norm))
    return narrow(w * kept, x)


def _checked(strength: float) -> float:
    if not strength >= 0:
        raise ValueError(
            f"the strength of a penalty must be at least 0, got {strength}; below, it would push away from 0"
        )
    return strength
