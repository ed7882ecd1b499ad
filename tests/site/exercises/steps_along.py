"""Answers to the exercise `steps_along`."""

from docs._site.exercises.steps_along import STUB

UNIT = "v = v / np.linalg.norm(v)\n    "


def returns(expression: str) -> str:
    """The stub with another result."""
    return STUB.replace("return v @ gradient(w + v)", expression)


WRONG = {
    "That is the gradient at w + v": STUB,
    "grows with the square of the direction's length": returns(
        "return v @ (gradient(w + h * v) - gradient(w - h * v)) / (2 * h)"
    ),
    "not divided by the step": returns(UNIT + "return v @ (gradient(w + h * v) - gradient(w - h * v))"),
    "so divide by 2h": returns(UNIT + "return v @ (gradient(w + h * v) - gradient(w - h * v)) / h"),
    "ahead minus behind": returns(UNIT + "return v @ (gradient(w - h * v) - gradient(w + h * v)) / (2 * h)"),
    "not how the slope changes": returns(UNIT + "return v @ gradient(w)"),
    "were the points h apart": returns(UNIT + "return v @ (gradient(w + h * v) - gradient(w)) / (2 * h)"),
    "is the step small enough": returns(UNIT + "return v @ (gradient(w + v) - gradient(w - v)) / 2"),
    "Along a direction of length 1 the curvature is": returns("return 5.0"),
    "asks for 8 gradients": returns(
        "columns = [(gradient(w + h * e) - gradient(w - h * e)) / (2 * h) for e in np.eye(len(w))]\n"
        "    return v @ np.array(columns) @ v / (v @ v)"
    ),
    "returns None": returns("return None"),
}

RIGHT = [
    returns(UNIT + "return v @ (gradient(w + h * v) - gradient(w)) / h"),
    returns("return v @ (gradient(w + h * v) - gradient(w - h * v)) / (2 * h) / (v @ v)"),
]
