"""The chain rule: derivatives by differences, a Tensor that differentiates the package's functions, and its graph.

Every public name of the chapter can be imported from here: `from reference.autograd import Tensor`.
"""

from reference.autograd.derivative import (
    DifferenceError,
    ErrorCurve,
    best_step,
    central_difference,
    complex_step,
    difference_error,
    directional_derivative,
    error_curve,
    forward_difference,
    numerical_jacobian,
)
from reference.autograd.gradcheck import (
    GradientCheck,
    Mismatch,
    gradcheck,
)
from reference.autograd.graph import (
    Edge,
    Graph,
    Node,
    to_dot,
    topological_order,
    trace,
)
from reference.autograd.operations import (
    asarray,
    astype,
    concat,
    stack,
)
from reference.autograd.tensor import (
    Operation,
    Tensor,
    undo_broadcast,
    value,
)

__all__ = [
    "DifferenceError",
    "Edge",
    "ErrorCurve",
    "GradientCheck",
    "Graph",
    "Mismatch",
    "Node",
    "Operation",
    "Tensor",
    "asarray",
    "astype",
    "best_step",
    "central_difference",
    "complex_step",
    "concat",
    "difference_error",
    "directional_derivative",
    "error_curve",
    "forward_difference",
    "gradcheck",
    "numerical_jacobian",
    "stack",
    "to_dot",
    "topological_order",
    "trace",
    "undo_broadcast",
    "value",
]
