"""Answers to the exercise `softmax_spring`."""


def _code(push: str, mean: str = "-1.42", lse: str = "logsumexp(x)", start: str = "p - targets") -> str:
    return f"""\
import numpy as np
from reference.activations import logsumexp, softmax

def gradient(x, targets, strength):
    p, lse = softmax(x), {lse}
    return {start} + {push}

targets = np.array([0.7, 0.2, 0.1])
mean = {mean}
"""


PUSH = "2 * strength * lse * p"

WRONG = {
    "With strength 0 the sign is turned": _code(PUSH, start="targets - p"),
    "targets of its own": _code(PUSH, start="p - np.array([0.7, 0.2, 0.1])"),
    "With strength 0 you get": _code(PUSH, start="p - np.log(targets)"),
    "The 2 is missing: the slope of a square": _code("strength * lse * p"),
    "the same push 2λ·lse": _code("2 * strength * lse"),
    "the same push λ·lse": _code("strength * lse"),
    "the slope of lse itself": _code("strength * p"),
    "the factor lse of the chain rule": _code("2 * strength * p"),
    "the term itself": _code("strength * lse**2"),
    "2 lse times that of lse": _code("strength * lse**2 * p"),
    "pulls each logit to 0": _code("2 * strength * x"),
    "the spring pushes [": _code("2 * strength * lse * p**2"),
    "pushes away from 0": _code("-2 * strength * lse * p"),
    "does not overflow there": _code(PUSH, lse="np.log(np.sum(np.exp(x)))"),
    "`mean` is still None": _code(PUSH, "None"),
    "0 is where lse ends": _code(PUSH, "0.0"),
    "the logarithm of the mean share": _code(PUSH, "np.log(np.mean(targets))"),
    "shares are below 1": _code(PUSH, "1.42"),
    "what does the loop print": _code(PUSH, "25"),
}

RIGHT = [
    _code(PUSH, "(np.log(0.7) + np.log(0.2) + np.log(0.1)) / 3"),
    _code(
        "p * (strength * (lse + lse))", "np.mean(np.log(targets))", "np.max(x) + np.log(np.sum(np.exp(x - np.max(x))))"
    ),
    _code("0", "[-1.423][0]", "logsumexp(x)", "(1 + 2 * strength * lse) * p - targets"),
]
