"""One generation on two workers, one of which is killed: who does which task when, and what comes out."""

from dataclasses import dataclass

import numpy as np

from docs._site.plot import COLORS, Chart, Drawing

TASKS, WORKERS, KILL, START = 14, 2, 22.0, 9.0


@dataclass(frozen=True)
class Turn:
    """A task that a worker begins and ends, or loses."""

    task: int
    worker: int
    begin: float
    end: float
    lost: bool = False


def draw() -> Drawing:
    """Draw a schedule in which a free worker takes the next task, and the losses below it."""
    turns = _schedule()
    chart = Chart("training_parallel", height=250, left=74, right=14)
    axes = chart.panels[0]
    for turn in turns:
        color = COLORS["sign" if turn.lost else f"data-{turn.worker + 1}"]
        y = 1.0 - turn.worker
        fill = "none" if turn.lost else color
        axes.barh(y, turn.end - turn.begin - 0.3, left=turn.begin, height=0.5, color=fill, edgecolor=color, alpha=0.4)
        chart.note(str(turn.task), ((turn.begin + turn.end) / 2, y), offset=(0, 0), ha="center")
    end = max(turn.end for turn in turns)
    chart.note("killed", (KILL + 0.4, -0.06), offset=(0, 0), color=COLORS["sign"])
    chart.note("start again", (KILL + 0.4, 1.0), offset=(0, 0), color=COLORS["muted"])
    for task in range(TASKS):
        worker = next(turn.worker for turn in turns if turn.task == task and not turn.lost)
        width = end / TASKS
        color = COLORS[f"data-{worker + 1}"]
        axes.barh(-1.3, width - 0.3, left=task * width, height=0.5, color=color, edgecolor=color, alpha=0.4)
        chart.note(str(task), ((task + 0.5) * width, -1.3), offset=(0, 0), ha="center")
    axes.set_yticks([1.0, 0.0, -1.3], ["worker 1", "worker 2", "losses"])
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.set_ylim(-1.8, 1.5)
    axes.set_xlim(0, end)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    chart.labels(x="time, for the workers")
    table = {
        "task": [str(turn.task) for turn in turns],
        "worker": [str(turn.worker + 1) for turn in turns],
        "from, ms": [f"{turn.begin:.1f}" for turn in turns],
        "to, ms": [f"{turn.end:.1f}" for turn in turns],
        "result": ["lost" if turn.lost else "a loss for each genome" for turn in turns],
    }
    return chart.drawing(table)


def _schedule() -> list[Turn]:
    lasts = np.random.default_rng(3).uniform(5, 9, TASKS)
    waiting, free, turns, killed = list(range(TASKS)), [0.0] * WORKERS, list[Turn](), False
    while waiting:
        worker = int(np.argmin(free))
        begin = free[worker]
        if begin > KILL and not killed:
            killed = True
            running = [turn for turn in turns if turn.end > KILL]
            turns = [turn for turn in turns if turn.end <= KILL]
            turns += [Turn(turn.task, turn.worker, turn.begin, KILL, lost=True) for turn in running]
            waiting = sorted([*waiting, *(turn.task for turn in running)])
            free = [KILL + START, KILL + START + 1.5]
            continue
        task = waiting.pop(0)
        free[worker] = begin + float(lasts[task])
        turns.append(Turn(task, worker, begin, free[worker]))
    return turns
