"""Answers to the exercise `optimizers_mean`."""


def _code(returned: str, after: str = "pass") -> str:
    return f"""\
import numpy as np

def corrected_means(values, decay):
    m, means = 0.0, []
    for step, value in enumerate(values, 1):
        m = decay * m + (1 - decay) * value
        {after}
        means.append({returned})
    return np.array(means)
"""


WRONG = {
    "are not corrected": _code("m"),
    "feed the corrected mean back": _code("m", "m = m / (1 - decay**step)"),
    "the power of the decay is missing": _code("m / (1 - decay)"),
    "one too high": _code("m / (1 - decay ** (step + 1))"),
    "not finite": _code("m / max(1 - decay ** (step - 1), 0.0) if step > 1 else np.inf"),
    "you multiply": _code("m * (1 - decay**step)"),
    "the plain mean": _code("np.mean(values[:step])"),
    "expected": _code("m / (1 - decay**step) + 0.5"),
}

RIGHT = [
    """\
import numpy as np

def corrected_means(values, decay):
    n = len(values)
    ages = np.subtract.outer(np.arange(n), np.arange(n))
    weights = np.where(ages >= 0, float(decay) ** np.maximum(ages, 0), 0.0)
    return weights @ values / weights.sum(axis=1)
"""
]
