"""Answers to the exercise `checkpoints_whole`."""


def _code(*lines: str) -> str:
    return "def save(disk, name, data):\n    part = name + '.part'\n    " + "\n    ".join(lines) + "\n"


WRITE, SYNC, RENAME = "disk.write(part, data)", "disk.sync(part)", "disk.rename(part, name)"
WRONG = {
    "to overwrite it is to empty it": _code("disk.write(name, data)", "disk.sync(name)"),
    "renamed before its content was on the disk": _code(WRITE, RENAME),
    "never remove it or rename it away": _code(WRITE, SYNC, "disk.remove(name)", RENAME),
    "has no 'run.npz'": _code("disk.rename(name, 'old')", WRITE, SYNC, RENAME, "disk.remove('old')"),
    "must hold the new data at the end": _code(WRITE, SYNC),
    "write it before you use it": _code(SYNC, WRITE, RENAME),
    "is changed or left over": _code(WRITE, SYNC, RENAME, "disk.write('log', b'saved')"),
    "another file": _code("disk.write('other.npz', data)", "disk.sync('other.npz')", "disk.rename('other.npz', name)"),
}

RIGHT = [
    _code(WRITE, SYNC, SYNC, RENAME),
    "def save(disk, name, data):\n"
    "    new = 'new'\n"
    "    disk.write(new, data[:3])\n    disk.write(new, data)\n    disk.sync(new)\n    disk.rename(new, name)\n",
]
