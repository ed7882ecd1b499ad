"""The time of a generation by the size of its tasks, and the best size."""

from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def seconds(genomes, chunk, workers, work, price):
    """Return the time for a generation: all tasks are sent one after another, each at
    its price; then the workers do them in rounds, each as long as `chunk` genomes take.
    """
    return genomes * work  # your code here

best = None  # the size of chunk, from 1 to 98, with the least time for the case below
case = {"genomes": 98, "workers": 4, "work": 0.01, "price": 0.002}
print([np.round(seconds(chunk=chunk, **case), 3) for chunk in (1, 7, 49)])
'''

ANSWER = '''\
import numpy as np

def seconds(genomes, chunk, workers, work, price):
    """Return the time for a generation: all tasks are sent one after another, each at
    its price; then the workers do them in rounds, each as long as `chunk` genomes take.
    """
    tasks = -(-genomes // chunk)
    rounds = -(-tasks // workers)
    return tasks * price + rounds * chunk * work

case = {"genomes": 98, "workers": 4, "work": 0.01, "price": 0.002}
best = min(range(1, 99), key=lambda chunk: seconds(chunk=chunk, **case))
print([np.round(seconds(chunk=chunk, **case), 3) for chunk in (1, 7, 49)], best)
'''

CALL = "seconds(genomes, chunk, workers, work, price)"
BEST = 25


def check(names: Names) -> Iterator[str]:
    """Even cases, then ones that leave a rest, then free and idle extremes, then the best chunk."""
    _look(names, 80, 10, 4, 0.01, 0.0, "tasks that cost nothing, in whole rounds")
    yield "Tasks without a price share the work."
    _look(names, 70, 10, 4, 0.01, 0.3, "tasks with a price")
    yield "Each task costs its price once."
    _look(names, 98, 7, 4, 0.01, 0.002, "14 tasks on 4 workers")
    yield "A round that is not full takes its time too."
    _look(names, 98, 10, 4, 0.01, 0.002, "a last chunk of 8")
    yield "A smaller last chunk is a task."
    _look(names, 98, 98, 4, 0.01, 0.002, "one chunk for all")
    yield "One chunk keeps one worker busy and the others idle."
    found = number(names, "best")
    if found != BEST:
        raise Wrong(
            f"`best` is {found:g}: with it the case takes {_true(98, max(int(found), 1), 4, 0.01, 0.002):.3f} s, and "
            "another chunk takes less. Let the code try all sizes."
        )
    yield f"The best chunk is {BEST}: one round of four tasks."


def _true(genomes: int, chunk: int, workers: int, work: float, price: float) -> float:
    tasks = -(-genomes // chunk)
    return tasks * price + -(-tasks // workers) * chunk * work


def _look(names: Names, genomes: int, chunk: int, workers: int, work: float, price: float, case: str) -> None:
    arguments = (genomes, chunk, workers, work, price)
    value = function(names, CALL)(*arguments)
    got = numbers(value, (), f"seconds(...) for {case}")
    true, tasks = _true(*arguments), -(-genomes // chunk)
    if np.isclose(float(got), true, rtol=1e-9):
        return
    floor = genomes // chunk
    recognize(
        got,
        {
            f"For {case}: that is the time of one process. Divide the tasks among the workers.": genomes * work,
            f"For {case}: that is the work in equal shares. Whole tasks go to a worker, in rounds, and have a price.": (
                genomes * work / workers
            ),
            f"For {case}: the price is missing, or paid once instead of for each task.": true - (tasks - 1) * price,
            f"For {case}: the price of the tasks is missing.": true - tasks * price,
            f"For {case}: a round that is not full takes as long as a full one: round up.": (
                tasks * price + tasks / workers * chunk * work
            ),
            f"For {case}: a round that is not full is left out: round up.": (
                tasks * price + tasks // workers * chunk * work
            ),
            f"For {case}: the last, smaller chunk is left out: round the number of tasks up.": (
                floor * price + -(-floor // workers) * chunk * work
            ),
            f"For {case}: a task takes the work of all of its genomes.": tasks * price + -(-tasks // workers) * work,
        },
    )
    raise Wrong(f"For {case} you get {float(got):.4g} s: expected {true:.4g}.")
