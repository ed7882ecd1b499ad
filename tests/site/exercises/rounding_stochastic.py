"""Answers to the exercise `rounding_stochastic`."""


def _code(*lines: str) -> str:
    body = ["u = x.view(np.uint32)", *lines]
    return "import numpy as np\n\ndef stochastic_bfloat16(x, rng):\n" + "".join(f"    {line}\n" for line in body)


def _adding(chance: str) -> str:
    return _code(f"chance = {chance}", "return ((u + chance) >> 16).astype(np.uint16)")


WRONG = {
    "Nothing ever goes up": _adding("0"),
    "steps up: what you add must stay below": _adding("rng.integers(0, 2**17, u.shape, dtype=np.uint32)"),
    "below the lower neighbor": _code("return (u >> 16) - rng.integers(0, 2, u.shape, dtype=np.uint32)"),
    "1.0 sometimes becomes the next number": _code(
        "return ((u >> 16) + rng.integers(0, 2, u.shape)).astype(np.uint16)"
    ),
    "like a coin": _code(
        "up = (rng.random(u.shape) < 0.5) & (u & 0xFFFF != 0)", "return ((u >> 16) + up).astype(np.uint16)"
    ),
    "does not depend on chance": _adding("0x7FFF + (u >> 16 & 1)"),
    "expected 25.0%": _adding("rng.integers(0, 2**15, (2, *u.shape)).sum(axis=0).astype(np.uint32)"),
    "All numbers of an array go the same way": _adding("rng.integers(0, 2**16, dtype=np.uint32)"),
    "not from another one": _adding("np.random.default_rng().integers(0, 2**16, u.shape, dtype=np.uint32)"),
    "not from one of your own": _adding("np.random.default_rng(3).integers(0, 2**16, u.shape, dtype=np.uint32)"),
    "expected the codes, integers": _code("return x"),
}

RIGHT = [
    _code("up = rng.random(u.shape) < (u & 0xFFFF) / 2**16", "return ((u >> 16) + up).astype(np.uint16)"),
    _code("return (u + rng.integers(0, 2**16, x.shape).astype(np.uint32)) >> 16"),
]
