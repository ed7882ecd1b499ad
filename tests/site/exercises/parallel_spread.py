"""Answers to the exercise `parallel_spread`."""


def _code(*lines: str) -> str:
    body = "\n    ".join(lines)
    return f"import numpy as np\n\ndef measured(measure, genomes, submit, chunk):\n    {body}\n"


STARTS = "starts = range(0, len(genomes), chunk)"
TASKS = "tasks = [submit(measure, genomes[s : s + chunk]) for s in starts]"
WRONG = {
    "No task is sent": _code("return measure(genomes)"),
    "You return futures": _code(STARTS, TASKS, "return tasks"),
    "then one worker is busy": _code(
        STARTS, "return np.concatenate([submit(measure, genomes[s : s + chunk]).result() for s in starts])"
    ),
    "the last chunk may be smaller": _code(
        "starts = range(0, len(genomes) // chunk * chunk, chunk)",
        TASKS,
        "return np.concatenate([task.result() for task in tasks])",
    ),
    "expected 4, 4, 4": _code(
        "tasks = [submit(measure, part) for part in np.array_split(genomes, chunk)]",
        "return np.concatenate([task.result() for task in tasks])",
    ),
    "put them together": _code(STARTS, TASKS, "return [task.result() for task in tasks]"),
    "in another order": _code(STARTS, TASKS, "return np.concatenate([task.result() for task in tasks[::-1]])"),
    "the first loss is 0": _code(STARTS, TASKS, "return 0 * np.concatenate([task.result() for task in tasks])"),
    "returns None": _code(STARTS, TASKS, "np.concatenate([task.result() for task in tasks])"),
}

RIGHT = [
    _code(
        "tasks, start = [], 0",
        "while start < len(genomes):",
        "    tasks.append(submit(measure, genomes[start : start + chunk]))",
        "    start += chunk",
        "losses = []",
        "for task in tasks:",
        "    losses.extend(task.result())",
        "return losses",
    ),
]
