"""Answers to the exercise `checkpoints_stream`."""

CURVE = "\ndef curve(x):\n    return (x - 2) ** 2 + np.sin(5 * x)\n"
HEAD = "import numpy as np\nrng = np.random.default_rng(0)\nseen = []\n"


def _code(draw: str, result: str = "seed, number + 1, other if curve(other) < curve(x) else x") -> str:
    body = f"    seed, number, x = state\n    other = x + {draw}\n    return {result}\n"
    return f"{HEAD}def step(state):\n{body}{CURVE}"


PURE = "np.random.default_rng((seed, number)).normal()"
WRONG = {
    "something outside of the state is drawn from": _code("rng.normal()"),
    "Make the generator in `step`": _code("np.random.default_rng().normal()"),
    "Every step draws the same number": _code("0.01 + abs(np.random.default_rng(seed).normal())"),
    "Seeds 0 and 1 draw the same": _code("np.random.default_rng(number).normal()"),
    "do not add them up": _code("np.random.default_rng(seed + number).normal()"),
    "share their number": _code("np.random.default_rng(10 * seed + number).normal()"),
    "add 1 to the number": _code(PURE, "seed, number, other"),
    "a state of three": _code(PURE, "other"),
    "hardly moved": _code("0.0"),
    "returns None": "def step(state):\n    pass\n",
}
WRONG["it gives None"] = WRONG.pop("returns None")

RIGHT = [
    _code("np.random.default_rng([seed, number]).normal()"),
    _code("np.random.default_rng(seed * 2**40 + number).normal()"),
    _code("np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,))).normal()"),
]
