"""Answers to the exercise `optimizers_clip`."""

LENGTH = "sum((part**2).sum() for layer in gradients for part in layer) ** 0.5"


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    head = "import numpy as np\nfrom reference.training import tree_map\n\n"
    return f"{head}def clip(gradients, limit):\n    {body}\n"


def _scaled(factor: str, length: str = LENGTH) -> str:
    return _code(f"length = {length}", f"return tree_map(lambda g: g * {factor}, gradients)")


WRONG = {
    "clip every number by itself": _code(
        "return [(w.clip(-limit, limit), b.clip(-limit, limit)) for w, b in gradients]"
    ),
    "every array by itself": _code(
        "return tree_map(lambda g: g * min(1, limit / max(np.linalg.norm(g), 1e-30)), gradients)"
    ),
    "every layer by itself": _code(
        "def one(layer):",
        "    length = sum((part**2).sum() for part in layer) ** 0.5",
        "    return tuple(part * min(1, limit / max(length, 1e-30)) for part in layer)",
        "return [one(layer) for layer in gradients]",
    ),
    "scale up what is shorter": _scaled("(limit / length)"),
    "the length lacks its root": _scaled("min(1, limit / max(length, 1e-30))", LENGTH.removesuffix(" ** 0.5")),
    "the sum of absolute values": _scaled(
        "min(1, limit / max(length, 1e-30))", "sum(abs(part).sum() for layer in gradients for part in layer)"
    ),
    "by the largest number": _scaled(
        "min(1, limit / max(length, 1e-30))", "max(abs(part).max() for layer in gradients for part in layer)"
    ),
    "nothing is scaled": _code("return gradients"),
    "0/0": _code(f"length = {LENGTH}", "return tree_map(lambda g: g / length * min(length, limit), gradients)"),
    "make new arrays": _code(
        f"length = {LENGTH}",
        "for layer in gradients:",
        "    for part in layer:",
        "        part *= min(1, limit / max(length, 1e-30))",
        "return gradients",
    ),
    "pairs of a weight and a bias": _code("return 1.0"),
}

RIGHT = [
    _scaled("min(1, limit / max(length, 1e-30))"),
    _code(
        f"length = {LENGTH}", "f = min(1.0, limit / (length + 1e-300))", "return [(f * w, f * b) for w, b in gradients]"
    ),
]
