"""Answers to the exercise `mlp_xor`."""


def _code(hidden: str, output: str) -> str:
    return (
        f"import numpy as np\ndef network():\n    hidden = {hidden}\n    output = {output}\n    return hidden, output\n"
    )


SUM = "np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])"
EACH = "np.eye(2), np.zeros(2)"
GOOD = "np.array([[0.0, 1.0], [0.0, -2.0]]), np.array([0.5, 0.0])"
WRONG = {
    "That is *or*": _code(EACH, "np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([0.5, 0.0])"),
    "That is *and*": _code(EACH, "np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([1.5, 0.0])"),
    "the wrong way round": _code(SUM, "np.array([[1.0, 0.0], [-2.0, 0.0]]), np.array([0.0, 0.5])"),
    "of 4 answers are wrong": _code(EACH, "np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([0.5, 0.0])"),
    "each a weight and a bias": _code("np.eye(3)", GOOD),
    "has shape": _code(EACH, "np.ones((2, 3)), np.zeros(3)"),
    "left to chance": _code(SUM, "np.array([[0.0, 1.0], [0.0, -2.0]]), np.array([0.0, 0.0])"),
    "by a hair": _code(SUM, "np.array([[0.0, 1e-5], [0.0, -2e-5]]), np.array([5e-6, 0.0])"),
    "an infinite number": _code(SUM, "np.array([[0.0, np.inf], [0.0, -2.0]]), np.array([0.5, 0.0])"),
    "use smaller weights": _code(
        "np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])",
        "np.array([[0.0, 1e9], [0.0, -2e9]]), np.array([1e-3, 0.0])",
    ),
}

RIGHT = [
    _code(
        "np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2)", "np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([0.5, 0.0])"
    ),
    _code("([[1, 1], [1, 1]], [0, -1])", "([[0, 1], [0, -2]], [0.5, 0])"),
]
