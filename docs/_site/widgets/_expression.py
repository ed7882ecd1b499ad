"""Read a typed expression without running it as code, and compute it, its graph and its gradients with the package.

Only what is listed here is understood. Equal parts are computed once, so they are one node of the graph.
"""

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from reference.activations import relu, relu_derivative
from reference.autograd import Edge, Graph, Node, Operation, Tensor, operations, topological_order, trace

__all__ = ["LONGEST", "MOST", "NAMES", "Numbers", "Pass", "computed", "label"]

NAMES = ("x", "y", "w", "b")
LONGEST, MOST = 60, 16
"""How many signs and how many operations an expression may have."""

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
RELU = Operation("relu", relu, lambda g, y, x: g * relu_derivative(x))  # one node instead of a where and its condition
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "exp": (1, operations.exp),
    "log": (1, operations.log),
    "tanh": (1, operations.tanh),
    "sin": (1, operations.sin),
    "relu": (1, RELU),
    "max": (2, operations.maximum),
}
SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "pow": "**", "negative": "−"}
SIGNS["maximum"] = "max"
ALLOWED = f"numbers, {', '.join(NAMES)}, + - * / **, brackets and {', '.join(FUNCTIONS)}"
Numbers = dict[int, float]


@dataclass(frozen=True)
class Pass:
    """A computed expression, ready for a pass back."""

    nodes: tuple[Node, ...]  # with their places; their own values are those of other numbers
    values: list[float]  # by the number of the node
    edges: dict[int, list[tuple[Edge, float]]]  # into each operation: its arguments in order, and the slopes by them
    order: list[int]  # of the operations, in the package's pass
    gradients: Numbers  # of the package's pass

    @property
    def result(self) -> int:
        """The number of the result."""
        return self.order[0]


def label(node: Node) -> str:
    """Return what a node is called: its name, or the sign of its operation."""
    sign = SIGNS.get(node.operation, node.operation)
    return node.name or ("number" if sign == "constant" else sign)


Keys = dict[int, str]


@lru_cache(maxsize=64)
def _parsed(expression: str) -> tuple[ast.expr, Keys]:
    """Return the tree of an expression, and by the identity of each part a text that equal parts share."""
    if len(expression) > LONGEST:
        raise ValueError(f"the expression must be a text of at most {LONGEST} signs, got {len(expression)}")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ValueError(f"{expression!r} is no finished expression: look at its brackets and signs") from None
    return tree, {id(node): ast.dump(node) for node in ast.walk(tree)}


def _value(node: ast.AST, keys: Keys, known: dict[str, Any]) -> Any:
    """Return the value of a part of the expression; equal parts are computed once, so they are one node."""
    key = keys[id(node)]
    if key not in known:
        known[key] = _computed(node, keys, known)
    return known[key]


def _computed(node: ast.AST, keys: Keys, known: dict[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | complex()):
            pass
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)  # unlike float, it divides by 0 without an error
        case ast.Name(id=name) if name in NAMES:
            return known[name]
        case ast.BinOp() if type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](_value(node.left, keys, known), _value(node.right, keys, known))
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, keys, known)
        case ast.Call(func=ast.Name(id=name), keywords=[]) if len(node.args) == FUNCTIONS.get(name, (-1,))[0]:
            return FUNCTIONS[name][1](*(_value(argument, keys, known) for argument in node.args))
    raise ValueError(f"this widget reads {ALLOWED}; it does not know {ast.unparse(node)!r}")


def _result(expression: str, leaves: dict[str, Tensor]) -> Tensor:
    result = _value(*_parsed(expression), dict(leaves))
    if not isinstance(result, Tensor) or not result.parents:
        raise ValueError(f"the expression needs at least one of {', '.join(NAMES)} and one operation on it")
    return result


@lru_cache(maxsize=64)
def computed(expression: str, *inputs: float) -> Pass:
    """Return an expression, computed for values of `NAMES`, with everything that a pass back needs.

    Raises:
        ValueError: If it is not understood, is too long, or has no finite value or slope.
    """
    with np.errstate(all="ignore"):
        result, graph = _result(expression, _leaves(*inputs)), _graph(expression)
        tensors = topological_order(result)
        order, gradients = _walked(result, tensors)
        values = [tensor.data for tensor in tensors] + [node.value for node in graph.nodes[len(tensors) :]]
        edges = {i: _slopes(i, graph, values) for i in order}
    for i, node in enumerate(graph.nodes):
        if not math.isfinite(values[i]) or not math.isfinite(gradients.get(i, 0.0)):
            raise ValueError(f"with these numbers {label(node)} has no finite value or slope: change one of them")
    return Pass(graph.nodes, [float(value) for value in values], edges, order, gradients)


def _leaves(*inputs: float) -> dict[str, Tensor]:
    return {name: Tensor(number) for name, number in zip(NAMES, inputs, strict=True)}


@lru_cache(maxsize=64)
def _graph(expression: str) -> Graph:
    """Return the graph with its layout, which is the same for all values; it takes most of the time."""
    leaves = _leaves(*(1.0 for _ in NAMES))
    result = _result(expression, leaves)
    if sum(bool(tensor.parents) for tensor in topological_order(result)) > MOST:
        raise ValueError(f"an expression may have {MOST} operations here; this one has more")
    return trace(result, names=leaves)


def _walked(result: Tensor, tensors: list[Tensor]) -> tuple[list[int], Numbers]:
    """Return the order in which the operations hand out in the package's pass, and the gradient of each node."""
    number, order, gradients = {id(tensor): i for i, tensor in enumerate(tensors)}, [], {}
    for tensor in result.backward_steps():
        order.append(number[id(tensor)])
        gradients[order[-1]] = np.asarray(tensor.grad).item()
    return order, gradients | {i: t.grad.item() for i, t in enumerate(tensors) if t.grad is not None}


def _slopes(target: int, graph: Graph, values: list[np.ndarray]) -> list[tuple[Edge, float]]:
    """Return the edges into a node with the slope along each, from the package's rules with the gradient 1."""
    into = sorted((edge for edge in graph.edges if edge.target == target), key=lambda edge: edge.argument)
    arguments = [values[edge.source] for edge in into]
    name = graph.nodes[target].operation
    rules = (RELU if name == RELU.name else getattr(operations, name)).rules
    found = zip(into, rules, strict=True)
    return [(edge, float(rule(np.float64(1), values[target], *arguments))) for edge, rule in found]
