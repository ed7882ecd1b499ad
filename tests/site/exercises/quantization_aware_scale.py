"""Answers to the exercise `quantization_aware_scale`."""


def _code(line: str) -> str:
    return f"import numpy as np\n\ndef best_scale(w, codes):\n    {line}\n"


WRONG = {
    "the mean magnitude of all weights": _code("return np.abs(w).mean()"),
    "you divide by the number of all codes": _code("return np.mean(w * codes)"),
    "magnitudes are right only while": _code("return np.abs(w)[codes != 0].mean()"),
    "a large code pulls twice": _code("return np.sum(w * codes) / np.abs(codes).sum()"),
    "the largest magnitude": _code("return np.abs(w).max()"),
    "is possible": _code("return 0.9"),
    "0 / 0": _code("return np.sum(w * codes) / np.sum(codes * codes)"),
    "has shape (400,)": _code("return w * codes"),
    "returns None": _code("np.sum(w * codes)"),
}

RIGHT = [_code("return np.linalg.lstsq(codes.reshape(-1, 1), w.ravel(), rcond=None)[0][0]")]
