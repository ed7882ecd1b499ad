"""Answers to the exercise `chameleon_square`."""


def _code(term: str, goal: str = "0", whole: str = "cross_entropy(logits, target) + ") -> str:
    return f"""\
import numpy as np
from reference.activations import logsumexp
from reference.arrays import array_namespace
from reference.training import cross_entropy

def loss(logits, target, c):
    xp = array_namespace(logits)
    log_z = logsumexp(logits)
    return {whole}{term}

goal = {goal}
"""


RULE = "c * xp.mean(log_z * log_z)"

WRONG = {
    "the bug is still there": _code("c * xp.mean(log_z)"),
    "you square the mean": _code("c * (xp.mean(log_z) ** 2 if len(log_z) > 1 else xp.mean(log_z * log_z))"),
    "you take the size": _code("c * xp.mean(xp.abs(log_z))"),
    "the z-loss is gone": _code("0 * c"),
    "cross-entropy is gone": _code(RULE, whole=""),
    "the sum over the rows": _code("c * xp.sum(log_z * log_z)"),
    "the coefficient is squared": _code("c**2 * xp.mean(log_z * log_z)"),
    "the loss is": _code("2 * c * xp.mean(log_z * log_z)"),
    "no Tensor": _code("c * float(np.mean(log_z**2))").replace(
        "xp = array_namespace(logits)",
        """
    logits = getattr(logits, "data", logits) if hasattr(logits, "backward") else logits""",
    ),
    "`goal` is still open": _code(RULE, goal="None"),
    "where is the z-loss the smallest": _code(RULE, goal="1"),
}

RIGHT = [
    """\
from reference.training import cross_entropy, z_loss

def loss(logits, target, c):
    return cross_entropy(logits, target) + z_loss(logits, coefficient=c)

goal = 0
"""
]
