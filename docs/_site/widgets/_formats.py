"""Number formats as drawings use them: how each rounds. NumPy has three of them; bfloat16 is imitated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMATS", "Format", "Store", "to_bfloat16"]

Store = Callable[[Any], Any]
"""Takes numbers and returns them rounded to a format."""


@dataclass(frozen=True)
class Format:
    """A number format: its name, how it rounds, and the significant binary digits that it keeps."""

    name: str
    store: Store
    bits: int


def to_bfloat16(x: Any) -> NDArray[np.float32]:
    """Round to the 8 significant bits of bfloat16, ties to even; the result is kept as float32."""
    bits = np.asarray(x, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)


FORMATS = (
    Format("float64", np.float64, 53),
    Format("float32", np.float32, 24),
    Format("float16", np.float16, 11),
    Format("bfloat16", to_bfloat16, 8),
)
