"""The graph as data: nodes, edges, layers, a layout in which nothing overlaps, DOT, and what cannot be drawn."""

import json
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from reference import activations
from reference.autograd import Graph, Operation, Tensor, operations, to_dot, topological_order, trace
from tests.properties import given, st


def expression() -> tuple[Tensor, dict[str, Tensor]]:
    """(a * b + c) * f, the classroom example of reverse mode."""
    leaves = {name: Tensor(number) for name, number in zip("abcf", (2.0, -3.0, 10.0, -2.0), strict=True)}
    return (leaves["a"] * leaves["b"] + leaves["c"]) * leaves["f"], leaves


def network(sizes: tuple[int, ...] = (2, 3, 3, 1)) -> tuple[Tensor, dict[str, Any]]:
    rng = np.random.default_rng(0)
    names: dict[str, Any] = {"x": rng.normal(size=(4, sizes[0]))}
    h = names["x"]
    for i, (a, b) in enumerate(pairwise(sizes)):
        names |= {f"w{i}": Tensor(rng.normal(size=(a, b))), f"b{i}": Tensor(np.zeros(b))}
        h = activations.tanh(h @ names[f"w{i}"] + names[f"b{i}"])
    return operations.sum(h * h), names


def tangle(choices: list[tuple[int, int]]) -> Tensor:
    """Products of earlier values, and at last the sum of all that nothing uses."""
    nodes, used = [Tensor(1.0), Tensor(2.0)], set()
    for a, b in choices:
        i, j = a % len(nodes), b % len(nodes)
        used |= {i, j}
        nodes.append(nodes[i] * nodes[j])
    total = nodes[-1]
    for i, node in enumerate(nodes[:-1]):
        total = total if i in used else total + node
    return total


def tangles() -> Any:
    return st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=15).map(tangle)


def crossings(graph: Graph) -> int:
    """How often two edges that leave the same column exchange their rows before the next."""
    links = [link for edge in graph.edges for link in pairwise(edge.points)]
    pairs = [(a, b) for i, a in enumerate(links) for b in links[:i] if a[0][0] == b[0][0]]
    return sum((a[0][1] - b[0][1]) * (a[1][1] - b[1][1]) < 0 for a, b in pairs)


# Examples


def test_the_classroom_example() -> None:
    result, leaves = expression()
    result.backward()
    graph = trace(result, names=leaves)
    assert [(n.id, n.name, n.operation, float(n.value), n.layer) for n in graph.nodes] == [
        (0, "a", "leaf", 2, 0),
        (1, "b", "leaf", -3, 0),
        (2, "", "multiply", -6, 1),
        (3, "c", "leaf", 10, 0),
        (4, "", "add", 4, 2),
        (5, "f", "leaf", -2, 0),
        (6, "", "multiply", -8, 3),
    ]
    assert [(e.source, e.target, e.argument) for e in graph.edges] == [
        (0, 2, 0),
        (1, 2, 1),
        (2, 4, 0),
        (3, 4, 1),
        (4, 6, 0),
        (5, 6, 1),
    ]
    assert {n.name: float(n.gradient) for n in graph.nodes if n.gradient is not None} == {
        "a": 6,
        "b": -4,
        "c": -2,
        "f": 4,
    }
    assert crossings(graph) == 0


def test_leaves_stand_right_before_their_first_use() -> None:
    graph = trace(expression()[0])
    assert [n.x for n in graph.nodes] == [0, 0, 1, 1, 2, 2, 3]
    assert [n.layer for n in graph.nodes] == [0, 0, 1, 0, 2, 0, 3]


def test_a_value_that_is_used_twice_has_two_edges_that_end_apart() -> None:
    x = Tensor(3.0)
    graph = trace(x * x)
    assert [(e.source, e.target, e.argument) for e in graph.edges] == [(0, 1, 0), (0, 1, 1)]
    assert [e.points for e in graph.edges] == [((0, 0), (1, -0.125)), ((0, 0), (1, 0.125))]


def test_constants_are_nodes_of_their_own() -> None:
    x, data = Tensor([1.0, 2.0]), np.asarray([3.0, 4.0])
    graph = trace(2 * x + data, names={"x": x, "data": data})
    assert [(n.operation, n.name, n.shape, n.gradient) for n in graph.nodes if n.operation == "constant"] == [
        ("constant", "", (), None),
        ("constant", "data", (2,), None),
    ]
    assert [(e.source, e.target, e.argument) for e in graph.edges] == [(3, 1, 0), (0, 1, 1), (1, 2, 0), (4, 2, 1)]


def test_masks_are_constants_and_options_are_not() -> None:
    x = Tensor([[1.0, -2.0], [3.0, 4.0]])
    graph = trace(operations.sum(operations.where(x < 0, 0.0, x)[0], axis=0))
    assert [n.operation for n in graph.nodes] == ["leaf", "where", "getitem", "sum", "constant", "constant"]
    assert graph.nodes[4].value.tolist() == [[False, True], [False, False]]
    assert trace(operations.reshape(x, (4,))).nodes[-1].operation == "reshape"


def test_a_custom_operation_has_its_own_name() -> None:
    scale = Operation("scale", lambda x, k: x * k, lambda g, y, x, k: g * k)
    assert [n.operation for n in trace(scale(Tensor(2.0), 3.0)).nodes] == ["leaf", "scale", "constant"]


def test_a_leaf_alone_is_a_graph() -> None:
    graph = trace(Tensor([1.0, 2.0]), names={"x": 1.0})
    assert [(n.id, n.operation, n.name, n.x, n.y) for n in graph.nodes] == [(0, "leaf", "", 0, 0)]
    assert graph.edges == ()


def test_gradients_are_those_of_the_moment_during_a_pass_back() -> None:
    result, leaves = expression()
    seen = []
    for node in result.backward_steps():
        graph = trace(result, names=leaves)
        done = topological_order(result).index(node)
        seen.append((done, [None if n.gradient is None else float(n.gradient) for n in graph.nodes]))
    assert [done for done, _ in seen] == [6, 4, 2]
    assert [gradients[done] for done, gradients in seen] == [1, -2, -2]
    assert [seen[0][1][i] for i in (4, 2)] == [-2, None]  # the sum has received its gradient, the product not yet
    assert [n.gradient is None for n in trace(result).nodes] == [False, False, True, False, True, False, True]


def test_a_leaf_that_got_new_numbers_is_still_the_argument_that_it_was() -> None:
    x, w = np.asarray([1.0, 2.0]), Tensor([3.0, 4.0])
    y: Any = x * w
    w.data = w.data - 1
    graph = trace(y, names={"w": w})
    assert [(n.operation, n.name) for n in graph.nodes] == [("leaf", "w"), ("multiply", ""), ("constant", "")]
    assert [(e.source, e.argument) for e in graph.edges] == [(2, 0), (0, 1)]


# Properties of the layout


def check_layout(graph: Graph) -> None:
    places = [(n.x, n.y) for n in graph.nodes]
    for i, (x, y) in enumerate(places):
        assert all(x != u or abs(y - v) >= 0.998 for u, v in places[:i])
    for edge in graph.edges:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        assert source.layer < target.layer
        assert source.x < target.x
        assert edge.points[0] == (source.x, source.y)
        assert [x for x, _ in edge.points] == list(range(source.x, target.x + 1))
        assert abs(edge.points[-1][1] - target.y) <= 0.25
        for x, y in edge.points[1:-1]:
            assert all(x != u or abs(y - v) >= 0.998 for u, v in places)
    assert min(y for _, y in places) >= 0
    assert graph.nodes[-1].layer == 0 or max(n.layer for n in graph.nodes) == graph.nodes[-1].layer


@given(tangles())
def test_nodes_never_overlap_and_every_edge_leads_to_a_higher_layer_past_the_others(result: Tensor) -> None:
    check_layout(trace(result))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "sigmoid", "softplus", "mish", "gelu"])
def test_the_graphs_of_the_activations_are_laid_out(name: str) -> None:
    graph = trace(getattr(activations, name)(Tensor([1.0, -2.0])))
    check_layout(graph)


def test_a_network_is_a_band_without_crossings() -> None:
    result, names = network((2, 3, 3, 3, 1))
    graph = trace(result, names=names)
    check_layout(graph)
    assert crossings(graph) == 0
    assert max(n.y for n in graph.nodes) < 4
    assert {n.name for n in graph.nodes} == {*names, ""}


@given(tangles())
def test_the_layer_is_the_longest_way_from_the_leaves(result: Tensor) -> None:
    graph = trace(result)
    for node in graph.nodes:
        before = [graph.nodes[e.source].layer + 1 for e in graph.edges if e.target == node.id]
        assert node.layer == max(before, default=0)


@given(tangles())
def test_the_same_graph_gets_the_same_picture(result: Tensor) -> None:
    assert json.dumps(trace(result).as_data()) == json.dumps(trace(result).as_data())


@given(tangles())
def test_the_order_has_each_tensor_once_and_after_its_parents(result: Tensor) -> None:
    order = topological_order(result)
    place = {id(tensor): i for i, tensor in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is result
    assert all(place[id(parent)] < i for i, tensor in enumerate(order) for parent in tensor.parents)
    assert [n.operation for n in trace(result).nodes[: len(order)]] == [tensor.operation for tensor in order]


@given(tangles())
def test_sums_over_the_edges_give_the_gradient(result: Tensor) -> None:
    """The sum over all ways from a leaf to the result of the products of the local slopes is what backward finds."""
    result.backward()
    graph = trace(result)
    slopes: dict[int, float] = {}
    for node in reversed(graph.nodes):
        uses = [e for e in graph.edges if e.source == node.id]
        total = 0.0 if uses else 1.0
        for edge in uses:
            user = graph.nodes[edge.target]
            other = [
                graph.nodes[e.source].value
                for e in graph.edges
                if (e.target, e.argument) == (user.id, 1 - edge.argument)
            ]
            total += slopes[user.id] * (float(other[0]) if user.operation == "multiply" else 1.0)
        slopes[node.id] = total
        if node.gradient is not None:
            assert total == pytest.approx(float(node.gradient))


# Data and DOT


def test_the_data_are_json_and_hold_everything() -> None:
    result, leaves = expression()
    result.backward()
    data = json.loads(json.dumps(trace(result, names=leaves).as_data(), allow_nan=False))
    assert data["nodes"][0] == {
        "id": 0,
        "operation": "leaf",
        "name": "a",
        "shape": [],
        "value": 2.0,
        "gradient": 6.0,
        "layer": 0,
        "x": 0,
        "y": data["nodes"][0]["y"],
    }
    assert set(data["edges"][0]) == {"source", "target", "argument", "points"}


def test_what_json_has_no_numbers_for_becomes_strings() -> None:
    x = Tensor([np.nan, np.inf, -np.inf, 1.5])
    x.grad = np.asarray([0.0, 1.0, np.nan, -np.inf])
    node = json.loads(json.dumps(trace(x).as_data(), allow_nan=False))["nodes"][0]
    assert node["value"] == ["nan", "inf", "-inf", 1.5]
    assert node["gradient"] == [0.0, 1.0, "nan", "-inf"]
    assert trace(Tensor(np.nan)).as_data()["nodes"][0]["value"] == "nan"


def test_dot_names_every_node_and_edge() -> None:
    result, names = network()
    graph = trace(result, names=names)
    dot = to_dot(graph)
    assert dot.count("{") == dot.count("}") == 1
    assert re.findall(r"^  n(\d+) \[", dot, re.M) == [str(n.id) for n in graph.nodes]
    assert re.findall(r"^  n(\d+) -> n(\d+);$", dot, re.M) == [(str(e.source), str(e.target)) for e in graph.edges]
    assert r'[label="w0: leaf\nvalue of shape (2, 3)"]' in dot


@pytest.mark.parametrize("name", ['say "x"', "back\\slash", "two\nlines", "{braces} -> [x];", "σ"])
def test_names_are_escaped_in_dot(name: str) -> None:
    x = Tensor(1.0)
    line = to_dot(trace(x, names={name: x})).splitlines()[2]
    found = re.fullmatch(r'  n0 \[label="((?:[^"\\\n]|\\.)*)"\];', line)
    assert found
    read = found[1].replace("\\\\", "\0").replace("\\n", "\n").replace('\\"', '"').replace("\0", "\\")
    assert read == f"{name}: leaf\nvalue 1."


def test_dot_shows_the_numbers_of_small_arrays_and_gradients() -> None:
    x = Tensor([1.0, 1 / 3])
    operations.sum(x * x).backward()
    assert r'"leaf\nvalue [1.     0.3333]\ngradient [2.     0.6667]"' in to_dot(trace(x))


# Bad input and large graphs


def test_an_array_is_refused() -> None:
    array: Any = np.ones(2)
    with pytest.raises(TypeError, match=r"trace needs a Tensor, got ndarray; compute it from Tensor\(x\), not from x"):
        trace(array)


def test_a_graph_over_the_limit_is_refused_and_a_higher_limit_allows_it() -> None:
    y = Tensor(1.0)
    for _ in range(300):
        y = -y
    with pytest.raises(ValueError, match="has 301 Tensors; trace a smaller one, or pass a limit above 300"):
        trace(y)
    assert len(trace(y, limit=301).nodes) == 301


def test_deep_graphs_do_not_hit_the_recursion_limit() -> None:
    y = Tensor(1.0)
    for _ in range(20_000):
        y = -y
    assert len(topological_order(y)) == 20_001
