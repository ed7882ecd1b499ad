"""Answers to the exercise `genomes_flips`."""


def _code(
    mean: str = "-np.log(1 - 2 * rate) / 2",
    put: str = "np.bitwise_xor.at(flat, place // 64, np.uint64(1) << place % 64)",
    bits: str = "64 * mask.size",
    hits: str = "rng.poisson(mean * bits)",
) -> str:
    return f"""\
import numpy as np

def flip_mask(shape, rate, rng):
    mask = np.zeros(shape, dtype=np.uint64)
    flat, mean, bits = mask.reshape(-1), {mean}, {bits}
    hits = {hits}
    place = rng.integers(bits, size=hits, dtype=np.uint64)
    {put}
    return mask
"""


def _drawn(lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return f"import numpy as np\n\ndef flip_mask(shape, rate, rng):\n{body}\n"


_PACK = "return (bits << np.arange(64, dtype=np.uint64)).sum(axis=-1, dtype=np.uint64)"
_ALL = f"bits = (rng.random((*shape, 64)) < rate).astype(np.uint64)\n{_PACK}"

WRONG = {
    "the hits must be more": _code(mean="rate"),
    "but one that is hit twice flips back": _code(
        put="np.bitwise_or.at(flat, place // 64, np.uint64(1) << place % 64)"
    ),
    "too few hits besides": _code(mean="rate", put="np.bitwise_or.at(flat, place // 64, np.uint64(1) << place % 64)"),
    "keeps the last one": _code(put="flat[place // 64] ^= np.uint64(1) << place % 64"),
    "varies too little": _code(hits="round(mean * bits)"),
    "all 64 bits have the same chance": _code(put="np.bitwise_xor.at(flat, place // 64, np.uint64(1) << place % 63)"),
    "expected uint64": _drawn("return np.zeros(shape, dtype=np.int64)"),
    "draw each bit by itself": _drawn(
        f"bits = np.repeat(rng.random((*shape, 16)) < rate, 4, axis=-1).astype(np.uint64)\n{_PACK}"
    ),
    "All words are the same": _drawn(
        f"bits = np.tile((rng.random(64) < rate).astype(np.uint64), (*shape, 1))\n{_PACK}"
    ),
    "expected 0.0200": _drawn("return np.zeros(shape, dtype=np.uint64)"),
    "no bit may flip": _drawn("return rng.integers(2**64 - 1, size=shape, dtype=np.uint64)"),
}

RIGHT = [_drawn(_ALL)]
