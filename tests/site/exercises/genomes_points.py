"""Answers to the exercise `genomes_points`."""


def _code(lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"""\
import numpy as np
from reference.quantization import pack_words, unpack_words
from reference.training import cross, twin

def two_points(a, b, start, stop):
{body}
"""


def _masked(fill: str, children: str = "twin(a, b, mask), cross(a, b, mask)") -> str:
    return _code(
        f"codes = np.zeros(16 * a.shape[-1], dtype=np.uint8)\n{fill}\nmask = pack_words(codes)\nreturn {children}"
    )


_UNPACKED = "x, y = unpack_words(a), unpack_words(b)\n"

WRONG = {
    "a slice of NumPy is a view": _code(
        _UNPACKED + "x[..., start:stop], y[..., start:stop] = y[..., start:stop], x[..., start:stop]\n"
        "return pack_words(x), pack_words(y)"
    ),
    "along the last axis": _code(
        _UNPACKED + "x[start:stop], y[start:stop] = y[start:stop].copy(), x[start:stop].copy()\n"
        "return pack_words(x), pack_words(y)"
    ),
    "in the other order": _masked("codes[start:stop] = 15", "cross(a, b, mask), twin(a, b, mask)"),
    "the piece ends before it": _masked("codes[start : stop + 1] = 15"),
    "its mask is 1111": _masked("codes[start:stop] = 1"),
    "it is outside of the piece": _masked("codes[codes.size - stop : codes.size - start] = 15"),
    "it gets what the first did not get": _masked("codes[start:stop] = 15", "twin(a, b, mask), a"),
    "changes the parents": _masked("codes[start:stop] = 15", "[a.__ixor__(change), b.__ixor__(change)]").replace(
        "    return", "    change = (a ^ b) & mask\n    return"
    ),
    "start and stop count codes": _code(
        "x, y = a.copy(), b.copy()\n"
        "x[..., start:stop], y[..., start:stop] = b[..., start:stop], a[..., start:stop]\n"
        "return x, y"
    ),
    "must return two children": _masked("codes[start:stop] = 15", "twin(a, b, mask)"),
    "expected uint64 words": _masked("codes[start:stop] = 15", "twin(a, b, mask).astype(float), cross(a, b, mask)"),
}

RIGHT = [
    _code(
        _UNPACKED + "x[..., start:stop], y[..., start:stop] = y[..., start:stop].copy(), x[..., start:stop].copy()\n"
        "return pack_words(x), pack_words(y)"
    ),
]
