"""The table of the proof page about derivatives: every gradient that the package writes down, beside differences."""

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from docs._site.tables import linked, rows, said
from reference import activations, normalization, stability, training
from reference.autograd import GradientCheck, gradcheck

__all__ = ["CHECKS", "TABLES", "checks"]

TABLES = ("checks",)
Function = Callable[..., Any]
X = np.asarray([[-7.0, -2.5, -0.3], [0.2, 1.7, 6.5]])
"""On either side of every kink, and on none."""


class Check(NamedTuple):
    """A function, its inputs, and what is checked: the derivative of an elementwise function, or else a vjp."""

    function: Function
    inputs: tuple[Any, ...]
    derivative: Function | None = None
    vjp: Function | None = None


def _normal(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def _elementwise() -> dict[str, Check]:
    found = {}
    for name in activations.__all__:
        if name.endswith("_derivative"):
            function = getattr(activations, name.removesuffix("_derivative"))
            slope = getattr(activations, name)
            if name == "prelu_derivative":  # by x alone: its weights are the second argument
                function, slope = (partial(each, weight=np.asarray([0.25, 0.1, 0.5])) for each in (function, slope))
            found[f"activations.{name}"] = Check(function, (X,), derivative=slope)
    return found


def _layers() -> dict[str, Check]:
    x, weight, bias = _normal(2, 6, 5), _normal(6, seed=1), _normal(6, seed=2)
    last, running = _normal(2, 5, seed=3), normalization.Running(np.zeros(6), np.ones(6))
    n = normalization
    both: dict[str, tuple[Function, Function, tuple[Any, ...]]] = {
        "layer_norm": (
            lambda x, w, b: n.layer_norm(x, weight=w, bias=b),
            lambda x, w, b, g: tuple(n.layer_norm_backward(g, x, weight=w)),
            (x, *last),
        ),
        "rms_norm": (
            lambda x, w: n.rms_norm(x, weight=w),
            lambda x, w, g: tuple(n.rms_norm_backward(g, x, weight=w)),
            (x, last[0]),
        ),
        "batch_norm": (
            lambda x, w, b: n.batch_norm(x, running, weight=w, bias=b, training=True)[0],
            lambda x, w, b, g: n.batch_norm_backward(g, x, running, weight=w, training=True),
            (x, weight, bias),
        ),
        "group_norm": (
            lambda x, w, b: n.group_norm(x, 3, weight=w, bias=b),
            lambda x, w, b, g: n.group_norm_backward(g, x, 3, weight=w),
            (x, weight, bias),
        ),
        "instance_norm": (
            lambda x, w, b: n.instance_norm(x, weight=w, bias=b),
            lambda x, w, b, g: n.instance_norm_backward(g, x, weight=w),
            (x, weight, bias),
        ),
    }
    return {
        f"normalization.{name}_backward": Check(function, inputs, vjp=rule)
        for name, (function, rule, inputs) in both.items()
    }


def _losses() -> dict[str, Check]:
    logits, target, labels = _normal(4, 3), _normal(4, 3, seed=1), np.asarray([0, 2, 1, 1])
    shares = np.asarray([[0.0, 1.0, 0.5]] * 4)
    t = training
    both: dict[str, tuple[Function, Function]] = {
        "mse": (lambda y: t.mse(y, target), lambda y: t.mse_gradient(y, target)),
        "cross_entropy": (lambda y: t.cross_entropy(y, labels), lambda y: t.cross_entropy_gradient(y, labels)),
        "binary_cross_entropy": (
            lambda y: t.binary_cross_entropy(y, shares),
            lambda y: t.binary_cross_entropy_gradient(y, shares),
        ),
        "z_loss": (
            lambda y: t.z_loss(y, coefficient=0.1),
            lambda y: t.z_loss_gradient(y, coefficient=0.1),
        ),
    }
    return {
        f"training.{name}_gradient": Check(loss, (logits,), vjp=lambda y, g, f=gradient: g * f(y))
        for name, (loss, gradient) in both.items()
    }


def _others() -> dict[str, Check]:
    def by_jacobian(x: Any, g: Any) -> Any:
        return np.sum(g[..., None] * activations.softmax_jacobian(x), axis=-2)

    def by_weights(w: Any, g: Any) -> Any:
        return g * stability.chain_gradient(w)

    return {
        "activations.softmax_jacobian": Check(activations.softmax, (_normal(3, 5),), vjp=by_jacobian),
        "stability.chain_gradient": Check(stability.chain, (_normal(4),), vjp=by_weights),
    }


CHECKS: dict[str, Check] = {**_elementwise(), **_others(), **_layers(), **_losses()}
"""By the name of what gives the gradient, as `reference.` holds it."""


def check(name: str) -> GradientCheck:
    """Compare a gradient with central differences in every element, and along one random direction."""
    function, inputs, derivative, vjp = CHECKS[name]
    return gradcheck(function, *inputs, derivative=derivative, vjp=vjp)


def checks() -> str:
    """Return what comes out for every gradient."""
    lines = []
    for name in CHECKS:
        chapter, _, short = name.partition(".")
        module = getattr(importlib.import_module(f"reference.{chapter}"), short).__module__
        found = check(name)
        sizes = said(found.largest_error, ".0e"), said(found.largest_slope, ".2g")
        agrees = "yes" if found else "**no**"
        lines.append([linked(f"{module}.{short}", f"`{short}`"), chapter, found.elements, *sizes, agrees])
    return rows(["gradient", "chapter", "elements:", "largest difference:", "largest slope:", "agrees"], lines)
