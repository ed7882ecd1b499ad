"""Answers to the exercise `lookup_pairs`."""

KILOBYTES = "\nkilobytes = 1024\n"
HEAD = """\
import numpy as np
from reference.numbers.formats import FLOAT4_E2M1FN
from reference.numbers.lookup import from_codes

byte = np.arange(256, dtype=np.uint8)
low, high = byte & 15, byte >> 4
"""


def unpack(table: str, body: str = "table[packed].reshape(-1)", after: str = KILOBYTES) -> str:
    """An answer with this table and this result."""
    return f"{HEAD}table = {table}\ndef unpack(packed):\n    return {body}\n{after}"


GOOD = "from_codes(np.stack([low, high], axis=1), FLOAT4_E2M1FN)"

WRONG = {
    "still empty": unpack("np.zeros((256, 2), dtype=np.float32)"),
    "the low 4 bits, here 1, come first": unpack("from_codes(np.stack([high, low], axis=1), FLOAT4_E2M1FN)"),
    "those are the codes": unpack("np.stack([low, high], axis=1).astype(np.float32)"),
    "expected 0.5, code 1": unpack("from_codes(np.stack([low, low], axis=1), FLOAT4_E2M1FN)"),
    "For the byte 0x09": unpack("abs(from_codes(np.stack([low, high], axis=1), FLOAT4_E2M1FN))"),
    "has shape": unpack(GOOD, "table[packed]"),
    "but for a sign": unpack(f"{GOOD} + 0"),
    "fill the table once": unpack(
        GOOD, "from_codes(np.stack([packed & 15, packed >> 4], 1), FLOAT4_E2M1FN).reshape(-1)"
    ),
    "`kilobytes` is still open": unpack(GOOD, after=""),
    "divide by 1024": unpack(GOOD, after="\nkilobytes = 2**20\n"),
    "of 4 bytes each": unpack(GOOD, after="\nkilobytes = 256\n"),
    "count the entries": unpack(GOOD, after="\nkilobytes = 512\n"),
}

RIGHT = [
    unpack(
        "np.array([[from_codes(np.uint8(b % 16), FLOAT4_E2M1FN), from_codes(np.uint8(b // 16), FLOAT4_E2M1FN)]"
        " for b in range(256)])",
        "np.take(table, packed, axis=0).ravel()",
    ),
]
