"""What a hand-written twin of a formula is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["SAMPLE", "Inputs", "Twin", "Twins"]

SAMPLE = [1e-45, 1e-8, 0.002, 0.1, 0.75, 1.0, 1.5, 1.99999999, 2.5, 3.0, 17.0, 200.0]
"""Numbers of many sizes."""


@dataclass(frozen=True)
class Twin:
    """A formula in mpmath; `rows` tells that it takes a whole row of numbers."""

    formula: Callable[..., Any]
    rows: bool = False


Inputs: TypeAlias = dict[str, list[tuple[Any, ...]]]
"""By function: the arguments at which its formula is compared, where not every number is one (a width is no -3)."""

Twins: TypeAlias = dict[str, Twin]
"""By the fingerprint of its LaTeX."""
