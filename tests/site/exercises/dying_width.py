"""Answers to the exercise `dying_width`."""

IMPORTS = "import math\nimport numpy as np\nfrom reference.activations import born_dead_bounds, ray_survival\n"
ENOUGH = "next(n for n in range(1, 99) if born_dead_bounds(n, depth).upper < chance)"
TOO_THIN = "max(n for n in range(1, 99) if born_dead_bounds(n, depth).lower > chance)"


def widths(enough: str = ENOUGH, too_thin: str = TOO_THIN) -> str:
    """An answer that returns these."""
    functions = {"enough": enough, "too_thin": too_thin}
    return IMPORTS + "".join(f"def {name}(depth, chance):\n    return {body}\n" for name, body in functions.items())


WRONG = {
    "may be born dead": widths("1"),
    "from the lower bound": widths(ENOUGH.replace("upper", "lower")),
    "it is enough, but 17 is, too": widths(f"1 + {ENOUGH}"),
    "a whole number, at least 1": widths("math.log2(depth / chance)"),
    "from the upper bound": widths(too_thin=TOO_THIN.replace("lower", "upper")),
    "it is too thin, but 11 is, too": widths(too_thin=f"{TOO_THIN} - 1"),
    "all that is certain": widths(too_thin=f"{TOO_THIN} + 1"),
    "it is enough, but 1": widths("math.ceil(math.log2(depth / chance))"),
    "returns 17": widths("17", "11"),
    "returns None": widths("None"),
}

RIGHT = [
    # solved for the width
    widths("math.floor(-math.log2(1 - (1 - chance) ** (1 / (depth - 1)))) + 1"),
    IMPORTS
    + """
bounds = {n: n for n in range(1, 64)}

def enough(depth, chance):
    low, high = 0, 64
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if born_dead_bounds(middle, depth)[1] < chance else (middle, high)
    return np.int64(high)

def too_thin(depth, chance):
    return sum(born_dead_bounds(n, depth)[0] > chance for n in bounds)
""",
]
