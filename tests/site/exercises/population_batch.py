"""Answers to the exercise `population_batch`."""


def _code(result: str) -> str:
    return f"import numpy as np\n\ndef layer(weights, biases, columns):\n    return {result}\n"


WRONG = {
    "one by one": _code("np.array([w @ columns + b[:, None] for w, b in zip(weights, biases)])"),
    "by their number": _code("np.array([weights[i] @ columns + biases[i][:, None] for i in range(len(weights))])"),
    "The biases are missing": _code("weights @ columns"),
    "subtracted": _code("weights @ columns - biases[..., None]"),
    "a ReLU": _code("np.maximum(weights @ columns + biases[..., None], 0)"),
    "which axes": _code("np.einsum('kmn,nb->kmb', weights, columns[::-1]) + biases[..., None]"),
    "raises ValueError": _code("weights @ columns + biases"),
    "has shape": _code("np.tensordot(columns, weights, (0, 2)) + biases"),
}

RIGHT = [
    _code("np.einsum('kmn,nb->kmb', weights, columns) + np.expand_dims(biases, -1)"),
    _code("np.matmul(weights, columns) + biases.reshape(*biases.shape, 1)"),
    "import numpy as np\n\ndef layer(weights, biases, columns):\n    k, m, n = weights.shape\n"
    "    return (weights.reshape(k * m, n) @ columns + biases.reshape(-1, 1)).reshape(k, m, -1)\n",
]
