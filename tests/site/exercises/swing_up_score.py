"""Answers to the exercise `swing_up_score`."""


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    return f"import numpy as np\n\ndef loss(height, velocity):\n    {body}\n"


WRONG = {
    "turns faster and faster": _code("return 1 - np.mean(height >= 0.9)"),
    "turns evenly": _code("return 1 - np.mean((height >= 0.9) & (np.abs(velocity) < 2))"),
    "creeps over the top again and again": _code("return 1 - np.mean((height >= 0.9) & (np.abs(velocity) < 1))"),
    "A pendulum that hangs still gets 0.00": _code("return np.mean(np.abs(velocity) > 0.1)"),
    "A pendulum that stands upright from the start gets 1.00": _code("return 1.0"),
    "A pendulum that swings up and stays": _code("return float(not np.all(height[-20:] >= 0.9))"),
    "The mirror image of a game gets another loss": _code(
        "low = np.flatnonzero(height < 0.9)",
        "since = low[-1] + 1 if len(low) else 0",
        "return since / len(height) + 0.01 * np.mean(velocity)",
    ),
    "expected ()": _code("return height >= 0.9"),
}

RIGHT = [
    _code(
        "held = np.cumprod((height >= 0.9)[::-1])",
        "return 1 - held.mean()",
    ),
    _code(
        "streak = 0",
        "for h in height[::-1]:",
        "    if h < 0.9:",
        "        break",
        "    streak += 1",
        "return 1 - streak / len(height)",
    ),
]
