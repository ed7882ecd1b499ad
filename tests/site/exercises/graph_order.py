"""Answers to the exercise `graph_order`."""

from docs._site.exercises.graph_order import STUB


def _code(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"import numpy as np\n\ndef backward_order(parents, result):\n{lines}"


DEPTH = """
found = {}
def visit(node):
    if node not in found:
        for parent in parents[node]:
            visit(parent)
        found[node] = True
visit(result)
"""

WRONG = {
    "it would hand out twice": STUB,
    "by the distance from the result": _code("""
order = [result]
for node in order:
    order += [parent for parent in dict.fromkeys(parents[node]) if parent not in order]
return order
"""),
    "when it is first met": _code("""
order, stack = [], [result]
while stack:
    node = stack.pop()
    if node not in order:
        order.append(node)
        stack += parents[node]
return order
"""),
    "It must wait until all nodes": _code(DEPTH + "return [result] + [node for node in found if node != result]"),
    "the result comes last": _code(DEPTH + "return list(found)"),
    "has nothing to do with the result": _code(
        DEPTH + "return list(found)[::-1] + [n for n in parents if n not in found]"
    ),
    "is missing": _code(DEPTH + "return [node for node in list(found)[::-1] if parents[node]]"),
    "copy the lists": _code(DEPTH + "parents.clear()\nreturn list(found)[::-1]"),
    "does your function end": _code(DEPTH),
}

RIGHT = [_code(DEPTH + "return list(found)[::-1]")]
