"""A run that can be stopped anywhere and goes on to the same bits.

Explained on the page `docs/training/checkpoints.md`.
"""

__all__: list[str] = []
