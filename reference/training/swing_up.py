"""A pendulum swung up by a motor that knows only left and right: a task without a gradient.

Explained on the page `docs/training/swing_up.md`.
"""

__all__: list[str] = []
