"""Answers to the exercise `steps_edge`."""

from docs._site.exercises.steps_edge import STUB


def rates(plain: str, momentum: str = "3.8 / 7", other: str = "3 / 7") -> str:
    """The stub with a rate for each decay."""
    return STUB.replace("return None", f"return {{0.0: {plain}, 0.9: {momentum}, 0.5: {other}}}[decay]")


WRONG = {
    "returns None": STUB,
    "not the largest curvature: another direction": rates("2 / 6"),
    "the flattest direction": rates("1.0"),
    "Twice that is the edge": rates("1 / 7"),
    "one direction alone decides": rates("2 / 9"),
    "the largest curvature itself": rates("7"),
    "it diverges already": rates("0.3"),
    "there is room above": rates("0.25"),
    "a rate is above 0": rates("-0.1"),
    "not the one of plain descent": rates("2 / 7", "2 / 7"),
    "does not shrink the edge": rates("2 / 7", "0.2 / 7"),
    "Not ten times as much": rates("2 / 7", "20 / 7"),
    "The edge moves evenly": rates("2 / 7", "3.8 / 7", "3.8 / 7"),
}

RIGHT = [rates("0.286", "0.543"), STUB.replace("return None", "return (2 + 2 * decay) / np.linalg.norm(hessian, 2)")]
