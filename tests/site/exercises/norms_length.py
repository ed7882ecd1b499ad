"""Answers to the exercise `norms_length`."""

K = "\nk = 64\n"


def length(body: str, after: str = K) -> str:
    """An answer with these lines."""
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    return f"import math\nimport numpy as np\ndef length(x):\n    m = np.max(np.abs(x))\n{lines}{after}"


GOOD = "return m if m == 0 or np.isinf(m) else m * np.sqrt(np.sum((x / m) ** 2))"

WRONG = {
    "that is the L1 norm": length("return np.sum(np.abs(x))"),
    "the root is missing": length("return np.sum(x * x)"),
    "multiply by the largest again": length("return np.sqrt(np.sum((x / m) ** 2))"),
    "the length is": length("return m"),
    "Their squares overflow": length("return np.sqrt(np.sum(x * x))"),
    "Their squares vanish": length("return 1e200 * np.sqrt(np.sum((x / 1e200) ** 2)) if m > 1e100 else np.sqrt(x @ x)"),
    "Sizes far apart": length("s = np.min(np.abs(x)); return s * np.sqrt(np.sum((x / s) ** 2))"),
    "three zeros": length("return m * np.sqrt(np.sum((x / m) ** 2))"),
    "expected inf": length("return 0.0 if m == 0 else m * np.sqrt(np.sum((x / m) ** 2))"),
    "nobody knows": length("return m if m == 0 or np.isinf(m) else 0.0 if np.isnan(m) else m * np.linalg.norm(x / m)"),
    "`k` is still open": length(GOOD, ""),
    "2**128 itself": length(GOOD, "\nk = 128\n"),
    "still holds": length(GOOD, "\nk = 63\n"),
    "already the square": length(GOOD, "\nk = 65\n"),
    "answer for float64": length(GOOD, "\nk = 512\n"),
    "doubles the exponent": length(GOOD, "\nk = 100\n"),
}

RIGHT = [
    length(GOOD),
    length("return math.hypot(*x)"),
    length("s = 2.0 ** math.floor(math.log2(m)) if 0 < m < np.inf else 1.0; return s * np.sqrt(np.sum((x / s) ** 2))"),
]
