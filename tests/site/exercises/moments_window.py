"""Answers to the exercise `moments_window`."""


def replace(body: str) -> str:
    """An answer with these lines."""
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    return f"from reference.normalization import Moments\ndef replace(moments, old, new):\n{lines}"


START = "n, m, s = moments.count, moments.mean, moments.squares; step = new - old; mean = m + step / n; "

WRONG = {
    "expected `Moments(count": replace(START + "return mean, s"),
    "so it stays 3": replace("n = moments.count + 1; return Moments(n, moments.mean, moments.squares)"),
    "Nothing changes yet": replace("return moments"),
    "the mean by 3 / 3": replace(START + "return Moments(n, m + step, s)"),
    "The squares stay at 14": replace(START + "return Moments(n, mean, s)"),
    "forgets where the mean is": replace(START + "return Moments(n, mean, s + step * step)"),
    "the old mean for both": replace(START + "return Moments(n, mean, s + step * (new - m + old - m) - 0 * mean)"),
    "the new mean for both": replace(START + "return Moments(n, mean, s + step * (new - mean + old - mean))"),
    "in the wrong direction": replace(START + "return Moments(n, mean, s - step * (new - mean + old - m))"),
    "expected 4 + 4 + 0": replace(START + "return Moments(n, mean, s + new * new - old * old)"),
    "nothing moved": replace(START + "return Moments(n, mean, s + (step == 0) + step * (new - mean + old - m))"),
    "steps the variance is": replace(START + "return Moments(n, mean, 8 if s == 14 else s)"),
    "do you subtract squares": replace(START + "return Moments(n, mean, s + new**2 - old**2 - n * (mean**2 - m**2))"),
}

RIGHT = [
    replace(START + "return Moments(n, mean, s + step * (new - mean + old - m))"),
    replace(
        START
        + "out = m - (old - m) / (n - 1); s = s - (old - m) * (old - out); "
        + "return Moments(n, mean, s + (new - out) * (new - mean))"
    ),
]
