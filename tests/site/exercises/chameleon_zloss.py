"""Answers to the exercise `chameleon_zloss`."""


def _code(returned: str) -> str:
    return f"""\
import numpy as np
from reference.activations import logsumexp, softmax

def z_gradient(logits, c):
    rows, p = len(logits), softmax(logits)
    log_z = logsumexp(logits, keepdims=True)
    return {returned}
"""


WRONG = {
    "no push at all": _code("0 * p"),
    "their mean": _code("2 * c * log_z * p"),
    "the 2 of the square": _code("c * log_z * p / rows"),
    "pushed alike": _code("2 * c * log_z / rows + 0 * p"),
    "the slope of log Z itself": _code("c * p / rows"),
    "factor log Z": _code("2 * c * p / rows"),
    "one mean of log Z": _code("2 * c * log_z.mean() * p / rows"),
    "over the": _code("2 * c * log_z * p / logits.size"),
    "the sign is turned": _code("-2 * c * log_z * p / rows"),
    "the coefficient is missing": _code("2 * log_z * p / rows"),
    "not finite": _code("2 * c * np.log(np.sum(np.exp(logits), axis=-1, keepdims=True)) * p / rows"),
    "expected": _code("2 * c * log_z * p**2 / rows"),
}

RIGHT = [
    """\
import numpy as np
from reference.training import z_loss_gradient

def z_gradient(logits, c):
    return z_loss_gradient(logits, coefficient=c)
""",
    """\
from reference.autograd import Tensor
from reference.training import z_loss

def z_gradient(logits, c):
    leaf = Tensor(logits)
    z_loss(leaf, coefficient=c).backward()
    return leaf.grad
""",
]
