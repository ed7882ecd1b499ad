"""Answers to the exercise `initialization_mystery`."""

from docs._site.exercises.initialization_mystery import STUB


def gains(expression: str) -> str:
    """The stub with a gain."""
    return STUB.replace("gain = None", f"mean, square, slope_square = gaussian_moments(mystery)\ngain = {expression}")


WRONG = {
    "is still open": STUB,
    "the gain of the gradient": gains("slope_square**-0.5"),
    "That is the mean square itself": gains("square"),
    "Turn it over": gains("square**0.5"),
    "so take the root": gains("1 / square"),
    "this is no ReLU": gains("2**0.5"),
    "this is no tanh": gains("5 / 3"),
    "suits a linear layer": gains("1"),
    "grows to": gains("3.0"),
    "shrinks to": gains("0.5"),
    "A gain is above 0": gains("-1.2"),
}

RIGHT = [
    gains("float(np.mean(mystery(np.random.default_rng(0).normal(size=1_000_000)) ** 2) ** -0.5)"),
    gains("round(square**-0.5, 2)"),
]
