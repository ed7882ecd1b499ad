"""Four letters as a float: a view of bytes, not a cast."""

import struct
from collections.abc import Iterator

import numpy as np

from docs._site.exercises.check import Names, Wrong, function, number, numbers, recognize

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def spell(word):
    """Return the float32 whose four bytes are the letters of word, the first
    letter in the highest byte."""
    code = 0  # your code here
    return np.uint32(code).view(np.float32)

print(spell("Deep"))

mine = None  # a float that spells four letters of your choice
'''

ANSWER = '''\
import numpy as np

def spell(word):
    """Return the float32 whose four bytes are the letters of word, the first
    letter in the highest byte."""
    code = int.from_bytes(word.encode(), "big")
    return np.uint32(code).view(np.float32)

print(spell("Deep"))

mine = spell("Ada!")
'''

WORDS = ["Deep", "BITS", "grad", "Zoom", "A-1 "]


def check(names: Names) -> Iterator[str]:
    """Look at one word with its typical mistakes, at others, and at the reader's own float."""
    found = _spelled(names, "Deep")
    code = int.from_bytes(b"Deep", "big")
    last_first = struct.unpack("<f", b"Deep")[0]
    mistakes = {
        f"`spell('Deep')` is {float(found):.6g}: your bytes run from the last letter to the first. Ask for 'big', or "
        "read them as '>f4'.": last_first,
        f"`spell('Deep')` is {float(found):.6g}, the bits as a whole number: `np.float32(code)` converts the number. "
        "You want the same bits, so `.view(np.float32)` or `struct`.": float(np.float32(code)),
        "`spell('Deep')` is 0: what code do the letters make?": 0.0,
    }
    if np.isfinite(found):
        recognize(found, mistakes)
    _same(found, "Deep")
    yield "“Deep” is 917.58, read from its first letter on."
    for word in WORDS:
        _same(_spelled(names, word), word)
    yield "Other words, spaces and digits too, become their floats."
    mine = number(names, "mine")
    yield f"Your float spells “{_letters(mine)}”."


def _spelled(names: Names, word: str) -> np.ndarray:
    return numbers(function(names, "spell(word)")(word), (), f"spell({word!r})")


def _same(found: np.ndarray, word: str) -> None:
    wanted = struct.unpack(">f", word.encode())[0]
    if float(found) != wanted:
        raise Wrong(
            f"`spell({word!r})` is {float(found):.9g}: expected {wanted:.9g}, the float of the same four bytes."
        )


def _letters(mine: float) -> str:
    with np.errstate(over="ignore"):
        single = np.float32(mine)
    if float(single) != mine:
        raise Wrong(f"`mine` is {mine:.9g}, which is no float32: take what your own `spell` returns.")
    letters = struct.pack(">f", single).decode("latin-1")
    if not (letters.isascii() and letters.isprintable()):
        raise Wrong(
            f"`mine` is {mine:.9g} with the bits {int(single.view(np.uint32)):#010x}: not all of its four bytes are "
            "letters. Set it to `spell` of a word."
        )
    return letters
