"""Answers to the exercise `graph_arrives`."""


def _code(s: str = "b", p: str = "at_s", c: str = "at_s", b: str = "s + at_p * a", a: str = "at_p * b") -> str:
    return f"""\
import numpy as np

def arrives(a, b, c):
    p = a * b
    s = p + c
    at_s = {s}
    at_p = {p}
    at_c = {c}
    at_b = {b}
    at_a = {a}
    return at_s, at_p, at_c, at_b, at_a
"""


WRONG = {
    "That is the value of s": _code(s="s"),
    "does not hand on what arrived": _code(s="1.0"),
    "An addition hands on what arrived, unchanged": _code(p="at_s * p"),
    "That is its value": _code(p="p"),
    "the slope of s by c alone": _code(c="1.0"),
    "The value of c has no place": _code(c="at_s * c"),
    "Only the edge from y": _code(b="s"),
    "Only the edge from p": _code(b="at_p * a"),
    "The two shares are multiplied": _code(b="s * at_p * a"),
    "that is not 1": _code(b="s + a"),
    "the slope of p by a alone": _code(a="b"),
    "a has only one use": _code(a="at_p * a"),
    "does not lead to a": _code(a="at_p * b + s"),
    "where two edges arrive, add": _code(s="b + 1"),
    "five numbers": _code().replace("return at_s, ", "return "),
}

RIGHT = [
    """\
import numpy as np

def arrives(a, b, c):
    h = 1e-6
    y = lambda a, b, c: (a * b + c) * b
    return b, b, b, 2 * a * b + c, b**2
""",
]
