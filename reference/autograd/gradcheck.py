r"""Judge a gradient: measure every slope by central differences, and say where the gradient says something else.

A wrong derivative rarely crashes, and often the network learns all the same. A difference quotient knows nothing of the
chain rule and needs nothing but the function, so it is an independent judge. It costs two evaluations for every
element, so it checks gradients and does not replace them.

Judged is the number $L = \sum_k c_k f_k$ with random weights c, the cotangent, since errors could cancel in a plain
sum of the outputs; where f is a number, L is f. Backward with the gradient c gives all slopes of L at once, the
differences give them one by one. Last comes a random direction, in which all elements of all inputs move together.

It does not see what happens elsewhere than at the given points, nor an error below the tolerance. At a kink the
central difference is the mean of both slopes, and hardly any gradient agrees with it. NaN agrees with nothing.

Explained on the page `docs/autograd/gradcheck.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from reference.arrays import Array
from reference.autograd.derivative import (
    difference_error,
    directional_derivative,
    forward_difference,
    numerical_jacobian,
)
from reference.autograd.tensor import Tensor, value

__all__ = ["GradientCheck", "Mismatch", "gradcheck"]

_Arrays = list[Array]
_Loss = Callable[[Array], Array]
_ALONE = "no element is wrong by itself: at this point the function has no derivative, or it has noise"


class Mismatch(NamedTuple):
    """One slope about which the gradient and the central difference disagree.

    Example:
        >>> from reference.autograd import Mismatch
        >>> print(Mismatch(input=0, element=(1, 2), gradient=-3.0, difference=1.5))
        input 0, element (1, 2): the gradient says -3, the central difference 1.5, ratio -2
    """

    input: int  # counted from 0; -1 is the random direction
    element: tuple[int, ...]
    gradient: float
    difference: float

    @property
    def error(self) -> float:
        """The distance of the two, infinite if one of them is NaN."""
        return float(np.nan_to_num(abs(self.gradient - self.difference), nan=np.inf))

    def __str__(self) -> str:
        where = "the random direction" if self.input < 0 else f"input {self.input}, element {self.element}"
        gradient, difference = self.gradient + 0, self.difference + 0  # -0 is no other slope than 0
        ratio = f", ratio {gradient / difference + 0:.6g}" if difference else ""
        return f"{where}: the gradient says {gradient:.6g}, the central difference {difference:.6g}{ratio}"


@dataclass(frozen=True)
class GradientCheck:
    """What gradcheck found: true where nothing is wrong, and the report when printed.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import gradcheck
        >>> check = gradcheck(np.exp, np.array([0.0, 1.0]), derivative=lambda x: x + 1)
        >>> bool(check), check.elements, check.mismatches[0].element
        (False, 2, (1,))
    """

    elements: int  # how many were moved by themselves
    largest_error: float  # between gradient and central difference; NaN if there is a NaN
    largest_slope: float  # in size, against which the error is to be held
    mismatches: tuple[Mismatch, ...] = ()  # beyond the tolerance, the worst first and the direction last
    hints: tuple[str, ...] = ()  # wrong shapes, and what the mismatches of an input have in common

    def __bool__(self) -> bool:
        return not self.mismatches and not self.hints

    def __str__(self) -> str:
        if self:
            sizes = f"largest error {self.largest_error:.0e}, largest slope {self.largest_slope:.3g}"
            return f"{self.elements} elements and a random direction agree: {sizes}"
        count = f"{sum(m.input >= 0 for m in self.mismatches)} of {self.elements} elements differ; the worst is "
        return "; ".join([*(f"{count}{m}" for m in self.mismatches[:1]), *self.hints])


def gradcheck(
    function: Callable[..., Any],
    *inputs: Array,
    derivative: Callable[[Array], Array] | None = None,
    vjp: Callable[..., Any] | None = None,
    h: float = 2.0**-17,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    seed: int = 0,
    every_element: bool = True,
) -> GradientCheck:
    """Compare a gradient with central differences, in every element and in one random direction.

    Judged is what Tensors find by backward, so the function must run on Tensors and on arrays alike; or, on arrays
    alone, the derivative or the vjp that you pass.

    Args:
        function: Takes the inputs and returns one array of any shape, always the same for the same inputs.
        *inputs: float64 arrays of any shape.
        derivative: `derivative(x)`, the derivative of an elementwise function of one input.
        vjp: `vjp(*inputs, cotangent)`, the gradient of sum(cotangent * function(*inputs)), a tuple for several inputs.
        h: The step.
        rtol: The tolerance as a fraction of the slope; along the direction, of the sizes that the elements add.
        atol: The tolerance added to that; four times the predicted rounding of the differences is added to it.
        seed: Of the cotangent and the direction.
        every_element: Whether to move every element by itself; the direction alone costs four calls in all.

    Returns:
        The findings, true if there are none: in a test write `assert check, check`.

    Raises:
        TypeError: If an input is not float64 (in shorter types rounding looks like a wrong gradient), or if the
            function returns no Tensor for Tensors.
        ValueError: If there is no input, or both a derivative and a vjp; if a vjp returns too few or too many
            gradients; if the function returns something else when it is called again.

    Source: after torch.autograd.gradcheck, with a random cotangent for the whole Jacobian. Hard case: an input that
    backward never reaches has the gradient 0.

    Example:
        >>> import numpy as np
        >>> from reference.activations import tanh
        >>> from reference.autograd import gradcheck
        >>> bool(gradcheck(tanh, np.array([[0.5, -1.0]])))
        True
        >>> print(*gradcheck(np.sin, np.array([1.0, 2.0]), derivative=lambda x: -np.cos(x)).hints)
        input 0: every sign is turned
    """
    if not inputs or (derivative and vjp):
        seen = "a derivative and a vjp" if inputs else "no inputs"
        raise ValueError(f"gradcheck needs inputs, and at most one of derivative and vjp, got {seen}")
    points = [_point(i, x) for i, x in enumerate(inputs)]
    # Not default_rng(seed): it may have drawn the inputs, and a cotangent equal to an input hides a transposition.
    rng = np.random.default_rng([seed, 1])
    y = np.asarray(value(function(*points)))
    cotangent = rng.normal(size=y.shape) if y.ndim and not derivative else np.ones(y.shape)
    rule = (lambda x, c: c * derivative(x)) if derivative else vjp
    gradients = _gradients(function, rule, points, y, cotangent)

    def loss(flat: Array) -> Array:
        # Less y: added up, large outputs would round the small changes away.
        return np.sum(cotangent * (value(function(*_parts(flat, points))) - y))

    if hints := _shapes(points, gradients):
        return GradientCheck(0, 0.0, 0.0, hints=hints)
    along = rng.uniform(-1, 1, size=sum(x.size for x in points))
    atol += 4 * difference_error(h, order=2, value=float(np.sum(np.abs(cotangent * y)))).rounding
    return _compare(loss, points, gradients, along, every_element, h, rtol, atol)


def _point(number: int, x: Array) -> Array:
    x = np.array(value(x))
    if x.dtype != np.float64:
        raise TypeError(f"gradcheck needs float64, input {number} is {x.dtype}; pass np.asarray(x, dtype=np.float64)")
    x.flags.writeable = False  # a function that writes into its input is noticed
    return x


def _parts(flat: Array, points: _Arrays) -> _Arrays:
    ends = np.cumsum([x.size for x in points])[:-1]
    return [part.reshape(x.shape) for part, x in zip(np.split(flat, ends), points, strict=True)]


def _gradients(function: Any, rule: Any, points: _Arrays, y: Array, cotangent: Array) -> _Arrays:
    tensors = points if rule else [Tensor(x) for x in points]
    again = function(*tensors)
    if not np.array_equal(value(again), y, equal_nan=True):
        raise ValueError(
            "gradcheck needs a function that returns the same at every call, with arrays and with Tensors, got "
            f"{y} and then {value(again)}; fix its seed, or compare the two ways"
        )
    if rule:
        found = rule(*points, cotangent)
        gradients = found if isinstance(found, tuple | list) else [found]
        if len(gradients) != len(points):
            raise ValueError(f"a vjp returns one gradient for each of {len(points)} inputs, got {len(gradients)}")
        return [np.asarray(gradient) for gradient in gradients]
    if not isinstance(again, Tensor):
        raise TypeError(
            f"gradcheck needs a function that returns a Tensor for Tensors, got {type(again).__name__}; compute with "
            "array_namespace(x), or pass a derivative or a vjp"
        )
    again.backward(cotangent)
    return [np.zeros(x.shape) if x.grad is None else x.grad for x in tensors]


def _flat(arrays: _Arrays) -> Array:
    return np.concatenate([np.ravel(x) for x in arrays])


def _shapes(points: _Arrays, gradients: _Arrays) -> tuple[str, ...]:
    both = [(i, x.shape, g.shape) for i, (x, g) in enumerate(zip(points, gradients, strict=True))]
    remedy = "one slope for each element: sum over the axes along which the input was broadcast"
    return tuple(
        f"input {i} has the shape {wanted}, its gradient {seen}: {'transpose it' if seen == wanted[::-1] else remedy}"
        for i, wanted, seen in both
        if seen != wanted
    )


@np.errstate(invalid="ignore")  # what is not finite gets into the report
def _compare(
    loss: _Loss, points: _Arrays, gradients: _Arrays, along: Array, each: bool, h: float, rtol: float, atol: float
) -> GradientCheck:
    flat, gradient = _flat(points), _flat(gradients)
    slopes = numerical_jacobian(loss, flat, h=h) if each else gradient
    found, hints = list[Mismatch](), list[str]()
    for i, (g, d) in enumerate(zip(gradients, _parts(slopes, points), strict=True)):
        wrong = np.argwhere(~(np.abs(g - d) <= atol + rtol * np.abs(d))).tolist()
        found += [Mismatch(i, at, float(g[at]), float(d[at])) for at in map(tuple, wrong)]
        hints += [f"input {i}: {pattern}" for pattern in _patterns(g, d)[: len(wrong)]]
    found.sort(key=lambda mismatch: mismatch.error, reverse=True)
    hints += _kink(loss, points, found[0], h) if found else []
    shares = gradient * along
    line = Mismatch(-1, (), float(np.sum(shares)), float(directional_derivative(loss, flat, along, h=h)))
    if not line.error <= atol + rtol * np.sum(np.abs(shares)) < np.inf:
        hints += [] if found else [_ALONE if each else "every_element=True says where"]
        found.append(line)
    error = np.max(np.abs(gradient - slopes), initial=line.error)
    slope = np.max(np.abs(slopes), initial=0.0)
    return GradientCheck(flat.size if each else 0, float(error), float(slope), tuple(found), tuple(hints))


def _patterns(g: Array, d: Array) -> list[str]:
    """Return the first typical mistake that turns the differences d into the gradient g, if one does."""
    if not np.all(np.isfinite(g + d)):
        return ["there are slopes that are not finite"]
    near = partial(np.allclose, rtol=1e-4, atol=1e-4 * np.max(np.abs(d), initial=0.0))
    factor = float(np.sum(g * d) / (np.sum(d * d) or 1.0))
    shares = round(1 / factor) if 0.1 < factor < 0.9 else 0
    missing = f": a factor {shares} is missing, or of {shares} shares only one is added (= for +=)"
    typical = {
        "no gradient arrives": not np.any(g),
        "the function does not depend on it": not np.any(d),
        "every sign is turned": near(-g, d),
        "the gradient is transposed": g.ndim > 1 and g.shape == g.T.shape and near(g.T, d),
        f"the gradient is {factor:.4g} times the right one" + missing * near(factor * shares, 1.0): near(g, factor * d),
        "the right numbers stand in the wrong places": near(np.sort(g, axis=None), np.sort(d, axis=None)),
    }
    return [mistake for mistake, made in typical.items() if made][:1]


def _kink(loss: _Loss, points: _Arrays, worst: Mismatch, h: float) -> list[str]:
    """Return a hint if the slopes to the left and to the right of the worst element differ."""
    units = [np.zeros(x.shape) for x in points]
    units[worst.input][worst.element] = 1.0
    flat, unit = _flat(points), _flat(units)
    left, right = (float(forward_difference(lambda t: loss(flat + t * unit), 0.0, h=step)) for step in (-h, h))
    smooth = abs(left - right) <= 1e-3 * (1 + max(abs(left), abs(right)))  # there they differ by h f''
    return [] if smooth else [f"there the slope is {left:.4g} to the left, {right:.4g} to the right: avoid the kink"]
