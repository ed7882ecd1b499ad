"""Answers to the exercise `parallel_tasks`."""

HEAD = "import numpy as np\nimport math\n\n"
TASKS, ROUNDS = "tasks = math.ceil(genomes / chunk)", "rounds = math.ceil(tasks / workers)"


def _code(result: str, *lines: str, best: str = "25") -> str:
    body = "".join(f"    {line}\n" for line in (*lines, f"return {result}"))
    return f"{HEAD}def seconds(genomes, chunk, workers, work, price):\n{body}\nbest = {best}\n"


RIGHT_ONE = "tasks * price + rounds * chunk * work"
WRONG = {
    "the time of one process": _code("genomes * work"),
    "the work in equal shares": _code("genomes * work / workers"),
    "paid once instead of for each": _code("price + rounds * chunk * work", TASKS, ROUNDS),
    "the price of the tasks is missing": _code("rounds * chunk * work", TASKS, ROUNDS),
    "takes as long as a full one": _code("tasks * price + tasks / workers * chunk * work", TASKS),
    "is left out: round up": _code("tasks * price + tasks // workers * chunk * work", TASKS),
    "the last, smaller chunk is left out": _code(RIGHT_ONE, "tasks = genomes // chunk", ROUNDS),
    "the work of all of its genomes": _code("tasks * price + rounds * work", TASKS, ROUNDS),
    "you get": _code(f"2 * ({RIGHT_ONE})", TASKS, ROUNDS),
    "Let the code try all sizes": _code(RIGHT_ONE, TASKS, ROUNDS, best="7"),
    "still open": _code(RIGHT_ONE, TASKS, ROUNDS, best="None"),
    "returns None": _code("None"),
}

RIGHT = [_code(RIGHT_ONE, TASKS, ROUNDS), _code(RIGHT_ONE, "tasks = -(-genomes // chunk)", ROUNDS, best="np.int64(25)")]
