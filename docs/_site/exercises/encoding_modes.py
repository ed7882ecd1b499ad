"""Find out by three questions which of six rounding rules a function follows."""

from collections.abc import Callable, Iterator
from typing import Any

from docs._site.exercises.check import Names, Wrong, function
from reference.numbers import RoundingMode, round_integer

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def rule_of(f):
    """Return the name of the rule that f follows; ask f for at most three numbers."""
    if f(2.75) == 2:
        return "TOWARD_ZERO"
    return "UP"  # your code here: DOWN, NEAREST_EVEN, NEAREST_AWAY, TO_ODD

print(rule_of(np.trunc), rule_of(np.ceil), rule_of(np.rint))
'''

ANSWER = '''\
import numpy as np

def rule_of(f):
    """Return the name of the rule that f follows; ask f for at most three numbers."""
    if f(2.5) == 2:
        if f(-2.5) == -3:
            return "DOWN"
        return "TOWARD_ZERO" if f(3.5) == 3 else "NEAREST_EVEN"
    if f(-2.5) == -2:
        return "UP"
    return "TO_ODD" if f(3.5) == 3 else "NEAREST_AWAY"

print(rule_of(np.trunc), rule_of(np.ceil), rule_of(np.rint))
'''

MODES = [mode for mode in RoundingMode if mode is not RoundingMode.STOCHASTIC]
TELLING = (2.5, -2.5, 3.5, 2.25, -2.25)


def check(names: Names) -> Iterator[str]:
    """Try the rules in pairs, from those that differ for most numbers to the ties, and count the questions."""
    by_name = {mode.name: mode for mode in MODES}
    asked: list[int] = []
    for group, said in (
        (("TOWARD_ZERO", "UP"), "You know the rule toward zero and the rule up."),
        (("DOWN", "TO_ODD"), "You know the rule down and the rule to odd."),
        (("NEAREST_EVEN", "NEAREST_AWAY"), "You know the two nearest ones apart."),
    ):
        for name in group:
            asked.append(_one(names, by_name[name]))
        yield said
    if max(asked) > 3:
        raise Wrong(
            f"All six are right, but you ask f {max(asked)} times: each answer is one of two, so three answers can "
            "tell eight rules apart. Choose numbers, such as ties, where about half of the rules go up."
        )
    yield "Three questions suffice, and two could not."


def _one(names: Names, mode: RoundingMode) -> int:
    questions = 0

    def f(x: Any) -> int:
        nonlocal questions
        questions += 1
        return round_integer(float(x), mode)

    answer = _name(function(names, "rule_of(f)"), f)
    if answer == mode.name:
        return questions
    other = RoundingMode[answer]
    x = next((x for x in TELLING if round_integer(x, mode) != round_integer(x, other)), 2.5)
    raise Wrong(
        f"For a function by the rule {mode.name} you say {answer}. Ask it for {x}: "
        f"it answers {round_integer(x, mode)}, and {answer} would give {round_integer(x, other)}."
    )


def _name(rule_of: Callable[..., Any], f: Callable[[Any], int]) -> str:
    answer = rule_of(f)
    answer = answer.name if isinstance(answer, RoundingMode) else answer
    known = [mode.name for mode in MODES]
    if answer is None:
        raise Wrong("`rule_of(f)` returns None: is there a path through your function without a `return`?")
    if not isinstance(answer, str):
        raise Wrong(f"`rule_of(f)` gives {type(answer).__name__}: expected a name as text, such as 'UP'.")
    if answer not in known:
        raise Wrong(f"`rule_of(f)` gives {answer[:30]!r}, which is none of {', '.join(known)}.")
    return answer
