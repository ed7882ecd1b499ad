"""Answers to the exercise `genetic_search`."""

HEAD = "import numpy as np\nfrom reference.training import coin_mask, cross, flip_mask, random_genomes\n\n"


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    return f"{HEAD}def breed(population, rng):\n    words = population.shape[1]\n    {body}\n"


def _bred(parents: str = "population[rng.integers(10, size=(2, 98))]", rate: float = 0.015) -> str:
    return _code(
        f"mother, father = {parents}",
        "children = cross(mother, father, coin_mask(98, words, rng=rng))",
        f"return children ^ flip_mask(children.shape, rate={rate}, rng=rng)",
    )


WRONG = {
    "owe nothing": _code("return random_genomes(98, words, rng=rng)"),
    "are copies": _code("return population[:98]"),
    "returns None": _code("population[:98] ^ flip_mask((98, words), rate=0.015, rng=rng)"),
    "float64": _code("return np.zeros((98, words))"),
    "shape": _code("return population ^ flip_mask(population.shape, rate=0.015, rng=rng)"),
    "writes into": _code("population ^= flip_mask(population.shape, rate=0.015, rng=rng)", "return population[:98]"),
    "which stand first": _bred("population[rng.integers(90, 100, size=(2, 98))]"),
    "too many flips": _bred(rate=0.1),
    "better, but far": _bred(rate=0.0),
    "or too many parents": _bred("population[rng.integers(100, size=(2, 98))]"),
}

RIGHT = [
    _bred("population[rng.integers(5, size=(2, 98))]"),
    _bred(rate=0.005),
    _code("return population[[0] * 98] ^ flip_mask((98, words), rate=0.015, rng=rng)"),
]
