"""Answers to the exercise `batch_norm_line`."""


def _code(result: str, variance: str = "np.var(x, axis=0)") -> str:
    return f"""\
import numpy as np

def batch_norm_grad(g, x, eps):
    size = np.sqrt({variance} + eps)
    x_hat = (x - np.mean(x, axis=0)) / size
    return {result}
"""


GOOD = "(g - np.mean(g, axis=0) - x_hat * np.mean(g * x_hat, axis=0)) / size"

WRONG = {
    "for constants": _code("g / size"),
    "its part along x_hat is not": _code("(g - g.mean(0)) / size"),
    "the mean of g is not": _code("(g - x_hat * np.mean(g * x_hat, axis=0)) / size"),
    "division by `size` is missing": _code(GOOD.removesuffix(" / size")),
    "the root is missing": _code(GOOD + "**2"),
    "Sums stand where means belong": _code("(g - g.sum(0) - x_hat * np.sum(g * x_hat, axis=0)) / size"),
    "You average over the channels": _code(
        "(g - g.mean(1, keepdims=True) - x_hat * np.mean(g * x_hat, axis=1, keepdims=True)) / size"
    ),
    "x stands where x_hat belongs": _code("(g - g.mean(0) - x * np.mean(g * x, axis=0)) / size"),
    "For a batch of 5 the first row is": _code(GOOD, "np.var(x, axis=0, ddof=1)"),
    "at eps = 1e-05 the differences disagree": _code(GOOD, "np.var(x, axis=0) + (0 if eps > 0.01 else 1)"),
    "For a batch of two you get": _code(GOOD, "np.var(x, axis=0) * (2 if len(x) == 2 else 1)"),
    "For a batch of one you get": _code(f"{GOOD} if len(x) > 1 else g"),
    "has shape": _code("np.sum(g, axis=0)"),
}

RIGHT = [
    _code("(g - g.mean(0) - (g * x_hat).mean(0) * x_hat) / size"),
    """
import numpy as np

def batch_norm_grad(g, x, eps):
    n = len(x)
    d = x - x.mean(0)
    s = ((d * d).sum(0) / n + eps) ** 0.5
    by_s = -(g * d).sum(0) / s**2
    by_d = g / s + by_s * d / (n * s)
    return by_d - by_d.mean(0)
""",
]
