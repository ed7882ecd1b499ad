"""Answers to the exercise `depth_factor`."""

from docs._site.exercises.depth_factor import STUB


def returns(expression: str) -> str:
    """The stub with a result."""
    return STUB.replace("return None", f"return {expression}")


WRONG = {
    "take the root": returns("slope_square / (square - mean**2)"),
    "That is layer norm's factor: batch norm": returns("(slope_square / square) ** 0.5"),
    "Turn the fraction over": returns("((square - mean**2) / slope_square) ** 0.5"),
    "what the slopes do alone": returns("slope_square**0.5"),
    "the slopes are missing": returns("(square - mean**2) ** -0.5"),
    "minus the square of the mean": returns("(slope_square / (square - mean)) ** 0.5"),
    "expected 1.211": returns("2.0"),
    "For tanh your factor is 1.211": returns("(3.141592653589793 / 2.141592653589793) ** 0.5"),
    "returns None": STUB,
    "There is no `batch_norm_factor`": "factor = 1.2",
}

RIGHT = [
    returns("(slope_square / (square - mean * mean)) ** 0.5"),
    returns("float(slope_square**0.5 / (square - mean**2) ** 0.5)"),
]
