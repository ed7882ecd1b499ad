"""The Tensor and its pass back: accumulation, order, broadcasting, and what is refused lest it be silently wrong."""

import gc
import math
import operator
import re
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from reference.arrays import array_namespace
from reference.autograd import Operation, Tensor, operations, undo_broadcast, value
from tests.needs import need
from tests.properties import given

torch: Any = need("torch")
jax: Any = need("jax")
shapes: Any = need("hypothesis.extra.numpy", "hypothesis")

xp: Any = operations


def variable(data: Any) -> Any:
    """Return a Tensor whose gradient needs no check for None."""
    return Tensor(data)


def diamond() -> tuple[Any, Any]:
    """A graph in which a node and a leaf have several children: z = y * y + y with y = x * x, at x = 3."""
    x = variable(3.0)
    y = x * x
    return x, y * y + y


# Examples with gradients known by hand


def test_the_gradient_of_a_product_is_the_other_factor() -> None:
    a, b = variable(2.0), variable(5.0)
    (a * b).backward()
    assert (a.grad, b.grad) == (5, 2)


def test_the_layer_of_the_notes() -> None:
    w, x, b = variable([[1.0, 2.0]]), variable([3.0, 4.0]), variable([5.0])
    y = w @ x + b
    y.backward()
    assert y.item() == 16
    assert w.grad.tolist() == [[3, 4]]
    assert x.grad.tolist() == [1, 2]
    assert b.grad.tolist() == [1]


def test_shares_of_several_children_add_up() -> None:
    x, z = diamond()
    z.backward()
    assert x.grad == 4 * 3**3 + 2 * 3


def test_a_tensor_twice_in_one_operation_gets_both_shares() -> None:
    x = variable(3.0)
    (x * x).backward()
    (x - x).backward()
    (x / x).backward()
    assert x.grad == 6


def test_backward_from_a_leaf_gives_it_the_seed() -> None:
    x = variable([1.0, 2.0])
    x.backward([3.0, 4.0])
    assert x.grad.tolist() == [3, 4]


def test_only_leaves_keep_a_gradient() -> None:
    x = variable(3.0)
    y = x * x
    z = y * 2.0
    z.backward()
    assert x.grad is not None
    assert y.grad is None
    assert z.grad is None


# One pass after the other


def test_gradients_add_up_over_calls_until_they_are_forgotten() -> None:
    x = variable(3.0)
    (x * x).backward()
    (x * 10.0).backward()
    assert x.grad == 16
    x.zero_grad()
    assert x.grad is None
    (x * 10.0).backward()
    assert x.grad == 10


def test_a_second_pass_over_the_same_graph_gives_exactly_twice_the_gradient() -> None:
    rng = np.random.default_rng(0)
    w, b = variable(rng.normal(size=(5, 3))), variable(rng.normal(size=3))
    h = xp.tanh(rng.normal(size=(7, 5)) @ w + b)
    loss = xp.sum(h * h + h)
    loss.backward()
    first = [w.grad, b.grad]
    loss.backward()
    for parameter, once in zip((w, b), first, strict=True):
        assert np.array_equal(parameter.grad, 2 * once)


def test_passes_that_are_stepped_alternately_do_not_disturb_each_other() -> None:
    x, z = diamond()
    one, other = z.backward_steps(), z.backward_steps()
    assert sum(1 for _ in zip(one, other, strict=True)) == 3
    assert x.grad == 2 * 114


def test_a_pass_that_is_abandoned_leaves_the_next_one_right() -> None:
    x, z = diamond()
    steps = z.backward_steps()
    next(steps)
    next(steps)
    del steps
    z.backward()
    assert x.grad == 114


def test_a_step_is_a_node_whose_children_have_all_had_their_turn() -> None:
    _, z = diamond()
    (square, y), steps = z.parents, []
    for node in z.backward_steps():
        steps.append((node.operation, node.grad.item(), None if y.grad is None else y.grad.item()))
    assert square.parents == (y, y)
    assert steps == [("add", 1, 1), ("multiply", 1, 19), ("multiply", 19, 19)]  # y has its sum before its turn


def test_an_array_that_comes_out_as_a_gradient_belongs_to_one_leaf_alone() -> None:
    a, b, seed = variable([1.0, 2.0]), variable([3.0, 4.0]), np.ones(2)
    (a + b).backward(seed)
    a.grad[0] = 9
    assert b.grad.tolist() == [1, 1]
    assert seed.tolist() == [1, 1]


# Depth and memory


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Without the collector of cycles, what is part of one stays."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_100_000_operations_is_walked_and_freed_without_recursion() -> None:
    x = variable(1.0)
    y = x
    for _ in range(100_000):
        y = y + x
    y.backward()
    assert x.grad == 100_001
    del y


@pytest.mark.usefixtures("no_collector")
def test_a_graph_is_freed_at_once_when_its_result_goes_out_of_scope() -> None:
    x = Tensor(np.ones(1000))
    loss = xp.sum(xp.exp(x * 2.0)[:10])
    loss.backward()
    nodes = [weakref.ref(node) for node in loss.backward_steps()]
    assert len(nodes) == 4
    assert all(node() is not None for node in nodes)
    del loss
    assert all(node() is None for node in nodes)


@pytest.mark.usefixtures("no_collector")
def test_the_memory_of_a_graph_comes_back() -> None:
    x = Tensor(np.ones(100_000))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = xp.sum(xp.exp(x) * xp.sin(x))
        held = tracemalloc.get_traced_memory()[0] - before
        y.backward()
        del y
        x.zero_grad()
        after = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert held > 3 * 800_000
    assert after < 20_000


# Broadcasting and dtypes


@given(shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3))
def test_broadcasting_is_undone(two: Any) -> None:
    a, b = (variable(np.full(shape, 2.0)) for shape in two.input_shapes)
    (a * b).backward(np.ones(two.result_shape))
    for x in (a, b):
        assert x.grad.shape == x.shape
        repeats = math.prod(two.result_shape) / x.size if x.size else 0
        np.testing.assert_array_equal(x.grad, 2 * repeats)


@given(shapes.mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 1, 3), max_dims=3))
def test_the_sum_over_all_is_kept_when_broadcasting_is_undone(one: Any) -> None:
    g = np.arange(math.prod(one.result_shape), dtype=float).reshape(one.result_shape)
    by_x = undo_broadcast(g, np.zeros(one.input_shapes[0]))
    assert by_x.shape == one.input_shapes[0]
    assert by_x.sum() == g.sum()


@pytest.mark.parametrize(("gradient", "shape"), [((2,), (2, 3)), ((4, 3), (2, 3)), ((3,), (1, 3)), ((2, 0), (2, 3))])
def test_a_gradient_that_cannot_be_one_raises_with_both_shapes(gradient: Any, shape: Any) -> None:
    with pytest.raises(ValueError, match=re.escape(f"shape {shape} has no gradient of shape {gradient}")):
        undo_broadcast(np.zeros(gradient), np.zeros(shape))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_type_stays_and_the_gradient_has_the_type_of_its_leaf(dtype: Any) -> None:
    x = variable(np.asarray([1.0, 2.0], dtype=dtype))
    y = xp.sum(xp.exp(2 * x) / 3.0 - 1)
    assert y.dtype == dtype
    y.backward()
    assert x.grad.dtype == dtype
    wide = x * np.asarray([1.0, 2.0])
    assert wide.dtype == np.float64 or dtype == np.float64
    wide.backward([1, 1])
    assert x.grad.dtype == dtype


# The seed


def test_a_seed_of_another_shape_raises_with_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"shape of the Tensor, \(2,\), got \(3,\)"):
        Tensor([1.0, 2.0]).backward([1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"shape of the Tensor, \(2, 1\), got \(2,\)"):
        Tensor([[1.0], [2.0]]).backward(np.ones(2))


def test_no_seed_for_several_numbers_raises_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"got shape \(2,\); reduce it with sum or mean"):
        (Tensor([1.0, 2.0]) * 2).backward()


def test_one_number_of_any_shape_needs_no_seed() -> None:
    x = variable([[2.0]])
    (x * 3.0).backward()
    assert x.grad.tolist() == [[3]]


# What differentiates only once says so


def test_a_tensor_as_a_seed_raises() -> None:
    x = variable([1.0, 2.0])
    with pytest.raises(TypeError, match="differentiates once, got a Tensor"):
        (x * x).backward(x)


def test_a_rule_that_records_raises() -> None:
    w = variable(2.0)
    twice = Operation("twice", lambda x: 2 * x, lambda g, y, x: g * w)
    with pytest.raises(TypeError, match="differentiates once, got a Tensor"):
        twice(Tensor(1.0)).backward()


def test_a_derivative_of_a_derivative_raises() -> None:
    def slope(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def derivative(x: Any) -> Any:
            leaf = Tensor(x)
            function(leaf).backward()
            return leaf.grad

        return derivative

    assert slope(lambda x: x * x * x)(2.0) == 12
    with pytest.raises(TypeError, match="a Tensor of a Tensor would lose its graph"):
        slope(slope(lambda x: x * x * x))(2.0)


def test_a_gradient_is_a_constant() -> None:
    x = variable(3.0)
    (x * x).backward()
    assert type(x.grad) is np.ndarray


# What has no slope


@pytest.mark.parametrize(
    "step",
    [
        lambda x: x > 0,
        lambda x: x <= 1,
        lambda x: np.zeros(1) < x,
        lambda x: x == 1,
        lambda x: x != 1,
        lambda x: xp.argmax(x),
        lambda x: xp.astype(x, xp.int64),
        lambda x: xp.isnan(x),
    ],
)
def test_comparisons_and_integers_are_constants_without_backward(step: Any) -> None:
    y = step(variable([1.0]))
    assert not isinstance(y, Tensor)
    with pytest.raises(AttributeError, match="backward"):
        y.backward()


def test_an_argument_without_a_rule_raises() -> None:
    with pytest.raises(TypeError, match="where has no derivative by one of its arguments"):
        xp.where(Tensor([1.0]), 1.0, 2.0)


def test_comparisons_are_those_of_the_numbers() -> None:
    x = variable([1.0, 2.0, np.nan])
    assert (x < 2).tolist() == [True, False, False]
    assert (x >= 2).tolist() == [False, True, False]
    assert (x == x).tolist() == [True, True, False]
    assert (x != 1).tolist() == [False, True, True]
    assert (np.asarray([2.0, 1.0, 0.0]) > x).tolist() == [True, False, False]


# Writing into what was recorded


def test_the_numbers_of_a_tensor_cannot_be_written_into() -> None:
    x = variable([1.0, 2.0])
    for array in (x.data, x.detach(), (x * 2.0).data, value(x), xp.exp(x).detach()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    with pytest.raises(TypeError, match="item assignment"):
        x[0] = 5


def test_the_array_that_a_tensor_was_made_of_is_copied() -> None:
    numbers = np.asarray([1.0, 2.0])
    x = variable(numbers)
    numbers[0] = 9
    assert x.data.tolist() == [1, 2]


def test_writing_into_a_constant_after_its_use_changes_no_gradient() -> None:
    x, factor, index = variable([1.0, 2.0]), np.asarray([3.0, 4.0]), np.asarray([0, 0])
    y = xp.sum((x * factor)[index] + x[(index,)] + xp.take(x, index))
    factor[:], index[:] = 100, 1
    y.backward()
    assert x.grad.tolist() == [10, 0]


def test_a_read_only_constant_is_shared() -> None:
    factor = np.asarray([3.0, 4.0])
    factor.flags.writeable = False
    assert (Tensor([1.0, 2.0]) * factor)._values[1] is factor


def test_new_numbers_for_a_leaf_leave_a_recorded_graph_right() -> None:
    w = variable([1.0, 2.0])
    loss = w @ w
    w.data = w.data - 5.0
    loss.backward()
    assert w.grad.tolist() == [2, 4]
    assert w.data.tolist() == [-4, -3]


def test_only_a_leaf_takes_new_numbers_of_its_shape() -> None:
    x = variable([1.0, 2.0])
    with pytest.raises(ValueError, match=r"shape of the old, \(2,\), got \(3,\)"):
        x.data = np.ones(3)
    with pytest.raises(AttributeError, match="only a leaf can be given new numbers, got the result of multiply"):
        (x * 2.0).data = np.ones(2)
    narrow = variable(np.float32(1))
    narrow.data = np.float64(2)
    assert narrow.dtype == np.float32


# Beside NumPy and others


@pytest.mark.parametrize("name", ["exp", "maximum", "sum", "concatenate", "where", "mean", "linalg.norm"])
def test_numpy_functions_raise_with_the_remedy(name: str) -> None:
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    x = variable([1.0, 2.0])
    inputs = {"concatenate": ([x, x],), "maximum": (x, 0.0), "where": ([True, False], x, x)}.get(name, (x,))
    with pytest.raises(TypeError, match=rf"cannot record what it does to a Tensor; use .* xp\.{name.split('.')[-1]}"):
        function(*inputs)


LOSSES: list[Any] = [np.asarray, np.array, lambda x: np.add(np.ones(1), x, out=np.ones(1))]


@pytest.mark.parametrize("lose", LOSSES)
def test_an_array_would_lose_the_graph(lose: Any) -> None:
    with pytest.raises(TypeError, match=r"would lose the graph of a Tensor; x\.detach|cannot record"):
        lose(Tensor([1.0]))


@pytest.mark.parametrize("lose", [float, int, complex, math.exp])
def test_a_python_number_would_lose_the_graph(lose: Any) -> None:
    with pytest.raises(TypeError, match="Tensor"):
        lose(Tensor(1.0))


def test_a_constant_does_not_take_a_tensor_in() -> None:
    constant: Any = np.ones(2)
    with pytest.raises(TypeError, match="cannot record"):
        constant += Tensor([1.0, 2.0])


def test_an_array_or_a_number_on_the_left_is_a_constant() -> None:
    x = variable([2.0, 4.0])
    for left in (np.asarray([8.0, 8.0]), np.float64(8.0), 8.0, 8):
        for y, expected in ((left + x, 22), (left - x, 10), (left * x, 48), (left / x, 6), (left**x, 4160)):
            assert isinstance(y, Tensor)
            assert y.data.sum() == expected
    assert (np.ones((3, 2)) @ x).parents == (x,)


@pytest.mark.parametrize("foreign", [torch.ones(2), jax.numpy.ones(2), "ab", None, 1j, [1.0, 2.0]])
def test_anything_else_beside_a_tensor_raises(foreign: Any) -> None:
    x: Any = Tensor([1.0, 2.0])
    for mix in (operator.mul, operator.truediv, xp.maximum):
        for pair in ((x, foreign), (foreign, x)):
            with pytest.raises(TypeError):
                mix(*pair)


@pytest.mark.parametrize("data", [1, [1, 2], True, np.asarray([1]), 1j, "1.0", [None]])
def test_only_floating_point_numbers_make_a_tensor(data: Any) -> None:
    with pytest.raises(TypeError, match=r"a Tensor holds floating-point numbers, .* write 2\.0 instead of 2"):
        Tensor(data)


# Its face


def test_a_tensor_looks_like_its_numbers() -> None:
    x = variable(np.asarray([[1, 2], [3, 4]], dtype=np.float32))
    assert repr(x) == "Tensor([[1., 2.],\n        [3., 4.]], dtype=float32)"
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 2), 2, 4, np.float32, 2)
    assert [row.data.tolist() for row in x] == [[1, 2], [3, 4]]
    assert (x.operation, x.parents, x.grad) == ("leaf", (), None)
    assert x[0, 1].item() == 2
    assert bool(x[0, 0] - 1.0) is False
    assert x[...] is x
    assert +x is x
    assert array_namespace(x) is operations


def test_a_node_knows_its_operation_and_its_parents() -> None:
    x, c = variable([1.0]), np.ones(1)
    y = x * c
    assert (y.operation, y.parents) == ("multiply", (x,))
    assert (x + x).parents == (x, x)


def test_constants_alone_are_computed_and_not_recorded() -> None:
    assert type(xp.exp(np.ones(2))) is np.ndarray
    assert xp.add(1.0, 2.0) == 3


def test_the_gradients_are_those_of_pytorch() -> None:
    rng = np.random.default_rng(1)
    sizes: list[Any] = [(4, 3), (3, 5), 5, (4, 5)]
    numbers = [rng.normal(size=size) for size in sizes]

    def network(exp: Any, x: Any, w: Any, b: Any, target: Any) -> Any:
        h = exp(x @ w + b)
        error = h / (1 + h) - target
        return (error * error)[1:, ::2]

    ours = [variable(v) for v in numbers]
    theirs = [torch.tensor(v, requires_grad=True) for v in numbers]
    network(xp.exp, *ours).backward(np.ones((3, 3)))
    network(torch.exp, *theirs).backward(torch.ones(3, 3))
    for x, t in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.asarray(x.grad), t.grad.numpy(), rtol=1e-13, atol=1e-15)
