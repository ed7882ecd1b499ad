r"""Quantize a trained network: rounding to nearest, GPTQ, and an int8 matrix product.

A layer is x W^T: its weight has a row for each output and a column for each input, as in PyTorch and in the papers.
Rounding each weight to its nearest code makes the smallest error in the *weights*. What counts is the error in the
layer's *outputs*, and there the errors of one row can cancel: GPTQ rounds one column after the other and moves the
weights that are still to come so that they make up for what was lost, as far as the inputs allow.

Notation: `weight` is (outputs, inputs), `x` is (examples, inputs), $H = X^T X$ is the Hessian (up to the factor 2) of a
row's squared output error, U the upper factor of its inverse, $H^{-1} = U^T U$.

Explained on the page `docs/quantization/post_training.md`.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reference.quantization.affine import absmax_quantize, affine_quantize, dequantize, quantize_linear
from reference.quantization.groups import Quantized

__all__ = ["gptq", "int8_matmul", "inverse_factor", "longest_sum", "output_error", "round_to_nearest"]


def round_to_nearest(
    weight: ArrayLike, *, bits: int = 4, block_size: int | None = None, symmetric: bool = False
) -> Quantized:
    """Quantize a layer's weight by rounding each number to its nearest code; each row or block has its own scale.

    Args:
        weight: (outputs, inputs), finite.
        bits: 2 to 8.
        block_size: How many neighboring inputs of a row share a scale; by default all of them.
        symmetric: Whether the codes lie evenly around 0, by `absmax_quantize` rather than `affine_quantize`.

    Returns:
        The weight on its grid.

    Raises:
        ValueError: If the weight is no matrix, a number in it is not finite, or bits is out of range.

    Source: the baseline "RTN" of Frantar et al. 2022, arXiv:2210.17323, there asymmetric per row.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import round_to_nearest
        >>> q = round_to_nearest(np.array([[-1.0, 0.2, 2.0], [0.0, 10.0, 30.0]]), bits=2)
        >>> q.codes, q.scale.ravel()
        (array([[0, 1, 3],
               [0, 1, 3]], dtype=uint8), array([ 1., 10.], dtype=float32))
    """
    if np.ndim(weight) != 2:
        raise ValueError(f"a weight is (outputs, inputs), got the shape {np.shape(weight)}; reshape it to two axes")
    quantize = absmax_quantize if symmetric else affine_quantize
    return quantize(weight, bits=bits, axis=None if block_size else 0, block_size=block_size)


def gptq(
    weight: ArrayLike,
    x: ArrayLike,
    *,
    bits: int = 4,
    block_size: int | None = None,
    symmetric: bool = False,
    damping: float = 0.01,
    act_order: bool = False,
) -> Quantized:
    r"""Quantize a layer's weight so that its outputs change little: GPTQ.

    Scales and zero points are those of `round_to_nearest`; only other codes are chosen. Column j is rounded to q, and
    the columns to come undo as much of the output's error as they can:
    $e = (w_j - q) / U_{jj}$, then $w_k \leftarrow w_k - e\, U_{jk}$ for all $k > j$.

    Args:
        weight: (outputs, inputs), finite.
        x: (examples, inputs), what comes into the layer: a few hundred typical examples.
        bits: 2 to 8.
        block_size: As in `round_to_nearest`.
        symmetric: As in `round_to_nearest`.
        damping: Added to the diagonal of H, as a share of its mean: without it H has no inverse where inputs are
            always 0 or depend on each other, and the weights to come could be moved far.
        act_order: Whether columns with larger inputs are rounded first, while many others can still make up for them.

    Returns:
        The weight on the same grid as by `round_to_nearest`.

    Raises:
        ValueError: If the shapes do not fit, a number is not finite, all inputs are 0, or H has no inverse.

    Source: Frantar et al. 2022, arXiv:2210.17323, algorithm 1, without its lazy batches, which change no result.
    act_order and scales that are set before (there `static_groups`) are options of the authors' code. Hard case: where
    inputs are orthogonal, so H is diagonal, nothing can be made up for: the codes are those of `round_to_nearest`.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import gptq, round_to_nearest
        >>> x = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 1.0], [3.0, 3.0, 0.0]])  # the first two inputs are the same
        >>> weight = np.array([[1.4, 1.4, 3.0]])
        >>> round_to_nearest(weight, bits=2).codes, gptq(weight, x, bits=2).codes
        (array([[1, 1, 3]], dtype=uint8), array([[1, 2, 3]], dtype=uint8))
    """
    grid = round_to_nearest(weight, bits=bits, block_size=block_size, symmetric=symmetric)
    w, x = np.array(weight, np.float64), _inputs(x, grid)
    hessian = x.T @ x
    order = np.argsort(-np.diag(hessian) * act_order, kind="stable")  # without act_order all equal: as they come
    factor = inverse_factor(hessian[np.ix_(order, order)], damping=damping)
    codes = np.empty_like(grid.codes)
    for step, column in enumerate(order):
        rounded = _on_grid(w[:, column], grid, int(column))
        codes[:, column] = rounded.codes[:, 0]
        error = (w[:, column] - dequantize(rounded)[:, 0]) / factor[step, step]
        w[:, order[step:]] -= np.outer(error, factor[step, step:])
    return replace(grid, codes=codes)


def inverse_factor(hessian: ArrayLike, *, damping: float = 0.01) -> NDArray[np.float64]:
    r"""Return the upper triangular U with $U^T U = (H + \lambda I)^{-1}$; $\lambda$ is a share of H's mean diagonal.

    Row j of U is all that GPTQ needs of the inverse Hessian of the weights j, j+1, ...: it is the first row of that
    inverse, divided by the root of its first entry. So one factorization replaces one inverse for each column.

    Args:
        hessian: (n, n), symmetric.
        damping: The share.

    Raises:
        ValueError: If the damped matrix has no inverse.

    Source: Frantar et al. 2022, arXiv:2210.17323, "Cholesky reformulation". Hard case: an input that is always 0, so a
    row and column of zeros, takes no part: its diagonal entry is $1 / \sqrt\lambda$.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import inverse_factor
        >>> inverse_factor(np.array([[4.0, 0.0], [0.0, 16.0]]), damping=0.0)
        array([[0.5 , 0.  ],
               [0.  , 0.25]])
    """
    h = np.asarray(hessian, np.float64)
    damped = h + damping * np.mean(np.diag(h)) * np.eye(len(h))
    try:
        factor: NDArray[np.float64] = np.linalg.cholesky(np.linalg.inv(damped)).T
    except np.linalg.LinAlgError:
        raise ValueError(f"the inputs' Hessian has no inverse with damping={damping}; raise it, say to 0.01") from None
    return factor


def output_error(weight: ArrayLike, q: Quantized, x: ArrayLike) -> float:
    r"""Return the mean squared error of a layer's outputs after quantizing, the mean of $(X (\hat W - W)^T)^2$.

    Args:
        weight: (outputs, inputs).
        q: The weight, quantized.
        x: (examples, inputs).

    Raises:
        ValueError: If the shapes do not fit, an input is not finite, or all inputs are 0.

    Source: Frantar et al. 2022, arXiv:2210.17323, equation 1, as a mean.

    Example:
        >>> import numpy as np
        >>> from reference.quantization import output_error, round_to_nearest
        >>> weight = np.array([[-1.0, 0.25, 2.0]])
        >>> output_error(weight, round_to_nearest(weight, bits=2), np.array([[5.0, 2.0, 1.0]]))
        0.25
    """
    if np.shape(weight) != q.codes.shape:
        raise ValueError(f"the weight must have the shape of its codes, {q.codes.shape}, got {np.shape(weight)}")
    return float(np.mean((_inputs(x, q) @ (dequantize(q) - np.asarray(weight)).T) ** 2))


def int8_matmul(a: Quantized, b: Quantized) -> NDArray[np.float32]:
    r"""Return the product of two quantized matrices: int8 times int8, summed in int32, and scaled once at the end.

    $y_{ij} = s_i\, t_j \sum_k q_{ik}\, r_{kj}$. The sum is exact: a product of two codes is at most $127^2$, so int32
    holds 133,144 of them. Scales can leave the sum only where they do not depend on k.

    Args:
        a: (m, k), symmetric, with one scale or one for each row (axis=0).
        b: (k, n), symmetric, with one scale or one for each column (axis=1).

    Raises:
        ValueError: If a code is no int8, a scale changes along k, the shapes do not fit, or k is above 133,144.

    Source: Jacob et al. 2018, arXiv:1712.05877, section 2.2; scales for rows and columns: Dettmers et al. 2022,
    arXiv:2208.07339, "vector-wise quantization".

    Example:
        >>> import numpy as np
        >>> from reference.quantization import Quantized, int8_matmul
        >>> a = Quantized(np.array([[127, -100], [0, 50]], dtype=np.int8), np.array([[0.5], [2.0]], dtype=np.float32))
        >>> b = Quantized(np.array([[100], [127]], dtype=np.int8), np.array([[0.25]], dtype=np.float32))
        >>> int8_matmul(a, b)
        array([[   0.],
               [3175.]], dtype=float32)
    """
    (m, k), (inner, n) = a.codes.shape, b.codes.shape
    if a.zero_point is not None or b.zero_point is not None:
        raise ValueError("a zero point would be left out of the sum; quantize with absmax_quantize, which has none")
    if not (a.codes.dtype == b.codes.dtype == np.int8):
        raise ValueError(f"codes must be int8, got {a.codes.dtype} and {b.codes.dtype}; quantize with absmax_quantize")
    if k != inner or k > longest_sum():
        raise ValueError(
            f"(m, k) times (k, n) with k up to {longest_sum()} was expected, got {(m, k)} and {(inner, n)}"
        )
    if a.scale.shape not in ((), (m, 1)) or b.scale.shape not in ((), (1, n)):
        raise ValueError(
            "a scale inside the sum cannot leave it; give the first matrix one for each row, axis=0, and the second "
            f"one for each column, axis=1, got the shapes {a.scale.shape} and {b.scale.shape}"
        )
    total: NDArray[np.int32] = np.matmul(a.codes, b.codes, dtype=np.int32)
    return np.asarray(total * (a.scale.astype(np.float64) * b.scale), np.float32)


def longest_sum(bits: int = 8, *, accumulator: int = 32) -> int:
    r"""Return how many products of two symmetric codes an integer accumulator holds for certain.

    $\lfloor (2^{B-1} - 1) / (2^{b-1} - 1)^2 \rfloor$ for codes of b bits and B of the sum, all codes at their largest.

    Args:
        bits: Of a code, at least 2; the codes are those of `absmax_quantize`, without the lowest integer.
        accumulator: Bits of the sum, in two's complement.

    Returns:
        The number of terms.

    Source: derived from the ranges. Hard case: usual sums are far smaller, since terms of both signs cancel.

    Example:
        >>> from reference.quantization import longest_sum
        >>> longest_sum(), longest_sum(accumulator=16)
        (133144, 2)
    """
    count: int = (2 ** (accumulator - 1) - 1) // (2 ** (bits - 1) - 1) ** 2
    return count


def _inputs(x: ArrayLike, q: Quantized) -> NDArray[np.float64]:
    """Return the inputs of a layer in float64.

    Raises:
        ValueError: If they do not fit the weight, hold NaN or infinity, or are all 0.
    """
    array = np.asarray(x, np.float64)
    if array.ndim != 2 or array.shape[1] != q.codes.shape[1]:
        raise ValueError(f"x must be (examples, {q.codes.shape[1]}) for this weight, got {array.shape}; reshape it")
    if not np.isfinite(array).all() or not array.any():
        raise ValueError("the inputs must be finite and not all 0; pass examples of what comes into the layer")
    return array


def _on_grid(column: NDArray[np.float64], grid: Quantized, index: int) -> Quantized:
    """Return a column of weights, rounded with the scales that the column of this index has."""
    block = index // (grid.block_size or grid.codes.shape[1])
    scale = grid.scale[:, block : block + 1]
    numbers, top = column[:, None].astype(np.float32), 2 ** int(grid.bits)
    if grid.zero_point is None:
        codes = quantize_linear(numbers, scale, low=1 - top // 2, high=top // 2 - 1)
        return Quantized(codes, scale, None, grid.bits, axis=0)
    zero_point = grid.zero_point[:, block : block + 1]
    codes = quantize_linear(numbers, scale, zero_point, low=0, high=top - 1)
    return Quantized(codes, scale, zero_point, grid.bits, axis=0)
