"""Compute the widget that steps through a backward pass: a typed expression, its graph, and one hand-out a step.

Values, the graph and its layout are the package's, as are the right gradients and the order of the right pass. Every
step is then told in shares, one an edge: the gradient of a node times the slope along the edge. Three engines with a
planted bug share the steps differently. They exist for the drawing alone.
"""

import math
from dataclasses import dataclass
from typing import Any

from docs._site.widgets._expression import LONGEST, MOST, NAMES, Numbers, Pass, computed, label
from reference.autograd import Edge, Node

__all__ = ["DEFAULTS", "compute"]

PICKS = (
    "(w * x + b) * tanh(w * x + b)",
    "(x + y) * w",
    "tanh(w * x + b) * w",
    "(w * x + b - y) ** 2",
    "relu(w * x + b) + x",
    "log(1 + exp(w * x))",
    "max(x, y) * x / y",
)
BUGS = {
    "none": "none",
    "assign": "= for +=",
    "order": "no order",
    "stale": "no zeroing, second pass",
}
LARGEST = 1000
DEFAULTS: dict[str, Any] = {
    "expression": PICKS[0],
    "x": 2.0,
    "y": 3.0,
    "w": 0.5,
    "b": -0.5,
    "bug": "none",
    "steps": 1,
}
CONTROLS = {"picks": PICKS, "bugs": BUGS, "names": NAMES, "longest": LONGEST}


@dataclass
class Step:
    """What is known after a node has handed out: its shares, what each node holds, and where that is not right."""

    node: int
    gradient: float
    shares: list[tuple[Edge, float, float]]  # edge, slope, share
    held: Numbers
    right: Numbers  # what the wrong numbers should be


def compute(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget draws for a state.

    Raises:
        ValueError: If the state has an unknown key, a value that cannot be, or an expression that is not understood.
    """
    for key in state:
        if key not in DEFAULTS:
            raise ValueError(f"the widget has no setting {key!r}; its settings are {', '.join(DEFAULTS)}")
    state = DEFAULTS | state
    for name in NAMES:
        if type(state[name]) not in (int, float) or not abs(state[name]) <= LARGEST:
            raise ValueError(f"{name} must be a number from -{LARGEST} to {LARGEST}, got {state[name]!r}")
    if type(state["steps"]) is not int or not 0 <= state["steps"] <= MOST:
        raise ValueError(f"steps must be a whole number from 0 to {MOST}, got {state['steps']!r}")
    if type(state["bug"]) is not str or state["bug"] not in BUGS:
        raise ValueError(f"bug must be one of {', '.join(BUGS)}, got {state['bug']!r}")
    if type(state["expression"]) is not str:
        raise ValueError(f"expression must be a text, got {state['expression']!r}")
    found = computed(state["expression"], *(float(state[name]) for name in NAMES))
    return _drawn(found, state["bug"], min(state["steps"], len(found.order)))


# The pass back, right and wrong


def _steps(found: Pass, bug: str) -> list[Step]:
    """Return the steps of one pass; with stale gradients it is the second."""
    asks, inner = found.gradients.keys(), set(found.order)
    earlier = found.gradients if bug == "stale" else {}
    held = {**earlier, found.result: 1.0}
    owed = {**{i: g for i, g in earlier.items() if i not in inner}, found.result: 1.0}
    steps = []
    for node in _early_order(found) if bug == "order" else found.order:
        gradient, true, shares = held[node], found.gradients[node], []
        for edge, slope in found.edges[node]:
            if (parent := edge.source) in asks:
                shares.append((edge, slope, gradient * slope))
                held[parent] = gradient * slope + (0.0 if bug == "assign" else held.get(parent, 0.0))
                owed[parent] = true * slope + owed.get(parent, 0.0)
        right = {node: true} if _differ(gradient, true) else {}
        right |= {i: owed[i] for i in owed if i != node and _differ(held[i], owed[i])}
        steps.append(Step(node, gradient, shares, dict(held), right))
    return steps


def _early_order(found: Pass) -> list[int]:
    """Return the order in which nodes are first reached: none waits for the rest of its gradient."""
    order, stack = [], [found.result]
    while stack:
        node = stack.pop()
        if node in found.edges and node not in order:
            order.append(node)
            stack += [edge.source for edge, _ in reversed(found.edges[node])]
    return order


def _differ(a: float, b: float) -> bool:
    return not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


# What is drawn


def _digits(value: float) -> str:
    return f"{value + 0.0:.4g}".replace("-", "−")


def _drawn(found: Pass, bug: str, count: int) -> dict[str, Any]:
    steps, labels = _steps(found, bug), _names(found)
    told = [_told(step, labels) for step in steps[:count]]
    verdict = _verdict(found, bug, steps, count, labels)
    text = f"{_progress(count, steps, told)} {verdict}".strip()
    if first := _first(steps[:count]):
        told[first[0] - 1] += f". First wrong number: {labels[first[1]]}"
    start = {**(found.gradients if bug == "stale" else {}), found.result: 1.0}
    now = steps[count - 1] if count else Step(-1, 0.0, [], start, {})
    left = min(node.y for node in found.nodes)
    return {
        **CONTROLS,
        "nodes": [_box(node, found.values[node.id], now, steps[:count], labels, left) for node in found.nodes],
        "edges": _arrows(found, now, left),
        "told": told,
        "used": [node.name for node in found.nodes if node.name],
        "total": len(steps),
        "text": text,
    }


def _box(node: Node, value: float, now: Step, steps: list[Step], labels: dict[int, str], left: float) -> dict[str, Any]:
    first = _first(steps)
    done = any(step.node == node.id for step in steps)
    return {
        "x": node.y - left,
        "y": node.x,
        "label": labels[node.id] if node.operation != "constant" else "",
        "value": _digits(value),
        "gradient": _digits(now.held[node.id]) if node.id in now.held else "",
        "right": _digits(now.right[node.id]) if node.id in now.right else "",
        "first": bool(first and first[1] == node.id and node.id in now.right),
        "state": "now" if node.id == now.node else "done" if done else "",
    }


def _arrows(found: Pass, now: Step, left: float) -> list[dict[str, Any]]:
    active = {id(edge) for edge, _, _ in now.shares}
    used = [edge for node in found.order for edge, _ in found.edges[node]]
    return [{"points": [[y - left, x] for x, y in edge.points], "now": id(edge) in active} for edge in used]


def _names(found: Pass) -> dict[int, str]:
    """Return what each node is called: its sign, with a number where that comes more than once."""
    labels = {node.id: label(node) for node in found.nodes}
    seen: dict[str, int] = {}
    for i in reversed(found.order):
        if list(labels.values()).count(labels[i]) > 1 or labels[i] in seen:
            seen[labels[i]] = seen.get(labels[i], 0) + 1
            labels[i] += "₀₁₂₃₄₅₆₇₈₉"[seen[labels[i]] % 10]
    return labels


def _told(step: Step, labels: dict[int, str]) -> str:
    shares = [
        f"{_digits(step.gradient)} · {_digits(slope)} = {_digits(share)} to {labels[edge.source]}"
        for edge, slope, share in step.shares
    ]
    return f"{labels[step.node]} hands out {_digits(step.gradient)}: {', '.join(shares)}"


def _progress(count: int, steps: list[Step], told: list[str]) -> str:
    if not count:
        return f"Nothing is handed out yet, and the result holds the gradient 1. There are {len(steps)} steps."
    return f"Step {count} of {len(steps)}: {told[-1]}."


def _first(steps: list[Step]) -> tuple[int, int] | None:
    """Return at which step, counted from 1, which node is the first to hold a wrong number."""
    return next(((i, next(iter(step.right))) for i, step in enumerate(steps, 1) if step.right), None)


def _verdict(found: Pass, bug: str, steps: list[Step], count: int, labels: dict[int, str]) -> str:
    if bug == "none":
        return "The pass is complete: each variable holds the slope of the result by it." if count == len(steps) else ""
    first = _first(steps)
    if first is None:
        return f"With this bug no number goes wrong here: {LUCK[bug]}."
    if first[0] > count:
        return "No number is wrong so far."
    step, node = steps[first[0] - 1], first[1]
    held = step.gradient if node == step.node else step.held[node]
    said = f"{labels[node]} has {_digits(held)}, not {_digits(step.right[node])}. {WHY[bug]}"
    return f"The first wrong number came at step {first[0]}: {said}{_end(steps, labels) if count == len(steps) else ''}"


def _end(steps: list[Step], labels: dict[int, str]) -> str:
    last = steps[-1]
    wrong = [f"{labels[i]} {_digits(last.held[i])}, not {_digits(right)}" for i, right in last.right.items()]
    return f" At the end: {'; '.join(wrong)}." if wrong else ""


LUCK = {
    "assign": "nothing is used twice, so there is nothing to add up",
    "order": "every node happens to be complete when it is reached",
    "stale": "there is no inner node between the variables and the result",
}
WHY = {
    "assign": "The new share has replaced what was there instead of adding to it.",
    "order": "It handed out before the rest of its gradient had arrived, and the rest is never passed on.",
    "stale": "What the first pass left in it was added in. A variable may add up over passes, an inner node may not.",
}
