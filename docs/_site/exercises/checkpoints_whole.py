"""Replace a file so that a power cut after any operation leaves the old content or the new one."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from docs._site.exercises.check import Names, Wrong, function

__all__ = ["ANSWER", "STUB", "check"]

STUB = '''\
import numpy as np

def save(disk, name, data):
    """Replace the file `name`, so that a power cut after any operation leaves its old
    content or the new one, whole. The disk can:

    disk.write(name, data)    make or overwrite a file, at first in memory
    disk.sync(name)           bring the file's content to the disk
    disk.rename(name, other)  at once; the file takes the place of `other`
    disk.remove(name)         at once
    """
    disk.write(name, data)  # your code here

data = np.array([0.5, 0.25]).tobytes()  # what there is to save
'''

ANSWER = '''\
import numpy as np

def save(disk, name, data):
    """Replace the file `name`, so that a power cut after any operation leaves its old
    content or the new one, whole. The disk can:

    disk.write(name, data)    make or overwrite a file, at first in memory
    disk.sync(name)           bring the file's content to the disk
    disk.rename(name, other)  at once; the file takes the place of `other`
    disk.remove(name)         at once
    """
    part = name + ".part"
    disk.write(part, data)
    disk.sync(part)
    disk.rename(part, name)

data = np.array([0.5, 0.25]).tobytes()  # what there is to save
'''

OLD, NEW = b"generation 100", b"generation 200"
NAME = "run.npz"


class Cut(BaseException):
    """The power is gone."""


class Disk:
    """Files whose content lies in memory until it is synced; after so many operations the power goes."""

    def __init__(self, operations: int) -> None:
        self.left = operations
        self.durable = {NAME: OLD, "other.npz": OLD}
        self.memory = dict(self.durable)
        self.done: list[str] = []

    def _begin(self, said: str) -> None:
        if not self.left:
            raise Cut
        self.left -= 1
        self.done.append(said)

    def _known(self, name: str) -> None:
        if name not in self.memory:
            raise Wrong(f"After {self.done} there is no file {name!r}: write it before you use it.")

    def write(self, name: str, data: bytes) -> None:
        """Overwriting empties the file on the disk; the new content is in memory."""
        self._begin(f"write {name}")
        self.durable[name], self.memory[name] = b"", bytes(data)

    def sync(self, name: str) -> None:
        """Bring a file to the disk."""
        self._known(name)
        self._begin(f"sync {name}")
        self.durable[name] = self.memory[name]

    def rename(self, name: str, other: str) -> None:
        """Let a file take the place of another, with as much of it as is on the disk."""
        self._known(name)
        self._begin(f"rename {name} to {other}")
        for files in (self.durable, self.memory):
            files[other] = files.pop(name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        self._known(name)
        self._begin(f"remove {name}")
        for files in (self.durable, self.memory):
            del files[name]


def check(names: Names) -> Iterator[str]:
    """Save on a disk that stays on, then cut its power after each operation, then look what lies around."""
    save = function(names, "save(disk, name, data)")
    disk = Disk(100)
    _run(save, disk)
    if disk.memory.get(NAME) != NEW:
        raise Wrong(f"When all goes well {NAME!r} must hold the new data at the end; your operations are {disk.done}.")
    yield "When all goes well the new content is there."
    for operations in range(len(disk.done) + 1):
        cut = Disk(operations)
        _run(save, cut)
        _look(cut, last=operations == len(disk.done))
    yield f"A power cut after any of the {len(disk.done)} operations leaves the old content or the new one."
    more = sorted(set(disk.memory) - {NAME, "other.npz"})
    if more or disk.memory.get("other.npz") != OLD:
        raise Wrong(f"Right, but at the end {more or 'another file'} is changed or left over: use a name of your own.")
    yield "Nothing else is left or touched."


def _run(save: Callable[..., Any], disk: Disk) -> None:
    with contextlib.suppress(Cut):
        save(disk, NAME, NEW)


def _look(disk: Disk, *, last: bool) -> None:
    found, steps = disk.durable.get(NAME), f"Cut after {disk.done or 'nothing'}"
    if found == NEW or (found == OLD and not last):
        return
    if found is None:
        raise Wrong(f"{steps}, the disk has no {NAME!r}: never remove it or rename it away; a rename replaces it.")
    if found == OLD:
        raise Wrong(f"{steps}, which is all of it, the new data are not on the disk: sync what you rename.")
    if f"write {NAME}" in disk.done:
        raise Wrong(f"{steps}, the file is empty: to overwrite it is to empty it. Write another name first.")
    raise Wrong(f"{steps}, the name stands for an empty file: it was renamed before its content was on the disk.")
