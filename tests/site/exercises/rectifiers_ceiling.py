"""Answers to the exercise `rectifiers_ceiling`."""

NUMBERS = "\nfirst_wrong, result_there = 1e8, 8\n"


def ceiling(result: str, numbers: str = NUMBERS) -> str:
    """An answer that returns this."""
    imports = "import numpy as np\nfrom reference.activations import relu, relu6\n"
    return f"{imports}def ceiling(x):\n    return {result}\n{numbers}"


GOOD = "relu(x) - relu(x - 6)"

WRONG = {
    "nothing takes away the 2": ceiling("relu(x)"),
    "is on below 6": ceiling("relu(x) - relu(6 - x)"),
    "stand in the wrong order": ceiling("relu(x - 6) - relu(x)"),
    "you add what should be taken away": ceiling("relu(x) + relu(x - 6)"),
    "starts only at 6": ceiling("relu(relu(x) - 6)"),
    "At x = 6 your code returns 5": ceiling("relu(x) - relu(x - 5)"),
    "rounds a small x away": ceiling("6 - relu(6 - relu(x))"),
    "in float32 your code returns 0, expected nan": ceiling("np.where(x > 0, x - relu(x - 6), 0) + 0 * len([relu])"),
    "calls of `relu` are 0": ceiling("relu6(x)"),
    "`first_wrong` is still open": ceiling(GOOD, ""),
    "write the power of ten itself": ceiling(GOOD, "first_wrong, result_there = 8, 8"),
    "At 1e7 float32 still returns 6": ceiling(GOOD, "first_wrong, result_there = 1e7, 6"),
    "right for float64": ceiling(GOOD, "first_wrong, result_there = 1e17, 0"),
    "but at a smaller power of ten too": ceiling(GOOD, "first_wrong, result_there = 1e9, 0"),
    "which float32 is nearest": ceiling(GOOD, "first_wrong, result_there = 1e8, 0"),
}

RIGHT = [
    ceiling(GOOD, "first_wrong, result_there = 10**8, 8"),
    ceiling("relu(x) + -1 * relu(-(6 - x))", "first_wrong = np.float32([1e8])\nresult_there = ceiling(first_wrong)"),
]
