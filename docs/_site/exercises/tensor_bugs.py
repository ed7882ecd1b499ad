"""Find five bugs in a small engine: two in slopes, three in its pass back."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = """\
import numpy as np

class Node:
    def __init__(self, value, parents=(), slopes=()):
        self.value, self.parents, self.slopes, self.grad = value, parents, slopes, 0.0

def add(a, b): return Node(a.value + b.value, (a, b), (1.0, 1.0))
def multiply(a, b): return Node(a.value * b.value, (a, b), (a.value, b.value))
def tanh(a): return Node(np.tanh(a.value), (a,), (1 - np.tanh(a.value),))

def backward(result):
    result.grad, stack = 1.0, [result]
    while stack:
        node = stack.pop()
        for parent, slope in zip(node.parents, node.slopes):
            parent.grad = node.grad * slope
            stack.append(parent)
"""

ANSWER = '''\
import numpy as np

class Node:
    def __init__(self, value, parents=(), slopes=()):
        self.value, self.parents, self.slopes, self.grad = value, parents, slopes, 0.0

def add(a, b): return Node(a.value + b.value, (a, b), (1.0, 1.0))
def multiply(a, b): return Node(a.value * b.value, (a, b), (b.value, a.value))  # 1
def tanh(a): return Node(np.tanh(a.value), (a,), (1 - np.tanh(a.value) ** 2,))  # 2

def order(node, found):
    """Collect the nodes, each after its parents."""
    if node not in found:
        for parent in node.parents:
            order(parent, found)
        found[node] = True
    return list(found)

def backward(result):
    nodes = order(result, {})
    for node in nodes:
        if node.parents:
            node.grad = 0.0  # 3: what a pass collects belongs to the pass
    result.grad = 1.0
    for node in reversed(nodes):  # 4: complete before it hands out
        for parent, slope in zip(node.parents, node.slopes):
            parent.grad += node.grad * slope  # 5: shares add up
'''

Build = Callable[..., Any]
Engine = dict[str, Callable[..., Any]]


def check(names: Names) -> Iterator[str]:
    """Each slope by differences, a fork, an inner fork, then a second pass."""
    engine = {
        "add": function(names, "add(a, b)"),
        "multiply": function(names, "multiply(a, b)"),
        "tanh": function(names, "tanh(a)"),
        "backward": function(names, "backward(result)"),
        "Node": function(names, "Node(value)"),
    }
    _slopes(engine)
    yield "Each operation's slopes are those of a difference quotient."
    _fork(engine)
    yield "A number that is used twice gets the sum."
    _inner_forks(engine)
    yield "Inner nodes wait until they are complete."
    _second_pass(engine)
    yield "A second pass over the same graph gives exactly twice, a third three times."


def _run(engine: Engine, build: Build, values: tuple[float, ...], passes: int = 1) -> tuple[float, list[float]]:
    leaves = [engine["Node"](value) for value in values]
    result = build(engine, *leaves)
    for _ in range(passes):
        engine["backward"](result)
    return float(result.value), [float(leaf.grad) for leaf in leaves]


def _differences(engine: Engine, build: Build, values: tuple[float, ...]) -> list[float]:
    """Return the slopes by central differences: good to ten digits."""

    def at(moved: int, by: float) -> float:
        leaves = [engine["Node"](value + by * (i == moved)) for i, value in enumerate(values)]
        return float(build(engine, *leaves).value)

    return [(at(i, 1e-5) - at(i, -1e-5)) / 2e-5 for i in range(len(values))]


def _judge(
    engine: Engine, what: str, build: Build, values: tuple[float, ...], why: Callable[[list[float]], str]
) -> None:
    got, right = _run(engine, build, values)[1], _differences(engine, build, values)
    if not np.allclose(got, right, rtol=1e-6, atol=1e-8):
        at = ", ".join(f"{value:g}" for value in values)
        raise Wrong(f"{what} at {at}: you get {_list(got)}, differences give {_list(right)}. {why(got)}")


def _list(numbers: list[float]) -> str:
    return " and ".join(f"{number:.4g}" for number in numbers)


def _slopes(engine: Engine) -> None:
    for name, wanted in {"add": 5.0, "multiply": 6.0}.items():
        value = float(engine[name](engine["Node"](2.0), engine["Node"](3.0)).value)
        if value != wanted:
            raise Wrong(f"`{name}` of 2 and 3 is {value:g}: its value was right, leave it.")

    def product(got: list[float]) -> str:
        swapped = np.allclose(got, [2.0, 3.0])
        return "The two slopes are swapped." if swapped else "What is the slope of a · b by a?"

    def curve(got: list[float]) -> str:
        typical = {
            "The square is missing: it is 1 − tanh².": 1 - np.tanh(0.5),
            "This squares the wrong thing: only tanh is squared, 1 − tanh².": (1 - np.tanh(0.5)) ** 2,
            "The square of x is not that of tanh: it is 1 − tanh².": 1 - 0.5**2,
        }
        return next((said for said, value in typical.items() if np.isclose(got[0], value)), "It is 1 − tanh².")

    _judge(engine, "`add`", lambda e, a, b: e["add"](a, b), (2.0, 3.0), lambda _: "`add` was right, leave it.")
    _judge(engine, "`multiply`", lambda e, a, b: e["multiply"](a, b), (2.0, 3.0), product)
    _judge(engine, "`tanh`", lambda e, a: e["tanh"](a), (0.5,), curve)


def _fork(engine: Engine) -> None:
    def why(got: list[float]) -> str:
        if np.isclose(got[0], 1.0):
            return "The second share has replaced the first: shares add up."
        return "Each of the two uses hands out 1."

    _judge(engine, "`add(a, a)`", lambda e, a: e["add"](a, a), (3.0,), why)


def _inner_forks(engine: Engine) -> None:
    """Try graphs whose inner nodes are used twice, in either order of their uses."""

    def twice(e: Engine, a: Any) -> Any:
        c = e["tanh"](a)
        return e["multiply"](c, c)

    def near(e: Engine, a: Any, b: Any) -> Any:
        c = e["multiply"](a, b)
        return e["multiply"](c, e["tanh"](c))

    def far(e: Engine, a: Any, b: Any) -> Any:
        c = e["multiply"](a, b)
        return e["multiply"](e["tanh"](e["tanh"](c)), c)

    def double(got: list[float]) -> str:
        right = _differences(engine, twice, (0.5,))[0]
        if np.isclose(got[0], 2 * right):
            return "That is double: the node c is in your list twice, and hands out its whole gradient each time."
        return "The node c hands out before it holds both shares."

    def early(got: list[float]) -> str:
        return (
            "The node c = a · b is used twice, and hands out before both shares are in: bring the nodes into an order."
        )

    _judge(engine, "`multiply(c, c)` with `c = tanh(a)`", twice, (0.5,), double)
    _judge(engine, "`multiply(c, tanh(c))` with `c = multiply(a, b)`", near, (0.5, 1.5), early)
    _judge(engine, "`multiply(tanh(tanh(c)), c)` with `c = multiply(a, b)`", far, (0.5, 1.5), early)


def _second_pass(engine: Engine) -> None:
    def build(e: Engine, a: Any, b: Any, c: Any) -> Any:
        return e["multiply"](e["add"](a, b), c)

    for passes in (2, 3):
        got = _run(engine, build, (3.0, 2.0, 1.0), passes)[1]
        if np.allclose(got, [passes, passes, 5 * passes]):
            continue
        said = f"After {passes} passes over `multiply(add(a, b), c)` at 3, 2 and 1, a holds {got[0]:g}, not {passes}. "
        if np.allclose(got, [1.0, 1.0, 5.0]):
            raise Wrong(f"{said}You clear the leaves too: they add up over passes, and only inner nodes must forget.")
        if got[0] > passes:
            raise Wrong(f"{said}The node `add(a, b)` still holds what the pass before had left in it.")
        raise Wrong(f"{said}The leaves must add up over passes.")
