"""Answers to the exercise `tensor_bugs`."""

from docs._site.exercises.tensor_bugs import ANSWER, STUB


def _with(*changes: tuple[str, str], source: str = ANSWER) -> str:
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


PRODUCT = ("(b.value, a.value)", "(a.value, b.value)")
SQUARE = ("(1 - np.tanh(a.value) ** 2,)", "(1 - np.tanh(a.value),)")
SLOPES = [(wrong, right) for right, wrong in (PRODUCT, SQUARE)]

WRONG = {
    "The two slopes are swapped": STUB,
    "The square is missing": _with(SLOPES[0], source=STUB),
    "The second share has replaced the first": _with(*SLOPES, source=STUB),
    "the node c is in your list twice": _with(*SLOPES, ("parent.grad = ", "parent.grad += "), source=STUB),
    "before both shares are in": _with(
        *SLOPES,
        ("parent.grad = ", "parent.grad += "),
        ("            stack.append(parent)", "            if parent not in stack: stack.append(parent)"),
        source=STUB,
    ),
    "still holds what the pass before": _with(("            node.grad = 0.0  #", "            pass  #")),
    "You clear the leaves too": _with(("        if node.parents:", "        if True:")),
    "What is the slope of a": _with((PRODUCT[0], "(1.0, 1.0)")),
    "This squares the wrong thing": _with((SQUARE[0], "((1 - np.tanh(a.value)) ** 2,)")),
    "The square of x": _with((SQUARE[0], "(1 - a.value ** 2,)")),
    "`add` was right, leave it": _with(("(1.0, 1.0)", "(1.0, -1.0)")),
    "its value was right": _with(("a.value * b.value, (a, b)", "a.value + b.value, (a, b)")),
}

STACK = """
def order(result, found):
    waiting, ready, done = {}, [result], [result]
    for node in done:
        for parent in node.parents:
            waiting[parent] = waiting.get(parent, 0) + 1
            if waiting[parent] == 1:
                done.append(parent)
    for node in ready:
        for parent in node.parents:
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    return ready[::-1]

def backward(result):"""

RIGHT = [
    _with(("\ndef backward(result):", STACK)),
    _with(
        (
            "            node.grad = 0.0  # 3: what a pass collects belongs to the pass\n",
            "            vars(node)['grad'] = 0\n",
        )
    ),
]
