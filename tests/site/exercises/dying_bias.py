"""Answers to the exercise `dying_bias`."""

from docs._site.exercises.dying_bias import STUB

LAYER = "        x = relu(x @ weight)"
OPEN = "smallest_bias = None"


def outputs(layer: str, smallest: str = "0.4955") -> str:
    """The stub with another line in its loop, and with a number."""
    return STUB.replace(LAYER, f"        {layer}").replace(OPEN, f"smallest_bias = {smallest}")


GOOD = "x = relu(x @ weight + bias)"

WRONG = {
    "still all 0": outputs("x = relu(x @ weight)"),
    "behind the ReLU": outputs("x = relu(x @ weight) + bias"),
    "adds the bias to the weights": outputs("x = relu(x @ (weight + bias))"),
    "in the last layer alone": outputs("x = relu(x @ weight + (bias if weight is one[-1] else 0))"),
    "has lost its ReLU": outputs("x = x @ weight + bias\n        x = x if weight is one[-1] else relu(x)"),
    "no longer the dead network": outputs(GOOD).replace("np.argmax(dead)", "np.argmin(dead)"),
    "the input -5 gives": outputs("x = relu(x @ weight + 2 * bias)"),
    "has shape (4, 1)": outputs("x = relu(x @ weight + bias)\n    return x[:, :1]\n    for _ in ():\n        pass"),
    "is still open": outputs(GOOD, "None"),
    "the outputs are the same for -5 and -1 and for 2 and 30": outputs(GOOD, "0.3"),
    "the outputs are the same for 2 and 30": outputs(GOOD, "0.47"),
    "so does a smaller one": outputs(GOOD, "0.6"),
    "there -5 and -1 part, but 2 and 30 still": outputs(GOOD, "0.418"),
}

RIGHT = [
    outputs(GOOD, "0.495"),
    outputs(
        "x = np.maximum(np.concatenate([x, bias + 0 * x[:, :1]], axis=1) "
        "@ np.concatenate([weight, np.ones((1, 2))]), 0)",
        "0.4955",
    ),
]
