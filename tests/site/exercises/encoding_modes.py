"""Answers to the exercise `encoding_modes`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef rule_of(f):\n" + "".join(f"    {line}\n" for line in lines)


TABLE = [
    'rules = {(2, 4, -2): "NEAREST_EVEN", (2, 3, -2): "TOWARD_ZERO", (3, 4, -2): "UP",',
    '         (2, 3, -3): "DOWN", (3, 4, -3): "NEAREST_AWAY", (3, 3, -3): "TO_ODD"}',
]

WRONG = {
    "by the rule DOWN you say TOWARD_ZERO. Ask it for -2.5": _code(
        'return "TOWARD_ZERO" if f(2.75) == 2 else "UP"',
    ),
    "by the rule TO_ODD you say UP": _code(
        "if f(2.75) == 2:", '    return "DOWN" if f(-2.75) == -3 else "TOWARD_ZERO"', 'return "UP"'
    ),
    "by the rule NEAREST_AWAY you say NEAREST_EVEN. Ask it for 2.5": _code(
        "if f(2.75) == 2:",
        '    return "DOWN" if f(-2.75) == -3 else "TOWARD_ZERO"',
        "if f(2.25) == 3:",
        '    return "UP" if f(-2.75) == -2 else "TO_ODD"',
        'return "NEAREST_EVEN"',
    ),
    "by the rule TOWARD_ZERO you say UP": _code('return "UP"'),
    "you ask f 4 times": _code(*TABLE, "f(0.5)", "return rules[f(2.5), f(3.5), f(-2.5)]"),
    "returns None": _code("f(2.5)"),
    "expected a name as text": _code("return 3"),
    "which is none of": _code('return "truncate"'),
}

RIGHT = [
    _code(*TABLE, "return rules[f(2.5), f(3.5), f(-2.5)]"),
    _code(*TABLE, "return rules[tuple(f(np.float64(x)) for x in (2.5, 3.5, -2.5))]"),
]
