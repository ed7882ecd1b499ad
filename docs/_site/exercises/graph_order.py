"""Put the nodes of any graph into an order in which they can hand out their gradients."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def backward_order(parents, result):
    """Return all nodes that the result was computed from, and itself, in the order
    in which they can hand out their gradient.

    parents: by node, the nodes that it was computed from; [] for a leaf.
    """
    order = [result]
    for node in order:  # grows while it is walked
        order += parents[node]
    return order

graph = {"y": ["s", "b"], "s": ["p", "c"], "p": ["a", "b"], "a": [], "b": [], "c": []}
print(backward_order(graph, "y"))
'''

ANSWER = '''\
import numpy as np

def backward_order(parents, result):
    """Return all nodes that the result was computed from, and itself, in the order
    in which they can hand out their gradient.

    parents: by node, the nodes that it was computed from; [] for a leaf.
    """
    waits = {result: 0}  # for so many shares
    found = [result]
    for node in found:
        for parent in parents[node]:
            if parent not in waits:
                found.append(parent)
            waits[parent] = waits.get(parent, 0) + 1
    order = [result]
    for node in order:
        for parent in parents[node]:
            waits[parent] -= 1
            if waits[parent] == 0:
                order.append(parent)
    return order

graph = {"y": ["s", "b"], "s": ["p", "c"], "p": ["a", "b"], "a": [], "b": [], "c": []}
print(backward_order(graph, "y"))
'''

CALL = "backward_order(parents, result)"
Parents = Mapping[str, list[str]]
CHAIN: Parents = {"y": ["h"], "h": ["x"], "x": []}
PAGE: Parents = {"y": ["s", "b"], "s": ["p", "c"], "p": ["a", "b"], "a": [], "b": [], "c": []}
SQUARE: Parents = {"y": ["h", "h"], "h": ["x"], "x": []}
SHORT_CUT: Parents = {"y": ["h", "u"], "u": ["v"], "v": ["h"], "h": ["x"], "x": []}
"""One edge from y to h, and a longer way there: going by distance from y, h comes too early."""
OTHER_SIDE: Parents = {"y": ["u", "h"], "u": ["v"], "v": ["h"], "h": ["x"], "x": []}
APART: Parents = {"y": ["h"], "h": ["x"], "x": [], "other": ["x"]}


def check(names: Names) -> Iterator[str]:
    """A chain, nodes used twice, short cuts, then graphs drawn at random."""
    order = function(names, CALL)
    _order(order, CHAIN)
    yield "A chain goes from the result to the leaf."
    _order(order, SQUARE)
    yield "A node that is used twice comes once."
    for graph in (SHORT_CUT, OTHER_SIDE, PAGE):
        _order(order, graph)
    yield "A node waits for the longer way to it, on either side."
    _order(order, APART)
    yield "What the result was not computed from is left out."
    for seed in range(20):
        _order(order, _drawn(seed))
    yield "Twenty random graphs are in order."


def _order(order: Callable[..., Any], parents: Parents) -> None:
    given = {node: list(above) for node, above in parents.items()}
    result = next(iter(given))
    found = order(given, result)
    graph = f"For {dict(parents)}" if len(parents) < 8 else f"For a graph of {len(parents)} nodes"
    if found is None:
        raise Wrong(f"`{CALL}` returns None: does your function end with a `return`?")
    nodes = [str(node) for node in found]
    if given != parents:
        raise Wrong(f"{graph} your code changes the graph that it was given: copy the lists.")
    if double := [node for node in nodes if nodes.count(node) > 1]:
        raise Wrong(f"{graph} the node {double[0]} comes {nodes.count(double[0])} times: it would hand out twice.")
    wanted = _below(parents, result)
    if missing := [node for node in parents if node in wanted - set(nodes)]:
        raise Wrong(f"{graph} the node {missing[0]} is missing in {nodes}.")
    if more := [node for node in nodes if node not in wanted]:
        raise Wrong(f"{graph} the node {more[0]} has nothing to do with the result: start from the result.")
    if len(nodes) > 1 and nodes[-1] == result:
        raise Wrong(f"{graph} the result comes last, as on the way forward: turn the list around.")
    at = {node: i for i, node in enumerate(nodes)}
    for node in nodes:
        for parent in parents[node]:
            if at[parent] < at[node]:
                raise Wrong(
                    f"{graph} you return {nodes}: {parent} comes before {node} and so lacks its share. "
                    f"{_kind(parents, result, nodes)}"
                )


def _kind(parents: Parents, result: str, nodes: list[str]) -> str:
    """Tell which usual walk gives this order: level by level, or as deep as possible, from either side."""
    level = [result]
    for node in level:
        level += [parent for parent in dict.fromkeys(parents[node]) if parent not in level]
    if nodes == level:
        return (
            "This goes by the distance from the result: a node must wait for the longest way to it, not the shortest."
        )
    for side in (1, -1):
        deep, stack = list[str](), [result]
        while stack:
            if (node := stack.pop()) not in deep:
                deep.append(node)
                stack += parents[node][::side]
        if nodes == deep:
            return "This takes each node when it is first met: put it down when all that use it are through."
    return "It must wait until all nodes that use it have handed out."


def _below(parents: Parents, result: str) -> set[str]:
    found = [result]
    for node in found:
        found += [parent for parent in parents[node] if parent not in found]
    return set(found)


def _drawn(seed: int) -> Parents:
    """Return a random graph of ten nodes, each computed from up to three of the later ones."""
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in rng.permutation(10)]
    return {
        name: [names[int(j)] for j in rng.integers(i + 1, 10, size=3)] if i < 8 else [] for i, name in enumerate(names)
    }
