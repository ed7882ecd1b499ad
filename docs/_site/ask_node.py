"""Ask Node from Python while the site is built: one process answers many questions, a line of JSON each."""

import json
import subprocess
import weakref
from typing import Any

from docs._site.node import programs

__all__ = ["Node"]

SERVER = """
const answer = (PROGRAM);
require("readline").createInterface({ input: process.stdin }).on("line", async (line) => {
  let reply;
  try { reply = { answer: await answer(...JSON.parse(line)) }; }
  catch (error) { reply = { error: String(error.message) }; }
  process.stdout.write(JSON.stringify(reply) + "\\n");
});
"""


class Node:
    """A Node process that answers with one function."""

    def __init__(self, program: str, *arguments: str) -> None:
        """Start it. The program is the text of a JavaScript function; it finds the arguments in `process.argv`."""
        command = [*programs()[0], "-e", SERVER.replace("PROGRAM", program), *arguments]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.close = weakref.finalize(self, _end, self._process)

    def ask(self, *question: Any) -> Any:
        """Return what the function returns for these arguments.

        Raises:
            ValueError: If the function throws; the message is that of its error.
            RuntimeError: If the process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"Node ended without an answer, status {self._process.wait()}; its message stands above")
        reply = json.loads(line)
        if "error" in reply:
            raise ValueError(reply["error"])
        return reply["answer"]


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
