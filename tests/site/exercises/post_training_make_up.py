"""Answers to the exercise `post_training_make_up`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef make_up(w, j, q, h):\n" + "".join(f"    {line}\n" for line in lines)


FIRST = ("w, c, r = w.copy(), q - w[j], slice(j + 1, None)", "w[j] = q")
WRONG = {
    "nobody makes up for the error": _code(*FIRST, "return w"),
    "the others move the wrong way": _code(*FIRST, "w[r] += c * np.linalg.solve(h[r, r], h[r, j])", "return w"),
    "never set to q": _code(FIRST[0], "w[r] -= c * np.linalg.solve(h[r, r], h[r, j])", "return w"),
    "you move the weights before j too": _code("i = np.linalg.inv(h)", "return w + (q - w[j]) * i[j] / i[j, j]"),
    "as if it were alone": _code(*FIRST, "w[r] -= c * h[r, j] / np.diag(h)[r]", "return w"),
    "the error d @ h @ d is": _code(*FIRST, "w[r] -= c", "return w"),
    "the weight at 0 is": _code("w = w.copy()", "w[j] = q + 1", "return w"),
    "the row that came in is changed": _code(
        "c, r = q - w[j], slice(j + 1, None)", "w[j] = q", "w[r] -= c * np.linalg.solve(h[r, r], h[r, j])", "return w"
    ),
    "returns None": _code("w[j] = q"),
}

RIGHT = [
    _code(
        "i = np.linalg.inv(h[j:, j:])",
        "return np.concatenate([w[:j], w[j:] - (w[j] - q) * i[0] / i[0, 0]])",
    )
]
