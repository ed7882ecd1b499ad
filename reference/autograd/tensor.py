r"""A Tensor: an array that remembers how it was computed, so that one pass back gives the slope by all of it.

Every operation on a Tensor makes a new one, a node, that keeps its parents (the Tensors it was computed from) and one
rule per parent. That is the computation graph. `backward` walks it from the result to the leaves, which are the
Tensors that you made. Each node hands a share of its gradient to each parent: the chain rule, one factor at a time.

A rule is the derivative of one operation by one argument. It never builds that derivative, a matrix of all outputs by
all inputs, but returns its product with the gradient, the vector-Jacobian product. So the work of a pass back is like
the work of the pass forward.

Notation: y is the result of an operation on x, or on a and b; g is the gradient of the final number by y, of y's shape.

Explained on the page `docs/autograd/tensor.md`.
"""

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from reference.arrays import Array

__all__ = ["Operation", "Tensor", "undo_broadcast", "value"]


def _operator(name: str) -> tuple[Callable[["Tensor", Any], Any], Callable[["Tensor", Any], Any]]:
    def method(self: "Tensor", other: Any) -> Any:
        return getattr(_operations(), name)(self, other)

    def swapped(self: "Tensor", other: Any) -> Any:
        return getattr(_operations(), name)(other, self)

    return method, swapped


class Tensor:
    """An array of floating-point numbers that asks for its gradient; NumPy arrays and Python numbers are constants.

    It has Python's operators and indexing, and `array_namespace(x)` returns its functions, `reference.autograd`'s
    `operations`. What has no slope (comparisons, argmax, integers) comes out as a constant: a NumPy array.

    The numbers are copied, and can only be replaced as a whole: a gradient needs those that the result was computed
    from. For the same reason a constant that can still be written to is copied when an operation keeps it.

    Args:
        data: The numbers, of a floating-point type: an array, a number, or a list of numbers.

    Raises:
        TypeError: If the numbers are not floating-point, or are a Tensor already.

    Example:
        >>> from reference.autograd import Tensor
        >>> x = Tensor([1.0, 2.0, 3.0])
        >>> y = x @ x + 1
        >>> y.backward()
        >>> y, x.grad
        (Tensor(15.), array([2., 4., 6.]))
    """

    __slots__ = ("__weakref__", "_data", "_options", "_rules", "_values", "grad", "operation", "parents")
    _data: np.ndarray
    _options: dict[str, Any]
    _rules: tuple[Any, ...]
    _values: tuple[Any, ...]
    grad: np.ndarray | None
    operation: str
    parents: tuple["Tensor", ...]

    def __init__(self, data: Any) -> None:
        if isinstance(data, Tensor):
            raise TypeError("a Tensor of a Tensor would lose its graph; use it as it is, or x.detach() as a constant")
        self._data, self.grad, self.operation, self.parents = np.array(data), None, "leaf", ()
        if self._data.dtype.kind != "f":
            raise TypeError(
                f"a Tensor holds floating-point numbers, since only they have slopes, got {self._data.dtype}; "
                "write 2.0 instead of 2, convert with x.astype(float), or use the array itself as a constant"
            )

    @property
    def data(self) -> np.ndarray:
        """The numbers, read-only. A leaf can be given new ones of the same shape: `w.data = w.data - step`."""
        view = self._data.view()
        view.setflags(write=False)
        return view

    @data.setter
    def data(self, new: Any) -> None:
        if self.parents:
            raise AttributeError(f"only a leaf can be given new numbers, got the result of {self.operation}; detach it")
        array = np.array(new, dtype=self._data.dtype)
        if array.shape != self._data.shape:
            raise ValueError(f"new numbers must have the shape of the old, {self._data.shape}, got {array.shape}")
        self._data = array

    shape = property(lambda self: self._data.shape, doc="The size of each axis.")
    dtype = property(lambda self: self._data.dtype, doc="The type of the numbers, and of the gradient.")
    ndim = property(lambda self: self._data.ndim, doc="How many axes there are.")
    size = property(lambda self: self._data.size, doc="How many numbers there are.")

    def detach(self) -> np.ndarray:
        """Return the numbers as a constant: a read-only NumPy array, without the graph."""
        return self.data

    def item(self) -> float:
        """Return the only number as a Python float."""
        return float(self._data.item())

    def zero_grad(self) -> None:
        """Forget the gradient, to which the next `backward` would add."""
        self.grad = None

    def backward(self, gradient: Array | None = None) -> None:
        """Add to every leaf's `grad` the gradient of this Tensor by that leaf.

        Args:
            gradient: The gradient of some later number by this Tensor, of its shape; by default 1, for a single number.

        Raises:
            TypeError: If `gradient` is a Tensor: this engine differentiates once.
            ValueError: If its shape is another, or if it is missing where this is no single number.
        """
        for _ in self.backward_steps(gradient):
            pass

    def backward_steps(self, gradient: Array | None = None) -> Iterator["Tensor"]:
        """Do as `backward` does, one node at a time, and yield each node after it has handed out its gradient.

        A node waits until all nodes that were computed from it have handed out theirs: only then is its gradient the
        sum over all ways to the result. During the pass a node's `grad` is what has arrived so far. At the end only
        leaves keep theirs, which is the sum over all passes.
        """
        received, waiting = {self: self._seed(gradient)}, self._uses()
        ready = [self]
        while ready:
            node = ready.pop()
            g = received.pop(node)
            if not node.parents:
                node.grad = np.array(g) if node.grad is None else np.asarray(node.grad + g)
                continue
            node.grad = g
            for parent, rule in zip(node.parents, node._rules, strict=True):
                share = undo_broadcast(rule(g, node._data, *node._values, **node._options), parent)
                received[parent] = share = received[parent] + share if parent in received else share
                if parent.parents:
                    parent.grad = share
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
            yield node
            node.grad = None

    def _uses(self) -> dict["Tensor", int]:
        """Return how often each node of the graph is used in it: so many shares it waits for."""
        uses, found = {self: 0}, [self]
        for node in found:  # grows while it is walked
            for parent in node.parents:
                if parent not in uses:
                    found.append(parent)
                uses[parent] = uses.get(parent, 0) + 1
        return uses

    def _seed(self, gradient: Array | None) -> np.ndarray:
        if isinstance(gradient, Tensor):
            raise TypeError("the gradient must be a constant, since this engine differentiates once, got a Tensor")
        if gradient is None and self.size != 1:
            raise ValueError(
                f"only a single number has a gradient by itself, got shape {self.shape}; reduce it with sum or mean, "
                "or pass the gradient of a later number by it: backward(gradient)"
            )
        seed = np.ones_like(self._data) if gradient is None else np.array(gradient, dtype=self.dtype)
        if seed.shape != self.shape:
            raise ValueError(f"the gradient must have the shape of the Tensor, {self.shape}, got {seed.shape}")
        return seed

    __add__, __radd__ = _operator("add")
    __sub__, __rsub__ = _operator("subtract")
    __mul__, __rmul__ = _operator("multiply")
    __truediv__, __rtruediv__ = _operator("divide")
    __pow__, __rpow__ = _operator("pow")
    __matmul__, __rmatmul__ = _operator("matmul")
    __lt__, __gt__ = _operator("less")
    __le__, __ge__ = _operator("less_equal")
    __eq__ = _operator("equal")[0]
    __ne__ = _operator("not_equal")[0]
    __hash__ = object.__hash__  # by identity, as a node of the graph

    def __neg__(self) -> Any:
        return _operations().negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return _operations().abs(self)

    def __getitem__(self, index: Any) -> Any:
        return self if index is ... else _operations().getitem(self, index)

    def __len__(self) -> int:
        return len(self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __repr__(self) -> str:
        dtype = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"Tensor({np.array2string(self._data, separator=', ', prefix='Tensor(')}{dtype})"

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        return _operations()

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        raise TypeError("a NumPy array would lose the graph of a Tensor; x.detach() returns its numbers as a constant")

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = "pow" if function is np.power else function.__name__
        if name in _OPERATORS and method == "__call__" and not options:  # array + tensor
            return getattr(_operations(), name)(*inputs)
        return self.__array_function__(function)

    def __array_function__(self, function: Any, *args: Any) -> Any:
        name = function.__name__
        raise TypeError(f"np.{name} cannot record what it does to a Tensor; use xp = array_namespace(x) and xp.{name}")


_OPERATORS = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "pow",
    "matmul",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
}
_OPERATORS |= {"equal", "not_equal"}


class Operation:
    """A function of arrays, with a rule per argument for the gradient.

    Called on constants it computes and no more. If an argument is a Tensor, the result is a node of the graph.

    Args:
        name: What a drawing of the graph calls it.
        function: The function of NumPy arrays, y = function(x, ...).
        *rules: For each argument that is an array, rule(g, y, x, ...) returns the gradient by it. None if the argument
            must be a constant. A rule need not undo broadcasting. It gets all arguments that the function got.

    Example:
        >>> from reference.autograd import Operation, Tensor
        >>> cube = Operation("cube", lambda x: x * x * x, lambda g, y, x: g * 3 * x * x)
        >>> x = Tensor(2.0)
        >>> cube(x).backward()
        >>> x.grad
        array(12.)
    """

    __slots__ = ("function", "name", "rules")

    def __init__(self, name: str, function: Callable[..., Any], *rules: Callable[..., Any] | None) -> None:
        self.name, self.function, self.rules = name, function, rules

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Compute, and record what an argument that is a Tensor needs on the way back.

        Returns:
            A Tensor, or without one among the inputs what the function returns.

        Raises:
            TypeError: If an input is no array, or a Tensor that has no rule.
        """
        parents, rules, values = [], [], []
        for x, rule in zip(inputs, self.rules, strict=False):
            if isinstance(x, Tensor):
                parents.append(x)
                rules.append(rule)
                values.append(x._data)
            elif isinstance(x, _CONSTANTS):
                values.append(_own(x))
            else:
                raise TypeError(
                    f"{self.name} takes Tensors, NumPy arrays and numbers, got {type(x).__name__}; "
                    "wrap it with np.asarray(x)"
                )
        for x in inputs[len(self.rules) :]:
            values.append(_own(x))
        if not parents:
            return self.function(*values, **options)
        if None in rules:
            raise TypeError(f"{self.name} has no derivative by one of its arguments; pass x.detach() there")
        node = object.__new__(Tensor)
        node._data = np.asarray(self.function(*values, **options))
        node.grad, node.operation, node.parents = None, self.name, tuple(parents)
        node._rules, node._values, node._options = tuple(rules), tuple(values), options
        return node


_CONSTANTS = (float, int, np.ndarray, np.generic, type(None))


def _own(x: Any) -> Any:
    """Return a constant that nobody else can write into before the pass back needs it."""
    if isinstance(x, np.ndarray):
        return x.copy() if x.flags.writeable else x
    return tuple(map(_own, x)) if isinstance(x, tuple) else x.copy() if isinstance(x, list) else x


def undo_broadcast(g: Array, x: Tensor | np.ndarray) -> np.ndarray:
    """Return the gradient by x, given the gradient g by what x was broadcast to.

    Broadcasting uses one number of x in several places. Each place pulls at it, and the pulls add up: g is summed over
    the axes that broadcasting added or stretched. The result has the dtype of x.

    Args:
        g: The gradient, of any shape that x broadcasts to.
        x: What was broadcast.

    Returns:
        An array of the shape and dtype of x.

    Raises:
        TypeError: If g is a Tensor: this engine differentiates once.
        ValueError: If x does not broadcast to the shape of g.

    Example:
        >>> import numpy as np
        >>> from reference.autograd import undo_broadcast
        >>> undo_broadcast(np.ones((3, 2)), np.zeros((1, 2)))
        array([[3., 3.]])
    """
    if isinstance(g, Tensor):
        raise TypeError("a rule must return a NumPy array, since this engine differentiates once, got a Tensor")
    x, g = x._data if isinstance(x, Tensor) else x, np.asarray(g)
    if g.shape != x.shape:
        sizes = (1,) * (g.ndim - x.ndim) + x.shape
        stretched = tuple([i for i, (n, m) in enumerate(zip(sizes, g.shape, strict=False)) if n != m])
        if len(sizes) > g.ndim or any(sizes[i] != 1 for i in stretched):
            raise ValueError(f"an array of shape {x.shape} has no gradient of shape {g.shape}; check the rule")
        g = np.add.reduce(g, axis=stretched).reshape(x.shape)
    return g if g.dtype is x.dtype else np.asarray(g, dtype=x.dtype)


def value(x: Any) -> Any:
    """Return the numbers of a Tensor, and anything else as it is.

    Example:
        >>> from reference.autograd import Tensor, value
        >>> value(Tensor(2.0)), value(3)
        (array(2.), 3)
    """
    return x.data if isinstance(x, Tensor) else x


@cache
def _operations() -> Any:
    """Return the namespace when it is first needed: it imports this module."""
    return importlib.import_module("reference.autograd.operations")
