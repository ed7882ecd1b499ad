"""Answers to the exercise `mlp_count`."""


def _code(result: str) -> str:
    return f"import math\n\ndef parameters(sizes):\n    pairs = list(zip(sizes, sizes[1:]))\n    return {result}\n"


WRONG = {
    "the biases are missing": _code("sum(n * m for n, m in pairs)"),
    "not to each input": _code("sum(n * m + n for n, m in pairs)"),
    "the inputs have no bias": _code("sum(n * m for n, m in pairs) + sum(sizes)"),
    "these are the units": _code("sum(sizes)"),
    "not whole": _code("sum(sizes) / 3"),
    "some biases": _code("1"),
}

RIGHT = [
    _code("sum((n + 1) * m for n, m in pairs)"),
    "import numpy as np\nfrom reference.training import initialize\n\ndef parameters(sizes):\n"
    "    layers = initialize(sizes, rng=np.random.default_rng(0))\n"
    "    return sum(part.size for layer in layers for part in layer)\n",
]
