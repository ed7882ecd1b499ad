"""Answers to the exercise `norms_elastic`."""

SURVIVES = "\nsurvives = 1\n"


def elastic(result: str, after: str = SURVIVES) -> str:
    """An answer that returns this."""
    start = "import numpy as np\nfrom reference.normalization import shrink, soft_threshold\n"
    names = "    soft, small = soft_threshold(x, strength=l1), shrink(x, strength=l2)\n"
    return f"{start}def elastic_step(x, l1, l2):\n{names}    return {result}\n{after}"


GOOD = "soft / (1 + l2)"

WRONG = {
    "Nothing changes yet": elastic("x"),
    "that of `soft_threshold`": elastic("soft / 2"),
    "that of `shrink`": elastic("soft / (1 + l2 / 3)"),
    "You shrink first": elastic("soft_threshold(small, strength=l1)"),
    "the mean of the two": elastic("(soft + small) / 2 if l1 and l2 else soft / (1 + l2)"),
    "what both steps take away": elastic("soft + small - x"),
    "by 1 + l2 / 2": elastic("soft / (1 + l2 / 2) if l1 else small"),
    "by 1 + 2·l2": elastic("soft / (1 + 2 * l2) if l1 else small"),
    "by 1 − l2": elastic("soft * (1 - l2) if l1 else small"),
    "costs only": elastic("soft / (1.5 + l2) if l1 and l2 else soft / (1 + l2)"),
    "`survives` is still open": elastic(GOOD, ""),
    "`survives` is 4": elastic(GOOD, "\nsurvives = 4\n"),
    "ask it of x": elastic(GOOD, "\nsurvives = 1 / 4\n"),
    "Which one can take all": elastic(GOOD, "\nsurvives = 3\n"),
    "numbers around it": elastic(GOOD, "\nsurvives = 2\n"),
}

RIGHT = [
    elastic(GOOD),
    elastic("np.sign(x) * np.maximum(abs(x) - l1, 0) / (1 + l2)"),
]
