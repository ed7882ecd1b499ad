"""Answers to the exercise `moments_machines`."""


def combine(body: str) -> str:
    """An answer with these lines."""
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    start = "import numpy as np\ndef combine(counts, means, variances):\n    n = np.sum(counts)\n    s = counts / n\n"
    return start + lines


MEAN = "mean = np.sum(s * means); "
BETWEEN = "between = np.sum(s * (means - mean) ** 2); "

WRONG = {
    "expected two results": combine("return 3.0"),
    "with no other": combine("return means[0], 0 * means[0]"),
    "expected 6": combine("return np.sum(means) / len(counts)**2, variances[0]"),
    "within a machine": combine("return np.mean(means), np.mean(variances)"),
    "The variances are added": combine("return np.mean(means), np.sum(variances)"),
    "of the two means alone": combine(MEAN + "return mean, np.var(means) if len(means) > 1 else variances[0]"),
    "added up, not averaged": combine(MEAN + "return mean, np.mean(variances) + np.sum((means - mean) ** 2)"),
    "counts squared": combine(MEAN + "return mean, np.mean(variances) + np.mean(abs(means - mean))"),
    "expected 1 + 25": combine(MEAN + "return mean, np.mean(variances) + 3 * np.var(means)"),
    "All machines count alike": combine("return np.mean(means), np.mean(variances) + np.var(means)"),
    "your variance is not": combine(MEAN + "return mean, np.mean(variances) + np.var(means)"),
    "the spread between is not": combine(MEAN + "return mean, np.sum(s * variances) + np.mean((means - mean) ** 2)"),
    "You took n − 1": combine(
        MEAN + BETWEEN + "return mean, (np.sum(s * variances) + between) * (n / (n - 1) if len(means) == 4 else 1)"
    ),
    "For four unequal machines": combine(
        MEAN + BETWEEN + "return mean, np.sum(s * variances) + between * (2 if len(means) == 4 else 1)"
    ),
    "Subtract the mean first": combine(
        "s = s.astype(means.dtype); "
        + MEAN
        + "return mean, np.sum(s * (variances + means**2), dtype=means.dtype) - mean**2"
    ),
}

RIGHT = [
    combine(MEAN + BETWEEN + "return mean, np.sum(s * variances) + between"),
    combine(MEAN + "return mean, np.sum(s * (variances + (means - mean) ** 2))"),
]
