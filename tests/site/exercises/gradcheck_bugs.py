"""Answers to the exercise `gradcheck_bugs`: all bugs mended but one, each in turn."""

from docs._site.exercises.gradcheck_bugs import STUB

MENDED = {
    "(1 - t)": "(1 - t * t)",
    "-np.sum(g * t": "np.sum(g * t",
    "by_z @ w,": "by_z @ w.T,",
    "by_z.T @ x": "x.T @ by_z",
    ", by_z, by_s": ", by_z.sum(axis=0), by_s",
}


def mended(*left: str) -> str:
    """The stub with its bugs mended but for these."""
    source = STUB
    for bug, right in MENDED.items():
        source = source if bug in left else source.replace(bug, right)
    return source


WRONG = {
    "gradcheck says: input 2 has the shape (3,), its gradient (4, 3)": STUB,
    "s is right, x, w and b are not": mended("(1 - t)"),
    "input 3: every sign is turned. Only s": mended("-np.sum(g * t"),
    "Only x is wrong": mended("by_z @ w,"),
    "input 1: the gradient is transposed. Only w": mended("by_z.T @ x"),
    "The gradients by x and s are wrong": mended("by_z @ w,", "-np.sum(g * t"),
    "Only b is wrong": mended(", by_z, by_s").replace(", by_z, by_s", ", by_z[0], by_s"),
    "four arrays": mended().replace(", by_s\n", "\n").partition("\nrandom")[0],
    "input 0 has the shape (4, 3), its gradient ()": mended().replace("by_z @ w.T", "np.sum(by_z @ w.T)"),
}

RIGHT = [
    mended().replace("1 - t * t", "1 / np.cosh(x @ w + b) ** 2"),
    mended().replace("x.T @ by_z", "(by_z.T @ x).T").replace("by_z.sum(axis=0)", "np.ones(len(x)) @ by_z"),
]
