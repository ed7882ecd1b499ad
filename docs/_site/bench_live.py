"""Time the pages' Python in a real browser, beside Pyodide as it comes: `python3 dev.py bench live` prints the table.

Both take turns in one run: in each round a browser that was never used before opens our page and presses Run, then
another opens a page that loads Pyodide and NumPy from the unchanged files and runs the same code. Nothing here is a
test: the figures move with the machine, their ratio hardly does.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docs._site import policy, runtime
from docs._site.audit import chromium
from docs._site.host import serving
from docs._site.node import packages

__all__ = ["main"]

BASE = "/bits-to-backprop/"
PAGE = "activations/softmax/"
NEXT = "activations/rectifiers/"
ROUNDS = 9
SWITCHES = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
STOCK_PAGE = """<!doctype html><meta charset="utf-8"><title>Pyodide as it comes</title>
<script type="module" src="stock.js"></script>"""
STOCK_SCRIPT = """
window.run = (source) => new Promise((resolve) => {
  const worker = new Worker("worker.js", { type: "module" })
  worker.onmessage = ({ data }) => resolve(data)
  worker.postMessage(source)
})
"""
STOCK_WORKER = """
import { loadPyodide } from "./pyodide.mjs"
onmessage = async ({ data: source }) => {
  const python = await loadPyodide()
  await python.loadPackage(new URL("NUMPY", import.meta.url).href, { messageCallback: () => {} })
  python.unpackArchive(await (await fetch("reference.zip")).arrayBuffer(), "zip")
  python.runPython(source)
  postMessage("done")
}
"""
PRESS = """async () => {
  const card = document.querySelector(".btb-code:has(.btb-btn--run)")
  const start = performance.now()
  card.querySelector(".btb-btn--run").click()
  while (!["done", "error"].includes(card.dataset.state)) await new Promise((turn) => setTimeout(turn))
  return [performance.now() - start, card.dataset.state, card.querySelector("code").textContent]
}"""
STOP = """async (source) => {
  const { examples } = await import(document.querySelector("script[type=module][src*=live]").src)
  const turn = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds))
  const running = examples.run({ page: "bench", name: "example 1", source }).catch((error) => error.message)
  await turn(400)
  const start = performance.now()
  examples.stop()
  await running
  const ended = performance.now() - start
  await examples.run({ page: "bench", name: "example 2", source: "1" })
  return [ended, performance.now() - start]
}"""
LOOPS = {
    "an empty loop": "while True: pass",
    "an endless print": "while True: print('x')",
    "a loop of array operations": "import numpy as np\nwhile True: np.ones(1000).sum()",
    "time.sleep": "import time\ntime.sleep(1000)",
    "a loop that catches everything": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "one long operation (killed)": "import numpy as np\na = np.ones((3000, 3000))\na @ a",
}


@contextmanager
def site() -> Iterator[str]:
    """Build the site, put Pyodide's own files beside it, serve both; yield the address."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "site")
        with serving(folder, BASE) as host:
            environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
            build = f"site_url: {host.home}\nINHERIT: {runtime.ROOT / 'mkdocs.yml'}\n"
            config = runtime.ROOT / f".bench-{os.getpid()}.yml"
            config.write_text(build + f"site_dir: {folder}\n", encoding="utf-8")
            try:
                for step in ("assets", "runtime", "bundle"):
                    subprocess.run([sys.executable, "-m", f"docs._site.{step}"], cwd=runtime.ROOT, check=True)
                command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config)]
                subprocess.run(command, cwd=runtime.ROOT, env=environment, check=True)
            finally:
                config.unlink()
            host.policy = policy.write(folder)
            stock(folder / "stock")
            yield host.home


def stock(folder: Path) -> None:
    """Write a page that runs Pyodide, NumPy's wheel and the package as they come."""
    folder.mkdir()
    for name in runtime.CORE:
        shutil.copy(packages() / "pyodide" / name, folder)
    wheel = runtime.numpy_wheel()
    (folder / wheel.name).write_bytes(wheel.read_bytes())
    (folder / "index.html").write_text(STOCK_PAGE)
    (folder / "stock.js").write_text(STOCK_SCRIPT)
    (folder / "worker.js").write_text(STOCK_WORKER.replace("NUMPY", wheel.name))
    with zipfile.ZipFile(folder / "reference.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in runtime.modules().items():
            archive.writestr(name, data)
