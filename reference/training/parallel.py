"""The same losses from several processes or machines, also when one of them dies.

Explained on the page `docs/training/parallel.md`.
"""

__all__: list[str] = []
