"""Answers to the exercise `initialization_dropout`."""

from docs._site.exercises.initialization_dropout import STUB


def returns(expression: str) -> str:
    """The stub with a result."""
    return STUB.replace("return 2**0.5", f"return {expression}")


WRONG = {
    "takes no notice of p": STUB,
    "Dropout makes the mean square larger": returns("(2 / (1 - p)) ** 0.5"),
    "That would keep the mean;": returns("2**0.5 * (1 - p)"),
    "Without dropout it is ReLU's gain, 1.414; yours is 2": returns("2 * (1 - p)"),
    "Without dropout it is ReLU's gain, 1.414; yours is 1": returns("(1 - p) ** 0.5"),
    "Without dropout it is ReLU's gain, 1.414; yours is 0": returns("(2 * p) ** 0.5"),
    "For p = 0.1 your gain is": returns("(2 - p) ** 0.5"),
    "returns None": returns("None"),
}

RIGHT = [returns("np.sqrt(2 - 2 * p)"), returns("2**0.5 * (1 - p) ** 0.5")]
