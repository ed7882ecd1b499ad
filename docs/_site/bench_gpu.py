"""Time the package's own functions on PyTorch's tensors on a GPU, beside PyTorch's; part of `python3 dev.py bench all`.

The functions are written over the Python array API, so the same text runs there. Without a GPU there is no table. The
limit is a copy of the tensor within the GPU's memory.
"""

import time
from functools import partial
from typing import Any

from docs._site.bench_rows import Call, Row, measured
from reference import activations, normalization

__all__ = ["PEERS", "WHY", "calls", "gathered", "machine"]

PEERS = ("torch",)
SHAPE = (4096, 4096)
FUNCTIONS = ("sigmoid", "tanh", "softplus", "relu", "elu", "gelu", "silu", "mish", "softmax", "log_softmax")
EPS = 1e-5
LAYERS = ("layer_norm", "rms_norm")
WHY = {
    "torch": "one kernel that reads and writes the memory once; ours starts a kernel for each operation of the formula,"
    " and computes some of them in float64 for the sake of the last digit"
}


def calls(name: str, x: Any) -> dict[str, Call]:
    """Return what is done to a tensor, wherever it lies.

    Args:
        name: The function, as this package calls it.
        x: A tensor (m, n).

    Returns:
        Our call, PyTorch's, and the copy that is the limit.
    """
    import torch

    functional = torch.nn.functional
    if name in LAYERS:
        ours = partial(getattr(normalization, name), x, eps=EPS)
        theirs = partial(getattr(functional, name), x, x.shape[-1:], eps=EPS)
    else:
        found = getattr(functional, name, None) or getattr(torch, name)
        rows = {"dim": -1} if name.endswith("softmax") else {}
        ours, theirs = partial(getattr(activations, name), x), partial(found, x, **rows)

    def finished(call: Call) -> Call:
        def run() -> Any:
            result = call()
            if x.is_cuda:
                torch.cuda.synchronize()
            return result

        return run

    return {"ours": finished(ours), "torch": finished(theirs), "limit": finished(x.clone)}


def gathered(rounds: int, *, device: str = "cuda", shape: tuple[int, int] = SHAPE) -> list[Row]:
    """Return the rows of the table.

    Args:
        rounds: How often everyone has a turn.
        device: Where the tensors lie.
        shape: Of the tensors.

    Returns:
        A row for each function.

    Raises:
        SystemExit: If there is no GPU.
    """
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("there is no GPU that PyTorch can use, so its table is left out")
    torch.set_num_threads(1)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(device)
    options: dict[str, Any] = {"unit": "ns a number", "scale": 1e9 / x.numel(), "rounds": rounds}
    return [measured(name, calls(name, x), clock=time.perf_counter, **options) for name in (*FUNCTIONS, *LAYERS)]


def machine() -> str:
    """Return the name of the GPU."""
    import torch

    return str(torch.cuda.get_device_name())
