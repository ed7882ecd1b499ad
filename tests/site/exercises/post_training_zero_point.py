"""Answers to the exercise `post_training_zero_point`."""


def _code(*lines: str) -> str:
    return "import numpy as np\n\ndef matmul(q, z, s, r, t):\n" + "".join(f"    {line}\n" for line in lines)


TOTAL = "total = np.matmul(q, r, dtype=np.int32)"
WRONG = {
    "the zero point is still in the sum": _code(TOTAL, "return total * (s * t)"),
    "you take z away once": _code(TOTAL, "return (total - z) * (s * t)"),
    "z counts once for each term": _code(TOTAL, "return (total - z * q.shape[1]) * (s * t)"),
    "you add what has to be taken away": _code(TOTAL, "return (total + z * r.sum(axis=0)) * (s * t)"),
    "must run down each column": _code(TOTAL, "return (total - z * r.sum()) * (s * t)"),
    "a scale is missing": _code(TOTAL, "return (total - z * r.sum(axis=0)) * s"),
    "the scales are missing": _code(TOTAL, "return total - z * r.sum(axis=0)"),
    "the sum wraps in 16 bits": _code("return (q @ r - z * r.sum(axis=0)) * (s * t)"),
    "changes the codes": _code("q -= np.uint8(z)", "return (q.astype(int) @ r.astype(int)) * (s * t)"),
    "output 0 of row 0 is": _code(TOTAL, "return (total - z * np.abs(r).sum(axis=0)) * (s * t) + 1"),
    "returns None": _code(TOTAL),
}

RIGHT = [_code("return ((q.astype(np.int32) - z) @ r.astype(np.int32)) * (s * t)")]
