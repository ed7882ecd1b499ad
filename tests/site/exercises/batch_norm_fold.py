"""Answers to the exercise `batch_norm_fold`."""


def _code(weight: str, bias: str = "(bias - running.mean) * scale + beta", before: str = "") -> str:
    return f"""\
import numpy as np

def fold(weight, bias, running, gamma, beta, eps):
    size = np.sqrt(running.variance + eps)
    scale = gamma / size
    {before or "pass"}
    return {weight}, {bias}
"""


GOOD = "weight * scale"

WRONG = {
    "The weight is as it was": _code("weight"),
    "has no gamma": _code("weight / size"),
    "the root is missing": _code("weight * gamma / (running.variance + eps)"),
    "eps is missing": _code("weight * gamma / np.sqrt(running.variance)"),
    "eps stands outside": _code("weight * gamma / (np.sqrt(running.variance) + eps)"),
    "divided by gamma": _code("weight / scale / size / size"),
    "The weight's first row is": _code("weight * scale + 1"),
    "The bias is as it was": _code(GOOD, "bias"),
    "of the first layer is lost": _code(GOOD, "beta - running.mean * scale"),
    "of the first layer is not scaled": _code(GOOD, "bias - running.mean * scale + beta"),
    "The running mean is not subtracted": _code(GOOD, "bias * scale + beta"),
    "The running mean is not scaled": _code(GOOD, "bias * scale - running.mean + beta"),
    "beta is missing": _code(GOOD, "(bias - running.mean) * scale"),
    "beta is scaled": _code(GOOD, "(bias - running.mean + beta) * scale"),
    "The running mean is added": _code(GOOD, "(bias + running.mean) * scale + beta"),
    "The weight is right. The bias is": _code(GOOD, "(bias - running.mean) * scale + 2 * beta"),
    "scale the columns": _code("weight * (scale[:, None] if len(weight) == 4 else scale)"),
    "changes what it was given": _code("weight", before="weight *= scale"),
    "return two arrays": "def fold(weight, bias, running, gamma, beta, eps):\n    return weight\n",
}

RIGHT = [
    _code("weight @ np.diag(scale)", "beta + scale * bias - scale * running.mean"),
    """
import numpy as np
from reference.normalization import batch_norm

def fold(weight, bias, running, gamma, beta, eps):
    def both(x):
        return batch_norm(x @ weight + bias, running, weight=gamma, bias=beta, training=False, eps=eps)[0]
    at_0 = both(np.zeros((1, len(weight))))[0]
    return both(np.eye(len(weight))) - at_0, at_0
""",
]
