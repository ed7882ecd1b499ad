"""PyTorch's own samples of an operator, with the values and the gradients that PyTorch finds."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.needs import need

torch: Any = need("torch")


def opinfo_samples(name: str) -> Iterator[tuple[Any, Any, dict[int, Any], Any]]:
    """Yield each sample with its result, the gradients by `id` of their tensor, and the gradient that went in."""
    found: Any = need("torch.testing._internal.common_methods_invocations", "expecttest")
    operator = next(op for op in found.op_db if op.name == name and not op.variant_test_name)
    torch.manual_seed(0)
    for sample in operator.sample_inputs("cpu", torch.float64, requires_grad=True):
        leaves = [t for t in (sample.input, *sample.args, *sample.kwargs.values()) if isinstance(t, torch.Tensor)]
        leaves = [t for t in leaves if t.requires_grad]
        # A copy, since the operator may move a running state in place.
        theirs = operator.op(sample.input, *map(_copy, sample.args), **{k: _copy(v) for k, v in sample.kwargs.items()})
        g = np.random.default_rng(0).normal(size=tuple(theirs.shape))
        found_by = torch.autograd.grad(theirs, leaves, torch.tensor(g), allow_unused=True)
        gradients = {id(t): 0 if by is None else by.numpy(force=True) for t, by in zip(leaves, found_by, strict=True)}
        yield sample, theirs.numpy(force=True), gradients, g


def _copy(x: Any) -> Any:
    return x.clone() if isinstance(x, torch.Tensor) and not x.requires_grad else x
