"""Answers to the exercise `swing_up_by_hand`."""


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    return f"import numpy as np\nfrom reference.training import energy\n\ndef control(motion):\n    {body}\n"


WRONG = {
    "it spins over the top": _code("return motion.velocity"),
    "the motor is too weak to lift it": _code("return np.ones_like(motion.velocity)"),
    "it never gets upright; the largest energy": _code(
        "return np.where(energy(motion) < 0.2, motion.velocity, 0 * motion.velocity)"
    ),
    "gets up and does not stay": _code("return motion.velocity * (1 - energy(motion))"),
    "get below 0.19": _code(
        "pump = motion.velocity * (1 - energy(motion))",
        "lazy = np.where(np.abs(motion.velocity) < 0.9 * np.sqrt(np.maximum(2 * (energy(motion) + 1), 0)), 0, pump)",
        "return np.where(motion.cos > 0.9, -motion.sin - motion.velocity, lazy)",
    ),
    "has shape ()": _code("return 1.0"),
}

RIGHT = [
    _code(
        "pump = np.sign(motion.velocity) * np.where(energy(motion) < 1, 1, -1)",
        "return np.where(motion.cos > 0.85, -(1.2 * motion.sin + motion.velocity), pump)",
    ),
    _code(
        "missing = 1 - energy(motion)",
        "return np.where(motion.cos < 0.9, missing * motion.velocity, -2 * motion.sin - 2 * motion.velocity)",
    ),
]
