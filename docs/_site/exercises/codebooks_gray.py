"""An order of sixteen codes in which neighbors differ in one bit."""

from collections.abc import Iterator

from docs._site.exercises.check import Names, Wrong, function, numbers

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def gray(rank):
    """Return the code of the value that is number rank (0 to 15) in order of size."""
    return rank

print([f"{gray(rank):04b}" for rank in range(4)])
'''

ANSWER = '''\
import numpy as np

def gray(rank):
    """Return the code of the value that is number rank (0 to 15) in order of size."""
    return rank ^ rank >> 1
'''


def check(names: Names) -> Iterator[str]:
    """Codes of four bits, each once, one bit apart."""
    codes = []
    for rank in range(16):
        found = numbers(function(names, "gray(rank)")(rank), (), f"gray({rank})")
        if found % 1 or not 0 <= found <= 15:
            raise Wrong(f"`gray({rank})` is {float(found):g}: codes are the whole numbers from 0 to 15.")
        codes.append(int(found))
    yield "All codes have four bits."
    seen: dict[int, int] = {}
    for rank, code in enumerate(codes):
        if code in seen:
            raise Wrong(f"The ranks {seen[code]} and {rank} both have code {code:04b}: each code may stand only once.")
        seen[code] = rank
    yield "Each code stands once."
    for rank in range(15):
        changed = (codes[rank] ^ codes[rank + 1]).bit_count()
        if changed != 1:
            raise Wrong(
                f"From rank {rank} to {rank + 1} the code goes from {codes[rank]:04b} to {codes[rank + 1]:04b}: "
                f"{changed} bits change, and it must be one."
            )
    yield "From each value to the next one bit changes."
